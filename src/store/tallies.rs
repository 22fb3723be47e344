//! What the reports of large profiles add up to.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::in_numbers::{self, in_numbers};
use super::schema::profile_tallies;
use super::vault::{Guarded, Owner, guarded_row, opened, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, SellerId};
use crate::domain::lens::tally::Tally;

/// One row of `profile_tallies`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = profile_tallies, treat_none_as_default_value = false)]
pub struct TallyRow {
    pub group_id: GroupId,
    pub profile_id: SellerId,
    /// A [`Tally`] as JSON.
    pub body: Guarded,
}

guarded_row!(
    TallyRow,
    "profile_tallies",
    |row| Owner::Group(row.group_id),
    [group_id, profile_id],
    ["body" = body]
);

in_numbers!(TallyRow, profile_tallies, key [group_id, profile_id], replaced [body]);

/// The tallies that are kept of these profiles.
pub fn find(conn: &mut Conn, group: GroupId, ids: &[SellerId]) -> Result<BTreeMap<SellerId, Tally>> {
    let mut found = Vec::new();
    for ids in ids.chunks(rows_per_statement(1)) {
        found.extend(each!(conn, inner => profile_tallies::table
            .filter(profile_tallies::group_id.eq(group))
            .filter(profile_tallies::profile_id.eq_any(ids))
            .select(TallyRow::as_select())
            .load::<TallyRow>(inner))?);
    }
    opened(conn, found)?.into_iter().map(|row| Ok((row.profile_id, row.body.json()?))).collect()
}

impl TallyRow {
    pub fn new(group: GroupId, profile: SellerId, tally: &Tally) -> Result<Self> {
        Ok(Self { group_id: group, profile_id: profile, body: serde_json::to_string(tally)?.into() })
    }
}

/// Keeps tallies, in the place of those before.
pub fn put(conn: &mut Conn, rows: &[TallyRow]) -> Result<()> {
    let rows = sealed(conn, rows)?;
    in_numbers::put(conn, &rows)
}

/// Forgets what is kept of these profiles.
pub fn delete(conn: &mut Conn, group: GroupId, ids: &[SellerId]) -> Result<()> {
    for ids in ids.chunks(rows_per_statement(1)) {
        let gone = profile_tallies::table
            .filter(profile_tallies::group_id.eq(group))
            .filter(profile_tallies::profile_id.eq_any(ids));
        diesel::delete(gone).execute(conn)?;
    }
    Ok(())
}
