//! Jobs: long acts, done one thing after the other by the server, whoever looks on. Here is what a job is and where it may go; the
//! order of work is in `server/src/jobs`.

use crate::failure::Failure;
use crate::pool::Bulk;
use crate::role::Right;
use crate::stack::Pair;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// A job's number, from 1 on.
pub type JobId = i64;

/// What a job does to each of its subjects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// ExpireSession.
    Expire,
    /// Stacks assigned or unassigned, users enabled or disabled.
    Users {
        /// Which of them.
        what: Bulk,
        /// Whether AWS mails each user about each stack.
        tell: bool,
    },
    /// Users made, then assigned.
    Import {
        /// Whether AWS mails the invitations.
        mail: bool,
        /// Whether AWS mails each user about each stack.
        tell: bool,
    },
    /// UpdateFleet with another image.
    Rollout {
        /// Seconds to wait after a fleet before the next.
        soak: i64,
    },
}

impl Work {
    /// The right that making and steering it demands.
    pub fn right(&self) -> Right {
        match self {
            Self::Expire => Right::EndSessions,
            Self::Users { .. } | Self::Rollout { .. } => Right::Run,
            Self::Import { .. } => Right::Manage,
        }
    }
    /// The act's name in the audit.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Expire => "session/expire",
            Self::Users { .. } => "users/bulk",
            Self::Import { .. } => "users/import",
            Self::Rollout { .. } => "fleets/rollout",
        }
    }
    /// Whether the rest waits for a person once something failed.
    pub fn halts(&self) -> bool {
        matches!(self, Self::Rollout { .. })
    }
    /// What it is called, of so many subjects.
    pub fn title(&self, n: usize) -> String {
        let of = |one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
        match self {
            Self::Expire => format!("Expire {}", of("session")),
            Self::Users { what, .. } if what.takes_stacks() => format!("{}: {}", what.words(), of("assignment")),
            Self::Users { what, .. } => format!("{} {}", what.words(), of("user")),
            Self::Import { .. } => format!("Import users: {}", of("step")),
            Self::Rollout { .. } => format!("Roll out an image to {}", of("fleet")),
        }
    }
}

/// What BatchAssociateUserStack takes at most.
pub const MOST_PAIRS_A_CALL: usize = 25;

/// One thing that a job does something to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A session.
    Session {
        /// Its id.
        id: String,
        /// Whose it is; the id where that is not known.
        user: String,
        /// Where it runs, if that is known.
        pair: Option<Pair>,
    },
    /// A user of the pool who exists.
    User {
        /// The user name.
        user: String,
    },
    /// A user who is to be made.
    Person {
        /// The user name.
        user: String,
        /// First name; may be empty.
        first: String,
        /// Last name; may be empty.
        last: String,
    },
    /// A user on a stack.
    Assignment {
        /// The user name.
        user: String,
        /// The stack.
        stack: String,
    },
    /// A fleet that gets another image.
    Fleet {
        /// The fleet.
        fleet: String,
        /// The image it gets.
        image: String,
        /// The image it had.
        was: Option<String>,
    },
}

impl Subject {
    /// What it is called in lists.
    pub fn label(&self) -> &str {
        match self {
            Self::Session { user, .. } | Self::User { user } | Self::Person { user, .. } | Self::Assignment { user, .. } => user,
            Self::Fleet { fleet, .. } => fleet,
        }
    }
    /// What tells it from others with the same label.
    pub fn detail(&self) -> String {
        match self {
            Self::Session { id, pair, .. } => pair.as_ref().map_or_else(|| id.clone(), |p| format!("{} on {}", p.fleet, p.stack)),
            Self::User { .. } => String::new(),
            Self::Person { first, last, .. } => format!("{first} {last}").trim().to_owned(),
            Self::Assignment { stack, .. } => format!("stack {stack}"),
            Self::Fleet { image, was, .. } => was.as_ref().map_or_else(|| image.clone(), |was| format!("{was} → {image}")),
        }
    }
    /// The most of its kind that go in one call.
    pub fn batch(&self) -> usize {
        if matches!(self, Self::Assignment { .. }) { MOST_PAIRS_A_CALL } else { 1 }
    }
    /// What the audit calls it.
    pub fn target(&self) -> String {
        match self {
            Self::Session { id, .. } => format!("sessions/{id}"),
            Self::User { user } | Self::Person { user, .. } | Self::Assignment { user, .. } => format!("users/{user}"),
            Self::Fleet { fleet, .. } => format!("fleets/{fleet}"),
        }
    }
}

