//! Account numbers as the design writes them, and where an act takes place.

use crate::live::use_live;
use domain::names::{AccountId, fours};
use leptos::prelude::*;

/// An account number in groups of four by spacing; it is copied as twelve digits.
pub fn account(number: &str) -> AnyView {
    let digits = number.to_owned();
    let groups = fours(&AccountId(digits.clone())).into_iter().map(|four| view! { <span aria-hidden="true">{four}</span> }).collect_view();
    view! { <span class="acct">{groups}<span class="sr-only">{digits}</span></span> }.into_any()
}

/// The account and Region that a dialog acts in, for its foot.
#[component]
pub fn ActsIn() -> impl IntoView {
    let scope = use_live().estate.with_untracked(|e| e.scope.clone());
    view! { <span class="text-12 text-text-3 max-sm:basis-full"><span class="sr-only">"In account "</span>{account(&scope.account.0)}" "{scope.region.0}</span> }.into_any()
}
