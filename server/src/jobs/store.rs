//! Jobs and their items in the database. Each change of where something stands is one statement or one transaction.

use app::jobs::Order;
use domain::failure::Failure;
use domain::job::{Counts, Item, Job, JobId, Stands, State, Steer, Work};
use domain::time::Millis;
use sqlx::{Row, SqliteConnection, SqlitePool};

/// For how long an ended job is kept, in milliseconds: 90 days. The audit keeps what it did.
const KEPT: i64 = 90 * 86_400_000;

/// A job with what the worker needs beyond what is shown.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub work: Work,
    /// Who made it, from where, in which account and Region: for the audit.
    pub who: String,
    /// The address.
    pub from: String,
    /// Account and Region.
    pub scope: String,
    /// Failures in a row that may pass.
    pub tries: u32,
    /// When it may go on, epoch milliseconds.
    pub due: i64,
}

/// What came of an item.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Its place.
    pub n: i64,
    /// Where it stands now.
    pub stands: Stands,
    /// A sentence.
    pub told: String,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// The tables.
#[derive(Clone)]
pub struct Store(pub SqlitePool);

/// This machine's clock, epoch milliseconds.
pub fn now() -> i64 {
    i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}

fn broken(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{what} of a job cannot be read").into())
}

fn item(row: &sqlx::sqlite::SqliteRow) -> Result<Item, sqlx::Error> {
    let failure: Option<String> = row.try_get("failure")?;
    Ok(Item {
        n: row.try_get("n")?,
        subject: serde_json::from_str(row.try_get("subject")?).map_err(|_| broken("the subject"))?,
        stands: Stands::parse(row.try_get("state")?).ok_or_else(|| broken("the state"))?,
        tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
        told: row.try_get("told")?,
        failure: failure.and_then(|f| serde_json::from_str(&f).ok()),
        at: row.try_get::<Option<i64>, _>("at")?.map(Millis),
    })
}

fn job(row: &sqlx::sqlite::SqliteRow) -> Result<Job, sqlx::Error> {
    let count = |name: &str| row.try_get::<i64, _>(name).map(|n| usize::try_from(n).unwrap_or_default());
    Ok(Job {
        id: row.try_get("id")?,
        work: serde_json::from_str(row.try_get("work")?).map_err(|_| broken("the work"))?,
        who: row.try_get("who")?,
        made: Millis(row.try_get("made")?),
        ended: row.try_get::<Option<i64>, _>("ended")?.map(Millis),
        state: State::parse(row.try_get("state")?).ok_or_else(|| broken("the state"))?,
        why: row.try_get("why")?,
        counts: Counts {
            waiting: count("waiting")?,
            sent: count("sent")?,
            done: count("done")?,
            failed: count("failed")?,
            left: count("left_out")?,
        },
    })
}

/// Jobs with their counts; `where` and what follows is added.
const JOBS: &str = "select j.id, j.work, j.who, j.made, j.ended, j.state, j.why,
    count(*) filter (where i.state = 'waiting') as waiting, count(*) filter (where i.state = 'sent') as sent,
    count(*) filter (where i.state = 'done') as done, count(*) filter (where i.state = 'failed') as failed,
    count(*) filter (where i.state = 'left') as left_out
    from jobs j left join job_items i on i.job = j.id";

impl Store {
    /// Keeps a job, with its items. Ended ones that are old enough go.
    pub async fn make(&self, order: &Order) -> Result<JobId, sqlx::Error> {
        let written = |error: serde_json::Error| sqlx::Error::Encode(error.into());
        let work = serde_json::to_string(&order.work).map_err(written)?;
        let mut change = self.0.begin_with("begin immediate").await?;
        sqlx::query("delete from job_items where job in (select id from jobs where ended < $1)")
            .bind(now() - KEPT)
            .execute(&mut *change)
            .await?;
        sqlx::query("delete from jobs where ended < $1").bind(now() - KEPT).execute(&mut *change).await?;
        let made = "insert into jobs (made, who, origin, scope, work, state) values ($1, $2, $3, $4, $5, 'running') returning id";
        let made = sqlx::query_scalar(made).bind(now()).bind(&order.who).bind(&order.from).bind(&order.scope).bind(work);
        let id: JobId = made.fetch_one(&mut *change).await?;
        for (n, subject) in (0_i64..).zip(&order.subjects) {
            sqlx::query("insert into job_items (job, n, about, subject) values ($1, $2, $3, $4)")
                .bind(id)
                .bind(n)
                .bind(subject.label())
                .bind(serde_json::to_string(subject).map_err(written)?)
                .execute(&mut *change)
                .await?;
        }
        change.commit().await?;
        Ok(id)
    }

    /// All jobs, the newest first.
    pub async fn all(&self) -> Result<Vec<Job>, sqlx::Error> {
        let query = [JOBS, " group by j.id order by j.id desc limit 1000"].concat();
        sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(&self.0).await?.iter().map(job).collect()
    }

    /// One job.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, sqlx::Error> {
        let query = [JOBS, " where j.id = $1 group by j.id"].concat();
        sqlx::query(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(&self.0).await?.as_ref().map(job).transpose()
    }

    /// Items of a job, in their order.
    pub async fn items(&self, id: JobId, only: Option<Stands>, from: usize, rows: usize) -> Result<Vec<Item>, sqlx::Error> {
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let query = "select n, subject, state, tries, told, failure, at from job_items
            where job = $1 and ($2 is null or state = $2) order by n limit $3 offset $4";
        let query = sqlx::query(query).bind(id).bind(only.map(Stands::slug)).bind(number(rows)).bind(number(from));
        query.fetch_all(&self.0).await?.iter().map(item).collect()
    }

