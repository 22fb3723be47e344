//! What the resolver keeps of each sharing group's pool: its queue, its entries with the component
//! of each stratum, who carries which key, and the links and refusals between entries.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text};

use super::schema::{
    busy_terms, links, pool_entries, pool_queue, postings, refusals, sharing_groups, wide_phones,
};
use super::{Conn, Result, StoreError, each, rows_per_statement, unnest};
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::lens::LENS_VERSION;
use crate::domain::resolution::carriers::{carrier, distinct};
use crate::domain::resolution::engine::{Holders, Label, Pool, Stored};
use crate::domain::resolution::facts::{Fact, Facts, Key, KeyMap};
use crate::domain::resolution::judgement::Judged;
use crate::domain::resolution::mistyping::WidePhones;
use crate::domain::resolution::partition::{EntryId, Link, Objection, Refusal};
use crate::domain::resolution::rules::{KeyClass, RULES_VERSION, Stratum};
use crate::store::groups::Group;
use crate::store::judgements::JudgedPairs;

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
            "ANALYZE reports; ANALYZE pool_entries; ANALYZE postings; ANALYZE links; ANALYZE refusals; \
             ANALYZE profile_views; ANALYZE profile_terms; ANALYZE successions; ANALYZE feed_events;",
        )?,
    }
    Ok(())
}

/// Groups whose queue is not empty, or that were resolved by other rules or seen through another lens.
pub fn waiting_groups(conn: &mut Conn) -> Result<Vec<GroupId>> {
    use diesel::dsl::exists;
    let queued = exists(pool_queue::table.filter(pool_queue::group_id.eq(sharing_groups::id)));
    let stale =
        sharing_groups::lens_version.ne(LENS_VERSION).or(sharing_groups::rules_version.ne(RULES_VERSION));
    Ok(sharing_groups::table
        .filter(queued.or(stale))
        .select(sharing_groups::id)
        .order(sharing_groups::id)
        .load(conn)?)
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
    let rows = pool_queue::table
        .filter(pool_queue::member_id.eq(member))
        .filter(pool_queue::report_id.eq(report))
        .filter(pool_queue::group_id.eq_any(groups));
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}

/// One row of `pool_entries`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = pool_entries, treat_none_as_default_value = false)]
pub struct Entry {
    pub group_id: GroupId,
    pub entry: EntryId,
    pub member_id: MemberId,
    pub report_id: ReportId,
    pub facts: String,
    pub account: Label,
    pub core: Label,
    pub profile_id: SellerId,
}

impl Entry {
    pub fn stored(&self) -> Result<Stored> {
        Ok(Stored {
            id: self.entry,
            facts: serde_json::from_str(&self.facts)?,
            account: self.account,
            core: self.core,
            profile: self.profile_id,
        })
    }
}

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
    Ok(found)
}

/// A page of a pool's entries in order, after `after`: for rebuilding.
pub fn entries_after(conn: &mut Conn, group: GroupId, after: EntryId, limit: i64) -> Result<Vec<Entry>> {
    let query = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .filter(pool_entries::entry.gt(after))
        .order(pool_entries::entry)
        .limit(limit)
        .select(Entry::as_select());
    Ok(query.load(conn)?)
}

