//! A fleet's seats over time, in its first tab.

use crate::api::history::capacity_history;
use crate::error::AppError;
use crate::parts::chart::{Chart, ChartLinks, keep, legend, value};
use crate::parts::error_view::ErrorView;
use crate::paths;
use domain::fleet::Seats;
use domain::history::ChartView;
use domain::names::Scope;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The chart with its legend and links.
#[component]
pub fn SeatsOverTime(
    /// Where.
    scope: Scope,
    /// Which fleet.
    name: String,
    /// Its seats now, for the legend.
    seats: Signal<Seats>,
) -> impl IntoView {
    let search = use_location().search;
    let query = Memo::new(move |_| search.get());
    let range = Memo::new(move |_| query.with(|q| value(q, "range")));
    let base = paths::fleet(&scope, &name.as_str().into());
    let csv = {
        let name = name.clone();
        move || {
            paths::with_query(
                paths::CAPACITY_CSV,
                &[("fleet".into(), name.clone()), ("range".into(), domain::history::Range::parse(&range.get()).slug().into())],
            )
        }
    };
    let first_range = range.get_untracked();
    let (account, region) = (scope.account.0, scope.region.0);
    let asked = (account.clone(), region.clone(), name.clone());
    let first =
        Resource::new_blocking(move || (asked.clone(), first_range.clone()), move |((a, r, n), range)| capacity_history(a, r, n, range));
    let which = StoredValue::new([account, region, name]);
    view! {
        <section aria-labelledby="seats" class="min-w-0">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2 mb-3">
                <h2 id="seats" class="h2">"Seats"</h2>
                <div class="flex flex-wrap items-center gap-x-4 gap-y-1 text-12">
                    {legend("bg-cap-inuse", "In use", move || Some(seats.get().in_use))}
                    {legend("bg-cap-free", "Free", move || Some(seats.get().free))}
                    {legend("key-p", "Pending", move || Some(seats.get().pending))}
                    {move || seats.get().desired.is_some().then(|| legend("c-des", "Desired", move || seats.get().desired))}
                </div>
                <ChartLinks path=base query/>
            </div>
            <Suspense fallback=|| ()>{move || Suspend::new(async move {
                let first = first.await;
                view! { <Drawn first which query range/> }
            })}</Suspense>
            <p class="mt-2 text-12"><a class="link" href=csv download rel="external">"Download as CSV"</a></p>
        </section>
    }
    .into_any()
}

#[component]
fn Drawn(first: Result<ChartView, AppError>, which: StoredValue<[String; 3]>, query: Memo<String>, range: Memo<String>) -> impl IntoView {
    let shown = RwSignal::new(first);
    keep(shown, range, move |range| {
        let [account, region, name] = which.get_value();
        capacity_history(account, region, name, range)
    });
    let failed = Memo::new(move |_| shown.with(|s| s.as_ref().err().cloned()));
    let view = Signal::derive(move || shown.with(|s| s.as_ref().ok().cloned()).unwrap_or_default());
    move || match failed.get() {
        Some(error) => view! { <ErrorView failure=error.0 role="status"/> }.into_any(),
        None => view! { <Chart view name="Seats over time" query/> }.into_any(),
    }
}
