//! Lists as questions: what the URL says (quick filter, tokens, words, sort) and its answer over rows. One engine for every list.
//! Sessions, of which there may be ten thousand, are asked for on the server only ([`crate::view`]); a browser holds all fleets.
//!
//! `?state=running,starting&fleet=not:apac&running=gt:30m&q=linn&sort=-running,user` (design section 7). Each key is one token.

use crate::live::Keyed;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// How a token compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Op {
    /// Equal to one of the values (bare).
    Is,
    /// Equal to none of them (`not:`).
    Not,
    /// Greater (`gt:`).
    Gt,
    /// Less (`lt:`).
    Lt,
    /// Contains the text, letter case aside (`has:`).
    Has,
}

impl Op {
    /// As written before the value in a URL.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Is => "",
            Self::Not => "not:",
            Self::Gt => "gt:",
            Self::Lt => "lt:",
            Self::Has => "has:",
        }
    }
    /// As read by people between key and value.
    pub fn words(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::Not => "is not",
            Self::Gt => "over",
            Self::Lt => "under",
            Self::Has => "has",
        }
    }
}

/// One token: key, operator, values.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Term {
    /// The field, one of [`Listed::FIELDS`].
    pub key: String,
    /// The comparison.
    pub op: Op,
    /// One value, or several of which one must match.
    pub values: Vec<String>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text; compared without letter case.
    Text(String),
    /// A count, or milliseconds for fields that [`Field::is_time`] marks.
    Number(i64),
    /// Several texts; a token matches if one does.
    Many(Vec<String>),
    /// Not applicable: matches nothing, sorts last in both directions.
    None,
}

impl Value {
    /// For comparing without letter case.
    fn folded(self) -> Self {
        match self {
            Self::Text(t) => Self::Text(lowered(t)),
            other => other,
        }
    }
}

/// A field of a list that can be filtered and sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// In URLs.
    pub key: &'static str,
    /// For people.
    pub label: &'static str,
    /// Whether numbers are durations typed as `30m`, `2h`.
    pub is_time: bool,
}

/// A row type that lists can be made of.
pub trait Listed: Keyed + Clone + 'static {
    /// All fields, in the order in which suggestions show them.
    const FIELDS: &'static [Field];
    /// The sort used when the URL names none, as in the URL: `free,name`.
    const DEFAULT_SORT: &'static str;
    /// The value of `field`.
    fn value(&self, field: &str, now: Millis) -> Value;
    /// The text that free words search.
    fn haystack(&self) -> String;
}

impl<R: Listed> Listed for std::sync::Arc<R> {
    const FIELDS: &'static [Field] = R::FIELDS;
    const DEFAULT_SORT: &'static str = R::DEFAULT_SORT;
    fn value(&self, field: &str, now: Millis) -> Value {
        R::value(self, field, now)
    }
    fn haystack(&self) -> String {
        R::haystack(self)
    }
}

/// A list's question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Query {
    /// Tokens; all must match.
    pub terms: Vec<Term>,
    /// Free words; all must occur.
    pub q: String,
    /// Fields to sort by; `true` is descending.
    pub sort: Vec<(String, bool)>,
}

impl Query {
    /// From decoded query pairs. Keys that are no field of `R` are ignored: they belong to the page (`peek`, `do`, `in`).
    pub fn parse<R: Listed>(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut query = Self::default();
        for (key, text) in pairs {
            match key.as_str() {
                // `fleet:cad` among the words is a token typed by hand.
                "q" => {
                    let text: String = text.chars().take(200).collect();
                    let is_token = |w: &&str| w.split_once(':').is_some_and(|(k, v)| !v.is_empty() && R::FIELDS.iter().any(|f| f.key == k));
                    let (tokens, words): (Vec<&str>, Vec<&str>) = text.split_whitespace().partition(is_token);
                    query.q = if tokens.is_empty() { text.clone() } else { words.join(" ") };
                    query.terms.extend(tokens.iter().filter_map(|t| t.split_once(':')).filter_map(|(k, v)| term(k, v)));
                }
                "sort" => query.sort = parse_sort::<R>(&text),
                _ if R::FIELDS.iter().any(|f| f.key == key) => {
                    query.terms.extend(term(&key, &text));
                }
                _ => {}
            }
        }
        query
    }

