//! What people ask of the audit: filters, from a query string, and the page. The page shows an act as one row: its result, or its intent
//! while (or because) there is none. Files have every record.

use super::chain::hex;
use super::export::changes;
use super::{Row, Store};
use app::audit::{Call, Entry, Outcome, Phase};
use app::paths::{AUDIT, AUDIT_CSV, AUDIT_JSON, pairs, with_query};
use domain::resource::{ActLink, Cell, Section, Weight};
use domain::role::Right;
use domain::time::Millis;
use sqlx::{QueryBuilder, Sqlite};

/// Acts on one page.
const PAGE: usize = 100;
/// Rows read at once for a file.
const CHUNK: i64 = 500;
const DAY: i64 = 86_400_000;

/// What is asked for; empty parts ask for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The operator.
    pub who: String,
    /// The act, or how its name begins: `fleet`.
    pub action: String,
    /// `done`, `partly`, `failed`, `open`.
    pub outcome: String,
    /// Words that stand anywhere in the record.
    pub words: String,
    /// From this moment on.
    pub from: Option<i64>,
    /// Before this one.
    pub to: Option<i64>,
}

/// The beginning of a day such as `2026-11-27`, in UTC.
fn day(text: &str) -> Option<i64> {
    let mut parts = text.trim().splitn(3, '-');
    let mut part = || parts.next()?.parse::<i32>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    let month = time::Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = time::Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp() * 1000)
}

impl Filter {
    /// From the pairs of a query string. What cannot be read is left out.
    pub fn of(pairs: &[(String, String)]) -> Self {
        let value = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.trim().to_owned()).unwrap_or_default();
        Self {
            who: value("who"),
            action: value("action"),
            outcome: value("outcome"),
            words: value("q").to_lowercase(),
            from: day(&value("from")),
            to: day(&value("to")).map(|at| at + DAY),
        }
    }

    fn narrow(&self, query: &mut QueryBuilder<Sqlite>) {
        if !self.who.is_empty() {
            query.push(" and who = ").push_bind(self.who.clone());
        }
        if !self.action.is_empty() {
            query.push(" and instr(action, ").push_bind(self.action.clone()).push(") = 1");
        }
        if !self.outcome.is_empty() {
            query.push(" and outcome = ").push_bind(self.outcome.clone());
        }
        if !self.words.is_empty() {
            query.push(" and instr(lower(record), ").push_bind(self.words.clone()).push(") > 0");
        }
        if let Some(from) = self.from {
            query.push(" and at >= ").push_bind(from);
        }
        if let Some(to) = self.to {
            query.push(" and at < ").push_bind(to);
        }
    }
}

type Made = QueryBuilder<Sqlite>;

impl Store {
    /// The records after number `after` that `filter` asks for, oldest first; some hundreds at most, empty at the end.
    pub async fn after(&self, filter: &Filter, after: i64) -> Result<Vec<Row>, sqlx::Error> {
        let mut query: Made = QueryBuilder::new("select seq, at, record, hash from audit where seq > ");
        query.push_bind(after);
        filter.narrow(&mut query);
        query.push(" order by seq limit ").push_bind(CHUNK);
        query.build_query_as::<Row>().fetch_all(&self.pool).await
    }

    /// Acts before number `before`, newest first, and whether there are more.
    async fn acts(&self, filter: &Filter, before: i64) -> Result<(Vec<Row>, bool), sqlx::Error> {
        let mut query: Made = QueryBuilder::new(
            "select seq, at, record, hash from audit a where (phase = 'result' or not exists (select 1 from audit r where r.of = a.seq)) and seq < ",
        );
        query.push_bind(before);
        filter.narrow(&mut query);
        query.push(" order by seq desc limit ").push_bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
        let mut rows: Vec<Row> = query.build_query_as::<Row>().fetch_all(&self.pool).await?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        Ok((rows, more))
    }

    async fn record(&self, seq: i64) -> Result<Option<Row>, sqlx::Error> {
        sqlx::query_as("select seq, at, record, hash from audit where seq = $1").bind(seq).fetch_optional(&self.pool).await
    }

    pub(super) async fn page(&self, text: &str) -> Result<Vec<Section>, sqlx::Error> {
        let mut pairs = pairs(text);
        let number = |key: &str| pairs.iter().find(|(k, _)| k == key).and_then(|(_, v)| v.parse::<i64>().ok());
        let (before, one) = (number("before").unwrap_or(i64::MAX), number("record"));
        let mut sections = vec![];
        if let Some(row) = match one {
            Some(seq) => self.record(seq).await?,
            None => None,
        } {
            let intent = match row.entry().of {
                Some(seq) => self.record(seq).await?,
                None => None,
            };
            sections.extend(details(&row, intent.as_ref()));
        }
        let (rows, more) = self.acts(&Filter::of(&pairs), before).await?;
        pairs.retain(|(key, value)| !value.is_empty() && !matches!(key.as_str(), "before" | "record"));
        sections.push(list(&rows, more, &pairs));
        Ok(sections)
    }
}

fn link(label: &str, href: String) -> ActLink {
    ActLink { label: label.to_owned(), href, weight: Weight::Plain, why_not: None, right: Right::Look }
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::None } else { Cell::Text(text.to_owned()) }
}

