//! The recorder: a task beside the watcher that writes what its snapshots show. The watcher never waits for it, and what cannot be
//! written is tried again.

use super::Store;
use super::keep::{Written, too_old};
use super::ledger::{Event, Ledger, Open};
use crate::poll::hub::Hub;
use domain::estate::{Estate, Kind};
use domain::history::series::bucket;
use domain::history::{KEEP_SESSIONS, STEPS, Sample};
use domain::names::Scope;
use sqlx::{Sqlite, Transaction};
use std::collections::VecDeque;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Snapshots are looked at no oftener: those between are put together in the newest.
const PACE: Duration = Duration::from_millis(500);
/// After a failure of the database.
const REST: Duration = Duration::from_secs(5);
/// The most events in one transaction, so that nobody who signs in waits for the ten thousand sessions of a first look.
const AT_ONCE: usize = 1000;
/// Events that are kept while the database fails; beyond that the oldest are lost.
const PATIENCE: usize = 100_000;

const SAMPLE: &str = "insert into capacity (account, region, step, at, fleet, in_use, available, pending, desired, max, sessions, connected) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (account, region, step, at, fleet) do update set \
    in_use = excluded.in_use, available = excluded.available, pending = excluded.pending, desired = excluded.desired, max = excluded.max, \
    sessions = excluded.sessions, connected = excluded.connected where excluded.in_use > capacity.in_use";
/// One that was taken for ended and is there after all is open again.
const BEGUN: &str = "insert into session_history (account, region, id, user_id, stack, fleet, started, first_seen, last_seen) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict (account, region, id) do update set ended = null, ended_known = 0";
const STARTED: &str = "update session_history set started = $4 where account = $1 and region = $2 and id = $3";
const ENDED: &str =
    "update session_history set last_seen = $4, ended = $5, ended_known = $6 where account = $1 and region = $2 and id = $3";
const OBSERVED: &str = "insert into observed (account, region, since, until) values ($1, $2, $3, $4) \
    on conflict (account, region) do update set until = excluded.until";

/// What the recorder knows.
struct Recorder {
    store: Store,
    scope: Scope,
    ledger: Ledger,
    written: Written,
    events: VecDeque<Event>,
    /// The minute in which was written last.
    minute: Option<i64>,
}

impl Store {
    /// Begins to record what `hub` tells of `scope` until `end`.
    pub fn record(&self, hub: &Hub, scope: Scope, end: CancellationToken) {
        let mut news = hub.news();
        let store = self.clone();
        tokio::spawn(async move {
            let work = async move {
                let mut recorder = Recorder::open(store, scope).await;
                let mut failing = false;
                loop {
                    let estate = news.borrow_and_update().clone();
                    let wrote = recorder.take(&estate).await;
                    // Once for each outage.
                    match (&wrote, failing) {
                        (Err(error), false) => tracing::error!(%error, "the history cannot be written; it is tried again"),
                        (Ok(()), true) => tracing::info!("the history is written again"),
                        _ => {}
                    }
                    failing = wrote.is_err();
                    tokio::time::sleep(if failing { REST } else { PACE }).await;
                    if !failing && recorder.events.is_empty() && news.changed().await.is_err() {
                        return;
                    }
                }
            };
            tokio::select! { () = end.cancelled() => {}, () = work => {} }
        });
    }
}

impl Recorder {
    /// With the sessions that were open when the program last ended.
    async fn open(store: Store, scope: Scope) -> Self {
        let mut failing = false;
        let ledger = loop {
            match ledger(&store, &scope).await {
                Ok(ledger) => break ledger,
                Err(error) if !failing => tracing::error!(%error, "the history cannot be read; it is tried again"),
                Err(_) => {}
            }
            failing = true;
            tokio::time::sleep(REST).await;
        };
        Self { store, scope, ledger, written: Written::default(), events: VecDeque::new(), minute: None }
    }

