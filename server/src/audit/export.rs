//! Files: CSV, safe to open in a spreadsheet, and JSON lines, which carry the hashes too.

use super::Row;
use super::chain::hex;
use app::audit::{Call, Entry, Phase};
use domain::history::csv::Csv;
use domain::time::Millis;

/// The heads of the CSV file.
const HEAD: [&str; 13] =
    ["Record", "Time", "Phase", "Of", "Who", "From", "Action", "Target", "Scope", "Outcome", "Message", "Changes", "RequestIds"];

/// A value in lower case, as JSON has it.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// `UpdateFleet cad: DesiredInstances 3 → 5`.
pub fn changes(call: &Call) -> String {
    let members = call
        .members
        .iter()
        .map(|m| if m.was.is_empty() { format!("{} {}", m.name, m.is) } else { format!("{} {} → {}", m.name, m.was, m.is) });
    let members = members.collect::<Vec<_>>().join("; ");
    let on = if call.on.is_empty() { call.operation.clone() } else { format!("{} {}", call.operation, call.on) };
    if members.is_empty() { on } else { format!("{on}: {members}") }
}

/// The head of the CSV file.
pub fn head() -> String {
    Csv::new(&HEAD).finish()
}

/// A record as a row of the CSV file.
pub fn line(row: &Row) -> String {
    let e: Entry = row.entry();
    let entered = e.entries.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
    let changes = if e.calls.is_empty() { entered } else { e.calls.iter().map(changes).collect::<Vec<_>>().join("\n") };
    let ids = e.calls.iter().filter_map(|c| c.request_id.as_deref()).collect::<Vec<_>>().join(" ");
    let mut csv = Csv::default();
    csv.row(&[
        row.seq.to_string(),
        Millis(row.at).iso(),
        word(e.phase),
        e.of.map_or_else(String::new, |n| n.to_string()),
        e.who,
        e.from,
        e.action,
        e.target,
        e.scope,
        if e.phase == Phase::Intent { String::new() } else { word(e.outcome) },
        e.message,
        changes,
        ids,
    ]);
    csv.finish()
}

/// A record as a line of JSON: what was hashed, letter by letter, with its number, time and hash.
pub fn json(row: &Row) -> String {
    let (time, hash) = (Millis(row.at).iso(), hex(&row.hash));
    format!("{{\"seq\":{},\"at\":{},\"time\":\"{time}\",\"hash\":\"{hash}\",\"record\":{}}}\n", row.seq, row.at, row.record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::audit::{Member, Outcome};

    #[test]
    fn a_record_is_a_row_without_formulas_and_a_line_of_json() {
        let member = Member { name: "Seats".into(), was: "3".into(), is: "5".into() };
        let call = Call {
            operation: "UpdateFleet".into(),
            on: "cad".into(),
            members: vec![member],
            request_id: Some("id-1".into()),
            ..Call::default()
        };
        let entry = Entry {
            who: "=cmd()".into(),
            outcome: Outcome::Done,
            calls: vec![call],
            of: Some(6),
            message: "a\r\nb".into(),
            ..Entry::default()
        };
        let row = Row { seq: 7, at: 0, record: serde_json::to_string(&entry).unwrap(), hash: vec![0xab] };
        assert_eq!(line(&row), "7,1970-01-01T00:00:00Z,result,6,'=cmd(),,,,,done,\"a\r\nb\",UpdateFleet cad: Seats 3 → 5,id-1\r\n");
        let json: serde_json::Value = serde_json::from_str(&json(&row)).unwrap();
        assert_eq!((json["hash"].as_str(), json["record"]["who"].as_str(), json["seq"].as_i64()), (Some("ab"), Some("=cmd()"), Some(7)));
        assert_eq!(head().matches(',').count(), 12);
    }
}
