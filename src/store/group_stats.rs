//! The totals of groups, counted once a month. Rows hold what may be shown and nothing else.

use diesel::prelude::*;

use super::groups::Group;
use super::schema::{group_stats, sharing_groups};
use super::{Conn, Result, each};
use crate::domain::id::GroupId;
use crate::domain::lens::stats::Totals;
use crate::domain::time::Timestamp;

/// Totals, and since when they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The beginning of a month: nothing that is filed later is in them.
    pub as_of: Timestamp,
    pub totals: Totals,
}

/// Groups whose totals as of this time have not been counted.
pub fn due(conn: &mut Conn, as_of: Timestamp) -> Result<Vec<Group>> {
    use diesel::dsl::{exists, not};
    let counted = group_stats::table
        .filter(group_stats::group_id.eq(sharing_groups::id))
        .filter(group_stats::as_of.ge(as_of));
    let query = sharing_groups::table.filter(not(exists(counted))).order(sharing_groups::id);
    Ok(query.select(Group::as_select()).load(conn)?)
}

/// Keeps totals; if there are some of the same time already, those stay.
pub fn put(conn: &mut Conn, group: GroupId, released: &Released) -> Result<()> {
    let row = (
        group_stats::group_id.eq(group),
        group_stats::as_of.eq(released.as_of),
        group_stats::body.eq(serde_json::to_string(&released.totals)?),
    );
    each!(conn, inner => {
        diesel::insert_into(group_stats::table).values(row).on_conflict_do_nothing().execute(inner)
    })?;
    Ok(())
}

/// The latest totals of a group; `None` before the first were counted.
pub fn latest(conn: &mut Conn, group: GroupId) -> Result<Option<Released>> {
    let row: Option<(Timestamp, String)> = group_stats::table
        .filter(group_stats::group_id.eq(group))
        .order(group_stats::as_of.desc())
        .select((group_stats::as_of, group_stats::body))
        .first(conn)
        .optional()?;
    row.map(|(as_of, body)| Ok(Released { as_of, totals: serde_json::from_str(&body)? })).transpose()
}
