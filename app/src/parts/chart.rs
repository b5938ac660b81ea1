//! A chart: the server's picture, and upon it a crosshair that is moved by pointer or keys. Without WASM the picture, the range links and
//! the table are there all the same.

use crate::error::AppError;
use crate::paths;
use crate::ui::icon::Icon;
use domain::history::{ChartView, Plot, Range};
use domain::time::Millis;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_bindgen::JsCast;

/// The query's value of `key`.
pub fn value(query: &str, key: &str) -> String {
    paths::pairs(query).into_iter().find(|(k, _)| k == key).map(|(_, v)| v).unwrap_or_default()
}

/// `path` with the query, one value changed; an empty one goes.
fn with(path: &str, query: &str, key: &str, value: &str) -> String {
    let mut all: Vec<(String, String)> = paths::pairs(query).into_iter().filter(|(k, _)| k != key).collect();
    if !value.is_empty() {
        all.push((key.to_owned(), value.to_owned()));
    }
    paths::with_query(path, &all)
}

/// The links above a chart: its ranges, and the same numbers as a table.
#[component]
pub fn ChartLinks(
    /// The page.
    path: String,
    /// Its query string.
    query: Memo<String>,
) -> impl IntoView {
    let here = StoredValue::new(path);
    let to = move |key: &'static str, slug: &'static str| move || here.with_value(|p| query.with(|q| with(p, q, key, slug)));
    let ranges = Range::ALL.map(|range| {
        let on = move || query.with(|q| Range::parse(&value(q, "range")) == range);
        let class = move || if on() { "btn btn--sm !bg-press font-semibold" } else { "btn btn--sm" };
        view! { <a class=class href=to("range", range.slug()) aria-current=move || on().then_some("true")>{range.label()}</a> }
    });
    let tabled = move || query.with(|q| is_table(q));
    view! {
        <div class="ml-auto flex items-center gap-1.5 max-sm:w-full">
            <div class="btn-group" role="group" aria-label="Time range">{ranges.into_iter().collect_view()}</div>
            {move || if tabled() {
                view! { <a class="btn btn--sm btn--ghost" href=to("view", "")>"Chart"</a> }
            } else {
                view! { <a class="btn btn--sm btn--ghost" href=to("view", "table")>"Table"</a> }
            }}
        </div>
    }
    .into_any()
}

fn is_table(query: &str) -> bool {
    value(query, "view") == "table"
}

/// One entry of a legend. `key` is the class of its patch.
pub fn legend(key: &'static str, label: &'static str, n: impl Fn() -> Option<i32> + Send + Sync + 'static) -> AnyView {
    let patch = match key {
        "c-des" | "c-ref" => view! { <svg width="14" height="8" aria-hidden="true"><path class=key d="M0 4h14"></path></svg> }.into_any(),
        key => view! { <span class=["key ", key].concat()></span> }.into_any(),
    };
    view! { <div class="flex items-center gap-1.5">{patch}<span class="text-text-2">{label}</span><span class="font-semibold num">{n}</span></div> }.into_any()
}

/// The moment of a point in words: `07:52`, or `17 Mar, 07:00–08:00` for a longer bucket.
fn moment(range: Range, at: i64) -> String {
    let begin = range.moment(at);
    if range.step() == 60 { begin } else { [&begin, "–", &Millis::from_seconds(at + range.step()).hour_minute()].concat() }
}

/// The chart, or its table with `?view=table`.
#[component]
pub fn Chart(
    /// What it shows.
    #[prop(into)]
    view: Signal<ChartView>,
    /// What it is called.
    name: &'static str,
    /// The page's query string.
    query: Memo<String>,
) -> impl IntoView {
    // The reading: which point, and whether it stays when the pointer leaves.
    let at = RwSignal::new(None::<usize>);
    let pinned = RwSignal::new(false);
    // Another range has other points.
    let range = Memo::new(move |_| view.with(|v| (v.range, v.notice.is_some())));
    let gaps = move || view.with(|v| (!v.gaps.is_empty()).then(|| view! { <p class="mt-2 text-12 text-text-3">{v.gaps.join(" ")}</p> }));
    let tabled = Memo::new(move |_| query.with(|q| is_table(q)));
    Effect::new(move |_| {
        range.track();
        at.set(None);
        pinned.set(false);
    });
    move || {
        range.track();
        if let Some(notice) = view.with_untracked(|v| v.notice.clone()) {
            return view! { <p class="banner t-note"><Icon name="clock"/><span>{move || view.with(|v| v.notice.clone()).unwrap_or_else(|| notice.clone())}</span></p> }.into_any();
        }
        if tabled.get() {
            return view! { {table(view, name)}{gaps} }.into_any();
        }
        view! {
            <div class="relative max-sm:hidden max-w-240">{drawn(view, |v| &v.wide, name, at, pinned)}</div>
            <div class="relative sm:hidden">{drawn(view, |v| &v.narrow, name, at, pinned)}</div>
            {gaps}
        }
        .into_any()
    }
}

