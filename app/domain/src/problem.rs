//! What needs a person, worst first: errors of fleets and stacks, fleets without seats, and data that is old.

use crate::estate::{Estate, Kind};
use crate::fleet::{Fleet, FleetState};
use crate::fleet_error::{Gravity, explain};
use crate::names::FleetName;

/// One thing that needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable from poll to poll.
    pub key: String,
    /// How bad it is.
    pub gravity: Gravity,
    /// The fleet it is about; none for stacks and data.
    pub fleet: Option<FleetName>,
    /// What the sentence is about.
    pub subject: String,
    /// What is wrong with it: “is full”.
    pub effect: String,
    /// Why, in a sentence.
    pub detail: String,
    /// The API's code, or empty.
    pub code: String,
}

/// All problems of `estate`, worst first, then by name.
pub fn problems(estate: &Estate) -> Vec<Problem> {
    let mut all: Vec<Problem> = estate.fleets.iter().flat_map(of_fleet).collect();
    for stack in &estate.stacks {
        all.extend(stack.errors.iter().map(|e| Problem {
            key: format!("stack/{}/{}", stack.name, e.code),
            gravity: Gravity::Warning,
            fleet: None,
            subject: stack.name.0.clone(),
            effect: if e.code == "STORAGE_CONNECTOR_ERROR" { "cannot reach its storage".into() } else { "reports an error".into() },
            detail: e.message.clone(),
            code: e.code.clone(),
        }));
    }
    for health in &estate.health {
        if let Some(failure) = &health.failure {
            let advice = failure.advice();
            all.push(Problem {
                key: format!("data/{}", health.kind.words()),
                gravity: Gravity::Warning,
                fleet: None,
                subject: format!("Data about {}", health.kind.words()),
                effect: "is getting old".into(),
                detail: format!("{}. {}", advice.title, advice.next),
                code: String::new(),
            });
        }
    }
    all.extend(of_pairs(estate));
    all.sort_by(|a, b| b.gravity.cmp(&a.gravity).then_with(|| a.key.cmp(&b.key)));
    all
}

/// Pairs of stack and fleet whose sessions cannot be read, as one problem with the first reason.
fn of_pairs(estate: &Estate) -> Option<Problem> {
    let failing: Vec<_> = estate.pairs.iter().filter_map(|p| Some((p, p.failure.as_ref()?))).collect();
    let (first, failure) = failing.first()?;
    let all_fail = estate.health.iter().any(|h| h.kind == Kind::Sessions && h.failure.is_some());
    let advice = failure.advice();
    (!all_fail).then(|| Problem {
        key: "data/pairs".into(),
        gravity: Gravity::Warning,
        fleet: None,
        subject: match failing.len() {
            1 => format!("Data about sessions of {}", first.id),
            n => format!("Data about sessions of {n} stack–fleet pairs"),
        },
        effect: "is getting old".into(),
        detail: format!("{}. {}", advice.title, advice.next),
        code: String::new(),
    })
}

/// The problems of one fleet.
pub fn of_fleet(fleet: &Fleet) -> Vec<Problem> {
    let of = |kind: &str, gravity, effect: &str, detail: String, code: &str| Problem {
        key: format!("fleet/{}/{kind}", fleet.name),
        gravity,
        fleet: Some(fleet.name.clone()),
        subject: fleet.name.0.clone(),
        effect: effect.to_owned(),
        detail,
        code: code.to_owned(),
    };
    let mut all: Vec<Problem> = fleet
        .errors
        .iter()
        .map(|e| match explain(&e.code) {
            Some(known) => {
                // What only slows a running fleet down keeps one that starts from ever running.
                let stuck = fleet.state == FleetState::Starting;
                of(
                    &e.code,
                    if stuck { Gravity::Fault } else { known.gravity },
                    known.effect,
                    if e.message.is_empty() { known.meaning.to_owned() } else { e.message.clone() },
                    &e.code,
                )
            }
            None => of(
                &e.code,
                Gravity::Warning,
                "reports an error",
                if e.message.is_empty() { format!("{}.", crate::fleet::plain_words(&e.code)) } else { e.message.clone() },
                &e.code,
            ),
        })
        .collect();
    let seats = fleet.seats();
    if fleet.state == FleetState::Running {
        let unit = fleet.seat_unit();
        if seats.is_full() {
            let coming = if seats.pending > 0 {
                format!("{} more are being made.", seats.pending)
            } else {
                "Nobody else can start a session.".into()
            };
            all.push(of("full", Gravity::Fault, "is full", format!("All {} {unit}s are in use. {coming}", seats.in_use), ""));
        } else if seats.is_low() {
            all.push(of(
                "low",
                Gravity::Warning,
                "is low on seats",
                format!("{} of {} {unit}s are free.", seats.free, seats.in_use + seats.free),
                "",
            ));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::ResourceError;
    use crate::fleet::tests::fleet;

    #[test]
    fn the_worst_comes_first_and_codes_become_sentences() {
        let mut stuck = fleet("erp", 0, 3);
        stuck.state = FleetState::Starting;
        stuck.errors = vec![ResourceError { code: "SUBNET_NOT_FOUND".into(), message: "Gone.".into() }];
        let mut odd = fleet("odd", 1, 30);
        odd.errors = vec![ResourceError { code: "SOMETHING_NEW".into(), message: String::new() }];
        let estate =
            Estate { fleets: vec![fleet("calm", 1, 30), odd, fleet("full", 3, 3), fleet("low", 19, 20), stuck], ..Estate::default() };
        let told: Vec<String> = problems(&estate).into_iter().map(|p| format!("{} {} {}", p.subject, p.effect, p.detail)).collect();
        assert_eq!(
            told,
            [
                "erp has lost a subnet Gone.",
                "full is full All 3 instances are in use. Nobody else can start a session.",
                "low is low on seats 1 of 20 instances are free.",
                "odd reports an error Something new.",
            ]
        );
    }
}
