//! What is never kept: members of requests and answers whose values no log, no database, no audit and no export may have.

/// Whether the value of the member at `path` is a secret: passwords, what a streaming session is told in confidence, streaming URLs and
/// tokens. `path` may be a member's name alone.
pub fn is_secret(path: &str) -> bool {
    let member = path.rsplit(['.', '[', ':']).find(|part| part.parse::<usize>().is_err()).unwrap_or(path).trim_end_matches(']');
    let lower = member.to_ascii_lowercase();
    ["password", "sessioncontext", "streamingurl", "token", "secret"].iter().any(|end| lower.ends_with(end))
}

/// What stands in its place.
pub const HIDDEN: &str = "(not recorded)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_the_end_of_their_name() {
        for path in
            ["password", "form[password]", "ServiceAccountCredentials.AccountPassword", "SessionContext", "StreamingURL", "NextToken"]
        {
            assert!(is_secret(path), "{path}");
        }
        for path in ["Name", "UserName", "Attributes.0.Value", "RedirectURL", "PasswordPolicy", "Tags"] {
            assert!(!is_secret(path), "{path}");
        }
    }
}
