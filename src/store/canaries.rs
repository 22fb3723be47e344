//! Canaries: values that no honest user would look up, and the alerts that somebody did. Of a value there is a keyed
//! hash, never the value.

use diesel::prelude::*;

use super::schema::{canaries, canary_alerts, members, sharing_groups};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{AlertId, CanaryId, GroupId, MemberId};
use crate::domain::probing::Asking;
use crate::domain::time::Timestamp;

/// One row of `canaries`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = canaries, treat_none_as_default_value = false)]
pub struct Canary {
    pub id: CanaryId,
    /// The name of an identifier's type.
    pub kind: String,
    /// See [`canary`](crate::domain::probing::canary).
    pub value_hash: Vec<u8>,
    pub note: String,
    pub created_at: Timestamp,
    pub created_by: String,
    pub retired_at: Option<Timestamp>,
    pub retired_by: Option<String>,
}

/// One row of `canary_alerts`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = canary_alerts, treat_none_as_default_value = false)]
pub struct Alert {
    pub id: AlertId,
    pub canary_id: CanaryId,
    pub at: Timestamp,
    /// Who named it.
    pub member_id: MemberId,
    /// With which user or key.
    pub actor: String,
    pub operation: Asking,
    /// Where; of a report nowhere.
    pub group_id: Option<GroupId>,
}

/// How many are in force.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(canaries::table.filter(canaries::retired_at.is_null()).count().get_result(conn)?)
}

/// Those in force with what they are recognised by.
pub fn in_force(conn: &mut Conn) -> Result<Vec<(CanaryId, Vec<u8>)>> {
    let query = canaries::table.filter(canaries::retired_at.is_null());
    Ok(query.select((canaries::id, canaries::value_hash)).order(canaries::id).load(conn)?)
}

/// Those in force among these.
pub fn named(conn: &mut Conn, hashes: &[Vec<u8>]) -> Result<Vec<CanaryId>> {
    let query =
        canaries::table.filter(canaries::value_hash.eq_any(hashes)).filter(canaries::retired_at.is_null());
    Ok(query.select(canaries::id).order(canaries::id).load(conn)?)
}

/// The one in force of this value.
pub fn find_in_force(conn: &mut Conn, hash: &[u8]) -> Result<Option<Canary>> {
    let query = canaries::table
        .filter(canaries::value_hash.eq(hash))
        .filter(canaries::retired_at.is_null())
        .select(Canary::as_select());
    Ok(query.first(conn).optional()?)
}

pub fn find(conn: &mut Conn, id: CanaryId) -> Result<Option<Canary>> {
    Ok(canaries::table.find(id).select(Canary::as_select()).first(conn).optional()?)
}

pub fn insert(conn: &mut Conn, canary: &Canary) -> Result<()> {
    diesel::insert_into(canaries::table).values(canary.clone()).execute(conn)?;
    Ok(())
}

pub fn retire(conn: &mut Conn, id: CanaryId, now: Timestamp, actor: &str) -> Result<()> {
    diesel::update(canaries::table.find(id))
        .set((canaries::retired_at.eq(now), canaries::retired_by.eq(actor)))
        .execute(conn)?;
    Ok(())
}

/// Canaries by id, after this one.
pub fn list(conn: &mut Conn, after: Option<CanaryId>, limit: i64) -> Result<Vec<Canary>> {
    let mut query = canaries::table.select(Canary::as_select()).order(canaries::id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(canaries::id.gt(after));
    }
    Ok(query.load(conn)?)
}

pub fn insert_alerts(conn: &mut Conn, rows: &[Alert]) -> Result<()> {
    for rows in rows.chunks(rows_per_statement(7)) {
        each!(conn, inner => diesel::insert_into(canary_alerts::table).values(rows).execute(inner))?;
    }
    Ok(())
}

/// Alerts, the latest first, after this position, with the slugs of member and group.
pub fn list_alerts(
    conn: &mut Conn,
    after: Option<(Timestamp, AlertId)>,
    limit: i64,
) -> Result<Vec<(Alert, String, Option<String>)>> {
    let mut query = canary_alerts::table
        .inner_join(members::table)
        .left_join(sharing_groups::table)
        .select((Alert::as_select(), members::slug, sharing_groups::slug.nullable()))
        .order((canary_alerts::at.desc(), canary_alerts::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some((at, id)) = after {
        query = query
            .filter(canary_alerts::at.le(at))
            .filter(canary_alerts::at.lt(at).or(canary_alerts::id.lt(id)));
    }
    Ok(query.load(conn)?)
}
