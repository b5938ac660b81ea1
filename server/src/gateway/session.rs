//! Sessions: DescribeSessions, ExpireSession.

use super::error::{About, failure};
use super::fleet::moment;
use super::paging;
use aws_sdk_appstream::Client;
use aws_sdk_appstream::types;
use domain::failure::Failure;
use domain::names::SessionId;
use domain::session::{AuthenticationType, ConnectionState, DrainStatus, Session, SessionState};
use domain::stack::Pair;

/// The largest page that AWS gives.
const PAGE: i32 = 50;

/// How sessions of all authentication types are asked for. AWS's text says that a call without a type tells of streaming URLs only;
/// tools that call so get all types. Whoever sees sessions missing asks for each type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SessionTypes {
    /// One call, without a type.
    #[default]
    One,
    /// One call a type: four times as many.
    Each,
}

/// All sessions of one pair, of all authentication types.
pub async fn describe(client: &Client, pair: &Pair, types: SessionTypes) -> Result<Vec<Session>, Failure> {
    if types == SessionTypes::One {
        return of_type(client, pair, None).await;
    }
    let mut all: Vec<Session> = Vec::new();
    for kind in AuthenticationType::KNOWN {
        for row in of_type(client, pair, Some(kind.wire())).await? {
            // A service that takes no notice of the type tells of the same sessions each time.
            if !all.iter().any(|known| known.id == row.id) {
                all.push(row);
            }
        }
    }
    Ok(all)
}

async fn of_type(client: &Client, pair: &Pair, kind: Option<&str>) -> Result<Vec<Session>, Failure> {
    let about = About { operation: "DescribeSessions", noun: "stack", name: pair.stack.as_str() };
    paging::all(about.operation, |token| async move {
        let call = client.describe_sessions().stack_name(pair.stack.as_str()).fleet_name(pair.fleet.as_str()).limit(PAGE);
        let call = call.set_authentication_type(kind.map(types::AuthenticationType::from));
        let page = call.set_next_token(token).send().await.map_err(|e| failure(about, e))?;
        Ok((page.sessions().iter().map(session).collect(), page.next_token.clone()))
    })
    .await
}

fn session(s: &types::Session) -> Session {
    let network = s.network_access_configuration();
    Session {
        id: s.id().unwrap_or_default().into(),
        user_id: s.user_id().unwrap_or_default().to_owned(),
        stack: s.stack_name().unwrap_or_default().into(),
        fleet: s.fleet_name().unwrap_or_default().into(),
        state: SessionState::from_wire(s.state().map_or("", |s| s.as_str())),
        connection: s.connection_state().map(|c| ConnectionState::from_wire(c.as_str())),
        started: moment(s.start_time()),
        max_expires: moment(s.max_expiration_time()),
        authentication: AuthenticationType::from_wire(s.authentication_type().map_or("API", |a| a.as_str())),
        instance_id: s.instance_id().map(str::to_owned),
        drain: s.instance_drain_status().map(|d| DrainStatus::from_wire(d.as_str())),
        eni_private_ip_address: network.and_then(|n| n.eni_private_ip_address()).map(str::to_owned),
        eni_ipv6_addresses: network.map(|n| n.eni_ipv6_addresses().to_vec()).unwrap_or_default(),
        eni_id: network.and_then(|n| n.eni_id()).map(str::to_owned),
        since: None,
    }
}

/// ExpireSession.
pub async fn expire(client: &Client, id: &SessionId) -> Result<(), Failure> {
    let about = About { operation: "ExpireSession", noun: "session", name: id.as_str() };
    client.expire_session().session_id(id.as_str()).send().await.map(drop).map_err(|e| failure(about, e))
}