fn table(view: Signal<ChartView>, name: &'static str) -> AnyView {
    let rows = move || {
        view.with(|v| {
            let row = |(at, numbers): &(i64, Vec<Option<i32>>)| {
                let cells = numbers.iter().map(|n| view! { <td class="r">{n.map_or_else(|| "–".to_owned(), |n| n.to_string())}</td> });
                view! { <tr><th scope="row"><time datetime=Millis::from_seconds(*at).iso()>{moment(v.range, *at)}</time></th>{cells.collect_view()}</tr> }
            };
            v.points.iter().rev().map(row).collect_view()
        })
    };
    let heads = view.with_untracked(|v| v.labels.iter().map(|l| view! { <th scope="col" class="r">{l.clone()}</th> }).collect_view());
    view! {
        <p class="text-12 text-text-2 mb-2">{move || view.with(|v| v.summary.clone())}</p>
        <div class="chart-table" tabindex="0" role="region" aria-label=[name, ", table"].concat()>
            <table class="tbl tbl--plain tbl--inset num" data-density="compact"><caption class="sr-only">{name}</caption>
                <thead><tr><th scope="col" class="chart-time">"Time, UTC"</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .into_any()
}

fn drawn(
    view: Signal<ChartView>,
    of: fn(&ChartView) -> &Plot,
    name: &'static str,
    at: RwSignal<Option<usize>>,
    pinned: RwSignal<bool>,
) -> AnyView {
    let svg = Memo::new(move |_| view.with(|v| of(v).svg.clone()));
    let alive = RwSignal::new(false);
    // Effects run in the browser only: what needs it is not there before.
    Effect::new(move |_| alive.set(true));
    view! {
        <div inner_html=svg></div>
        {move || alive.get().then(|| reader(view, of, name, at, pinned))}
    }
    .into_any()
}

/// Where point number `i` is across, in the units of the view box.
fn across(v: &ChartView, plot: &Plot, i: usize) -> f64 {
    let middle = v.points.get(i).map_or(v.to, |(at, _)| (at + v.range.step() / 2).clamp(v.from, v.to));
    #[expect(clippy::cast_precision_loss, reason = "seconds of a month")]
    let part = (middle - v.from) as f64 / (v.to - v.from).max(1) as f64;
    f64::from(plot.left) + part * f64::from(plot.right - plot.left)
}

/// The crosshair with its read-out, over the picture.
fn reader(
    view: Signal<ChartView>,
    of: fn(&ChartView) -> &Plot,
    name: &'static str,
    at: RwSignal<Option<usize>>,
    pinned: RwSignal<bool>,
) -> AnyView {
    let words = move || {
        let i = at.get()?;
        view.with(|v| {
            let (when, numbers) = v.points.get(i)?;
            let told = v.labels.iter().zip(numbers).filter_map(|(label, n)| Some(format!(", {label} {}", (*n)?)));
            Some(moment(v.range, *when) + " UTC" + &told.collect::<String>())
        })
    };
    let cross = move || {
        let i = at.get()?;
        view.with(|v| {
            let plot = of(v);
            let x = across(v, plot, i);
            let value = v.points.get(i)?.1.first().copied().flatten().unwrap_or_default();
            let y = f64::from(plot.bottom) - f64::from(value) / f64::from(v.top.max(1)) * f64::from(plot.bottom - plot.top);
            let line = format!("M{x:.1} {}V{}", plot.top - 16, plot.bottom);
            let frame = format!("0 0 {} {}", plot.width, plot.height);
            Some(view! { <svg class="chart absolute inset-0 pointer-events-none" viewBox=frame aria-hidden="true"><path class="c-cross" d=line></path><circle class="c-dot" cx=format!("{x:.1}") cy=format!("{y:.1}") r="3"></circle></svg> })
        })
    };
    let read_out = move || {
        let i = at.get()?;
        view.with(|v| {
            let plot = of(v);
            let part = across(v, plot, i) / f64::from(plot.width.max(1)) * 100.0;
            let left = if part > 50.0 { format!("calc({part:.2}% - 12rem)") } else { format!("calc({part:.2}% + .75rem)") };
            let (when, numbers) = v.points.get(i)?;
            let line = |(label, n): (&String, &Option<i32>)| {
                let n = (*n)?;
                Some(view! { <div class="flex justify-between leading-5"><span class="text-text-2">{label.clone()}</span><span>{n}</span></div> })
            };
            let lines = v.labels.iter().zip(numbers).filter_map(line).collect_view();
            // Set by script, which the page's policy allows; there is none before one points.
            Some(view! {
                <div class="absolute top-2 pointer-events-none menu !p-2.5 !min-w-0 w-45 num text-12 z-(--z-sticky)" style:left=left aria-hidden="true">
                    <div class="flex justify-between gap-2 mb-1 whitespace-nowrap"><span class="font-semibold">{moment(v.range, *when)}</span><span class="text-text-3">"UTC"</span></div>{lines}
                </div>
            })
        })
    };
    let last = move || view.with(|v| v.points.len().saturating_sub(1));
    #[cfg(feature = "hydrate")]
    let (point, click, key) = {
        let nearest = move |ev: &leptos::web_sys::MouseEvent| {
            let target = ev.current_target()?.dyn_into::<leptos::web_sys::Element>().ok()?;
            let rect = target.get_bounding_client_rect();
            view.with_untracked(|v| {
                let plot = of(v);
                let x = (f64::from(ev.client_x()) - rect.left()) / rect.width().max(1.0) * f64::from(plot.width);
                // Points ascend: the first that is right of the pointer, or the one before it, whichever is nearer.
                let next = (0..v.points.len()).find(|i| across(v, plot, *i) >= x).unwrap_or_else(|| v.points.len().saturating_sub(1));
                let before = next.saturating_sub(1);
                Some(if x - across(v, plot, before) < across(v, plot, next) - x { before } else { next })
            })
        };
        let point = move |ev: leptos::ev::PointerEvent| {
            if !pinned.get_untracked() {
                at.set(nearest(&ev));
            }
        };
        let click = move |ev: leptos::ev::MouseEvent| {
            pinned.update(|p| *p = !*p);
            at.set(nearest(&ev));
        };
        let key = move |ev: leptos::ev::KeyboardEvent| {
            let i = at.get_untracked();
            let new = match ev.key().as_str() {
                "ArrowLeft" => i.map_or(last(), |i| i.saturating_sub(1)),
                "ArrowRight" => i.map_or(last(), |i| (i + 1).min(last())),
                "Home" => 0,
                "End" => last(),
                "Escape" => {
                    pinned.set(false);
                    at.set(None);
                    return;
                }
                _ => return,
            };
            ev.prevent_default();
            pinned.set(true);
            at.set(Some(new));
        };
        (point, click, key)
    };
    #[cfg(not(feature = "hydrate"))]
    let (point, click, key) = (|_: leptos::ev::PointerEvent| (), |_: leptos::ev::MouseEvent| (), |_: leptos::ev::KeyboardEvent| ());
    let leave = move |_: leptos::ev::PointerEvent| {
        if !pinned.get_untracked() {
            at.set(None);
        }
    };
    view! {
        {cross}
        <div class="absolute inset-0 cursor-crosshair" tabindex="0" role="slider" aria-label=[name, ", read with the arrow keys"].concat()
            aria-valuemin="0" aria-valuemax=last aria-valuenow=move || at.get().unwrap_or_else(last) aria-valuetext=move || words().unwrap_or_else(|| "no point chosen".to_owned())
            on:pointermove=point on:pointerleave=leave on:click=click on:keydown=key></div>
        {read_out}
    }
    .into_any()
}

/// Keeps `view` up to date: asks anew when what is asked for changes, and once a minute while the page is seen. What cannot be had now
/// stays as it was.
pub fn keep<T, F>(view: RwSignal<Result<T, AppError>>, asked: Memo<String>, ask: impl Fn(String) -> F + Copy + 'static)
where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + 'static,
{
    keep_every(view, asked, ask, || 60);
}

/// The same, once in so many seconds.
#[cfg(feature = "hydrate")]
pub fn keep_every<T, F>(
    view: RwSignal<Result<T, AppError>>,
    asked: Memo<String>,
    ask: impl Fn(String) -> F + Copy + 'static,
    every: impl Fn() -> u32 + Copy + 'static,
) where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + 'static,
{
    let again = move || {
        leptos::task::spawn_local(async move {
            let Some(what) = asked.try_get_untracked() else { return };
            let new = ask(what.clone()).await;
            // The page may be gone by then, or show something else.
            if asked.try_get_untracked().is_some_and(|now| now == what)
                && (new.is_ok() || view.try_with_untracked(Result::is_err) == Some(true))
            {
                let _ = view.try_set(new);
            }
        });
    };
    Effect::new(move |before: Option<String>| {
        let what = asked.get();
        if before.is_some_and(|before| before != what) {
            again();
        }
        what
    });
    Effect::new(move |_| {
        let seconds = StoredValue::new(0);
        let tick = move || {
            seconds.update_value(|s| *s += 1);
            if seconds.get_value() >= every() && !document().hidden() {
                seconds.set_value(0);
                again();
            }
        };
        if let Ok(handle) = set_interval_with_handle(tick, std::time::Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// Nothing is asked again where nobody looks on.
#[cfg(not(feature = "hydrate"))]
pub fn keep_every<T, F>(_: RwSignal<Result<T, AppError>>, _: Memo<String>, _: impl Fn(String) -> F + Copy + 'static, _: impl Fn() -> u32)
where
    F: Future<Output = Result<T, AppError>> + 'static,
{
}
