//! One batch of one group: the next reports of its queue, worked in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::parallel::in_parallel;
use super::publish::{Publication, Publisher};
use super::rebuild;
use super::stops::StopLists;
use crate::domain::group::pools;
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::lens::LENS_VERSION;
use crate::domain::resolution::engine::resolve as work_out;
use crate::domain::resolution::facts::{Facts, KeyHasher};
use crate::domain::resolution::outcome::Outcome;
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::{Change, Label, StoredAccount};
use crate::domain::resolution::rules::RULES_VERSION;
use crate::domain::resolution::settling::{Fate, Settled, settle};
use crate::domain::resolution::stops::StopList;
use crate::domain::time::Timestamp;
use crate::store::groups::Group;
use crate::store::pool::{self, AccountRow, Entry, LinkRow, Posting, Queued, RefusalRow, SqlPool};
use crate::store::{Conn, Result, judgements, members, reports};

/// Works in up to `limit` rows of the group's queue; returns how many.
pub(super) fn resolve(
    conn: &mut Conn,
    hasher: &KeyHasher,
    stops: &StopLists,
    shown_max: usize,
    now: Timestamp,
    group: GroupId,
    limit: i64,
) -> Result<usize> {
    let Some(mut group) = pool::lock(conn, group)? else { return Ok(0) };
    let stops = stops.in_force(conn, hasher)?;
    if group.rules_version != RULES_VERSION {
        rebuild::rebuild(conn, hasher, shown_max, now, &mut group, &stops)?;
    } else if group.stop_list_version != stops.version {
        rebuild::follow(conn, hasher, shown_max, now, &mut group, &stops)?;
    }
    let publisher = Publisher::new(conn, &group, hasher, shown_max, now)?;
    if group.lens_version != LENS_VERSION {
        publisher.refresh_all(conn)?;
        group.lens_version = LENS_VERSION;
    }
    let queue = pool::queued(conn, group.id, limit)?;
    if !queue.is_empty() {
        let entries = group.next_entry;
        work_in(conn, hasher, &stops.list, &mut group, &queue, &publisher)?;
        pool::dequeue(conn, group.id, &queue)?;
        if has_doubled(entries, group.next_entry) {
            pool::analyse(conn)?;
        }
    }
    pool::save_counters(conn, &group)?;
    Ok(queue.len())
}

/// Whether a pool grew past a power of two, from a size on at which the planner's guesses hurt.
fn has_doubled(before: EntryId, after: EntryId) -> bool {
    const SMALL: EntryId = 256;
    after >= SMALL && before.checked_ilog2() != after.checked_ilog2()
}

fn work_in(
    conn: &mut Conn,
    hasher: &KeyHasher,
    stops: &StopList,
    group: &mut Group,
    queue: &[Queued],
    publisher: &Publisher,
) -> Result<()> {
    let Step { change, touched, owners } = step(conn, hasher, stops, group, queue)?;
    let mut sql = SqlPool::new(conn, group.id, group.next_label)?;
    sql.judgements.note(owners.iter().map(|(entry, (_, report))| (*entry, *report)));
    let outcome = work_out(&mut sql, change, hasher)?;
    group.next_label = sql.next_label;
    sql.finish()?;
    let [cores, profiles] = outcome.layers.each_ref().map(|layer| layer.region.len());
    tracing::debug!(
        group = %group.id,
        reports = queue.len(),
        accounts = outcome.before.len(),
        cores_region = cores,
        profiles_region = profiles,
        "resolved a batch"
    );
    let Settled { succession, accounts, mut changed } =
        settle(&outcome, |entry| birth(hasher, group.id, entry));
    write(conn, group, &outcome, &accounts, &owners)?;
    // A report may say something new that resolution does not look at.
    let untold: Vec<EntryId> =
        touched.into_iter().filter(|entry| !outcome.seats.contains_key(entry)).collect();
    let untold = judgements::profiles_of_entries(conn, group.id, &untold)?.into_values();
    changed.extend(untold.map(|profile| (profile, Fate::Altered)));
    publisher.publish(conn, &Publication { changed, succession })
}

