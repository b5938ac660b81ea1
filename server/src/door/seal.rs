//! Seals what must be read again and must not be readable in a copy of the database: secrets of second factors. The key lies beside the
//! database, and in no backup.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// The file of the key.
pub const FILE: &str = "console.key";
const LENGTH: usize = 32;

/// The key. Prints nothing of it.
pub struct Seal(LessSafeKey);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// The key in `folder`, made if missing. The error is a sentence.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let file = folder.join(FILE);
        let failed = |e: &dyn std::fmt::Display| format!("The key {} cannot be used: {e}.", file.display());
        let key = match std::fs::read(&file) {
            Ok(key) => key,
            Err(error) if error.kind() == ErrorKind::NotFound => made(&file).map_err(|e| failed(&e))?,
            Err(error) => return Err(failed(&error)),
        };
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| failed(&format!("it has not {LENGTH} bytes")))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals `secret` for `whose`: it is of no use for anybody else.
    pub fn seal(&self, whose: &str, secret: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = secret.to_vec();
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(whose), &mut sealed).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }

    /// What was sealed for `whose`; none where it was changed, or sealed with another key.
    pub fn open_for(&self, whose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        self.0.open_in_place(nonce, Aad::from(whose), &mut rest).ok().map(|secret| secret.to_vec())
    }
}

/// A new key in a file that only its owner reads.
fn made(file: &Path) -> std::io::Result<Vec<u8>> {
    let key: [u8; LENGTH] = rand::random();
    let mut options = std::fs::File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_read_by_its_key_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let seal = Seal::open(folder.path()).unwrap();
        let sealed = seal.seal("ana", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_eq!(Seal::open(folder.path()).unwrap().open_for("ana", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(seal.open_for("bob", &sealed), None);
        let mut changed = sealed.clone();
        changed[NONCE_LEN] ^= 1;
        assert_eq!(seal.open_for("ana", &changed), None);
        assert_eq!(seal.open_for("ana", b"short"), None);
        let other = tempfile::tempdir().unwrap();
        assert_eq!(Seal::open(other.path()).unwrap().open_for("ana", &sealed), None);
        std::fs::write(folder.path().join(FILE), b"short").unwrap();
        assert!(Seal::open(folder.path()).unwrap_err().contains("32 bytes"));
        assert_eq!(format!("{seal:?}"), "Seal(…)");
    }
}
