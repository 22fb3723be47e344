//! Signing in, and keeping signed in: sessions with rotating refresh tokens.

use std::sync::OnceLock;

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::id::{MakeIds, SessionId};
use crate::domain::member::Standing;
use crate::domain::time::Timestamp;
use crate::ops::invite_user::{hash_password, password_hasher};
use crate::ops::token;
use crate::store::members::Member;
use crate::store::sessions;
use crate::store::users::{self, User};
use crate::store::{Conn, Retry, StoreError};

/// How long a refresh token is good, in seconds.
pub const REFRESH_SECONDS: i64 = 30 * 24 * 3600;

/// A signed-in session with its current refresh token.
pub struct Session {
    pub id: SessionId,
    pub user: User,
    pub member: Member,
    pub refresh_token: SecretString,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Wrong password, unknown user, suspended: the same to a stranger.
    #[error("the credentials are not good")]
    NotGood,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for SignInError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Whether a password has this hash. Slow by design; with no hash it takes as long and says no, so
/// that the time tells nothing about who exists.
pub fn password_matches(password: &SecretString, hash: Option<&str>) -> bool {
    // Of a password that nobody knows, with today's cost.
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = || NOBODY.get_or_init(|| hash_password(&token::fresh()).unwrap_or_default()).as_str();
    let (stored, known) = hash.map_or_else(|| (nobody(), false), |hash| (hash, true));
    let Ok(parsed) = PasswordHash::new(stored) else { return false };
    let same = password_hasher().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok();
    same && known
}

/// Opens a session for a user whose password was found right.
pub fn open_session(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    email: &str,
) -> Result<Session, SignInError> {
    let (user, member) = users::find_by_email(conn, email)?.ok_or(SignInError::NotGood)?;
    refuse_suspended(&user, &member)?;
    let refresh_token = token::fresh();
    let hash = token::hash(refresh_token.expose_secret());
    let id = SessionId(ids.make(&[b"session", user.id.as_bytes(), &hash]));
    sessions::insert(conn, id, user.id, now)?;
    sessions::insert_refresh(conn, &hash, id, now, now.plus_seconds(REFRESH_SECONDS))?;
    Ok(Session { id, user, member, refresh_token })
}

/// What came of a refresh.
pub enum Refreshed {
    Session(Box<Session>),
    /// Unknown, expired or ended.
    NotGood,
    /// The token was used before: whoever has it, two have it. The whole session was ended.
    Reused,
}

/// Exchanges a refresh token for the next one. The token is used up whatever comes of it.
pub fn refresh_session(
    conn: &mut Conn,
    now: Timestamp,
    refresh_token: &str,
) -> Result<Refreshed, SignInError> {
    let hash = token::hash(refresh_token);
    let Some(found) = sessions::find_refresh(conn, &hash)? else { return Ok(Refreshed::NotGood) };
    if found.session_ended_at.is_some() || found.expires_at <= now {
        return Ok(Refreshed::NotGood);
    }
    if !sessions::use_refresh(conn, &hash, now)? {
        sessions::end(conn, found.session, now)?;
        return Ok(Refreshed::Reused);
    }
    let Some((user, member)) = users::find_with_member(conn, found.user)? else {
        return Ok(Refreshed::NotGood);
    };
    if refuse_suspended(&user, &member).is_err() {
        return Ok(Refreshed::NotGood);
    }
    let next = token::fresh();
    let expires_at = now.plus_seconds(REFRESH_SECONDS);
    sessions::insert_refresh(conn, &token::hash(next.expose_secret()), found.session, now, expires_at)?;
    Ok(Refreshed::Session(Box::new(Session { id: found.session, user, member, refresh_token: next })))
}

fn refuse_suspended(user: &User, member: &Member) -> Result<(), SignInError> {
    let active = user.standing == Standing::Active && member.standing == Standing::Active;
    active.then_some(()).ok_or(SignInError::NotGood)
}
