//! The one reading of what was entered: into the request that is meant, or a sentence at each field.

use super::*;
use crate::time::{seconds_typed, seconds_words};
use serde_json::{Map, Value, json};

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty())
}

/// What is entered in `field`, in one spelling, so that two can be compared. Passwords say only whether there is one.
fn spelled(field: &Field, entries: &Entries) -> String {
    match &field.entry {
        Entry::Many(choices) => {
            let ticked =
                |v: &String| entries.contains_key(&format!("{}:{v}", field.path)) || lines(entered(entries, &field.path)).any(|l| l == v);
            choices.iter().map(|(v, _)| v).filter(|v| ticked(v)).cloned().collect::<Vec<_>>().join("\n")
        }
        Entry::Key(_) => String::new(),
        Entry::Lines | Entry::Pairs => lines(entered(entries, &field.path)).collect::<Vec<_>>().join("\n"),
        Entry::Seconds => {
            seconds_typed(entered(entries, &field.path)).map_or_else(|| entered(entries, &field.path).to_owned(), seconds_words)
        }
        Entry::Password => if entered(entries, &field.path).is_empty() { "" } else { "••••••••" }.to_owned(),
        _ => entered(entries, &field.path).to_owned(),
    }
}

/// The fields that `entries` change.
pub fn changes(form: &FormView, entries: &Entries) -> Vec<Change> {
    let standing = form.standing();
    form.fields()
        .filter(|f| form.applies(f, entries))
        .filter_map(|field| {
            let (was, is) = (spelled(field, &standing), spelled(field, entries));
            let label = if field.row.is_empty() || field.row == field.label {
                field.label.clone()
            } else {
                format!("{}, {}", field.row, field.label.to_lowercase())
            };
            (was != is).then(|| Change { path: field.path.clone(), label, was, is })
        })
        .collect()
}

/// The request under construction: positions of lists are numbers until it is done.
enum Node {
    Leaf(Value),
    Branch(BTreeMap<String, Node>),
}

impl Node {
    fn put(&mut self, path: &[&str], value: Value) {
        let Self::Branch(all) = self else { return };
        match path {
            [] => {}
            [last] => {
                all.insert((*last).to_owned(), Self::Leaf(value));
            }
            [first, rest @ ..] => all.entry((*first).to_owned()).or_insert_with(|| Self::Branch(BTreeMap::new())).put(rest, value),
        }
    }

    fn done(self) -> Value {
        match self {
            Self::Leaf(value) => value,
            Self::Branch(all) => {
                let mut rows: Vec<(usize, Node)> = vec![];
                let mut members = Map::new();
                for (name, node) in all {
                    match name.parse() {
                        Ok(row) => rows.push((row, node)),
                        Err(_) => {
                            members.insert(name, node.done());
                        }
                    }
                }
                rows.sort_by_key(|(row, _)| *row);
                if members.is_empty() && !rows.is_empty() {
                    rows.into_iter().map(|(_, node)| node.done()).collect()
                } else {
                    Value::Object(members)
                }
            }
        }
    }
}

