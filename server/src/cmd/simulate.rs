//! `simulate`: the embedded AppStream alone.

use super::{Tempo, end_on_signal, listen, loopback, say};
use crate::gateway::embedded::Embedded;
use clap::Args;
use simulator::{Options, Seed};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// The flags of `simulate`.
#[derive(Args, Debug)]
pub struct Simulate {
    /// Loopback address to serve the API and the private controls on
    #[arg(long, env = "APPSTREAM_CONSOLE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// What it begins with: empty, demo or large
    #[arg(long, env = "APPSTREAM_CONSOLE_SEED", default_value = "empty")]
    seed: Seed,
    /// File that keeps every change, so that a restart goes on where it was; without it all is in memory
    #[arg(long, env = "APPSTREAM_CONSOLE_STATE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    tempo: Tempo<1>,
}

impl Simulate {
    /// Serves until a signal ends it.
    pub async fn run(self) -> Result<(), String> {
        let listener = listen(loopback(self.listen, "--listen")?, "--listen").await?;
        let address = listener.local_addr().map_err(|e| format!("The address is not known: {e}."))?;
        let options = Options {
            seed: self.seed,
            pace: self.tempo.pace,
            haste: self.tempo.haste,
            rng_seed: 1,
            public_base: Some(format!("http://{address}")),
        };
        let (embedded, begun) = match &self.state {
            None => (Embedded::new(options), format!("seed {}, in memory", self.seed)),
            Some(file) => {
                let (embedded, continued) = Embedded::open(options, file).await?;
                let how = if continued { "as it was, from".to_owned() } else { format!("seed {}, kept in", self.seed) };
                (embedded, format!("{how} {}", file.display()))
            }
        };
        say(&format!("AppStream simulator on http://{address} ({begun}). Controls under /_simulator/."));
        let end = CancellationToken::new();
        end_on_signal(end.clone());
        embedded.serve(listener, end).await;
        Ok(())
    }
}
