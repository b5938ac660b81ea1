//! Who else may use an image: the view behind dialog and matrix, and the one act of both. What is staged, checked and compared is in
//! [`domain::sharing`].

use super::catalogue::is;
use crate::resource::{Catalogue, asked, query, unknown, words};
use app::ctx::Watch;
use domain::estate::Kind as Watched;
use domain::failure::Failure;
use domain::form::FieldError;
use domain::resource::Choice;
use domain::sharing::{
    Change, MOST_ACCOUNTS, Rights, ShareForm, ShareResult, SharedImage, SharingView, Table, account, accounts, apply, at, cell, crowded,
    merge, parts,
};
use futures::StreamExt;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Images of one window of the matrix.
const WINDOW: usize = 50;
/// Calls of DescribeImagePermissions at once.
const AT_ONCE: usize = 6;

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

impl Catalogue {
    /// Who may use `image`, one call of DescribeImagePermissions with all its pages.
    async fn permissions(&self, image: String) -> (String, Result<Table, Failure>) {
        let rows = self.all("DescribeImagePermissions", "SharedImagePermissionsList", &json!({"Name": image}), "image").await;
        let table = rows.map(|(rows, _)| {
            let rights = |row: &Value| Rights {
                fleet: row["imagePermissions"]["allowFleet"] == true,
                builder: row["imagePermissions"]["allowImageBuilder"] == true,
            };
            rows.iter().map(|row| (cell(text(row, "sharedAccountId"), &image), rights(row))).collect()
        });
        (image, table)
    }

    /// A window of own images with the accounts that may use them. `query`: `image` for one alone, else `q`, `is` and `from`; `add` for
    /// accounts that get a column.
    pub(in crate::resource) async fn shown_sharing(&self, text_of_query: &str) -> Result<SharingView, Failure> {
        let query = query(text_of_query);
        let (scope, (images, taken)) = (self.scope(), self.images().await?);
        let own = scope.account.0.clone();
        let needle = asked(&query, "q").to_lowercase();
        let named = asked(&query, "image");
        let mut all: Vec<&Value> = images.iter().filter(|i| i["Visibility"] == "PRIVATE").collect();
        if named.is_empty() {
            let hits = |name: &str| needle.split_whitespace().all(|word| name.contains(word));
            all.retain(|i| hits(&text(i, "Name").to_lowercase()));
            // What is shared is what one comes for.
            all.sort_by_key(|i| !is(i, "SHARED_OUT"));
        } else {
            all.retain(|i| text(i, "Name") == named);
            if all.is_empty() {
                return Err(unknown("image", named));
            }
        }
        let out = all.iter().filter(|i| is(i, "SHARED_OUT")).count();
        let choice = |value: &str, label: &str, count| Choice {
            key: "is".into(),
            value: value.into(),
            label: label.into(),
            count,
            ..Choice::default()
        };
        let choices =
            vec![choice("", "All", all.len()), choice("shared", "Shared", out), choice("unshared", "Not shared", all.len() - out)];
        match asked(&query, "is") {
            "shared" => all.retain(|i| is(i, "SHARED_OUT")),
            "unshared" => all.retain(|i| !is(i, "SHARED_OUT")),
            _ => {}
        }
        let matched = all.len();
        let start = asked(&query, "from").parse().unwrap_or(0_usize).min(matched.saturating_sub(1)) / WINDOW * WINDOW;
        let seen: Vec<&Value> = all.into_iter().skip(start).take(WINDOW).collect();
        let shared = seen.iter().filter(|i| is(i, "SHARED_OUT") || !named.is_empty()).map(|i| text(i, "Name").to_owned());
        let asked_for: Vec<String> = shared.collect();
        let answers: Vec<_> = futures::stream::iter(asked_for).map(|image| self.permissions(image)).buffered(AT_ONCE).collect().await;
        let (mut rights, mut failures) = (Table::new(), BTreeMap::new());
        for (image, answer) in answers {
            match answer {
                Ok(table) => rights.extend(table),
                Err(failure) => {
                    failures.insert(image, failure);
                }
            }
        }
        let mut columns: BTreeSet<String> = rights.keys().map(|cell| parts(cell).0.to_owned()).collect();
        columns.extend(accounts(asked(&query, "before"), &own));
        columns.extend(accounts(asked(&query, "add"), &own));
        let wrong = asked(&query, "add").split(',').filter(|typed| !typed.trim().is_empty()).find_map(|typed| account(typed, &own).err());
        let row = |image: &&Value| SharedImage {
            name: text(image, "Name").to_owned(),
            why_not: (image["State"] != "AVAILABLE")
                .then(|| format!("It is {}; only an available image can be shared.", words::value(text(image, "State")).to_lowercase())),
            failure: failures.get(text(image, "Name")).cloned(),
        };
        Ok(SharingView {
            own,
            region: scope.region.0.clone(),
            images: seen.iter().map(row).collect(),
            accounts: columns.into_iter().collect(),
            rights,
            start,
            matched,
            choices,
            wrong,
            taken,
        })
    }

