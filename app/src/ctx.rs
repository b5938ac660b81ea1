//! What a server function may reach, and the gate in front of it: [`Ctx::authorize`] is the first line of every server function.

use crate::audit::{self, Audit, Begins, Entry, Outcome};
use crate::door::{Accounts, Door, From};
use crate::error::AppError;
use crate::gateway::AppStream;
use crate::history::History;
use crate::jobs::{Jobs, Order};
use crate::once;
use crate::resources::Resources;
use domain::estate::{Estate, Kind, Touched};
use domain::failure::Failure;
use domain::form::Flash;
use domain::job::{JobId, JobView, Subject, Work};
use domain::names::Scope;
pub use domain::operator::{Operator, Source};
use domain::query::Window;
use domain::role::Right;
use domain::secret::is_secret;
use domain::view::View;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tower_sessions::Session;

/// What the server gives to every server function, by Leptos context. Cheap to clone.
#[derive(Clone)]
pub struct Parts {
    /// AppStream in the watched account and Region.
    pub gateway: Arc<dyn AppStream>,
    /// What is known of it.
    pub watch: Arc<dyn Watch>,
    /// Everything but fleets and sessions.
    pub resources: Arc<dyn Resources>,
    /// What was.
    pub history: Arc<dyn History>,
    /// Long acts.
    pub jobs: Arc<dyn Jobs>,
    /// What came of forms that were sent.
    pub submitted: Arc<dyn once::Submitted>,
    /// Who did what.
    pub audit: Arc<dyn Audit>,
    /// Who may come in.
    pub door: Arc<dyn Door>,
    /// What administrators do with accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Version and commit, for the foot of the side bar.
    pub version: String,
    /// Where AppStream is: the embedded one, AWS, or another endpoint. Shown beside the scope.
    pub source: Source,
}

/// The watcher, as server functions see it.
pub trait Watch: Send + Sync {
    /// The newest snapshot. Never calls AWS.
    fn estate(&self) -> Arc<Estate>;
    /// The sessions of the newest snapshot that `view` asks for.
    fn sessions(&self, view: &View) -> Window<domain::session::Session>;
    /// An operator changed something: asks for it at once, and fast for a while.
    fn touch(&self, touched: Touched);
    /// Like [`touch`](Self::touch), when no more is known than the kind.
    fn hurry(&self, kind: Kind) {
        self.touch(Touched::Kind(kind));
    }
}

/// What a form asks for: for the audit, and for the page that follows a plain post.
#[derive(Clone, Debug)]
pub struct Act {
    /// The form, by its endpoint: `fleet/stop`.
    pub form: String,
    /// What it is done to: `fleets/finance-desktop`.
    pub target: String,
    /// What was entered; never a secret.
    pub entries: BTreeMap<String, String>,
    /// When the audit's first record is written.
    pub begins: Begins,
    /// The form's key; empty for what may be done as often as it comes.
    pub once: String,
}

impl Act {
    /// An act through AppStream. Secrets among `entries` are dropped.
    pub fn new<K: Into<String>>(form: &str, target: impl Into<String>, entries: impl IntoIterator<Item = (K, String)>) -> Self {
        let entries = entries.into_iter().map(|(k, v)| (k.into(), v)).filter(|(path, _)| !is_secret(path)).collect();
        Self { form: form.to_owned(), target: target.into(), entries, begins: Begins::Called, once: String::new() }
    }
    /// The same, where it changes the console itself or only checks.
    pub fn begins(self, begins: Begins) -> Self {
        Self { begins, ..self }
    }
    /// The same, done once for the key of the form that it came from. Checks are done as often as they come.
    pub fn once(self, once: String) -> Self {
        Self { once: if self.begins == Begins::Check { String::new() } else { once }, ..self }
    }
}

/// The key of [`Operator`] in the web session.
pub const OPERATOR: &str = "operator";
/// The key of [`Half`] in the web session.
pub const HALF: &str = "half";

/// Somebody whose password was right, and of whom a code is asked.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub struct Half {
    /// The account.
    pub user: String,
    /// When the password was right, in epoch seconds.
    pub at: i64,
}

