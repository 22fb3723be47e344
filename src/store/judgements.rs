//! What people say about two reports of a pool. Every row stays: it is taken back by saying so.
//!
//! Reports are named and not entries, since a report that leaves the pool and comes back is another entry and
//! what was judged of it holds again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::schema::{judgements, pool_entries, refusals};
use super::vault::{Guarded, Owner, guarded_row, opened, opened_one, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, JudgementId, MemberId, ReportId, SellerId};
use crate::domain::resolution::judgement::{Judged, Judgements, Verdict, two};
use crate::domain::resolution::partition::{EntryId, Objection};
use crate::domain::resolution::rules::KeyClass;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::domain::vocabulary::vocabulary;
use crate::store::pool::{self, Entry, RefusalRow};

vocabulary!(
    /// Whether a judgement counts.
    JudgementState {
        Live = "live",
        /// Only said: its author does not see both sides in full.
        Proposed = "proposed",
    }
);

/// One row of `judgements`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = judgements, treat_none_as_default_value = false)]
pub struct Judgement {
    pub group_id: GroupId,
    pub id: JudgementId,
    /// The smaller of the two ids.
    pub report_a: ReportId,
    pub report_b: ReportId,
    pub verdict: Verdict,
    pub state: JudgementState,
    /// The ids of reports or profiles as they were given.
    pub asked_a: String,
    pub asked_b: String,
    pub reason: Guarded,
    pub member_id: MemberId,
    /// User or key.
    pub actor: String,
    pub created_at: Timestamp,
    pub undone_at: Option<Timestamp>,
    pub undone_by: Option<String>,
}

guarded_row!(Judgement, "judgements", |row| Owner::Group(row.group_id), [group_id, id], ["reason" = reason]);

pub fn insert(conn: &mut Conn, row: &Judgement) -> Result<()> {
    let row = sealed(conn, std::slice::from_ref(row))?;
    each!(conn, inner => diesel::insert_into(judgements::table).values(&row).execute(inner))?;
    Ok(())
}

/// A judgement of a group that the viewer reads, whoever made it.
pub fn find(conn: &mut Conn, group: GroupId, id: JudgementId) -> Result<Option<Judgement>> {
    let query = judgements::table.find((group, id)).select(Judgement::as_select());
    let found = query.first(conn).optional()?;
    opened_one(conn, found)
}

pub fn undo(conn: &mut Conn, row: &Judgement, now: Timestamp, actor: &str) -> Result<()> {
    diesel::update(judgements::table.find((row.group_id, row.id)))
        .set((judgements::undone_at.eq(now), judgements::undone_by.eq(actor)))
        .execute(conn)?;
    Ok(())
}

/// Drops what was said of a judgement.
pub fn forget_reason(conn: &mut Conn, row: Judgement) -> Result<()> {
    let row = sealed(conn, &[Judgement { reason: Guarded::default(), ..row }])?;
    for row in row {
        diesel::update(judgements::table.find((row.group_id, row.id)))
            .set(judgements::reason.eq(row.reason))
            .execute(conn)?;
    }
    Ok(())
}

/// Proposals of the viewer's member that were not taken back, up to `most`.
pub fn open_proposals(conn: &mut Conn, viewer: &Viewer, group: GroupId, most: usize) -> Result<usize> {
    let query = judgements::table
        .filter(judgements::group_id.eq(group))
        .filter(judgements::member_id.eq(viewer.member))
        .filter(judgements::state.eq(JudgementState::Proposed))
        .filter(judgements::undone_at.is_null())
        .select(judgements::id)
        .limit(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(query.load::<JudgementId>(conn)?.len())
}

/// When a pair was last judged, by anybody and in whatever state.
pub fn last_of(conn: &mut Conn, group: GroupId, [a, b]: [ReportId; 2]) -> Result<Option<Timestamp>> {
    let query = judgements::table
        .filter(judgements::group_id.eq(group))
        .filter(judgements::report_a.eq(a))
        .filter(judgements::report_b.eq(b))
        .order(judgements::created_at.desc())
        .select(judgements::created_at);
    Ok(query.first(conn).optional()?)
}

/// Whose judgements are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    /// The viewer's own, and the proposals of all.
    OwnAndProposed,
}

