//! Moments and durations as numbers, and their words (design section 6). No clock: callers pass `now`.

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, told by AWS's clock unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// A moment from epoch seconds.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }
    /// This moment moved by `ms` milliseconds; saturates.
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
    /// Milliseconds from `earlier` to this moment; negative when this one is earlier.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    /// `2026-11-24T07:10:53Z`: the machine form for `<time datetime>`.
    pub fn iso(self) -> String {
        let c = self.civil();
        format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
    }
    /// `17 Mar 2026, 13:48:02 UTC`: the exact form shown on hover and when copied.
    pub fn exact(self) -> String {
        let c = self.civil();
        format!("{} {:04}, {:02}:{:02}:{:02} UTC", c.day_month(), c.year, c.hour, c.minute, c.second)
    }
    /// `17 Mar`: the day in UTC.
    pub fn day_month(self) -> String {
        self.civil().day_month()
    }
    /// `13:48`: the time of day in UTC, without seconds.
    pub fn hour_minute(self) -> String {
        let c = self.civil();
        format!("{:02}:{:02}", c.hour, c.minute)
    }
    /// `10:42:07`: the time of day in UTC.
    pub fn clock(self) -> String {
        let c = self.civil();
        format!("{:02}:{:02}:{:02}", c.hour, c.minute, c.second)
    }
    /// Proleptic Gregorian date and time in UTC. Algorithm: Howard Hinnant, "chrono-compatible low-level date algorithms".
    fn civil(self) -> Civil {
        let seconds = self.0.div_euclid(1000);
        let days = seconds.div_euclid(86_400);
        let of_day = seconds.rem_euclid(86_400);
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        Civil { year, month, day, hour: of_day / 3600, minute: of_day % 3600 / 60, second: of_day % 60 }
    }
}

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    fn day_month(&self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = MONTHS.get(self.month.saturating_sub(1) as usize).copied().unwrap_or("–");
        format!("{} {month}", self.day)
    }
}

/// A duration in at most two units: `42 s`, `6 m`, `2 h 05 m`, `3 d 4 h`, `3 d`. Seconds only below two minutes. Negative is `0 s`.
pub fn duration(ms: i64) -> String {
    let s = ms.max(0) / 1000;
    match s {
        0..=59 => format!("{s} s"),
        60..=119 => format!("1 m {:02} s", s - 60),
        120..=3599 => format!("{} m", s / 60),
        3600..=86_399 => format!("{} h {:02} m", s / 3600, s % 3600 / 60),
        _ if s % 86_400 < 3600 => format!("{} d", s / 86_400),
        _ => format!("{} d {} h", s / 86_400, s % 86_400 / 3600),
    }
}

/// Seconds exactly, in the units that fit: `16 h`, `2 h 05 m`, `90 s`, `never` for 0. [`seconds_typed`] reads it back.
pub fn seconds_words(seconds: i64) -> String {
    let s = seconds.max(0);
    match (s / 86_400, s % 86_400 / 3600, s % 3600 / 60, s % 60) {
        (0, 0, 0, 0) => "never".to_owned(),
        (0, 0, m, 0) => format!("{m} m"),
        (0, h, 0, 0) => format!("{h} h"),
        (0, h, m, 0) => format!("{h} h {m:02} m"),
        (d, 0, 0, 0) => format!("{d} d"),
        (d, h, 0, 0) => format!("{d} d {h} h"),
        _ => format!("{s} s"),
    }
}

/// Seconds from what a person types: `900`, `15 m`, `1h 30m`, `2 d`, `never`. None for anything else, and for what is absurdly long.
pub fn seconds_typed(text: &str) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase().replace(',', "");
    if text == "never" {
        return Some(0);
    }
    let (mut total, mut number, mut units) = (0_i64, String::new(), 0);
    for c in text.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            ' ' => continue,
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
        units += 1;
    }
    match (number.is_empty(), units) {
        (true, 0) => None,
        (true, _) => Some(total),
        (false, 0) => number.parse().ok(),
        // `1 h 30` leaves open what 30 is.
        (false, _) => None,
    }
}

/// `3 s ago`, `44 m ago`; `just now` within the first second, and for moments ahead of `now`.
pub fn ago(then: Millis, now: Millis) -> String {
    let ms = now.since(then);
    if ms < 1000 { "just now".to_owned() } else { format!("{} ago", duration(ms)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        for (ms, iso, exact) in [
            (0, "1970-01-01T00:00:00Z", "1 Jan 1970, 00:00:00 UTC"),
            (951_782_400_000, "2000-02-29T00:00:00Z", "29 Feb 2000, 00:00:00 UTC"),
            (1_773_755_282_999, "2026-03-17T13:48:02Z", "17 Mar 2026, 13:48:02 UTC"),
            (-1, "1969-12-31T23:59:59Z", "31 Dec 1969, 23:59:59 UTC"),
        ] {
            assert_eq!(Millis(ms).iso(), iso);
            assert_eq!(Millis(ms).exact(), exact);
        }
    }

    #[test]
    fn durations_have_at_most_two_units() {
        for (s, words) in [(-5, "0 s"), (42, "42 s"), (90, "1 m 30 s"), (360, "6 m"), (7500, "2 h 05 m"), (273_600, "3 d 4 h")] {
            assert_eq!(duration(s * 1000), words);
        }
        for (typed, seconds) in
            [("900", 900), ("15 m", 900), ("1h 30m", 5400), ("16 h", 57_600), ("2 d", 172_800), ("never", 0), ("432,000", 432_000)]
        {
            assert_eq!(seconds_typed(typed), Some(seconds), "{typed}");
        }
        for bad in ["", "m", "1 h 30", "soon", "-5", "1.5 h", "99999999999999999999", "9999999999999999 d"] {
            assert_eq!(seconds_typed(bad), None, "{bad}");
        }
        for s in [0, 59, 60, 90, 900, 3600, 3660, 57_600, 86_400, 90_000, 432_000] {
            assert_eq!(seconds_typed(&seconds_words(s)), Some(s));
        }
        assert_eq!(ago(Millis(5_000), Millis(4_000)), "just now");
        assert_eq!(ago(Millis(0), Millis(44 * 60_000)), "44 m ago");
    }
}
