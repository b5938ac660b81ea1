//! The table of operations in `server/docs/coverage.md` against the model and against the browser tests that it names.

use domain::constraints::operations;
use std::collections::BTreeMap;

const TABLE: &str = include_str!("../../docs/coverage.md");
const SPEC: &str = include_str!("../../../end2end/tests/operations.spec.ts");

/// Operation, page, control, test of each row.
fn rows() -> Vec<[&'static str; 4]> {
    let cells = |line: &'static str| -> Option<[&'static str; 4]> {
        let cells: Vec<&str> = line.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
        cells.try_into().ok()
    };
    TABLE.lines().filter(|l| l.starts_with("| ")).filter_map(cells).filter(|[o, ..]| *o != "operation").collect()
}

/// The browser tests, by title.
fn tests() -> BTreeMap<&'static str, &'static str> {
    SPEC.split("\ntest(\"").skip(1).filter_map(|t| t.split_once("\", ")).collect()
}

#[test]
fn every_operation_has_a_page_a_control_and_a_browser_test_that_asks_for_it() {
    let (rows, tests) = (rows(), tests());
    let named: Vec<&str> = rows.iter().map(|[o, ..]| *o).collect();
    let model: Vec<&str> = operations().iter().map(|o| o.name).collect();
    assert_eq!(named, model, "one row for each operation of the model, in order");
    for [operation, page, control, test] in rows {
        assert!(page.contains('/') && !control.is_empty(), "{operation}: {page} {control}");
        let body = tests.get(test).unwrap_or_else(|| panic!("{operation}: there is no test “{test}”"));
        let asks = if operation == "UpdateImageBuilder" {
            // Not in the SDK: the console hands out the command.
            body.contains("aws appstream update-image-builder")
        } else {
            body.contains("called(server,") && body.contains(&format!("\"{operation}\""))
        };
        assert!(asks, "{operation}: “{test}” does not ask for it");
    }
}