    /// The pairs that [`parse`](Self::parse) reads back, undecoded, in a stable order.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<_> = self.terms.iter().map(|t| (t.key.clone(), format!("{}{}", t.op.prefix(), t.values.join(",")))).collect();
        if !self.q.is_empty() {
            pairs.push(("q".into(), self.q.clone()));
        }
        if !self.sort.is_empty() {
            let sort: Vec<String> = self.sort.iter().map(|(k, down)| format!("{}{k}", if *down { "-" } else { "" })).collect();
            pairs.push(("sort".into(), sort.join(",")));
        }
        pairs
    }

    /// The sort in force: the URL's, else the list's own.
    pub fn effective_sort<R: Listed>(&self) -> Vec<(String, bool)> {
        if self.sort.is_empty() { parse_sort::<R>(R::DEFAULT_SORT) } else { self.sort.clone() }
    }

    /// The question after a click on a column's header: ascending, then descending, then the list's own order.
    pub fn toggle_sort<R: Listed>(&self, key: &str) -> Self {
        let sort = match self.effective_sort::<R>().first() {
            Some((k, false)) if k == key => vec![(key.to_owned(), true)],
            Some((k, true)) if k == key && !self.sort.is_empty() => vec![],
            _ => vec![(key.to_owned(), false)],
        };
        Self { sort, ..self.clone() }
    }

    /// The question with the `Is` token of `key` switched on or off for `value` (a quick filter).
    pub fn toggle(&self, key: &str, value: &str) -> Self {
        let mut next = self.clone();
        match next.terms.iter_mut().find(|t| t.key == key && t.op == Op::Is) {
            Some(term) if term.values.iter().any(|v| v == value) => term.values.retain(|v| v != value),
            Some(term) => term.values.push(value.to_owned()),
            None => next.terms.push(Term { key: key.into(), op: Op::Is, values: vec![value.into()] }),
        }
        next.terms.retain(|t| !t.values.is_empty());
        next
    }

    /// Whether the `Is` token of `key` holds `value`.
    pub fn has(&self, key: &str, value: &str) -> bool {
        self.terms.iter().any(|t| t.key == key && t.op == Op::Is && t.values.iter().any(|v| v == value))
    }

    /// Whether nothing is filtered.
    pub fn is_open(&self) -> bool {
        self.terms.is_empty() && self.q.trim().is_empty()
    }

    /// Whether `row` matches.
    pub fn matches<R: Listed>(&self, row: &R, now: Millis) -> bool {
        self.matches_words(row, &self.words()) && self.terms.iter().all(|t| term_matches(t, row, now))
    }

    fn words(&self) -> Vec<String> {
        self.q.to_lowercase().split_whitespace().map(str::to_owned).collect()
    }

    fn matches_words<R: Listed>(&self, row: &R, words: &[String]) -> bool {
        words.is_empty() || {
            let hay = lowered(row.haystack());
            words.iter().all(|w| hay.contains(w.as_str()))
        }
    }

    /// The indices of all matching rows, sorted.
    pub fn select<R: Listed>(&self, rows: &[R], now: Millis) -> Vec<usize> {
        self.select_among(rows, self.having_words(rows), now)
    }

    /// The indices of the rows in which all words occur.
    fn having_words<R: Listed>(&self, rows: &[R]) -> Vec<usize> {
        let words = self.words();
        (0..rows.len()).filter(|i| self.matches_words(&rows[*i], &words)).collect()
    }

    /// Of the rows `among`, in which all words occur, those that the tokens let through, sorted.
    fn select_among<R: Listed>(&self, rows: &[R], among: Vec<usize>, now: Millis) -> Vec<usize> {
        let sort = self.effective_sort::<R>();
        let key = |row: &R| sort.iter().map(|(key, _)| row.value(key, now).folded()).collect::<Vec<_>>();
        let mut picked: Vec<(Vec<Value>, usize)> =
            among.into_iter().filter(|i| self.terms.iter().all(|t| term_matches(t, &rows[*i], now))).map(|i| (key(&rows[i]), i)).collect();
        picked.sort_unstable_by(|(a, i), (b, j)| {
            sort.iter()
                .zip(a.iter().zip(b))
                .map(|((_, down), (x, y))| compare(x, y, *down))
                .find(|o| o.is_ne())
                .unwrap_or_else(|| rows[*i].key().cmp(rows[*j].key()))
        });
        picked.into_iter().map(|(_, i)| i).collect()
    }
}

