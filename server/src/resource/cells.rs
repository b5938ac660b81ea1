//! Values as cells: states as chips, moments, links, short lists. Design section 5 and 6.

use super::words;
use domain::ranges;
use domain::resource::Cell;
use domain::time::{Millis, duration, seconds_words};
use serde_json::Value;

/// States that pass by themselves: the page asks again soon.
pub fn is_moving(state: &str) -> bool {
    matches!(chip(state), Cell::Chip { tone, .. } if tone == "t-busy")
}

/// A state as a chip. Unknown ones are shown as they are.
pub fn chip(raw: &str) -> Cell {
    let (tone, glyph, fill) = match raw {
        "RUNNING" | "AVAILABLE" | "ACTIVE" | "COMPLETED" => ("t-ok", "s-on", false),
        "INSTALLED" | "CONFIRMED" | "ENABLED" => ("t-ok", "s-check", false),
        "STARTING" => ("t-busy", "s-up", false),
        "STOPPING" => ("t-busy", "s-down", false),
        "STOPPED" => ("t-off", "s-off", false),
        "PENDING" | "PENDING_SYNCING_APPS" => ("t-busy", "s-pending", false),
        "CREATING" | "UPDATING" | "EXPORTING" | "PENDING_INSTALLATION" | "PENDING_UNINSTALLATION" => ("t-busy", "s-work", false),
        "COPYING" => ("t-busy", "s-copy", false),
        "IMPORTING" | "PENDING_IMAGE_IMPORT" => ("t-busy", "s-import", false),
        "VALIDATING" | "PENDING_QUALIFICATION" => ("t-busy", "s-valid", false),
        "UPDATING_AGENT" => ("t-busy", "s-agent", false),
        "REBOOTING" => ("t-busy", "s-reboot", false),
        "SNAPSHOTTING" => ("t-busy", "s-snap", false),
        "SYNCING_APPS" => ("t-busy", "s-sync", false),
        "UNCONFIRMED" => ("t-off", "s-pending", false),
        "DELETING" => ("t-busy", "s-del", false),
        "FAILED" | "FAILED_TO_INSTALL" | "FAILED_TO_UNINSTALL" | "COMPROMISED" | "TIMED_OUT" => ("t-fault", "s-fail", true),
        "INACTIVE" => ("t-warn", "s-off", true),
        "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED" => ("t-warn", "key", true),
        "STAGED_FOR_INSTALLATION" | "STAGED_FOR_UNINSTALLATION" => ("t-off", "s-off", false),
        "DISABLED" | "ARCHIVED" => ("t-off", "s-x", false),
        "" => return Cell::None,
        _ => ("t-off", "s-unknown", false),
    };
    let words = words::value(raw);
    Cell::Chip { tone: tone.to_owned(), glyph: glyph.to_owned(), words, raw: raw.to_owned(), fill }
}

/// Members that are moments, in seconds since 1970.
fn is_moment(name: &str) -> bool {
    ["Time", "Date", "Timestamp", "Expires", "StartTime"].iter().any(|end| name.ends_with(end))
}

/// The value of the member `name` as a cell.
pub fn cell(name: &str, value: &Value) -> Cell {
    let mono = ["Arn", "Id", "Path", "Bucket", "Key", "Ids", "Location", "Url", "URL"].iter().any(|end| name.ends_with(end));
    match value {
        Value::Null => Cell::None,
        Value::Object(_) if name == "RunningFor" => running(value),
        Value::String(t) if name.ends_with("URL") && t.contains("X-Amz-") => Cell::Mono(t.split('?').next().unwrap_or_default().to_owned()),
        Value::String(t) if t.is_empty() => Cell::None,
        Value::String(t) if name.ends_with("State") || name.ends_with("Status") || name == "Permission" => chip(t),
        Value::String(t) if mono => Cell::Mono(t.clone()),
        Value::String(t) if t == "TRUE" || t == "FALSE" => Cell::Text(if t == "TRUE" { "Yes" } else { "No" }.to_owned()),
        Value::String(t) => Cell::Text(words::value(t)),
        Value::Bool(b) => Cell::Text(if *b { "Yes" } else { "No" }.to_owned()),
        Value::Number(n) if is_moment(name) => moment(n.as_f64()),
        Value::Number(n) if ranges::of(name).is_some_and(|r| r.seconds) => Cell::Text(seconds_words(n.as_i64().unwrap_or_default())),
        Value::Number(n) => Cell::Text(n.to_string()),
        Value::Array(all) if all.is_empty() => Cell::None,
        Value::Array(all) => Cell::Many(all.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), words::value)).collect()),
        Value::Object(o) if o.contains_key("S3Bucket") => {
            let part = |m: &str| o.get(m).and_then(Value::as_str).unwrap_or_default();
            Cell::Mono(format!("s3://{}/{}", part("S3Bucket"), part("S3Key")))
        }
        Value::Object(o) => Cell::Many(o.iter().map(|(k, v)| format!("{} {}", words::label(k), plain(v))).collect()),
    }
}

/// From here on somebody should ask whether the builder is still needed.
const LONG: i64 = 2 * 3_600_000;

/// How long an image builder runs. Where only its making is known, that is said.
fn running(value: &Value) -> Cell {
    let ms = value["Milliseconds"].as_i64().unwrap_or_default().max(0);
    let known = value["Known"] == true;
    let words = if known { format!("Running {}", duration(ms)) } else { format!("{} since created", duration(ms)) };
    let raw = if known {
        "Since the console saw it start."
    } else {
        "AWS does not tell when it was started, only when it was created. It may have stood still in between."
    };
    if ms < LONG {
        return Cell::Text(words);
    }
    Cell::Chip {
        tone: "t-warn".to_owned(),
        glyph: "s-warn".to_owned(),
        words,
        raw: format!("{raw} It is billed while it runs."),
        fill: false,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), words::value)
}

/// Seconds since 1970 as a moment.
#[expect(clippy::cast_possible_truncation, reason = "seconds of this century")]
pub fn moment(seconds: Option<f64>) -> Cell {
    seconds.map_or(Cell::None, |s| Cell::Time(Millis((s * 1000.0) as i64)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_builder_is_marked_after_two_hours_and_says_what_is_known() {
        let cell = |ms: i64, known: bool| cell("RunningFor", &json!({"Milliseconds": ms, "Known": known}));
        assert_eq!(cell(LONG - 60_000, true), Cell::Text("Running 1 h 59 m".to_owned()));
        assert!(matches!(cell(76 * 3_600_000, true), Cell::Chip { words, tone, .. } if words == "Running 3 d 4 h" && tone == "t-warn"));
        assert!(matches!(cell(76 * 3_600_000, false), Cell::Chip { words, .. } if words == "3 d 4 h since created"));
    }
    use domain::constraints::{Shape, shape};

    #[test]
    fn every_state_of_the_model_has_a_look_and_new_ones_are_shown_as_they_are() {
        for name in [
            "ImageState",
            "ImageBuilderState",
            "AppBlockState",
            "AppBlockBuilderState",
            "FleetState",
            "SoftwareDeploymentStatus",
            "ExportImageTaskState",
        ] {
            let Some(Shape::Text(t)) = shape(name) else { panic!("{name}") };
            for state in t.values {
                assert!(matches!(chip(state), Cell::Chip { glyph, .. } if glyph != "s-unknown"), "{name} {state}");
            }
        }
        assert!(matches!(chip("HIBERNATING"), Cell::Chip { words, .. } if words == "Hibernating"));
    }
}
