//! Nothing moves under the pointer: while somebody points at a row, has one in focus or has some selected, rows that come, go or would
//! change places wait. Values are renewed in their place. A pill says how many changes wait; it, or `.`, shows them.

use crate::parts::table::Rows;
use domain::live::Keyed;
use domain::query::Window;
use leptos::prelude::*;
use std::collections::HashSet;

/// A list as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Held<R, T> {
    /// What is shown.
    pub window: Window<R>,
    /// How many changes wait.
    pub waiting: usize,
    /// Keys of rows that are shown and have ended.
    pub gone: HashSet<String>,
    turn: T,
    applied: u32,
}

/// Holds the rows of `view` while `rows` are pointed at or in focus, or `chosen`. Rows with another turn, such as those of another
/// question, are never held back.
pub fn hold<R, T>(view: Memo<(T, Window<R>)>, rows: Rows, chosen: Signal<bool>) -> Memo<Held<R, T>>
where
    R: Keyed + Clone + PartialEq + Send + Sync + 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Memo::new(move |before: Option<&Held<R, T>>| {
        let applied = rows.applied.get();
        let busy = rows.over.get() || chosen.get() || rows.focus.with(Option::is_some);
        view.with(|(turn, now)| match before {
            Some(before) if busy && before.applied == applied && before.turn == *turn => held(before, now),
            _ => Held { window: now.clone(), waiting: 0, gone: HashSet::new(), turn: turn.clone(), applied },
        })
    })
}

fn held<R: Keyed + Clone, T: Clone>(before: &Held<R, T>, now: &Window<R>) -> Held<R, T> {
    let there = |key: &str| now.rows.iter().find(|r| r.key() == key);
    let old = &before.window.rows;
    let missing: Vec<usize> = old.iter().enumerate().filter(|(_, r)| there(r.key()).is_none()).map(|(i, _)| i).collect();
    let new = now.rows.iter().filter(|r| !old.iter().any(|o| o.key() == r.key())).count();
    let moved = missing.is_empty() && new == 0 && !old.iter().map(Keyed::key).eq(now.rows.iter().map(Keyed::key));
    // What is missing at the end was pushed out of the window. What is missing in between has ended, or is elsewhere in the list now.
    let last = old.iter().rposition(|r| there(r.key()).is_some());
    let gone: HashSet<String> =
        missing.into_iter().filter(|i| last.is_none_or(|last| *i < last)).map(|i| old[i].key().to_owned()).collect();
    // As many as went leave room at the end of the window for others, which are no news.
    let come = new.saturating_sub(if old.len() == now.rows.len() { gone.len() } else { 0 });
    Held {
        window: Window {
            rows: old.iter().map(|r| there(r.key()).unwrap_or(r).clone()).collect(),
            start: before.window.start,
            ..now.clone()
        },
        waiting: gone.len() + come + usize::from(moved),
        gone,
        turn: before.turn.clone(),
        applied: before.applied,
    }
}

/// The pill: how many changes wait.
#[component]
pub fn Waiting(
    /// The list's rows.
    rows: Rows,
    /// How many wait.
    #[prop(into)]
    waiting: Signal<usize>,
) -> impl IntoView {
    let some = Memo::new(move |_| waiting.get() > 0);
    move || {
        some.get().then(|| {
            view! { <button type="button" class="btn btn--sm waiting" on:click=move |_| rows.apply()><span>{move || match waiting.get() { 1 => "1 change".to_owned(), n => format!("{n} changes") }}</span><kbd class="kbd max-sm:hidden">"."</kbd></button> }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Row(&'static str, u8);
    impl Keyed for Row {
        fn key(&self) -> &str {
            self.0
        }
    }

    fn window(rows: &[Row]) -> Window<Row> {
        Window { rows: rows.to_vec(), matched: rows.len(), ..Window::default() }
    }

    fn shown(before: &[Row], now: &[Row]) -> (Vec<&'static str>, usize, Vec<String>) {
        let before = Held { window: window(before), waiting: 0, gone: HashSet::new(), turn: 0, applied: 0 };
        let held = held(&before, &window(now));
        let mut gone: Vec<String> = held.gone.into_iter().collect();
        gone.sort();
        (held.window.rows.iter().map(|r| r.0).collect(), held.waiting, gone)
    }

    #[test]
    fn rows_keep_their_places_and_take_new_values() {
        let before = [Row("a", 1), Row("b", 1), Row("c", 1)];
        assert_eq!(shown(&before, &before), (vec!["a", "b", "c"], 0, vec![]));
        assert_eq!(shown(&before, &[Row("n", 1), Row("a", 1), Row("b", 1), Row("c", 1)]), (vec!["a", "b", "c"], 1, vec![]));
        assert_eq!(shown(&before, &[Row("a", 1), Row("c", 1)]), (vec!["a", "b", "c"], 1, vec!["b".to_owned()]));
        assert_eq!(shown(&before, &[Row("c", 1), Row("a", 1), Row("b", 1)]), (vec!["a", "b", "c"], 1, vec![]), "another order");
        let held = held(&Held { window: window(&before), waiting: 0, gone: HashSet::new(), turn: 0, applied: 0 }, &window(&[Row("b", 9)]));
        assert_eq!(held.window.rows[1], Row("b", 9));
    }

    #[test]
    fn a_row_that_the_window_has_no_room_for_any_more_has_not_ended() {
        let (rows, waiting, gone) = shown(&[Row("a", 1), Row("b", 1), Row("c", 1)], &[Row("n", 1), Row("a", 1), Row("b", 1)]);
        assert_eq!((rows, waiting, gone), (vec!["a", "b", "c"], 1, vec![]));
        let (_, waiting, gone) = shown(&[Row("a", 1), Row("b", 1), Row("c", 1)], &[Row("a", 1), Row("c", 1), Row("d", 1)]);
        assert_eq!((waiting, gone), (1, vec!["b".to_owned()]), "what moves up from below is no news");
    }
}
