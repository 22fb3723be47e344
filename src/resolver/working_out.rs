//! What the next reports of a group's queue come to, read and worked out, with nothing written yet.
//!
//! It may be done in a transaction that only reads, before the one that writes: SQLite has one writer, and whoever
//! files a report need not wait for what others filed to be thought about. It holds as long as the pool stands. While
//! one batch is being written the next can be worked out from what that one comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Resolver;
use super::parallel::in_parallel;
use super::projecting::Publication;
use super::stops::InForce;
use crate::domain::id::{GroupId, MemberId, ReportId, SellerId};
use crate::domain::resolution::engine::resolve;
use crate::domain::resolution::facts::Facts;
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::resolution::outcome::Outcome;
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::{Change, Label, Pool, StoredAccount};
use crate::domain::resolution::rules::RULES_VERSION;
use crate::domain::resolution::settling::{Fate, Settled, settle};
use crate::domain::resolution::stops::StopList;
use crate::domain::resolution::upcoming::Upcoming;
use crate::store::groups::{self, Group};
use crate::store::pool::{self, Queued, SqlPool};
use crate::store::{Conn, Result, StoreError, members, reports};

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

    /// Whose reports those entries of the change are that are in the pool after it.
    fn stay(&self) -> Vec<(&EntryId, &(MemberId, ReportId))> {
        self.owners.iter().filter(|(entry, _)| !self.outcome.gone.contains_key(entry)).collect()
    }

    /// The group as writing this leaves it, if nothing else is written with it.
    fn leaves(&self) -> Group {
        let mut group = Group { batches: self.on.batches + 1, ..self.on.clone() };
        self.count(&mut group);
        group
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
    let queue = pool::queued(conn, group.id, limit)?;
    work_out(conn, &resolver.hasher, &stops, &group, None, queue).map(Some)
}

/// Works out the batch that follows on one which is being written, from a connection that does not see that yet. `None`
/// if fewer reports wait than make a full one: more may come.
pub(super) fn work_further(
    conn: &mut Conn,
    resolver: &Resolver,
    writing: &Worked,
    limit: i64,
) -> Result<Option<Worked>> {
    let Some(group) = groups::find(conn, writing.on.id)? else { return Ok(None) };
    let stops = resolver.stops.in_force(conn, &resolver.hasher)?;
    // What is seen must be what the batch was worked out on, or it is counted twice, or not at all.
    if group != writing.on || group.stop_list_version != stops.version {
        return Ok(None);
    }
    let queue = queued_behind(conn, writing, limit)?;
    if i64::try_from(queue.len()).is_ok_and(|waiting| waiting < limit) {
        return Ok(None);
    }
    work_out(conn, &resolver.hasher, &stops, &writing.leaves(), Some(writing), queue).map(Some)
}

/// Works out what rows of the queue come to, after another batch that is being written if there is one.
pub(super) fn work_out(
    conn: &mut Conn,
    hasher: &KeyHasher,
    stops: &InForce,
    group: &Group,
    writing: Option<&Worked>,
    queue: Vec<Queued>,
) -> Result<Worked> {
    let Step { change, touched, owners, next_entry } =
        step(conn, hasher, &stops.list, group, writing, &queue)?;
    let mut sql = SqlPool::new(conn, group.id, group.next_label)?;
    for owners in writing.map(Worked::stay).into_iter().chain([owners.iter().collect()]) {
        sql.judgements.note(owners.into_iter().map(|(entry, (_, report))| (*entry, *report)));
    }
    let (outcome, untold) = match writing {
        None => resolved(&mut sql, change, &touched, hasher)?,
        Some(writing) => {
            sql.know_busy(&writing.busy);
            let mut upcoming = Upcoming::new(&mut sql, &writing.outcome, &writing.accounts);
            resolved(&mut upcoming, change, &touched, hasher)?
        }
    };
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
    changed.extend(untold.into_iter().map(|profile| (profile, Fate::Altered)));
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

/// The oldest rows of the queue but for those of a batch that is being written.
fn queued_behind(conn: &mut Conn, writing: &Worked, limit: i64) -> Result<Vec<Queued>> {
    let taken: BTreeSet<&[u8]> = writing.queue.iter().map(|row| row.id.as_slice()).collect();
    let both = limit.saturating_add(i64::try_from(taken.len()).unwrap_or(i64::MAX));
    let mut rows = pool::queued(conn, writing.on.id, both)?;
    rows.retain(|row| !taken.contains(row.id.as_slice()));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// What a change does to a pool, and the profiles with a report that says something new which resolution does not look
/// at. Where its account goes to another profile by this very batch, that one is read with the report as it is.
fn resolved<P: Pool<Error = StoreError>>(
    pool: &mut P,
    change: Change,
    touched: &BTreeSet<EntryId>,
    hasher: &KeyHasher,
) -> Result<(Outcome, BTreeSet<SellerId>)> {
    let outcome = resolve(pool, change, hasher)?;
    let untold: Vec<EntryId> =
        touched.iter().copied().filter(|entry| !outcome.seats.contains_key(entry)).collect();
    let accounts: BTreeSet<Label> = pool.entries(&untold)?.iter().map(|stored| stored.account).collect();
    let accounts: Vec<Label> = accounts.into_iter().collect();
    let untold = pool.accounts(&accounts)?.into_iter().map(|stored| stored.profile).collect();
    Ok((outcome, untold))
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
    writing: Option<&Worked>,
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
    let mut known = pool::entries_of_reports(conn, group.id, &ids)?;
    if let Some(writing) = writing {
        known.retain(|_, entry| !writing.outcome.gone.contains_key(entry));
        known.extend(writing.stay().into_iter().map(|(entry, (_, report))| (*report, *entry)));
    }
    let stored = reports::live(conn, &wanted)?;
    let read = in_parallel(&stored, |stored| {
        let report = stored.report()?;
        let slug = slugs.get(&stored.member_id).map_or("", String::as_str);
        Ok(group.pools(&report.share_with).then(|| (stored.id, Facts::of(&report, slug, hasher, stops))))
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
