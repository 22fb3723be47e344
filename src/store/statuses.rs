//! What became of objects that were sent together, for who sent them; kept for a day.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::schema::exchange_statuses;
use super::vault::{Guarded, Owner, guarded_row, opened_one, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::exchange::Told;
use crate::domain::id::{MemberId, StatusId};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;

/// One row of `exchange_statuses`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = exchange_statuses, treat_none_as_default_value = false)]
pub struct Status {
    pub member_id: MemberId,
    pub id: StatusId,
    /// When the objects came.
    pub at: Timestamp,
    /// What is told of each object, as JSON.
    pub told: Guarded,
}

guarded_row!(
    Status,
    "exchange_statuses",
    |row| Owner::Member(row.member_id),
    [member_id, id],
    ["told" = told]
);

impl Status {
    pub fn told(&self) -> Result<Vec<Told>> {
        self.told.json()
    }
}

/// How long a status is kept, in seconds.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// Keeps statuses, and forgets those of the same members that are too old. For the lane.
pub fn insert(conn: &mut Conn, rows: &[Status]) -> Result<()> {
    use diesel::upsert::excluded;
    let Some(now) = rows.iter().map(|row| row.at).max() else { return Ok(()) };
    let members: BTreeSet<MemberId> = rows.iter().map(|row| row.member_id).collect();
    let old = exchange_statuses::table
        .filter(exchange_statuses::member_id.eq_any(members))
        .filter(exchange_statuses::at.lt(now.plus_seconds(-KEPT_SECONDS)));
    diesel::delete(old).execute(conn)?;
    let rows = sealed(conn, rows)?;
    for rows in rows.chunks(rows_per_statement(4)) {
        // A replay makes the same id for the same objects.
        each!(conn, inner => {
            diesel::insert_into(exchange_statuses::table)
                .values(rows)
                .on_conflict((exchange_statuses::member_id, exchange_statuses::id))
                .do_update()
                .set((
                    exchange_statuses::at.eq(excluded(exchange_statuses::at)),
                    exchange_statuses::told.eq(excluded(exchange_statuses::told)),
                ))
                .execute(inner)
        })?;
    }
    Ok(())
}

/// One of the viewer's own.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: StatusId) -> Result<Option<Status>> {
    let query = exchange_statuses::table.filter(exchange_statuses::id.eq(id)).select(Status::as_select());
    let found = if leak!(StatusesOfOthers) {
        query.first(conn)
    } else {
        query.filter(exchange_statuses::member_id.eq(viewer.member)).first(conn)
    };
    opened_one(conn, found.optional()?)
}
