//! Invites a person to become a user, and lets the person accept.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::fault::{Fault, Faults};
use crate::domain::id::{InvitationId, MakeIds, MemberId, UserId};
use crate::domain::member::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Role, Standing, sign_in_email};
use crate::domain::time::Timestamp;
use crate::ops::create_member::parse_name;
use crate::ops::token;
use crate::store::invitations::{self, Invitation};
use crate::store::members::{self, Member};
use crate::store::users::{self, User};
use crate::store::{Conn, Result, Retry, StoreError};

/// How long an invitation is good, in seconds.
pub const INVITATION_SECONDS: i64 = 7 * 24 * 3600;

/// A checked request for an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    pub email: Option<String>,
    pub role: Role,
}

impl NewInvitation {
    pub fn parse(email: Option<String>, role: Option<String>) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let email = email.and_then(|email| {
            let parsed = sign_in_email(&email);
            if parsed.is_none() {
                faults.add("/email", "malformed", "This is not an e-mail address.");
            }
            parsed
        });
        let role = faults.required(role, "/role").and_then(|role| {
            let parsed = Role::parse_name(&role);
            if parsed.is_none() {
                faults.add("/role", "not_allowed", format!("Must be one of: {}.", Role::names()));
            }
            parsed
        });
        faults.or(role.map(|role| Self { email, role }))
    }
}

/// Stores an invitation to the member and returns it with its token, which is stored nowhere.
pub fn invite_user(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    member: MemberId,
    new: &NewInvitation,
) -> Result<(Invitation, SecretString)> {
    let secret = token::fresh();
    let token_hash = token::hash(secret.expose_secret());
    let invitation = Invitation {
        id: InvitationId(ids.make(&[b"invitation", member.as_bytes(), &token_hash])),
        member_id: member,
        email: new.email.clone().unwrap_or_default().into(),
        role: new.role,
        token_hash,
        expires_at: now.plus_seconds(INVITATION_SECONDS),
        used_at: None,
        created_at: now,
    };
    invitations::insert(conn, &invitation)?;
    Ok((invitation, secret))
}

/// What a person sends to accept, checked.
pub struct Acceptance {
    pub token: SecretString,
    pub email: String,
    pub name: String,
    pub password: SecretString,
}

impl Acceptance {
    pub fn parse(
        token: Option<String>,
        email: Option<String>,
        name: Option<String>,
        password: Option<String>,
    ) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let token = faults.required(token, "/token");
        let email = faults.required(email, "/email").and_then(|email| {
            let parsed = sign_in_email(&email);
            if parsed.is_none() {
                faults.add("/email", "malformed", "This is not an e-mail address.");
            }
            parsed
        });
        let name = parse_name(&mut faults, name);
        let password = faults.required(password, "/password").filter(|password| {
            let fault = password_fault(password);
            let good = fault.is_none();
            faults_extend(&mut faults, fault);
            good
        });
        let acceptance =
            token.zip(email).zip(name).zip(password).map(|(((token, email), name), password)| Self {
                token: token.into(),
                email,
                name,
                password: password.into(),
            });
        faults.or(acceptance)
    }
}

fn faults_extend(faults: &mut Faults, fault: Option<Fault>) {
    if let Some(fault) = fault {
        faults.add(fault.pointer, &fault.code, fault.detail);
    }
}

/// What is wrong with a new password. Length is what counts (NIST SP 800-63B-4, ASVS 5.0 6.2).
pub fn password_fault(password: &str) -> Option<Fault> {
    let length = password.chars().count();
    let good = (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length);
    (!good).then(|| {
        let detail = format!("Use {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters.");
        Fault::new("/password", "length", detail)
    })
}

/// Why an invitation could not be accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// Unknown, used, expired, for another address, or of a suspended member: the same to a stranger.
    #[error("the invitation is not good")]
    NotGood,
    #[error("the e-mail address is taken")]
    EmailTaken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for AcceptError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Uses an invitation up and makes the user. `password_hash` is the hash of the accepted password,
/// made outside the transaction because it is slow by design.
pub fn accept_invitation(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    acceptance: &Acceptance,
    password_hash: &str,
) -> std::result::Result<(User, Member), AcceptError> {
    if leak!(TakenBeforeToken) && users::find_by_email(conn, &acceptance.email)?.is_some() {
        return Err(AcceptError::EmailTaken);
    }
    let hash = token::hash(acceptance.token.expose_secret());
    let invitation = invitations::take(conn, &hash, now)?.ok_or(AcceptError::NotGood)?;
    if !invitation.email.is_empty() && invitation.email.text() != acceptance.email {
        return Err(AcceptError::NotGood);
    }
    let member = members::find(conn, invitation.member_id)?.ok_or(AcceptError::NotGood)?;
    if member.standing != Standing::Active {
        return Err(AcceptError::NotGood);
    }
    if users::find_by_email(conn, &acceptance.email)?.is_some() {
        return Err(AcceptError::EmailTaken);
    }
    let user = User {
        id: UserId(ids.make(&[b"user", acceptance.email.as_bytes()])),
        member_id: member.id,
        email: acceptance.email.clone().into(),
        name: acceptance.name.clone().into(),
        role: invitation.role,
        password_hash: password_hash.to_owned(),
        standing: Standing::Active,
        created_at: now,
    };
    users::insert(conn, &user)?;
    Ok((user, member))
}

/// The cost of a password: OWASP's floor for argon2id, which a server of two cores can pay.
pub fn password_hasher() -> Argon2<'static> {
    Argon2::default()
}

/// Hashes a new password with argon2id and a random salt.
pub fn hash_password(password: &SecretString) -> Result<String> {
    let salt = token::random::<16>();
    password_hasher()
        .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| StoreError::Failed(format!("a password could not be hashed: {error}")))
}