/// How many calls of AWS `subjects` take at least.
pub fn calls(subjects: &[Subject]) -> usize {
    let share = |subject: &Subject| MOST_PAIRS_A_CALL / subject.batch();
    subjects.iter().map(share).sum::<usize>().div_ceil(MOST_PAIRS_A_CALL)
}

/// Where one subject stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stands {
    /// Its turn has not come.
    Waiting,
    /// AWS was asked, and its answer is not recorded.
    Sent,
    /// Done.
    Done,
    /// AWS refused it.
    Failed,
    /// The job was stopped before its turn.
    Left,
}

impl Stands {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Done, Self::Failed, Self::Left];

    /// As kept and as in URLs.
    pub fn slug(self) -> &'static str {
        ["waiting", "sent", "done", "failed", "left"][self as usize]
    }
    /// Reads a [`slug`](Self::slug).
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.slug() == slug)
    }
    /// As a chip: tone, glyph, words.
    pub fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Waiting => ("t-off", "s-off", "Waiting"),
            Self::Sent => ("t-busy", "s-work", "Asked"),
            Self::Done => ("t-ok", "s-check", "Done"),
            Self::Failed => ("t-fault", "s-fail", "Failed"),
            Self::Left => ("t-warn", "s-warn", "Not sent"),
        }
    }
}

/// A subject of a job, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its place, from 0.
    pub n: i64,
    /// What it is.
    pub subject: Subject,
    /// Where it stands.
    pub stands: Stands,
    /// How often AWS was asked.
    pub tries: u32,
    /// A sentence about it; may be empty.
    pub told: String,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// When that was, by this server's clock.
    pub at: Option<Millis>,
}

/// How many subjects stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Waiting.
    pub waiting: usize,
    /// Asked, without a recorded answer.
    pub sent: usize,
    /// Done.
    pub done: usize,
    /// Failed.
    pub failed: usize,
    /// Left out by a stop.
    pub left: usize,
}

impl Counts {
    /// All.
    pub fn total(&self) -> usize {
        self.waiting + self.sent + self.done + self.failed + self.left
    }
    /// How many stand so.
    pub fn of(&self, stands: Stands) -> usize {
        match stands {
            Stands::Waiting => self.waiting,
            Stands::Sent => self.sent,
            Stands::Done => self.done,
            Stands::Failed => self.failed,
            Stands::Left => self.left,
        }
    }
    /// As a sentence without a full stop: “212 of 214 done, 2 failed”.
    pub fn words(&self) -> String {
        let mut words = format!("{} of {} done", self.done, self.total());
        for (n, what) in [(self.failed, "failed"), (self.sent, "asked"), (self.left, "not sent")] {
            if n > 0 {
                words.push_str(&format!(", {n} {what}"));
            }
        }
        words
    }
    /// Done and failed as shares of a hundred, for a bar.
    pub fn shares(&self) -> (usize, usize) {
        let all = self.total().max(1);
        (self.done * 100 / all, (self.failed * 100).div_ceil(all).min(100 - self.done * 100 / all))
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The server works on it.
    Running,
    /// Held, by a person or because it cannot go on without one.
    Paused,
    /// Ended before all was sent.
    Stopped,
    /// Nothing is left to do.
    Done,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Stopped, Self::Done];

    /// As kept.
    pub fn slug(self) -> &'static str {
        ["running", "paused", "stopped", "done"][self as usize]
    }
    /// Reads a [`slug`](Self::slug).
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.slug() == slug)
    }
}

