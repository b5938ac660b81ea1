//! What a check or an application of many rows came to: a sentence, and a row for each person. Shared by both pages.

use crate::api::jobs::SEND;
use crate::error::AppError;
use crate::pages::jobs::Underway;
use crate::pages::resources::code::CodeBlock;
use crate::parts::error_view::ErrorView;
use crate::paths;
use crate::ui::icon::Icon;
use domain::failure::Failure;
use domain::form::Flash;
use domain::pool::{Line, Report, Stage};
use leptos::html;
use leptos::prelude::*;

/// What the server answered last: by the action here, else by the plain form post before this page.
pub type Answer = Option<Result<Report, AppError>>;

/// What a plain form post before this page came to.
pub fn answered(left: Option<&Flash>) -> Answer {
    let left = left?;
    match &left.failure {
        Some(failure) => Some(Err(AppError(failure.clone()))),
        None => serde_json::from_str::<Report>(&left.outcome).ok().map(Ok),
    }
}

/// A form of many rows: what stands in it is checked, and sent while the check is of what stands in it.
#[derive(Clone, Copy)]
pub struct Batch {
    /// What was answered last.
    pub answer: Signal<Answer>,
    /// The field with the rows. What could not be done stays in it.
    pub node: NodeRef<html::Textarea>,
    /// How often somebody changed something, now and at the last check.
    typed: RwSignal<u32>,
    checked: RwSignal<u32>,
    pending: Memo<bool>,
}

impl Batch {
    /// `value` and `pending` are the act's; `before` is what a plain form post came to.
    pub fn new(value: Signal<Answer>, pending: Memo<bool>, before: Answer) -> Self {
        let before = StoredValue::new(before);
        let answer = Signal::derive(move || value.get().or_else(|| before.get_value()));
        let this = Self { answer, node: NodeRef::new(), typed: RwSignal::new(0), checked: RwSignal::new(0), pending };
        Effect::new(move |_| {
            if pending.get() {
                this.checked.set(this.typed.get_untracked());
            }
        });
        let navigate = leptos_router::hooks::use_navigate();
        Effect::new(move |_| {
            let answer = value.get();
            if let Some(Ok(Report { job: Some(job), .. })) = answer {
                return navigate(&paths::job(job), leptos_router::NavigateOptions::default());
            }
            if let Some(Ok(report)) = answer
                && report.sent
                && let Some(area) = this.node.get_untracked()
            {
                area.set_value(&report.left);
            }
        });
        this
    }

    /// Somebody changed something.
    pub fn edited(self) {
        self.typed.update(|n| *n += 1);
    }

    /// The bar below: where it stands, and the buttons. `home` is where Cancel leads, `send` what the second one does to so
    /// many rows.
    pub fn bar(self, home: &'static str, send: impl Fn(usize) -> String + Send + Sync + 'static, danger: bool) -> AnyView {
        let Self { answer, typed, checked, pending, .. } = self;
        let count = Memo::new(move |_| {
            answer.with(|a| match a {
                Some(Ok(report)) if !report.sent => report.count(Stage::Ready),
                _ => 0,
            })
        });
        let stale = Memo::new(move |_| typed.get() != checked.get());
        let status = move || match (pending.get(), stale.get() && count.get() > 0) {
            (true, _) => "Waiting for AWS…",
            (_, true) => "Changed since the check: check again.",
            _ => "",
        };
        let back = move || if answer.with(|a| matches!(a, Some(Ok(r)) if r.sent)) { "Back" } else { "Cancel" };
        let class = if danger { "btn btn--danger" } else { "btn btn--primary" };
        let words = Memo::new(move |_| send(count.get()));
        view! {
            <div class="formbar"><span class="text-12 text-text-2" role="status">{status}</span><span class="ml-auto"></span>
                <a class="btn max-sm:hidden" href=home>{back}</a>
                <button type="submit" name="step" value="check" class="btn" class:btn--primary=move || count.get() == 0 disabled=pending>"Check"</button>
                {move || (count.get() > 0).then(|| view! { <button type="submit" name="step" value=SEND class=class disabled=move || pending.get() || stale.get() aria-busy=move || pending.get().then_some("true")>{words}</button> })}
            </div>
        }
        .into_any()
    }
}

/// The sentence at a field, if the answer has one.
pub fn at(answer: Signal<Answer>, field: &'static str) -> Memo<Option<String>> {
    Memo::new(move |_| answer.with(|a| a.as_ref().and_then(|r| r.as_ref().err()).and_then(|e| e.at(field))))
}

