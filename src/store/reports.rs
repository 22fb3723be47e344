//! Reports: private to the member that made them. Writing happens in batches, see `intake::lane`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::in_numbers::{self, in_numbers};
use super::schema::{held_values, pool_queue, report_revisions, reports};
use super::vault::{Guarded, Owner, guarded_row, open, opened, opened_one, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, MemberId, ReportId};
use crate::domain::identifier::Identifier;
use crate::domain::report::Report;
use crate::domain::resolution::keys::Key;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::domain::vocabulary::vocabulary;

vocabulary!(
    /// Whether a report counts.
    ReportState {
        Live = "live",
        Retracted = "retracted",
    }
);

/// A report as it is stored: its current revision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, treat_none_as_default_value = false)]
pub struct Stored {
    pub member_id: MemberId,
    pub id: ReportId,
    pub external_id: String,
    /// SHA-256 of what was sent, in hexadecimal.
    pub digest: String,
    pub revision: i32,
    pub state: ReportState,
    /// The report as JSON.
    pub body: Guarded,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
    /// The version of the object as which it came (STIX `modified`); `None` of one that never did.
    pub object_version: Option<Timestamp>,
}

impl Stored {
    /// The report itself.
    pub fn report(&self) -> Result<Report> {
        self.body.json()
    }
}

/// A revision that was superseded.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = report_revisions, treat_none_as_default_value = false)]
pub struct Superseded {
    pub member_id: MemberId,
    pub report_id: ReportId,
    pub revision: i32,
    pub digest: String,
    pub body: Guarded,
    /// Who made the revision that superseded it.
    pub actor: String,
    /// When it became current.
    pub created_at: Timestamp,
}

/// A personal value that a member's own live report holds.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = held_values, treat_none_as_default_value = false)]
pub struct HeldValue {
    pub member_id: MemberId,
    pub term: Key,
    pub report_id: ReportId,
    /// The identifier as JSON.
    pub identifier: Guarded,
}

/// A report whose place in a group's pool is to be worked out.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = pool_queue, treat_none_as_default_value = false)]
pub struct QueueRow {
    pub group_id: GroupId,
    pub id: Vec<u8>,
    pub member_id: MemberId,
    pub report_id: ReportId,
}

in_numbers!(
    Stored,
    reports,
    key [member_id, id],
    new [external_id, digest, revision, state, body, created_at, modified_at, object_version]
);
in_numbers!(HeldValue, held_values, key [member_id, term, report_id], new [identifier]);
in_numbers!(QueueRow, pool_queue, key [group_id, id], new [member_id, report_id]);

guarded_row!(Stored, "reports", |row| Owner::Member(row.member_id), [member_id, id], ["body" = body]);
guarded_row!(
    Superseded,
    "report_revisions",
    |row| Owner::Member(row.member_id),
    [member_id, report_id, revision],
    ["body" = body]
);
guarded_row!(
    HeldValue,
    "held_values",
    |row| Owner::Member(row.member_id),
    [member_id, term, report_id],
    ["identifier" = identifier]
);

/// The member's reports with these external ids. For the lane.
pub fn by_external_ids(conn: &mut Conn, member: MemberId, external_ids: &[&str]) -> Result<Vec<Stored>> {
    let mut found = Vec::new();
    for part in external_ids.chunks(rows_per_statement(1)) {
        let query = reports::table.filter(reports::external_id.eq_any(part)).select(Stored::as_select());
        found.extend(if leak!(ExternalIdsOfOthers) {
            query.load(conn)?
        } else {
            query.filter(reports::member_id.eq(member)).load(conn)?
        });
    }
    opened(conn, found)
}

/// One report of a member. For the lane.
pub fn of_member(conn: &mut Conn, member: MemberId, id: ReportId) -> Result<Option<Stored>> {
    let query = reports::table.find((member, id)).select(Stored::as_select());
    let found = query.first(conn).optional()?;
    opened_one(conn, found)
}

/// Live reports of a member by id, after this one. For the lane.
pub fn live_of_member(
    conn: &mut Conn,
    member: MemberId,
    after: Option<ReportId>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query = reports::table
        .filter(reports::member_id.eq(member))
        .filter(reports::state.eq(ReportState::Live))
        .select(Stored::as_select())
        .order(reports::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(reports::id.gt(after));
    }
    let found = query.load(conn)?;
    opened(conn, found)
}

/// For the lane.
pub fn insert(conn: &mut Conn, rows: &[Stored]) -> Result<()> {
    let rows = sealed(conn, rows)?;
    in_numbers::put(conn, &rows)
}

/// Replaces the current revision of a report and keeps the old one.
pub fn supersede(conn: &mut Conn, old: &Stored, new: &Stored, actor: &str) -> Result<()> {
    let kept = Superseded {
        member_id: old.member_id,
        report_id: old.id,
        revision: old.revision,
        digest: old.digest.clone(),
        body: old.body.clone(),
        actor: actor.to_owned(),
        created_at: old.modified_at,
    };
    let kept = sealed(conn, &[kept])?;
    each!(conn, inner => diesel::insert_into(report_revisions::table).values(&kept).execute(inner))?;
    let bodies: Vec<Guarded> =
        sealed(conn, std::slice::from_ref(new))?.into_iter().map(|row| row.body).collect();
    diesel::update(reports::table.find((old.member_id, old.id)))
        .set((
            reports::digest.eq(&new.digest),
            reports::revision.eq(new.revision),
            reports::state.eq(new.state),
            reports::body.eq(&bodies[0]),
            reports::modified_at.eq(new.modified_at),
            reports::object_version.eq(new.object_version),
        ))
        .execute(conn)?;
    Ok(())
}

