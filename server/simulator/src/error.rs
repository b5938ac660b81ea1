//! Errors of the API: a code and a sentence.

use domain::constraints::Operation;

/// What an operation refuses with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Such as `ResourceNotFoundException`.
    pub code: &'static str,
    /// A sentence that names the resource.
    pub message: String,
}

/// The answer of an operation.
pub type Answer<T = serde_json::Value> = Result<T, ApiError>;

macro_rules! codes {
    ($($name:ident = $code:literal;)*) => {
        $(#[doc = concat!("A `", $code, "`.")]
        pub fn $name(message: impl Into<String>) -> ApiError {
            ApiError { code: $code, message: message.into() }
        })*
    };
}

codes! {
    validation = "ValidationException";
    serialization = "SerializationException";
    unknown_operation = "UnknownOperationException";
    throttling = "ThrottlingException";
    not_found = "ResourceNotFoundException";
    exists = "ResourceAlreadyExistsException";
    in_use = "ResourceInUseException";
    not_available = "ResourceNotAvailableException";
    combination = "InvalidParameterCombinationException";
    not_permitted = "OperationNotPermittedException";
    limit = "LimitExceededException";
    concurrent = "ConcurrentModificationException";
    incompatible_image = "IncompatibleImageException";
    invalid_role = "InvalidRoleException";
    dry_run = "DryRunOperationException";
}

/// Codes that any operation may answer with, although no operation's model lists them (behaviour notes 2.6).
const ALWAYS: [&str; 5] =
    ["ValidationException", "SerializationException", "UnknownOperationException", "ThrottlingException", "InvalidParameterValueException"];

/// The error as `operation` may raise it (behaviour notes 3.0.1): one that its model does not list becomes the nearest that it does.
pub fn fit(operation: &Operation, error: ApiError) -> ApiError {
    let lists = |code: &str| operation.errors.iter().any(|(name, _)| *name == code);
    if lists(error.code) || ALWAYS.contains(&error.code) {
        return error;
    }
    let code = ["OperationNotPermittedException", "InvalidParameterCombinationException"]
        .into_iter()
        .find(|c| lists(c))
        .unwrap_or("ValidationException");
    ApiError { code, ..error }
}

/// The HTTP status of `code` as `operation`'s model sets it.
pub fn status(operation: Option<&Operation>, code: &str) -> u16 {
    let modelled = operation.and_then(|o| o.errors.iter().find(|(name, _)| *name == code)).map(|(_, status)| *status);
    modelled.unwrap_or(match code {
        "UnknownOperationException" => 404,
        "InternalFailure" => 500,
        "AccessDeniedException" => 403,
        _ => 400,
    })
}