/// What a person does to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Steer {
    /// Nothing more is sent until it is resumed.
    Pause,
    /// It goes on.
    Resume,
    /// What waits is not sent.
    Stop,
    /// What failed or was not sent is sent again.
    Retry,
}

impl Steer {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Pause, Self::Resume, Self::Retry, Self::Stop];

    /// As in forms.
    pub fn slug(self) -> &'static str {
        ["pause", "resume", "stop", "retry"][self as usize]
    }
    /// Reads a [`slug`](Self::slug).
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.slug() == slug)
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub work: Work,
    /// Who made it.
    pub who: String,
    /// When, by this server's clock.
    pub made: Millis,
    /// When it ended.
    pub ended: Option<Millis>,
    /// Where it stands.
    pub state: State,
    /// Why it is paused or waits; a sentence, most often empty.
    pub why: String,
    /// How many stand where.
    pub counts: Counts,
}

impl Job {
    /// What it is called.
    pub fn title(&self) -> String {
        self.work.title(self.counts.total())
    }
    /// Whether the server has nothing to do for it now.
    pub fn rests(&self) -> bool {
        self.state != State::Running
    }
    /// Whether it can be steered so; else why not, as a sentence. Read by the button and by the server.
    pub fn can(&self, steer: Steer) -> Result<(), String> {
        let ended = matches!(self.state, State::Stopped | State::Done);
        let again = self.counts.failed + self.counts.left;
        let why = match steer {
            Steer::Pause if self.state != State::Running => "It is not running.",
            Steer::Resume if self.state != State::Paused => "It is not paused.",
            Steer::Stop if ended => "It has ended.",
            Steer::Stop if self.counts.waiting == 0 => "Everything has been sent.",
            Steer::Retry if again == 0 => "Nothing failed, and nothing was left out.",
            Steer::Retry if !ended => "It has not ended yet.",
            _ => return Ok(()),
        };
        Err(why.to_owned())
    }
    /// As a chip: tone, glyph, words.
    pub fn look(&self) -> (&'static str, &'static str, &'static str) {
        match self.state {
            State::Running if self.why.is_empty() => ("t-busy", "s-work", "Running"),
            State::Running => ("t-warn", "s-warn", "Waiting for AWS"),
            State::Paused => ("t-warn", "s-warn", "Paused"),
            State::Stopped => ("t-off", "s-off", "Stopped"),
            State::Done if self.counts.failed > 0 => ("t-fault", "s-fail", "Done, with failures"),
            State::Done => ("t-ok", "s-check", "Done"),
        }
    }
}

/// A job's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// The job.
    pub job: Job,
    /// A window of its items.
    pub items: Vec<Item>,
    /// How many items there are to be seen in windows.
    pub matched: usize,
    /// The first one's place among those.
    pub from: usize,
}

/// What a failure means for the subject that it came of, and for the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was done: the subject waits again, the job rests a little.
    Again,
    /// It may have been done: AWS is looked at before it is asked again.
    Unknown,
    /// Nothing was done, and nothing will be before a person has done something: the job pauses.
    Halt,
    /// AWS refused this one.
    Refused,
}

/// Answers that say nothing clear, of one subject, before it counts as failed.
pub const MOST_UNCLEAR: u32 = 3;

/// Whether an error's code leaves open whether something was done: AWS's own trouble, and answers that cannot be read.
fn is_unclear(code: &str) -> bool {
    ["Internal", "Unavailable", "UnreadableAnswer", "NoCode"].iter().any(|word| code.contains(word))
}

/// Judges a failure of a subject that was asked for `tries` times.
pub fn verdict(failure: &Failure, tries: u32) -> Verdict {
    match failure {
        Failure::Throttled { .. } => Verdict::Again,
        Failure::Settling { .. } if tries < MOST_UNCLEAR => Verdict::Again,
        Failure::Unreachable { .. } => Verdict::Unknown,
        Failure::Upstream { code, .. } if is_unclear(code) && tries < MOST_UNCLEAR => Verdict::Unknown,
        access if access.asks_for_access() => Verdict::Halt,
        Failure::SignedOut | Failure::NotAllowed { .. } | Failure::Internal { .. } | Failure::Quota { .. } => Verdict::Halt,
        _ => Verdict::Refused,
    }
}

