//! Backup and restore by the program itself, over a console that runs.

use crate::program::{Running, program, refused};
use crate::support::PASSWORD;
use std::path::Path;

fn run(args: &[&str], folder: &Path) -> std::process::Output {
    program().args(args).arg("--data-dir").arg(folder).output().unwrap()
}

fn said(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_backup_of_a_running_console_is_restored_and_the_audit_stays_whole() {
    let place = tempfile::tempdir().unwrap();
    let (folder, copy, other) = (place.path().join("data"), place.path().join("copy.sqlite"), place.path().join("other"));
    let (running, _) = Running::start(&folder, Some(PASSWORD));
    let cookie = running.sign_in(PASSWORD);
    assert!(cookie.contains("__Host-sid="));
    let whole = said(&run(&["audit", "verify"], &folder));
    assert!(whole.starts_with("The audit is whole: 1 records. The newest is 1:"), "{whole}");
    let mark = whole.trim().rsplit(' ').next().unwrap().to_owned();
    let told = said(&run(&["backup", copy.to_str().unwrap()], &folder));
    assert!(told.contains("The copy is") && told.contains(&mark), "{told}");
    assert!(refused(&run(&["backup", copy.to_str().unwrap()], &folder)).contains("exists"));
    assert!(refused(&run(&["restore", copy.to_str().unwrap()], &folder)).contains("A console runs on"));

    // What happens after the backup is not in it.
    running.sign_in("wrong");
    drop(running);
    let after = said(&run(&["audit", "export", "--format", "csv"], &folder));
    assert_eq!(after.lines().count(), 3, "{after}");
    for target in [&folder, &other] {
        let told = said(&run(&["restore", copy.to_str().unwrap()], target));
        assert!(told.contains("is restored") && told.contains("What was there before is in"), "{told}");
        let all = said(&run(&["audit", "export"], target));
        assert!(all.lines().count() == 2 && all.contains("\"action\":\"restore\""), "{all}");
        said(&run(&["audit", "verify", "--noted", &mark], target));
        let (running, banner) = Running::start(target, None);
        assert!(banner.contains("as set at an earlier start"), "{banner}");
        assert!(running.sign_in(PASSWORD).contains("__Host-sid="), "accounts are back");
        let line = cookie.lines().find_map(|l| l.strip_prefix("set-cookie: ")).unwrap().split(';').next().unwrap().to_owned();
        let request = format!("GET /fleets HTTP/1.1\r\nhost: x\r\ncookie: {line}\r\nconnection: close\r\n\r\n");
        assert!(running.ask(&request, "\r\n\r\n").0.contains(" 303 "), "nobody is signed in by a backup");
    }
}

#[test]
fn what_is_no_backup_is_refused_and_a_changed_record_is_found() {
    let place = tempfile::tempdir().unwrap();
    let (folder, copy) = (place.path().join("data"), place.path().join("copy.sqlite"));
    drop(Running::start(&folder, Some(PASSWORD)).0.sign_in(PASSWORD));
    assert!(refused(&run(&["restore", place.path().to_str().unwrap()], &folder)).contains("There is no file"));
    assert!(refused(&run(&["audit", "verify"], place.path())).contains("There is no console’s database"));
    assert!(refused(&run(&["audit", "verify", "--noted", "7:00"], &folder)).to_lowercase().contains("mark"));
    let lock = folder.join("console.lock");
    assert!(refused(&run(&["restore", lock.to_str().unwrap()], &folder)).contains("is no console’s database"), "an empty file");
    said(&run(&["backup", copy.to_str().unwrap()], &folder));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let file = format!("sqlite://{}", copy.display());
        let pool = sqlx::SqlitePool::connect(&file).await.unwrap();
        sqlx::raw_sql("drop trigger audit_stays; update audit set record = replace(record, 'admin', 'other')")
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
    });
    assert!(refused(&run(&["restore", copy.to_str().unwrap()], &folder)).contains("Record 1 is not what was written"));
    said(&run(&["audit", "verify"], &folder));
}
