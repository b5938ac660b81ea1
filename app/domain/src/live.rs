//! Rows that change: difference of two lists, and its application. `apply(diff(a, b))` on `a` gives `b` as a set of rows.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A row with an identity that is stable from poll to poll.
pub trait Keyed {
    /// The identity: the API's name or id.
    fn key(&self) -> &str;
}

impl<R: Keyed> Keyed for std::sync::Arc<R> {
    fn key(&self) -> &str {
        R::key(self)
    }
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
impl Keyed for crate::stack::PairRead {
    fn key(&self) -> &str {
        &self.id
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
    let gone = old.iter().map(Keyed::key).filter(|key| !after.contains_key(key)).map(|key| Change::Gone(key.to_owned()));
    let put = new.iter().filter(|r| before.get(r.key()) != Some(r)).map(|r| Change::Put(r.clone()));
    gone.chain(put).collect()
}

/// Applies `changes`; the last one of a row counts. A row that stays keeps its place; new ones come last. Rows that are not mentioned
/// are looked at once and not copied.
pub fn apply<R: Keyed>(rows: &mut Vec<R>, changes: Vec<Change<R>>) {
    if changes.is_empty() {
        return;
    }
    let mut new: Vec<Option<R>> = Vec::with_capacity(changes.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(changes.len());
    for change in changes {
        let (key, row) = match change {
            Change::Put(row) => (row.key().to_owned(), Some(row)),
            Change::Gone(key) => (key, None),
        };
        let place = *places.entry(key).or_insert(new.len());
        if place == new.len() { new.push(row) } else { new[place] = row }
    }
    rows.retain_mut(|row| {
        let Some(place) = places.get(row.key()) else { return true };
        match new[*place].take() {
            Some(changed) => {
                *row = changed;
                true
            }
            None => false,
        }
    });
    rows.extend(new.into_iter().flatten());
}

/// Adds `later` to `earlier`, which comes directly before it. Each row is mentioned once: however many steps are put together, the
/// result is not larger than the rows that changed.
pub fn merge<R: Keyed>(earlier: &mut Vec<Change<R>>, later: Vec<Change<R>>) {
    let key = |change: &Change<R>| match change {
        Change::Put(row) => row.key().to_owned(),
        Change::Gone(key) => key.clone(),
    };
    let mut places: HashMap<String, usize> = earlier.iter().enumerate().map(|(i, c)| (key(c), i)).collect();
    for change in later {
        match places.get(&key(&change)) {
            Some(&place) => earlier[place] = change,
            None => {
                places.insert(key(&change), earlier.len());
                earlier.push(change);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// A row for tests: its key and a value.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Row(pub(crate) String, pub(crate) u8);
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

        #[test]
        fn steps_put_together_lead_to_where_they_lead_one_by_one(all in proptest::collection::vec(rows(), 2..6)) {
            let steps: Vec<_> = all.windows(2).map(|w| diff(&w[0], &w[1])).collect();
            let mut together = steps[0].clone();
            steps[1..].iter().for_each(|s| merge(&mut together, s.clone()));
            let mentioned: std::collections::HashSet<_> =
                together.iter().map(|c| match c { Change::Put(r) => r.0.clone(), Change::Gone(k) => k.clone() }).collect();
            prop_assert_eq!(mentioned.len(), together.len(), "each row once");
            let mut patched = all[0].clone();
            apply(&mut patched, together);
            patched.sort_by(|a, b| a.0.cmp(&b.0));
            prop_assert_eq!(&patched, all.last().unwrap());
        }
    }

    #[test]
    fn equal_lists_have_no_difference() {
        let rows = vec![Row("a".into(), 1), Row("b".into(), 2)];
        assert!(diff(&rows, &rows).is_empty());
    }
}
