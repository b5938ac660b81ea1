//! `serve`: the console.

use super::oidc::Oidc;
use super::{Hidden, Tempo, end_on_signal, factor, listen, loopback, say};
use crate::audit::{self, follow::Receiver};
use crate::door::seal::Seal;
use crate::door::{FIRST, FirstPassword, LocalDoor};
use crate::gateway::clock::AwsClock;
use crate::gateway::embedded::Embedded;
use crate::gateway::gate::{Gate, Limits};
use crate::gateway::{Sdk, SessionTypes, client};
use crate::history;
use crate::http::sessions::{self, Limits as SignInLimits};
use crate::http::surface::Proxies;
use crate::http::{self, AppState};
use crate::jobs::{Jobs, hands::Hands};
use crate::metrics::{Metrics, Requests};
use crate::poll::Watcher;
use crate::resource::Catalogue;
use crate::{store, submitted};
use clap::Args;
use domain::account::MIN_PASSWORD;
use domain::names::Scope;
use domain::operator::Source;
use ipnet::IpNet;
use simulator::{Options, Seed};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The flags of `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// Address to serve the console on
    #[arg(long, env = "APPSTREAM_CONSOLE_LISTEN", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Address to serve figures for Prometheus on, at /metrics; whoever reaches it reads them, so keep it inside
    #[arg(long, env = "APPSTREAM_CONSOLE_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
    /// Folder of the database [default: appstream-console in the user's data folder]
    #[arg(long, env = "APPSTREAM_CONSOLE_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// What the embedded AppStream begins with: demo, empty or large
    #[arg(long, env = "APPSTREAM_CONSOLE_SEED", default_value = "demo")]
    seed: Seed,
    /// Loopback address on which other clients reach the embedded AppStream and its private controls
    #[arg(long, env = "APPSTREAM_CONSOLE_SIMULATOR_LISTEN", conflicts_with = "aws")]
    simulator_listen: Option<SocketAddr>,
    #[command(flatten)]
    tempo: Tempo<60>,
    /// Use AWS, with the SDK's default credential chain, instead of the embedded AppStream
    #[arg(long, env = "APPSTREAM_CONSOLE_AWS")]
    aws: bool,
    /// Region to watch [default: that of the AWS profile or environment]
    #[arg(long, env = "APPSTREAM_CONSOLE_REGION", requires = "aws")]
    region: Option<String>,
    /// Ask this URL instead of AWS's own endpoint
    #[arg(long, env = "APPSTREAM_CONSOLE_ENDPOINT_URL", requires = "aws")]
    endpoint_url: Option<String>,
    /// Calls a second that AppStream gets at most, repeats included; halved while it throttles
    #[arg(long, env = "APPSTREAM_CONSOLE_CALLS_PER_SECOND", default_value_t = 4.0, value_parser = factor)]
    calls_per_second: f64,
    /// How sessions of all sign-in types are asked for: in one call without a type, or in one call for each
    #[arg(long, env = "APPSTREAM_CONSOLE_SESSION_TYPES", value_enum, default_value_t)]
    session_types: SessionTypes,
    /// Network of a proxy in front, such as 10.0.0.0/8 or 192.0.2.7/32: its X-Forwarded-For and X-Forwarded-Proto are believed
    #[arg(long, env = "APPSTREAM_CONSOLE_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',', value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    /// Write each record of the audit to standard output, as a line of JSON
    #[arg(long, env = "APPSTREAM_CONSOLE_AUDIT_STDOUT")]
    audit_stdout: bool,
    /// Send each record of the audit to this URL: POSTs of JSON lines, tried again until they are taken
    #[arg(long, env = "APPSTREAM_CONSOLE_AUDIT_WEBHOOK")]
    audit_webhook: Option<String>,
    /// A sign-in ends after so many minutes in which nobody did anything
    #[arg(long, env = "APPSTREAM_CONSOLE_IDLE_MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_080))]
    idle_minutes: u32,
    /// A sign-in ends so many minutes after it began, whatever happens
    #[arg(long, env = "APPSTREAM_CONSOLE_SIGN_IN_MINUTES", default_value_t = 720, value_parser = clap::value_parser!(u32).range(1..=43_200))]
    sign_in_minutes: u32,
    /// Password of the first administrator; without it one is made and printed once
    #[arg(long, env = "APPSTREAM_CONSOLE_ADMIN_PASSWORD", hide_env_values = true, hide = true)]
    admin_password: Option<Hidden>,
    #[command(flatten)]
    oidc: Oidc,
}

/// A network, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<std::net::IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(one).ok_or_else(|| "give an address or a network, such as 10.0.0.0/8".to_owned())
}

/// Where data goes when nobody says.
pub(super) fn default_folder() -> Result<PathBuf, String> {
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/share"));
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|p| p.is_absolute()).or_else(home);
    base.map(|b| b.join("appstream-console")).ok_or_else(|| "There is no home folder to keep data in. Name one with --data-dir.".to_owned())
}

impl Serve {
    /// Serves until a signal ends it.
    pub async fn run(self) -> Result<(), String> {
        let end = CancellationToken::new();
        let listener = listen(self.listen, "--listen").await?;
        let address = listener.local_addr().map_err(|e| format!("The address is not known: {e}."))?;
        let folder = self.data_dir.clone().map_or_else(default_folder, Ok)?;
        let pool = store::open(&folder).await?;
        let _held = super::backup::hold(&folder)?;
        let minutes = |n: u32| std::time::Duration::from_secs(u64::from(n) * 60);
        let limits = SignInLimits { idle: minutes(self.idle_minutes), most: minutes(self.sign_in_minutes) };
        let sign_ins = sessions::Store::new(pool.clone(), limits);
        let door = LocalDoor::new(pool.clone(), sign_ins.clone(), Seal::open(&folder)?)?;
        let door = door.with_single_sign_on(self.oidc.provider()?);
        let clock = AwsClock::default();
        let limits = if self.aws { Limits::aws(self.calls_per_second) } else { Limits::embedded(self.calls_per_second) };
        let gate = Gate::new(limits);
        // Both take most of the start: a password is hashed, an estate is read or made.
        let given = self.admin_password.as_ref().map(Hidden::reveal).filter(|p| !p.is_empty());
        if let Some(length) = given.map(|p| p.chars().count()).filter(|n| *n < MIN_PASSWORD) {
            return Err(format!(
                "APPSTREAM_CONSOLE_ADMIN_PASSWORD has {length} characters; a password has at least {MIN_PASSWORD}. Choose a longer one."
            ));
        }
        let (first, appstream) = tokio::join!(door.first(given), self.appstream(&folder, &clock, &gate, &end));
        let (first, (client, scope, source, told)) = (first?, appstream?);
        let sdk = Sdk::new(client, clock, gate.clone(), self.session_types).strict();
        let gateway = Arc::new(sdk.clone());
        let watcher = Watcher::start(gateway.clone(), scope, end.clone());
        let history = history::Store(pool.clone());
        history.record(watcher.hub(), watcher.hub().estate().scope.clone(), end.clone());
        let resources = Arc::new(Catalogue::new(sdk, watcher.clone()));
        let audit = audit::Store::new(pool.clone());
        let jobs = Jobs::new(pool.clone());
        let submitted = Arc::new(submitted::Store(pool.clone()));
        let hands = Hands { gateway: gateway.clone(), many: resources.clone(), watch: Arc::new(watcher.clone()) };
        jobs.work(hands, Arc::new(audit.clone()), end.clone());
        self.send_on(&audit, &end)?;
        let door = Arc::new(door);
        let kept = Arc::new(audit.clone());
        let history = Arc::new(history);
        let parts = http::parts(gateway, &watcher, resources, history, kept, Arc::new(jobs), submitted, door.clone(), source);
        let requests = Requests::default();
        if let Some(address) = self.metrics_listen {
            let listener = listen(address, "--metrics-listen").await?;
            let metrics = Metrics::new(watcher.clone(), gate, &requests, pool);
            tokio::spawn(http::serve(listener, metrics.router(), end.clone()));
        }
        let state = AppState {
            options: http::leptos_options(),
            parts,
            audit,
            watcher,
            proxies: Proxies::new(&self.trusted_proxy),
            door,
            sign_ins,
            requests,
            end: end.clone(),
        };
        let router = http::router(state);
        let password = match first {
            FirstPassword::Given => "as given in APPSTREAM_CONSOLE_ADMIN_PASSWORD".to_owned(),
            FirstPassword::Made(password) => format!("{}   (shown once; it is changed when you first sign in)", password.reveal()),
            FirstPassword::Kept => {
                format!("as set at an earlier start (data in {}); APPSTREAM_CONSOLE_ADMIN_PASSWORD=… sets another", folder.display())
            }
        };
        say(&format!(
            "AppStream Console {}\n  address    http://{address}\n  user name  {FIRST}\n  password   {password}\n  AppStream  {told}",
            crate::VERSION
        ));
        end_on_signal(end.clone());
        let served = tokio::spawn(http::serve(listener, router, end.clone()));
        end.cancelled().await;
        // Streams end by the token; a request that hangs is not waited for.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(3), served).await;
        Ok(())
    }

    /// Sends the audit where the flags say.
    fn send_on(&self, audit: &audit::Store, end: &CancellationToken) -> Result<(), String> {
        if self.audit_stdout {
            tokio::spawn(audit.clone().follow(Receiver::Stdout, end.clone()));
        }
        if let Some(url) = &self.audit_webhook {
            let connector = client::connector(url).map_err(|e| format!("--audit-webhook cannot be used. {e}"))?;
            tokio::spawn(audit.clone().follow(Receiver::Webhook(url.clone(), connector), end.clone()));
        }
        Ok(())
    }

    async fn appstream(
        &self,
        folder: &std::path::Path,
        clock: &AwsClock,
        gate: &Gate,
        end: &CancellationToken,
    ) -> Result<(aws_sdk_appstream::Client, Scope, Source, String), String> {
        if self.aws {
            let (client, scope) = client::aws(self.region.as_deref(), self.endpoint_url.as_deref(), clock, gate).await?;
            let told = format!("{} in account {}, {}", self.endpoint_url.as_deref().unwrap_or("AWS"), scope.account, scope.region);
            return Ok((client, scope, Source::Aws, told));
        }
        let listener = match self.simulator_listen {
            Some(address) => Some(listen(loopback(address, "--simulator-listen")?, "--simulator-listen").await?),
            None => None,
        };
        let address = listener.as_ref().and_then(|l| l.local_addr().ok());
        let options = Options {
            seed: self.seed,
            pace: self.tempo.pace,
            haste: self.tempo.haste,
            rng_seed: 1,
            public_base: address.map(|a| format!("http://{a}")),
        };
        // A file for each seed: going from one to the other loses neither.
        let (embedded, continued) = Embedded::open(options, &folder.join(format!("appstream-{}.sqlite", self.seed))).await?;
        let scope = Scope::new(simulator::universe::DEFAULT_ACCOUNT, simulator::universe::DEFAULT_REGION);
        let client = client::embedded(&embedded, &scope, client::Wire::Default, clock, gate);
        let mut told = format!("embedded, estate “{}”{}", self.seed, if continued { ", as it was" } else { "" });
        if let (Some(listener), Some(address)) = (listener, address) {
            told.push_str(&format!(", for other clients on http://{address}"));
            tokio::spawn(embedded.serve(listener, end.clone()));
        }
        Ok((client, scope, Source::Embedded, told))
    }
}
