use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn field(path: &str, entry: Entry) -> Field {
    Field {
        path: path.to_owned(),
        label: path.to_owned(),
        help: String::new(),
        entry,
        value: String::new(),
        need: Need::No,
        limit: Limit::default(),
        only: vec![],
        picks: vec![],
        row: String::new(),
        when: When::Always,
        clear: Clear::Never,
    }
}

fn form(fields: Vec<Field>) -> FormView {
    FormView {
        title: String::new(),
        list: String::new(),
        consequence: String::new(),
        groups: vec![Group { title: String::new(), help: String::new(), fields }],
        submit: String::new(),
        danger: false,
        confirm: String::new(),
        back: String::new(),
        operation: String::new(),
        edits: false,
        clears: vec![],
        locked: vec![],
        blockers: vec![],
        checks: String::new(),
        preview: None,
    }
}

fn entries(pairs: &[(&str, &str)]) -> Entries {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn any(_: &str, _: &str) -> bool {
    true
}

fn refused(form: &FormView, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    parse(form, &entries(pairs), &any).expect_err("refused").into_iter().map(|e| (e.field, e.message)).collect()
}

#[test]
fn entries_become_the_request_that_is_meant() {
    let f = form(vec![
        field("Name", Entry::Text),
        field("Capacity.Desired", Entry::Number),
        field("Idle", Entry::Seconds),
        field("Script", Entry::S3),
        field("Subnets.Ids", Entry::Lines),
        field("Tags", Entry::Pairs),
        field("On", Entry::Flag),
        field("Kinds", Entry::Many(vec![("A".into(), "a".into()), ("B".into(), "b".into())])),
        field("Rows.0.Key", Entry::Text),
        field("Rows.1.Key", Entry::Text),
        field("Rows.2.Key", Entry::Text),
        field("Settings.0.Action", Entry::Key("COPY".into())),
        field("Settings.0.Permission", Entry::Text),
        field("Settings.1.Action", Entry::Key("PASTE".into())),
        field("Settings.1.Permission", Entry::Text),
    ]);
    let typed = [
        ("Name", " desk "),
        ("Capacity.Desired", "1,200"),
        ("Idle", "2 m"),
        ("Script", "s3://bucket/a/b.ps1"),
        ("Subnets.Ids", "subnet-a\n\n subnet-b "),
        ("Tags", "team=desk\nnote="),
        ("On", "false"),
        ("Kinds:B", "B"),
        ("Rows.0.Key", "first"),
        ("Rows.1.Key", "  "),
        ("Rows.2.Key", "third"),
        ("Settings.1.Permission", "ENABLED"),
    ];
    assert_eq!(
        Value::Object(parse(&f, &entries(&typed), &any).expect("good")),
        json!({"Name": "desk", "Capacity": {"Desired": 1200}, "Idle": 120, "Script": {"S3Bucket": "bucket", "S3Key": "a/b.ps1"},
            "Subnets": {"Ids": ["subnet-a", "subnet-b"]}, "Tags": {"team": "desk", "note": ""}, "On": false, "Kinds": ["B"],
            "Rows": [{"Key": "first"}, {"Key": "third"}], "Settings": [{"Action": "PASTE", "Permission": "ENABLED"}]})
    );
}

#[test]
fn what_is_wrong_is_told_at_its_field() {
    let with = |f: Field, limit: Limit| Field { limit, ..f };
    let f = form(vec![
        Field { need: Need::Yes, ..field("Name", Entry::Text) },
        with(field("Short", Entry::Text), Limit { max: Some(3), ..Limit::default() }),
        with(field("Wait", Entry::Seconds), Limit { min: Some(60), max: Some(36_000), also: Some(0), ..Limit::default() }),
        with(field("Few", Entry::Lines), Limit { items: (None, Some(2)), ..Limit::default() }),
        field("N", Entry::Number),
        field("Place", Entry::S3),
        field("Tags", Entry::Pairs),
        field("Pick", Entry::Choice(vec![("A".into(), "a".into())])),
        Field { need: Need::With("Pair".into()), ..field("Pair.Left", Entry::Text) },
        field("Pair.Right", Entry::Text),
    ]);
    for (path, typed, word) in [
        ("Short", "abcd", "at most 3 characters; this has 4"),
        ("Wait", "10", "1 m to 10 h; 10 s is outside"),
        ("Wait", "soon", "“soon”"),
        ("Few", "a\nb\nc", "at most 2; these are 3"),
        ("N", "many", "whole number"),
        ("N", "99999999999", "too large"),
        ("Place", "bucket/key", "s3://"),
        ("Place", "s3://B/key", "small letters"),
        ("Tags", "no equals", "key=value"),
        ("Tags", "aws:x=1", "belong to AWS"),
        ("Tags", "a=1\na=2", "twice"),
        ("Pick", "<script>", "Choose one"),
    ] {
        let all = refused(&f, &[("Name", "x"), (path, typed)]);
        assert!(all.len() == 1 && all[0].0 == path && all[0].1.contains(word), "{all:?}");
    }
    assert_eq!(
        refused(&f, &[("Pair.Right", "r")]),
        [("Name".into(), "Fill this in.".into()), ("Pair.Left".into(), "Fill this in.".into())]
    );
    assert!(parse(&f, &entries(&[("Name", "x"), ("Wait", "never")]), &any).is_ok());
    let patterned = form(vec![with(field("P", Entry::Text), Limit { pattern: r"^\d+$".into(), ..Limit::default() })]);
    let digits = |_: &str, text: &str| text.chars().all(|c| c.is_ascii_digit());
    assert_eq!(parse(&patterned, &entries(&[("P", "1a")]), &digits).expect_err("letters")[0].message, "Enter digits only.");
}

#[test]
fn a_field_that_does_not_apply_is_refused_with_the_reason_and_left_out() {
    let kinds = Entry::Choice(vec![("ON".into(), "Always-On".into()), ("EL".into(), "Elastic".into())]);
    let f = form(vec![
        Field { label: "Type".into(), ..field("Type", kinds) },
        Field { need: Need::Yes, only: vec![Only::Is("Type".into(), vec!["EL".into()])], ..field("Most", Entry::Number) },
        Field { only: vec![Only::Filled("Most".into(), false)], ..field("Desired", Entry::Number) },
    ]);
    assert_eq!(
        Value::Object(parse(&f, &entries(&[("Type", "ON"), ("Desired", "2")]), &any).expect("good")),
        json!({"Type": "ON", "Desired": 2})
    );
    assert_eq!(refused(&f, &[("Type", "EL")]), [("Most".into(), "Fill this in.".into())]);
    let told = refused(&f, &[("Type", "ON"), ("Most", "5")]);
    assert_eq!(told[0], ("Most".into(), "This applies only when “Type” is Elastic. Leave it blank.".into()));
}

#[test]
fn an_edit_sends_only_what_changed_and_clears_on_purpose() {
    let f = FormView {
        edits: true,
        clears: vec![("Network".into(), Clear::Attribute("NETWORK".into())), ("Note".into(), Clear::Blank), ("Size".into(), Clear::Never)],
        ..form(vec![
            Field { value: "old".into(), ..field("Note", Entry::Text) },
            Field { value: "5".into(), ..field("Size", Entry::Number) },
            Field { value: "a\nb".into(), ..field("Network.Subnets", Entry::Lines) },
            Field { value: "g".into(), clear: Clear::Attribute("GROUPS".into()), ..field("Network.Groups", Entry::Lines) },
            field("Secret", Entry::Password),
        ])
    };
    let with = |over: &[(&str, &str)]| {
        let mut all = f.standing();
        all.extend(entries(over));
        parse(&f, &all, &any).map(Value::Object).map_err(|e| e[0].message.clone())
    };
    assert_eq!(with(&[]), Err("Nothing was changed.".into()));
    assert_eq!(with(&[("Note", "new")]), Ok(json!({"Note": "new"})));
    assert_eq!(with(&[("Note", "")]), Ok(json!({"Note": ""})));
    assert!(with(&[("Size", "")]).is_err_and(|e| e.contains("cannot clear")));
    assert_eq!(with(&[("Network.Subnets", "a\nc")]), Ok(json!({"Network": {"Subnets": ["a", "c"], "Groups": ["g"]}})));
    assert_eq!(with(&[("Network.Groups", "")]), Ok(json!({"Network": {"Subnets": ["a", "b"]}, "AttributesToDelete": ["GROUPS"]})));
    assert_eq!(with(&[("Network.Subnets", ""), ("Network.Groups", "")]), Ok(json!({"AttributesToDelete": ["NETWORK"]})));
    assert_eq!(with(&[("Secret", "s")]), Ok(json!({"Secret": "s"})));
    let told = changes(&f, &{
        let mut all = f.standing();
        all.extend(entries(&[("Note", ""), ("Secret", "hunter2")]));
        all
    });
    assert_eq!(told.len(), 2);
    assert!((told[0].was.as_str(), told[0].is.as_str()) == ("old", "") && !format!("{told:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn nothing_that_is_typed_brings_it_down(texts in proptest::collection::vec(".{0,60}", 12)) {
        let all = [Entry::Text, Entry::Long, Entry::Lines, Entry::Pairs, Entry::Number, Entry::Seconds, Entry::S3, Entry::Password, Entry::Flag,
            Entry::Choice(vec![("A".into(), "a".into())]), Entry::Many(vec![("A".into(), "a".into())]), Entry::Switch("ON".into())];
        let fields: Vec<Field> = all.into_iter().enumerate().map(|(i, e)| field(&format!("M{i}.0.X"), e)).collect();
        let f = form(fields);
        let typed: Entries = texts.iter().enumerate().map(|(i, t)| (format!("M{i}.0.X"), t.clone())).collect();
        let _ = parse(&f, &typed, &any);
        let _ = changes(&f, &typed);
    }

    #[test]
    fn what_stands_in_a_form_is_no_change(text in "[a-z ]{0,12}", number in 0_i64..100_000) {
        let f = FormView { edits: true, ..form(vec![
            Field { value: text, ..field("A", Entry::Text) },
            Field { value: crate::time::seconds_words(number), ..field("B", Entry::Seconds) },
        ]) };
        prop_assert!(changes(&f, &f.standing()).is_empty());
    }
}

#[test]
fn pairs_that_are_there_already_count_towards_the_limit() {
    let mut tags = field("Tags", Entry::Pairs);
    tags.limit.items = (Some(1), Some(50));
    tags.picks = (0..49).map(|n| (format!("k{n}"), String::new())).collect();
    let f = form(vec![tags]);
    assert!(parse(&f, &entries(&[("Tags", "new=1")]), &any).is_ok());
    assert!(parse(&f, &entries(&[("Tags", "new=1\nk3=2\nk4=2")]), &any).is_ok(), "equal keys are overwritten");
    assert!(refused(&f, &[("Tags", "new=1\nother=2")])[0].1.contains("51 would be there"));
}

#[test]
fn a_password_that_was_entered_is_never_printed() {
    let pairs =
        [("ServiceAccountCredentials.AccountPassword", "hunter2"), ("DirectoryName", "corp.example"), ("SessionContext", "hunter2")];
    let entries: Entries = pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect();
    let printed = format!("{entries:?}");
    assert!(printed.contains("corp.example") && !printed.contains("hunter2"), "{printed}");
    assert_eq!(serde_json::from_str::<Entries>(&serde_json::to_string(&entries).unwrap()).unwrap(), entries, "the wire has it");
}