/// Writes entries, replacing those that are there.
pub fn put_entries(conn: &mut Conn, rows: &[Entry]) -> Result<()> {
    use diesel::upsert::excluded;
    for rows in rows.chunks(rows_per_statement(8)) {
        match conn {
            Conn::Sqlite(inner) => diesel::insert_into(pool_entries::table)
                .values(rows)
                .on_conflict((pool_entries::group_id, pool_entries::entry))
                .do_update()
                .set((
                    pool_entries::facts.eq(excluded(pool_entries::facts)),
                    pool_entries::account.eq(excluded(pool_entries::account)),
                    pool_entries::core.eq(excluded(pool_entries::core)),
                    pool_entries::profile_id.eq(excluded(pool_entries::profile_id)),
                ))
                .execute(inner)?,
            Conn::Postgres(inner) => unnest::pool_entries(inner, rows)?,
        };
    }
    Ok(())
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

/// That an entry carries a key, and the component of the stratum below that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Insertable)]
#[diesel(table_name = postings, treat_none_as_default_value = false)]
pub struct Posting {
    pub group_id: GroupId,
    pub term: Key,
    pub carrier: Label,
    pub entry: EntryId,
}

/// A key as it stands among the postings that the profiles' stratum looks up: a key that stands in pairs
/// too is posted twice, by account and by core. Keys are hashes, so their complements meet no other.
fn posted(stratum: Stratum, key: Key) -> Key {
    match stratum {
        Stratum::Accounts | Stratum::Cores => key,
        Stratum::Profiles => Key(!key.0),
    }
}

impl Posting {
    /// The postings of an entry with these facts and labels.
    pub fn all(
        group_id: GroupId,
        entry: EntryId,
        facts: &Facts,
        account: Label,
        core: Label,
    ) -> BTreeSet<Self> {
        let posting = |stratum, carrier| {
            move |fact: Fact| Self { group_id, term: posted(stratum, fact.key), carrier, entry }
        };
        let anchors = facts.asked(Stratum::Accounts).map(posting(Stratum::Accounts, account));
        let of_cores = facts.asked(Stratum::Cores).map(posting(Stratum::Cores, account));
        let of_profiles = facts
            .asked(Stratum::Profiles)
            .map(|fact| posting(Stratum::Profiles, carrier(fact.class, core))(fact));
        anchors.chain(of_cores).chain(of_profiles).collect()
    }
}

pub fn insert_postings(conn: &mut Conn, rows: &[Posting]) -> Result<()> {
    for rows in rows.chunks(rows_per_statement(4)) {
        match conn {
            Conn::Sqlite(inner) => diesel::insert_into(postings::table).values(rows).execute(inner)?,
            Conn::Postgres(inner) => unnest::postings(inner, rows)?,
        };
    }
    Ok(())
}

pub fn delete_postings(conn: &mut Conn, rows: &[Posting]) -> Result<()> {
    match conn {
        // A statement a row costs nothing where there is no way to a server.
        Conn::Sqlite(inner) => {
            for row in rows {
                diesel::delete(postings::table.find((row.group_id, row.term, row.carrier, row.entry)))
                    .execute(inner)?;
            }
        }
        Conn::Postgres(inner) => drop(unnest::delete_postings(inner, rows)?),
    }
    Ok(())
}

/// One row of `links`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable, Insertable)]
#[diesel(table_name = links, treat_none_as_default_value = false)]
pub struct LinkRow {
    pub group_id: GroupId,
    pub stratum: i32,
    pub from_entry: EntryId,
    pub to_entry: EntryId,
    pub term: Key,
    pub class: KeyClass,
    pub degree: i32,
    pub score_decibits: i32,
}

impl LinkRow {
    pub fn new(group_id: GroupId, stratum: Stratum, link: &Link) -> Self {
        Self {
            group_id,
            stratum: stratum as i32,
            from_entry: link.from,
            to_entry: link.to,
            term: link.fact.key,
            class: link.fact.class,
            degree: i32::try_from(link.degree).unwrap_or(i32::MAX),
            score_decibits: link.score_decibits,
        }
    }

    pub fn link(&self) -> Link {
        Link {
            from: self.from_entry,
            to: self.to_entry,
            fact: Fact { key: self.term, class: self.class },
            degree: usize::try_from(self.degree).unwrap_or_default(),
            score_decibits: self.score_decibits,
        }
    }
}

/// One row of `refusals`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable, Insertable)]
#[diesel(table_name = refusals, treat_none_as_default_value = false)]
pub struct RefusalRow {
    pub group_id: GroupId,
    pub stratum: i32,
    pub from_entry: EntryId,
    pub to_entry: EntryId,
    pub term: Key,
    pub class: KeyClass,
    pub degree: i32,
    pub score_decibits: i32,
    #[diesel(column_name = number_from)]
    pub side_from: String,
    #[diesel(column_name = number_to)]
    pub side_to: String,
    pub objection: Objection,
}

impl RefusalRow {
    pub fn new(group_id: GroupId, stratum: Stratum, refusal: &Refusal) -> Self {
        let link = LinkRow::new(group_id, stratum, &refusal.link);
        let [side_from, side_to] = refusal.sides.clone();
        Self {
            group_id,
            stratum: link.stratum,
            from_entry: link.from_entry,
            to_entry: link.to_entry,
            term: link.term,
            class: link.class,
            degree: link.degree,
            score_decibits: link.score_decibits,
            objection: refusal.objection,
            side_from,
            side_to,
        }
    }

    /// The link that was refused.
    pub fn link(&self) -> Link {
        Link {
            from: self.from_entry,
            to: self.to_entry,
            fact: Fact { key: self.term, class: self.class },
            degree: usize::try_from(self.degree).unwrap_or_default(),
            score_decibits: self.score_decibits,
        }
    }
}

/// Makes the links of one stratum that begin at `region` be exactly `wanted`.
pub fn replace_links(
    conn: &mut Conn,
    group: GroupId,
    stratum: Stratum,
    region: &[EntryId],
    wanted: BTreeSet<LinkRow>,
) -> Result<()> {
    let mut known = BTreeSet::new();
    for region in region.chunks(rows_per_statement(1)) {
        known.extend(each!(conn, inner => links::table
            .filter(links::group_id.eq(group))
            .filter(links::stratum.eq(stratum as i32))
            .filter(links::from_entry.eq_any(region))
            .select(LinkRow::as_select())
            .load::<LinkRow>(inner))?);
    }
    let gone: Vec<&LinkRow> = known.difference(&wanted).collect();
    match conn {
        Conn::Sqlite(inner) => {
            for gone in gone {
                let row = links::table.find((gone.group_id, gone.stratum, gone.from_entry, gone.to_entry));
                diesel::delete(row).execute(inner)?;
            }
        }
        Conn::Postgres(inner) => drop(unnest::delete_links(inner, &gone)?),
    }
    let fresh: Vec<LinkRow> = wanted.difference(&known).cloned().collect();
    for rows in fresh.chunks(rows_per_statement(8)) {
        match conn {
            Conn::Sqlite(inner) => diesel::insert_into(links::table).values(rows).execute(inner)?,
            Conn::Postgres(inner) => unnest::links(inner, rows)?,
        };
    }
    Ok(())
}

/// Makes the refusals of one stratum that begin at `region` be exactly `wanted`.
pub fn replace_refusals(
    conn: &mut Conn,
    group: GroupId,
    stratum: Stratum,
    region: &[EntryId],
    wanted: BTreeSet<RefusalRow>,
) -> Result<()> {
    let mut known = BTreeSet::new();
    for region in region.chunks(rows_per_statement(1)) {
        known.extend(each!(conn, inner => refusals::table
            .filter(refusals::group_id.eq(group))
            .filter(refusals::stratum.eq(stratum as i32))
            .filter(refusals::from_entry.eq_any(region))
            .select(RefusalRow::as_select())
            .load::<RefusalRow>(inner))?);
    }
    for gone in known.difference(&wanted) {
        let row = (gone.group_id, gone.stratum, gone.from_entry, gone.to_entry, gone.term);
        diesel::delete(refusals::table.find(row)).execute(conn)?;
    }
    let fresh: Vec<RefusalRow> = wanted.difference(&known).cloned().collect();
    for rows in fresh.chunks(rows_per_statement(11)) {
        each!(conn, inner => diesel::insert_into(refusals::table).values(rows).execute(inner))?;
    }
    Ok(())
}

/// The links between the entries of one profile.
pub fn links_from(conn: &mut Conn, group: GroupId, entries: &[EntryId]) -> Result<Vec<LinkRow>> {
    let mut found = Vec::new();
    for entries in entries.chunks(rows_per_statement(1)) {
        let query = links::table
            .filter(links::group_id.eq(group))
            .filter(links::stratum.eq_any([0, 1, 2]))
            .filter(links::from_entry.eq_any(entries))
            .select(LinkRow::as_select());
        found.extend(query.load::<LinkRow>(conn)?);
    }
    found.sort();
    Ok(found)
}

/// Makes the phones that link nobody be `after`, where they were `before`.
pub fn replace_wide_phones(
    conn: &mut Conn,
    group: GroupId,
    before: &WidePhones,
    after: &WidePhones,
) -> Result<()> {
    for term in before.keys().filter(|term| !after.contains_key(term)) {
        diesel::delete(wide_phones::table.find((group, *term))).execute(conn)?;
    }
    for (term, digits) in after.iter().filter(|(term, _)| !before.contains_key(term)) {
        let row = (
            wide_phones::group_id.eq(group),
            wide_phones::term.eq(*term),
            wide_phones::digits.eq(digits.as_str()),
        );
        diesel::insert_into(wide_phones::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Everything that the pool has derived, for comparing two ways of getting there: entries by report,
/// as (profile, links, refusals).
#[derive(Debug, PartialEq, Eq)]
pub struct Derived {
    pub profiles: BTreeMap<ReportId, SellerId>,
    pub links: BTreeSet<LinkRow>,
    pub refusals: BTreeSet<RefusalRow>,
}

pub fn derived(conn: &mut Conn, group: GroupId) -> Result<Derived> {
    let profiles: Vec<(ReportId, SellerId)> = pool_entries::table
        .filter(pool_entries::group_id.eq(group))
        .select((pool_entries::report_id, pool_entries::profile_id))
        .load(conn)?;
    let links: Vec<LinkRow> =
        links::table.filter(links::group_id.eq(group)).select(LinkRow::as_select()).load(conn)?;
    let refusals: Vec<RefusalRow> =
        refusals::table.filter(refusals::group_id.eq(group)).select(RefusalRow::as_select()).load(conn)?;
    Ok(Derived {
        profiles: profiles.into_iter().collect(),
        links: links.into_iter().collect(),
        refusals: refusals.into_iter().collect(),
    })
}

/// Forgets everything derived of a pool except which profile each entry is in.
pub fn clear_derived(conn: &mut Conn, group: GroupId) -> Result<()> {
    diesel::delete(postings::table.filter(postings::group_id.eq(group))).execute(conn)?;
    diesel::delete(links::table.filter(links::group_id.eq(group))).execute(conn)?;
    diesel::delete(refusals::table.filter(refusals::group_id.eq(group))).execute(conn)?;
    diesel::delete(wide_phones::table.filter(wide_phones::group_id.eq(group))).execute(conn)?;
    diesel::delete(busy_terms::table.filter(busy_terms::group_id.eq(group))).execute(conn)?;
    Ok(())
}

/// A group's pool in the database, as the engine asks for it.
pub struct SqlPool<'c> {
    conn: &'c mut Conn,
    group: GroupId,
    pub next_label: Label,
    /// Keys known to have many postings.
    busy: HashSet<Key>,
    newly_busy: Vec<Key>,
    pub judgements: JudgedPairs,
}

/// Postings from which a key is counted before it is read.
const BUSY_POSTINGS: usize = 100;

impl<'c> SqlPool<'c> {
    pub fn new(conn: &'c mut Conn, group: GroupId, next_label: Label) -> Result<Self> {
        let busy: Vec<Key> =
            busy_terms::table.filter(busy_terms::group_id.eq(group)).select(busy_terms::term).load(conn)?;
        let (busy, judgements) = (busy.into_iter().collect(), JudgedPairs::default());
        Ok(Self { conn, group, next_label, busy, newly_busy: Vec::new(), judgements })
    }

    /// Writes down what was found out on the way.
    pub fn finish(self) -> Result<()> {
        let rows: Vec<_> = self
            .newly_busy
            .iter()
            .map(|term| (busy_terms::group_id.eq(self.group), busy_terms::term.eq(*term)))
            .collect();
        for rows in rows.chunks(rows_per_statement(2)) {
            each!(self.conn, inner => diesel::insert_into(busy_terms::table).values(rows).execute(inner))?;
        }
        Ok(())
    }
}

#[derive(QueryableByName)]
struct Term {
    #[diesel(sql_type = BigInt)]
    term: Key,
}

impl Pool for SqlPool<'_> {
    type Error = StoreError;

    fn entries(&mut self, ids: &[EntryId]) -> Result<Vec<Stored>> {
        entries(self.conn, self.group, ids)?.iter().map(Entry::stored).collect()
    }

    fn members(&mut self, stratum: Stratum, labels: &[Label]) -> Result<Vec<Stored>> {
        let mut found = Vec::new();
        for labels in labels.chunks(rows_per_statement(1)) {
            let rows: Vec<Entry> = each!(self.conn, inner => {
                let query =
                    pool_entries::table.filter(pool_entries::group_id.eq(self.group)).select(Entry::as_select());
                match stratum {
                    Stratum::Accounts => query.filter(pool_entries::account.eq_any(labels)).load(inner),
                    Stratum::Cores | Stratum::Profiles => {
                        query.filter(pool_entries::core.eq_any(labels)).load(inner)
                    }
                }
            })?;
            for row in rows {
                found.push(row.stored()?);
            }
        }
        Ok(found)
    }

    fn holders(&mut self, stratum: Stratum, keys: &[(Key, usize)]) -> Result<KeyMap<Holders>> {
        let limits: KeyMap<usize> = keys.iter().map(|(key, limit)| (posted(stratum, *key), *limit)).collect();
        let busy: Vec<(Key, usize)> = limits
            .iter()
            .filter(|(key, _)| self.busy.contains(key))
            .map(|(key, limit)| (*key, *limit))
            .collect();
        let mut answer: KeyMap<Holders> =
            self.generic(&busy)?.into_iter().map(|key| (key, Holders::Generic)).collect();
        let mut rest: Vec<Key> = limits.keys().copied().filter(|key| !answer.contains_key(key)).collect();
        // In the order of the index, so that neighbours are read together.
        rest.sort_unstable();
        for keys in rest.chunks(rows_per_statement(1)) {
            let rows: Vec<(Key, EntryId, Label)> = each!(self.conn, inner => postings::table
                .filter(postings::group_id.eq(self.group))
                .filter(postings::term.eq_any(keys))
                .select((postings::term, postings::entry, postings::carrier))
                .load(inner))?;
            for (key, entry, carrier) in rows {
                if let Holders::All(holders) = answer.entry(key).or_insert_with(|| Holders::All(Vec::new())) {
                    holders.push((entry, carrier));
                }
            }
        }
        for (key, holders) in &mut answer {
            let Holders::All(all) = holders else { continue };
            if all.len() >= BUSY_POSTINGS && self.busy.insert(*key) {
                self.newly_busy.push(*key);
            }
            let degree = distinct(all.iter().map(|(_, carrier)| *carrier));
            if limits.get(key).is_some_and(|limit| degree >= *limit) {
                *holders = Holders::Generic;
            }
        }
        // Posting twice is its own inverse.
        Ok(answer.into_iter().map(|(key, holders)| (posted(stratum, key), holders)).collect())
    }

    fn judged(&mut self, ids: &[EntryId]) -> Result<Vec<Judged>> {
        self.judgements.of(self.conn, self.group, ids)
    }

    fn wide_phones(&mut self) -> Result<WidePhones> {
        let query = wide_phones::table.filter(wide_phones::group_id.eq(self.group));
        let rows: Vec<(Key, String)> =
            query.select((wide_phones::term, wide_phones::digits)).load(self.conn)?;
        Ok(rows.into_iter().collect())
    }

    fn new_label(&mut self) -> Label {
        self.next_label += 1;
        self.next_label
    }
}

impl SqlPool<'_> {
    /// Keys that at least the given number of components carry. Hops from one carrier to the next in
    /// the index, so a hub costs as many steps as its limit, not as many as it has holders.
    fn generic(&mut self, keys: &[(Key, usize)]) -> Result<Vec<Key>> {
        let limited: Vec<(i64, i64)> = keys
            .iter()
            .filter_map(|(key, limit)| Some((key.0, i64::try_from(*limit).ok()?)))
            .filter(|(_, limit)| *limit < i64::MAX)
            .collect();
        if limited.is_empty() {
            return Ok(Vec::new());
        }
        // SQLite numbers its parameters by first use, so the order of the text is the order of binds.
        const HOPS: &str = "own(id) AS (SELECT @group),
            hop(term, most, carrier, n) AS (
                SELECT w.term, w.most, (SELECT MIN(p.carrier) FROM postings p
                    WHERE p.group_id = (SELECT id FROM own) AND p.term = w.term), 1
                FROM wanted w
              UNION ALL
                SELECT h.term, h.most, (SELECT MIN(p.carrier) FROM postings p
                    WHERE p.group_id = (SELECT id FROM own) AND p.term = h.term AND p.carrier > h.carrier), h.n + 1
                FROM hop h WHERE h.carrier IS NOT NULL AND h.n < h.most
            )
            SELECT term FROM hop WHERE carrier IS NOT NULL AND n >= most";
        let rows: Vec<Term> = match self.conn {
            Conn::Sqlite(inner) => {
                let wanted = serde_json::to_string(&limited)?;
                let hops = HOPS.replace("@group", "$2");
                diesel::sql_query(format!(
                    "WITH RECURSIVE wanted(term, most) AS (
                        SELECT value ->> 0, value ->> 1 FROM json_each($1)), {hops}"
                ))
                .bind::<Text, _>(wanted)
                .bind::<Binary, _>(self.group)
                .load(inner)?
            }
            Conn::Postgres(inner) => {
                let (terms, most): (Vec<i64>, Vec<i64>) = limited.into_iter().unzip();
                let hops = HOPS.replace("@group", "$3::bytea");
                diesel::sql_query(format!(
                    "WITH RECURSIVE wanted(term, most) AS (
                        SELECT * FROM unnest($1::bigint[], $2::bigint[])), {hops}"
                ))
                .bind::<Array<BigInt>, _>(terms)
                .bind::<Array<BigInt>, _>(most)
                .bind::<Binary, _>(self.group)
                .load(inner)?
            }
        };
        Ok(rows.into_iter().map(|row| row.term).collect())
    }
}
