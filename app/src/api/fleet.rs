//! Fleets: start, stop, change capacity.

use crate::error::AppError;
use domain::form::{ChangeCapacityForm, FleetForm};
use leptos::prelude::*;

/// Starts a stopped fleet. Repeating it is harmless: AWS accepts StartFleet on a starting or running fleet.
#[server(endpoint = "fleet/start")]
pub async fn start_fleet(form: FleetForm) -> Result<(), AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Run).await?;
    let entries = [("name".to_owned(), form.name.clone())];
    cx.finish("fleet/start", entries, act::start(&cx, &form).await).await
}

/// Stops a running or starting fleet; all its sessions end. With five or more people connected the fleet's name must be typed.
#[server(endpoint = "fleet/stop")]
pub async fn stop_fleet(form: FleetForm) -> Result<(), AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Run).await?;
    let entries = [("name".to_owned(), form.name.clone()), ("confirm".to_owned(), form.confirm.clone())];
    cx.finish("fleet/stop", entries, act::stop(&cx, &form).await).await
}

/// Sets a fleet's capacity in its own unit: instances, session slots or concurrent sessions.
#[server(endpoint = "fleet/capacity")]
pub async fn change_capacity(form: ChangeCapacityForm) -> Result<(), AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Run).await?;
    let entries = [("name".to_owned(), form.name.clone()), ("seats".to_owned(), form.seats.clone())];
    cx.finish("fleet/capacity", entries, act::capacity(&cx, &form).await).await
}

#[cfg(feature = "ssr")]
mod act {
    use crate::ctx::Ctx;
    use domain::estate::Touched;
    use domain::failure::Failure;
    use domain::fleet::{Fleet, Verb};
    use domain::form::{ChangeCapacityForm, FleetForm};

    fn find(cx: &Ctx, name: &str) -> Result<Fleet, Failure> {
        let shown = || name.chars().take(120).collect();
        cx.estate().fleet(name).cloned().ok_or_else(|| Failure::NotFound { noun: "fleet".into(), name: shown() })
    }

    fn allow(fleet: &Fleet, verb: Verb) -> Result<(), Failure> {
        fleet.can(verb).map_err(|reason| Failure::Busy { noun: "fleet".into(), name: fleet.name.0.clone(), reason })
    }

    pub async fn start(cx: &Ctx, form: &FleetForm) -> Result<(), Failure> {
        let fleet = find(cx, &form.name)?;
        // The snapshot may lag behind AWS; a fleet that already starts or runs is what was wanted.
        if !matches!(fleet.state, domain::fleet::FleetState::Starting | domain::fleet::FleetState::Running) {
            allow(&fleet, Verb::Start)?;
        }
        cx.parts.gateway.start_fleet(&fleet.name).await?;
        cx.parts.watch.touch(Touched::Fleet(fleet.name));
        Ok(())
    }

    pub async fn stop(cx: &Ctx, form: &FleetForm) -> Result<(), Failure> {
        let fleet = find(cx, &form.name)?;
        if !matches!(fleet.state, domain::fleet::FleetState::Stopping | domain::fleet::FleetState::Stopped) {
            allow(&fleet, Verb::Stop)?;
        }
        let name = form.parse_stop(cx.estate().connected_on(&fleet)).map_err(Failure::Fields)?;
        cx.parts.gateway.stop_fleet(&name).await?;
        cx.parts.watch.touch(Touched::Fleet(name));
        Ok(())
    }

    pub async fn capacity(cx: &Ctx, form: &ChangeCapacityForm) -> Result<(), Failure> {
        let fleet = find(cx, &form.name)?;
        let capacity = form.parse(&fleet).map_err(Failure::Fields)?;
        allow(&fleet, Verb::ChangeCapacity)?;
        cx.parts.gateway.change_capacity(&fleet.name, capacity).await?;
        cx.parts.watch.touch(Touched::Fleet(fleet.name));
        Ok(())
    }
}