/// Milliseconds that a job rests after `tries` failures in a row that may pass: 1 s, doubled, at most a minute.
pub fn rest(tries: u32) -> i64 {
    (1_000 << tries.min(6)).min(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(state: State, counts: Counts) -> Job {
        Job { id: 1, work: Work::Expire, who: "ana".into(), made: Millis(0), ended: None, state, why: String::new(), counts }
    }

    #[test]
    fn a_job_is_steered_only_where_that_means_something() {
        let some = Counts { waiting: 2, done: 1, ..Counts::default() };
        let mixed = Counts { done: 1, failed: 1, left: 1, ..Counts::default() };
        let can = |state, counts| Steer::ALL.map(|s| job(state, counts).can(s).is_ok());
        assert_eq!(can(State::Running, some), [true, false, false, true]);
        assert_eq!(can(State::Paused, some), [false, true, false, true]);
        assert_eq!(can(State::Stopped, mixed), [false, false, true, false]);
        assert_eq!(can(State::Done, Counts { done: 3, ..Counts::default() }), [false; 4]);
        for state in State::ALL {
            assert_eq!(State::parse(state.slug()), Some(state));
            for steer in Steer::ALL {
                assert_eq!(Steer::parse(steer.slug()), Some(steer));
                assert!(job(state, some).can(steer).err().is_none_or(|why| why.ends_with('.')));
            }
        }
        for stands in Stands::ALL {
            assert_eq!(Stands::parse(stands.slug()), Some(stands));
        }
    }

    #[test]
    fn what_may_have_been_done_is_looked_at_and_what_surely_was_not_is_sent_again() {
        let unclear = Failure::Upstream { code: "InternalServiceError".into(), message: String::new(), request_id: None };
        assert_eq!(verdict(&Failure::Throttled { retry_in_seconds: None }, 90), Verdict::Again);
        assert_eq!(verdict(&Failure::Unreachable { message: String::new() }, 90), Verdict::Unknown);
        assert_eq!((verdict(&unclear, 1), verdict(&unclear, 3)), (Verdict::Unknown, Verdict::Refused));
        let clear = Failure::Upstream { code: "OperationNotPermittedException".into(), message: String::new(), request_id: None };
        assert_eq!(verdict(&clear, 1), Verdict::Refused);
        assert_eq!(verdict(&Failure::Denied { action: "ExpireSession".into(), message: String::new() }, 1), Verdict::Halt);
        let expired = Failure::Credentials { trouble: crate::failure::Credentials::Expired, code: "ExpiredTokenException".into() };
        assert_eq!(verdict(&expired, 1), Verdict::Halt);
        assert_eq!(verdict(&Failure::NotFound { noun: "user".into(), name: "x".into() }, 1), Verdict::Refused);
        assert_eq!([0, 1, 5, 6, 99].map(rest), [1_000, 2_000, 32_000, 60_000, 60_000]);
    }

    #[test]
    fn assignments_share_calls() {
        let pair = Subject::Assignment { user: "ana".into(), stack: "hr".into() };
        let user = Subject::User { user: "ana".into() };
        assert_eq!([0, 1, 25, 26, 80].map(|n| calls(&vec![pair.clone(); n])), [0, 1, 1, 2, 4]);
        assert_eq!(calls(&[pair, user.clone(), user]), 3);
    }

    #[test]
    fn counts_are_told_and_drawn() {
        let counts = Counts { waiting: 0, sent: 1, done: 211, failed: 2, left: 0 };
        assert_eq!(counts.words(), "211 of 214 done, 2 failed, 1 asked");
        assert_eq!(counts.shares(), (98, 1));
        assert_eq!(Counts::default().shares(), (0, 0));
        assert_eq!(job(State::Done, Counts { done: 1, ..Counts::default() }).title(), "Expire 1 session");
    }
}
