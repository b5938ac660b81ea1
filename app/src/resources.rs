//! Everything but fleets and sessions: what the console can list, show, and do. Implemented in `server/src/resource`.

use async_trait::async_trait;
use domain::entry::FormView;
use domain::failure::Failure;
use domain::job::{Item, Subject, Work};
use domain::pool::{Bulk, Ready};
use domain::resource::{Call, Code, Done, ItemView, ListView};
use domain::role::Right;
use domain::sharing::{ShareForm, ShareResult, SharingView};

pub use domain::entry::Entries;

/// Many things at once: what is asked for is checked here, and done by a job.
#[async_trait]
pub trait Many: Send + Sync {
    /// Users from a paste, with their stacks. `mail`: AWS mails the invitations; `tell`: it mails each assigned stack, too. `anew`: what
    /// stood at an earlier check may have changed. Sends nothing.
    async fn import(&self, text: &str, mail: bool, tell: bool, anew: bool) -> Result<Ready, Failure>;
    /// The same for all users that `users` has line by line.
    async fn bulk(&self, what: Bulk, users: &str, stacks: &[String], tell: bool, anew: bool) -> Result<Ready, Failure>;
    /// Images that a fleet can get, with their platforms, the newest first.
    async fn images(&self) -> Result<Vec<(String, String)>, Failure>;
    /// Another image for `fleets`, in their order, with `soak` minutes after each.
    async fn rollout(&self, image: &str, fleets: &[String], soak: &str, anew: bool) -> Result<Ready, Failure>;
    /// Does `work` to `items`, in one call where AWS takes several; what came of each, as a sentence.
    async fn carry(&self, work: &Work, items: &[Item]) -> Vec<Result<String, Failure>>;
    /// Whether AWS shows that `work` was done to `subject`.
    async fn is_done(&self, work: &Work, subject: &Subject) -> Result<bool, Failure>;
}

/// Lists, things, forms and acts, by the slug of their kind and the name of their verb. Unknown ones are [`Failure::NotFound`].
#[async_trait]
pub trait Resources: Many {
    /// A window of a list; `query` is the page's query string.
    async fn list(&self, kind: &str, query: &str, start: usize, len: usize) -> Result<ListView, Failure>;
    /// One thing, on one of its tabs; the overview is the empty one.
    async fn item(&self, kind: &str, name: &str, tab: &str) -> Result<ItemView, Failure>;
    /// The right that an act demands.
    fn right(&self, kind: &str, verb: &str) -> Result<Right, Failure>;
    /// The form of an act.
    async fn form(&self, kind: &str, name: &str, verb: &str, query: &str) -> Result<FormView, Failure>;
    /// The request that a form would send, as code.
    async fn code(&self, kind: &str, name: &str, verb: &str, query: &str, entries: &Entries) -> Result<Vec<Code>, Failure>;
    /// These requests as code, in their order.
    fn request_code(&self, calls: &[Call]) -> Result<Vec<Code>, Failure>;
    /// Does an act.
    async fn act(&self, kind: &str, name: &str, verb: &str, query: &str, confirm: &str, entries: &Entries) -> Result<Done, Failure>;
    /// Who may use which images; `query`: `image` for one alone, else what the matrix shows.
    async fn sharing(&self, query: &str) -> Result<SharingView, Failure>;
    /// Changes who may use which images, with a result for each cell. Safe to repeat.
    async fn share(&self, form: &ShareForm) -> Result<Vec<ShareResult>, Failure>;
}
