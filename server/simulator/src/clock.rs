//! Simulated time: a line through a point of the wall clock, whose slope is the pace.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970.
pub type Ms = i64;

/// The clock of all worlds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clock {
    wall: Ms,
    simulated: Ms,
    /// Simulated seconds a wall second.
    pub pace: f64,
    /// Divides the durations that AWS takes of its own accord.
    pub haste: f64,
    /// Whether time stands still.
    pub paused: bool,
}

impl Clock {
    /// A clock that shows the wall's time now.
    pub fn new(wall: Ms, pace: f64, haste: f64) -> Self {
        Self { wall, simulated: wall, pace, haste, paused: false }
    }
    /// Simulated time.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "milliseconds of a few decades")]
    pub fn now(&self, wall: Ms) -> Ms {
        if self.paused { self.simulated } else { self.simulated + ((wall - self.wall).max(0) as f64 * self.pace) as i64 }
    }
    /// Makes the present the point from which time goes on, so that a change of pace causes no jump.
    pub fn anchor(&mut self, wall: Ms) {
        self.simulated = self.now(wall);
        self.wall = wall;
    }
    /// Moves simulated time ahead.
    pub fn advance(&mut self, wall: Ms, by: Ms) {
        self.anchor(wall);
        self.simulated = self.simulated.saturating_add(by);
    }
    /// A duration of AWS's own, with haste.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "durations of at most hours")]
    pub fn hasten(&self, ms: Ms) -> Ms {
        ((ms as f64 / self.haste) as i64).max(1)
    }
}

/// `Tue, 24 Nov 2026 07:10:53 GMT`, as the `Date` header has it.
pub fn http_date(now: Ms) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let moment = domain::time::Millis(now).exact();
    // `24 Nov 2026, 07:10:53 UTC`: the same fields in another order.
    let day = DAYS[usize::try_from(now.div_euclid(86_400_000).rem_euclid(7)).unwrap_or(0)];
    let (date, time) = moment.split_once(", ").unwrap_or((&moment, "00:00:00 UTC"));
    let pad = if date.find(' ') == Some(1) { "0" } else { "" };
    format!("{day}, {pad}{date} {} GMT", time.trim_end_matches(" UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_wants_them() {
        assert_eq!(http_date(1_795_504_253_000), "Tue, 24 Nov 2026 07:10:53 GMT");
        assert_eq!(http_date(951_782_400_000), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn a_change_of_pace_causes_no_jump() {
        let mut c = Clock::new(1_000, 2.0, 1.0);
        assert_eq!(c.now(2_000), 3_000);
        c.anchor(2_000);
        c.pace = 10.0;
        assert_eq!((c.now(2_000), c.now(2_100)), (3_000, 4_000));
        c.anchor(2_100);
        c.paused = true;
        c.advance(9_000, 500);
        assert_eq!(c.now(99_000), 4_500);
    }
}
