//! Users as they are pasted: CSV, or lines of mail address, first name, last name and stacks. Pure, and total: whatever is pasted, each
//! row is read or says what is wrong with it.
//!
//! The cells are parted by commas, by tabs, or by semicolons (what spreadsheets of half of Europe write), whichever the first row
//! shows. Cells may be quoted, with doubled quotes within. From the fourth cell on, all are stacks; several in one cell are parted by
//! semicolons.

/// One pasted person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The line of the paste where the row begins, from 1.
    pub line: usize,
    /// The mail address, which is the user name.
    pub email: String,
    /// First name; may be empty.
    pub first: String,
    /// Last name; may be empty.
    pub last: String,
    /// Stacks to assign, each once.
    pub stacks: Vec<String>,
    /// A quote that never ends.
    pub broken: bool,
}

/// What a header calls each cell.
const EMAIL: [&str; 8] = ["email", "e-mail", "mail", "mailaddress", "emailaddress", "username", "user", "address"];
const FIRST: [&str; 4] = ["firstname", "first", "givenname", "forename"];
const LAST: [&str; 4] = ["lastname", "last", "surname", "familyname"];
const STACKS: [&str; 4] = ["stacks", "stack", "stackname", "stacknames"];

/// The people of a paste, in its order. Blank rows are no people.
pub fn read(text: &str) -> Vec<Person> {
    let records = records(text, delimiter(text));
    let header = records.first().map(|(_, cells, _)| cells).and_then(|cells| columns(cells));
    let skip = usize::from(header.is_some());
    let at = header.unwrap_or([Some(0), Some(1), Some(2), None]);
    records
        .into_iter()
        .skip(skip)
        .filter(|(_, cells, _)| cells.iter().any(|c| !c.is_empty()))
        .map(|(line, cells, broken)| {
            let cell = |which: Option<usize>| which.and_then(|i| cells.get(i)).cloned().unwrap_or_default();
            let named: Vec<&String> = match at[3] {
                Some(i) => cells.get(i).into_iter().collect(),
                // Without a header everything after the names is a stack; with one only what it calls so.
                None if skip == 0 => cells.iter().skip(3).collect(),
                None => vec![],
            };
            let mut stacks: Vec<String> = vec![];
            for stack in named.into_iter().flat_map(|c| c.split(';')).map(str::trim).filter(|s| !s.is_empty()) {
                if !stacks.iter().any(|s| s == stack) {
                    stacks.push(stack.to_owned());
                }
            }
            Person { line, email: cell(at[0]), first: cell(at[1]), last: cell(at[2]), stacks, broken }
        })
        .collect()
}

/// The columns that a header names, if the row is one: mail address, first name, last name, stacks.
fn columns(cells: &[String]) -> Option<[Option<usize>; 4]> {
    let plain = |c: &String| c.to_lowercase().replace([' ', '_'], "");
    let find = |words: &[&str]| cells.iter().position(|c| words.contains(&plain(c).as_str()));
    let email = find(&EMAIL)?;
    Some([Some(email), find(&FIRST), find(&LAST), find(&STACKS)])
}

fn delimiter(text: &str) -> char {
    let first = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    if first.contains('\t') {
        '\t'
    } else if first.contains(',') || !first.contains(';') {
        ','
    } else {
        ';'
    }
}

/// A row: its line, its cells, and whether a quote in it never ends.
type Record = (usize, Vec<String>, bool);

