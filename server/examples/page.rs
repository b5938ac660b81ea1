//! What the list of 10,000 sessions costs on the server, beside the same HTML from a compiled template (askama):
//! `cargo run --release -p server --example page`. Part of `make bench`, which reads the lines it prints.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on shall stop")]

#[allow(dead_code, reason = "what the integration tests share; this needs a part of it")]
#[path = "../tests/it/support.rs"]
mod support;

use askama::Template;
use regex::Regex;
use simulator::Seed;
use std::time::Instant;
use support::{Console, text};

const ROUNDS: usize = 200;

/// A template and the text it was made of: the values of the page at hand are read with it.
macro_rules! rows {
    ($name:ident $fields:tt $row:tt) => {
        #[derive(Template)]
        #[template(ext = "html", source = $row)]
        struct $name $fields
        const ROW: &str = $row;
    };
}

rows! {
    Line {
        index: String, id: String, user: String, wire: String, tone: String, glyph: String, state: String, fleet: String, stack: String,
        started: String, exact: String, running: String, share: String, left: String, instance: String, short: String,
    }
    r##"<tr role="row" aria-rowindex="{{ index }}" class="max-sm:grid-cols-[1.5rem_minmax(0,1fr)_auto]"><td role="cell" class="max-sm:row-span-2 max-sm:!pt-0.5"><input type="checkbox" name="id" value="{{ id }}" aria-label="Select session of {{ user }}" class="cb"><!></td><th role="rowheader" scope="row"><a href="/sessions?peek={{ id }}" title="{{ user }}" class="name">{{ user }}<!></a><!></th><td role="cell" class="max-sm:justify-self-end"><span title="{{ wire }}" class="chip {{ tone }}"><svg aria-hidden="true" focusable="false" class="i"><use href="/icons.svg#i-{{ glyph }}"></use><!></svg>{{ state }}<!><!><!></span><!><!><!></td><td role="cell" class="is-text max-sm:!text-text-2 max-sm:text-12"><a href="/111122223333/us-east-1/fleets/{{ fleet }}" class="hover:underline">{{ fleet }}<!></a><!></td><td role="cell" class="only-desk max-2xl:hidden">{{ stack }}<!></td><td role="cell" class="r only-desk max-lg:hidden"><time datetime="{{ started }}" title="{{ exact }}">{{ running }}<!></time><!></td><td role="cell" class="max-sm:justify-self-end max-sm:text-12"><span class="flex items-center gap-2"><svg aria-hidden="true" class="minibar max-sm:hidden"><rect height="100%" width="{{ share }}" class="minibar-done"></rect><!></svg><span class=""><!>{{ left }}<span class="sm:hidden"> left</span><!><!></span><!><!></span><!></td><td role="cell" class="col-instance only-desk max-xl:hidden"><code title="{{ instance }}">{{ short }}<!></code><!><!><!></td><!><!></tr>"##
}

#[derive(Template)]
#[template(ext = "html", source = "{{ before|safe }}{% for line in lines %}{{ line|safe }}{% endfor %}{{ after|safe }}")]
struct Page {
    before: String,
    lines: Vec<Line>,
    after: String,
}

/// The page's rows as values; what stands before and after them is taken as it is.
fn taken_apart(html: &str) -> Option<Page> {
    let start = html.find("<tbody")?;
    let start = start + html[start..].find("<tr role=\"row\"")?;
    let end = start + html[start..].rfind("</tr>")? + "</tr>".len();
    let mut seen = vec![];
    let literal = ROW.split("{{ ").enumerate().fold(String::new(), |all, (at, part)| {
        if at == 0 {
            return regex::escape(part);
        }
        let (name, rest) = part.split_once(" }}").unwrap_or((part, ""));
        // The same value again is the same by the template's own word; the comparison at the end tests it.
        let group = if seen.contains(&name) { "[^<\"]*".to_owned() } else { format!("(?<{name}>[^<\"]*)") };
        seen.push(name);
        all + &group + &regex::escape(rest)
    });
    let row = Regex::new(&literal).unwrap();
    let lines = row.captures_iter(&html[start..end]).map(|c| {
        let of = |name: &str| c[name].to_owned();
        Line {
            index: of("index"),
            id: of("id"),
            user: of("user"),
            wire: of("wire"),
            tone: of("tone"),
            glyph: of("glyph"),
            state: of("state"),
            fleet: of("fleet"),
            stack: of("stack"),
            started: of("started"),
            exact: of("exact"),
            running: of("running"),
            share: of("share"),
            left: of("left"),
            instance: of("instance"),
            short: of("short"),
        }
    });
    Some(Page { before: html[..start].to_owned(), lines: lines.collect(), after: html[end..].to_owned() })
}

fn median(mut all: Vec<u128>) -> u128 {
    all.sort_unstable();
    all[all.len() / 2]
}

#[expect(clippy::print_stdout, reason = "lines for the bench")]
#[tokio::main]
async fn main() {
    let console = Console::start(Seed::Large).await;
    console.until(|e| e.sessions.len() >= 9_000).await;
    let cookie = console.sign_in().await;
    let mut ours = vec![];
    let mut html = String::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        html = text(console.get("/sessions", &cookie).await).await;
        ours.push(began.elapsed().as_micros());
    }
    let page = taken_apart(&html).expect("the page has rows");
    let same = page.render().unwrap() == html;
    let mut theirs = vec![];
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let made = page.render().unwrap();
        theirs.push(began.elapsed().as_micros());
        assert!(made.len() > 10_000);
    }
    println!("ours_us {}", median(ours));
    println!("askama_us {}", median(theirs));
    println!("rows {}", page.lines.len());
    println!("bytes {}", html.len());
    println!("same {same}");
}
