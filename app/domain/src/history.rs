//! What the console keeps of the past: the capacity of each fleet as samples, and when sessions began and ended. Moments are epoch
//! seconds by AWS's clock. Here are the ranges, what is kept for how long, and what pages get; [`series`] has gaps, [`durations`] how long
//! sessions lasted, [`csv`] how an export is written.

pub mod csv;
pub mod durations;
pub mod series;

use crate::time::Millis;
use durations::Durations;
use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400;

/// Samples of one step, and how long they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Seconds from one sample to the next.
    pub seconds: i64,
    /// Seconds after which a sample is dropped.
    pub keep: i64,
}

/// The steps that are kept, the finest first: 1 min for 2 days, 5 min for 30 days, 1 h for 400 days.
pub const STEPS: [Step; 3] =
    [Step { seconds: 60, keep: 2 * DAY }, Step { seconds: 300, keep: 30 * DAY }, Step { seconds: 3600, keep: 400 * DAY }];
/// Seconds after which an ended session is dropped.
pub const KEEP_SESSIONS: i64 = 400 * DAY;
/// The most ended sessions that a page shows.
pub const MOST_ENDED: usize = 200;

/// How far back a page looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Range {
    /// The last hour, minute by minute.
    Hour,
    /// The last 24 hours in steps of five minutes.
    #[default]
    Day,
    /// The last seven days, hour by hour.
    Week,
    /// The last thirty days, hour by hour.
    Month,
}

impl Range {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// As in URLs: `1h`, `24h`, `7d`, `30d`.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }
    /// As on its link.
    pub fn label(self) -> &'static str {
        match self {
            Self::Hour => "1 h",
            Self::Day => "24 h",
            Self::Week => "7 d",
            Self::Month => "30 d",
        }
    }
    /// In a sentence: “over the last …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "24 hours",
            Self::Week => "7 days",
            Self::Month => "30 days",
        }
    }
    /// From a URL; what is unknown is a day.
    pub fn parse(slug: &str) -> Self {
        Self::ALL.into_iter().find(|r| r.slug() == slug).unwrap_or_default()
    }
    /// Its length in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Hour => 3600,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
        }
    }
    /// The step in which it is shown, in seconds.
    pub fn step(self) -> i64 {
        match self {
            Self::Hour => 60,
            Self::Day => 300,
            Self::Week | Self::Month => 3600,
        }
    }
    /// A moment in words, as short as this range allows: `10:05`, or `24 Nov, 10:05`.
    pub fn moment(self, at: i64) -> String {
        let at = Millis::from_seconds(at);
        match self {
            Self::Hour | Self::Day => at.hour_minute(),
            Self::Week | Self::Month => [&at.day_month(), ", ", &at.hour_minute()].concat(),
        }
    }
}

/// One moment of a fleet, or of all fleets together. A coarser step keeps the finest sample with the highest `in_use`, a moment that
/// really was: what is in use, available and pending always adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Where its bucket begins.
    pub at: i64,
    /// Seats taken.
    pub in_use: i32,
    /// Seats free.
    pub available: i32,
    /// Seats being made.
    pub pending: i32,
    /// Seats asked for; none for Elastic fleets.
    pub desired: Option<i32>,
    /// The most there could be.
    pub max: i32,
    /// Sessions that are not over; none when they could not be read.
    pub sessions: Option<i32>,
    /// Those of them whose user is there.
    pub connected: Option<i32>,
}

/// A drawn chart: the picture, and the numbers behind it for whoever points at it or wants a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartView {
    /// What it shows, in a sentence or two.
    pub summary: String,
    /// What stands in its place while there is too little to draw.
    pub notice: Option<String>,
    /// As wide as a page's main column.
    pub wide: Plot,
    /// As wide as a phone.
    pub narrow: Plot,
    /// The range.
    pub range: Range,
    /// Its first second.
    pub from: i64,
    /// Its last: now.
    pub to: i64,
    /// The number at the plot's upper edge.
    pub top: i32,
    /// What the numbers of each point are.
    pub labels: Vec<String>,
    /// Where a bucket begins, and its numbers.
    pub points: Vec<(i64, Vec<Option<i32>>)>,
    /// Where there is no data, in words.
    pub gaps: Vec<String>,
}

/// A picture and where in it the data is, in the units of its view box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plot {
    /// The whole SVG element, as the server drew it.
    pub svg: String,
    /// The view box's width.
    pub width: i32,
    /// The view box's height.
    pub height: i32,
    /// The edges of the plot within.
    pub left: i32,
    /// The right edge.
    pub right: i32,
    /// The upper edge.
    pub top: i32,
    /// The lower edge, where zero is.
    pub bottom: i32,
}

/// A session that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Its id.
    pub id: String,
    /// Who streamed.
    pub user_id: String,
    /// The stack it was opened through.
    pub stack: String,
    /// The fleet that served it.
    pub fleet: String,
    /// When it started; none when it ended before it got an instance.
    pub started: Option<i64>,
    /// When the console first saw it.
    pub first_seen: i64,
    /// When the console last saw it.
    pub last_seen: i64,
    /// When it was first seen to be over.
    pub ended: i64,
    /// Whether the console looked often enough to know the end; else it was between `last_seen` and `ended`.
    pub known: bool,
}

impl Ended {
    /// Seconds it lasted; with an unknown end the most it can have been.
    pub fn lasted(&self) -> i64 {
        self.ended - self.started.unwrap_or(self.first_seen)
    }
}

/// What one person's sessions came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub user_id: String,
    /// Ended sessions.
    pub sessions: i64,
    /// Seconds they lasted together.
    pub seconds: i64,
}

/// The history of sessions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionsView {
    /// How many at once.
    pub chart: ChartView,
    /// Sessions that started in the range.
    pub starts: i64,
    /// Sessions that ended in it.
    pub ends: i64,
    /// Those of them whose end fell into a gap of the console's own observation; their duration is not counted.
    pub unseen: i64,
    /// The most at once, and in which bucket.
    pub peak: Option<(i32, i64)>,
    /// How long those lasted whose end was seen.
    pub durations: Durations,
    /// The newest that ended and match, at most [`MOST_ENDED`].
    pub ended: Vec<Ended>,
    /// How many match.
    pub matched: i64,
    /// Who streamed longest.
    pub people: Vec<Person>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_back_from_its_slug_and_its_step_is_kept_for_as_long() {
        for range in Range::ALL {
            assert_eq!(Range::parse(range.slug()), range);
            let step = STEPS.iter().find(|s| s.seconds == range.step()).expect("its step is kept");
            assert!(step.keep >= range.seconds(), "{range:?}");
        }
        assert_eq!(Range::parse("century"), Range::Day);
        assert_eq!(Range::Day.moment(1_773_755_282), "13:48");
        assert_eq!(Range::Week.moment(1_773_755_282), "17 Mar, 13:48");
    }
}