fn records(text: &str, delimiter: char) -> Vec<Record> {
    let mut all: Vec<Record> = vec![];
    let (mut cells, mut cell, mut was_quoted) = (vec![], String::new(), false);
    let (mut line, mut begin, mut quoted) = (1, 1, false);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let mut letters = text.chars().peekable();
    let end = |cells: &mut Vec<String>, cell: &mut String, was_quoted: &mut bool| {
        let text = std::mem::take(cell);
        cells.push(text.trim().to_owned());
        *was_quoted = false;
    };
    while let Some(c) = letters.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() && !was_quoted => {
                cell.clear();
                (quoted, was_quoted) = (true, true);
            }
            c if quoted => cell.push(c),
            '\n' => {
                end(&mut cells, &mut cell, &mut was_quoted);
                all.push((begin, std::mem::take(&mut cells), false));
                begin = line;
            }
            c if c == delimiter => end(&mut cells, &mut cell, &mut was_quoted),
            c => cell.push(c),
        }
    }
    end(&mut cells, &mut cell, &mut was_quoted);
    all.push((begin, cells, quoted));
    all.retain(|(_, cells, _)| cells.iter().any(|c| !c.is_empty()));
    all
}

/// A row as it can be pasted again.
pub fn write(person: &Person) -> String {
    let cell = |text: &str| {
        if text.contains(['"', ',', '\n', '\t']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    };
    let cells = [cell(&person.email), cell(&person.first), cell(&person.last), cell(&person.stacks.join(";"))];
    cells.join(",").trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(line: usize, email: &str, first: &str, last: &str, stacks: &[&str]) -> Person {
        let stacks = stacks.iter().map(|s| (*s).to_owned()).collect();
        Person { line, email: email.into(), first: first.into(), last: last.into(), stacks, broken: false }
    }

    #[test]
    fn lines_with_and_without_a_header_are_read() {
        let bo = |line| person(line, "bo@x.example", "Bo", "Lind", &["legal", "hr"]);
        for (text, line) in [
            ("bo@x.example,Bo,Lind,legal;hr", 1),
            ("\n\n bo@x.example , Bo , Lind , legal ; hr ; legal \r\n", 3),
            ("Email,First name,Last name,Stacks\nbo@x.example,Bo,Lind,legal;hr", 2),
            ("last_name\tstacks\tuser name\tFirst Name\nLind\tlegal;hr\tbo@x.example\tBo", 2),
            ("bo@x.example;Bo;Lind;legal;hr", 1),
            ("\"bo@x.example\",\"Bo\",\"Lind\",\"legal;hr\"", 1),
            ("\u{feff}email,first,last,stack\n\"bo@x.example\",Bo,Lind,\"legal;hr\"\n", 2),
        ] {
            assert_eq!(read(text), [bo(line)], "{text:?}");
        }
        assert_eq!(
            read("a@x.example\nb@x.example,,,hr"),
            [person(1, "a@x.example", "", "", &[]), person(2, "b@x.example", "", "", &["hr"])]
        );
    }

    #[test]
    fn quotes_hold_commas_and_lines_and_one_without_end_is_told() {
        assert_eq!(read("a@x.example,\"An, \"\"the\"\" great\",\"Two\nlines\"\nb@x.example").len(), 2);
        assert_eq!(read("a@x.example,\"An, \"\"the\"\" great\"")[0].first, "An, \"the\" great");
        assert!(read("a@x.example,\"never")[0].broken);
        assert_eq!(read("a@x.example,\"One\nTwo\",x\nb@x.example")[1].line, 3);
        assert!(read("").is_empty() && read(" \n ,, \n").is_empty());
    }

    proptest! {
        #[test]
        fn anything_is_read_and_what_is_written_is_read_back(text in any::<String>(), cells in prop::array::uniform3("[a-zA-Z,\" .-]{0,12}"), stacks in prop::collection::btree_set("[a-z][a-z0-9-]{0,8}", 0..3)) {
            for p in read(&text) {
                prop_assert!(p.line >= 1 && p.line <= text.len() + 1);
            }
            let mut p = person(1, &format!("a{}@x.example", cells[0].len()), cells[1].trim(), cells[2].trim(), &[]);
            p.stacks = stacks.into_iter().collect();
            // A header before it, so that a row of one cell is not taken for semicolons.
            let again = read(&format!("email,first name,last name,stacks\n{}", write(&p)));
            prop_assert_eq!(again, vec![Person { line: 2, ..p }]);
        }
    }
}