/// The key of [`Flash`] in the web session.
pub const FLASH: &str = "flash";

/// For how long a form waits for a job of few things before it leads to the job's page. It does not wait for one of many.
const SHORT: Duration = Duration::from_secs(5);
/// So many calls are few.
const FEW: usize = 50;

/// A signed-in request.
pub struct Ctx {
    /// Who asks.
    pub operator: Operator,
    /// What they may reach.
    pub parts: Parts,
    /// The web session.
    pub session: Session,
}

impl Ctx {
    /// Lets a signed-in operator with `right` pass; else [`Failure::SignedOut`] or [`Failure::NotAllowed`].
    pub async fn authorize(right: Right) -> Result<Self, AppError> {
        let parts = parts()?;
        let session = web_session().await?;
        let operator = session.get::<Operator>(OPERATOR).await.map_err(storage)?.ok_or(Failure::SignedOut)?;
        let cx = Self { operator, parts, session };
        cx.demand(right, &action()).await?;
        Ok(cx)
    }
    /// Like [`may`](Self::may), and a refusal is recorded: somebody tried.
    pub async fn demand(&self, right: Right, action: &str) -> Result<(), AppError> {
        let refused = self.may(right);
        if let Err(AppError(failure)) = &refused {
            let entry = Entry {
                who: self.operator.user.clone(),
                from: client_address(),
                action: action.to_owned(),
                outcome: Outcome::Failed,
                message: failure.advice().title,
                ..Entry::default()
            };
            // It stays refused, whether that is recorded or not; the log has the reason.
            let _ = self.parts.audit.append(&entry).await;
        }
        refused
    }
    /// Whether the operator has `right`: for what only the arguments tell.
    pub fn may(&self, right: Right) -> Result<(), AppError> {
        if self.operator.role.may(right) {
            return Ok(());
        }
        if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
            response.set_status(http::StatusCode::FORBIDDEN);
        }
        Err(Failure::NotAllowed { needs: right.least(), is: self.operator.role }.into())
    }
    /// The newest snapshot.
    pub fn estate(&self) -> Arc<Estate> {
        self.parts.watch.estate()
    }
    /// The watched scope, if `account` and `region` name it.
    pub fn scope(&self, scope: &Scope) -> Result<(), AppError> {
        if self.estate().scope == *scope {
            Ok(())
        } else {
            Err(Failure::NotFound { noun: "account and region".into(), name: format!("{} {}", scope.account, scope.region) }.into())
        }
    }
    /// Does `work` once for its form, and records it in the audit. Without it the gateway makes no call that changes something.
    pub async fn act<T: Serialize + DeserializeOwned>(
        &self,
        act: &Act,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        if act.once.is_empty() {
            return self.record(act, work).await;
        }
        // What was entered is part of it: another value under the same key is another act.
        let entries = serde_json::to_string(&act.entries).unwrap_or_default();
        let key = [self.operator.user.as_str(), &act.form, &act.target, &act.once, &entries].join("\n");
        once::once(self.parts.submitted.as_ref(), &key, self.record(act, work)).await
    }
    /// Makes a job of this act, which the audit tells of at each call, and waits for a short one: what came of it, if it is done, and its
    /// number.
    pub async fn job(&self, work: Work, subjects: Vec<Subject>) -> Result<(JobId, Option<JobView>), Failure> {
        let scope = &self.estate().scope;
        let order = Order {
            who: self.operator.user.clone(),
            from: client_address(),
            scope: format!("{} {}", scope.account, scope.region),
            work,
            subjects,
        };
        let patience = if domain::job::calls(&order.subjects) <= FEW { SHORT } else { Duration::ZERO };
        let id = self.parts.jobs.make(order).await?;
        Ok((id, self.parts.jobs.settled(id, patience).await?))
    }
    async fn record<T>(&self, act: &Act, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let scope = &self.estate().scope;
        let entry = Entry {
            who: self.operator.user.clone(),
            from: client_address(),
            action: act.form.clone(),
            target: act.target.clone(),
            scope: format!("{} {}", scope.account, scope.region),
            entries: act.entries.clone(),
            ..Entry::default()
        };
        audit::record(Arc::clone(&self.parts.audit), entry, act.begins, work).await
    }
    /// Ends a form: leaves what was typed and what came of it for the next page when the browser has no WASM, and passes the
    /// result on.
    pub async fn finish<T: Serialize>(&self, act: Act, result: Result<T, Failure>) -> Result<T, AppError> {
        let outcome = result.as_ref().ok().and_then(|value| serde_json::to_string(value).ok()).unwrap_or_default();
        let failure = result.as_ref().err().cloned();
        leave(&self.session, Flash { form: act.form, entries: act.entries, failure, outcome }).await;
        result.map_err(AppError)
    }
}

