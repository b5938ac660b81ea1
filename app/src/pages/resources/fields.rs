//! A form's fields, drawn. What is entered and what is wrong with it is known by [`Entering`].

use super::entering::Entering;
use crate::ui::icon::Icon;
use domain::entry::{Entry, Field, Group, Need, When};
use leptos::prelude::*;

/// A group: heading on the left, fields beside it.
pub fn group(part: Group, entering: Entering) -> AnyView {
    // A group of which nothing applies is not there.
    let all: Vec<Memo<bool>> = part.fields.iter().map(|f| entering.away(&f.path)).collect();
    let away = move || all.iter().all(|field| field.get());
    let mut rows: Vec<(String, Vec<Field>)> = vec![];
    for field in part.fields {
        match rows.last_mut().filter(|(row, _)| *row == field.row && !row.is_empty()) {
            Some((_, fields)) => fields.push(field),
            None => rows.push((field.row.clone(), vec![field])),
        }
    }
    // Of the empty rows one is seen: the next comes when somebody writes in it. Rows that the model names are all there.
    let named = |fields: &[Field]| fields.iter().any(|f| matches!(f.entry, Entry::Key(_) | Entry::Switch(_)));
    let held: Vec<Option<Memo<bool>>> =
        rows.iter().map(|(row, fields)| (!row.is_empty() && !named(fields)).then(|| entering.holds(fields))).collect();
    let waits = |at: usize| {
        let (before, this) = (at.checked_sub(1).and_then(|before| held[before]), held[at]);
        move || matches!((before, this), (Some(before), Some(this)) if entering.alive.get() && !before.get() && !this.get())
    };
    let drawn = rows
        .into_iter()
        .enumerate()
        .map(|(at, (row, fields))| {
            let waits = waits(at);
            let said = fields.iter().any(|f| f.label == row);
            let fields = fields.into_iter().map(|f| one(f, entering)).collect_view();
            if row.is_empty() {
                return fields.into_any();
            }
            // A field that says what the row is needs no heading above it.
            let legend = if said { "sr-only" } else { "text-12 text-text-3" };
            view! { <fieldset class="row-set min-w-0" hidden=waits><legend class=legend>{row}</legend><div class="grid gap-3 sm:grid-cols-2">{fields}</div></fieldset> }.into_any()
        })
        .collect_view();
    let (title, help) = (part.title, part.help);
    if title.is_empty() {
        return view! { <div class="fs" hidden=away><div></div><div class="fs-b">{drawn}</div></div> }.into_any();
    }
    view! {
        <fieldset class="fs min-w-0" hidden=away><legend class="sr-only">{title.clone()}</legend>
            <div aria-hidden="true"><p class="font-[550] text-14">{title}</p></div>
            <div class="fs-b">{(!help.is_empty()).then(|| view! { <p class="help !mt-0">{help}</p> })}{drawn}</div></fieldset>
    }
    .into_any()
}