fn outcome(entry: &Entry) -> Cell {
    let (tone, glyph, words) = match (entry.phase, entry.outcome) {
        (Phase::Intent, _) | (_, Outcome::Open) => ("t-warn", "s-warn", "Outcome not known"),
        (_, Outcome::Done) => ("t-ok", "s-check", "Done"),
        (_, Outcome::Partly) => ("t-warn", "s-warn", "Done in part"),
        (_, Outcome::Failed) => ("t-fault", "s-fail", "Refused"),
    };
    Cell::Chip { tone: tone.into(), glyph: glyph.into(), words: words.into(), raw: String::new(), fill: false }
}

/// What changed, in a line.
fn told(entry: &Entry) -> String {
    let changed = entry.calls.iter().flat_map(|c| &c.members);
    let changed: Vec<String> = changed
        .take(4)
        .map(|m| if m.was.is_empty() { format!("{} {}", m.name, m.is) } else { format!("{} {} → {}", m.name, m.was, m.is) })
        .collect();
    match (entry.message.is_empty(), changed.is_empty(), entry.calls.len()) {
        (false, ..) => entry.message.clone(),
        (_, false, _) => changed.join("; "),
        (_, _, 0) => String::new(),
        (_, _, 1) => entry.calls.iter().map(|c| c.operation.clone()).collect(),
        (_, _, n) => format!("{n} calls"),
    }
}

fn list(rows: &[Row], more: bool, asked: &[(String, String)]) -> Section {
    let at = |key: &str, value: String| {
        let mut all = asked.to_vec();
        all.push((key.to_owned(), value));
        with_query(AUDIT, &all)
    };
    let mut acts = vec![link("CSV", with_query(AUDIT_CSV, asked)), link("JSON lines", with_query(AUDIT_JSON, asked))];
    if let Some(last) = rows.last().filter(|_| more) {
        acts.push(link("Older", at("before", last.seq.to_string())));
    }
    let row = |row: &Row| {
        let e = row.entry();
        let name = Cell::Link { href: at("record", row.seq.to_string()), text: e.action.clone() };
        (
            vec![Cell::Time(Millis(row.at)), text(&e.who), Cell::Mono(e.from.clone()), name, text(&e.target), outcome(&e), text(&told(&e))],
            vec![],
        )
    };
    Section {
        title: "Acts".into(),
        columns: ["When", "Who", "From", "Act", "On", "Outcome", "What changed"].map(str::to_owned).to_vec(),
        rows: rows.iter().map(row).collect(),
        note: if more { format!("The newest {PAGE} of those that match; “Older” has the rest.") } else { String::new() },
        empty: "No act matches. Clear the fields above to see all.".into(),
        acts,
        ..Section::default()
    }
}

/// One act in full: what is known of it, and its calls.
fn details(row: &Row, intent: Option<&Row>) -> Vec<Section> {
    let e = row.entry();
    let begun = intent.unwrap_or(row);
    let mut facts = vec![
        ("Who".to_owned(), text(&e.who)),
        ("From".to_owned(), Cell::Mono(e.from.clone())),
        ("Begun".to_owned(), Cell::Time(Millis(begun.at))),
        ("Ended".to_owned(), if e.phase == Phase::Result { Cell::Time(Millis(row.at)) } else { Cell::None }),
        ("On".to_owned(), text(&e.target)),
        ("Account and Region".to_owned(), text(&e.scope)),
        ("Outcome".to_owned(), outcome(&e)),
        ("What was told".to_owned(), text(&e.message)),
    ];
    facts.extend(begun.entry().entries.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (format!("Entered: {k}"), text(v))));
    facts.push(("Record".to_owned(), Cell::Mono(format!("{}:{}", row.seq, hex(&row.hash)))));
    facts.retain(|(_, cell)| *cell != Cell::None);
    let calls = |c: &Call| {
        let id = c.request_id.clone().map_or(Cell::None, Cell::Mono);
        let changes: Vec<String> = changes(c).split_once(": ").map(|(_, m)| m.split("; ").map(str::to_owned).collect()).unwrap_or_default();
        let changes = if changes.is_empty() { Cell::None } else { Cell::Many(changes) };
        (vec![text(&c.operation), text(&c.on), changes, text(&c.failure), id], vec![])
    };
    vec![
        Section { title: format!("Record {}: {}", row.seq, e.action), facts, ..Section::default() },
        Section {
            title: "Calls".into(),
            columns: ["Operation", "On", "Before and after", "Why refused", "AWS request id"].map(str::to_owned).to_vec(),
            rows: e.calls.iter().map(calls).collect(),
            empty: "AWS was not asked to change anything.".into(),
            ..Section::default()
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_of_a_filter_is_left_out() {
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        let filter =
            Filter::of(&[pair("who", " ana "), pair("from", "2026-11-27"), pair("to", "27.11."), pair("q", "CAD"), pair("x", "y")]);
        assert_eq!(filter, Filter { who: "ana".into(), words: "cad".into(), from: Some(1_795_737_600_000), ..Filter::default() });
        for bad in ["2026-13-01", "2026-02-30", "--", "99999999999-1-1", "2026-1"] {
            assert_eq!(day(bad), None, "{bad}");
        }
    }
}
