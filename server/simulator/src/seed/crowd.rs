//! People who come and go by themselves: on a daily curve in the demo, at a steady number under `load`.

use crate::clock::{Clock, Ms};
use crate::session;
use crate::world::{Crowd, Due, World};

/// How often a crowd looks whether somebody comes or goes.
const TURN: Ms = 5_000;
/// The most who come in one turn, so that a crowd grows like one.
const ARRIVALS: usize = 3;

/// The crowd is there at once, with sessions that began over the last hours, and from now on comes and goes.
pub fn settle_in(world: &mut World, crowd: Crowd, now: Ms, clock: &Clock) {
    let target = target(&crowd, now);
    let index = world.crowds.len();
    world.crowds.push(Some(crowd.clone()));
    while present(world, &crowd).len() < target && arrive(world, &crowd, now, clock, true) {}
    world.schedule(now + TURN, Due::Crowd(index));
}

/// One turn of crowd `index` at `at`.
#[expect(clippy::cast_precision_loss, reason = "a turn is seconds")]
pub fn turn(world: &mut World, index: usize, at: Ms, clock: &Clock) {
    let Some(Some(mut crowd)) = world.crowds.get(index).cloned() else { return };
    world.schedule(at + TURN, Due::Crowd(index));
    let target = target(&crowd, at);
    let mut here = present(world, &crowd);
    crowd.owed = (crowd.owed + crowd.churn_per_minute * TURN as f64 / 60_000.0).min(here.len() as f64);
    let surplus = here.len().saturating_sub(target).min(ARRIVALS);
    let churned = crowd.owed.floor();
    crowd.owed -= churned;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the crowd")]
    for _ in 0..surplus + churned as usize {
        if here.is_empty() {
            break;
        }
        let pick = usize::try_from(world.dice(here.len() as u64)).unwrap_or(0);
        session::end(world, here.swap_remove(pick), at, clock);
    }
    if crowd.daily && !here.is_empty() {
        wander(world, &here, at);
    }
    let missing = target.saturating_sub(here.len());
    let arrivals = if crowd.makes_room { missing } else { missing.min(ARRIVALS) };
    for _ in 0..arrivals {
        if !arrive(world, &crowd, at, clock, false) {
            break;
        }
    }
    world.crowds[index] = Some(crowd);
}

/// Now and then somebody's client goes away, or comes back.
fn wander(world: &mut World, here: &[u64], at: Ms) {
    for _ in 0..1 + here.len() / 60 {
        let n = here[usize::try_from(world.dice(here.len() as u64)).unwrap_or(0)];
        match world.sessions.get(&n).map(|s| s.cut.is_some()) {
            Some(true) if world.dice(2) == 0 => {
                session::reconnect(world, n);
            }
            Some(false) if world.dice(12) == 0 => session::cut(world, n, at),
            _ => {}
        }
    }
}

fn present(world: &World, crowd: &Crowd) -> Vec<u64> {
    let counts = |n: &u64| world.sessions.get(n).is_some_and(|s| s.crowd && !s.is_over());
    world.by_pair.get(&crowd.pair).into_iter().flatten().copied().filter(counts).collect()
}

fn arrive(world: &mut World, crowd: &Crowd, at: Ms, clock: &Clock, backdated: bool) -> bool {
    let (stack, fleet) = crowd.pair.clone();
    let number = world.next_number;
    let user = if world.people.is_empty() {
        format!("user{number:06}")
    } else {
        let pick = usize::try_from(world.dice(world.people.len() as u64)).unwrap_or(0);
        world.people[pick].clone()
    };
    let kind = match world.dice(10) {
        0 => "API",
        1 => "USERPOOL",
        _ => "SAML",
    };
    // A person holds one session a pair; another one is drawn then.
    let busy =
        world.by_pair.get(&crowd.pair).into_iter().flatten().any(|n| world.sessions.get(n).is_some_and(|s| !s.is_over() && s.user == user));
    let user = if busy {
        format!("{}{number}{}", user.split('@').next().unwrap_or("user"), user.find('@').map_or("", |i| &user[i..]))
    } else {
        user
    };
    if crowd.makes_room {
        make_room(world, &fleet, at);
    }
    let Ok(id) = session::open(world, &stack, &fleet, &user, kind, at, clock) else { return false };
    if let Some(session) = world.session_ids.get(&id).and_then(|n| world.sessions.get_mut(n)) {
        session.crowd = true;
    }
    if backdated {
        let longest = world.fleets.get(&fleet).and_then(|f| f.number("MaxUserDurationInSeconds")).unwrap_or(57_600).min(6 * 3600);
        let age = world.dice(u64::try_from(longest).unwrap_or(3600)).cast_signed() * 1000;
        session::backdate(world, &id, at - age);
        if world.dice(9) == 0
            && let Some(n) = world.session_ids.get(&id).copied()
        {
            let minutes = world.dice(12).cast_signed();
            session::cut(world, n, at - minutes * 60_000);
        }
    }
    true
}

/// Enlarges the fleet when it is full.
fn make_room(world: &mut World, name: &str, at: Ms) {
    let Some(fleet) = world.fleets.get_mut(name) else { return };
    if fleet.is_elastic() {
        if fleet.sessions >= fleet.number("MaxConcurrentSessions").unwrap_or(0) {
            fleet.given.insert("MaxConcurrentSessions".into(), (fleet.sessions + 1).into());
        }
    } else if fleet.pool.counts(fleet.slots(), at).available == 0 {
        fleet.wanted += fleet.slots();
        crate::fleet::refit(world, name, at, at);
    }
}

/// How many there should be: half a day's curve from 7 to 19 h UTC on working days, with a floor at night.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of people")]
pub fn target(crowd: &Crowd, at: Ms) -> usize {
    if !crowd.daily {
        return crowd.count;
    }
    let hour = at.rem_euclid(86_400_000) as f64 / 3_600_000.0;
    // 1970-01-01 was a Thursday.
    let weekend = matches!((at.div_euclid(86_400_000) + 4).rem_euclid(7), 0 | 6);
    let day = ((hour - 13.0) / 6.0).abs();
    let bulge = if day < 1.0 { (std::f64::consts::FRAC_PI_2 * day).cos().powf(0.6) } else { 0.0 };
    let share = if weekend { 0.35 } else { 0.35 + 0.65 * bulge };
    (crowd.count as f64 * share).round() as usize
}
