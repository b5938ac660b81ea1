use super::*;
use proptest::prelude::*;

const OWN: &str = "111122223333";
const FLEETS: Rights = Rights { fleet: true, builder: false };
const BOTH: Rights = Rights { fleet: true, builder: true };

fn table(cells: &[(&str, Rights)]) -> Table {
    cells.iter().map(|(cell, rights)| ((*cell).to_owned(), *rights)).collect()
}

#[test]
fn an_account_number_has_twelve_digits_however_they_are_typed_and_is_not_the_own_one() {
    for typed in ["444455556666", "4444 5555 6666", " 4444-5555-6666 ", "4444\u{a0}5555\u{a0}6666"] {
        assert_eq!(account(typed, OWN), Ok("444455556666".to_owned()), "{typed}");
    }
    for (typed, word) in [
        ("4444 5555 666", "this has 11"),
        ("4444 5555 6666 7", "this has 13"),
        ("4444 5555 666x", "digits only"),
        ("٤٤٤٤٥٥٥٥٦٦٦٦", "digits only"),
        ("", "Enter"),
        ("1111 2222 3333", "owns"),
    ] {
        let sentence = account(typed, OWN).expect_err(typed);
        assert!(sentence.contains(word), "{typed}: {sentence}");
    }
    assert_eq!(accounts("444455556666,1111,111122223333,444455556666,777788889999", OWN), ["444455556666", "777788889999"]);
}

#[test]
fn changes_are_counted_told_and_made_with_a_call_each() {
    let was = table(&[("a444455556666:gold", BOTH), ("a777788889999:gold", FLEETS)]);
    let wanted = table(&[("a444455556666:gold", Rights { fleet: false, builder: true }), ("a222233334444:gold", FLEETS)]);
    let changes = diff(&was, &wanted);
    assert_eq!(summary(&changes), "1 to add, 1 to change, 1 to remove");
    assert_eq!(summary(&[]), "");
    assert_eq!(
        losing(&changes),
        [("444455556666".to_owned(), vec!["gold".to_owned()]), ("777788889999".to_owned(), vec!["gold".to_owned()])]
    );
    let said: Vec<(String, String)> = calls(&changes).into_iter().map(|c| (c.operation, c.input)).collect();
    let said: Vec<(&str, &str)> = said.iter().map(|(o, i)| (o.as_str(), i.as_str())).collect();
    assert_eq!(
        said,
        [
            (
                "UpdateImagePermissions",
                r#"{"ImagePermissions":{"allowFleet":true,"allowImageBuilder":false},"Name":"gold","SharedAccountId":"222233334444"}"#
            ),
            (
                "UpdateImagePermissions",
                r#"{"ImagePermissions":{"allowFleet":false,"allowImageBuilder":true},"Name":"gold","SharedAccountId":"444455556666"}"#
            ),
            ("DeleteImagePermissions", r#"{"Name":"gold","SharedAccountId":"777788889999"}"#),
        ]
    );
}

#[test]
fn taking_the_right_for_fleets_asks_for_the_number_of_each_account() {
    let changes = diff(&table(&[("a444455556666:gold", BOTH), ("a777788889999:gold", BOTH)]), &Table::new());
    let confirm = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| (confirm_field(k), (*v).to_owned())).collect();
    let form = |pairs: &[(&str, &str)]| ShareForm::of(&changes, confirm(pairs));
    assert_eq!(form(&[]).unconfirmed(&changes).len(), 2);
    let left = form(&[("444455556666", "4444 5555 6666"), ("777788889999", "no")]).unconfirmed(&changes);
    assert_eq!(left, [FieldError::new("account-777788889999", "Type 777788889999 to confirm.")]);
    assert!(form(&[("444455556666", "444455556666"), ("777788889999", "777788889999")]).unconfirmed(&changes).is_empty());
    // Image builders that exist are left alone: nothing is asked.
    let builders = diff(&table(&[("a444455556666:gold", BOTH)]), &table(&[("a444455556666:gold", FLEETS)]));
    assert!(ShareForm::of(&builders, BTreeMap::new()).unconfirmed(&builders).is_empty());
}

