//! Paging by hand: the SDK pages four operations of eighty-nine.

use domain::failure::Failure;

/// More pages than any list has. Tokens that are new each time and never end would fill the memory.
const MOST_PAGES: usize = 5_000;

/// Asks page after page until there is no token. A token that comes twice would never end: it is an error.
pub async fn all<T, F>(operation: &'static str, mut ask: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<(Vec<T>, Option<String>), Failure>>,
{
    let mut rows = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut token = None;
    loop {
        let (page, next) = ask(token.take()).await?;
        rows.extend(page);
        match next.filter(|t| !t.is_empty()) {
            None => return Ok(rows),
            Some(next) if seen.len() < MOST_PAGES && seen.insert(next.clone()) => token = Some(next),
            Some(_) => {
                let message = format!("{operation} gave the same page again and again.");
                return Err(Failure::Upstream { code: "RepeatedNextToken".into(), message, request_id: None });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_repeated_token_ends_in_an_error_instead_of_never() {
        let ended = all("X", |t| async move { Ok((vec![t.clone()], Some("again".to_owned()))) }).await;
        assert!(matches!(ended, Err(Failure::Upstream { code, .. }) if code == "RepeatedNextToken"));
        let three = all("X", |t| async move {
            let n: u32 = t.map_or(0, |t| t.parse().unwrap_or(0));
            Ok((vec![n], (n < 2).then(|| (n + 1).to_string())))
        });
        assert_eq!(three.await, Ok(vec![0, 1, 2]));
        let endless = all("X", |t| async move { Ok((vec![()], Some(t.map_or(0, |t| t.parse::<u32>().unwrap_or(0) + 1).to_string()))) });
        assert!(endless.await.is_err());
    }
}