/// Beginning of a typed text, for sentences.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The request that `entries` mean. On edits only the members that differ from what stands in the form, and `AttributesToDelete` for
/// what was emptied.
pub fn parse(form: &FormView, entries: &Entries, matches: Matches<'_>) -> Result<Map<String, Value>, Vec<FieldError>> {
    let mut errors = vec![];
    let mut tree = Node::Branch(BTreeMap::new());
    let filled = |f: &Field| !spelled(f, entries).is_empty();
    let begun = |prefix: &str| {
        let within = format!("{prefix}.");
        form.fields().any(|f| f.path.starts_with(&within) && filled(f))
    };
    let changed = if form.edits { changes(form, entries) } else { vec![] };
    let touched = |prefix: &str| {
        let within = format!("{prefix}.");
        changed.iter().any(|c| c.path.starts_with(&within))
    };
    for field in form.fields() {
        let path: Vec<&str> = field.path.split('.').collect();
        if let Entry::Key(key) = &field.entry {
            let row = field.path.rsplit_once('.').map_or("", |(row, _)| row);
            if begun(row) {
                tree.put(&path, json!(key));
            }
            continue;
        }
        if !form.applies(field, entries) {
            if filled(field) {
                errors.push(FieldError::new(&field.path, does_not_apply(form, field, entries)));
            }
            continue;
        }
        if !filled(field) {
            let needed = match &field.need {
                Need::No => false,
                Need::Yes => true,
                // What stands and is not touched is not sent, so nothing is missing from it.
                Need::With(group) => begun(group) && (!form.edits || touched(group)),
                Need::If(only) => only.holds(entries),
            };
            if needed {
                errors.push(FieldError::new(&field.path, "Fill this in."));
            }
            continue;
        }
        match read(field, entries, matches) {
            Ok(value) => tree.put(&path, value),
            Err(sentence) => errors.push(FieldError::new(&field.path, sentence)),
        }
    }
    if form.edits {
        let locked = changed.iter().filter(|c| form.fields().any(|f| f.path == c.path && f.when == When::Stopped));
        errors.extend(
            locked.map(|c| FieldError::new(&c.path, "This can change only while it is stopped. Stop it first, or put the old value back.")),
        );
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let Value::Object(request) = tree.done() else { return Ok(Map::new()) };
    if form.edits { edited(form, entries, &changed, request) } else { Ok(request) }
}

fn does_not_apply(form: &FormView, field: &Field, entries: &Entries) -> String {
    let label = |path: &String| form.fields().find(|f| f.path == *path).map_or_else(|| path.clone(), |f| f.label.clone());
    let words = |path: &String, values: &[String]| {
        let of = form.fields().find(|f| f.path == *path);
        let word = |v: &String| match of.map(|f| &f.entry) {
            Some(Entry::Choice(all)) => all.iter().find(|(value, _)| value == v).map_or_else(|| v.clone(), |(_, w)| w.clone()),
            _ => v.clone(),
        };
        values.iter().map(word).collect::<Vec<_>>().join(" or ")
    };
    match field.only.iter().find(|only| !only.holds(entries)) {
        Some(Only::Is(path, values)) => format!("This applies only when “{}” is {}. Leave it blank.", label(path), words(path, values)),
        Some(Only::Not(path, values)) => format!("This does not apply when “{}” is {}. Leave it blank.", label(path), words(path, values)),
        Some(Only::Filled(path, true)) => format!("This applies only when “{}” is filled. Leave it blank.", label(path)),
        _ => "This does not apply. Leave it blank.".to_owned(),
    }
}

/// Only what differs from the form's values.
fn edited(
    form: &FormView,
    entries: &Entries,
    changed: &[Change],
    mut request: Map<String, Value>,
) -> Result<Map<String, Value>, Vec<FieldError>> {
    let (mut out, mut cleared, mut errors) = (Map::new(), vec![], vec![]);
    let fields: Vec<&Field> = form.fields().filter(|f| changed.iter().any(|c| c.path == f.path)).collect();
    for field in fields {
        let member = field.member();
        let gone = spelled(field, entries).is_empty();
        if let (true, Clear::Attribute(word), true) = (gone, &field.clear, request.contains_key(member) || out.contains_key(member)) {
            // A part of a member that has a word of its own; the member itself stays.
            cleared.push(word.clone());
        }
        if out.contains_key(member) {
            continue;
        }
        if let Some(value) = request.remove(member) {
            out.insert(member.to_owned(), value);
            continue;
        }
        match form.clears.iter().find(|(m, _)| m == member).map(|(_, clear)| clear) {
            Some(Clear::Attribute(word)) => cleared.push(word.clone()),
            Some(Clear::Blank) => {
                out.insert(member.to_owned(), json!(""));
            }
            _ => errors.push(FieldError::new(&field.path, "AWS cannot clear this. Enter another value, or the one there was.")),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    cleared.sort();
    cleared.dedup();
    if !cleared.is_empty() {
        out.insert("AttributesToDelete".to_owned(), json!(cleared));
    }
    if out.is_empty() { Err(vec![FieldError::new("", "Nothing was changed.")]) } else { Ok(out) }
}

/// The value of a filled field, or what is wrong with it.
fn read(field: &Field, entries: &Entries, matches: Matches<'_>) -> Result<Value, String> {
    let typed = entered(entries, &field.path);
    let limit = &field.limit;
    match &field.entry {
        Entry::Text | Entry::Long | Entry::Password => text(typed, limit, matches).map(|t| json!(t)),
        Entry::Choice(values) => match values.iter().any(|(v, _)| v == typed) {
            true => Ok(json!(typed)),
            false => Err(format!("Choose one of the values; “{}” is none.", short(typed))),
        },
        Entry::Flag => match typed {
            "true" => Ok(json!(true)),
            "false" => Ok(json!(false)),
            other => Err(format!("Choose yes or no; “{}” is neither.", short(other))),
        },
        Entry::Switch(key) | Entry::Key(key) => Ok(json!(key)),
        Entry::Number => {
            let n: i64 = typed.replace([',', ' '], "").parse().map_err(|_| format!("Enter a whole number; “{}” is none.", short(typed)))?;
            number(n, limit, &|n| n.to_string())
        }
        Entry::Seconds => {
            let n =
                seconds_typed(typed).ok_or_else(|| format!("Enter a duration such as 30 m, 2 h or 900; “{}” is none.", short(typed)))?;
            number(n, limit, &seconds_words)
        }
        Entry::S3 => s3(typed),
        Entry::Lines => {
            let all: Vec<&str> = lines(typed).collect();
            for line in &all {
                text(line, limit, matches)
                    .map_err(|sentence| if all.len() > 1 { format!("“{}”: {sentence}", short(line)) } else { sentence })?;
            }
            items(all.len(), limit)?;
            Ok(json!(all))
        }
        Entry::Many(choices) => {
            let ticked: Vec<String> = spelled(field, entries).lines().map(str::to_owned).collect();
            let strange = entries.iter().find(|(k, v)| {
                k.strip_prefix(&field.path).is_some_and(|r| r.starts_with(':')) && !choices.iter().any(|(value, _)| value == *v)
            });
            if let Some((_, value)) = strange {
                return Err(format!("Choose from the boxes; “{}” is none of them.", short(value)));
            }
            items(ticked.len(), limit)?;
            Ok(json!(ticked))
        }
        Entry::Pairs => {
            let mut map = Map::new();
            for line in lines(typed) {
                let (key, value) =
                    line.split_once('=').ok_or_else(|| format!("Write key=value on each line; “{}” has no =.", short(line)))?;
                let (key, value) = (key.trim(), value.trim());
                if key.is_empty() || key.chars().count() > 128 {
                    return Err(format!("A key has 1 to 128 characters; “{}” has {}.", short(key), key.chars().count()));
                }
                if key.to_lowercase().starts_with("aws:") {
                    return Err(format!("Keys that begin with aws: belong to AWS; choose another than “{}”.", short(key)));
                }
                if value.chars().count() > 256 {
                    return Err(format!("A value has at most 256 characters; that of “{}” has {}.", short(key), value.chars().count()));
                }
                if map.insert(key.to_owned(), json!(value)).is_some() {
                    return Err(format!("The key “{}” is there twice.", short(key)));
                }
            }
            let there = field.picks.iter().filter(|(key, _)| !map.contains_key(key)).count();
            match limit.items.1.map(|most| most as usize).filter(|most| there > 0 && there + map.len() > *most) {
                Some(most) => Err(format!("{} would be there with these; AWS allows {most}. Remove some first.", there + map.len())),
                None => items(map.len(), limit).map(|()| Value::Object(map)),
            }
        }
    }
}

fn items(n: usize, limit: &Limit) -> Result<(), String> {
    let over = |bound: Option<u32>, wrong: fn(usize, usize) -> bool| bound.map(|b| b as usize).filter(|b| wrong(n, *b));
    if let Some(least) = over(limit.items.0, |n, b| n < b) {
        return Err(format!("Enter at least {least}; these are {n}."));
    }
    match over(limit.items.1, |n, b| n > b) {
        Some(most) => Err(format!("Enter at most {most}; these are {n}.")),
        None => Ok(()),
    }
}

fn number(n: i64, limit: &Limit, words: &dyn Fn(i64) -> String) -> Result<Value, String> {
    let outside = limit.min.is_some_and(|m| n < m) || limit.max.is_some_and(|m| n > m) || i32::try_from(n).is_err();
    if !outside || limit.also == Some(n) {
        return Ok(json!(n));
    }
    Err(match (limit.min, limit.max) {
        (Some(min), Some(max)) => format!("Enter {} to {}; {} is outside.", words(min), words(max), words(n)),
        (Some(min), None) => format!("Enter {} or more; {} is less.", words(min), words(n)),
        (None, Some(max)) => format!("Enter {} or less; {} is more.", words(max), words(n)),
        (None, None) => format!("{} is too large.", words(n)),
    })
}

fn text<'a>(typed: &'a str, limit: &Limit, matches: Matches<'_>) -> Result<&'a str, String> {
    let n = i64::try_from(typed.chars().count()).unwrap_or(i64::MAX);
    if let Some(least) = limit.min.filter(|m| n < *m) {
        return Err(format!("Enter at least {least} characters; this has {n}."));
    }
    if let Some(most) = limit.max.filter(|m| n > *m) {
        return Err(format!("Enter at most {most} characters; this has {n}."));
    }
    if !limit.pattern.is_empty() && !matches(&limit.pattern, typed) {
        return Err(of_the_form(&limit.pattern));
    }
    Ok(typed)
}

/// What a pattern of the model asks for, as a sentence.
pub fn of_the_form(pattern: &str) -> String {
    const WORDS: [(&str, &str); 13] = [
        (
            "^[a-zA-Z0-9][a-zA-Z0-9_. -]{0,99}$",
            "Begin with a letter or digit; then letters, digits, blank, dot, dash and underscore, 100 in all.",
        ),
        ("^[a-zA-Z0-9][a-zA-Z0-9_:/.-]", "Begin with a letter or digit; then letters, digits and _ : / . -"),
        ("^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$", "Begin with a letter or digit; then letters, digits, dot, dash and underscore, 100 in all."),
        ("^[a-zA-Z0-9][a-zA-Z0-9_.-]", "Begin with a letter or digit; then letters, digits, dot, dash and underscore, 101 in all."),
        ("^arn:aws", "Enter an ARN, such as arn:aws:appstream:eu-west-1:111122223333:app-block/name."),
        (r"^\d+$", "Enter digits only."),
        ("^ami-", "Enter the id of a machine image, such as ami-0123456789abcdef0."),
        ("^wsi-", "Enter the id of a WorkSpaces image, such as wsi-0123456789."),
        (r"^[A-Za-z0-9_\-\s]+$", "Use plain letters, digits, blanks, dashes and underscores: AWS takes no accents and no apostrophes."),
        ("(?:[a-z0-9]", "Enter a host name in small letters, such as portal.example.com."),
        ("^((https?|", "Enter an address that begins with https://, http://, ftp://, sftp:// or mailto:."),
        (
            r"^((\w*)",
            "Enter the eight fields, separated by commas: name, class, subclass, protocol, vendor id, product id, 0 or 1, 0 or 1.",
        ),
        (r"[\w+=,.@-]*", "Use letters, digits and _ + = , . @ -"),
    ];
    WORDS
        .iter()
        .find(|(start, _)| pattern.starts_with(start))
        .map_or_else(|| format!("AWS accepts only what fits {pattern}"), |(_, words)| (*words).to_owned())
}

fn s3(typed: &str) -> Result<Value, String> {
    let Some(rest) = typed.strip_prefix("s3://") else {
        return Err(format!("Write s3://bucket/key; “{}” does not begin with s3://.", short(typed)));
    };
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(fits) || bucket.ends_with('.') {
        return Err(format!("A bucket has 3 to 63 small letters, digits, dots and dashes; “{}” does not fit.", short(bucket)));
    }
    if key.chars().count() > 1024 {
        return Err("A key has at most 1,024 characters.".to_owned());
    }
    let mut place = json!({"S3Bucket": bucket});
    if !key.is_empty() {
        place["S3Key"] = json!(key);
    }
    Ok(place)
}
