//! Stacks and their fleets: DescribeStacks, ListAssociatedStacks.

use super::error::{About, failure};
use super::fleet::moment;
use super::paging;
use aws_sdk_appstream::Client;
use domain::failure::Failure;
use domain::fleet::ResourceError;
use domain::names::{FleetName, StackName};
use domain::stack::Stack;

/// All stacks, by name.
pub async fn describe(client: &Client) -> Result<Vec<Stack>, Failure> {
    let about = About { operation: "DescribeStacks", noun: "stack", name: "" };
    let mut stacks = paging::all(about.operation, |token| async move {
        let page = client.describe_stacks().set_next_token(token).send().await.map_err(|e| failure(about, e))?;
        let rows = page.stacks().iter().map(|s| Stack {
            name: s.name().unwrap_or_default().into(),
            arn: s.arn().unwrap_or_default().to_owned(),
            display_name: s.display_name().map(str::to_owned),
            description: s.description().map(str::to_owned),
            created: moment(s.created_time()),
            errors: s
                .stack_errors()
                .iter()
                .map(|e| ResourceError {
                    code: e.error_code().map_or_else(String::new, |c| c.as_str().to_owned()),
                    message: e.error_message().unwrap_or_default().to_owned(),
                })
                .collect(),
        });
        Ok((rows.collect(), page.next_token.clone()))
    })
    .await?;
    stacks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(stacks)
}

/// The stacks of one fleet.
pub async fn associated(client: &Client, fleet: &FleetName) -> Result<Vec<StackName>, Failure> {
    let about = About { operation: "ListAssociatedStacks", noun: "fleet", name: fleet.as_str() };
    paging::all(about.operation, |token| async move {
        let page =
            client.list_associated_stacks().fleet_name(fleet.as_str()).set_next_token(token).send().await.map_err(|e| failure(about, e))?;
        Ok((page.names().iter().map(|n| n.as_str().into()).collect(), page.next_token.clone()))
    })
    .await
}
