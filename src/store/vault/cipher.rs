//! AES-256-GCM, and how a sealed value stands in a column: version, key id, nonce, what was sealed, tag.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;

use crate::store::{Result, StoreError};

/// The first byte of a value sealed in this way. No text begins with it, since it is no UTF-8: so what was stored
/// before there were keys can be told apart.
const VERSION: u8 = 0xf8;

const ID_LEN: usize = 8;
const HEAD_LEN: usize = 1 + ID_LEN + NONCE_LEN;
const TAG_LEN: usize = 16;

/// Length of a key in bytes.
pub const KEY_LEN: usize = 32;

/// A key ready for use: its schedule is worked out once. The library wipes it when it is dropped.
///
/// Nonces are 96 random bits, so one key is good for 2^32 values before two of the same become likelier than
/// 2^-32; replacing the keys begins the count anew.
pub struct Key {
    pub id: i64,
    aead: LessSafeKey,
}

impl Key {
    pub fn new(id: i64, bytes: &[u8; KEY_LEN]) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| failed("a key was not taken"))?;
        Ok(Self { id, aead: LessSafeKey::new(key) })
    }

    /// Seals `plain` for the place that `place` names: it opens nowhere else.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| failed("there are no random bytes"))?;
        let mut sealed = Vec::with_capacity(HEAD_LEN + plain.len() + TAG_LEN);
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.id.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .aead
            .seal_in_place_separate_tag(nonce, Aad::from(place), &mut sealed[HEAD_LEN..])
            .map_err(|_| failed("a value was not sealed"))?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens in place what this key has sealed for `place`.
    pub fn open(&self, place: &[u8], sealed: &mut Vec<u8>) -> Result<()> {
        let damaged =
            || StoreError::Damaged("a sealed value was changed or stands in a wrong place".to_owned());
        if key_of(sealed) != Some(self.id) {
            return Err(damaged());
        }
        let nonce = sealed[1 + ID_LEN..HEAD_LEN].try_into().map_err(|_| damaged())?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.aead.open_in_place(nonce, Aad::from(place), &mut sealed[HEAD_LEN..]);
        let len = opened.map_err(|_| damaged())?.len();
        sealed.copy_within(HEAD_LEN..HEAD_LEN + len, 0);
        sealed.truncate(len);
        Ok(())
    }
}

/// The id of the key that sealed a value; `None` if it is not sealed.
pub fn key_of(value: &[u8]) -> Option<i64> {
    if value.len() < HEAD_LEN + TAG_LEN || value[0] != VERSION {
        return None;
    }
    Some(i64::from_be_bytes(value[1..=ID_LEN].try_into().ok()?))
}

fn failed(what: &str) -> StoreError {
    StoreError::Failed(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_in_its_place_with_its_key_and_nowhere_else() {
        let (key, other) = (Key::new(1, &[1; 32]).unwrap(), Key::new(1, &[2; 32]).unwrap());
        for plain in [&b""[..], b"a", &[0xf8; 5_000]] {
            let sealed = key.seal(b"here", plain).unwrap();
            assert_eq!(key_of(&sealed), Some(1));
            let mut opened = sealed.clone();
            key.open(b"here", &mut opened).unwrap();
            assert_eq!(opened, plain);
            assert!(key.open(b"there", &mut sealed.clone()).is_err(), "moved");
            assert!(other.open(b"here", &mut sealed.clone()).is_err(), "another key");
            for at in 0..sealed.len().min(64) {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert!(key.open(b"here", &mut changed).is_err(), "byte {at} changed");
            }
        }
    }

    #[test]
    fn one_value_is_never_sealed_alike_twice() {
        let key = Key::new(1, &[1; 32]).unwrap();
        assert_ne!(key.seal(b"here", b"value").unwrap(), key.seal(b"here", b"value").unwrap());
    }

    #[test]
    fn no_text_is_taken_for_a_sealed_value() {
        for text in ["", "{}", "\u{1}\u{2}", &"ø".repeat(100), &"\u{10ffff}".repeat(100)] {
            assert_eq!(key_of(text.as_bytes()), None);
        }
    }
}
