//! What jobs do to AWS: sessions through the gateway, all else through the resources. What changed is told to the watcher.

use app::ctx::Watch;
use app::gateway::AppStream;
use app::resources::Many;
use domain::estate::{Kind, Touched};
use domain::failure::Failure;
use domain::job::{Item, Subject, Work};
use domain::session::SessionState;
use std::sync::Arc;

/// What a worker works with. Cheap to clone.
#[derive(Clone)]
pub struct Hands {
    /// Sessions.
    pub gateway: Arc<dyn AppStream>,
    /// Users and fleets.
    pub many: Arc<dyn Many>,
    /// What should be asked anew.
    pub watch: Arc<dyn Watch>,
}

impl Hands {
    /// Asks AWS to do `work` to `items`; what came of each, as a sentence, or why not.
    pub async fn carry(&self, work: &Work, items: &[Item]) -> Vec<Result<String, Failure>> {
        if *work != Work::Expire {
            let done = self.many.carry(work, items).await;
            if matches!(work, Work::Rollout { .. }) {
                self.watch.hurry(Kind::Fleets);
            }
            return done;
        }
        let mut done = vec![];
        for item in items {
            let Subject::Session { id, pair, .. } = &item.subject else {
                done.push(Err(Failure::Internal { message: format!("{} is no session.", item.subject.target()) }));
                continue;
            };
            done.push(self.gateway.expire_session(&id.as_str().into()).await.map(|()| String::new()));
            // Also after a failure: a call that was not answered may have been heard.
            self.watch.touch(pair.clone().map_or(Touched::Kind(Kind::Sessions), Touched::Sessions));
        }
        // What was in use gets free.
        self.watch.hurry(Kind::Fleets);
        done
    }

    /// Whether AWS shows that `work` was done to `subject`.
    pub async fn is_done(&self, work: &Work, subject: &Subject) -> Result<bool, Failure> {
        match subject {
            Subject::Session { id, pair: Some(pair), .. } => {
                let there = self.gateway.describe_sessions(pair).await?;
                Ok(!there.iter().any(|s| s.id.as_str() == id && s.state != SessionState::Expired))
            }
            // Nobody knows where to look; ExpireSession takes ended sessions.
            Subject::Session { pair: None, .. } => Ok(false),
            other => self.many.is_done(work, other).await,
        }
    }
}
