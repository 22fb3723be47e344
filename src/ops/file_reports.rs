//! Files, revises and retracts reports, many orders in one transaction.

mod canary_watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;

use crate::domain::group::{GroupKind, pools};
use crate::domain::handling::default_label;
use crate::domain::id::{GroupId, MakeIds, MemberId, ReportId};
use crate::domain::report::{Accepted, Report};
use crate::domain::resolution::facts::{Key, KeyHasher};
use crate::domain::time::Timestamp;
use crate::store::groups::{self, Directory, Group};
use crate::store::reports::{self, HeldValue, QueueRow, ReportState, Stored};
use crate::store::{Conn, Retry, StoreError, members};
use canary_watch::CanaryWatch;

/// A change of one member's reports.
#[derive(Debug, Clone)]
pub enum Work {
    /// New reports, or ones that may be known already.
    Submit(Vec<Accepted>),
    /// A new revision of a report whose current one is `expected`. Revising a retracted report
    /// brings it back.
    Revise { id: ReportId, expected: i32, accepted: Box<Accepted> },
    /// The end of a report, if its current revision is `expected` or nothing is expected.
    Retract { id: ReportId, expected: Option<i32> },
    /// A revision of every live report that names a group, without the group.
    Withdraw { group: String },
}

impl Work {
    /// Reports concerned.
    pub fn size(&self) -> usize {
        match self {
            Self::Submit(reports) => reports.len().max(1),
            Self::Revise { .. } | Self::Retract { .. } | Self::Withdraw { .. } => 1,
        }
    }

    /// The reports as they are to be from now on.
    fn reports(&self) -> impl Iterator<Item = &Report> {
        let accepted: Vec<&Accepted> = match self {
            Self::Submit(all) => all.iter().collect(),
            Self::Revise { accepted, .. } => vec![accepted],
            Self::Retract { .. } | Self::Withdraw { .. } => Vec::new(),
        };
        accepted.into_iter().map(|one| &one.report)
    }
}

/// A piece of work with who asks for it and when.
#[derive(Debug, Clone)]
pub struct Order {
    pub member: MemberId,
    /// User or key, for the record.
    pub actor: String,
    pub at: Timestamp,
    pub work: Work,
}

/// A report that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    pub stored: Stored,
    /// Whether this order changed anything.
    pub changed: bool,
    /// How many canaries the report newly names.
    pub canaries: usize,
}

/// Why a report was not filed.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("the external id is taken by other content")]
    Conflict { id: ReportId, stored_digest: String },
    #[error("there is no such report")]
    NotFound,
    #[error("the report has another revision")]
    Stale { current: i32 },
    #[error("the external id of a report cannot change")]
    ExternalIdChanged,
    /// By now the reporter may not contribute to a group that the report names.
    #[error("there is no such group that the reporter may contribute to")]
    UnknownGroup,
    #[error("the server is stopping")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for ReportError {
    fn is_busy(&self) -> bool {
        // Taken: another node filed the same report a moment ago; looked for again, it is known.
        matches!(self, Self::Store(error) if error.is_busy() || matches!(error, StoreError::Taken))
    }
}

/// One outcome for each report of an order.
pub type Outcome = Result<Vec<Result<Filed, ReportError>>, ReportError>;

/// Reports of one member that are read at once.
const PAGE: i64 = 1_000;

/// What filing needs besides the store.
#[derive(Clone)]
pub struct Filing {
    pub ids: Arc<dyn MakeIds>,
    pub hasher: KeyHasher,
}

