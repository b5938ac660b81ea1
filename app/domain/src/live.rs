//! Rows that change: difference of two lists, and its application. `apply(diff(a, b))` on `a` gives `b` as a set of rows.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A row with an identity that is stable from poll to poll.
pub trait Keyed {
    /// The identity: the API's name or id.
    fn key(&self) -> &str;
}

impl Keyed for crate::fleet::Fleet {
    fn key(&self) -> &str {
        self.name.as_str()
    }
}
impl Keyed for crate::stack::Stack {
    fn key(&self) -> &str {
        self.name.as_str()
    }
}
impl Keyed for crate::session::Session {
    fn key(&self) -> &str {
        self.id.as_str()
    }
}

/// One row's change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change<R> {
    /// The row is new, or differs from before.
    Put(R),
    /// The row with this key is gone.
    Gone(String),
}

/// What leads from `old` to `new`. Rows that are equal are not mentioned.
pub fn diff<R: Keyed + PartialEq + Clone>(old: &[R], new: &[R]) -> Vec<Change<R>> {
    let before: HashMap<&str, &R> = old.iter().map(|r| (r.key(), r)).collect();
    let after: HashMap<&str, &R> = new.iter().map(|r| (r.key(), r)).collect();
    let gone = old.iter().filter(|r| !after.contains_key(r.key())).map(|r| Change::Gone(r.key().to_owned()));
    let put = new.iter().filter(|r| before.get(r.key()) != Some(r)).map(|r| Change::Put(r.clone()));
    gone.chain(put).collect()
}

/// Applies `changes` in order. A row that stays keeps its place; new ones come last.
pub fn apply<R: Keyed>(rows: &mut Vec<R>, changes: Vec<Change<R>>) {
    let mut places: HashMap<String, usize> = rows.iter().enumerate().map(|(i, r)| (r.key().to_owned(), i)).collect();
    let mut slots: Vec<Option<R>> = std::mem::take(rows).into_iter().map(Some).collect();
    for change in changes {
        match change {
            Change::Put(row) => match places.get(row.key()) {
                Some(&place) => slots[place] = Some(row),
                None => {
                    places.insert(row.key().to_owned(), slots.len());
                    slots.push(Some(row));
                }
            },
            Change::Gone(key) => {
                if let Some(place) = places.remove(&key) {
                    slots[place] = None;
                }
            }
        }
    }
    *rows = slots.into_iter().flatten().collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq)]
    struct Row(String, u8);
    impl Keyed for Row {
        fn key(&self) -> &str {
            &self.0
        }
    }

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        proptest::collection::btree_map("[a-f]{1,2}", any::<u8>(), 0..12)
            .prop_map(|m: BTreeMap<String, u8>| m.into_iter().map(|(k, v)| Row(k, v)).collect())
    }

    proptest! {
        #[test]
        fn applying_the_difference_gives_the_new_rows(old in rows(), new in rows()) {
            let mut patched = old.clone();
            apply(&mut patched, diff(&old, &new));
            patched.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(patched, new);
        }
    }

    #[test]
    fn equal_lists_have_no_difference() {
        let rows = vec![Row("a".into(), 1), Row("b".into(), 2)];
        assert!(diff(&rows, &rows).is_empty());
    }
}
