//! What all records share: members as given, members that an update replaces or clears, lists asked for by name.

use crate::error::{Answer, combination, invalid_role};
use domain::constraints::Operation;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A resource's members, as its Describe call shows them.
pub type Record = Map<String, Value>;

/// A text member; empty when absent.
pub fn text<'a>(input: &'a Value, member: &str) -> &'a str {
    input[member].as_str().unwrap_or_default()
}

/// The members of `input` that are in `names` and given.
pub fn take(input: &Value, names: &[&str]) -> Record {
    names.iter().filter(|n| !input[**n].is_null()).map(|n| ((*n).to_owned(), input[*n].clone())).collect()
}

/// Replaces what `input` gives of `names`; clears what `AttributesToDelete` names by `clears`. Both for one member is refused.
pub fn update(record: &mut Record, input: &Value, names: &[&str], clears: &[(&str, &str)]) -> Answer<()> {
    let deletes: Vec<&str> = input["AttributesToDelete"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if let Some((_, member)) = clears.iter().find(|(attribute, member)| deletes.contains(attribute) && !input[*member].is_null()) {
        return Err(combination(format!("{member} is both set and deleted.")));
    }
    record.extend(take(input, names));
    for (_, member) in clears.iter().filter(|(attribute, _)| deletes.contains(attribute)) {
        record.remove(*member);
    }
    Ok(())
}

/// IamRoleArn, when given, names a role. There is no IAM here: whether the role exists and trusts AppStream is not checked.
pub fn role(input: &Value) -> Answer<()> {
    let arn = text(input, "IamRoleArn");
    if arn.is_empty() || (arn.contains(":iam::") && arn.contains(":role/")) {
        Ok(())
    } else {
        Err(invalid_role(format!("{arn} is not the ARN of an IAM role.")))
    }
}

/// The texts of a list member.
pub fn texts(input: &Value, member: &str) -> BTreeSet<String> {
    input[member].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The page size asked for: 1 to `most`, `default` when none is given or 0.
pub fn size(input: &Value, default: usize, most: usize) -> usize {
    match input["MaxResults"].as_u64().and_then(|n| usize::try_from(n).ok()) {
        None | Some(0) => default,
        Some(n) => n.min(most),
    }
}

/// One page of `rows`, sorted by their key, under `member`, with the token of the next.
pub fn paged(
    operation: &Operation,
    input: &Value,
    filter: &str,
    size: usize,
    member: &str,
    rows: impl Iterator<Item = (String, Value)>,
) -> Answer {
    let (page, next) = crate::page::page(operation, filter, input["NextToken"].as_str(), size, rows)?;
    let mut out = Map::new();
    out.insert(member.to_owned(), Value::Array(page));
    if let Some(next) = next {
        out.insert("NextToken".to_owned(), next.into());
    }
    Ok(Value::Object(out))
}
