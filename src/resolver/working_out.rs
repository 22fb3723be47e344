//! What the next reports of a group's queue come to, read and worked out, with nothing written yet.
//!
//! It may be done in a transaction that only reads, before the one that writes: SQLite has one writer, and whoever
//! files a report need not wait for what others filed to be thought about. It holds as long as the pool stands.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Resolver;
use super::parallel::in_parallel;
use super::publish::Publication;
use super::stops::InForce;
use crate::domain::group::pools;
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::resolution::engine::resolve;
use crate::domain::resolution::facts::{Facts, Key, KeyHasher};
use crate::domain::resolution::outcome::Outcome;
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::{Change, Label, StoredAccount};
use crate::domain::resolution::rules::RULES_VERSION;
use crate::domain::resolution::settling::{Fate, Settled, settle};
use crate::domain::resolution::stops::StopList;
use crate::store::groups::{self, Group};
use crate::store::pool::{self, Queued, SqlPool};
use crate::store::{Conn, Result, judgements, members, reports};

/// A batch that was worked out.
pub(super) struct Worked {
    /// The group as it was, pool and all.
    on: Group,
    pub queue: Vec<Queued>,
    pub outcome: Outcome,
    pub accounts: BTreeMap<Label, StoredAccount>,
    pub publication: Publication,
    /// Whose report each entry of the change is.
    pub owners: HashMap<EntryId, (MemberId, ReportId)>,
    /// Keys that turned out to have many postings.
    pub busy: Vec<Key>,
    next_entry: EntryId,
    next_label: Label,
}

impl Worked {
    /// Whether it holds for a group that this worker has locked: nobody wrote to its pool since.
    pub fn holds_for(&self, group: &Group) -> bool {
        self.on == *group
    }

    /// Moves the group's counters to where they are after it.
    pub fn count(&self, group: &mut Group) {
        group.next_entry = self.next_entry;
        group.next_label = self.next_label;
    }
}

/// Works out a batch from a connection that only reads; `None` if there is more to do than a batch.
pub(super) fn work_ahead(
    conn: &mut Conn,
    resolver: &Resolver,
    group: GroupId,
    limit: i64,
) -> Result<Option<Worked>> {
    let Some(group) = groups::find(conn, group)? else { return Ok(None) };
    let stops = resolver.stops.in_force(conn, &resolver.hasher)?;
    if group.rules_version != RULES_VERSION || group.stop_list_version != stops.version {
        return Ok(None);
    }
    work_out(conn, &resolver.hasher, &stops, &group, limit).map(Some)
}

/// Works out a batch of at most `limit` reports.
pub(super) fn work_out(
    conn: &mut Conn,
    hasher: &KeyHasher,
    stops: &InForce,
    group: &Group,
    limit: i64,
) -> Result<Worked> {
    let queue = pool::queued(conn, group.id, limit)?;
    let Step { change, touched, owners, next_entry } = step(conn, hasher, &stops.list, group, &queue)?;
    let mut sql = SqlPool::new(conn, group.id, group.next_label)?;
    sql.judgements.note(owners.iter().map(|(entry, (_, report))| (*entry, *report)));
    let outcome = resolve(&mut sql, change, hasher)?;
    let (next_label, busy) = sql.finish();
    let [cores, profiles] = outcome.layers.each_ref().map(|layer| layer.region.len());
    tracing::debug!(
        group = %group.id,
        reports = queue.len(),
        accounts = outcome.before.len(),
        cores_region = cores,
        profiles_region = profiles,
        "worked out a batch"
    );
    let Settled { succession, accounts, mut changed } =
        settle(&outcome, |entry| birth(hasher, group.id, entry));
    // A report may say something new that resolution does not look at. Where its account goes to another profile by
    // this very batch, that one is read with the report as it is.
    let untold: Vec<EntryId> =
        touched.into_iter().filter(|entry| !outcome.seats.contains_key(entry)).collect();
    let untold = judgements::profiles_of_entries(conn, group.id, &untold)?.into_values();
    changed.extend(untold.map(|profile| (profile, Fate::Altered)));
    let publication = Publication { changed, succession };
    Ok(Worked {
        on: group.clone(),
        queue,
        outcome,
        accounts,
        publication,
        owners,
        busy,
        next_entry,
        next_label,
    })
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
    /// The last entry that was handed out.
    next_entry: EntryId,
}

fn step(
    conn: &mut Conn,
    hasher: &KeyHasher,
    stops: &StopList,
    group: &Group,
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
    let mut step = Step {
        change: Change::new(),
        touched: BTreeSet::new(),
        owners: HashMap::new(),
        next_entry: group.next_entry,
    };
    for (member, report) in wanted {
        let facts = live.remove(&report);
        let entry = match (known.get(&report), &facts) {
            (Some(entry), _) => *entry,
            (None, Some(_)) => {
                step.next_entry += 1;
                step.next_entry
            }
            (None, None) => continue,
        };
        step.touched.insert(entry);
        step.owners.insert(entry, (member, report));
        step.change.insert(entry, facts);
    }
    Ok(step)
}
