//! The record of what was changed of a group. Rows are only added.

use diesel::prelude::*;

use super::schema::group_changes;
use super::{Conn, Result};
use crate::domain::group::Rights;
use crate::domain::id::{GroupId, MemberId};
use crate::domain::membership::{ChangeKind, Parting};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;

/// One row of `group_changes`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = group_changes, treat_none_as_default_value = false)]
pub struct Change {
    pub group_id: GroupId,
    /// Dense, from 1: what the keepers may not know of has no number.
    pub number: i64,
    pub at: Timestamp,
    pub kind: ChangeKind,
    /// Whose user or key did it.
    pub member_id: MemberId,
    /// User or key.
    pub actor: String,
    /// The slug of whom it concerns.
    pub subject: String,
    pub contribute: bool,
    pub read: bool,
    /// What became of the reports of who left.
    pub reports: Option<Parting>,
    /// What `k` was raised to.
    pub k: Option<i32>,
}

/// Adds a change, under the lock of those who change groups.
pub fn append(
    conn: &mut Conn,
    group: GroupId,
    (at, by): (Timestamp, &Viewer),
    (kind, subject): (ChangeKind, &str),
    (rights, reports): (Rights, Option<Parting>),
) -> Result<()> {
    insert(conn, group, (at, by), (kind, subject), (rights, reports, None))
}

/// Adds that a member with these rights raised `k`.
pub fn append_k(
    conn: &mut Conn,
    group: GroupId,
    (at, by): (Timestamp, &Viewer),
    rights: Rights,
    k: i32,
) -> Result<()> {
    let raised = (ChangeKind::RaisedK, by.member_slug.as_str());
    insert(conn, group, (at, by), raised, (rights, None, Some(k)))
}

fn insert(
    conn: &mut Conn,
    group: GroupId,
    (at, by): (Timestamp, &Viewer),
    (kind, subject): (ChangeKind, &str),
    (rights, reports, k): (Rights, Option<Parting>, Option<i32>),
) -> Result<()> {
    let of_group = group_changes::table.filter(group_changes::group_id.eq(group));
    let last: Option<i64> = of_group.select(diesel::dsl::max(group_changes::number)).first(conn)?;
    let change = Change {
        group_id: group,
        number: last.unwrap_or(0) + 1,
        at,
        kind,
        member_id: by.member,
        actor: by.actor(),
        subject: subject.to_owned(),
        contribute: rights.contribute,
        read: rights.read,
        reports,
        k,
    };
    diesel::insert_into(group_changes::table).values(change).execute(conn)?;
    Ok(())
}

/// The changes of a group after this number, the oldest first.
pub fn list(conn: &mut Conn, group: GroupId, after: i64, limit: i64) -> Result<Vec<Change>> {
    let query = group_changes::table
        .filter(group_changes::group_id.eq(group))
        .filter(group_changes::number.gt(after))
        .select(Change::as_select())
        .order(group_changes::number)
        .limit(limit);
    Ok(query.load(conn)?)
}