/// The id of a profile that `entry` founds: bound to the group, so that ids of one seller in two
/// groups cannot be matched, and shaped as a UUID (version 8, RFC 9562).
pub(super) fn birth(hasher: &KeyHasher, group: GroupId, entry: EntryId) -> SellerId {
    let mut bytes = hasher.derive(&[b"seller", group.as_bytes(), &entry.to_be_bytes()]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    SellerId(bytes)
}

/// What a stretch of the queue asks for.
struct Step {
    change: Change,
    /// Entries whose report changed, in what resolution needs or in anything else.
    touched: BTreeSet<EntryId>,
    /// Whose report an entry is.
    owners: HashMap<EntryId, (MemberId, ReportId)>,
}

fn step(
    conn: &mut Conn,
    hasher: &KeyHasher,
    stops: &StopList,
    group: &mut Group,
    queue: &[Queued],
) -> Result<Step> {
    let mut seen = BTreeSet::new();
    let wanted: Vec<(MemberId, ReportId)> =
        queue.iter().map(|row| (row.member_id, row.report_id)).filter(|one| seen.insert(*one)).collect();
    let ids: Vec<ReportId> = wanted.iter().map(|(_, report)| *report).collect();
    let member_ids: Vec<MemberId> =
        wanted.iter().map(|(member, _)| *member).collect::<BTreeSet<_>>().into_iter().collect();
    let slugs: HashMap<MemberId, String> =
        members::find_many(conn, &member_ids)?.into_iter().map(|member| (member.id, member.slug)).collect();
    let known = pool::entries_of_reports(conn, group.id, &ids)?;
    let stored = reports::live(conn, &wanted)?;
    let read = in_parallel(&stored, |stored| {
        let report = stored.report()?;
        let shared = report.share_with.iter().map(String::as_str);
        let pooled = pools(&group.slug, group.includes_alliance, shared);
        let slug = slugs.get(&stored.member_id).map_or("", String::as_str);
        Ok(pooled.then(|| (stored.id, Facts::of(&report, slug, hasher, stops))))
    });
    let mut live: HashMap<ReportId, Facts> =
        read.into_iter().filter_map(Result::transpose).collect::<Result<_>>()?;
    let mut step = Step { change: Change::new(), touched: BTreeSet::new(), owners: HashMap::new() };
    for (member, report) in wanted {
        let facts = live.remove(&report);
        let entry = match (known.get(&report), &facts) {
            (Some(entry), _) => *entry,
            (None, Some(_)) => {
                group.next_entry += 1;
                group.next_entry
            }
            (None, None) => continue,
        };
        step.touched.insert(entry);
        step.owners.insert(entry, (member, report));
        step.change.insert(entry, facts);
    }
    Ok(step)
}

fn write(
    conn: &mut Conn,
    group: &Group,
    outcome: &Outcome,
    accounts: &BTreeMap<Label, StoredAccount>,
    owners: &HashMap<EntryId, (MemberId, ReportId)>,
) -> Result<()> {
    write_entries(conn, group, outcome, accounts, owners)?;
    let (mut rows, mut lost, mut gained) = (Vec::new(), Vec::new(), Vec::new());
    for (label, stored) in accounts {
        let before = outcome.before.get(label);
        if before == Some(stored) {
            continue;
        }
        rows.push(AccountRow::new(group.id, stored)?);
        let is_posted =
            |before: &StoredAccount| before.core == stored.core && before.account.says_as(&stored.account);
        if !before.is_some_and(is_posted) {
            let now = postings_of(group.id, stored);
            let was = before.map(|before| postings_of(group.id, before)).unwrap_or_default();
            lost.extend(was.difference(&now).copied());
            gained.extend(now.difference(&was).copied());
        }
    }
    let ended = outcome.before.iter().filter(|(label, _)| !accounts.contains_key(label));
    let mut ended_labels = Vec::new();
    for (label, stored) in ended {
        ended_labels.push(*label);
        lost.extend(postings_of(group.id, stored));
    }
    pool::delete_accounts(conn, group.id, &ended_labels)?;
    pool::put_accounts(conn, &rows)?;
    pool::delete_postings(conn, &lost)?;
    pool::insert_postings(conn, &gained)?;
    let [before, after] = &outcome.wide_phones;
    pool::replace_wide_phones(conn, group.id, before, after)?;
    for layer in &outcome.layers {
        let region: Vec<EntryId> = outcome.speakers(layer).into_iter().collect();
        let links = layer.merged.components.iter().flat_map(|component| &component.links);
        let links = links.map(|link| LinkRow::new(group.id, layer.stratum, link)).collect();
        pool::replace_links(conn, group.id, layer.stratum, &region, links)?;
        let refusals = layer.merged.refusals.iter();
        let refusals = refusals.map(|refusal| RefusalRow::new(group.id, layer.stratum, refusal)).collect();
        pool::replace_refusals(conn, group.id, layer.stratum, &region, refusals)?;
    }
    Ok(())
}

/// Writes the reports that were placed by themselves, and moves those of accounts that went somewhere whole.
fn write_entries(
    conn: &mut Conn,
    group: &Group,
    outcome: &Outcome,
    accounts: &BTreeMap<Label, StoredAccount>,
    owners: &HashMap<EntryId, (MemberId, ReportId)>,
) -> Result<()> {
    let unknown: Vec<EntryId> =
        outcome.seats.keys().copied().filter(|entry| !owners.contains_key(entry)).collect();
    let others = pool::owners(conn, group.id, &unknown)?;
    let mut entries = Vec::with_capacity(outcome.seats.len());
    for (entry, seat) in &outcome.seats {
        let owner = owners.get(entry).or_else(|| others.get(entry));
        let (Some((member_id, report_id)), Some(account)) = (owner, accounts.get(&seat.account)) else {
            continue;
        };
        entries.push(Entry {
            group_id: group.id,
            entry: *entry,
            member_id: *member_id,
            report_id: *report_id,
            facts: serde_json::to_string(&seat.facts)?.into(),
            account: seat.account,
            profile_id: account.profile,
        });
    }
    let gone: Vec<EntryId> = outcome.gone.keys().copied().collect();
    pool::delete_entries(conn, group.id, &gone)?;
    pool::put_entries(conn, &entries)?;
    let mut renamed: BTreeSet<Label> = BTreeSet::new();
    for (from, into) in &outcome.moved {
        pool::move_entries(conn, group.id, *from, *into)?;
        renamed.insert(*into);
    }
    let has_new_profile = |(label, stored): &(&Label, &StoredAccount)| {
        outcome.before.get(label).is_some_and(|before| before.profile != stored.profile)
    };
    renamed.extend(accounts.iter().filter(has_new_profile).map(|(label, _)| *label));
    for stored in renamed.iter().filter_map(|label| accounts.get(label)) {
        pool::rename_profile(conn, group.id, stored.label, stored.profile)?;
    }
    Ok(())
}

fn postings_of(group: GroupId, stored: &StoredAccount) -> BTreeSet<Posting> {
    Posting::all(group, stored.label, &stored.account, stored.core)
}