    /// Makes the changes of `form`, each with its own result: one refusal does not stop the others. What is true by now is asked first,
    /// so that sending it twice, or after somebody else, does no more than is still to do.
    pub(in crate::resource) async fn apply_sharing(&self, form: &ShareForm) -> Result<Vec<ShareResult>, Failure> {
        let own = self.scope().account.0;
        let (was, wanted) = form.parse(&own).map_err(Failure::Fields)?;
        let touched: Vec<&String> = wanted.keys().filter(|cell| at(&was, cell) != at(&wanted, cell)).collect();
        if touched.is_empty() {
            return Err(Failure::Fields(vec![FieldError::new("", "Nothing is changed yet.")]));
        }
        self.forget();
        let images: BTreeSet<String> = touched.iter().map(|cell| parts(cell).1.to_owned()).collect();
        let truths: BTreeMap<String, Result<Table, Failure>> =
            futures::stream::iter(images).map(|image| self.permissions(image)).buffered(AT_ONCE).collect().await;
        let (mut results, mut todo) = (vec![], vec![]);
        for cell in touched {
            let (before, after) = (at(&was, cell), at(&wanted, cell));
            match truths.get(parts(cell).1) {
                Some(Ok(truth)) => {
                    let (now, then) = (at(truth, cell), merge(before, after, at(truth, cell)));
                    let change = Change { cell: cell.clone(), was: now, is: then };
                    if now == then {
                        results.push(ShareResult { change, failure: None });
                    } else {
                        todo.push(change);
                    }
                }
                Some(Err(failure)) => {
                    results.push(ShareResult {
                        change: Change { cell: cell.clone(), was: before, is: after },
                        failure: Some(failure.clone()),
                    });
                }
                None => {}
            }
        }
        let unconfirmed = form.unconfirmed(&todo);
        if !unconfirmed.is_empty() {
            return Err(Failure::Fields(unconfirmed));
        }
        let mut then: Table = truths.into_values().flatten().flatten().collect();
        apply(&mut then, &todo);
        if let Some(image) = crowded(&then) {
            let sentence = format!("Image {image} would be shared with more than {MOST_ACCOUNTS} accounts, the most there may be.");
            return Err(Failure::Fields(vec![FieldError::new("", sentence)]));
        }
        for change in todo {
            let failure = self.make(&change).await.err();
            results.push(ShareResult { change, failure });
        }
        self.forget();
        self.watcher.hurry(Watched::Fleets);
        results.sort_by(|a, b| a.change.cell.cmp(&b.change.cell));
        Ok(results)
    }

    async fn make(&self, change: &Change) -> Result<(), Failure> {
        let (account, image) = parts(&change.cell);
        let mut input = json!({"Name": image, "SharedAccountId": account});
        if change.removes() {
            return match self.sdk.invoke("DeleteImagePermissions", &input, "image", image).await {
                // Somebody was faster: it is as wanted.
                Ok(_) | Err(Failure::NotFound { .. }) => Ok(()),
                Err(failure) => Err(failure),
            };
        }
        input["ImagePermissions"] = json!({"allowFleet": change.is.fleet, "allowImageBuilder": change.is.builder});
        self.sdk.invoke("UpdateImagePermissions", &input, "image", image).await.map(drop)
    }
}
