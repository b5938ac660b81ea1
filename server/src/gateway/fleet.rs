//! Fleets: DescribeFleets, StartFleet, StopFleet, UpdateFleet.

use super::error::{About, failure};
use super::paging;
use aws_sdk_appstream::Client;
use aws_sdk_appstream::types::{self, ComputeCapacity};
use domain::failure::Failure;
use domain::fleet::{CapacityStatus, Fleet, FleetState, FleetType, ResourceError, UserSessions};
use domain::form::NewCapacity;
use domain::names::FleetName;
use domain::time::Millis;

pub(super) fn moment(at: Option<&aws_sdk_appstream::primitives::DateTime>) -> Option<Millis> {
    at.and_then(|t| t.to_millis().ok()).map(Millis)
}

fn owned(text: Option<&str>) -> Option<String> {
    text.filter(|t| !t.is_empty()).map(str::to_owned)
}

/// All fleets, by name.
pub async fn describe(client: &Client) -> Result<Vec<Fleet>, Failure> {
    let about = About { operation: "DescribeFleets", noun: "fleet", name: "" };
    let mut fleets = paging::all(about.operation, |token| async move {
        let page = client.describe_fleets().set_next_token(token).send().await.map_err(|e| failure(about, e))?;
        Ok((page.fleets().iter().map(fleet).collect(), page.next_token))
    })
    .await?;
    fleets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(fleets)
}

fn fleet(f: &types::Fleet) -> Fleet {
    let vpc = f.vpc_config();
    let join = f.domain_join_info();
    Fleet {
        name: f.name().unwrap_or_default().into(),
        arn: f.arn().unwrap_or_default().to_owned(),
        display_name: owned(f.display_name()),
        description: owned(f.description()),
        state: FleetState::from_wire(f.state().map_or("", |s| s.as_str())),
        fleet_type: FleetType::from_wire(f.fleet_type().map_or("ALWAYS_ON", |t| t.as_str())),
        instance_type: f.instance_type().unwrap_or_default().to_owned(),
        image_name: owned(f.image_name()).or_else(|| owned(f.image_arn().and_then(|a| a.rsplit('/').next()))),
        image_arn: owned(f.image_arn()),
        capacity: f.compute_capacity_status().map(|c| capacity(c, f.max_sessions_per_instance().is_some())).unwrap_or_default(),
        max_concurrent_sessions: f.max_concurrent_sessions(),
        max_sessions_per_instance: f.max_sessions_per_instance(),
        max_user_duration_in_seconds: f.max_user_duration_in_seconds(),
        disconnect_timeout_in_seconds: f.disconnect_timeout_in_seconds(),
        idle_disconnect_timeout_in_seconds: f.idle_disconnect_timeout_in_seconds(),
        stream_view: f.stream_view().map(|v| v.as_str().to_owned()),
        platform: f.platform().map(|p| p.as_str().to_owned()),
        subnet_ids: vpc.map(|v| v.subnet_ids().to_vec()).unwrap_or_default(),
        security_group_ids: vpc.map(|v| v.security_group_ids().to_vec()).unwrap_or_default(),
        enable_default_internet_access: f.enable_default_internet_access().unwrap_or_default(),
        directory_name: join.and_then(|j| owned(j.directory_name())),
        organizational_unit: join.and_then(|j| owned(j.organizational_unit_distinguished_name())),
        iam_role_arn: owned(f.iam_role_arn()),
        usb_device_filter_strings: f.usb_device_filter_strings().to_vec(),
        session_script: f
            .session_script_s3_location()
            .map(|s| format!("s3://{}/{}", s.s3_bucket().unwrap_or_default(), s.s3_key().unwrap_or_default())),
        root_volume_gb: f.root_volume_config().and_then(types::VolumeConfig::volume_size_in_gb),
        disable_imds_v1: f.disable_imdsv1(),
        created: moment(f.created_time()),
        errors: f
            .fleet_errors()
            .iter()
            .map(|e| ResourceError {
                code: e.error_code().map_or_else(String::new, |c| c.as_str().to_owned()),
                message: e.error_message().unwrap_or_default().to_owned(),
            })
            .collect(),
    }
}

fn capacity(c: &types::ComputeCapacityStatus, multi: bool) -> CapacityStatus {
    let n = Option::unwrap_or_default;
    CapacityStatus {
        desired: n(c.desired()),
        running: n(c.running()),
        in_use: n(c.in_use()),
        available: n(c.available()),
        user_sessions: multi.then(|| UserSessions {
            desired: n(c.desired_user_sessions()),
            actual: n(c.actual_user_sessions()),
            available: n(c.available_user_sessions()),
            active: n(c.active_user_sessions()),
            draining: n(c.draining()),
            drain_mode_active: n(c.drain_mode_active_user_sessions()),
            drain_mode_unused: n(c.drain_mode_unused_user_sessions()),
        }),
    }
}

/// StartFleet.
pub async fn start(client: &Client, name: &FleetName) -> Result<(), Failure> {
    let about = About { operation: "StartFleet", noun: "fleet", name: name.as_str() };
    client.start_fleet().name(name.as_str()).send().await.map(drop).map_err(|e| failure(about, e))
}

/// StopFleet.
pub async fn stop(client: &Client, name: &FleetName) -> Result<(), Failure> {
    let about = About { operation: "StopFleet", noun: "fleet", name: name.as_str() };
    client.stop_fleet().name(name.as_str()).send().await.map(drop).map_err(|e| failure(about, e))
}

/// UpdateFleet with a new capacity and nothing else.
pub async fn change_capacity(client: &Client, name: &FleetName, capacity: NewCapacity) -> Result<(), Failure> {
    let about = About { operation: "UpdateFleet", noun: "fleet", name: name.as_str() };
    let call = client.update_fleet().name(name.as_str());
    let call = match capacity {
        NewCapacity::Instances(n) => call.compute_capacity(ComputeCapacity::builder().desired_instances(n).build()),
        NewCapacity::Sessions(n) => call.compute_capacity(ComputeCapacity::builder().desired_sessions(n).build()),
        NewCapacity::MaxConcurrentSessions(n) => call.max_concurrent_sessions(n),
    };
    call.send().await.map(drop).map_err(|e| failure(about, e))
}
