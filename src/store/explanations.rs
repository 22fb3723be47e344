//! What explanations read of a pool: the reports of one profile, and what keeps two profiles apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::pool::{LINKED, RefusalRow};
use super::schema::{pool_entries, refusals};
use super::vault::opened;
use super::{Conn, Result, rows_per_statement};
use crate::domain::id::{GroupId, ReportId, SellerId};
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::Label;

/// The reports of a profile by their place in the pool.
pub fn reports_of(conn: &mut Conn, group: GroupId, profile: SellerId) -> Result<BTreeMap<EntryId, ReportId>> {
    let query = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .filter(pool_entries::profile_id.eq(profile))
        .select((pool_entries::entry, pool_entries::report_id));
    Ok(query.load::<(EntryId, ReportId)>(conn)?.into_iter().collect())
}

/// The account that each report of a profile is in.
pub fn accounts_of(conn: &mut Conn, group: GroupId, profile: SellerId) -> Result<HashMap<EntryId, Label>> {
    let query = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .filter(pool_entries::profile_id.eq(profile))
        .select((pool_entries::entry, pool_entries::account));
    Ok(query.load::<(EntryId, Label)>(conn)?.into_iter().collect())
}

/// The links that were refused between one set of entries and another, in either direction.
pub fn refusals_between(
    conn: &mut Conn,
    group: GroupId,
    ours: &BTreeSet<EntryId>,
    theirs: &BTreeSet<EntryId>,
) -> Result<BTreeSet<RefusalRow>> {
    let mut found = BTreeSet::new();
    for (from, to) in [(ours, theirs), (theirs, ours)] {
        let from: Vec<EntryId> = from.iter().copied().collect();
        for from in from.chunks(rows_per_statement(1)) {
            let query = refusals::table
                .filter(refusals::group_id.eq(group))
                .filter(refusals::stratum.eq_any(LINKED))
                .filter(refusals::from_entry.eq_any(from))
                .select(RefusalRow::as_select());
            let rows = query.load::<RefusalRow>(conn)?.into_iter();
            let rows = rows.filter(|row| to.contains(&row.to_entry)).collect();
            found.extend(opened(conn, rows)?);
        }
    }
    Ok(found)
}
