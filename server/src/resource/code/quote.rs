//! Texts in double quotes. Python, YAML and HCL read the same escapes; HCL has templates besides.

use std::fmt::Write;

/// Whether a character could not be seen, or could not stand as it is: controls, line separators, marks that turn the direction of text,
/// what no interchange may hold. `char` has no such question; the ranges are Unicode's general categories Cc, Cf, Zl, Zp and
/// noncharacters.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
        || (c as u32) & 0xfffe == 0xfffe
}

fn escape(c: char, out: &mut String) {
    // Writing to a text cannot fail.
    let _ = if (c as u32) < 0x10000 { write!(out, "\\u{:04x}", c as u32) } else { write!(out, "\\U{:08x}", c as u32) };
}

fn write(text: &str, out: &mut String, template: bool) {
    out.push('"');
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Not as `$${`: then it would matter what stands before it, and some parsers want that bracket closed.
            '$' | '%' if template && letters.peek() == Some(&'{') => escape(c, out),
            c if is_hidden(c) => escape(c, out),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// For Python and YAML.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write(text, &mut out, false);
    out
}

/// For HCL: what would be a template there stays text.
pub fn hcl(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write(text, &mut out, true);
    out
}

/// Words that YAML 1.1, which CloudFormation reads, takes for something else than a text.
const YAML_WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// For YAML: bare where nobody can take it for anything but that text.
pub fn yaml(text: &str) -> String {
    let letter = |c: char| c.is_ascii_alphanumeric() || "_-./:@".contains(c);
    let bare = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(letter)
        && !text.ends_with(':')
        && !YAML_WORDS.contains(&text.to_ascii_lowercase().as_str());
    if bare { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_stay_texts() {
        for (text, in_hcl, in_yaml) in [
            ("plain", r#""plain""#, "plain"),
            ("arn:aws:appstream:eu-west-1::image/x", r#""arn:aws:appstream:eu-west-1::image/x""#, "arn:aws:appstream:eu-west-1::image/x"),
            ("", r#""""#, r#""""#),
            (" a ", r#"" a ""#, r#"" a ""#),
            ("yes", r#""yes""#, r#""yes""#),
            ("No", r#""No""#, r#""No""#),
            ("12", r#""12""#, r#""12""#),
            ("1e3", r#""1e3""#, r#""1e3""#),
            ("2026-01-01", r#""2026-01-01""#, r#""2026-01-01""#),
            ("a: b # c", r#""a: b # c""#, r#""a: b # c""#),
            ("a:", r#""a:""#, r#""a:""#),
            ("${x} %{if} $x $${", r#""\u0024{x} \u0025{if} $x $\u0024{""#, r#""${x} %{if} $x $${""#),
            ("\"'\\\n\r\t", r#""\"'\\\n\r\t""#, r#""\"'\\\n\r\t""#),
            ("é😀", "\"é😀\"", "\"é😀\""),
            (
                "\0\u{85}\u{2028}\u{feff}\u{202e}\u{e0001}",
                r#""\u0000\u0085\u2028\ufeff\u202e\U000e0001""#,
                r#""\u0000\u0085\u2028\ufeff\u202e\U000e0001""#,
            ),
        ] {
            assert_eq!((hcl(text).as_str(), yaml(text).as_str()), (in_hcl, in_yaml), "{text:?}");
        }
    }
}
