//! What pages ask of the past.

use super::chart::{self, Story};
use super::keep::ALL;
use super::{Store, export, storage};
use app::history::{Asked, History};
use async_trait::async_trait;
use domain::failure::Failure;
use domain::history::durations::durations;
use domain::history::series::bucket;
use domain::history::{ChartView, Ended, MOST_ENDED, Person, STEPS, Sample, SessionsView};
use sqlx::FromRow;
use sqlx::query::QueryAs;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};

/// People whose sessions are summed up.
const PEOPLE: i64 = 10;
/// The most sessions in a CSV file.
pub const MOST_EXPORTED: i64 = 500_000;

type SampleRow = (i64, i32, i32, i32, Option<i32>, i32, Option<i32>, Option<i32>);
type EndedRow = (String, String, String, String, Option<i64>, i64, i64, i64, i32);

/// A query of the sessions that ended: within the range, on the fleet if one is named, of users whose name has the words in it.
macro_rules! of_ended {
    ($what:literal, $then:literal) => {
        concat!(
            "select ",
            $what,
            " from session_history where account = $1 and region = $2 and ended >= $3 and ended <= $4 \
             and ($5 = '' or fleet = $5) and lower(user_id) like $6 escape '\\' ",
            $then
        )
    };
}

impl Store {
    /// The samples of a fleet, or of all together, in the range's step. The first may begin before the range.
    pub(super) async fn samples(&self, asked: &Asked) -> Result<Vec<Sample>, sqlx::Error> {
        let step = asked.range.step();
        let (from, to) = span(asked);
        let rows: Vec<SampleRow> = sqlx::query_as(
            "select at, in_use, available, pending, desired, max, sessions, connected from capacity \
             where account = $1 and region = $2 and step = $3 and at >= $4 and at <= $5 and fleet = $6 order by at",
        )
        .bind(&asked.scope.account.0)
        .bind(&asked.scope.region.0)
        .bind(step)
        .bind(bucket(from, step))
        .bind(to)
        .bind(&asked.fleet)
        .fetch_all(&self.0)
        .await?;
        let sample = |(at, in_use, available, pending, desired, max, sessions, connected)| Sample {
            at,
            in_use,
            available,
            pending,
            desired,
            max,
            sessions,
            connected,
        };
        Ok(rows.into_iter().map(sample).collect())
    }

