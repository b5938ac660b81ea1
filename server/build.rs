//! Tells the program its commit, and makes sure that the folder of embedded files exists when only the server is compiled.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=APPSTREAM_CONSOLE_COMMIT");
    println!("cargo:rerun-if-changed=../.git/HEAD");
    println!("cargo:rerun-if-changed=../.git/logs/HEAD");
    println!("cargo:rerun-if-changed=migrations");
    let asked = std::env::var("APPSTREAM_CONSOLE_COMMIT").ok().filter(|c| !c.is_empty());
    let commit = asked.or_else(|| {
        let out = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok().filter(|o| o.status.success())?;
        String::from_utf8(out.stdout).ok().map(|t| t.trim().to_owned())
    });
    println!("cargo:rustc-env=COMMIT={}", commit.unwrap_or_else(|| "unknown".to_owned()));
    let site = std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../target/site");
    // A failure shows itself as a missing folder when the files are embedded.
    let _ = std::fs::create_dir_all(site);
}
