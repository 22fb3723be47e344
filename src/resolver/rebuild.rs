//! Works out a pool afresh from its stored reports, by the definition and not by increments, and
//! writes whatever differs. On a sound database nothing does.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Resolver;
use super::projecting::{Projecting, Publication};
use super::publish::Publisher;
use super::stops::InForce;
use super::working_out::birth;
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::lens::LENS_VERSION;
use crate::domain::resolution::account::Account;
use crate::domain::resolution::facts::Facts;
use crate::domain::resolution::identity::succeed;
use crate::domain::resolution::judgement::Judgements;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::resolution::mistyping::WidePhones;
use crate::domain::resolution::partition::{EntryId, Merged, partition};
use crate::domain::resolution::pool::{Label, StoredAccount};
use crate::domain::resolution::rules::{RULES_VERSION, Rules, Stratum};
use crate::domain::resolution::settling::Fate;
use crate::domain::resolution::stops::StopList;
use crate::domain::time::Timestamp;
use crate::store::groups::Group;
use crate::store::pool::{self, AccountRow, Entry, LinkRow, Posting, RefusalRow};
use crate::store::{Conn, Result, StoreError, judgements, members, reports};

/// What a rebuild found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    pub reports: usize,
    pub profiles: usize,
    /// Profiles that were not as the definition says, before.
    pub changed: usize,
}

/// A pool as the definition has it.
struct WorkedOut {
    facts: BTreeMap<EntryId, Facts>,
    layers: [Merged; 3],
    profile_of: HashMap<EntryId, SellerId>,
    judged: Judgements,
}

/// Entries read at once.
const PAGE: i64 = 2_000;

impl Resolver {
    /// Rebuilds one group's pool, in one transaction.
    pub fn rebuild(&self, group: GroupId) -> Result<Rebuilt> {
        self.db.write(|conn| {
            let Some(mut group) = pool::lock(conn, group)? else { return Err(StoreError::Busy) };
            let stops = self.stops.in_force(conn, &self.hasher)?;
            let rebuilt = rebuild(conn, &self.hasher, self.shown_max, self.clock.now(), &mut group, &stops)?;
            pool::save_counters(conn, &group)?;
            Ok(rebuilt)
        })
    }
}

/// Rebuilds the pool of a group that this worker has locked.
pub(super) fn rebuild(
    conn: &mut Conn,
    hasher: &KeyHasher,
    shown_max: usize,
    now: Timestamp,
    group: &mut Group,
    stops: &InForce,
) -> Result<Rebuilt> {
    let read = read(conn, hasher, group, &stops.list)?;
    group.stop_list_version = stops.version;
    work_out(conn, hasher, shown_max, now, group, read)
}

/// Brings the pool of a group that this worker has locked under another stop-list. If no report in it gives what
/// was stopped or lifted, that is to note the number.
pub(super) fn follow(
    conn: &mut Conn,
    hasher: &KeyHasher,
    shown_max: usize,
    now: Timestamp,
    group: &mut Group,
    stops: &InForce,
) -> Result<()> {
    let read = read(conn, hasher, group, &stops.list)?;
    group.stop_list_version = stops.version;
    let (entries, facts) = &read;
    for (id, facts) in facts {
        let now_said = serde_json::to_string(facts)?;
        if entries.get(id).is_some_and(|entry| entry.facts.bytes() != now_said.as_bytes()) {
            work_out(conn, hasher, shown_max, now, group, read)?;
            break;
        }
    }
    Ok(())
}

/// The entries of a pool, and the facts of those whose report is still pooled.
type Pooled = (BTreeMap<EntryId, Entry>, BTreeMap<EntryId, Facts>);

fn work_out(
    conn: &mut Conn,
    hasher: &KeyHasher,
    shown_max: usize,
    now: Timestamp,
    group: &mut Group,
    (entries, facts): Pooled,
) -> Result<Rebuilt> {
    let before: BTreeMap<EntryId, SellerId> =
        entries.iter().map(|(id, entry)| (*id, entry.profile_id)).collect();
    let entry_of = entries.values().map(|entry| (entry.report_id, entry.entry)).collect();
    let judged = judgements::counting(conn, group.id, &entry_of)?;
    let layers = partition(&facts, Rules::shipped(), &judged);
    let members: Vec<&[EntryId]> =
        layers[2].components.iter().map(|component| component.members.as_slice()).collect();
    let succession = succeed(&members, &before, |entry| birth(hasher, group.id, entry));
    let profile_of: HashMap<EntryId, SellerId> = members
        .iter()
        .zip(&succession.ids)
        .flat_map(|(members, id)| members.iter().map(move |entry| (*entry, *id)))
        .collect();
    let moved: BTreeSet<SellerId> = before
        .iter()
        .filter(|(entry, profile)| profile_of.get(entry) != Some(profile))
        .flat_map(|(entry, profile)| profile_of.get(entry).copied().into_iter().chain([*profile]))
        .collect();

    let profiles = members.len();
    let pool = WorkedOut { facts, layers, profile_of, judged };
    write(conn, hasher, group, &entries, &pool)?;
    let publisher = Publisher::new(Projecting::new(conn, group, hasher, shown_max, now)?);
    let changed = moved.iter().map(|profile| (*profile, Fate::Altered)).collect();
    publisher.publish_anew(conn, &Publication { changed, succession })?;
    group.lens_version = LENS_VERSION;
    group.rules_version = RULES_VERSION;
    Ok(Rebuilt { reports: pool.facts.len(), profiles, changed: moved.len() })
}

