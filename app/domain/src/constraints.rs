//! The service model's limits as data: what the simulator validates with and what forms show. Model: botocore 1.44.5.
//!
//! `constraints/table.rs` is generated; this file only says what the data means and finds it.

mod table;

/// A member of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// On the wire, letter case as the API has it.
    pub name: &'static str,
    /// The shape of its value.
    pub shape: &'static str,
    /// Whether a request must have it.
    pub required: bool,
}

/// Limits of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Fewest characters.
    pub min: Option<u32>,
    /// Most characters.
    pub max: Option<u32>,
    /// Regular expression as the model writes it.
    pub pattern: Option<&'static str>,
    /// Allowed values; empty where any text may stand.
    pub values: &'static [&'static str],
    /// Whether it must never be logged or echoed.
    pub sensitive: bool,
}

/// What may stand in one place of a request or answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Named members.
    Structure(&'static [Member]),
    /// A list; bounds on its length.
    List { of: &'static str, min: Option<u32>, max: Option<u32> },
    /// A map; bounds on its size.
    Map { key: &'static str, value: &'static str, min: Option<u32>, max: Option<u32> },
    /// A string.
    Text(Text),
    /// A whole number.
    Integer { min: Option<i64>, max: Option<i64> },
    /// True or false.
    Boolean,
    /// Seconds since 1970, with fraction.
    Timestamp,
}

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// The shape of its request.
    pub input: Option<&'static str>,
    /// The shape of its answer.
    pub output: Option<&'static str>,
    /// The errors it may raise, with their HTTP status.
    pub errors: &'static [(&'static str, u16)],
}

/// All operations, by name.
pub fn operations() -> &'static [Operation] {
    table::OPERATIONS
}

/// An operation by its name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    table::OPERATIONS.binary_search_by(|o| o.name.cmp(name)).ok().map(|at| &table::OPERATIONS[at])
}

/// A shape by its name.
pub fn shape(name: &str) -> Option<&'static Shape> {
    table::SHAPES.binary_search_by(|(n, _)| (*n).cmp(name)).ok().map(|at| &table::SHAPES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ninety_operations_and_every_shape_they_name_are_there() {
        assert_eq!(operations().len(), 90);
        for o in operations() {
            for name in o.input.iter().chain(o.output.iter()).chain(o.errors.iter().map(|(n, _)| n)) {
                assert!(shape(name).is_some(), "{} names {name}", o.name);
            }
        }
        for (name, s) in table::SHAPES {
            let named: Vec<&str> = match s {
                Shape::Structure(members) => members.iter().map(|m| m.shape).collect(),
                Shape::List { of, .. } => vec![of],
                Shape::Map { key, value, .. } => vec![key, value],
                _ => vec![],
            };
            assert!(named.iter().all(|n| shape(n).is_some()), "{name}");
        }
    }
}
