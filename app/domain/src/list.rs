//! The lists of the console: which fields of fleets and sessions can be filtered and sorted by, and their values.

use crate::fleet::{Fleet, FleetType};
use crate::query::{Field, Listed, Value};
use crate::session::{DrainStatus, Presence, Session};
use crate::time::Millis;

/// A session that ends within this time counts as ending soon (design section 6: amber from 30 minutes).
pub const ENDS_SOON_MS: i64 = 30 * 60_000;

const fn field(key: &'static str, label: &'static str, is_time: bool) -> Field {
    Field { key, label, is_time }
}

fn text(t: impl Into<String>) -> Value {
    Value::Text(t.into())
}

fn maybe(t: Option<impl Into<String>>) -> Value {
    t.map_or(Value::None, |t| Value::Text(t.into()))
}

/// Quick filters of the fleet list, as key and value.
pub const FLEET_FACETS: &[(&str, &str)] =
    &[("state", "running"), ("state", "starting"), ("state", "stopping"), ("state", "stopped"), ("health", "errors"), ("health", "low")];

impl Listed for Fleet {
    const FIELDS: &'static [Field] = &[
        field("name", "Fleet", false),
        field("state", "State", false),
        field("health", "Health", false),
        field("type", "Type", false),
        field("inuse", "In use", false),
        field("free", "Free", false),
        field("max", "Max", false),
        field("image", "Image", false),
        field("instance", "Instance", false),
    ];
    const DEFAULT_SORT: &'static str = "free,name";

    fn value(&self, field: &str, _: Millis) -> Value {
        let up = matches!(self.state, crate::fleet::FleetState::Running);
        let seats = self.seats();
        match field {
            "name" => text(self.name.as_str()),
            "state" => text(self.state.wire().to_lowercase().replace('_', "-")),
            "health" => {
                let mut all = Vec::new();
                if !self.errors.is_empty() {
                    all.push("errors".to_owned());
                }
                if up && (seats.is_full() || seats.is_low()) {
                    all.push("low".to_owned());
                }
                Value::Many(all)
            }
            "type" => text(match self.fleet_type {
                FleetType::Other(ref other) => other.to_lowercase(),
                ref known => known.words().to_lowercase(),
            }),
            "inuse" if up => Value::Number(i64::from(seats.in_use)),
            "free" if up => Value::Number(i64::from(seats.free)),
            "max" => Value::Number(i64::from(seats.max)),
            "image" => maybe(self.image_name.as_deref()),
            "instance" => text(self.short_instance_type()),
            _ => Value::None,
        }
    }

    fn haystack(&self) -> String {
        format!(
            "{} {} {} {} {}",
            self.name,
            self.display_name.as_deref().unwrap_or(""),
            self.type_words(),
            self.image_name.as_deref().unwrap_or(""),
            self.instance_type
        )
    }
}

/// Quick filters of the session list, as key and value.
pub const SESSION_FACETS: &[(&str, &str)] = &[
    ("state", "connected"),
    ("state", "not-connected"),
    ("state", "pending"),
    ("ends", "soon"),
    ("drain", "draining"),
    ("state", "expired"),
];

impl Listed for Session {
    const FIELDS: &'static [Field] = &[
        field("user", "User", false),
        field("state", "State", false),
        field("fleet", "Fleet", false),
        field("stack", "Stack", false),
        field("running", "Running for", true),
        field("left", "Ends in", true),
        field("ends", "Ends", false),
        field("auth", "Sign-in", false),
        field("instance", "Instance", false),
        field("drain", "Instance is", false),
    ];
    const DEFAULT_SORT: &'static str = "-running,user";

    fn value(&self, field: &str, now: Millis) -> Value {
        match field {
            "user" => text(self.user_id.as_str()),
            "state" => text(self.presence().slug()),
            "fleet" => text(self.fleet.as_str()),
            "stack" => text(self.stack.as_str()),
            "running" => self.started.map_or(Value::None, |at| Value::Number(now.since(at))),
            "left" => self.max_expires.map_or(Value::None, |at| Value::Number(at.since(now))),
            "ends" if self.ends_within(ENDS_SOON_MS, now) => text("soon"),
            "auth" => text(self.authentication.wire().to_lowercase()),
            "instance" => maybe(self.instance_id.as_deref()),
            "drain" if self.presence() != Presence::Expired && self.drain == Some(DrainStatus::Draining) => text("draining"),
            _ => Value::None,
        }
    }

    fn haystack(&self) -> String {
        [self.user_id.as_str(), self.fleet.as_str(), self.stack.as_str(), self.instance_id.as_deref().unwrap_or("")].join(" ")
    }
}
