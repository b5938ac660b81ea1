//! App blocks cannot be changed: a new version replaces one, and its applications move over. What form, browser and server agree on.

use crate::entry::{Entries, FormView};

/// The field of the form that holds the applications to move. No member of a request.
pub const MOVE: &str = "MoveApplications";

/// Whether the form makes a new version.
pub fn is_new_version(form: &FormView) -> bool {
    form.fields().any(|f| f.path == MOVE)
}

/// The applications that are ticked.
pub fn ticked(entries: &Entries) -> Vec<&str> {
    entries.iter().filter(|(k, _)| k.strip_prefix(MOVE).is_some_and(|rest| rest.starts_with(':'))).map(|(_, v)| v.as_str()).collect()
}

/// The button's words: what will be there afterwards.
pub fn button(entries: &Entries) -> String {
    match ticked(entries).len() {
        0 => "Create".to_owned(),
        1 => "Create and move 1 application".to_owned(),
        n => format!("Create and move {n} applications"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_says_how_many_applications_move() {
        let entries = |names: &[&str]| names.iter().map(|n| (format!("{MOVE}:{n}"), (*n).to_owned())).collect::<Entries>();
        assert_eq!(
            [button(&entries(&[])), button(&entries(&["qgis"])), button(&entries(&["qgis", "saga"]))],
            ["Create", "Create and move 1 application", "Create and move 2 applications"]
        );
        assert_eq!(ticked(&entries(&["qgis"])), ["qgis"]);
    }
}
