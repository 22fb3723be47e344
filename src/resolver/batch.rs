//! One batch of one group: the next reports of its queue, worked in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::projecting::Projecting;
use super::publish::Publisher;
use super::working_out::{Worked, work_out};
use super::{Resolver, rebuild};
use crate::domain::id::{GroupId, MemberId, ReportId};
use crate::domain::lens::LENS_VERSION;
use crate::domain::resolution::outcome::Outcome;
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::{Label, StoredAccount};
use crate::domain::resolution::rules::RULES_VERSION;
use crate::store::groups::Group;
use crate::store::pool::{self, AccountRow, Entry, LinkRow, Posting, RefusalRow};
use crate::store::{Conn, Result};

/// Works in up to `limit` rows of the group's queue; returns how many. What was worked out `ahead` is taken if it
/// still holds. `begun` is told what the batch comes to before anything of it is written.
pub(super) fn work_in(
    conn: &mut Conn,
    resolver: &Resolver,
    group: GroupId,
    limit: i64,
    ahead: Option<&Arc<Worked>>,
    begun: impl FnOnce(&Arc<Worked>),
) -> Result<usize> {
    let Some(mut group) = pool::lock(conn, group)? else { return Ok(0) };
    let Resolver { hasher, shown_max, .. } = resolver;
    let now = resolver.clock.now();
    let stops = resolver.stops.in_force(conn, hasher)?;
    // Whether nothing is published before the batch.
    let mut is_first = true;
    if group.rules_version != RULES_VERSION {
        rebuild::rebuild(conn, hasher, *shown_max, now, &mut group, &stops)?;
        is_first = false;
    } else if group.stop_list_version != stops.version {
        rebuild::follow(conn, hasher, *shown_max, now, &mut group, &stops)?;
        is_first = false;
    }
    let mut publisher = Publisher::new(Projecting::new(conn, &group, hasher, *shown_max, now)?);
    if group.lens_version != LENS_VERSION {
        publisher.refresh_all(conn)?;
        group.lens_version = LENS_VERSION;
        is_first = false;
    }
    if is_first {
        publisher = publisher.working_beside(&resolver.db);
    }
    // Asked last: what a new stop-list, new rules or a new lens made of the pool was not known before either.
    let worked = match ahead.filter(|ahead| ahead.holds_for(&group)) {
        Some(worked) => worked.clone(),
        None => {
            let queue = pool::queued(conn, group.id, limit)?;
            Arc::new(work_out(conn, hasher, &stops, &group, None, queue)?)
        }
    };
    if !worked.queue.is_empty() {
        begun(&worked);
        let entries = group.next_entry;
        worked.count(&mut group);
        write(conn, &group, &worked)?;
        publisher.publish(conn, &worked.publication)?;
        pool::dequeue(conn, group.id, &worked.queue)?;
        if has_doubled(entries, group.next_entry) {
            pool::analyse(conn)?;
        }
    }
    pool::save_counters(conn, &group)?;
    Ok(worked.queue.len())
}

/// Whether a pool grew past a power of two, from a size on at which the planner's guesses hurt.
fn has_doubled(before: EntryId, after: EntryId) -> bool {
    const SMALL: EntryId = 256;
    after >= SMALL && before.checked_ilog2() != after.checked_ilog2()
}

fn write(conn: &mut Conn, group: &Group, worked: &Worked) -> Result<()> {
    let Worked { outcome, accounts, owners, .. } = worked;
    pool::note_busy(conn, group.id, &worked.busy)?;
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
    // In the order of the index, so that each of its pages is written to once.
    lost.sort_unstable();
    gained.sort_unstable();
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
