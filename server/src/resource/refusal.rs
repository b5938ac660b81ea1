//! What AWS refused, put at the field that it speaks of. What speaks of none stays above the form.

use domain::entry::{Entries, FormView};
use domain::failure::Failure;
use domain::form::FieldError;

/// Puts `failure` at a field of `form`, where its words or its kind name one.
pub fn place(failure: Failure, form: &FormView, entries: &Entries) -> Failure {
    let at = |path: &str, message: String| Failure::Fields(vec![FieldError::new(path, message)]);
    match &failure {
        Failure::Taken { .. } => {
            let advice = failure.advice();
            let name = form.fields().find(|f| NAMES.contains(&f.path.as_str()));
            name.map(|f| at(&f.path, format!("{}. {}", advice.title, advice.next))).unwrap_or(failure)
        }
        Failure::Invalid { message, .. } => match spoken_of(message, form, entries) {
            Some(path) => at(&path, message.clone()),
            None => failure,
        },
        _ => failure,
    }
}

/// Fields that name what a form makes.
const NAMES: [&str; 6] = ["Name", "newImageName", "DestinationImageName", "DirectoryName", "UserName", "AmiName"];

/// The one field whose member, or whose entry, stands in the message.
fn spoken_of(message: &str, form: &FormView, entries: &Entries) -> Option<String> {
    let names = |member: &str| message.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == member);
    let last = |path: &str| path.rsplit('.').find(|p| p.parse::<usize>().is_err()).unwrap_or(path).to_owned();
    let named: Vec<&str> =
        form.fields().map(|f| f.path.as_str()).filter(|path| names(&last(path)) || names(path.split('.').next().unwrap_or(path))).collect();
    let exact: Vec<&str> = named.iter().copied().filter(|path| names(&last(path))).collect();
    let one = |all: &[&str]| match all {
        [path] => Some((*path).to_owned()),
        // The first field of a structure that is named as a whole.
        [path, rest @ ..] if rest.iter().all(|p| p.split('.').next() == path.split('.').next()) => Some((*path).to_owned()),
        _ => None,
    };
    let quoted = || {
        let typed = |f: &&domain::entry::Field| entries.get(&f.path).is_some_and(|t| t.trim().len() >= 4 && message.contains(t.trim()));
        let all: Vec<&str> = form.fields().filter(typed).map(|f| f.path.as_str()).collect();
        one(&all)
    };
    one(&exact).or_else(|| one(&named)).or_else(quoted)
}
