//! `audit`: checks the audit, and writes it to a file, while the console runs or not.

use super::{say, serve::default_folder};
use crate::audit::chain::{Mark, verify};
use crate::audit::read::Filter;
use crate::audit::{Store, export};
use crate::store;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The flags of `audit`.
#[derive(Args, Debug)]
pub struct Audit {
    /// Folder of the database [default: appstream-console in the user's data folder]
    #[arg(long, global = true, env = "APPSTREAM_CONSOLE_DATA_DIR")]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Checks that no record was changed, taken out or put in; exit status 2 if one was
    Verify {
        /// A mark, NUMBER:HASH, that was noted elsewhere (verify prints one; the stream has them): it must lie on the chain
        #[arg(long, value_name = "NUMBER:HASH", value_parser = mark)]
        noted: Vec<Mark>,
    },
    /// Writes every record to standard output
    Export {
        /// As what
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Lines of JSON, with the hashes
    #[default]
    Jsonl,
    /// A table
    Csv,
}

fn mark(text: &str) -> Result<Mark, String> {
    Mark::parse(text).ok_or_else(|| "a mark is a number, a colon and 64 hexadecimal digits, such as verify prints".to_owned())
}

impl Audit {
    /// Does what is asked. The error is a sentence.
    pub async fn run(self) -> Result<(), String> {
        let folder = self.data_dir.clone().map_or_else(default_folder, Ok)?;
        let pool = store::open_to_read(&folder).await?;
        match self.what {
            What::Verify { noted } => {
                let newest = verify(&pool, &noted).await?;
                say(&format!("The audit is whole: {} records. The newest is {newest}", newest.seq));
            }
            What::Export { format } => {
                let (head, line): (String, fn(&crate::audit::Row) -> String) = match format {
                    Format::Jsonl => (String::new(), export::json),
                    Format::Csv => (export::head(), export::line),
                };
                let (audit, filter) = (Store::new(pool), Filter::default());
                let mut text = head;
                let mut after = 0;
                loop {
                    let rows = audit.after(&filter, after).await.map_err(|e| format!("The audit cannot be read: {e}."))?;
                    text.extend(rows.iter().map(line));
                    if !text.is_empty() {
                        say(text.trim_end());
                        text.clear();
                    }
                    let Some(last) = rows.last() else { return Ok(()) };
                    after = last.seq;
                }
            }
        }
        Ok(())
    }
}