#[test]
fn a_plain_form_adds_an_account_and_clears_by_empty_boxes() {
    let mut form = ShareForm { image: "gold".into(), add: "2222 3333 4444".into(), ..ShareForm::default() };
    form.was.insert("a444455556666:gold".into(), "fb".into());
    let (was, wanted) = form.parse(OWN).unwrap();
    let changes = diff(&was, &wanted);
    assert_eq!(
        changes.iter().map(|c| (c.cell.as_str(), c.is)).collect::<Vec<_>>(),
        [("a222233334444:gold", FLEETS), ("a444455556666:gold", Rights::NONE)]
    );
    form.add = "4444 5555 6666".into();
    assert_eq!(form.parse(OWN).unwrap_err()[0].field, "add");
    form.add = "1".into();
    assert!(form.parse(OWN).unwrap_err()[0].message.contains("this has 1"));
    form.add.clear();
    form.was.insert("a12:gold".into(), String::new());
    assert!(form.parse(OWN).is_err());
}

#[test]
fn an_image_has_at_most_a_hundred_accounts() {
    let mut form = ShareForm { image: "gold".into(), ..ShareForm::default() };
    for n in 0..MOST_ACCOUNTS {
        let cell = cell(&(200_000_000_000_u64 + n as u64).to_string(), "gold");
        form.was.insert(cell.clone(), "f".into());
        form.fleet.insert(cell, "true".into());
    }
    assert!(form.parse(OWN).is_ok());
    form.add = "444455556666".into();
    assert!(form.parse(OWN).unwrap_err()[0].message.contains("more than 100"));
}

#[test]
fn what_others_changed_meanwhile_stays() {
    let builder = Rights { fleet: false, builder: true };
    // Somebody else gave the builder right while the fleet right was ticked here: both.
    assert_eq!(merge(Rights::NONE, FLEETS, builder), BOTH);
    // Done already, or sent twice: nothing more to do.
    assert_eq!(merge(Rights::NONE, FLEETS, FLEETS), FLEETS);
    assert_eq!(merge(BOTH, Rights::NONE, Rights::NONE), Rights::NONE);
    // Not touched here: as it is.
    assert_eq!(merge(FLEETS, FLEETS, Rights::NONE), Rights::NONE);
}

fn rights() -> impl Strategy<Value = Rights> {
    (any::<bool>(), any::<bool>()).prop_map(|(fleet, builder)| Rights { fleet, builder })
}

fn tables() -> impl Strategy<Value = Table> {
    let cell = (0_u64..6, "[a-c]").prop_map(|(n, image)| cell(&(222_233_334_440 + n).to_string(), &image));
    proptest::collection::btree_map(cell, rights(), 0..12)
}

/// Without the cells that hold no right.
fn shared(table: &Table) -> Table {
    table.iter().filter(|(_, rights)| **rights != Rights::NONE).map(|(k, v)| (k.clone(), *v)).collect()
}

proptest! {
    #[test]
    fn applying_the_difference_gives_what_is_wanted(was in tables(), wanted in tables()) {
        let mut table = was.clone();
        apply(&mut table, &diff(&was, &wanted));
        prop_assert_eq!(shared(&table), shared(&wanted));
        prop_assert!(diff(&table, &wanted).is_empty());
    }

    #[test]
    fn a_form_says_what_was_staged_and_survives_the_session(was in tables(), wanted in tables()) {
        let changes = diff(&was, &wanted);
        let form = ShareForm::of(&changes, BTreeMap::new());
        let (was, wanted) = form.parse(OWN).unwrap();
        prop_assert_eq!(diff(&was, &wanted), changes);
        prop_assert_eq!(ShareForm::from_entries(&form.entries()), form);
    }

    #[test]
    fn sent_twice_nothing_is_left_to_do(was in rights(), wanted in rights(), truth in rights()) {
        let once = merge(was, wanted, truth);
        prop_assert_eq!(merge(was, wanted, once), once);
        prop_assert_eq!(Rights::from_code(was.code()), was);
    }
}
