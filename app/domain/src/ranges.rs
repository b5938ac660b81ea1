//! Ranges of numbers that the service model leaves open and its texts give. Forms and the simulator read them. Source: behaviour notes
//! 3.1.2, 3.2.2 and 3.4.3, read 2026-11-24.

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The member, by its last name.
    pub member: &'static str,
    /// The smallest.
    pub min: i64,
    /// The largest, if there is one.
    pub max: Option<i64>,
    /// One that is fine although it is smaller.
    pub also: Option<i64>,
    /// Whether it counts seconds.
    pub seconds: bool,
}

const fn range(member: &'static str, min: i64, max: Option<i64>) -> Range {
    Range { member, min, max, also: None, seconds: false }
}

const fn seconds(member: &'static str, min: i64, max: i64) -> Range {
    Range { seconds: true, ..range(member, min, Some(max)) }
}

/// All of them.
pub const RANGES: [Range; 12] = [
    seconds("MaxUserDurationInSeconds", 600, 432_000),
    seconds("DisconnectTimeoutInSeconds", 60, 36_000),
    Range { also: Some(0), ..seconds("IdleDisconnectTimeoutInSeconds", 60, 36_000) },
    range("MaxSessionsPerInstance", 2, Some(50)),
    range("MaxConcurrentSessions", 1, None),
    range("DesiredInstances", 0, None),
    range("DesiredSessions", 0, None),
    range("VolumeSizeInGb", 200, Some(500)),
    range("MaximumLength", 1, Some(20_971_520)),
    seconds("Validity", 1, 604_800),
    // Beyond an hour nobody waits for a script at the start of a session; AWS gives no limit.
    seconds("TimeoutInSeconds", 1, 3600),
    range("MaxResults", 0, Some(500)),
];

/// The range of a member, by its last name.
pub fn of(member: &str) -> Option<&'static Range> {
    RANGES.iter().find(|r| r.member == member)
}

impl Range {
    /// Whether `n` lies within.
    pub fn holds(&self, n: i64) -> bool {
        self.also == Some(n) || (n >= self.min && self.max.is_none_or(|m| n <= m))
    }

    /// In words: “0 or 60 to 36000 seconds”.
    pub fn words(&self) -> String {
        let also = self.also.map(|n| format!("{n} or ")).unwrap_or_default();
        let unit = if self.seconds { " seconds" } else { "" };
        match self.max {
            Some(max) => format!("{also}{} to {max}{unit}", self.min),
            None => format!("{also}{} or more{unit}", self.min),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_is_fine_for_the_idle_timeout_and_ten_seconds_are_not() {
        let idle = of("IdleDisconnectTimeoutInSeconds").expect("a range");
        assert!(idle.holds(0) && idle.holds(60) && !idle.holds(10) && !idle.holds(36_001));
        assert_eq!(idle.words(), "0 or 60 to 36000 seconds");
        assert_eq!(of("MaxConcurrentSessions").map(Range::words), Some("1 or more".to_owned()));
    }
}
