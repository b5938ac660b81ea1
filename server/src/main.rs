//! Picks a subcommand; everything else is in the library.

fn main() -> std::process::ExitCode {
    server::cmd::run()
}