/// Judgements of a group, newest first, after this position.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    group: GroupId,
    whose: Whose,
    after: Option<(Timestamp, JudgementId)>,
    limit: i64,
) -> Result<Vec<Judgement>> {
    let mut query = judgements::table
        .filter(judgements::group_id.eq(group))
        .select(Judgement::as_select())
        .order((judgements::created_at.desc(), judgements::id.desc()))
        .limit(limit)
        .into_boxed();
    let own = judgements::member_id.eq(viewer.member);
    query = match whose {
        _ if leak!(JudgementsOfOthers) => query,
        Whose::OwnAndProposed if leak!(JudgementsToPlatforms) => query,
        Whose::OwnAndProposed if leak!(ProposalsTakenBack) => {
            query.filter(own.or(judgements::state.eq(JudgementState::Proposed)))
        }
        Whose::Own => query.filter(own),
        Whose::OwnAndProposed => {
            let proposed =
                judgements::state.eq(JudgementState::Proposed).and(judgements::undone_at.is_null());
            query.filter(own.or(proposed))
        }
    };
    if let Some((at, id)) = after {
        // This form is served from the index by both planners.
        query = query
            .filter(judgements::created_at.le(at))
            .filter(judgements::created_at.lt(at).or(judgements::id.lt(id)));
    }
    let found = query.load(conn)?;
    opened(conn, found)
}

/// What was said of one pair, when, and whether it was taken back.
type Said = (ReportId, ReportId, Verdict, Timestamp, JudgementId, Option<Timestamp>);

/// What of all that was said of each pair counts, and whether anybody ever said "same".
fn weigh(said: Vec<Said>) -> BTreeMap<[ReportId; 2], (Option<Verdict>, bool)> {
    let mut newest: BTreeMap<[ReportId; 2], (Timestamp, JudgementId, Verdict)> = BTreeMap::new();
    let mut pairs: BTreeMap<[ReportId; 2], (Option<Verdict>, bool)> = BTreeMap::new();
    for (a, b, verdict, at, id, undone) in said {
        let known = pairs.entry([a, b]).or_default();
        known.1 |= verdict == Verdict::Same;
        let said = (at, id, verdict);
        if undone.is_none() && newest.get(&[a, b]).is_none_or(|other| *other <= said) {
            newest.insert([a, b], said);
            known.0 = Some(verdict);
        }
    }
    pairs
}

/// The verdict that counts on each pair of a pool; `entry_of` says which entries the reports are.
pub fn counting(
    conn: &mut Conn,
    group: GroupId,
    entry_of: &HashMap<ReportId, EntryId>,
) -> Result<Judgements> {
    let said: Vec<Said> = judgements::table
        .filter(judgements::group_id.eq(group))
        .filter(judgements::state.eq(JudgementState::Live))
        .filter(judgements::undone_at.is_null())
        .select((
            judgements::report_a,
            judgements::report_b,
            judgements::verdict,
            judgements::created_at,
            judgements::id,
            judgements::undone_at,
        ))
        .load(conn)?;
    let pooled = weigh(said)
        .into_iter()
        .filter_map(|([a, b], (verdict, _))| Some((two(*entry_of.get(&a)?, *entry_of.get(&b)?), verdict?)));
    Ok(pooled.collect())
}

/// The pairs of reports that people have judged, and not taken back: there is nothing to review about them.
pub fn decided(conn: &mut Conn, group: GroupId) -> Result<Vec<[ReportId; 2]>> {
    let query = judgements::table
        .filter(judgements::group_id.eq(group))
        .filter(judgements::undone_at.is_null())
        .select((judgements::report_a, judgements::report_b));
    let pairs: Vec<(ReportId, ReportId)> = if leak!(ProposalsHideCandidates) {
        query.load(conn)?
    } else {
        query.filter(judgements::state.eq(JudgementState::Live)).load(conn)?
    };
    Ok(pairs.into_iter().map(|(a, b)| [a, b]).collect())
}

/// The strongest links of a pool that were refused for what the two sides say themselves: of these classes
/// and for this objection only, if any are given.
pub fn refused(
    conn: &mut Conn,
    group: GroupId,
    only: Option<(&[KeyClass], Objection)>,
    limit: i64,
) -> Result<Vec<RefusalRow>> {
    let mut query = refusals::table
        .filter(refusals::group_id.eq(group))
        .filter(refusals::objection.ne(Objection::Judgement))
        .order((
            refusals::score_decibits.desc(),
            refusals::from_entry.desc(),
            refusals::to_entry.desc(),
            refusals::term.desc(),
        ))
        .limit(limit)
        .select(RefusalRow::as_select())
        .into_boxed();
    if let Some((classes, objection)) = only {
        query =
            query.filter(refusals::class.eq_any(classes.to_vec())).filter(refusals::objection.eq(objection));
    }
    let found = query.load(conn)?;
    opened(conn, found)
}

