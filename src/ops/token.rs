//! Secrets that are handed out once and stored as hashes: invitations, refresh tokens, API keys.

use aws_lc_rs::{constant_time, digest, rand};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::id::KeyId;

/// Bytes of randomness in every secret.
const SECRET_BYTES: usize = 32;

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The generator only fails if the operating system has no randomness at all; going on with zeros
    // would be worse than stopping.
    if rand::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// A fresh secret as URL-safe text.
pub fn fresh() -> SecretString {
    BASE64URL_NOPAD.encode(&random::<SECRET_BYTES>()).into()
}

/// What is stored of a secret. The secrets are random and long, so one round of SHA-256 is enough.
pub fn hash(secret: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, secret.as_bytes()).as_ref().to_vec()
}

/// Whether a secret has this hash, in constant time.
pub fn matches(secret: &str, stored: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(&hash(secret), stored).is_ok()
}

/// The text of an API key: `ts_live_<id>_<secret><checksum>`. The prefix and the checksum let secret
/// scanners recognise a leaked key without asking the server.
pub fn api_key_text(id: KeyId, secret: &SecretString) -> SecretString {
    let body = format!("{API_KEY_PREFIX}{}_{}", HEXLOWER.encode(id.as_bytes()), secret.expose_secret());
    format!("{body}{}", checksum(&body)).into()
}

/// Takes an API key apart; `None` if it is not one.
pub fn parse_api_key(text: &str) -> Option<(KeyId, &str)> {
    let body_length = text.len().checked_sub(CHECKSUM_CHARS)?;
    let (body, sum) = (text.get(..body_length)?, text.get(body_length..)?);
    let (id, secret) = body.strip_prefix(API_KEY_PREFIX)?.split_once('_')?;
    let id = HEXLOWER.decode(id.as_bytes()).ok()?.try_into().ok()?;
    (sum == checksum(body)).then_some((KeyId(id), secret))
}

/// What every API key begins with.
pub const API_KEY_PREFIX: &str = "ts_live_";
const CHECKSUM_CHARS: usize = 6;

fn checksum(body: &str) -> String {
    let hash = digest::digest(&digest::SHA256, body.as_bytes());
    let mut text = HEXLOWER.encode(hash.as_ref());
    text.truncate(CHECKSUM_CHARS);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_a_mistyped_one_does_not() {
        let (id, secret) = (KeyId([7; 16]), fresh());
        let text = api_key_text(id, &secret);
        let text = text.expose_secret();
        assert_eq!(parse_api_key(text), Some((id, secret.expose_secret())));
        let wrong = format!("{}0", &text[..text.len() - 1]);
        assert!(parse_api_key(&wrong).is_none() || wrong == *text);
        assert_eq!(parse_api_key("ts_live_"), None);
        assert_eq!(parse_api_key("é"), None);
    }
}
