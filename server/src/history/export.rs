//! CSV: the header row in the API's words, moments as ISO 8601 in UTC.

use domain::history::Sample;
use domain::history::csv::Csv;
use domain::time::Millis;

/// A session: id, user, stack, fleet, start, first seen, last seen, end, whether the end is known.
pub type Row = (String, String, String, String, Option<i64>, i64, i64, Option<i64>, i32);

fn iso(at: i64) -> String {
    Millis::from_seconds(at).iso()
}

fn number(n: Option<i32>) -> String {
    n.map_or_else(String::new, |n| n.to_string())
}

/// Samples of a fleet.
pub fn capacity(samples: &[Sample], fleet: &str) -> String {
    let mut csv = Csv::new(&["Time", "FleetName", "InUse", "Available", "Pending", "Desired", "Maximum", "Sessions", "Connected"]);
    for s in samples {
        let numbers = [Some(s.in_use), Some(s.available), Some(s.pending), s.desired, Some(s.max), s.sessions, s.connected];
        let cells: Vec<String> = [iso(s.at), fleet.to_owned()].into_iter().chain(numbers.map(number)).collect();
        csv.row(&cells);
    }
    csv.finish()
}

/// Sessions. `EndObserved`: whether the console looked often enough to know the end; else it was between `LastSeen` and `EndTime`.
pub fn sessions(rows: Vec<Row>) -> String {
    let mut csv = Csv::new(&[
        "Id",
        "UserId",
        "StackName",
        "FleetName",
        "StartTime",
        "FirstSeen",
        "LastSeen",
        "EndTime",
        "EndObserved",
        "DurationInSeconds",
    ]);
    for (id, user, stack, fleet, started, first_seen, last_seen, ended, known) in rows {
        let lasted = ended.map_or_else(String::new, |end| (end - started.unwrap_or(first_seen)).max(0).to_string());
        let observed = ended.map_or("", |_| if known == 0 { "false" } else { "true" }).to_owned();
        // Of an open one only the first look is on record.
        let seen = ended.map_or_else(String::new, |_| iso(last_seen));
        let start = started.map_or_else(String::new, iso);
        csv.row(&[id, user, stack, fleet, start, iso(first_seen), seen, ended.map_or_else(String::new, iso), observed, lasted]);
    }
    csv.finish()
}

/// `capacity-finance-desktop-24h-2026-11-25T1432Z.csv`.
pub fn file_name(what: &str, fleet: &str, range: &str, now: Millis) -> String {
    let fleet: String = fleet.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect();
    let at: String = now.iso().chars().take(16).filter(|c| *c != ':').collect();
    let parts = [what, &fleet, range, &at];
    [parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join("-"), "Z.csv".to_owned()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_it_is() {
        let now = Millis(1_773_755_282_999);
        assert_eq!(file_name("capacity", "finance-desktop", "24h", now), "capacity-finance-desktop-24h-2026-03-17T1348Z.csv");
        assert_eq!(file_name("sessions", "", "7d", now), "sessions-7d-2026-03-17T1348Z.csv");
        assert_eq!(file_name("sessions", "a\"/b\r\n", "7d", now), "sessions-ab-7d-2026-03-17T1348Z.csv");
    }

    #[test]
    fn rows_have_the_words_of_the_api() {
        let sample = Sample { at: 60, in_use: 2, available: 1, max: 3, ..Sample::default() };
        let text = capacity(&[sample], "alpha");
        assert!(text.ends_with("\r\n1970-01-01T00:01:00Z,alpha,2,1,0,,3,,\r\n"), "{text}");
        let row = |ended| ("i".into(), "=cmd".into(), "s".into(), "f".into(), Some(0), 5, 60, ended, 0);
        let text = sessions(vec![row(Some(120)), row(None)]);
        assert!(
            text.contains("i,'=cmd,s,f,1970-01-01T00:00:00Z,1970-01-01T00:00:05Z,1970-01-01T00:01:00Z,1970-01-01T00:02:00Z,false,120\r\n")
        );
        assert!(text.ends_with("i,'=cmd,s,f,1970-01-01T00:00:00Z,1970-01-01T00:00:05Z,,,,\r\n"), "{text}");
    }
}