    /// The jobs that are worked on, the oldest first.
    pub async fn running(&self) -> Result<Vec<Task>, sqlx::Error> {
        let query = "select id, work, who, origin, scope, tries, due from jobs where state = 'running' order by id";
        let task = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Task {
                id: row.try_get("id")?,
                work: serde_json::from_str(row.try_get("work")?).map_err(|_| broken("the work"))?,
                who: row.try_get("who")?,
                from: row.try_get("origin")?,
                scope: row.try_get("scope")?,
                tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
                due: row.try_get("due")?,
            })
        };
        sqlx::query(query).fetch_all(&self.0).await?.iter().map(task).collect()
    }

    /// Marks items as sent: AWS is asked for them next. Those that a stop or a pause took meanwhile are not among what comes back.
    pub async fn send(&self, id: JobId, items: &[Item]) -> Result<Vec<Item>, sqlx::Error> {
        let mut change = self.0.begin_with("begin immediate").await?;
        let mut mine = vec![];
        for item in items {
            let query = "update job_items set state = 'sent', tries = tries + 1, at = $3 where job = $1 and n = $2 and state = 'waiting'
                and exists (select 1 from jobs where id = $1 and state = 'running')";
            let marked = sqlx::query(query).bind(id).bind(item.n).bind(now()).execute(&mut *change).await?;
            if marked.rows_affected() == 1 {
                mine.push(Item { stands: Stands::Sent, tries: item.tries + 1, ..item.clone() });
            }
        }
        change.commit().await?;
        Ok(mine)
    }

    /// Records what came of items, and how the job goes on: `why` it waits or is paused, after so many `tries`, from `due` on.
    pub async fn settle(&self, id: JobId, settled: &[Settled], next: &Next) -> Result<(), sqlx::Error> {
        let mut change = self.0.begin_with("begin immediate").await?;
        for one in settled {
            let failure = one.failure.as_ref().and_then(|f| serde_json::to_string(f).ok());
            sqlx::query("update job_items set state = $3, told = $4, failure = $5, at = $6 where job = $1 and n = $2")
                .bind(id)
                .bind(one.n)
                .bind(one.stands.slug())
                .bind(&one.told)
                .bind(failure)
                .bind(now())
                .execute(&mut *change)
                .await?;
        }
        sqlx::query("update jobs set tries = $2, due = $3, why = $4, state = case when $5 and state = 'running' then 'paused' else state end where id = $1")
            .bind(id)
            .bind(i64::from(next.tries))
            .bind(next.due)
            .bind(&next.why)
            .bind(next.pause)
            .execute(&mut *change)
            .await?;
        change.commit().await
    }

    /// What else was meant for whom a failed item is about is not sent.
    pub async fn drop_rest(&self, id: JobId, about: &str, told: &str) -> Result<(), sqlx::Error> {
        let query = "update job_items set state = 'failed', told = $3, at = $4 where job = $1 and about = $2 and state = 'waiting'";
        sqlx::query(query).bind(id).bind(about).bind(told).bind(now()).execute(&self.0).await.map(drop)
    }

    /// Ends a job that has nothing left to do: done, or stopped where something was left out.
    pub async fn end(&self, id: JobId) -> Result<(), sqlx::Error> {
        let query = "update jobs set ended = $2, why = '', state = case
                when exists (select 1 from job_items where job = $1 and state = 'left') then 'stopped' else 'done' end
            where id = $1 and state = 'running' and not exists (select 1 from job_items where job = $1 and state in ('waiting', 'sent'))";
        sqlx::query(query).bind(id).bind(now()).execute(&self.0).await.map(drop)
    }

    /// Steers a job; inside, why it cannot be. None for an unknown one.
    pub async fn steer(&self, id: JobId, steer: Steer) -> Result<Option<Result<(), String>>, sqlx::Error> {
        let mut change = self.0.begin_with("begin immediate").await?;
        let query = [JOBS, " where j.id = $1 group by j.id"].concat();
        let Some(found) = sqlx::query(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(&mut *change).await? else { return Ok(None) };
        if let Err(why) = job(&found)?.can(steer) {
            return Ok(Some(Err(why)));
        }
        match steer {
            Steer::Pause => state(&mut change, id, State::Paused).await?,
            Steer::Resume => state(&mut change, id, State::Running).await?,
            Steer::Stop => {
                sqlx::query("update job_items set state = 'left' where job = $1 and state = 'waiting'")
                    .bind(id)
                    .execute(&mut *change)
                    .await?;
                // What was sent is still looked up.
                state(&mut change, id, State::Running).await?;
            }
            Steer::Retry => {
                let query = "update job_items set state = 'waiting', tries = 0, told = '', failure = null where job = $1 and state in ('failed', 'left')";
                sqlx::query(query).bind(id).execute(&mut *change).await?;
                state(&mut change, id, State::Running).await?;
            }
        }
        change.commit().await?;
        Ok(Some(Ok(())))
    }
}

async fn state(change: &mut SqliteConnection, id: JobId, state: State) -> Result<(), sqlx::Error> {
    let query = "update jobs set state = $2, why = '', tries = 0, due = 0, ended = null where id = $1";
    sqlx::query(query).bind(id).bind(state.slug()).execute(change).await.map(drop)
}

/// How a job goes on.
#[derive(Clone, Debug, Default)]
pub struct Next {
    /// Failures in a row that may pass.
    pub tries: u32,
    /// Not before, epoch milliseconds.
    pub due: i64,
    /// Why it waits or is paused; a sentence, or empty.
    pub why: String,
    /// Whether it waits for a person.
    pub pause: bool,
}