/// Carries out `orders` in order. An error fails all of them.
pub fn file(conn: &mut Conn, filing: &Filing, orders: &[&Order]) -> Result<Vec<Outcome>, ReportError> {
    groups::lock_for_filing(conn)?;
    let mut batch = Batch::new(filing, groups::all(conn)?, CanaryWatch::begin(conn)?);
    batch.look_up(conn, orders)?;
    batch.look_up_rights(conn, orders)?;
    let mut outcomes = Vec::with_capacity(orders.len());
    for order in orders {
        outcomes.push(Ok(match &order.work {
            Work::Submit(accepted) => accepted.iter().map(|one| batch.submit(order, one)).collect(),
            Work::Revise { id, expected, accepted } => {
                vec![settled(batch.revise(conn, order, *id, *expected, accepted))?]
            }
            Work::Retract { id, expected } => vec![settled(batch.retract(conn, order, *id, *expected))?],
            Work::Withdraw { group } => batch.withdraw(conn, order, group)?.into_iter().map(Ok).collect(),
        }));
    }
    reports::insert(conn, &batch.new)?;
    reports::insert_held(conn, &batch.held)?;
    reports::enqueue(conn, &batch.queue)?;
    batch.watch.store(conn)?;
    Ok(outcomes)
}

/// Tells what concerns one order from what fails the transaction.
fn settled(result: Result<Filed, ReportError>) -> Result<Result<Filed, ReportError>, ReportError> {
    match result {
        Err(error @ ReportError::Store(_)) => Err(error),
        other => Ok(other),
    }
}

/// Rows collected for one transaction.
struct Batch<'f> {
    filing: &'f Filing,
    groups: Vec<Group>,
    /// Who may contribute to which custom group, of those that the orders name.
    contributors: BTreeSet<(MemberId, String)>,
    known: BTreeMap<(MemberId, String), Stored>,
    new: Vec<Stored>,
    held: Vec<HeldValue>,
    queue: Vec<QueueRow>,
    watch: CanaryWatch,
}

impl<'f> Batch<'f> {
    fn new(filing: &'f Filing, groups: Vec<Group>, watch: CanaryWatch) -> Self {
        Self {
            filing,
            groups,
            contributors: BTreeSet::new(),
            known: BTreeMap::new(),
            new: Vec::new(),
            held: Vec::new(),
            queue: Vec::new(),
            watch,
        }
    }

    fn look_up(&mut self, conn: &mut Conn, orders: &[&Order]) -> Result<(), StoreError> {
        let mut wanted: BTreeMap<MemberId, Vec<&str>> = BTreeMap::new();
        for order in orders {
            if let Work::Submit(accepted) = &order.work {
                let ids = accepted.iter().map(|one| one.report.external_id.as_str());
                wanted.entry(order.member).or_default().extend(ids);
            }
        }
        for (member, external_ids) in wanted {
            for stored in reports::by_external_ids(conn, member, &external_ids)? {
                self.known.insert((member, stored.external_id.clone()), stored);
            }
        }
        Ok(())
    }

    /// A form was accepted under what was known then. Who may contribute to a custom group is asked again
    /// here, where nobody leaves or is removed meanwhile.
    fn look_up_rights(&mut self, conn: &mut Conn, orders: &[&Order]) -> Result<(), StoreError> {
        let custom = |order: &&&Order| {
            let named = order.work.reports().flat_map(|report| &report.share_with);
            named.into_iter().any(|slug| self.is_custom(slug))
        };
        let members: BTreeSet<MemberId> = orders.iter().filter(custom).map(|order| order.member).collect();
        if members.is_empty() {
            return Ok(());
        }
        let members: Vec<MemberId> = members.into_iter().collect();
        let directory = Directory::of(conn, self.groups.clone())?;
        for member in members::find_many(conn, &members)? {
            let slugs = directory.may_share_with(member.id, member.kind).into_iter();
            self.contributors.extend(slugs.map(|slug| (member.id, slug)));
        }
        Ok(())
    }

    fn is_custom(&self, slug: &str) -> bool {
        self.groups.iter().any(|group| group.kind == GroupKind::Custom && group.slug == slug)
    }

    fn may_share(&self, member: MemberId, report: &Report) -> Result<(), ReportError> {
        let mut custom = report.share_with.iter().filter(|slug| self.is_custom(slug));
        let all = custom.all(|slug| self.contributors.contains(&(member, slug.clone())));
        if all { Ok(()) } else { Err(ReportError::UnknownGroup) }
    }