/// Signs `operator` in, who comes with the request at hand.
pub async fn enter(session: &Session, parts: &Parts, operator: &Operator) -> Result<(), Failure> {
    let from = From { address: client_address(), browser: domain::account::browser(&header(http::header::USER_AGENT)) };
    enter_from(session, parts.door.as_ref(), operator, &from).await
}

/// Signs `operator` in: under a new id, so that whoever planted the old one in this browser, or knows it, is not signed in with them.
pub async fn enter_from(session: &Session, door: &dyn Door, operator: &Operator, from: &From) -> Result<(), Failure> {
    // Nothing of before goes along: whoever was signed in here, or half.
    session.clear().await;
    let entered = async {
        session.cycle_id().await?;
        session.insert(OPERATOR, operator).await?;
        session.save().await
    };
    entered.await.map_err(|error| storage(error).0)?;
    door.began(session, operator, from).await
}

/// A header of the request at hand; empty where there is none.
fn header(name: http::HeaderName) -> String {
    let parts = leptos::prelude::use_context::<http::request::Parts>();
    parts.and_then(|parts| parts.headers.get(name)?.to_str().ok().map(str::to_owned)).unwrap_or_default()
}

/// Leaves `flash` in `session` if the request at hand is a plain form post.
pub async fn leave(session: &Session, flash: Flash) {
    if is_plain_form().await
        && let Err(error) = session.insert(FLASH, flash).await
    {
        tracing::warn!(%error, "the outcome of a form could not be kept for the next page");
    }
}

/// Takes what the last plain form post left, if it is for this page load. Gone once taken.
pub async fn take_flash(session: &Session) -> Option<Flash> {
    // Reading first: a remove marks the session as changed and would write it on every page view.
    session.get::<Flash>(FLASH).await.ok().flatten()?;
    session.remove::<Flash>(FLASH).await.ok().flatten()
}

/// The server's parts from the Leptos context.
pub fn parts() -> Result<Parts, AppError> {
    leptos::prelude::use_context::<Parts>()
        .ok_or_else(|| AppError(Failure::Internal { message: "The server forgot to hand its parts to this page.".into() }))
}

/// The web session of the request at hand.
pub async fn web_session() -> Result<Session, AppError> {
    leptos_axum::extract::<Session>().await.map_err(storage)
}

/// What the request at hand asks for: an endpoint, or a page's path.
fn action() -> String {
    let path = leptos::prelude::use_context::<http::request::Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default();
    path.trim_start_matches("/api").trim_start_matches('/').chars().take(120).collect()
}

/// Who asks, as the server made out: the peer, or what a trusted proxy says. An extension of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub std::net::IpAddr);

/// The address that the request at hand came from, for throttling and the audit; `unknown` when the server did not say.
pub fn client_address() -> String {
    leptos::prelude::use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<ClientAddress>().map(|address| address.0.to_string()))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Whether the request at hand is a form post by a browser without WASM: it wants a page back.
pub async fn is_plain_form() -> bool {
    leptos::prelude::use_context::<http::request::Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(http::header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        parts.method == http::Method::POST && accept.contains("text/html")
    })
}

pub(crate) fn storage(error: impl std::fmt::Debug) -> AppError {
    tracing::error!(?error, "the web session could not be read");
    AppError(Failure::Internal { message: "Your sign-in could not be read from the console’s storage. Try again.".into() })
}