pub fn insert_held(conn: &mut Conn, rows: &[HeldValue]) -> Result<()> {
    let rows = sealed(conn, rows)?;
    in_numbers::put(conn, &rows)
}

/// Forgets that a report holds these values.
pub fn delete_held(conn: &mut Conn, member: MemberId, report: ReportId, terms: &[Key]) -> Result<()> {
    for terms in terms.chunks(rows_per_statement(1)) {
        let rows = held_values::table
            .filter(held_values::member_id.eq(member))
            .filter(held_values::term.eq_any(terms))
            .filter(held_values::report_id.eq(report));
        diesel::delete(rows).execute(conn)?;
    }
    Ok(())
}

pub fn enqueue(conn: &mut Conn, rows: &[QueueRow]) -> Result<()> {
    in_numbers::put(conn, rows)
}

/// Which of these values the viewer's own live reports hold, as those reports have them.
pub fn held_by(conn: &mut Conn, viewer: &Viewer, terms: &[Key]) -> Result<BTreeMap<Key, Identifier>> {
    let mut held = BTreeMap::new();
    for terms in terms.chunks(rows_per_statement(1)) {
        let of_terms = held_values::table
            .filter(held_values::term.eq_any(terms))
            .select(HeldValue::as_select())
            .order((held_values::term, held_values::report_id));
        let mut rows: Vec<HeldValue> = if leak!(HeldByAnybody) {
            of_terms.load(conn)?
        } else {
            of_terms.filter(held_values::member_id.eq(viewer.member)).load(conn)?
        };
        open(conn, &mut rows)?;
        for row in rows {
            held.entry(row.term).or_insert(row.identifier.json()?);
        }
    }
    Ok(held)
}

/// One of the viewer's own reports.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: ReportId) -> Result<Option<Stored>> {
    if leak!(ReportsOfOthers) || leak!(RevisionsOfOthers) {
        let anybody = reports::table.filter(reports::id.eq(id)).select(Stored::as_select());
        let found = anybody.first(conn).optional()?;
        return opened_one(conn, found);
    }
    of_member(conn, viewer.member, id)
}

/// What a list of reports is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct ReportFilter {
    pub state: Option<ReportState>,
    pub external_id: Option<String>,
    pub modified_since: Option<Timestamp>,
}

/// A page of the viewer's own reports, by id.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &ReportFilter,
    after: Option<ReportId>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query = reports::table.select(Stored::as_select()).order(reports::id).limit(limit).into_boxed();
    if !leak!(ReportListOfAll) {
        query = query.filter(reports::member_id.eq(viewer.member));
    }
    if let Some(after) = after {
        query = query.filter(reports::id.gt(after));
    }
    if let Some(state) = filter.state {
        query = query.filter(reports::state.eq(state));
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter(reports::external_id.eq(external_id.clone()));
    }
    if let Some(since) = filter.modified_since {
        query = query.filter(reports::modified_at.ge(since));
    }
    let found = query.load(conn)?;
    opened(conn, found)
}

/// The superseded revisions of one of the viewer's own reports, oldest first.
pub fn revisions(conn: &mut Conn, viewer: &Viewer, id: ReportId) -> Result<Vec<Superseded>> {
    let query = report_revisions::table
        .filter(report_revisions::report_id.eq(id))
        .order(report_revisions::revision)
        .select(Superseded::as_select());
    if leak!(RevisionsOfOthers) {
        let found = query.load(conn)?;
        return opened(conn, found);
    }
    let found = query.filter(report_revisions::member_id.eq(viewer.member)).load(conn)?;
    opened(conn, found)
}

/// Reports by member and id, for the resolver: the live ones among those asked for.
pub fn live(conn: &mut Conn, wanted: &[(MemberId, ReportId)]) -> Result<Vec<Stored>> {
    let mut by_member: BTreeMap<MemberId, Vec<ReportId>> = BTreeMap::new();
    for (member, report) in wanted {
        by_member.entry(*member).or_default().push(*report);
    }
    let mut found = Vec::new();
    for (member, ids) in by_member {
        for ids in ids.chunks(rows_per_statement(1)) {
            found.extend(each!(conn, inner => reports::table
                .filter(reports::member_id.eq(member))
                .filter(reports::id.eq_any(ids))
                .filter(reports::state.eq(ReportState::Live))
                .select(Stored::as_select())
                .load::<Stored>(inner))?);
        }
    }
    opened(conn, found)
}

/// A report's body by itself.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = reports)]
pub struct Body {
    pub member_id: MemberId,
    pub id: ReportId,
    pub body: Guarded,
}

guarded_row!(Body, "reports", |row| Owner::Member(row.member_id), [member_id, id], ["body" = body]);

/// Where a page of all live reports begins.
pub type ReportPosition = (MemberId, ReportId);

/// A page of the live reports of all members, with their bodies: for counting. A member's reports are gone on
/// with from where they were left, not looked through again from its first.
pub fn live_after(conn: &mut Conn, after: Option<ReportPosition>, limit: i64) -> Result<Vec<Body>> {
    let live = |limit| {
        reports::table
            .filter(reports::state.eq(ReportState::Live))
            .select(Body::as_select())
            .order((reports::member_id, reports::id))
            .limit(limit)
            .into_boxed()
    };
    let Some((member, report)) = after else {
        let found = live(limit).load(conn)?;
        return opened(conn, found);
    };
    let of_member = live(limit).filter(reports::member_id.eq(member)).filter(reports::id.gt(report));
    let mut page: Vec<Body> = of_member.load(conn)?;
    let left = limit - page.len() as i64;
    if left > 0 {
        let of_others: Vec<_> = live(left).filter(reports::member_id.gt(member)).load(conn)?;
        page.extend(of_others);
    }
    opened(conn, page)
}
