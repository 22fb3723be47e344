//! What the resolver keeps of each sharing group's pool: its queue, its entries and accounts with the component
//! of each stratum, who carries which key, and the links and refusals between entries.

mod accounts;
mod derived;
mod door;
mod links;
mod postings;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::in_numbers::{self, in_numbers};
use super::schema::{pool_entries, pool_queue, sharing_groups, stop_list_head};
use super::vault::{Guarded, Owner, guarded_row, open_or_empty, opened, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::lens::LENS_VERSION;
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::{Label, Stored};
use crate::domain::resolution::rules::RULES_VERSION;
use crate::store::groups::Group;

pub use accounts::{AccountRow, delete_accounts, move_entries, put_accounts, rename_profile};
pub use derived::{Derived, clear_derived, derived, placed};
pub use door::{SqlPool, note_busy};
pub use links::{
    LINKED, LinkRow, RefusalRow, links_from, replace_links, replace_refusals, replace_wide_phones,
};
pub use postings::{Posting, delete_postings, insert_postings};

/// A report waiting to be worked into a pool.
#[derive(Debug, Clone, Queryable)]
pub struct Queued {
    pub id: Vec<u8>,
    pub member_id: MemberId,
    pub report_id: ReportId,
}

/// Takes the lock on a group that makes this worker its only resolver; `None` if another has it.
///
/// On SQLite the transaction itself is the lock: there is one writer. On PostgreSQL the lock is one that
/// filing reports does not wait for (`groups::lock_for_filing`).
pub fn lock(conn: &mut Conn, group: GroupId) -> Result<Option<Group>> {
    let row = sharing_groups::table.find(group);
    Ok(match conn {
        Conn::Sqlite(inner) => row.select(Group::as_select()).first(inner).optional()?,
        Conn::Postgres(inner) => {
            row.select(Group::as_select()).for_no_key_update().skip_locked().first(inner).optional()?
        }
    })
}

/// Writes back the counters of a group that this worker has locked.
pub fn save_counters(conn: &mut Conn, group: &Group) -> Result<()> {
    diesel::update(sharing_groups::table.find(group.id))
        .set((
            sharing_groups::next_entry.eq(group.next_entry),
            sharing_groups::next_label.eq(group.next_label),
            sharing_groups::lens_version.eq(group.lens_version),
            sharing_groups::rules_version.eq(group.rules_version),
            sharing_groups::stop_list_version.eq(group.stop_list_version),
            sharing_groups::batches.eq(group.batches + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Tells the planner what there is in the pools. PostgreSQL does so by itself, but up to a minute late, and until then
/// it takes a group for a handful of rows and reads all of them to find a few by key. SQLite's migrations tell it.
pub fn analyse(conn: &mut Conn) -> Result<()> {
    use diesel::connection::SimpleConnection;
    match conn {
        Conn::Sqlite(_) => {}
        Conn::Postgres(inner) => inner.batch_execute(
            "ANALYZE reports; ANALYZE pool_entries; ANALYZE pool_accounts; ANALYZE postings; ANALYZE links; ANALYZE refusals; \
             ANALYZE profile_views; ANALYZE profile_terms; ANALYZE profile_tallies; ANALYZE shared_terms; \
             ANALYZE successions; ANALYZE feed_events; ANALYZE exchange_places;",
        )?,
    }
    Ok(())
}

/// Groups whose queue is not empty, or that were resolved by other rules or under another stop-list, or seen through
/// another lens.
pub fn waiting_groups(conn: &mut Conn) -> Result<Vec<GroupId>> {
    use diesel::dsl::exists;
    let queued = exists(pool_queue::table.filter(pool_queue::group_id.eq(sharing_groups::id)));
    let stale =
        sharing_groups::lens_version.ne(LENS_VERSION).or(sharing_groups::rules_version.ne(RULES_VERSION));
    let changed = stop_list_head::version.ne(sharing_groups::stop_list_version);
    let stopped = exists(stop_list_head::table.filter(changed));
    Ok(sharing_groups::table
        .filter(queued.or(stale).or(stopped))
        .select(sharing_groups::id)
        .order(sharing_groups::id)
        .load(conn)?)
}

/// How many reports of a group wait, counted up to `most`.
pub fn waiting(conn: &mut Conn, group: GroupId, most: i64) -> Result<i64> {
    let queue = pool_queue::table.filter(pool_queue::group_id.eq(group)).select(pool_queue::id).limit(most);
    let ids: Vec<Vec<u8>> = queue.load(conn)?;
    Ok(i64::try_from(ids.len()).unwrap_or(most))
}

/// The oldest rows of a group's queue.
pub fn queued(conn: &mut Conn, group: GroupId, limit: i64) -> Result<Vec<Queued>> {
    let query = pool_queue::table
        .filter(pool_queue::group_id.eq(group))
        .order(pool_queue::id)
        .limit(limit)
        .select((pool_queue::id, pool_queue::member_id, pool_queue::report_id));
    Ok(query.load(conn)?)
}

pub fn dequeue(conn: &mut Conn, group: GroupId, rows: &[Queued]) -> Result<()> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.as_slice()).collect();
    for ids in ids.chunks(rows_per_statement(1)) {
        let done =
            pool_queue::table.filter(pool_queue::group_id.eq(group)).filter(pool_queue::id.eq_any(ids));
        diesel::delete(done).execute(conn)?;
    }
    Ok(())
}

/// How many rows wait in all queues together.
pub fn queue_length(conn: &mut Conn) -> Result<i64> {
    Ok(pool_queue::table.count().get_result(conn)?)
}

/// Whether a report still waits to be worked into the pool of any of these groups.
pub fn is_queued(conn: &mut Conn, groups: &[GroupId], member: MemberId, report: ReportId) -> Result<bool> {
    if leak!(PendingOfOthers) {
        return Ok(queue_length(conn)? > 0);
    }
    let rows = pool_queue::table
        .filter(pool_queue::member_id.eq(member))
        .filter(pool_queue::report_id.eq(report))
        .filter(pool_queue::group_id.eq_any(groups));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

/// Whether any of these reports still waits to be worked into a pool.
pub fn any_queued(conn: &mut Conn, group: GroupId, reports: &[ReportId]) -> Result<bool> {
    Ok(!waiting_among(conn, group, reports)?.is_empty())
}

/// Those of these reports that still wait to be worked into a pool.
pub fn waiting_among(conn: &mut Conn, group: GroupId, reports: &[ReportId]) -> Result<BTreeSet<ReportId>> {
    let mut found = BTreeSet::new();
    for reports in reports.chunks(rows_per_statement(1)) {
        let rows: Vec<ReportId> = pool_queue::table
            .filter(pool_queue::group_id.eq(group))
            .filter(pool_queue::report_id.eq_any(reports))
            .select(pool_queue::report_id)
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// One row of `pool_entries`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pool_entries, treat_none_as_default_value = false)]
pub struct Entry {
    pub group_id: GroupId,
    pub entry: EntryId,
    pub member_id: MemberId,
    pub report_id: ReportId,
    pub facts: Guarded,
    pub account: Label,
    pub profile_id: SellerId,
}

impl Entry {
    pub fn stored(&self) -> Result<Stored> {
        Ok(Stored { id: self.entry, facts: self.facts.json()?, account: self.account })
    }
}

guarded_row!(Entry, "pool_entries", |row| Owner::Group(row.group_id), [group_id, entry], ["facts" = facts]);

in_numbers!(
    Entry,
    pool_entries,
    key [group_id, entry],
    new [member_id, report_id],
    replaced [facts, account, profile_id]
);

/// The entries of these reports, by report.
pub fn entries_of_reports(
    conn: &mut Conn,
    group: GroupId,
    reports: &[ReportId],
) -> Result<HashMap<ReportId, EntryId>> {
    let mut found = HashMap::new();
    for reports in reports.chunks(rows_per_statement(1)) {
        let rows: Vec<(ReportId, EntryId)> = pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::report_id.eq_any(reports))
            .select((pool_entries::report_id, pool_entries::entry))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Whose report each of these entries is.
pub fn owners(
    conn: &mut Conn,
    group: GroupId,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, (MemberId, ReportId)>> {
    let mut found = HashMap::new();
    for entries in entries.chunks(rows_per_statement(1)) {
        let rows: Vec<(EntryId, MemberId, ReportId)> = pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::entry.eq_any(entries))
            .select((pool_entries::entry, pool_entries::member_id, pool_entries::report_id))
            .load(conn)?;
        found.extend(rows.into_iter().map(|(entry, member, report)| (entry, (member, report))));
    }
    Ok(found)
}

/// The profiles that a report is part of, by group.
pub fn profiles_of_report(
    conn: &mut Conn,
    groups: &[GroupId],
    report: ReportId,
) -> Result<Vec<(GroupId, SellerId)>> {
    let query = pool_entries::table
        .filter(pool_entries::group_id.eq_any(groups))
        .filter(pool_entries::report_id.eq(report))
        .select((pool_entries::group_id, pool_entries::profile_id))
        .order(pool_entries::group_id);
    Ok(query.load(conn)?)
}

/// Whose report an entry is, and the profile that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = pool_entries)]
pub struct Seat {
    pub entry: EntryId,
    pub member_id: MemberId,
    pub report_id: ReportId,
    pub profile_id: SellerId,
}

/// The entries of these profiles, without what resolution keeps of them.
pub fn seats_of_profiles(conn: &mut Conn, group: GroupId, profiles: &[SellerId]) -> Result<Vec<Seat>> {
    let mut found = Vec::new();
    for profiles in profiles.chunks(rows_per_statement(1)) {
        found.extend(each!(conn, inner => pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::profile_id.eq_any(profiles))
            .select(Seat::as_select())
            .load::<Seat>(inner))?);
    }
    Ok(found)
}

/// Whose reports these entries and those of these accounts are, each once.
pub fn seats_of(
    conn: &mut Conn,
    group: GroupId,
    entries: &[EntryId],
    accounts: &[Label],
) -> Result<Vec<Seat>> {
    let mut found = BTreeMap::new();
    for entries in entries.chunks(rows_per_statement(1)) {
        let seats = each!(conn, inner => pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::entry.eq_any(entries))
            .select(Seat::as_select())
            .load::<Seat>(inner))?;
        found.extend(seats.into_iter().map(|seat| (seat.entry, seat)));
    }
    for accounts in accounts.chunks(rows_per_statement(1)) {
        let seats = each!(conn, inner => pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::account.eq_any(accounts))
            .select(Seat::as_select())
            .load::<Seat>(inner))?;
        found.extend(seats.into_iter().map(|seat| (seat.entry, seat)));
    }
    Ok(found.into_values().collect())
}

/// A page of the entries of a profile in the order of their reports, after this one; the newest come first.
pub fn seats_before(
    conn: &mut Conn,
    group: GroupId,
    profile: SellerId,
    before: Option<ReportId>,
    limit: i64,
) -> Result<Vec<Seat>> {
    let mut query = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .filter(pool_entries::profile_id.eq(profile))
        .order(pool_entries::report_id.desc())
        .limit(limit)
        .select(Seat::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(pool_entries::report_id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// These entries, in no order; unknown ones are left out.
pub fn entries(conn: &mut Conn, group: GroupId, ids: &[EntryId]) -> Result<Vec<Entry>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(rows_per_statement(1)) {
        found.extend(each!(conn, inner => pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::entry.eq_any(ids))
            .select(Entry::as_select())
            .load::<Entry>(inner))?);
    }
    opened(conn, found)
}

/// The entries of these accounts, in no order.
pub fn entries_of_accounts(conn: &mut Conn, group: GroupId, accounts: &[Label]) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for accounts in accounts.chunks(rows_per_statement(1)) {
        found.extend(each!(conn, inner => pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::account.eq_any(accounts))
            .select(Entry::as_select())
            .load::<Entry>(inner))?);
    }
    opened(conn, found)
}

/// A page of a pool's entries in order, after `after`: for rebuilding, which mends what cannot be read.
pub fn entries_after(conn: &mut Conn, group: GroupId, after: EntryId, limit: i64) -> Result<Vec<Entry>> {
    let query = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .filter(pool_entries::entry.gt(after))
        .order(pool_entries::entry)
        .limit(limit)
        .select(Entry::as_select());
    let mut found = query.load(conn)?;
    open_or_empty(conn, &mut found)?;
    Ok(found)
}

/// Writes entries, replacing those that are there.
pub fn put_entries(conn: &mut Conn, rows: &[Entry]) -> Result<()> {
    let rows = sealed(conn, rows)?;
    in_numbers::put(conn, &rows)
}

pub fn delete_entries(conn: &mut Conn, group: GroupId, entries: &[EntryId]) -> Result<()> {
    for entries in entries.chunks(rows_per_statement(1)) {
        let gone = pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::entry.eq_any(entries));
        diesel::delete(gone).execute(conn)?;
    }
    Ok(())
}
