//! A request as code. The AWS CLI line runs as it is printed; passwords are placeholders.

use domain::resource::Code;
use serde_json::{Map, Value};

/// Members whose values are never written.
const SECRET: [&str; 1] = ["AccountPassword"];

/// `CreateStreamingURL` as the AWS CLI and boto3 spell it, with `by` between the words.
fn split(operation: &str, by: char) -> String {
    let mut out = String::new();
    for c in operation.replace("URL", "Url").chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push(by);
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A member as an option: `IamRoleArn` is `iam-role-arn`, `DisableIMDSV1` is `disable-imdsv1`.
fn option(member: &str) -> String {
    let letters: Vec<char> = member.chars().collect();
    let mut out = String::new();
    for (i, c) in letters.iter().enumerate() {
        let lower_before = i > 0 && (letters[i - 1].is_ascii_lowercase() || letters[i - 1].is_ascii_digit());
        let word_after = i > 0 && letters[i - 1].is_ascii_uppercase() && letters.get(i + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && (lower_before || word_after) && !out.ends_with('-') {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Quoted for a POSIX shell, where it needs that.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@,+=".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn masked(value: &Value) -> Value {
    match value {
        Value::Object(o) => {
            o.iter().map(|(k, v)| (k.clone(), if SECRET.contains(&k.as_str()) { "$PASSWORD".into() } else { masked(v) })).collect()
        }
        Value::Array(a) => a.iter().map(masked).collect(),
        other => other.clone(),
    }
}

fn python(value: &Value, indent: usize) -> String {
    let pad = "    ".repeat(indent + 1);
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
        Value::Array(a) if a.is_empty() => "[]".to_owned(),
        Value::Array(a) => format!("[{}]", a.iter().map(|v| python(v, indent + 1)).collect::<Vec<_>>().join(", ")),
        Value::Object(o) => {
            let all: Vec<String> = o.iter().map(|(k, v)| format!("{pad}\"{k}\": {}", python(v, indent + 1))).collect();
            format!("{{\n{},\n{}}}", all.join(",\n"), "    ".repeat(indent))
        }
        other => other.to_string(),
    }
}

/// The AWS CLI's line: an option a line.
pub fn cli(operation: &str, region: &str, input: &Map<String, Value>) -> String {
    let mut lines = vec![format!("aws appstream {}", split(operation, '-')), format!("--region {}", quoted(region))];
    for (member, value) in input {
        let name = option(member);
        lines.push(match masked(value) {
            Value::Bool(true) => format!("--{name}"),
            Value::Bool(false) => format!("--no-{name}"),
            Value::String(text) => format!("--{name} {}", quoted(&text)),
            Value::Array(all) if !all.is_empty() && all.iter().all(Value::is_string) => {
                let all: Vec<String> = all.iter().filter_map(Value::as_str).map(quoted).collect();
                format!("--{name} {}", all.join(" "))
            }
            // The shell puts the password in: it stands outside of the single quotes.
            other => format!("--{name} {}", quoted(&other.to_string()).replace("\"$PASSWORD\"", "\"'\"$PASSWORD\"'\"")),
        });
    }
    lines.join(" \\\n  ")
}

/// The request in each language.
pub fn all(operation: &str, region: &str, input: &Map<String, Value>) -> Vec<Code> {
    let shown = masked(&Value::Object(input.clone()));
    let arguments: Vec<String> = shown.as_object().into_iter().flatten().map(|(k, v)| format!("    {k}={},", python(v, 1))).collect();
    let call = if arguments.is_empty() { "()".to_owned() } else { format!("(\n{}\n)", arguments.join("\n")) };
    let boto3 = format!("appstream = boto3.client(\"appstream\", region_name=\"{region}\")\nappstream.{}{call}", split(operation, '_'));
    let one = |language: &str, text: String| Code { language: language.to_owned(), text };
    vec![
        one("AWS CLI", cli(operation, region, input)),
        one("boto3", boto3),
        one("JSON", serde_json::to_string_pretty(&shown).unwrap_or_default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_written_for_the_shell_with_its_password_left_out() {
        let input = json!({"DirectoryName": "corp.example.com", "ServiceAccountCredentials": {"AccountName": "svc", "AccountPassword": "hunter2"},
            "DisableIMDSV1": true, "IdleTimeoutInSeconds": 60, "Description": "It's here", "Names": ["a", "b c"]});
        let line = cli("CreateDirectoryConfig", "eu-west-1", input.as_object().unwrap());
        for part in [
            "aws appstream create-directory-config",
            "--region eu-west-1",
            "--disable-imdsv1",
            "--idle-timeout-in-seconds 60",
            r"'It'\''s here'",
            "--names a 'b c'",
            "$PASSWORD",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        assert!(!all("X", "r", input.as_object().unwrap()).iter().any(|c| c.text.contains("hunter2")));
        assert_eq!(
            (option("RedirectURL"), option("SessionScriptS3Location"), option("existingImageName")),
            ("redirect-url".into(), "session-script-s3-location".into(), "existing-image-name".into())
        );
    }
}