/// A part of a list's answer, ready to draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window<R> {
    /// Index of the first of `rows` among the matches.
    pub start: usize,
    /// The rows of this window.
    pub rows: Vec<R>,
    /// How many match.
    pub matched: usize,
    /// How many there are without filters.
    pub total: usize,
    /// For every quick filter asked about, how many rows it would show among those the rest of the question lets through.
    pub facets: Vec<usize>,
    /// The row whose details are open, wherever it is in the list.
    pub peek: Option<R>,
}

impl<R> Default for Window<R> {
    fn default() -> Self {
        Self { start: 0, rows: Vec::new(), matched: 0, total: 0, facets: Vec::new(), peek: None }
    }
}

impl<R: Clone> Window<std::sync::Arc<R>> {
    /// The same with rows of its own.
    pub fn owned(&self) -> Window<R> {
        Window {
            start: self.start,
            rows: self.rows.iter().map(|row| R::clone(row)).collect(),
            matched: self.matched,
            total: self.total,
            facets: self.facets.clone(),
            peek: self.peek.as_deref().cloned(),
        }
    }
}

/// A question's answer over rows: which match, in which order, and what the quick filters count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Indices of the matching rows, sorted.
    pub order: Vec<usize>,
    /// One count a quick filter.
    pub facets: Vec<usize>,
    /// How many rows there are.
    pub total: usize,
}

impl Selected {
    /// Asks `query` of `rows`. `facets`: key and value of each quick filter to count (over all rows that match `q` and the tokens of
    /// other keys).
    pub fn of<R: Listed>(rows: &[R], query: &Query, now: Millis, facets: &[(&str, &str)]) -> Self {
        let mut counts = vec![0; facets.len()];
        // With ten thousand rows this is most of the work, so it is done once for both.
        let among = query.having_words(rows);
        let terms: Vec<Term> =
            facets.iter().map(|(key, value)| Term { key: (*key).into(), op: Op::Is, values: vec![(*value).into()] }).collect();
        for row in among.iter().filter(|_| !facets.is_empty()).map(|i| &rows[*i]) {
            let fails: Vec<&str> = query.terms.iter().filter(|t| !term_matches(t, row, now)).map(|t| t.key.as_str()).collect();
            for (count, term) in counts.iter_mut().zip(&terms) {
                if fails.iter().all(|key| *key == term.key) && term_matches(term, row, now) {
                    *count += 1;
                }
            }
        }
        Self { order: query.select_among(rows, among, now), facets: counts, total: rows.len() }
    }

    /// Rows `start..start + len` of the answer. `rows`: the very rows that were asked.
    pub fn window<R: Listed>(&self, rows: &[R], start: usize, len: usize) -> Window<R> {
        let start = start.min(self.order.len());
        Window {
            start,
            rows: self.order.iter().skip(start).take(len).filter_map(|i| rows.get(*i).cloned()).collect(),
            matched: self.order.len(),
            total: self.total,
            facets: self.facets.clone(),
            peek: None,
        }
    }
}

/// Rows `start..start + len` of what `query` asks of `rows`, with the counts of `facets`.
pub fn window<R: Listed>(rows: &[R], query: &Query, now: Millis, start: usize, len: usize, facets: &[(&str, &str)]) -> Window<R> {
    Selected::of(rows, query, now, facets).window(rows, start, len)
}

