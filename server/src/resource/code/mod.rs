//! Requests and resources as code: AWS CLI, boto3, JSON, Terraform, CloudFormation. What is printed can be run as it stands; passwords
//! are placeholders.
//!
//! [`all`] is for forms, [`of`] for pages. [`resources`] says which resources a request makes and [`types`] what their types take;
//! [`terraform`] and [`cloudformation`] each hold their table of types and write.

mod boto3;
mod cli;
mod cloudformation;
mod described;
mod names;
mod quote;
mod resources;
mod terraform;
mod types;

use domain::constraints::operation;
use domain::failure::Failure;
use domain::resource::{Call, Code};
use serde_json::{Map, Value, json};

/// Whether a member's value is never written. Other members that the model marks as sensitive (names, launch parameters) are what an
/// operator entered and sees on the page; without them the code would do something else.
fn is_secret(member: &str) -> bool {
    member.ends_with("Password")
}

/// Whether there is a secret in the member's value.
fn has_secret(member: &str, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(o) => o.iter().any(|(k, v)| has_secret(k, v)),
        Value::Array(a) => a.iter().any(|v| has_secret(member, v)),
        _ => is_secret(member),
    }
}

fn one(language: &str, text: String) -> Code {
    Code { language: language.to_owned(), text }
}

fn masked(value: &Value) -> Value {
    match value {
        Value::Object(o) => {
            o.iter().map(|(k, v)| (k.clone(), if is_secret(k) && !v.is_null() { "$PASSWORD".into() } else { masked(v) })).collect()
        }
        Value::Array(a) => a.iter().map(masked).collect(),
        other => other.clone(),
    }
}

fn as_json(value: &Value) -> Code {
    one("JSON", serde_json::to_string_pretty(&masked(value)).unwrap_or_default())
}

fn templates(all: &[resources::Resource]) -> impl Iterator<Item = Code> {
    [("Terraform", terraform::text(all)), ("CloudFormation", cloudformation::text(all))]
        .into_iter()
        .filter_map(|(language, text)| Some(one(language, text?)))
}

/// An operation with its request.
pub type Request<'a> = (&'a str, &'a Map<String, Value>);

