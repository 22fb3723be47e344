//! The stop-list of the installation. Every row stays: it is lifted by saying so.
//!
//! Every change has a number. What is in force at a number never changes again, so nodes that read the list while it
//! is being changed still agree on what one number means.

use diesel::prelude::*;

use super::schema::{stop_list, stop_list_head};
use super::vault::{Guarded, Owner, guarded_row, opened, opened_one, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::StopId;
use crate::domain::identifier::IdentifierType;
use crate::domain::stop_list::{StopOrigin, StopReason, Target};
use crate::domain::time::Timestamp;
use crate::domain::vocabulary::vocabulary;
use crate::store::StoreError;

vocabulary!(
    /// Whether an entry counts.
    StopState {
        InForce = "in_force",
        Lifted = "lifted",
    }
);

/// One row of `stop_list`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = stop_list, treat_none_as_default_value = false)]
pub struct Stop {
    pub id: StopId,
    /// The name of an identifier's type.
    pub kind: String,
    pub value: Guarded,
    pub match_key: Guarded,
    pub platform: Option<String>,
    pub reason: StopReason,
    pub note: Guarded,
    pub origin: StopOrigin,
    /// The change that added it.
    pub added_in: i64,
    pub added_at: Timestamp,
    /// User or key, or the program itself.
    pub added_by: String,
    /// The change that lifted it.
    pub lifted_in: Option<i64>,
    pub lifted_at: Option<Timestamp>,
    pub lifted_by: Option<String>,
}

guarded_row!(
    Stop,
    "stop_list",
    |_| Owner::Installation,
    [id],
    ["value" = value, "match_key" = match_key, "note" = note]
);

impl Stop {
    pub fn target(&self) -> Result<Target> {
        let kind = IdentifierType::parse_name(&self.kind)
            .ok_or_else(|| StoreError::Damaged(format!("{} is no type of identifier", self.kind)))?;
        let [value, key] = [&self.value, &self.match_key].map(|one| one.text().into_owned());
        Ok(Target { kind, value, key, platform: self.platform.clone() })
    }
}

/// The number of the last change.
pub fn version(conn: &mut Conn) -> Result<i64> {
    Ok(stop_list_head::table.select(stop_list_head::version).first(conn)?)
}

/// The same, held until the transaction ends: nobody else changes the list meanwhile. Who resolves waits for nobody.
pub fn lock(conn: &mut Conn) -> Result<i64> {
    let row = stop_list_head::table.select(stop_list_head::version);
    Ok(match conn {
        Conn::Sqlite(inner) => row.first(inner)?,
        Conn::Postgres(inner) => row.for_update().first(inner)?,
    })
}

/// Says that the list was changed, under the lock.
pub fn advance(conn: &mut Conn, version: i64) -> Result<()> {
    diesel::update(stop_list_head::table).set(stop_list_head::version.eq(version)).execute(conn)?;
    Ok(())
}

/// What is in force since the change with this number, until the next.
pub fn in_force_at(conn: &mut Conn, version: i64) -> Result<Vec<Target>> {
    let rows: Vec<Stop> = stop_list::table
        .filter(stop_list::added_in.le(version))
        .filter(stop_list::lifted_in.is_null().or(stop_list::lifted_in.gt(version)))
        .select(Stop::as_select())
        .order(stop_list::id)
        .load(conn)?;
    opened(conn, rows)?.iter().map(Stop::target).collect()
}

pub fn insert(conn: &mut Conn, rows: &[Stop]) -> Result<()> {
    let rows = sealed(conn, rows)?;
    for rows in rows.chunks(rows_per_statement(14)) {
        each!(conn, inner => diesel::insert_into(stop_list::table).values(rows).execute(inner))?;
    }
    Ok(())
}

pub fn find(conn: &mut Conn, id: StopId) -> Result<Option<Stop>> {
    let found = stop_list::table.find(id).select(Stop::as_select()).first(conn).optional()?;
    opened_one(conn, found)
}

/// The entry that stops exactly this. What entries stop is sealed, so those of its kind are looked through: the list
/// is short, and this is asked when it is changed.
pub fn find_in_force(conn: &mut Conn, target: &Target) -> Result<Option<Stop>> {
    let query = stop_list::table
        .filter(stop_list::kind.eq(target.kind.as_str()))
        .filter(stop_list::lifted_in.is_null())
        .select(Stop::as_select())
        .order(stop_list::id);
    let rows: Vec<Stop> = query.load(conn)?;
    Ok(opened(conn, rows)?.into_iter().find(|row| row.match_key.bytes() == target.key.as_bytes()))
}

/// Every entry that was ever shipped, lifted or not.
pub fn shipped(conn: &mut Conn) -> Result<Vec<Stop>> {
    let query = stop_list::table.filter(stop_list::origin.eq(StopOrigin::Shipped)).select(Stop::as_select());
    let found = query.load(conn)?;
    opened(conn, found)
}

pub fn lift(conn: &mut Conn, id: StopId, version: i64, now: Timestamp, actor: &str) -> Result<()> {
    diesel::update(stop_list::table.find(id))
        .set((stop_list::lifted_in.eq(version), stop_list::lifted_at.eq(now), stop_list::lifted_by.eq(actor)))
        .execute(conn)?;
    Ok(())
}

/// What a list of entries is narrowed by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopFilter {
    pub kind: Option<IdentifierType>,
    pub reason: Option<StopReason>,
    pub origin: Option<StopOrigin>,
    pub state: Option<StopState>,
}

/// Entries, newest change first, after this position.
pub fn list(
    conn: &mut Conn,
    filter: &StopFilter,
    after: Option<(i64, StopId)>,
    limit: i64,
) -> Result<Vec<Stop>> {
    let mut query = stop_list::table
        .select(Stop::as_select())
        .order((stop_list::added_in.desc(), stop_list::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(stop_list::kind.eq(kind.as_str()));
    }
    if let Some(reason) = filter.reason {
        query = query.filter(stop_list::reason.eq(reason));
    }
    if let Some(origin) = filter.origin {
        query = query.filter(stop_list::origin.eq(origin));
    }
    query = match filter.state {
        None => query,
        Some(StopState::InForce) => query.filter(stop_list::lifted_in.is_null()),
        Some(StopState::Lifted) => query.filter(stop_list::lifted_in.is_not_null()),
    };
    if let Some((change, id)) = after {
        query = query
            .filter(stop_list::added_in.le(change))
            .filter(stop_list::added_in.lt(change).or(stop_list::id.lt(id)));
    }
    let found = query.load(conn)?;
    opened(conn, found)
}
