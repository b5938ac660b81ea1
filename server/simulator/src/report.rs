//! The usage report subscription: at most one an account and Region. Rules: behaviour notes 3.19.

use crate::clock::Ms;
use crate::error::{Answer, not_found};
use crate::fleet::seconds;
use crate::record::paged;
use crate::world::World;
use domain::constraints::Operation;
use serde_json::{Value, json};

const DAY: Ms = 86_400_000;

/// CreateUsageReportSubscription. A second one answers the same.
pub fn create(world: &mut World, now: Ms) -> Answer {
    if world.report.is_none() {
        let end = world.hex(6);
        let bucket = format!("appstream-logs-{}-{}-{end}", world.region, world.account);
        world.report = Some((bucket, now));
    }
    Ok(json!({"S3BucketName": world.report.as_ref().map(|(b, _)| b), "Schedule": "DAILY"}))
}

/// DescribeUsageReportSubscriptions. The newest report is that of the last midnight, from the first midnight on.
pub fn describe(world: &World, operation: &Operation, input: &Value, now: Ms) -> Answer {
    let rows = world.report.iter().map(|(bucket, since)| {
        let mut row = json!({"S3BucketName": bucket, "Schedule": "DAILY", "SubscriptionErrors": []});
        let midnight = now - now.rem_euclid(DAY);
        if midnight > *since {
            row["LastGeneratedReportDate"] = json!(seconds(midnight));
        }
        (bucket.clone(), row)
    });
    paged(operation, input, "", 50, "UsageReportSubscriptions", rows)
}

/// DeleteUsageReportSubscription. The bucket and its reports stay.
pub fn delete(world: &mut World) -> Answer {
    world.report.take().map(|_| json!({})).ok_or_else(|| not_found("There is no usage report subscription in this Region."))
}
