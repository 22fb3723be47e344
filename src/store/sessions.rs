//! Sign-in sessions and their chain of single-use refresh tokens.

use diesel::prelude::*;

use super::members::Member;
use super::schema::{members, refresh_tokens, sessions, users};
use super::users::User;
use super::vault::open;
use super::{Conn, Result};
use crate::domain::id::{SessionId, UserId};
use crate::domain::time::Timestamp;

/// A refresh token as it is found, with its session.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Refresh {
    pub session: SessionId,
    pub user: UserId,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub session_ended_at: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, id: SessionId, user: UserId, now: Timestamp) -> Result<()> {
    let row = (sessions::id.eq(id), sessions::user_id.eq(user), sessions::created_at.eq(now));
    diesel::insert_into(sessions::table).values(row).execute(conn)?;
    Ok(())
}

pub fn insert_refresh(
    conn: &mut Conn,
    token_hash: &[u8],
    session: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let row = (
        refresh_tokens::token_hash.eq(token_hash),
        refresh_tokens::session_id.eq(session),
        refresh_tokens::created_at.eq(now),
        refresh_tokens::expires_at.eq(expires_at),
    );
    diesel::insert_into(refresh_tokens::table).values(row).execute(conn)?;
    Ok(())
}

pub fn find_refresh(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<Refresh>> {
    let query = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .select((
            sessions::id,
            sessions::user_id,
            refresh_tokens::expires_at,
            refresh_tokens::used_at,
            sessions::ended_at,
        ));
    Ok(query.first(conn).optional()?)
}

/// Uses up a refresh token; false if it was used before. Of two that try at once, one succeeds.
pub fn use_refresh(conn: &mut Conn, token_hash: &[u8], now: Timestamp) -> Result<bool> {
    let unused = refresh_tokens::table
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .filter(refresh_tokens::used_at.is_null());
    Ok(diesel::update(unused).set(refresh_tokens::used_at.eq(now)).execute(conn)? > 0)
}

/// Ends a session: none of its tokens is good any more.
pub fn end(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<()> {
    let open = sessions::table.filter(sessions::id.eq(id)).filter(sessions::ended_at.is_null());
    diesel::update(open).set(sessions::ended_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Ends all sessions of a user.
pub fn end_all(conn: &mut Conn, user: UserId, now: Timestamp) -> Result<()> {
    let open = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::ended_at.is_null());
    diesel::update(open).set(sessions::ended_at.eq(now)).execute(conn)?;
    Ok(())
}

/// The open ones among these sessions, with their users and members, for requests that carry access
/// tokens. Asked as [`keys::with_members`](super::keys::with_members) is.
pub fn open_with_owners(conn: &mut Conn, ids: &[SessionId]) -> Result<Vec<(SessionId, User, Member)>> {
    let owned = sessions::table.inner_join(users::table.inner_join(members::table));
    let mut found: Vec<(SessionId, User, Member)> = match conn {
        Conn::Sqlite(inner) => {
            let found = ids.iter().map(|id| {
                let query = owned.filter(sessions::id.eq(id)).filter(sessions::ended_at.is_null());
                query.select((sessions::id, User::as_select(), Member::as_select())).first(inner).optional()
            });
            found.filter_map(QueryResult::transpose).collect::<QueryResult<_>>()?
        }
        Conn::Postgres(inner) => {
            let query = owned.filter(sessions::id.eq_any(ids)).filter(sessions::ended_at.is_null());
            query.select((sessions::id, User::as_select(), Member::as_select())).load(inner)?
        }
    };
    for (_, user, _) in &mut found {
        open(conn, std::slice::from_mut(user))?;
    }
    Ok(found)
}
