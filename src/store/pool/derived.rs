//! All that follows from the reports of a pool: to compare two ways of getting there, and to work it out afresh.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::links::{LinkRow, RefusalRow};
use crate::domain::id::{GroupId, ReportId, SellerId};
use crate::store::profiles::{self, TermRow};
use crate::store::schema::{busy_terms, links, pool_accounts, pool_entries, postings, refusals, wide_phones};
use crate::store::shared_terms::{self, SharedRow};
use crate::store::vault::opened;
use crate::store::{Conn, Result};

/// Everything that the pool has derived, for comparing two ways of getting there: entries by report,
/// as (profile, links, refusals), and the values that profiles are found by and share.
#[derive(Debug, PartialEq, Eq)]
pub struct Derived {
    pub profiles: BTreeMap<ReportId, SellerId>,
    pub links: BTreeSet<LinkRow>,
    pub refusals: BTreeSet<RefusalRow>,
    pub terms: BTreeSet<TermRow>,
    pub shared: BTreeSet<SharedRow>,
}

/// The profile of each report of a pool.
pub fn placed(conn: &mut Conn, group: GroupId) -> Result<BTreeMap<ReportId, SellerId>> {
    let profiles: Vec<(ReportId, SellerId)> = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .select((pool_entries::report_id, pool_entries::profile_id))
        .load(conn)?;
    Ok(profiles.into_iter().collect())
}

pub fn derived(conn: &mut Conn, group: GroupId) -> Result<Derived> {
    let links: Vec<LinkRow> =
        links::table.filter(links::group_id.eq(group)).select(LinkRow::as_select()).load(conn)?;
    let refusals: Vec<RefusalRow> =
        refusals::table.filter(refusals::group_id.eq(group)).select(RefusalRow::as_select()).load(conn)?;
    let refusals = opened(conn, refusals)?;
    Ok(Derived {
        profiles: placed(conn, group)?,
        links: links.into_iter().collect(),
        refusals: refusals.into_iter().collect(),
        terms: profiles::terms(conn, group)?,
        shared: shared_terms::all(conn, group)?,
    })
}

/// Forgets everything derived of a pool except which profile each entry is in.
pub fn clear_derived(conn: &mut Conn, group: GroupId) -> Result<()> {
    diesel::delete(pool_accounts::table.filter(pool_accounts::group_id.eq(group))).execute(conn)?;
    diesel::delete(postings::table.filter(postings::group_id.eq(group))).execute(conn)?;
    diesel::delete(links::table.filter(links::group_id.eq(group))).execute(conn)?;
    diesel::delete(refusals::table.filter(refusals::group_id.eq(group))).execute(conn)?;
    diesel::delete(wide_phones::table.filter(wide_phones::group_id.eq(group))).execute(conn)?;
    diesel::delete(busy_terms::table.filter(busy_terms::group_id.eq(group))).execute(conn)?;
    Ok(())
}
