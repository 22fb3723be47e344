//! The record of look-ups, and how much of its budget each member has spent. Rows of the record are only added.

use diesel::prelude::*;

use super::schema::{look_up_meters, look_ups, members, sharing_groups};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, MemberId};
use crate::domain::probing::{Asking, Spending};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;

/// One row of `look_ups`: one value that somebody tested.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = look_ups, treat_none_as_default_value = false)]
pub struct LookUp {
    pub member_id: MemberId,
    /// Dense, from 1, for each member.
    pub number: i64,
    pub at: Timestamp,
    /// User or key.
    pub actor: String,
    pub operation: Asking,
    pub group_id: GroupId,
    /// The name of an identifier's type.
    pub kind: String,
    /// See [`recorded`](crate::domain::probing::recorded).
    pub value_hash: Vec<u8>,
}

/// What a member has looked up so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = look_up_meters, treat_none_as_default_value = false)]
pub struct Meter {
    pub member_id: MemberId,
    pub day: i64,
    pub spent: i64,
    /// The number of its last row in the record.
    pub last_number: i64,
}

impl Meter {
    pub const fn spending(&self) -> Spending {
        Spending { day: self.day, values: self.spent }
    }
}

/// The viewer's meter, held until the transaction ends: of its look-ups on all nodes one counts after the other.
pub fn lock_meter(conn: &mut Conn, viewer: &Viewer) -> Result<Meter> {
    let member_id = viewer.member;
    if let Some(meter) = locked(conn, member_id)? {
        return Ok(meter);
    }
    let first = Meter { member_id, day: 0, spent: 0, last_number: 0 };
    each!(conn, inner => {
        diesel::insert_into(look_up_meters::table).values(first).on_conflict_do_nothing().execute(inner)
    })?;
    Ok(locked(conn, member_id)?.unwrap_or(first))
}

fn locked(conn: &mut Conn, member: MemberId) -> Result<Option<Meter>> {
    let row = look_up_meters::table.find(member);
    Ok(match conn {
        Conn::Sqlite(inner) => row.select(Meter::as_select()).first(inner).optional()?,
        Conn::Postgres(inner) => {
            row.select(Meter::as_select()).for_no_key_update().first(inner).optional()?
        }
    })
}

pub fn set_meter(conn: &mut Conn, meter: &Meter) -> Result<()> {
    diesel::update(look_up_meters::table.find(meter.member_id)).set(*meter).execute(conn)?;
    Ok(())
}

pub fn insert(conn: &mut Conn, rows: &[LookUp]) -> Result<()> {
    for rows in rows.chunks(rows_per_statement(8)) {
        each!(conn, inner => diesel::insert_into(look_ups::table).values(rows).execute(inner))?;
    }
    Ok(())
}

/// What all members together have spent on a day. It is nobody's budget.
pub fn spent_by_all(conn: &mut Conn, day: i64) -> Result<Spending> {
    let of_day = look_up_meters::table.filter(look_up_meters::day.eq(day));
    let spent: Vec<i64> = of_day.select(look_up_meters::spent).load(conn)?;
    Ok(Spending { day, values: spent.into_iter().sum() })
}

/// A row with the slug of its group.
pub type Named = (LookUp, String);

/// What the viewer's member looked up, the latest first, before this number.
pub fn of_viewer(conn: &mut Conn, viewer: &Viewer, before: Option<i64>, limit: i64) -> Result<Vec<Named>> {
    let mut query = look_ups::table
        .inner_join(sharing_groups::table)
        .select((LookUp::as_select(), sharing_groups::slug))
        .order((look_ups::number.desc(), look_ups::member_id))
        .limit(limit)
        .into_boxed();
    if !leak!(LookUpsOfOthers) {
        query = query.filter(look_ups::member_id.eq(viewer.member));
    }
    if let Some(before) = before {
        query = query.filter(look_ups::number.lt(before));
    }
    Ok(query.load(conn)?)
}

/// What the operator narrows the record by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookUpFilter {
    pub member: Option<MemberId>,
    /// At or after.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// Where a page of the whole record goes on.
pub type LookUpPosition = (Timestamp, MemberId, i64);

/// What anybody looked up, the latest first, with the slugs of member and group: for the operator.
pub fn list(
    conn: &mut Conn,
    filter: &LookUpFilter,
    after: Option<LookUpPosition>,
    limit: i64,
) -> Result<Vec<(LookUp, String, String)>> {
    let mut query = look_ups::table
        .inner_join(sharing_groups::table)
        .inner_join(members::table)
        .select((LookUp::as_select(), members::slug, sharing_groups::slug))
        .order((look_ups::at.desc(), look_ups::member_id.desc(), look_ups::number.desc()))
        .limit(limit)
        .into_boxed();
    if let Some(member) = filter.member {
        query = query.filter(look_ups::member_id.eq(member));
    }
    if let Some(since) = filter.since {
        query = query.filter(look_ups::at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(look_ups::at.lt(until));
    }
    if let Some((at, member, number)) = after {
        let later = look_ups::member_id.eq(member).and(look_ups::number.lt(number));
        let later = look_ups::member_id.lt(member).or(later);
        query = query.filter(look_ups::at.le(at)).filter(look_ups::at.lt(at).or(later));
    }
    Ok(query.load(conn)?)
}