    fn submit(&mut self, order: &Order, accepted: &Accepted) -> Result<Filed, ReportError> {
        let external_id = accepted.report.external_id.clone();
        if let Some(known) = self.known.get(&(order.member, external_id.clone())) {
            return if known.digest == accepted.digest {
                Ok(Filed { stored: known.clone(), changed: false, canaries: 0 })
            } else {
                Err(ReportError::Conflict { id: known.id, stored_digest: known.digest.clone() })
            };
        }
        self.may_share(order.member, &accepted.report)?;
        let id =
            ReportId(self.filing.ids.make(&[b"report", order.member.as_bytes(), external_id.as_bytes()]));
        let stored = Stored {
            member_id: order.member,
            id,
            external_id: external_id.clone(),
            digest: accepted.digest.clone(),
            revision: 1,
            state: ReportState::Live,
            body: serde_json::to_string(&accepted.report).map_err(StoreError::from)?.into(),
            created_at: order.at,
            modified_at: order.at,
        };
        self.hold(order.member, id, &accepted.report)?;
        self.enqueue(order.member, id, 1, &accepted.report.share_with);
        self.new.push(stored.clone());
        self.known.insert((order.member, external_id), stored.clone());
        let canaries = self.watch.notice(self.filing, order, (id, 1), &accepted.report, None)?;
        Ok(Filed { stored, changed: true, canaries })
    }

    fn revise(
        &mut self,
        conn: &mut Conn,
        order: &Order,
        id: ReportId,
        expected: i32,
        accepted: &Accepted,
    ) -> Result<Filed, ReportError> {
        let old = reports::of_member(conn, order.member, id)?.ok_or(ReportError::NotFound)?;
        if old.revision != expected {
            return Err(ReportError::Stale { current: old.revision });
        }
        if old.external_id != accepted.report.external_id {
            return Err(ReportError::ExternalIdChanged);
        }
        if old.digest == accepted.digest && old.state == ReportState::Live {
            return Ok(Filed { stored: old, changed: false, canaries: 0 });
        }
        self.may_share(order.member, &accepted.report)?;
        let new = Stored {
            digest: accepted.digest.clone(),
            revision: old.revision + 1,
            state: ReportState::Live,
            body: serde_json::to_string(&accepted.report).map_err(StoreError::from)?.into(),
            modified_at: order.at,
            ..old.clone()
        };
        self.replace(conn, order, &old, &new, Some(&accepted.report))?;
        let canaries =
            self.watch.notice(self.filing, order, (id, new.revision), &accepted.report, Some(&old))?;
        Ok(Filed { stored: new, changed: true, canaries })
    }

    fn retract(
        &mut self,
        conn: &mut Conn,
        order: &Order,
        id: ReportId,
        expected: Option<i32>,
    ) -> Result<Filed, ReportError> {
        let old = reports::of_member(conn, order.member, id)?.ok_or(ReportError::NotFound)?;
        if expected.is_some_and(|expected| expected != old.revision) {
            return Err(ReportError::Stale { current: old.revision });
        }
        if old.state == ReportState::Retracted {
            return Ok(Filed { stored: old, changed: false, canaries: 0 });
        }
        let new = Stored {
            revision: old.revision + 1,
            state: ReportState::Retracted,
            modified_at: order.at,
            ..old.clone()
        };
        self.replace(conn, order, &old, &new, None)?;
        Ok(Filed { stored: new, changed: true, canaries: 0 })
    }

