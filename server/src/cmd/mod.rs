//! What the program can do: one file per subcommand. Trouble at the start is one sentence and exit status 2.

pub mod audit;
pub mod backup;
pub mod oidc;
pub mod permissions;
pub mod serve;
pub mod simulate;
pub mod users;

use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

/// A console for people who operate Amazon AppStream 2.0 (WorkSpaces Applications).
#[derive(Debug, Parser)]
#[command(name = "appstream-console", version = crate::VERSION, about, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

const EXAMPLES: &str = "\
Examples:
  appstream-console
      the console on http://127.0.0.1:3000, over the embedded AppStream's demo estate
  appstream-console serve --aws --region eu-west-1
      the console over AWS, with the SDK's default credential chain
  appstream-console serve --simulator-listen 127.0.0.1:8080
      the demo, and its AppStream for other clients: aws appstream describe-fleets --endpoint-url http://127.0.0.1:8080
  appstream-console simulate --listen 127.0.0.1:8080 --seed demo
      the embedded AppStream alone
  appstream-console users add ana --role help-desk
      an account that may end sessions; its password is printed once

The first administrator is `admin`; the password is printed once, or taken from APPSTREAM_CONSOLE_ADMIN_PASSWORD.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the console (the default)
    Serve(Box<serve::Serve>),
    /// Serves the embedded AppStream alone, for the AWS CLI, boto3 and any other client
    Simulate(simulate::Simulate),
    /// Who may use the console, and as what
    Users(users::Users),
    /// Prints the least IAM policy for a role
    Permissions(permissions::Permissions),
    /// Checks the audit, or writes it out
    Audit(audit::Audit),
    /// Copies everything the console keeps, while it runs
    Backup(backup::Backup),
    /// Puts such a copy in place; the console must not run
    Restore(backup::Restore),
}

/// Speed of simulated time.
#[derive(Args, Clone, Copy, Debug)]
pub struct Tempo<const HASTE: u32> {
    /// Speed of the simulated clock: 2 makes an hour pass in half an hour
    #[arg(long, env = "APPSTREAM_CONSOLE_PACE", default_value_t = 1.0, value_parser = factor)]
    pub pace: f64,
    /// Divides the durations that AWS takes (a fleet's start, its stop, a refill); times that customers set stay
    #[arg(long, env = "APPSTREAM_CONSOLE_HASTE", default_value_t = f64::from(HASTE), value_parser = factor)]
    pub haste: f64,
}

fn factor(text: &str) -> Result<f64, String> {
    text.parse::<f64>().ok().filter(|f| *f > 0.0 && f.is_finite()).ok_or_else(|| "give a number over 0".to_owned())
}

/// A secret of the environment. Prints nothing of it.
#[derive(Clone)]
pub struct Hidden(String);

impl Hidden {
    /// For whoever needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Hidden {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// Parses the command line and runs it.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => return trouble(&wrong_flags(&error)),
        Err(help) => {
            // Help and version; a closed pipe is no trouble.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(log_filter(std::env::var("APPSTREAM_CONSOLE_LOG").ok().as_deref()))
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return trouble(&format!("The program cannot start its threads: {error}.")),
    };
    let outcome = runtime.block_on(async {
        match cli.command.unwrap_or_else(|| Command::Serve(Box::new(cli.serve))) {
            Command::Serve(command) => Box::pin(command.run()).await,
            Command::Simulate(command) => command.run().await,
            Command::Users(command) => command.run().await,
            Command::Permissions(command) => command.run(),
            Command::Audit(command) => command.run().await,
            Command::Backup(command) => command.run().await,
            Command::Restore(command) => command.run().await,
        }
    });
    // Streams are closed by now; whatever still hangs does not keep the program.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    outcome.map_or_else(|sentence| trouble(&sentence), |()| ExitCode::SUCCESS)
}

/// Libraries that print requests, answers or credentials when they are asked to be talkative. They never are.
const QUIET: [&str; 8] = [
    "aws_config=warn",
    "aws_runtime=info",
    "aws_sigv4=info",
    "aws_smithy_runtime=info",
    "aws_smithy_runtime_api=info",
    "aws_smithy_http_client=info",
    "aws_sdk_appstream=info",
    "hyper_util=info",
];

/// What is logged: as `asked`, but no secret at any level.
pub fn log_filter(asked: Option<&str>) -> tracing_subscriber::EnvFilter {
    let filter = asked.and_then(|text| text.parse().ok()).unwrap_or_else(|| tracing_subscriber::EnvFilter::new("info"));
    QUIET.iter().filter_map(|quiet| quiet.parse().ok()).fold(filter, tracing_subscriber::EnvFilter::add_directive)
}

/// Clap's first paragraph as a sentence: what it says after that is the usage, which --help has in full.
fn wrong_flags(error: &clap::Error) -> String {
    let text = error.render().to_string();
    // The first paragraph: a line, or a line and what it lists.
    let first: Vec<&str> = text.trim_start_matches("error: ").lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let first = first.join(" ");
    let first = first.trim_end_matches(['.', ':']);
    let mut letters = first.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{first}. What can be given is told by --help.")
}

fn trouble(sentence: &str) -> ExitCode {
    eprintln!("appstream-console: {sentence}");
    ExitCode::from(2)
}

/// Says something on standard output: what a person who started the program must read.
#[expect(clippy::print_stdout, reason = "this is what the person at the terminal reads")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Listens on `address`, or says why not.
async fn listen(address: SocketAddr, flag: &str) -> Result<tokio::net::TcpListener, String> {
    tokio::net::TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("{address} is in use by another program. Stop it, or choose another address with {flag}."),
        _ => format!("{address} cannot be listened on: {error}. Choose another address with {flag}."),
    })
}

/// A simulator answers anybody, so it listens to this machine only.
fn loopback(address: SocketAddr, flag: &str) -> Result<SocketAddr, String> {
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!("{flag} {address} could be reached from other machines; the simulator checks no signature. Use 127.0.0.1 or [::1]."))
    }
}

/// Ends `token` on SIGTERM or SIGINT.
fn end_on_signal(token: CancellationToken) {
    tokio::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let Ok(mut term) = signal(SignalKind::terminate()) else { return };
            tokio::select! { _ = term.recv() => {}, _ = tokio::signal::ctrl_c() => {} }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        token.cancel();
    });
}