/// The sentence beneath a field: what is wrong, else its help.
pub fn below(id: &'static str, error: Memo<Option<String>>, help: &'static str) -> AnyView {
    view! {
        <div id=id>{move || match error.get() {
            Some(sentence) => view! { <p class="err" role="alert"><Icon name="s-fail"/><span>{sentence}</span></p> }.into_any(),
            None => view! { <p class="help">{help}</p> }.into_any(),
        }}</div>
    }
    .into_any()
}

/// The failure as a whole, or the rows.
#[component]
pub fn Rows(
    /// What was answered.
    answer: Signal<Answer>,
    /// What a row is about.
    #[prop(default = "User")]
    noun: &'static str,
) -> impl IntoView {
    move || match answer.get() {
        None => ().into_any(),
        // Those stand at their fields.
        Some(Err(AppError(Failure::Fields(_)))) => ().into_any(),
        Some(Err(error)) => view! { <ErrorView failure=error.0/> }.into_any(),
        Some(Ok(Report { job: Some(job), .. })) => view! { <Underway job/> }.into_any(),
        Some(Ok(report)) => rows(report, noun),
    }
}

fn rows(report: Report, noun: &'static str) -> AnyView {
    let (failed, refused) = (report.count(Stage::Failed), report.count(Stage::Refused));
    let (tone, glyph) = match (failed, refused, report.sent) {
        (0, 0, true) => ("banner t-ok", "s-check"),
        (0, 0, false) => ("banner t-note", "info"),
        (0, ..) => ("banner t-warn", "s-warn"),
        _ => ("banner t-fault", "s-fail"),
    };
    let next = match (report.sent, failed + refused, report.count(Stage::Ready)) {
        (true, 0, _) => "",
        (true, ..) => " What is not done can be corrected and sent again.",
        (false, 0, 0) => " There is nothing to send.",
        (false, _, 0) => " Nothing can be sent.",
        (false, 0, _) => " Nothing was sent yet.",
        (false, ..) => " Nothing was sent yet. Rows that need a change are left out.",
    };
    let lines = report.lines.iter().map(line).collect_view();
    view! {
        <section class="grid gap-3 min-w-0" aria-label="Rows">
            <div class=tone role="alert"><Icon name=glyph/><div><strong>{report.summary()}</strong><span class="text-text-2">{next}</span></div></div>
            <table class="tbl tbl--plain stack bulk-table" role="table"><caption class="sr-only">"Rows, each with where it stands"</caption>
                <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader" class="r">"Line"</th><th scope="col" role="columnheader">{noun}</th><th scope="col" role="columnheader">"Stands"</th><th scope="col" role="columnheader">"Why"</th></tr></thead>
                <tbody role="rowgroup">{lines}</tbody></table>
        </section>
    }
    .into_any()
}

fn line(line: &Line) -> AnyView {
    let (tone, glyph, words) = line.stage.look();
    let class = format!("chip {tone}{}", if line.stage == Stage::Failed { " chip--fill" } else { "" });
    let user = if line.user.is_empty() { "(no address)".to_owned() } else { line.user.clone() };
    let names = [line.first.as_str(), " ", line.last.as_str()].concat().trim().to_owned();
    let told = line.told.iter().map(|t| view! { <p>{t.clone()}</p> }).collect_view();
    let stacks = line.stacks.iter().map(|s| view! { <span class="tag">{s.clone()}</span> }).collect_view();
    view! {
        <tr role="row" class="max-sm:grid-cols-[minmax(0,1fr)_auto]"><td role="cell" class="r only-desk">{line.line}</td>
            <th role="rowheader" scope="row" class="font-[450]"><span class="break-all">{user}</span>{(!names.is_empty()).then(|| view! { <span class="block text-12 text-text-3">{names}</span> })}</th>
            <td role="cell"><span class=class><Icon name=glyph/>{words}</span></td>
            <td role="cell" class="max-sm:col-span-2">{told}{(!line.stacks.is_empty()).then(|| view! { <p class="flex flex-wrap gap-1 mt-0.5">{stacks}</p> })}</td></tr>
    }
    .into_any()
}

/// What was checked, as code.
#[component]
pub fn Checked(
    /// What was answered.
    answer: Signal<Answer>,
) -> impl IntoView {
    let code =
        Signal::derive(move || answer.with(|a| a.as_ref().and_then(|r| r.as_ref().ok()).map(|r| r.code.clone())).unwrap_or_default());
    let none = Memo::new(move |_| code.with(Vec::is_empty));
    view! {
        <h2 class="h2">"As code"</h2>
        {move || none.get().then(|| view! { <p class="help">"Check the rows to see the code that does the same."</p> })}
        <div class="mt-2" hidden=none><CodeBlock code/></div>
    }
}
