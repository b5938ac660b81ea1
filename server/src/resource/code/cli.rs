//! The AWS CLI's line: an option a line, quoted for a POSIX shell.

use super::{is_secret, names};
use serde_json::{Map, Value};

/// What the AWS CLI would load instead of taking it as it is.
const LOADED: [&str; 4] = ["file://", "fileb://", "http://", "https://"];
/// Options of which the AWS CLI knows that their URLs are meant as URLs.
const URLS: [&str; 2] = ["RedirectURL", "FeedbackURL"];

/// Quoted for the shell, where it needs that.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@,+=".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A value as JSON in single quotes; the shell puts the password in, outside of them.
fn structure(value: &Value) -> String {
    fn write(value: &Value, out: &mut String) {
        match value {
            Value::Object(members) => {
                out.push('{');
                for (i, (name, value)) in members.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    out.push_str(&escaped(&Value::from(name.as_str())));
                    out.push(':');
                    if is_secret(name) && !value.is_null() {
                        out.push_str(r#""'"$PASSWORD"'""#);
                    } else {
                        write(value, out);
                    }
                }
                out.push('}');
            }
            Value::Array(all) => {
                out.push('[');
                for (i, value) in all.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    write(value, out);
                }
                out.push(']');
            }
            other => out.push_str(&escaped(other)),
        }
    }
    fn escaped(value: &Value) -> String {
        value.to_string().replace('\'', r"'\''")
    }
    let mut out = String::from("'");
    write(value, &mut out);
    out.push('\'');
    out
}

fn is_loaded(text: &str) -> bool {
    LOADED.iter().any(|scheme| text.starts_with(scheme))
}

/// The command. `input` is the request.
pub fn text(operation: &str, region: &str, input: &Map<String, Value>) -> String {
    let mut lines = vec![format!("aws appstream {}", names::spelt(operation, '-')), format!("--region {}", quoted(region))];
    // There is no way to say such a text in an option of its own.
    let whole = input.iter().any(|(m, v)| !URLS.contains(&m.as_str()) && v.as_str().is_some_and(is_loaded));
    if whole {
        lines.push(format!("--cli-input-json {}", structure(&Value::Object(input.clone()))));
        return lines.join(" \\\n  ");
    }
    for (member, value) in input {
        let name = names::spelt(member, '-');
        // The model has no password that is not in a structure; here it would be the shell's variable.
        if is_secret(member) {
            lines.push(format!("--{name} \"$PASSWORD\""));
            continue;
        }
        lines.push(match value {
            Value::Bool(true) => format!("--{name}"),
            Value::Bool(false) => format!("--no-{name}"),
            // Or it would be an option.
            Value::String(text) if text.starts_with('-') => format!("--{name}={}", quoted(text)),
            Value::String(text) => format!("--{name} {}", quoted(text)),
            Value::Array(all) if !all.is_empty() && all.iter().all(is_word) => {
                let all: Vec<String> = all.iter().filter_map(Value::as_str).map(quoted).collect();
                format!("--{name} {}", all.join(" "))
            }
            Value::Object(_) | Value::Array(_) => format!("--{name} {}", structure(value)),
            other => format!("--{name} {other}"),
        });
    }
    lines.join(" \\\n  ")
}

/// Whether a value of a list can stand as a word of its own: not as an option, as JSON, or as something to load.
fn is_word(value: &Value) -> bool {
    value.as_str().is_some_and(|t| !t.trim().is_empty() && !t.starts_with('-') && !t.trim_start().starts_with(['[', '{']) && !is_loaded(t))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_written_for_the_shell_with_its_password_left_out() {
        let input = json!({"DirectoryName": "corp.example.com", "ServiceAccountCredentials": {"AccountName": "svc", "AccountPassword": "hunter2"},
            "DisableIMDSV1": true, "IdleTimeoutInSeconds": 60, "Description": "It's here", "Names": ["a", "b c"], "Off": false});
        let line = text("CreateDirectoryConfig", "eu-west-1", input.as_object().unwrap());
        for part in [
            "aws appstream create-directory-config",
            "--region eu-west-1",
            "--disable-imdsv1",
            "--no-off",
            "--idle-timeout-in-seconds 60",
            r"'It'\''s here'",
            "--names a 'b c'",
            r#"'{"AccountName":"svc","AccountPassword":"'"$PASSWORD"'"}'"#,
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
    }

    #[test]
    fn what_the_cli_would_take_for_something_else_is_said_another_way() {
        let line = |input: Value| text("X", "r", input.as_object().unwrap()).split_off("aws appstream x \\\n  --region r \\\n  ".len());
        assert_eq!(line(json!({"A": "-x"})), "--a=-x");
        assert_eq!(line(json!({"A": ["-x", "y"]})), r#"--a '["-x","y"]'"#);
        assert_eq!(line(json!({"A": ["[x"]})), r#"--a '["[x"]'"#);
        assert_eq!(line(json!({"A": "file:///etc/passwd", "B": "it's"})), r#"--cli-input-json '{"A":"file:///etc/passwd","B":"it'\''s"}'"#);
        assert_eq!(line(json!({"RedirectURL": "https://example.com"})), "--redirect-url https://example.com");
        // What somebody entered is no placeholder.
        assert_eq!(line(json!({"A": {"B": "$PASSWORD"}})), r#"--a '{"B":"$PASSWORD"}'"#);
        assert_eq!(line(json!({"A": ""})), "--a ''");
    }
}