fn term(key: &str, text: &str) -> Option<Term> {
    let (op, rest) = [Op::Not, Op::Gt, Op::Lt, Op::Has]
        .into_iter()
        .find_map(|op| text.strip_prefix(op.prefix()).map(|rest| (op, rest)))
        .unwrap_or((Op::Is, text));
    let values: Vec<String> = rest.split(',').filter(|v| !v.is_empty()).map(str::to_owned).collect();
    (!values.is_empty()).then(|| Term { key: key.to_owned(), op, values })
}

fn parse_sort<R: Listed>(text: &str) -> Vec<(String, bool)> {
    text.split(',')
        .map(|part| part.strip_prefix('-').map_or((part, false), |rest| (rest, true)))
        .filter(|(key, _)| R::FIELDS.iter().any(|f| f.key == *key))
        .map(|(key, down)| (key.to_owned(), down))
        .collect()
}

fn term_matches<R: Listed>(term: &Term, row: &R, now: Millis) -> bool {
    let value = row.value(&term.key, now);
    let any = |test: &dyn Fn(&Value, &str) -> bool| term.values.iter().any(|v| test(&value, v));
    match term.op {
        Op::Is => any(&is),
        Op::Not => !any(&is),
        Op::Has => any(&has),
        Op::Gt => any(&|v, t| number(t).zip(as_number(v)).is_some_and(|(limit, n)| n > limit)),
        Op::Lt => any(&|v, t| number(t).zip(as_number(v)).is_some_and(|(limit, n)| n < limit)),
    }
}

fn is(value: &Value, text: &str) -> bool {
    match value {
        Value::Text(t) => same(t, text),
        Value::Many(all) => all.iter().any(|t| same(t, text)),
        Value::Number(n) => number(text) == Some(*n),
        Value::None => false,
    }
}

fn has(value: &Value, text: &str) -> bool {
    let needle = text.to_lowercase();
    match value {
        Value::Text(t) => t.to_lowercase().contains(&needle),
        Value::Many(all) => all.iter().any(|t| t.to_lowercase().contains(&needle)),
        Value::Number(_) | Value::None => false,
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase())
}

/// In small letters; most texts are ASCII and need no copy for that.
fn lowered(mut text: String) -> String {
    if text.is_ascii() {
        text.make_ascii_lowercase();
        text
    } else {
        text.to_lowercase()
    }
}

fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => Some(*n),
        _ => None,
    }
}

/// `12` → 12; `90s`, `30m`, `2h`, `1d` → milliseconds; none when it is neither.
pub fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1_000),
        Some((at, 'm')) => (&text[..at], 60_000),
        Some((at, 'h')) => (&text[..at], 3_600_000),
        Some((at, 'd')) => (&text[..at], 86_400_000),
        _ => (text, 1),
    };
    digits.trim().parse::<i64>().ok()?.checked_mul(unit)
}

