//! Fleets: start, stop, change capacity.

use crate::error::AppError;
use domain::form::{ChangeCapacityForm, FleetForm};
use leptos::prelude::*;

/// Starts a stopped fleet. Repeating it is harmless: AWS accepts StartFleet on a starting or running fleet.
#[server(endpoint = "fleet/start")]
pub async fn start_fleet(form: FleetForm, #[server(default)] once: String) -> Result<(), AppError> {
    use crate::ctx::{Act, Ctx};
    let cx = Ctx::authorize(domain::role::Right::Run).await?;
    let act = Act::new("fleet/start", target(&form.name), [("name", form.name.clone())]).once(once);
    let result = cx.act(&act, act::start(&cx, &form)).await;
    cx.finish(act, result).await
}

/// Stops a running or starting fleet; all its sessions end. With five or more people connected the fleet's name must be typed.
#[server(endpoint = "fleet/stop")]
pub async fn stop_fleet(form: FleetForm, #[server(default)] once: String) -> Result<(), AppError> {
    use crate::ctx::{Act, Ctx};
    let cx = Ctx::authorize(domain::role::Right::Run).await?;
    let act = Act::new("fleet/stop", target(&form.name), [("name", form.name.clone()), ("confirm", form.confirm.clone())]).once(once);
    let result = cx.act(&act, act::stop(&cx, &form)).await;
    cx.finish(act, result).await
}

/// Images that fleets can get, with their platforms.
#[server(endpoint = "fleets/images", input = leptos::server_fn::codec::GetUrl)]
pub async fn rollout_images() -> Result<Vec<(String, String)>, AppError> {
    let cx = crate::ctx::Ctx::authorize(domain::role::Right::Look).await?;
    Ok(cx.parts.resources.images().await?)
}

/// Gives many fleets another image, one after the other. Checked first; repeating it is harmless: who has the image counts as done.
#[server(endpoint = "fleets/rollout")]
pub async fn roll_out(
    #[server(default)] image: String,
    #[server(default)] fleets: std::collections::BTreeMap<String, String>,
    #[server(default)] soak: String,
    #[server(default)] step: String,
    #[server(default)] once: String,
) -> Result<domain::pool::Report, AppError> {
    use super::jobs::{SEND, begins, done};
    use crate::ctx::{Act, Ctx};
    use domain::pool::Report;
    let cx = Ctx::authorize(domain::role::Right::Run).await?;
    let names: Vec<String> = fleets.into_keys().collect();
    let entries = [("image", image.clone()), ("fleets", names.join("\n")), ("soak", soak.clone())];
    let act = Act::new("fleets/rollout", format!("images/{image}"), entries).begins(begins(&step)).once(once);
    let send = step == SEND;
    let ready = cx.parts.resources.rollout(&image, &names, &soak, send);
    let result = cx.act(&act, async { done(&cx, ready.await?, send, Report::users).await }).await;
    cx.finish(act, result).await
}

/// Sets a fleet's capacity in its own unit: instances, session slots or concurrent sessions.
#[server(endpoint = "fleet/capacity")]
pub async fn change_capacity(form: ChangeCapacityForm, #[server(default)] once: String) -> Result<(), AppError> {
    use crate::ctx::{Act, Ctx};
    let cx = Ctx::authorize(domain::role::Right::Run).await?;
    let act = Act::new("fleet/capacity", target(&form.name), [("name", form.name.clone()), ("seats", form.seats.clone())]).once(once);
    let result = cx.act(&act, act::capacity(&cx, &form)).await;
    cx.finish(act, result).await
}

#[cfg(feature = "ssr")]
fn target(name: &str) -> String {
    format!("fleets/{name}")
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
        let stands = fleet.seats().desired.or(fleet.max_concurrent_sessions);
        crate::audit::standing(stands.map(|n| (capacity.member().to_owned(), n.to_string())));
        cx.parts.gateway.change_capacity(&fleet.name, capacity).await?;
        cx.parts.watch.touch(Touched::Fleet(fleet.name));
        Ok(())
    }
}