    /// As if the member's reports had never been shared with the group. A label that followed from the groups
    /// follows from those that are left. The digest becomes another one, since the content did: whoever sends the
    /// report again as it was must not be told that it is there.
    fn withdraw(&mut self, conn: &mut Conn, order: &Order, group: &str) -> Result<Vec<Filed>, ReportError> {
        let (mut filed, mut after) = (Vec::new(), None);
        loop {
            let page = reports::live_of_member(conn, order.member, after, PAGE)?;
            let Some(last) = page.last() else { return Ok(filed) };
            after = Some(last.id);
            for old in page {
                let mut report = old.report()?;
                if !report.share_with.iter().any(|slug| slug == group) {
                    continue;
                }
                let label = |report: &Report| default_label(report.share_with.iter().map(String::as_str));
                let follows = report.tlp == label(&report);
                report.share_with.retain(|slug| slug != group);
                if follows {
                    report.tlp = label(&report);
                }
                let content = format!("{} without {group}", old.digest);
                let new = Stored {
                    digest: HEXLOWER.encode(digest::digest(&digest::SHA256, content.as_bytes()).as_ref()),
                    revision: old.revision + 1,
                    body: serde_json::to_string(&report).map_err(StoreError::from)?.into(),
                    modified_at: order.at,
                    ..old.clone()
                };
                self.replace(conn, order, &old, &new, Some(&report))?;
                filed.push(Filed { stored: new, changed: true, canaries: 0 });
            }
        }
    }

    fn replace(
        &mut self,
        conn: &mut Conn,
        order: &Order,
        old: &Stored,
        new: &Stored,
        report: Option<&Report>,
    ) -> Result<(), ReportError> {
        let before = old.report()?;
        reports::supersede(conn, old, new, &order.actor)?;
        let terms: Vec<Key> = personal(&before).map(|one| self.filing.hasher.key(one)).collect();
        reports::delete_held(conn, old.member_id, old.id, &terms)?;
        // What an earlier order of this very batch noted is not in the database yet.
        self.held.retain(|row| row.report_id != old.id);
        let mut groups: BTreeSet<String> = before.share_with.into_iter().collect();
        if let Some(report) = report {
            self.hold(old.member_id, old.id, report)?;
            groups.extend(report.share_with.iter().cloned());
        }
        self.known.insert((old.member_id, old.external_id.clone()), new.clone());
        let groups: Vec<String> = groups.into_iter().collect();
        self.enqueue(old.member_id, old.id, new.revision, &groups);
        Ok(())
    }

    /// Notes the personal values that the report holds, so that its member sees them unmasked elsewhere.
    /// A private draft holds nothing: it costs no statement of good faith, and guesses would be free.
    fn hold(&mut self, member: MemberId, id: ReportId, report: &Report) -> Result<(), ReportError> {
        if report.share_with.is_empty() {
            return Ok(());
        }
        let mut terms = BTreeSet::new();
        for identifier in personal(report) {
            let term = self.filing.hasher.key(identifier);
            if terms.insert(term) {
                let identifier = serde_json::to_string(identifier).map_err(StoreError::from)?;
                self.held.push(HeldValue {
                    member_id: member,
                    term,
                    report_id: id,
                    identifier: identifier.into(),
                });
            }
        }
        Ok(())
    }

    /// Asks the resolver of every group that pools the report to look at it.
    fn enqueue(&mut self, member: MemberId, id: ReportId, revision: i32, share_with: &[String]) {
        for group in &self.groups {
            if pools(&group.slug, group.includes_alliance, share_with.iter().map(String::as_str)) {
                let row = queue_row(self.filing.ids.as_ref(), group.id, member, id, revision);
                self.queue.push(row);
            }
        }
    }
}

/// A row of a group's queue. Its id orders the queue; a report's own id in it keeps replays equal.
pub fn queue_row(
    ids: &dyn MakeIds,
    group: GroupId,
    member: MemberId,
    report: ReportId,
    revision: i32,
) -> QueueRow {
    let id = ids.make(&[b"queue", group.as_bytes(), report.as_bytes(), &revision.to_be_bytes()]);
    QueueRow { group_id: group, id: id.to_vec(), member_id: member, report_id: report }
}

fn personal(report: &Report) -> impl Iterator<Item = &crate::domain::identifier::Identifier> {
    report.identifiers().filter(|identifier| identifier.kind.is_personal())
}
