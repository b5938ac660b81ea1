//! CSV as RFC 4180 has it, safe to open in a spreadsheet: a cell that would be run as a formula begins with an apostrophe instead.

/// A table being written.
#[derive(Clone, Debug, Default)]
pub struct Csv(String);

impl Csv {
    /// Begins with the names of the columns.
    pub fn new(head: &[&str]) -> Self {
        let mut csv = Self::default();
        csv.row(head);
        csv
    }

    /// Adds a row.
    pub fn row<C: AsRef<str>>(&mut self, cells: &[C]) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            self.cell(cell.as_ref());
        }
        self.0.push_str("\r\n");
    }

    fn cell(&mut self, text: &str) {
        let quoted = text.contains([',', '"', '\n', '\r', '\t']);
        if quoted {
            self.0.push('"');
        }
        if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
            self.0.push('\'');
        }
        self.0.push_str(&text.replace('"', "\"\""));
        if quoted {
            self.0.push('"');
        }
    }

    /// The text.
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        let mut csv = Csv::new(&["UserId", "Note"]);
        csv.row(&["=HYPERLINK(\"x\")", "a,b"]);
        csv.row(&["ann@example.com", ""]);
        csv.row(&["+1", "@sum"]);
        let lines = "UserId,Note\r\n\"'=HYPERLINK(\"\"x\"\")\",\"a,b\"\r\nann@example.com,\r\n'+1,'@sum\r\n";
        assert_eq!(csv.finish(), lines);
    }

    proptest! {
        #[test]
        fn no_cell_begins_as_a_formula(cell in "[=+@\t\r\n\",a-]{0,6}") {
            let mut csv = Csv::default();
            csv.row(&[&cell]);
            let text = csv.finish();
            let first = text.strip_prefix('"').unwrap_or(&text).chars().next();
            prop_assert!(!first.is_some_and(|c| "=+-@\t".contains(c)), "{text:?}");
            prop_assert!(text.ends_with("\r\n"));
        }
    }
}
