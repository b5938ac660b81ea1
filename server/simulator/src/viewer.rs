//! The page behind a streaming URL: it holds a session open, as AppStream's own viewer does, and has a Disconnect and an End button.
//! Served on the simulator's own listener only. Behaviour notes 3.4.2 and 3.24.

use crate::clock::Ms;
use crate::image_builder::Phase;
use crate::journal::Change;
use crate::session::{self, Refused};
use crate::universe::{Key, Request, Response, Universe};
use crate::world::World;
use domain::time::Millis;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Where streaming URLs lead.
pub const PATH: &str = "/authenticate";

/// What a streaming URL opens, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it opens.
    pub target: Target,
    /// The moment from which it opens nothing.
    pub expires: Ms,
}

/// What a streaming URL opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// A session: stack, fleet, user.
    Session(String, String, String),
    /// An image builder.
    ImageBuilder(String),
    /// An app block builder.
    AppBlockBuilder(String),
}

/// The hash under which a code is kept: the code itself is a secret.
pub fn digest(code: &str) -> String {
    Sha256::digest(code.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Answers a visit.
pub fn handle(universe: &mut Universe, wall: Ms, request: &Request) -> Response {
    let now = universe.clock.now(wall);
    let code = request.query_value("parameters").unwrap_or_default().to_owned();
    let known = digest(&code);
    let Some(key) = universe.worlds.iter().find(|(_, w)| w.links.contains_key(&known)).map(|(k, _)| k.clone()) else {
        return page(404, "This streaming URL is not known", "It was made by another simulator, or copied in part. Ask for a new one.", "");
    };
    let clock = universe.clock.clone();
    let world = universe.world(&key.0, &key.1, wall);
    let Some(link) = world.links.get(&known).cloned() else { return Response::default() };
    let stack_and_fleet = match &link.target {
        Target::Session(stack, fleet, user) => (stack.clone(), fleet.clone(), user.clone()),
        Target::ImageBuilder(name) => {
            let running = world.image_builders.get(name).is_some_and(|b| b.phase == Phase::Running);
            return builder(&link, "image builder", name, running, now);
        }
        Target::AppBlockBuilder(name) => {
            let running = world.block_builders.get(name).is_some_and(|b| b.asked == crate::fleet::Asked::Up);
            return builder(&link, "app block builder", name, running, now);
        }
    };
    if request.method == "POST" {
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let field = |name: &str| form.split('&').filter_map(|p| p.split_once('=')).find(|(k, _)| *k == name).map(|(_, v)| v.to_owned());
        let (id, action) = (field("session").unwrap_or_default(), field("action").unwrap_or_default());
        let Some(number) = mine(world, &id, &stack_and_fleet) else {
            return page(404, "This session is over", "Open the streaming URL again to begin a new one, while it is valid.", "");
        };
        match action.as_str() {
            "disconnect" => session::cut(world, number, now),
            "reconnect" => {
                session::reconnect(world, number);
            }
            "end" => session::end(world, number, now, &clock),
            _ => return page(400, "This is no action", "The actions are disconnect, reconnect and end.", ""),
        }
        let mut response = Response { status: 303, change: Some(Change::visit(wall, request)), ..Response::default() };
        response.headers.push(("location".into(), format!("{PATH}?parameters={code}&session={id}")));
        return response;
    }
    if let Some(id) = request.query_value("session") {
        let shown = mine(world, id, &stack_and_fleet).map(|n| streaming(world, &key, n));
        return shown.unwrap_or_else(|| {
            page(404, "This session is over", "Open the streaming URL again to begin a new one, while it is valid.", "")
        });
    }
    if now >= link.expires {
        let when = format!("It was valid until {}. Ask for a new one.", Millis(link.expires).exact());
        return page(403, "This streaming URL has expired", &when, "");
    }
    let (stack, fleet, user) = &stack_and_fleet;
    let mut response = match session::open(world, stack, fleet, user, "API", now, &clock) {
        Ok(id) => mine(world, &id, &stack_and_fleet).map_or_else(Response::default, |n| streaming(world, &key, n)),
        Err(refused) => {
            let why = match refused {
                Refused::NoCapacity => format!("Fleet {fleet} has no free seat. Try again when somebody has left, or when it has grown."),
                Refused::NotRunning => format!("Fleet {fleet} is not running."),
                Refused::NotAssociated => format!("Fleet {fleet} is not associated with stack {stack} any more."),
            };
            page(503, "No session could be opened", &why, "")
        }
    };
    response.change = Some(Change::visit(wall, request));
    response
}

/// The number of a session, if it is of this link's user, stack and fleet.
fn mine(world: &World, id: &str, (stack, fleet, user): &(String, String, String)) -> Option<u64> {
    let number = *world.session_ids.get(id)?;
    world.sessions.get(&number).filter(|s| s.stack == *stack && s.fleet == *fleet && s.user == *user).map(|_| number)
}

fn builder(link: &Link, kind: &str, name: &str, running: bool, now: Ms) -> Response {
    if now >= link.expires {
        let when = format!("It was valid until {}. Ask for a new one.", Millis(link.expires).exact());
        return page(403, "This streaming URL has expired", &when, "");
    }
    if !running {
        return page(409, "There is nothing to connect to", &format!("The {kind} {name} is not running. Start it first."), "");
    }
    let words = format!("You are connected to the {kind} {name} as administrator. What happens inside it is done by the private controls.");
    page(200, "You are connected", &words, "")
}

fn streaming(world: &World, key: &Key, number: u64) -> Response {
    let Some(s) = world.sessions.get(&number) else { return Response::default() };
    let title = match (s.expired, s.pending, s.cut) {
        (true, ..) => "The session has ended",
        (_, true, _) => "Your instance is being made ready",
        (_, _, Some(_)) => "You are disconnected",
        _ => "You are streaming",
    };
    let words = match (s.expired, s.cut) {
        (true, _) => "Nothing of it is left on the instance.".to_owned(),
        (_, Some(cut)) => format!("Since {}. The session waits for you until the disconnect timeout.", Millis(cut).exact()),
        _ => "This page stands for the desktop. Closing it disconnects; the session then waits for you.".to_owned(),
    };
    let fact = |name: &str, value: &str| format!("<dt>{}</dt><dd>{}</dd>", escape(name), escape(value));
    let mut facts =
        [("User", &s.user), ("Stack", &s.stack), ("Fleet", &s.fleet), ("Session", &s.id), ("Account", &key.0), ("Region", &key.1)]
            .map(|(name, value)| fact(name, value))
            .concat();
    if let Some(started) = s.started {
        facts += &fact("Started", &Millis(started).exact());
        facts += &fact("Ends at the latest", &Millis(s.max_expires).exact());
    }
    let button = |action: &str, label: &str| format!("<button name=\"action\" value=\"{action}\">{label}</button>");
    let buttons = match (s.expired, s.pending, s.cut) {
        (true, ..) => String::new(),
        (_, true, _) => button("end", "End session"),
        (_, _, Some(_)) => button("reconnect", "Reconnect") + &button("end", "End session"),
        _ => button("disconnect", "Disconnect") + &button("end", "End session"),
    };
    let more = format!(
        "<dl>{facts}</dl><form method=\"post\" id=\"act\"><input type=\"hidden\" name=\"session\" value=\"{}\">{buttons}</form>{}",
        escape(&s.id),
        if s.expired { "" } else { SCRIPT }
    );
    page(200, title, &words, &more)
}

/// Buttons work without it. With it the page follows what happens elsewhere, and closing the tab disconnects.
const SCRIPT: &str = r#"<script>
const form = document.getElementById('act'), id = form.session.value, own = new URL(location.href);
own.searchParams.set('session', id);
let leaving = false;
form.addEventListener('submit', () => { leaving = true; });
addEventListener('pagehide', () => {
  if (!leaving && document.title === 'You are streaming') navigator.sendBeacon(own, new URLSearchParams({ session: id, action: 'disconnect' }));
});
setInterval(async () => {
  const answer = await fetch(own).catch(() => null);
  if (!answer || leaving) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (next.title !== document.title) { leaving = true; location.replace(own); }
}, 2000);
</script>"#;

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

/// A page. `more` is markup, the rest text.
fn page(status: u16, title: &str, words: &str, more: &str) -> Response {
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{0}</title>\
        <style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:10vh auto;padding:0 1rem}}\
        dl{{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}}dd{{margin:0;overflow-wrap:anywhere}}\
        button{{font:inherit;padding:.5rem 1rem;margin-right:.5rem}}</style>\
        <main><h1>{0}</h1><p>{1}</p>{2}<p><small>The embedded AppStream of AppStream Console: no real desktop is behind this page.</small></p></main></html>",
        escape(title),
        escape(words),
        more
    );
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'",
        ),
    ];
    Response {
        status,
        headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
        body: body.into_bytes(),
        ..Response::default()
    }
}