/// One field.
pub fn one(field: Field, entering: Entering) -> AnyView {
    let Field { path, label, help, entry, value, need, picks, when, .. } = field;
    let name = if path == "confirm" { path.clone() } else { format!("fields[{path}]") };
    let id = format!("field-{path}");
    let note = format!("{id}-note");
    let error = entering.error(&path);
    let away = entering.away(&path);
    let changed = entering.changed(&path);
    let is_err = move || error.with(Option::is_some);
    let invalid = move || error.with(Option::is_some).then_some("true");
    let optional =
        (need == Need::No && !matches!(entry, Entry::Switch(_) | Entry::Many(_))).then(|| view! { <span class="opt">"optional"</span> });
    let mark = match when {
        When::Now => Some(view! { <span class="tag">"now"</span> }.into_any()),
        When::Stopped => Some(
            view! { <span class="opt inline-flex items-center gap-1"><Icon name="lock" class="i-12"/>"needs a stop"</span> }.into_any(),
        ),
        _ => None,
    };
    let below = {
        let note = note.clone();
        move || {
            view! {
                <div id=note>{move || match error.get() {
                    Some(sentence) => view! { <p class="err"><Icon name="s-fail"/><span>{sentence}</span></p> }.into_any(),
                    None => (!help.is_empty()).then(|| view! { <p class="help">{help.clone()}</p> }).into_any(),
                }}</div>
            }
        }
    };
    let control = match entry {
        Entry::Key(key) => return view! { <input type="hidden" name=name value=key disabled=move || entering.alive.get()/> }.into_any(),
        Entry::Switch(key) => {
            let checked = value == key;
            let class = "flex items-center gap-2 min-h-6 font-[450]";
            return view! { <div class="field sm:col-span-2" hidden=away><label class=class for=id.clone()><input id=id.clone() type="checkbox" class="cb" name=name value=key checked=checked disabled=away aria-describedby=note/>{label}</label>{below()}</div> }.into_any();
        }
        // Boxes of which there is something to say are rows.
        Entry::Many(choices) if !picks.is_empty() => {
            let ticked: Vec<String> = value.lines().map(str::to_owned).collect();
            let rows = choices
                .into_iter()
                .map(|(value, words)| {
                    let checked = ticked.contains(&value);
                    let name = format!("fields[{path}:{value}]");
                    let note = picks.iter().find(|(v, _)| *v == value).map(|(_, note)| note.clone());
                    let code = (words != value).then(|| view! { <code class="text-text-3 truncate">{value.clone()}</code> });
                    view! { <li><label class="flex items-center gap-3 px-3 min-h-9 font-[450]"><input type="checkbox" class="cb flex-none" name=name value=value checked=checked disabled=away/><span class="break-words min-w-0">{words}</span>{code}<span class="ml-auto text-12 text-text-2 whitespace-nowrap">{note}</span></label></li> }
                })
                .collect_view();
            return view! { <fieldset class="field min-w-0" id=id tabindex="-1" hidden=away><legend class="label">{label}{mark}</legend><ul class="rounded-2 border border-line divide-y divide-line">{rows}</ul>{below()}</fieldset> }.into_any();
        }
        Entry::Many(choices) => {
            let ticked: Vec<String> = value.lines().map(str::to_owned).collect();
            let boxes = choices
                .into_iter()
                .map(|(value, words)| {
                    let checked = ticked.contains(&value);
                    let name = format!("fields[{path}:{value}]");
                    view! { <label class="flex items-center gap-2 min-h-6 font-[450] min-w-0"><input type="checkbox" class="cb flex-none" name=name value=value checked=checked disabled=away/><span class="min-w-0 wrap-anywhere">{words}</span></label> }
                })
                .collect_view();
            return view! { <fieldset class="field min-w-0" id=id tabindex="-1" hidden=away><legend class="label">{label}{mark}</legend><div class="grid gap-1 sm:grid-cols-2">{boxes}</div>{below()}</fieldset> }.into_any();
        }
        Entry::Long | Entry::Lines | Entry::Pairs => {
            let rows = if matches!(entry, Entry::Long) { "2" } else { "3" };
            view! { <textarea id=id.clone() name=name rows=rows class="input" class:is-err=is_err class:is-dirty=changed class:mono=!matches!(entry, Entry::Long) spellcheck="false" aria-describedby=note aria-invalid=invalid disabled=away>{value}</textarea> }.into_any()
        }
        Entry::Choice(_) | Entry::Flag => {
            let choices = match entry {
                Entry::Choice(choices) => choices,
                _ => vec![("true".to_owned(), "Yes".to_owned()), ("false".to_owned(), "No".to_owned())],
            };
            // What stands and cannot be cleared has no “not set”.
            let blank = (value.is_empty() || need == Need::No).then(|| view! { <option value="">"Not set"</option> });
            let options = choices
                .into_iter()
                .map(|(one, words)| {
                    let chosen = one == value;
                    view! { <option value=one selected=chosen>{words}</option> }
                })
                .collect_view();
            view! { <div class="input" class:is-err=is_err class:is-dirty=changed><select id=id.clone() name=name aria-describedby=note aria-invalid=invalid disabled=away>{blank}{options}</select></div> }.into_any()
        }
        entry => {
            let kind = if entry == Entry::Password { "password" } else { "text" };
            let mode = if entry == Entry::Number { "numeric" } else { "text" };
            let fill = if entry == Entry::Password { "new-password" } else { "off" };
            let list = (!picks.is_empty()).then(|| format!("{id}-list"));
            let options = list.clone().map(|list| {
                let all = picks
                    .into_iter()
                    .map(|(value, words)| view! { <option value=value label=(!words.is_empty()).then_some(words)></option> })
                    .collect_view();
                view! { <datalist id=list>{all}</datalist> }
            });
            let mono = matches!(entry, Entry::S3);
            view! { <div class="input" class:mono=mono class:is-err=is_err class:is-dirty=changed><input id=id.clone() name=name type=kind value=value inputmode=mode autocomplete=fill list=list spellcheck="false" autocapitalize="none" aria-describedby=note aria-invalid=invalid disabled=away/></div>{options} }.into_any()
        }
    };
    view! { <div class="field" hidden=away><label for=id>{label}{optional}{mark}</label>{control}{below()}</div> }.into_any()
}
