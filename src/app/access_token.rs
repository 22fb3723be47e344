//! Access tokens: short-lived JWTs (RFC 9068 profile), signed with Ed25519.
//!
//! RFC 8725 is followed closely: one algorithm, chosen here and not by the token; `typ`, `kid`, `iss`,
//! `aud`, `sub` and `exp` are all required and checked. Whether the user may still act is read from
//! the store at each request; the token only says who it is.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use crate::domain::id::{SessionId, UserId};
use crate::domain::time::Timestamp;

/// Life of an access token, in seconds.
pub const ACCESS_SECONDS: i64 = 600;

const ISSUER: &str = "touchstone";
const AUDIENCE: &str = "touchstone-api";
const TYPE: &str = "at+jwt";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// Signs and checks access tokens.
pub struct AccessTokens {
    signing: EncodingKey,
    checking: DecodingKey,
    kid: String,
    public: Vec<u8>,
}

/// A fresh signing key as PKCS#8.
pub fn new_signing_key() -> Result<Vec<u8>, String> {
    let key = Ed25519KeyPair::generate().map_err(|_| "a signing key could not be made")?;
    let document = key.to_pkcs8().map_err(|_| "a signing key could not be written")?;
    Ok(document.as_ref().to_vec())
}

impl AccessTokens {
    /// Takes the installation's key and proves that it works: the JWT library panics at its first use
    /// when it was built without a crypto provider, and that must be now.
    pub fn new(pkcs8: &[u8]) -> Result<Self, String> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| "the stored signing key is damaged")?;
        let public = pair.public_key().as_ref().to_vec();
        let kid = HEXLOWER.encode(&digest::digest(&digest::SHA256, &public).as_ref()[..8]);
        let tokens = Self {
            signing: EncodingKey::from_ed_der(pkcs8),
            checking: DecodingKey::from_ed_der(&public),
            kid,
            public,
        };
        let (user, session) = (UserId([0; 16]), SessionId([0; 16]));
        let token = tokens.sign(user, session, Timestamp(0))?;
        match tokens.check(&token, Timestamp(0)) {
            Some(found) if found == (user, session) => Ok(tokens),
            _ => Err("the signing key does not verify its own token".to_owned()),
        }
    }

    /// A token for a user's session, good for [`ACCESS_SECONDS`].
    pub fn sign(&self, user: UserId, session: SessionId, now: Timestamp) -> Result<String, String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        let issued = now.unix_seconds();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            iat: issued,
            exp: issued + ACCESS_SECONDS,
        };
        encode(&header, &claims, &self.signing).map_err(|error| error.to_string())
    }

    /// Whose token it is; `None` if anything about it is not right.
    pub fn check(&self, token: &str, now: Timestamp) -> Option<(UserId, SessionId)> {
        let header = decode_header(token).ok()?;
        let kind = header.typ.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(TYPE));
        if !kind || header.kid.as_deref() != Some(self.kid.as_str()) || header.alg != Algorithm::EdDSA {
            return None;
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The clock is ours to read, so that a replay reads the same one.
        validation.validate_exp = false;
        let claims = decode::<Claims>(token, &self.checking, &validation).ok()?.claims;
        (now.unix_seconds() < claims.exp).then_some((claims.sub, claims.sid))
    }

    /// The public key as a JSON Web Key Set (RFC 7517, RFC 8037).
    pub fn jwks(&self) -> serde_json::Value {
        serde_json::json!({ "keys": [{
            "kty": "OKP",
            "crv": "Ed25519",
            "x": BASE64URL_NOPAD.encode(&self.public),
            "kid": self.kid,
            "use": "sig",
            "alg": "EdDSA",
        }]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_ten_minutes_and_only_as_it_was_signed() {
        let tokens = AccessTokens::new(&new_signing_key().expect("key")).expect("works");
        let (user, session) = (UserId([1; 16]), SessionId([2; 16]));
        let token = tokens.sign(user, session, Timestamp(0)).expect("signs");
        assert_eq!(tokens.check(&token, Timestamp(0).plus_seconds(599)), Some((user, session)));
        assert_eq!(tokens.check(&token, Timestamp(0).plus_seconds(600)), None);
        let other = AccessTokens::new(&new_signing_key().expect("key")).expect("works");
        assert_eq!(other.check(&token, Timestamp(0)), None);
        let (body, _) = token.rsplit_once('.').expect("three parts");
        assert_eq!(tokens.check(&format!("{body}."), Timestamp(0)), None);
    }
}