/// Reads a pool, with what its reports say under a stop-list.
pub(super) fn read(conn: &mut Conn, hasher: &KeyHasher, group: &Group, stops: &StopList) -> Result<Pooled> {
    let (mut entries, mut facts) = (BTreeMap::new(), BTreeMap::new());
    let mut after = 0;
    loop {
        let page = pool::entries_after(conn, group.id, after, PAGE)?;
        let Some(last) = page.last() else { return Ok((entries, facts)) };
        after = last.entry;
        let wanted: Vec<(MemberId, ReportId)> =
            page.iter().map(|entry| (entry.member_id, entry.report_id)).collect();
        let owners: BTreeSet<MemberId> = wanted.iter().map(|(member, _)| *member).collect();
        let owners: Vec<MemberId> = owners.into_iter().collect();
        let slugs: HashMap<MemberId, String> =
            members::find_many(conn, &owners)?.into_iter().map(|one| (one.id, one.slug)).collect();
        let by_report: HashMap<ReportId, EntryId> =
            page.iter().map(|entry| (entry.report_id, entry.entry)).collect();
        for stored in reports::live(conn, &wanted)? {
            let report = stored.report()?;
            if let Some(entry) = by_report.get(&stored.id)
                && group.pools(&report.share_with)
            {
                let slug = slugs.get(&stored.member_id).map_or("", String::as_str);
                facts.insert(*entry, Facts::of(&report, slug, hasher, stops));
            }
        }
        entries.extend(page.into_iter().map(|entry| (entry.entry, entry)));
    }
}

fn write(
    conn: &mut Conn,
    hasher: &KeyHasher,
    group: &mut Group,
    entries: &BTreeMap<EntryId, Entry>,
    pool: &WorkedOut,
) -> Result<()> {
    let WorkedOut { facts, layers, profile_of, judged } = pool;
    pool::clear_derived(conn, group.id)?;
    let core_of = cores(group, &layers[1], facts);
    let judged: BTreeSet<EntryId> = judged.keys().flatten().copied().collect();
    let (mut rows, mut accounts, mut postings) = (Vec::new(), Vec::new(), Vec::new());
    for component in &layers[0].components {
        group.next_label += 1;
        let said = component
            .members
            .iter()
            .filter_map(|id| facts.get(id).map(|facts| Account::of(*id, facts, judged.contains(id))));
        let place = component.members.first().and_then(|id| Some((core_of.get(id)?, profile_of.get(id)?)));
        let (Some(account), Some((core, profile))) = (Account::together(said), place) else { continue };
        let founder = component.members.iter().find(|id| birth(hasher, group.id, **id) == *profile);
        let stored = StoredAccount {
            label: group.next_label,
            account: account.into(),
            core: *core,
            profile: *profile,
            founder: founder.copied(),
        };
        postings.extend(Posting::all(group.id, stored.label, &stored.account, stored.core));
        accounts.push(AccountRow::new(group.id, &stored)?);
        for (entry, facts) in
            component.members.iter().filter_map(|id| Some((entries.get(id)?, facts.get(id)?)))
        {
            rows.push(Entry {
                facts: serde_json::to_string(facts)?.into(),
                account: stored.label,
                profile_id: *profile,
                ..entry.clone()
            });
        }
    }
    let gone: Vec<EntryId> = entries.keys().copied().filter(|id| !facts.contains_key(id)).collect();
    pool::delete_entries(conn, group.id, &gone)?;
    pool::put_entries(conn, &rows)?;
    pool::put_accounts(conn, &accounts)?;
    pool::insert_postings(conn, &postings)?;
    pool::replace_wide_phones(conn, group.id, &WidePhones::new(), &layers[2].wide_phones)?;
    let region: Vec<EntryId> = facts.keys().copied().collect();
    for (stratum, layer) in [Stratum::Cores, Stratum::Profiles].into_iter().zip(&layers[1..]) {
        let links = layer.components.iter().flat_map(|component| &component.links);
        let links = links.map(|link| LinkRow::new(group.id, stratum, link)).collect();
        pool::replace_links(conn, group.id, stratum, &region, links)?;
        let refusals = layer.refusals.iter().map(|one| RefusalRow::new(group.id, stratum, one)).collect();
        pool::replace_refusals(conn, group.id, stratum, &region, refusals)?;
    }
    Ok(())
}

/// Names the cores; the core of each report.
fn cores(group: &mut Group, layer: &Merged, facts: &BTreeMap<EntryId, Facts>) -> HashMap<EntryId, Label> {
    let mut core_of = HashMap::new();
    for component in &layer.components {
        group.next_label += 1;
        let mut known = component.members.iter().filter_map(|id| facts.get(id));
        let core = if known.all(Facts::is_bare) { -group.next_label } else { group.next_label };
        core_of.extend(component.members.iter().map(|id| (*id, core)));
    }
    core_of
}
