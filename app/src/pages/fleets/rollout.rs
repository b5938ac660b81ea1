//! `/fleets/rollout?image=…&fleet=…`: another image for many fleets, one after the other. Checked first; a job does it.

use crate::api::fleet::{RollOut, rollout_images};
use crate::error::AppError;
use crate::live::use_live;
use crate::parts::error_view::ErrorView;
use crate::parts::frame::use_flash;
use crate::parts::many::{Batch, Checked, Rows, answered, at, below};
use crate::parts::once::Once;
use crate::paths;
use domain::fleet::{Fleet, FleetType};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page.
#[component]
pub fn RolloutPage() -> impl IntoView {
    let images = Resource::new_blocking(|| (), |()| rollout_images());
    view! {
        <Title text="Roll out an image · AppStream Console"/>
        <main id="main" class="flex-1 flex flex-col min-w-0" tabindex="-1">
            <div class="head !pb-3">
                <nav class="crumb" aria-label="Breadcrumb"><a href=paths::FLEETS>"Fleets"</a></nav>
                <h1 class="h1 mt-1">"Roll out an image"</h1>
                <p id="consequence" class="text-text-2 max-w-2xl mt-1">"Fleets get the image one after the other. Who is connected stays on the old one; new sessions get the new one as instances are replaced. If a fleet refuses, the rest waits for you."</p>
            </div>
            <Suspense fallback=|| ()>{move || Suspend::new(async move { let images = images.await; view! { <Form images/> } })}</Suspense>
        </main>
    }
    .into_any()
}

#[component]
fn Form(images: Result<Vec<(String, String)>, AppError>) -> impl IntoView {
    let images = match images {
        Ok(images) => images,
        Err(error) => return view! { <div class="px-(--gutter)"><ErrorView failure=error.0/></div> }.into_any(),
    };
    let asked = paths::pairs(&use_location().search.get_untracked());
    let action = ServerAction::<RollOut>::new();
    let left = use_flash("fleets/rollout");
    let entry = |name: &str| left.as_ref().and_then(|f| f.entries.get(name)).cloned();
    let named = |key: &str| asked.iter().filter(|(k, _)| k == key).map(|(_, v)| v.clone()).collect::<Vec<_>>();
    let image = entry("image").or_else(|| named("image").pop()).unwrap_or_default();
    let chosen: Vec<String> = entry("fleets").map_or_else(|| named("fleet"), |f| f.lines().map(str::to_owned).collect());
    let soak = entry("soak").unwrap_or_else(|| "0".to_owned());
    let batch = Batch::new(Signal::derive(move || action.value().get()), action.pending(), answered(left.as_ref()));
    let answer = batch.answer;
    let (image_error, fleets_error, soak_error) = (at(answer, "image"), at(answer, "fleets"), at(answer, "soak"));
    let options = images
        .into_iter()
        .map(|(name, platform)| view! { <option value=name.clone() selected=name == image>{format!("{name} ({platform})")}</option> })
        .collect_view();
    let box_of = |fleet: Fleet| {
        let (name, has) = (fleet.name.0, fleet.image_name.unwrap_or_default());
        let checked = chosen.contains(&name);
        view! { <label class="flex items-center gap-1.5 min-h-6 font-[450] min-w-0"><input type="checkbox" class="cb" name=format!("fleets[{name}]") value="true" checked=checked/><span class="break-all">{name.clone()}<span class="block text-12 text-text-3">{has}</span></span></label> }
    };
    let fleets =
        use_live().estate.with_untracked(|e| e.fleets.iter().filter(|f| f.fleet_type != FleetType::Elastic).cloned().collect::<Vec<_>>());
    let boxes = fleets.into_iter().map(box_of).collect_view();
    let send = |n| if n == 1 { "Roll out to 1 fleet".to_owned() } else { format!("Roll out to {n} fleets") };
    view! {
        <ActionForm action attr:class="flex-1 flex flex-col min-w-0" attr:novalidate=true attr:aria-describedby="consequence" on:input=move |_| batch.edited()>
            <Once done=action.version()/>
            <div class="px-(--gutter) pt-4 pb-8 grid gap-8 flex-1 content-start xl:grid-cols-[minmax(0,1fr)_21rem]">
                <div class="min-w-0 grid content-start max-w-4xl">
                    <fieldset class="fs min-w-0"><legend class="sr-only">"Image"</legend><div aria-hidden="true"><p class="font-[550] text-14">"Image"</p></div>
                        <div class="fs-b"><div class="field"><label for="image">"Image"</label><div class="input"><select id="image" name="image" aria-describedby="image-note" aria-invalid=move || image_error.with(Option::is_some).then_some("true")><option value="">"Choose one"</option>{options}</select></div>
                            {below("image-note", image_error, "Images of this account and AWS’s own. A running fleet takes one of the same operating system.")}</div></div></fieldset>
                    <fieldset class="fs min-w-0" aria-describedby="fleets-note"><legend class="sr-only">"Fleets"</legend><div aria-hidden="true"><p class="font-[550] text-14">"Fleets"</p></div>
                        <div class="fs-b !max-w-none"><div class="grid gap-2 sm:grid-cols-2">{boxes}</div>{below("fleets-note", fleets_error, "In the order of their names. Elastic fleets have no image.")}</div></fieldset>
                    <fieldset class="fs min-w-0"><legend class="sr-only">"Pace"</legend><div aria-hidden="true"><p class="font-[550] text-14">"Pace"</p></div>
                        <div class="fs-b"><div class="field"><label for="soak">"Minutes to wait after each fleet"</label><div class="input"><input id="soak" name="soak" inputmode="numeric" value=soak aria-describedby="soak-note" aria-invalid=move || soak_error.with(Option::is_some).then_some("true")/></div>
                            {below("soak-note", soak_error, "Time to see whether people can work. Pause or stop the job meanwhile if they cannot.")}</div></div></fieldset>
                    <div class="pt-4 min-w-0"><Rows answer noun="Fleet"/></div>
                </div>
                <aside class="min-w-0" aria-label="Code"><Checked answer/></aside>
            </div>
            {batch.bar(paths::FLEETS, send, false)}
        </ActionForm>
    }
    .into_any()
}
