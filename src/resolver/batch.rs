//! One batch of one group: the next reports of its queue, worked in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::parallel::in_parallel;
use super::publish::{Publication, Publisher};
use super::rebuild;
use super::stops::StopLists;
use crate::domain::group::pools;
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::lens::LENS_VERSION;
use crate::domain::resolution::engine::{Change, Outcome, Stored, resolve as work_out};
use crate::domain::resolution::facts::{Facts, KeyHasher};
use crate::domain::resolution::identity::{Succession, succeed};
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::rules::RULES_VERSION;
use crate::domain::resolution::stops::StopList;
use crate::domain::time::Timestamp;
use crate::store::groups::Group;
use crate::store::pool::{self, Entry, LinkRow, Posting, Queued, RefusalRow, SqlPool};
use crate::store::{Conn, Result, members, reports};

/// Works in up to `limit` rows of the group's queue; returns how many.
pub(super) fn resolve(
    conn: &mut Conn,
    hasher: &KeyHasher,
    stops: &StopLists,
    now: Timestamp,
    group: GroupId,
    limit: i64,
) -> Result<usize> {
    let Some(mut group) = pool::lock(conn, group)? else { return Ok(0) };
    let stops = stops.in_force(conn, hasher)?;
    if group.rules_version != RULES_VERSION {
        rebuild::rebuild(conn, hasher, now, &mut group, &stops)?;
    } else if group.stop_list_version != stops.version {
        rebuild::follow(conn, hasher, now, &mut group, &stops)?;
    }
    let publisher = Publisher::new(conn, &group, hasher, now)?;
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
    let before: BTreeMap<EntryId, SellerId> = outcome.layers[2]
        .region
        .iter()
        .filter_map(|id| Some((*id, outcome.before.get(id)?.profile)))
        .collect();
    let members: Vec<&[EntryId]> = outcome.profiles().iter().map(|one| one.members.as_slice()).collect();
    let succession = succeed(&members, &before, |entry| birth(hasher, group.id, entry));
    let profile_of: BTreeMap<EntryId, SellerId> = members
        .iter()
        .zip(&succession.ids)
        .flat_map(|(members, id)| members.iter().map(move |entry| (*entry, *id)))
        .collect();

    write(conn, group, &outcome, &profile_of, &owners)?;
    let changed = changed_profiles(&profile_of, &before, &touched);
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
    profile_of: &BTreeMap<EntryId, SellerId>,
    owners: &HashMap<EntryId, (MemberId, ReportId)>,
) -> Result<()> {
    let mut entries = Vec::new();
    let mut lost = Vec::new();
    let mut gained = Vec::new();
    let moved = moved_entries(conn, group.id, outcome, profile_of, owners)?;
    for (id, placed) in &outcome.after {
        let before = outcome.before.get(id);
        let is_as_it_was = |stored: &Stored| {
            stored.account == placed.account && stored.core == placed.core && stored.facts == placed.facts
        };
        if before.is_some_and(is_as_it_was) && !moved.contains_key(id) {
            continue;
        }
        let now = Posting::all(group.id, *id, &placed.facts, placed.account, placed.core);
        let was = before.map(|stored| postings_of(group.id, stored)).unwrap_or_default();
        lost.extend(was.difference(&now).copied());
        gained.extend(now.difference(&was).copied());
        if let (Some((member_id, report_id)), Some(profile_id)) =
            (moved.get(id), profile_of.get(id).copied().or(before.map(|stored| stored.profile)))
        {
            entries.push(Entry {
                group_id: group.id,
                entry: *id,
                member_id: *member_id,
                report_id: *report_id,
                facts: serde_json::to_string(&placed.facts)?,
                account: placed.account,
                core: placed.core,
                profile_id,
            });
        }
    }
    let gone: Vec<EntryId> =
        outcome.before.keys().copied().filter(|id| !outcome.after.contains_key(id)).collect();
    for id in &gone {
        lost.extend(outcome.before.get(id).map(|stored| postings_of(group.id, stored)).unwrap_or_default());
    }
    pool::delete_entries(conn, group.id, &gone)?;
    pool::put_entries(conn, &entries)?;
    pool::delete_postings(conn, &lost)?;
    pool::insert_postings(conn, &gained)?;
    let [before, after] = &outcome.wide_phones;
    pool::replace_wide_phones(conn, group.id, before, after)?;
    for layer in &outcome.layers {
        let region: Vec<EntryId> = layer.region.iter().copied().collect();
        let links = layer.merged.components.iter().flat_map(|component| &component.links);
        let links = links.map(|link| LinkRow::new(group.id, layer.stratum, link)).collect();
        pool::replace_links(conn, group.id, layer.stratum, &region, links)?;
        let refusals = layer.merged.refusals.iter();
        let refusals = refusals.map(|refusal| RefusalRow::new(group.id, layer.stratum, refusal)).collect();
        pool::replace_refusals(conn, group.id, layer.stratum, &region, refusals)?;
    }
    Ok(())
}

fn postings_of(group: GroupId, stored: &Stored) -> BTreeSet<Posting> {
    Posting::all(group, stored.id, &stored.facts, stored.account, stored.core)
}

/// Entries whose row must be written, with whose report they are.
fn moved_entries(
    conn: &mut Conn,
    group: GroupId,
    outcome: &Outcome,
    profile_of: &BTreeMap<EntryId, SellerId>,
    owners: &HashMap<EntryId, (MemberId, ReportId)>,
) -> Result<HashMap<EntryId, (MemberId, ReportId)>> {
    let moved: Vec<EntryId> = outcome
        .after
        .iter()
        .filter(|(id, placed)| {
            outcome.before.get(id).is_none_or(|stored| {
                stored.account != placed.account
                    || stored.core != placed.core
                    || stored.facts != placed.facts
                    || profile_of.get(id).is_some_and(|profile| *profile != stored.profile)
            })
        })
        .map(|(id, _)| *id)
        .collect();
    let unknown: Vec<EntryId> = moved.iter().copied().filter(|id| !owners.contains_key(id)).collect();
    let mut found = pool::owners(conn, group, &unknown)?;
    found.extend(moved.iter().filter_map(|id| Some((*id, *owners.get(id)?))));
    Ok(found)
}

/// Profiles whose reports, or a report of which, changed.
fn changed_profiles(
    profile_of: &BTreeMap<EntryId, SellerId>,
    before: &BTreeMap<EntryId, SellerId>,
    touched: &BTreeSet<EntryId>,
) -> BTreeSet<SellerId> {
    let mut changed = BTreeSet::new();
    for (entry, profile) in profile_of {
        if touched.contains(entry) || before.get(entry) != Some(profile) {
            changed.insert(*profile);
        }
    }
    for (entry, profile) in before {
        if profile_of.get(entry) != Some(profile) {
            changed.insert(*profile);
        }
    }
    changed
}

/// What a rebuild shares with a batch: the ids and what to tell about them.
pub(super) fn publication(changed: BTreeSet<SellerId>, succession: Succession) -> Publication {
    Publication { changed, succession }
}
