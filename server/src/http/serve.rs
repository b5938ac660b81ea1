//! Serves the router on a listener, with limits that the router cannot set: how many connections there are, how large a request's head
//! may be and how long it may take to come.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Connections at once; more wait to be accepted. Each browser tab holds one for the stream.
pub const CONNECTIONS: usize = 2_048;
/// The longest that the head of a request may take to come, from the first byte or from the last answer on.
pub const HEAD_TIME: Duration = Duration::from_secs(30);
/// The largest head of a request, with its path; 500 sessions in a URL are 20 KB.
pub const HEAD_SIZE: usize = 64 * 1024;
/// The most header lines.
const HEADERS: usize = 100;

/// Open files that are left to everything else: the database, AWS, the site.
const OTHER_FILES: usize = 128;

/// How many connections there may be at once: each is an open file, and without any left neither AWS nor the database could be reached.
fn connections(limits: &str) -> usize {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    soft.map_or(CONNECTIONS, |files| files.saturating_sub(OTHER_FILES).clamp(16, CONNECTIONS))
}

/// Serves `router` on `listener` until `end`; answers that are under way are finished.
pub async fn serve(listener: TcpListener, router: Router, end: CancellationToken) -> std::io::Result<()> {
    // Only Linux tells this way.
    let most = connections(&std::fs::read_to_string("/proc/self/limits").unwrap_or_default());
    if most < CONNECTIONS {
        tracing::warn!(most, "this process may open few files, so it takes fewer connections; raise the limit (LimitNOFILE, ulimit -n)");
    }
    let room = Arc::new(Semaphore::new(most));
    let graceful = GracefulShutdown::new();
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        let (stream, peer) = tokio::select! {
            () = end.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of files, or the other side is gone already: the next one may do better.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        // Events are small and shall not wait for each other.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let answer = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_buf_size(HEAD_SIZE)
            .max_headers(HEADERS)
            .serve_connection(TokioIo::new(stream), answer);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest() {
        let limits = |soft: &str| format!("Limit    Soft Limit    Hard Limit    Units\nMax open files    {soft}    524288    files\n");
        for (soft, most) in [("1024", 896), ("65536", CONNECTIONS), ("unlimited", CONNECTIONS), ("100", 16)] {
            assert_eq!(connections(&limits(soft)), most, "{soft}");
        }
        assert_eq!(connections(""), CONNECTIONS);
    }
}
