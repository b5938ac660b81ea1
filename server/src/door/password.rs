//! Passwords: hashed with argon2id, made where somebody else gives them, and refused where they are among the first that are guessed.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::form::FieldError;
use std::sync::OnceLock;
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

/// What a hash costs, after OWASP's password storage cheat sheet (read November 2026): KiB of memory, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// The hash of a password that nobody knows, made as [`hash`] makes them: what a sign-in with an unknown name is checked against. Written
/// down, because making one at each start costs a quarter of the start.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$G9kOPGW7Zk7j7kzMpAPxyA$Eu+BphBNKMqcm7EpwDdr3OTanU2KUQo77crQzQE2Sxs";

/// A password that was made: shown once, and in no log.
pub struct Password(String);

impl Password {
    /// Twenty letters and digits without those that look alike: 100 bits.
    pub fn made() -> Self {
        Self(letters(20))
    }

    /// For the person at the terminal.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Letters and digits without those that look alike, five bits each.
pub fn letters(count: usize) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    (0..count).map(|_| char::from(LETTERS[usize::from(rand::random::<u8>() & 31)])).collect()
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What a password is to a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matches {
    /// Another one.
    No,
    /// The same.
    Yes,
    /// The same, but the hash was made at another cost than today's.
    Outdated,
}

fn argon2() -> Result<Argon2<'static>, String> {
    let params = Params::new(COST.0, COST.1, COST.2, None).map_err(|e| format!("The password could not be hashed: {e}."))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes `password`.
pub async fn hash(password: String) -> Result<String, String> {
    let work = move || {
        let hash = argon2()?.hash_password(password.as_bytes()).map_err(|e| format!("The password could not be hashed: {e}."))?;
        Ok(hash.to_string())
    };
    in_turn(work).await.map_err(|e| format!("The password could not be hashed: {e}."))?
}

/// Does `work`, which takes a core and 19 MB, when there is room: half of the cores are for everything else.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    static ROOM: OnceLock<Semaphore> = OnceLock::new();
    let places = || Semaphore::new(std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1)));
    let place = ROOM.get_or_init(places).acquire().await.map_err(|e| e.to_string())?;
    // Whoever asked may be gone by then; the work takes its place all the same.
    let work = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
}

/// Whether `password` is what `hash` was made of. Costs what the hash says, right or wrong.
pub async fn matches(hash: String, password: String) -> Result<Matches, String> {
    let work = move || {
        let Ok(hash) = PasswordHash::new(&hash) else { return Matches::No };
        if Argon2::default().verify_password(password.as_bytes(), &hash).is_err() {
            return Matches::No;
        }
        let today = Params::try_from(&hash).is_ok_and(|p| (p.m_cost(), p.t_cost(), p.p_cost()) == COST);
        if today && hash.algorithm == argon2::ARGON2ID_IDENT { Matches::Yes } else { Matches::Outdated }
    };
    in_turn(work).await.map_err(|e| format!("The password could not be checked: {e}."))
}

/// A made password and its hash.
pub async fn made() -> Result<(Password, String), String> {
    let made = Password::made();
    let hash = hash(made.reveal().to_owned()).await?;
    Ok((made, hash))
}

/// Why `password` is too easily guessed for the account `name`: it holds the name, or is made of words, names, keys and years that are tried
/// first (zxcvbn's lists).
pub async fn weak(name: &str, password: &str) -> Result<Option<FieldError>, String> {
    let (name, password) = (name.to_owned(), password.to_owned());
    let work = move || {
        let error = |sentence: &str| Some(FieldError::new("new_password", sentence));
        if name.len() > 3 && password.to_lowercase().contains(&name.to_lowercase()) {
            return error("A password must not hold the name of its account.");
        }
        let known = [name.as_str(), "appstream", "console", "workspaces", "amazon"];
        if zxcvbn(&password, &known).score() < Score::Three {
            return error("This password is among the first that are guessed. Make it longer, with words that do not belong together.");
        }
        None
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| format!("The password could not be checked: {e}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unknown_name_costs_what_a_known_one_costs() {
        let costs = |text: &str| {
            let hash = PasswordHash::new(text).unwrap();
            (hash.algorithm.to_string(), hash.version, hash.params.to_string(), hash.hash.unwrap().as_bytes().len())
        };
        assert_eq!(costs(NOBODY), costs(&hash("right".into()).await.unwrap()));
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_known() {
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8 * 1024, 1, 1, None).unwrap());
        let old = cheap.hash_password(b"right").unwrap().to_string();
        assert_eq!(matches(old.clone(), "right".into()).await, Ok(Matches::Outdated));
        assert_eq!(matches(old, "wrong".into()).await, Ok(Matches::No));
        assert_eq!(matches(hash("right".into()).await.unwrap(), "right".into()).await, Ok(Matches::Yes));
        assert_eq!(matches("no hash".into(), "right".into()).await, Ok(Matches::No));
    }

    #[tokio::test]
    async fn what_is_guessed_first_is_refused() {
        for bad in ["password1234", "qwertyuiop123", "aaaaaaaaaaaa", "appstreamconsole", "ana.silva-2026!", "123456789012"] {
            assert!(weak("ana.silva", bad).await.unwrap().is_some(), "{bad}");
        }
        for good in ["correct horse battery", "zwölf Töpfe am Herd", Password::made().reveal()] {
            assert_eq!(weak("ana.silva", good).await, Ok(None), "{good}");
        }
    }
}
