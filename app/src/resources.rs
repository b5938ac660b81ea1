//! Everything but fleets and sessions: what the console can list, show, and do. Implemented in `server/src/resource`.

use async_trait::async_trait;
use domain::entry::FormView;
use domain::failure::Failure;
use domain::pool::{Bulk, Report};
use domain::resource::{Call, Code, Done, ItemView, ListView};
use domain::role::Right;
use domain::sharing::{ShareForm, ShareResult, SharingView};

pub use domain::entry::Entries;

/// Many users of the pool at once. Without `send` nothing is sent: the report says what would be.
#[async_trait]
pub trait People: Send + Sync {
    /// Users from a paste, with their stacks. `mail`: AWS mails the invitations; `tell`: it mails each assigned stack, too. Safe to repeat.
    async fn import(&self, text: &str, mail: bool, tell: bool, send: bool) -> Result<Report, Failure>;
    /// The same for all users that `users` has line by line. Safe to repeat.
    async fn bulk(&self, what: Bulk, users: &str, stacks: &[String], tell: bool, send: bool) -> Result<Report, Failure>;
}

/// Lists, things, forms and acts, by the slug of their kind and the name of their verb. Unknown ones are [`Failure::NotFound`].
#[async_trait]
pub trait Resources: People {
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
