//! What a page shows of a long list: the question, and which of its rows. The server answers with a [`Window`] and then with what
//! changed in it; a browser never holds more than it shows.

use crate::live::Keyed;
use crate::query::{Listed, Query, Window};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The most rows of one view: what a phone, whose rows differ in height, may have drawn.
pub const MOST_ROWS: usize = 2_000;

/// What a page shows of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// The list's question.
    pub query: Query,
    /// The first row shown.
    pub start: usize,
    /// How many rows are shown, at most [`MOST_ROWS`].
    pub len: usize,
    /// The key of the row whose details are open.
    pub peek: Option<String>,
}

impl View {
    /// From decoded query pairs; none when they do not ask for rows. `from` and `rows` are the window, `peek` the details, all others the
    /// question.
    pub fn parse<R: Listed>(pairs: Vec<(String, String)>) -> Option<Self> {
        let find = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let number = |key: &str| find(key).and_then(|v| v.parse::<usize>().ok());
        let (len, start) = (number("rows")?.min(MOST_ROWS), number("from").unwrap_or(0));
        let peek = find("peek").filter(|id| !id.is_empty()).map(|id| id.chars().take(128).collect());
        Some(Self { query: Query::parse::<R>(pairs), start, len, peek })
    }

    /// The pairs that [`parse`](Self::parse) reads back.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.query.pairs();
        pairs.push(("from".into(), self.start.to_string()));
        pairs.push(("rows".into(), self.len.to_string()));
        pairs.extend(self.peek.clone().map(|id| ("peek".into(), id)));
        pairs
    }
}

/// What leads from one window to the next of the same view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowDelta<R> {
    /// As in [`Window`].
    pub start: usize,
    /// As in [`Window`].
    pub matched: usize,
    /// As in [`Window`].
    pub total: usize,
    /// As in [`Window`].
    pub facets: Vec<usize>,
    /// The keys of all rows in their order; none when they are as before.
    pub order: Option<Vec<String>>,
    /// Rows that are new in the window or differ from before.
    pub put: Vec<R>,
    /// The row whose details are open, if that changed: one, or none any more.
    pub peek: Option<Vec<R>>,
}

impl<R: Keyed + Clone + PartialEq> WindowDelta<R> {
    /// What leads from `old` (none: from nothing) to `new`; none when they are equal.
    pub fn between(old: Option<&Window<R>>, new: &Window<R>) -> Option<Self> {
        if old == Some(new) {
            return None;
        }
        let before: HashMap<&str, &R> = old.map(|w| w.rows.iter().map(|r| (r.key(), r)).collect()).unwrap_or_default();
        let same_order = old.is_some_and(|w| w.rows.iter().map(Keyed::key).eq(new.rows.iter().map(Keyed::key)));
        Some(Self {
            start: new.start,
            matched: new.matched,
            total: new.total,
            facets: new.facets.clone(),
            order: (!same_order).then(|| new.rows.iter().map(|r| r.key().to_owned()).collect()),
            put: new.rows.iter().filter(|r| before.get(r.key()) != Some(r)).cloned().collect(),
            peek: (old.map(|w| &w.peek) != Some(&new.peek)).then(|| new.peek.clone().into_iter().collect()),
        })
    }

    /// Makes the next window of `window`; false when it names a row that is not there, and nothing is changed then.
    pub fn apply(self, window: &mut Window<R>) -> bool {
        let places: HashMap<&str, usize> = window.rows.iter().enumerate().map(|(i, r)| (r.key(), i)).collect();
        match self.order {
            None => {
                let all: Option<Vec<usize>> = self.put.iter().map(|r| places.get(r.key()).copied()).collect();
                let Some(all) = all else { return false };
                all.into_iter().zip(self.put).for_each(|(place, row)| window.rows[place] = row);
            }
            Some(order) => {
                let mut new: HashMap<String, R> = self.put.into_iter().map(|r| (r.key().to_owned(), r)).collect();
                let row = |key: &String| new.remove(key).or_else(|| places.get(key.as_str()).map(|i| window.rows[*i].clone()));
                let Some(rows) = order.iter().map(row).collect() else { return false };
                window.rows = rows;
            }
        }
        (window.start, window.matched, window.total, window.facets) = (self.start, self.matched, self.total, self.facets);
        if let Some(peek) = self.peek {
            window.peek = peek.into_iter().next();
        }
        true
    }
}

impl<R: Clone> WindowDelta<std::sync::Arc<R>> {
    /// The same with rows of its own.
    pub fn owned(self) -> WindowDelta<R> {
        let own = |rows: Vec<std::sync::Arc<R>>| rows.iter().map(|row| R::clone(row)).collect();
        WindowDelta {
            start: self.start,
            matched: self.matched,
            total: self.total,
            facets: self.facets,
            order: self.order,
            put: own(self.put),
            peek: self.peek.map(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::tests::Row;
    use proptest::prelude::*;

    fn windows() -> impl Strategy<Value = Window<Row>> {
        let rows = proptest::collection::btree_map("[a-f]{1,2}", 0..3_u8, 0..8)
            .prop_flat_map(|m| Just(m.into_iter().map(|(k, v)| Row(k, v)).collect::<Vec<_>>()).prop_shuffle());
        (rows, 0..3_usize, proptest::option::of(0..3_u8)).prop_map(|(rows, start, peek)| Window {
            start,
            matched: start + rows.len(),
            total: 20,
            facets: vec![rows.len()],
            peek: peek.map(|n| Row("peeked".into(), n)),
            rows,
        })
    }

    proptest! {
        #[test]
        fn each_step_leads_to_the_next_window(all in proptest::collection::vec(windows(), 1..6)) {
            let mut mine = Window::default();
            let mut told: Option<&Window<Row>> = None;
            for next in &all {
                match WindowDelta::between(told, next) {
                    Some(step) => prop_assert!(step.apply(&mut mine)),
                    None => prop_assert_eq!(told, Some(next)),
                }
                prop_assert_eq!(&mine, next);
                told = Some(next);
            }
        }
    }

    #[test]
    fn only_what_changed_is_told() {
        let old = Window { rows: vec![Row("a".into(), 1), Row("b".into(), 1)], matched: 2, total: 2, ..Window::default() };
        let mut new = old.clone();
        new.rows[1].1 = 2;
        let step = WindowDelta::between(Some(&old), &new).unwrap();
        assert_eq!((step.order.clone(), step.put.len(), step.peek.clone()), (None, 1, None));
        let mut foreign = Window { rows: vec![Row("z".into(), 1)], ..old.clone() };
        let before = foreign.clone();
        assert!(!step.apply(&mut foreign), "a row that is not there");
        assert_eq!(foreign, before);
    }

    #[test]
    fn a_view_is_read_back_as_it_was_written_and_is_never_too_large() {
        use crate::session::Session;
        let pairs = |all: &[(&str, &str)]| all.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
        let view =
            View::parse::<Session>(pairs(&[("rows", "60"), ("from", "120"), ("peek", "x"), ("state", "pending"), ("sort", "-user")]));
        let view = view.unwrap();
        assert_eq!((view.start, view.len, view.peek.as_deref(), view.query.terms.len()), (120, 60, Some("x"), 1));
        assert_eq!(View::parse::<Session>(view.pairs()), Some(view));
        assert_eq!(View::parse::<Session>(pairs(&[("rows", "99999999")])).unwrap().len, MOST_ROWS);
        for none in [pairs(&[]), pairs(&[("rows", "-1")]), pairs(&[("rows", "many")])] {
            assert_eq!(View::parse::<Session>(none), None);
        }
    }
}
