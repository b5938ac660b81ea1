//! Calls in Python. A password comes from the environment.

use super::{Request, has_secret, is_secret, names, quote};
use serde_json::Value;

fn python(value: &Value, indent: usize) -> String {
    let pad = "    ".repeat(indent + 1);
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(b) => if *b { "True" } else { "False" }.to_owned(),
        Value::String(text) => quote::quoted(text),
        Value::Array(a) => format!("[{}]", a.iter().map(|v| python(v, indent + 1)).collect::<Vec<_>>().join(", ")),
        Value::Object(o) if o.is_empty() => "{}".to_owned(),
        Value::Object(o) => {
            let all: Vec<String> = o.iter().map(|(k, v)| format!("{pad}{}: {}", quote::quoted(k), member(k, v, indent + 1))).collect();
            format!("{{\n{},\n{}}}", all.join(",\n"), "    ".repeat(indent))
        }
        other => other.to_string(),
    }
}

fn member(name: &str, value: &Value, indent: usize) -> String {
    if is_secret(name) && !value.is_null() { "os.environ[\"PASSWORD\"]".to_owned() } else { python(value, indent) }
}

fn call((operation, input): &Request<'_>) -> String {
    let arguments: Vec<String> = input.iter().map(|(k, v)| format!("    {k}={},", member(k, v, 1))).collect();
    let arguments = if arguments.is_empty() { "()".to_owned() } else { format!("(\n{}\n)", arguments.join("\n")) };
    format!("print(appstream.{}{arguments})", names::spelt(operation, '_'))
}

/// The calls, with one client.
pub fn text(region: &str, calls: &[Request<'_>]) -> String {
    let secret = calls.iter().flat_map(|(_, input)| input.iter()).any(|(k, v)| has_secret(k, v));
    let os = if secret { "import os\n\n" } else { "" };
    let calls: Vec<String> = calls.iter().map(call).collect();
    format!("{os}import boto3\n\nappstream = boto3.client(\"appstream\", region_name={})\n{}", quote::quoted(region), calls.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_a_call_in_python() {
        let input =
            json!({"DirectoryName": "a\"b", "ServiceAccountCredentials": {"AccountPassword": "hunter2"}, "On": true, "Names": ["x"]});
        assert_eq!(
            text("eu-west-1", &[("CreateDirectoryConfig", input.as_object().unwrap())]),
            "import os\n\nimport boto3\n\nappstream = boto3.client(\"appstream\", region_name=\"eu-west-1\")\nprint(appstream.create_directory_config(\n    DirectoryName=\"a\\\"b\",\n    Names=[\"x\"],\n    On=True,\n    ServiceAccountCredentials={\n        \"AccountPassword\": os.environ[\"PASSWORD\"],\n    },\n))"
        );
    }
}