/// Compares folded values; what is missing comes last in both directions.
fn compare(a: &Value, b: &Value, down: bool) -> Ordering {
    let turn = |o: Ordering| if down { o.reverse() } else { o };
    match (a, b) {
        (Value::None, Value::None) => Ordering::Equal,
        (Value::None, _) => Ordering::Greater,
        (_, Value::None) => Ordering::Less,
        (Value::Number(x), Value::Number(y)) => turn(x.cmp(y)),
        (Value::Text(x), Value::Text(y)) => turn(x.cmp(y)),
        (Value::Many(x), Value::Many(y)) => turn(x.cmp(y)),
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Row(&'static str, &'static str, Option<i64>);
    impl Keyed for Row {
        fn key(&self) -> &str {
            self.0
        }
    }
    impl Listed for Row {
        const FIELDS: &'static [Field] = &[
            Field { key: "name", label: "Name", is_time: false },
            Field { key: "state", label: "State", is_time: false },
            Field { key: "age", label: "Age", is_time: true },
        ];
        const DEFAULT_SORT: &'static str = "name";
        fn value(&self, field: &str, _: Millis) -> Value {
            match field {
                "name" => Value::Text(self.0.into()),
                "state" => Value::Text(self.1.into()),
                "age" => self.2.map_or(Value::None, Value::Number),
                _ => Value::None,
            }
        }
        fn haystack(&self) -> String {
            format!("{} {}", self.0, self.1)
        }
    }

    const ROWS: [Row; 4] = [
        Row("delta", "running", Some(7_200_000)),
        Row("alpha", "stopped", None),
        Row("Bravo", "running", Some(60_000)),
        Row("charlie", "starting", Some(1_860_000)),
    ];

    fn names(url: &[(&str, &str)]) -> Vec<&'static str> {
        let q = Query::parse::<Row>(url.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        q.select(&ROWS, Millis(0)).into_iter().map(|i| ROWS[i].0).collect()
    }

    #[test]
    fn tokens_words_and_sort_narrow_and_order_the_list() {
        assert_eq!(names(&[]), ["alpha", "Bravo", "charlie", "delta"]);
        assert_eq!(names(&[("state", "running,starting")]), ["Bravo", "charlie", "delta"]);
        assert_eq!(names(&[("state", "not:running")]), ["alpha", "charlie"]);
        assert_eq!(names(&[("age", "gt:30m")]), ["charlie", "delta"]);
        assert_eq!(names(&[("name", "has:A"), ("sort", "-name")]), ["delta", "charlie", "Bravo", "alpha"]);
        assert_eq!(names(&[("q", "run ALT")]), Vec::<&str>::new());
        assert_eq!(names(&[("q", "RUN elt")]), ["delta"]);
    }

    #[test]
    fn letters_beyond_ascii_have_no_case_either() {
        assert!(same("ÉCOLE", "école") && same("Fleet", "fLEET") && !same("école", "ecole"));
        assert_eq!((lowered("ÄB".into()), lowered("AB".into())), ("äb".into(), "ab".into()));
    }

    #[test]
    fn missing_values_sort_last_in_both_directions() {
        assert_eq!(names(&[("sort", "age")]).last(), Some(&"alpha"));
        assert_eq!(names(&[("sort", "-age")]), ["delta", "charlie", "Bravo", "alpha"]);
    }

    #[test]
    fn the_url_is_read_back_as_it_was_written() {
        let url = [("state", "running,stopped"), ("age", "gt:30m"), ("name", "not:x"), ("q", "a b"), ("sort", "-age,name")];
        let q = Query::parse::<Row>(url.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        assert_eq!(Query::parse::<Row>(q.pairs()), q);
        let typed = Query::parse::<Row>([("q".into(), "state:not:running linn name:".into())]);
        assert_eq!((typed.q.as_str(), typed.terms.len(), typed.terms[0].op), ("linn name:", 1, Op::Not));
        let hostile = Query::parse::<Row>([("peek".into(), "1".into()), ("state".into(), ",,".into()), ("sort".into(), "-evil".into())]);
        assert_eq!(hostile, Query::default());
    }

    #[test]
    fn a_header_click_goes_up_down_and_back() {
        let q = Query::default();
        let up = q.toggle_sort::<Row>("age");
        let down = up.toggle_sort::<Row>("age");
        assert_eq!((up.sort, down.sort.clone()), (vec![("age".into(), false)], vec![("age".into(), true)]));
        assert_eq!(down.toggle_sort::<Row>("age"), q);
    }

    #[test]
    fn quick_filters_count_what_they_would_show() {
        let q = Query::default().toggle("state", "running");
        let w = window(&ROWS, &q, Millis(0), 0, 1, &[("state", "running"), ("state", "stopped")]);
        assert_eq!((w.rows.len(), w.matched, w.total, w.facets), (1, 2, 4, vec![2, 1]));
        assert_eq!(q.toggle("state", "running"), Query::default());
    }

    #[test]
    fn durations_are_typed_with_a_unit() {
        for (text, ms) in [
            ("30m", Some(1_800_000)),
            ("2h", Some(7_200_000)),
            ("12", Some(12)),
            ("x", None),
            ("", None),
            ("9999999999999999d", None),
            ("½h", None),
        ] {
            assert_eq!(number(text), ms, "{text}");
        }
    }
}
