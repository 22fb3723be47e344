//! Makes API keys.

use secrecy::{ExposeSecret, SecretString};

use crate::domain::fault::{Fault, Faults};
use crate::domain::id::{KeyId, MakeIds, MemberId};
use crate::domain::member::{MemberKind, Scope};
use crate::domain::time::Timestamp;
use crate::ops::create_member::parse_name;
use crate::ops::token;
use crate::store::keys::{self, ApiKey, scope_names};
use crate::store::{Conn, Result};

/// Longest life of a key, in days.
pub const KEY_DAYS_MAX: i64 = 366;
/// Life of a key that does not say, in days.
pub const KEY_DAYS_DEFAULT: i64 = 90;

/// A new key, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub days: i64,
}

impl NewKey {
    /// Checks what was sent; `may` says which scopes the asker has itself.
    pub fn parse(
        name: Option<String>,
        scopes: &[String],
        days: Option<i64>,
        kind: MemberKind,
        may: impl Fn(Scope) -> bool,
    ) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let name = parse_name(&mut faults, name);
        if scopes.is_empty() {
            faults.add("/scopes", "required", "Name at least one scope.");
        }
        let mut parsed = Vec::new();
        for (index, text) in scopes.iter().enumerate() {
            match Scope::parse_name(text) {
                // A key never does more than whoever made it.
                Some(scope) if scope.fits(kind) && may(scope) => parsed.push(scope),
                _ => {
                    let usable: Vec<&str> = Scope::ALL
                        .iter()
                        .filter(|scope| scope.fits(kind) && may(**scope))
                        .map(|scope| scope.as_str())
                        .collect();
                    let detail = format!("Must be one of: {}.", usable.join(", "));
                    faults.add(format!("/scopes/{index}"), "not_allowed", detail);
                }
            }
        }
        parsed.sort();
        parsed.dedup();
        let days = days.unwrap_or(KEY_DAYS_DEFAULT);
        if !(1..=KEY_DAYS_MAX).contains(&days) {
            faults.add("/expires_in_days", "out_of_range", format!("Between 1 and {KEY_DAYS_MAX} days."));
        }
        faults.or(name.map(|name| Self { name, scopes: parsed, days }))
    }
}

/// Stores a key of the member and returns it with its text, which is stored nowhere.
pub fn create_key(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    member: MemberId,
    new: &NewKey,
) -> Result<(ApiKey, SecretString)> {
    let secret = token::fresh();
    let secret_hash = token::hash(secret.expose_secret());
    let key = ApiKey {
        id: KeyId(ids.make(&[b"key", member.as_bytes(), &secret_hash])),
        member_id: member,
        name: new.name.clone(),
        secret_hash,
        scopes: scope_names(&new.scopes),
        created_at: now,
        expires_at: now.plus_seconds(new.days * 24 * 3600),
        revoked_at: None,
        last_used_at: None,
    };
    keys::insert(conn, &key)?;
    let text = token::api_key_text(key.id, &secret);
    Ok((key, text))
}