    /// When the first sample was taken; to the minute when that was within the time for which minutes are kept, else to the hour.
    async fn since(&self, asked: &Asked) -> Result<Option<i64>, sqlx::Error> {
        for step in [STEPS[2], STEPS[0]] {
            let first: Option<i64> = sqlx::query_scalar(
                "select at from capacity where account = $1 and region = $2 and step = $3 and fleet = $4 order by at limit 1",
            )
            .bind(&asked.scope.account.0)
            .bind(&asked.scope.region.0)
            .bind(step.seconds)
            .bind(&asked.fleet)
            .fetch_optional(&self.0)
            .await?;
            let Some(first) = first else { return Ok(None) };
            if step != STEPS[2] || first < span(asked).1 - STEPS[0].keep {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    /// Since when the scope is observed.
    async fn observed(&self, asked: &Asked) -> Result<Option<i64>, sqlx::Error> {
        let query = sqlx::query_scalar("select since from observed where account = $1 and region = $2");
        query.bind(&asked.scope.account.0).bind(&asked.scope.region.0).fetch_optional(&self.0).await
    }

    /// What a chart is drawn from.
    async fn story(&self, asked: &Asked) -> Result<Story, sqlx::Error> {
        let samples = self.samples(asked).await?;
        let (from, to) = span(asked);
        let mut story = Story { range: asked.range, from, to, since: self.since(asked).await?, samples, others: vec![] };
        if asked.fleet == ALL {
            story.since = story.since.or(self.observed(asked).await?);
        } else if !story.gaps().is_empty() {
            // A fleet that was not there is not the console's gap.
            let all = Asked { fleet: ALL.to_owned(), ..asked.clone() };
            story.others = self.samples(&all).await?.into_iter().map(|s| s.at).collect();
        }
        Ok(story)
    }

    async fn ended(&self, asked: &Asked, limit: i64) -> Result<Vec<Ended>, sqlx::Error> {
        let query =
            of_ended!("id, user_id, stack, fleet, started, first_seen, last_seen, ended, ended_known", "order by ended desc, id limit $7");
        let rows: Vec<EndedRow> = that_ended(query, asked).bind(limit).fetch_all(&self.0).await?;
        Ok(rows.into_iter().map(ended).collect())
    }

    /// Sessions that started or ended in the range, the newest first; those that go on have no end.
    pub(super) async fn all(&self, asked: &Asked) -> Result<Vec<export::Row>, sqlx::Error> {
        let (from, to) = span(asked);
        let rows: Vec<export::Row> = sqlx::query_as(
            "select id, user_id, stack, fleet, started, first_seen, last_seen, ended, ended_known from session_history \
             where account = $1 and region = $2 and ((ended >= $3 and ended <= $4) or (first_seen >= $3 and first_seen <= $4)) \
             and ($5 = '' or fleet = $5) and lower(user_id) like $6 escape '\\' order by first_seen desc, id limit $7",
        )
        .bind(&asked.scope.account.0)
        .bind(&asked.scope.region.0)
        .bind(from)
        .bind(to)
        .bind(&asked.fleet)
        .bind(pattern(&asked.user))
        .bind(MOST_EXPORTED)
        .fetch_all(&self.0)
        .await?;
        Ok(rows)
    }

    async fn starts(&self, asked: &Asked) -> Result<i64, sqlx::Error> {
        let (from, to) = span(asked);
        sqlx::query_scalar(
            "select count(*) from session_history where account = $1 and region = $2 and first_seen >= $3 \
             and coalesce(started, first_seen) >= $3 and coalesce(started, first_seen) <= $4 and ($5 = '' or fleet = $5)",
        )
        .bind(&asked.scope.account.0)
        .bind(&asked.scope.region.0)
        .bind(from)
        .bind(to)
        .bind(&asked.fleet)
        .fetch_one(&self.0)
        .await
    }

    async fn figures(&self, asked: &Asked) -> Result<SessionsView, sqlx::Error> {
        let story = self.story(asked).await?;
        let everybody = Asked { user: String::new(), ..asked.clone() };
        let query = of_ended!("ended - coalesce(started, first_seen), ended_known", "");
        let lasted: Vec<(i64, i32)> = that_ended(query, &everybody).fetch_all(&self.0).await?;
        let query = of_ended!(
            "user_id, count(*), cast(sum(ended - coalesce(started, first_seen)) as bigint)",
            "group by user_id order by 3 desc, 1 limit $7"
        );
        let people: Vec<(String, i64, i64)> = that_ended(query, asked).bind(PEOPLE).fetch_all(&self.0).await?;
        let matched: (i64,) = that_ended(of_ended!("count(*)", ""), asked).fetch_one(&self.0).await?;
        let durations = durations(lasted.iter().filter(|(_, known)| *known != 0).map(|(s, _)| *s).collect());
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Ok(SessionsView {
            starts: self.starts(asked).await?,
            ends: count(lasted.len()),
            unseen: count(lasted.len() - durations.count),
            peak: story.samples.iter().filter_map(|s| Some((s.sessions?, s.at))).rev().max_by_key(|(n, _)| *n),
            chart: chart::concurrency(&story, &asked.fleet),
            durations,
            ended: self.ended(asked, i64::try_from(MOST_ENDED).unwrap_or(i64::MAX)).await?,
            matched: matched.0,
            people: people.into_iter().map(|(user_id, sessions, seconds)| Person { user_id, sessions, seconds }).collect(),
        })
    }
}

/// [`of_ended`] with what is asked bound.
fn that_ended<'q, R>(query: &'static str, asked: &Asked) -> QueryAs<'q, Sqlite, R, SqliteArguments>
where
    R: for<'r> FromRow<'r, SqliteRow>,
{
    let (from, to) = span(asked);
    let query = sqlx::query_as(query).bind(asked.scope.account.0.clone()).bind(asked.scope.region.0.clone());
    query.bind(from).bind(to).bind(asked.fleet.clone()).bind(pattern(&asked.user))
}

/// The range's first and last second.
pub(super) fn span(asked: &Asked) -> (i64, i64) {
    let to = asked.now.0.div_euclid(1000);
    (to - asked.range.seconds(), to)
}

/// `%ann\_b%`: names that have the words in them, in any case.
fn pattern(words: &str) -> String {
    let words = words.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{words}%")
}

fn ended((id, user_id, stack, fleet, started, first_seen, last_seen, ended, known): EndedRow) -> Ended {
    Ended { id, user_id, stack, fleet, started, first_seen, last_seen, ended, known: known != 0 }
}

#[async_trait]
impl History for Store {
    async fn capacity(&self, asked: &Asked) -> Result<ChartView, Failure> {
        Ok(chart::capacity(&self.story(asked).await.map_err(storage)?, &asked.fleet))
    }
    async fn sessions(&self, asked: &Asked) -> Result<SessionsView, Failure> {
        self.figures(asked).await.map_err(storage)
    }
    async fn capacity_csv(&self, asked: &Asked) -> Result<String, Failure> {
        Ok(export::capacity(&self.samples(asked).await.map_err(storage)?, &asked.fleet))
    }
    async fn sessions_csv(&self, asked: &Asked) -> Result<String, Failure> {
        Ok(export::sessions(self.all(asked).await.map_err(storage)?))
    }
}
