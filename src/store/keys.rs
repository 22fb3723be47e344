//! API keys of members. Only a hash of the secret is stored.

use diesel::prelude::*;

use super::schema::{api_keys, members};
use super::{Conn, Result};
use crate::domain::id::{KeyId, MemberId};
use crate::domain::member::Scope;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::members::Member;

/// An API key.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKey {
    pub id: KeyId,
    pub member_id: MemberId,
    pub name: String,
    pub secret_hash: Vec<u8>,
    /// Scope names, separated by a space.
    pub scopes: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
}

impl ApiKey {
    pub fn scopes(&self) -> Vec<Scope> {
        self.scopes.split(' ').filter_map(Scope::parse_name).collect()
    }

    /// Whether the key may be used at `now`.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// Scope names as the column holds them.
pub fn scope_names(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

pub fn insert(conn: &mut Conn, key: &ApiKey) -> Result<()> {
    diesel::insert_into(api_keys::table).values(key.clone()).execute(conn)?;
    Ok(())
}

/// Keys with their members, for requests that carry the keys. Requests ask nothing more often, so it is asked in the way
/// whose statements stay prepared: on SQLite that is by single ids, where it costs no round trip.
pub fn with_members(conn: &mut Conn, ids: &[KeyId]) -> Result<Vec<(ApiKey, Member)>> {
    let owned = api_keys::table.inner_join(members::table);
    match conn {
        Conn::Sqlite(inner) => {
            let found = ids.iter().map(|id| {
                let query = owned.filter(api_keys::id.eq(id));
                query.select((ApiKey::as_select(), Member::as_select())).first(inner).optional()
            });
            Ok(found.filter_map(QueryResult::transpose).collect::<QueryResult<_>>()?)
        }
        Conn::Postgres(inner) => {
            let query = owned.filter(api_keys::id.eq_any(ids));
            Ok(query.select((ApiKey::as_select(), Member::as_select())).load(inner)?)
        }
    }
}

/// Notes the use of a key, unless a later one is noted already: uses are noted behind the answers, in any order.
pub fn touch(conn: &mut Conn, id: KeyId, now: Timestamp) -> Result<()> {
    let earlier = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(now));
    diesel::update(api_keys::table.find(id).filter(earlier))
        .set(api_keys::last_used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// A page of the viewer's own keys.
pub fn list(conn: &mut Conn, viewer: &Viewer, after: Option<KeyId>, limit: i64) -> Result<Vec<ApiKey>> {
    let mut query = api_keys::table.select(ApiKey::as_select()).order(api_keys::id).limit(limit).into_boxed();
    if !leak!(KeysOfOthers) {
        query = query.filter(api_keys::member_id.eq(viewer.member));
    }
    if let Some(after) = after {
        query = query.filter(api_keys::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Revokes one of the viewer's own keys; false if there is no such key.
pub fn revoke(conn: &mut Conn, viewer: &Viewer, id: KeyId, now: Timestamp) -> Result<bool> {
    let own = api_keys::table.filter(api_keys::member_id.eq(viewer.member)).filter(api_keys::id.eq(id));
    let found: Option<Option<Timestamp>> = own.select(api_keys::revoked_at).first(conn).optional()?;
    match found {
        None => Ok(false),
        Some(Some(_)) => Ok(true),
        Some(None) => {
            diesel::update(api_keys::table.find(id)).set(api_keys::revoked_at.eq(now)).execute(conn)?;
            Ok(true)
        }
    }
}
