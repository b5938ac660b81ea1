//! What a chart shows, in sentences: its text alternative.

use super::Story;
use domain::history::Sample;
use domain::history::series::holds;

/// Gaps that are told one by one; the rest is counted.
const TOLD: usize = 3;

/// “52 now, at most 60 at 13:31, at least 2 at 03:05”.
fn course(story: &Story, value: fn(&Sample) -> i32) -> String {
    let all: Vec<(i64, i32)> = story.samples.iter().map(|s| (s.at, value(s))).collect();
    let until = holds(&all.iter().map(|(at, _)| *at).collect::<Vec<_>>(), story.range.step(), story.to).last().copied();
    let moment = |at: i64| story.range.moment(at.max(story.from));
    let Some(&(last, now)) = all.last() else { return "not known".to_owned() };
    // Of equal ones the latest.
    let most = all.iter().copied().max_by_key(|(at, n)| (*n, *at)).unwrap_or((last, now));
    let least = all.iter().copied().min_by_key(|(at, n)| (*n, -*at)).unwrap_or((last, now));
    let now = if until == Some(story.to) { format!("{now} now") } else { format!("{now} when last seen, at {}", moment(last)) };
    if most.1 == least.1 {
        return format!("{now}, the same all the time");
    }
    format!("{now}, at most {} at {}, at least {} at {}", most.1, moment(most.0), least.1, moment(least.0))
}

/// When it begins only within the range.
fn since(story: &Story) -> String {
    match story.since {
        Some(since) if since > story.from + story.range.step() => format!(" Collected since {}.", story.range.moment(since)),
        _ => String::new(),
    }
}

/// Of seats.
pub fn capacity(story: &Story, fleet: &str) -> String {
    let limits = story.samples.last().map_or_else(String::new, |s| {
        let desired = s.desired.map_or_else(String::new, |d| format!("Desired {d}, "));
        let limits = format!(" {desired}maximum {}.", s.max);
        if desired.is_empty() { limits.replace(" maximum", " Maximum") } else { limits }
    });
    let of = if fleet.is_empty() { "all fleets" } else { fleet };
    format!("Seats of {of} in the last {}, in UTC. In use: {}.{limits}{}", story.range.words(), course(story, |s| s.in_use), since(story))
}

/// Of sessions at once.
pub fn concurrency(story: &Story, fleet: &str) -> String {
    let on = if fleet.is_empty() { "all fleets" } else { fleet };
    let course = course(story, |s| s.sessions.unwrap_or_default());
    format!("Sessions at once on {on} in the last {}, in UTC: {course}.{}", story.range.words(), since(story))
}

/// Where there is no data and why, a sentence each. `unread`: when fleets were known but sessions were not.
pub fn gaps(story: &Story, unread: &[i64]) -> Vec<String> {
    let all = story.gaps();
    let why = |from: i64, to: i64| {
        let within = |ats: &[i64]| ats.iter().any(|at| (from..to).contains(at));
        match (within(unread), within(&story.others)) {
            (true, _) => "sessions could not be read",
            (_, true) => "the fleet was not there",
            _ => "the console was not watching",
        }
    };
    let told = all.iter().rev().take(TOLD).rev().map(|gap| match gap.to {
        to if to == story.to => format!("No data since {}.", story.range.moment(gap.from)),
        to => {
            let from = story.range.moment(gap.from);
            format!("No data from {from} to {}: {}.", story.range.moment(to), why(gap.from, to))
        }
    });
    let more = all.len().saturating_sub(TOLD);
    (more > 0).then(|| format!("{more} earlier gaps.")).into_iter().chain(told).collect()
}
