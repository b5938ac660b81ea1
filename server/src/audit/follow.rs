//! Sends records on, in their order, as JSON lines: to standard output, or to a webhook. The database is the queue: a receiver that was
//! away gets what it missed, after a restart too, and may get the last batch twice (each line has its number).

use super::chain::hex;
use super::export::json;
use super::read::Filter;
use super::{Row, Store};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pauses after a failure, growing.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// After so long it is looked again, should another process have written.
const LOOK: Duration = Duration::from_secs(10);

/// Who gets the records.
pub enum Receiver {
    /// Standard output; from the newest record at the start on.
    Stdout,
    /// A POST of JSON lines to the URL; anything but a 2xx is tried again. From the first record on that it has not got.
    Webhook(String, SharedHttpConnector),
}

impl Receiver {
    /// What it is kept under: not the URL, which may have a token in it.
    fn name(&self) -> String {
        match self {
            Self::Stdout => "stdout".to_owned(),
            Self::Webhook(url, _) => hex(&Sha256::digest(url.as_bytes())),
        }
    }

    async fn take(&self, rows: &[Row]) -> Result<(), String> {
        let lines: String = rows.iter().map(json).collect();
        match self {
            Self::Stdout => {
                crate::cmd::say(lines.trim_end());
                Ok(())
            }
            Self::Webhook(url, connector) => {
                let mut request = HttpRequest::new(SdkBody::from(lines));
                request.set_method("POST").map_err(|e| e.to_string())?;
                request.set_uri(url.as_str()).map_err(|e| e.to_string())?;
                request.headers_mut().insert("content-type", "application/x-ndjson");
                let answer = tokio::time::timeout(PATIENCE, connector.call(request)).await;
                let answer = answer.map_err(|_| "it did not answer in time".to_owned())?.map_err(|e| e.to_string())?;
                if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status().as_u16())) }
            }
        }
    }
}

impl Store {
    /// Sends records to `receiver` until `end`.
    pub async fn follow(self, receiver: Receiver, end: CancellationToken) {
        let mut newest = self.newest.subscribe();
        let (mut last, mut pause) = (None, PAUSES.0);
        loop {
            newest.mark_unchanged();
            let from = match last {
                Some(seq) => Ok(seq),
                None => self.sent(&receiver).await,
            };
            let outcome = match from {
                Ok(seq) => {
                    last = Some(seq);
                    self.batch(&receiver, seq).await
                }
                Err(error) => Err(error.to_string()),
            };
            let wait = match outcome {
                Ok(Some(seq)) => {
                    (last, pause) = (Some(seq), PAUSES.0);
                    continue;
                }
                Ok(None) => LOOK,
                Err(error) => {
                    tracing::warn!(error, retry_in_s = pause.as_secs(), "the audit could not be sent on; it is tried again");
                    let longer = (pause * 2).min(PAUSES.1);
                    std::mem::replace(&mut pause, longer)
                }
            };
            let failed = wait != LOOK;
            tokio::select! {
                () = end.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
                _ = newest.changed(), if !failed => {}
            }
        }
    }

    /// Sends what follows number `last`; the new last one, none when there is nothing.
    async fn batch(&self, receiver: &Receiver, last: i64) -> Result<Option<i64>, String> {
        let rows = self.after(&Filter::default(), last).await.map_err(|e| e.to_string())?;
        let Some(newest) = rows.last().map(|r| r.seq) else { return Ok(None) };
        receiver.take(&rows).await?;
        if let Receiver::Webhook(..) = receiver {
            let kept = sqlx::query(
                "insert into audit_sent (receiver, seq) values ($1, $2) on conflict (receiver) do update set seq = excluded.seq",
            )
            .bind(receiver.name())
            .bind(newest)
            .execute(&self.pool)
            .await;
            if let Err(error) = kept {
                tracing::warn!(%error, "how far the audit was sent could not be kept; after a restart some is sent again");
            }
        }
        Ok(Some(newest))
    }

    /// The last record that the receiver has.
    async fn sent(&self, receiver: &Receiver) -> Result<i64, sqlx::Error> {
        if let Receiver::Stdout = receiver {
            return sqlx::query_scalar("select seq from audit_head").fetch_one(&self.pool).await;
        }
        let known: Option<i64> =
            sqlx::query_scalar("select seq from audit_sent where receiver = $1").bind(receiver.name()).fetch_optional(&self.pool).await?;
        Ok(known.unwrap_or_default())
    }
}