    /// Writes what is new in `estate`, in one transaction.
    async fn take(&mut self, estate: &Estate) -> Result<(), sqlx::Error> {
        // Before the first answer there is nothing to tell, and AWS's clock is not known.
        if !Kind::ALL.iter().any(|k| estate.health_of(*k).is_some_and(|h| h.taken.is_some())) {
            return Ok(());
        }
        self.events.extend(self.ledger.take(estate));
        let lost = self.events.len().saturating_sub(PATIENCE);
        self.events.drain(..lost);
        let samples = self.written.due(estate);
        let now = estate.now.0.div_euclid(1000);
        let minute = bucket(now, STEPS[0].seconds);
        if self.events.is_empty() && samples.is_empty() && self.minute == Some(minute) {
            return Ok(());
        }
        let batch = self.events.len().min(AT_ONCE);
        let mut tx = self.store.0.begin().await?;
        for (fleet, sample) in &samples {
            for step in STEPS {
                self.sample(&mut tx, fleet, step.seconds, sample).await?;
            }
        }
        for event in self.events.iter().take(batch) {
            self.event(&mut tx, event).await?;
        }
        // What is still to be written was not observed, should the program end now.
        if batch == self.events.len() {
            let seen = self.ledger.until(estate.now);
            sqlx::query(OBSERVED).bind(&self.scope.account.0).bind(&self.scope.region.0).bind(now).bind(seen).execute(&mut *tx).await?;
        }
        if self.minute != Some(minute) {
            self.drop_old(&mut tx, now).await?;
        }
        tx.commit().await?;
        self.events.drain(..batch);
        self.written.wrote(&samples);
        self.minute = Some(minute);
        Ok(())
    }

    async fn sample(&self, tx: &mut Transaction<'_, Sqlite>, fleet: &str, step: i64, s: &Sample) -> Result<(), sqlx::Error> {
        let query = sqlx::query(SAMPLE).bind(&self.scope.account.0).bind(&self.scope.region.0);
        let query = query.bind(step).bind(bucket(s.at, step)).bind(fleet).bind(s.in_use).bind(s.available).bind(s.pending);
        query.bind(s.desired).bind(s.max).bind(s.sessions).bind(s.connected).execute(&mut **tx).await?;
        Ok(())
    }

    async fn event(&self, tx: &mut Transaction<'_, Sqlite>, event: &Event) -> Result<(), sqlx::Error> {
        let (account, region) = (&self.scope.account.0, &self.scope.region.0);
        let query = match event {
            Event::Begun(b) => {
                let query = sqlx::query(BEGUN).bind(account).bind(region).bind(&b.id).bind(&b.user_id).bind(&b.stack);
                query.bind(&b.fleet).bind(b.started).bind(b.first_seen)
            }
            Event::Started { id, at } => sqlx::query(STARTED).bind(account).bind(region).bind(id).bind(at),
            Event::Ended { id, last_seen, at, known } => {
                sqlx::query(ENDED).bind(account).bind(region).bind(id).bind(last_seen).bind(at).bind(i32::from(*known))
            }
        };
        query.execute(&mut **tx).await?;
        Ok(())
    }

    /// Drops what is too old, a piece of it.
    async fn drop_old(&self, tx: &mut Transaction<'_, Sqlite>, now: i64) -> Result<(), sqlx::Error> {
        let (account, region) = (&self.scope.account.0, &self.scope.region.0);
        for step in STEPS {
            let oldest = sqlx::query_scalar("select at from capacity where account = $1 and region = $2 and step = $3 order by at limit 1");
            let oldest: Option<i64> = oldest.bind(account).bind(region).bind(step.seconds).fetch_optional(&mut **tx).await?;
            if let Some(before) = oldest.and_then(|oldest| too_old(step, oldest, now)) {
                let drop = sqlx::query("delete from capacity where account = $1 and region = $2 and step = $3 and at < $4");
                drop.bind(account).bind(region).bind(step.seconds).bind(before).execute(&mut **tx).await?;
            }
        }
        // At most a day at once.
        let oldest = sqlx::query_scalar(
            "select ended from session_history where account = $1 and region = $2 and ended is not null order by ended limit 1",
        );
        let oldest: Option<i64> = oldest.bind(account).bind(region).fetch_optional(&mut **tx).await?;
        if let Some(before) = oldest.map(|oldest| (now - KEEP_SESSIONS).min(oldest + 86_400)) {
            let drop = sqlx::query("delete from session_history where account = $1 and region = $2 and ended < $3");
            drop.bind(account).bind(region).bind(before).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// The sessions that the database has as open, each seen up to when all were.
async fn ledger(store: &Store, scope: &Scope) -> Result<Ledger, sqlx::Error> {
    let until = sqlx::query_scalar("select until from observed where account = $1 and region = $2");
    let until: Option<i64> = until.bind(&scope.account.0).bind(&scope.region.0).fetch_optional(&store.0).await?;
    let open = "select id, stack, fleet, started, last_seen from session_history where account = $1 and region = $2 and ended is null";
    let open: Vec<(String, String, String, Option<i64>, i64)> =
        sqlx::query_as(open).bind(&scope.account.0).bind(&scope.region.0).fetch_all(&store.0).await?;
    let mut ledger = Ledger::default();
    for (id, stack, fleet, started, last_seen) in open {
        ledger.reopen(&stack, &fleet, id, Open { started, last_seen: last_seen.max(until.unwrap_or(last_seen)) });
    }
    Ok(ledger)
}