/// Requests in the order in which they are sent, in each language that can say them. Of a long list the end is only counted.
pub fn all(region: &str, calls: &[Request<'_>]) -> Vec<Code> {
    let (said, left) = calls.split_at(calls.len().min(Call::MOST));
    let joined = |texts: Vec<String>, gap: &str, remark: &str| {
        let mut all = texts.join(gap);
        if !left.is_empty() {
            all.push_str(&format!("{gap}{remark} and {} more", left.len()));
        }
        all
    };
    let mut out = vec![
        one("AWS CLI", joined(said.iter().map(|(operation, input)| cli::text(operation, region, input)).collect(), "\n\n", "#")),
        one("boto3", joined(vec![boto3::text(region, said)], "\n", "#")),
    ];
    out.push(match said {
        [(_, input)] => as_json(&Value::Object((*input).clone())),
        many => as_json(&many.iter().map(|(operation, input)| json!({"Operation": operation, "Input": input})).collect()),
    });
    if left.is_empty() {
        out.extend(templates(&said.iter().flat_map(|(operation, input)| resources::of_request(operation, input)).collect::<Vec<_>>()));
    }
    out
}

/// Calls that a page asks for. What is no operation, or no request of it, is refused by its name.
pub fn of_calls(region: &str, calls: &[Call]) -> Result<Vec<Code>, Failure> {
    let read = |call: &Call| {
        let input = serde_json::from_str::<Map<String, Value>>(&call.input).ok();
        let unknown = || Failure::NotFound { noun: "operation".into(), name: call.operation.chars().take(120).collect() };
        operation(&call.operation).map(|o| o.name).zip(input).ok_or_else(unknown)
    };
    let read = calls.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(all(region, &read.iter().map(|(operation, input)| (*operation, input)).collect::<Vec<_>>()))
}

/// An existing resource: how it is read, what was read, and code that would make it. `read` is the operation that shows it with its
/// request; `item` is what the console knows of it, with `Tags` when they are known.
pub fn of(kind: &str, (operation, request): Request<'_>, region: &str, item: &Value) -> Vec<Code> {
    let mut out = vec![
        one("AWS CLI", cli::text(operation, region, request)),
        one("boto3", boto3::text(region, &[(operation, request)])),
        as_json(&described::told(kind, item)),
    ];
    out.extend(templates(&described::resource_of(kind, item).into_iter().collect::<Vec<_>>()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::constraints::{Shape, operations, shape};

    fn text(all: &[Code], language: &str) -> String {
        all.iter().find(|c| c.language == language).map(|c| c.text.clone()).unwrap_or_default()
    }

    /// The members of a shape, nested ones too, with whether the model marks them as sensitive.
    fn members(of: &str, depth: usize, out: &mut Vec<(&'static str, bool)>) {
        match shape(of) {
            Some(Shape::Structure(all)) if depth < 9 => {
                for m in *all {
                    out.push((m.name, matches!(shape(m.shape), Some(Shape::Text(t)) if t.sensitive)));
                    members(m.shape, depth + 1, out);
                }
            }
            Some(Shape::List { of, .. }) => members(of, depth, out),
            _ => {}
        }
    }

    #[test]
    fn passwords_are_what_the_model_calls_so_and_are_written_nowhere() {
        let mut known = vec![];
        operations().iter().filter_map(|o| o.input).for_each(|of| members(of, 0, &mut known));
        let secret: Vec<_> = known.iter().filter(|(name, _)| is_secret(name)).collect();
        assert!(secret.len() >= 2 && secret.iter().all(|(_, sensitive)| *sensitive), "{secret:?}");
        let item = json!({"DirectoryName": "corp.example.com", "OrganizationalUnitDistinguishedNames": ["OU=a"],
            "ServiceAccountCredentials": {"AccountName": "svc", "AccountPassword": "hunter2"}});
        let input = item.as_object().unwrap();
        let all = [all("r", &[("CreateDirectoryConfig", input)]), of("directory-configs", ("DescribeDirectoryConfigs", input), "r", &item)]
            .concat();
        assert_eq!(all.len(), 10);
        for code in &all {
            assert!(!code.text.contains("hunter2"), "{}", code.text);
        }
        assert!(text(&all, "Terraform").contains("account_password = var.password"));
        assert!(text(&all, "CloudFormation").contains("AccountPassword: !Ref Password"));
    }

    #[test]
    fn a_long_list_is_cut_with_its_number_and_what_is_no_operation_is_refused_by_name() {
        let call = |operation: &str| Call::new(operation, &[("SessionId", "x")]);
        let many = of_calls("r", &vec![call("ExpireSession"); Call::MOST + 3]).unwrap();
        assert_eq!(text(&many, "AWS CLI").matches("expire-session").count(), Call::MOST);
        assert!(many.iter().take(2).all(|c| c.text.ends_with("# and 3 more")), "{many:?}");
        let refused = of_calls("r", &[call("ExpireSession"), call("RunAnything")]);
        assert_eq!(refused, Err(Failure::NotFound { noun: "operation".into(), name: "RunAnything".into() }));
    }

    #[test]
    fn verbs_without_a_type_have_three_languages() {
        let input = json!({"Name": "desk"});
        for operation in ["DeleteFleet", "StartFleet", "CopyImage", "CreateThemeForStack", "CreateUsageReportSubscription"] {
            assert_eq!(all("r", &[(operation, input.as_object().unwrap())]).len(), 3, "{operation}");
        }
        assert_eq!(of("images", ("DescribeImages", input.as_object().unwrap()), "r", &input).len(), 3);
    }

    #[test]
    fn a_page_tells_the_resource_with_the_request_that_reads_it() {
        let item = json!({"Name": "work", "Arn": "arn:x", "DisplayName": "Work", "Tags": {"team": "desk"}});
        let all = of("stacks", ("DescribeStacks", json!({"Names": ["work"]}).as_object().unwrap()), "eu-west-1", &item);
        assert_eq!(text(&all, "AWS CLI"), "aws appstream describe-stacks \\\n  --region eu-west-1 \\\n  --names work");
        assert!(text(&all, "JSON").contains("\"Arn\": \"arn:x\""));
        assert!(text(&all, "Terraform").contains("resource \"aws_appstream_stack\" \"work\""));
        assert!(text(&all, "CloudFormation").contains("Type: AWS::AppStream::Stack"));
    }
}
