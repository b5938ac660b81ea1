//! Picks a subcommand; everything else is in the library.

/// Pages are many small strings: with the system's allocator a third of a page's time went into it, and freed memory stayed taken.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::cmd::run()
}
