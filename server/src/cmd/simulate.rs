//! `simulate`: the embedded AppStream alone.

use super::{Tempo, end_on_signal, listen, loopback, say};
use crate::gateway::embedded::Embedded;
use clap::Args;
use simulator::{Options, Seed};
use std::net::SocketAddr;
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
        say(&format!("AppStream simulator on http://{address} (seed {}). Controls under /_simulator/.", self.seed));
        let end = CancellationToken::new();
        end_on_signal(end.clone());
        Embedded::new(options).serve(listener, end).await;
        Ok(())
    }
}
