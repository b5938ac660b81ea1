//! [`AppError`]: a [`Failure`] on the wire between server functions and their callers. Words are made by `Failure::advice` alone.

use domain::failure::Failure;
use domain::form::FieldError;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The error of every server function. A local type, because `FromServerFnError` needs one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError(pub Failure);

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl std::error::Error for AppError {}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}
impl From<Vec<FieldError>> for AppError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self(Failure::Fields(errors))
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Request(message) => Failure::Unreachable { message },
            other => Failure::Wire { message: other.to_string() },
        })
    }
}

impl AppError {
    /// The sentence at `field`, if this error has one.
    pub fn at(&self, field: &str) -> Option<String> {
        match &self.0 {
            Failure::Fields(errors) => errors.iter().find(|e| e.field == field).map(|e| e.message.clone()),
            _ => None,
        }
    }
}