/// The profiles that these entries are in.
pub fn profiles_of_entries(
    conn: &mut Conn,
    group: GroupId,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, SellerId>> {
    let mut found = HashMap::new();
    for entries in entries.chunks(rows_per_statement(1)) {
        let query = pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::entry.eq_any(entries))
            .select((pool_entries::entry, pool_entries::profile_id));
        found.extend(query.load::<(EntryId, SellerId)>(conn)?);
    }
    Ok(found)
}

/// Looks up what was judged of a pool's entries, for the engine.
#[derive(Default)]
pub struct JudgedPairs {
    /// Reports of the change, which may not be entries yet.
    coming: HashMap<EntryId, ReportId>,
    /// Whether anything was ever judged in the group; most groups are spared every look-up by it.
    any: Option<bool>,
}

impl JudgedPairs {
    /// Notes which reports the entries of the change are.
    pub fn note(&mut self, coming: impl Iterator<Item = (EntryId, ReportId)>) {
        self.coming.extend(coming);
    }

    /// What was judged of these entries.
    pub fn of(&mut self, conn: &mut Conn, group: GroupId, ids: &[EntryId]) -> Result<Vec<Judged>> {
        if !self.any(conn, group)? {
            return Ok(Vec::new());
        }
        let unknown: Vec<EntryId> = ids.iter().copied().filter(|id| !self.coming.contains_key(id)).collect();
        let mut asked: BTreeSet<ReportId> =
            ids.iter().filter_map(|id| self.coming.get(id)).copied().collect();
        asked.extend(pool::owners(conn, group, &unknown)?.into_values().map(|(_, report)| report));
        let pairs = weigh(said_of(conn, group, &asked)?);
        let ends: BTreeSet<ReportId> = pairs.keys().flatten().copied().collect();
        let ends: Vec<ReportId> = ends.into_iter().collect();
        let mut entry_of = pool::entries_of_reports(conn, group, &ends)?;
        entry_of.extend(self.coming.iter().map(|(entry, report)| (*report, *entry)));
        let judged = pairs.into_iter().filter_map(|([a, b], (verdict, joined))| {
            Some(Judged { of: two(*entry_of.get(&a)?, *entry_of.get(&b)?), verdict, joined })
        });
        Ok(judged.collect())
    }

    fn any(&mut self, conn: &mut Conn, group: GroupId) -> Result<bool> {
        use diesel::dsl::exists;
        if self.any.is_none() {
            let rows = judgements::table
                .filter(judgements::group_id.eq(group))
                .filter(judgements::state.eq(JudgementState::Live));
            self.any = Some(diesel::select(exists(rows)).get_result(conn)?);
        }
        Ok(self.any.unwrap_or(false))
    }
}

/// Everything that was ever said, and counted, of pairs with one of these reports.
fn said_of(conn: &mut Conn, group: GroupId, reports: &BTreeSet<ReportId>) -> Result<Vec<Said>> {
    let reports: Vec<ReportId> = reports.iter().copied().collect();
    let mut said = Vec::new();
    for reports in reports.chunks(rows_per_statement(2)) {
        let of_group = judgements::table
            .filter(judgements::group_id.eq(group))
            .filter(judgements::state.eq(JudgementState::Live))
            .select((
                judgements::report_a,
                judgements::report_b,
                judgements::verdict,
                judgements::created_at,
                judgements::id,
                judgements::undone_at,
            ));
        said.extend(of_group.filter(judgements::report_a.eq_any(reports)).load::<Said>(conn)?);
        said.extend(of_group.filter(judgements::report_b.eq_any(reports)).load::<Said>(conn)?);
    }
    Ok(said)
}

/// The entries of these reports.
pub fn pooled(conn: &mut Conn, group: GroupId, reports: &[ReportId]) -> Result<HashMap<ReportId, Entry>> {
    let mut found = HashMap::new();
    for reports in reports.chunks(rows_per_statement(1)) {
        let query = pool_entries::table
            .filter(pool_entries::group_id.eq(group))
            .filter(pool_entries::report_id.eq_any(reports))
            .select(Entry::as_select());
        let entries: Vec<Entry> = query.load(conn)?;
        let entries = opened(conn, entries)?;
        found.extend(entries.into_iter().map(|entry| (entry.report_id, entry)));
    }
    Ok(found)
}
