//! The rows of one transaction, collected as its orders are carried out.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;

use super::canary_watch::CanaryWatch;
use super::consignment::Version;
use super::{Filed, Filing, Order, ReportError, Work, queue_row};
use crate::domain::group::GroupKind;
use crate::domain::handling::default_label;
use crate::domain::id::{MemberId, ReportId};
use crate::domain::report::{Accepted, Report};
use crate::domain::resolution::keys::Key;
use crate::domain::time::Timestamp;
use crate::store::groups::{Directory, Group};
use crate::store::reports::{self, HeldValue, QueueRow, ReportState, Stored};
use crate::store::statuses::{self, Status};
use crate::store::{Conn, StoreError, members};

/// Reports of one member that are read at once.
const PAGE: i64 = 1_000;

/// Rows collected for one transaction.
pub(super) struct Batch<'f> {
    filing: &'f Filing,
    groups: Vec<Group>,
    /// Who may contribute to which custom group, of those that the orders name.
    contributors: BTreeSet<(MemberId, String)>,
    known: BTreeMap<(MemberId, String), Stored>,
    new: Vec<Stored>,
    held: Vec<HeldValue>,
    queue: Vec<QueueRow>,
    statuses: Vec<Status>,
    watch: CanaryWatch,
}

impl<'f> Batch<'f> {
    pub fn new(filing: &'f Filing, groups: Vec<Group>, watch: CanaryWatch) -> Self {
        Self {
            filing,
            groups,
            contributors: BTreeSet::new(),
            known: BTreeMap::new(),
            new: Vec::new(),
            held: Vec::new(),
            queue: Vec::new(),
            statuses: Vec::new(),
            watch,
        }
    }

    pub fn look_up(&mut self, conn: &mut Conn, orders: &[&Order]) -> Result<(), StoreError> {
        let mut wanted: BTreeMap<MemberId, Vec<&str>> = BTreeMap::new();
        for order in orders {
            let ids: Vec<&str> = match &order.work {
                Work::Submit(all) => all.iter().map(|one| one.report.external_id.as_str()).collect(),
                Work::Consign(sent) => sent.reports.iter().map(|one| one.external_id.as_str()).collect(),
                Work::Revise { .. } | Work::Retract { .. } | Work::Withdraw { .. } => continue,
            };
            wanted.entry(order.member).or_default().extend(ids);
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
    pub fn look_up_rights(&mut self, conn: &mut Conn, orders: &[&Order]) -> Result<(), StoreError> {
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

    pub fn submit(&mut self, order: &Order, accepted: &Accepted) -> Result<Filed, ReportError> {
        let external_id = accepted.report.external_id.clone();
        if let Some(known) = self.known.get(&(order.member, external_id.clone())) {
            return if known.digest == accepted.digest {
                Ok(Filed { stored: known.clone(), changed: false, canaries: 0 })
            } else {
                Err(ReportError::Conflict { id: known.id, stored_digest: known.digest.clone() })
            };
        }
        self.add(order, accepted, None)
    }

    /// Adds a report that its member does not have.
    fn add(
        &mut self,
        order: &Order,
        accepted: &Accepted,
        object_version: Option<Timestamp>,
    ) -> Result<Filed, ReportError> {
        self.may_share(order.member, &accepted.report)?;
        let external_id = accepted.report.external_id.clone();
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
            object_version,
        };
        self.hold(order.member, id, &accepted.report)?;
        self.enqueue(order.member, id, 1, &accepted.report.share_with);
        self.new.push(stored.clone());
        self.known.insert((order.member, external_id), stored.clone());
        let canaries = self.watch.notice(self.filing, order, (id, 1), &accepted.report, None)?;
        Ok(Filed { stored, changed: true, canaries })
    }

    pub fn revise(
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
        let object_version = old.object_version;
        self.change(conn, order, old, accepted, object_version)
    }

    fn change(
        &mut self,
        conn: &mut Conn,
        order: &Order,
        old: Stored,
        accepted: &Accepted,
        object_version: Option<Timestamp>,
    ) -> Result<Filed, ReportError> {
        self.may_share(order.member, &accepted.report)?;
        let new = Stored {
            digest: accepted.digest.clone(),
            revision: old.revision + 1,
            state: ReportState::Live,
            body: serde_json::to_string(&accepted.report).map_err(StoreError::from)?.into(),
            modified_at: order.at,
            object_version,
            ..old.clone()
        };
        self.replace(conn, order, &old, &new, Some(&accepted.report))?;
        let revision = (old.id, new.revision);
        let canaries = self.watch.notice(self.filing, order, revision, &accepted.report, Some(&old))?;
        Ok(Filed { stored: new, changed: true, canaries })
    }

    pub fn retract(
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
        let object_version = old.object_version;
        self.take_back(conn, order, old, object_version)
    }

    fn take_back(
        &mut self,
        conn: &mut Conn,
        order: &Order,
        old: Stored,
        object_version: Option<Timestamp>,
    ) -> Result<Filed, ReportError> {
        let new = Stored {
            revision: old.revision + 1,
            state: ReportState::Retracted,
            modified_at: order.at,
            object_version,
            ..old.clone()
        };
        self.replace(conn, order, &old, &new, None)?;
        Ok(Filed { stored: new, changed: true, canaries: 0 })
    }

    /// Brings a report to a version that its member has of it as an object. One that is older than what is here
    /// changes nothing: objects may come in any order, and again.
    pub fn put(&mut self, conn: &mut Conn, order: &Order, sent: &Version) -> Result<Filed, ReportError> {
        let version = Some(sent.version);
        let known = self.known.get(&(order.member, sent.external_id.clone())).cloned();
        let Some(known) = known else {
            let accepted = sent.accepted.as_ref().ok_or(ReportError::NotFound)?;
            return self.add(order, accepted, version);
        };
        if known.object_version >= version {
            let same = match &sent.accepted {
                Some(accepted) => known.state == ReportState::Live && known.digest == accepted.digest,
                None => known.state == ReportState::Retracted,
            };
            return match same || known.object_version > version {
                true => Ok(Filed { stored: known, changed: false, canaries: 0 }),
                false => Err(ReportError::VersionTaken),
            };
        }
        if self.new.iter().any(|new| new.id == known.id) {
            self.flush(conn)?;
        }
        match &sent.accepted {
            Some(accepted) => self.change(conn, order, known, accepted, version),
            None => self.take_back(conn, order, known, version),
        }
    }

    /// Notes what is to be told of objects that were sent together.
    pub fn tell(&mut self, status: Status) {
        self.statuses.push(status);
    }

    /// Writes what was collected so far.
    pub fn flush(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        reports::insert(conn, &std::mem::take(&mut self.new))?;
        reports::insert_held(conn, &std::mem::take(&mut self.held))?;
        reports::enqueue(conn, &std::mem::take(&mut self.queue))?;
        statuses::insert(conn, &std::mem::take(&mut self.statuses))?;
        self.watch.store(conn)
    }

    /// As if the member's reports had never been shared with the group. A label that followed from the groups
    /// follows from those that are left. The digest becomes another one, since the content did: whoever sends the
    /// report again as it was must not be told that it is there.
    pub fn withdraw(
        &mut self,
        conn: &mut Conn,
        order: &Order,
        group: &str,
    ) -> Result<Vec<Filed>, ReportError> {
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
            if group.pools(share_with) {
                let row = queue_row(self.filing.ids.as_ref(), group.id, member, id, revision);
                self.queue.push(row);
            }
        }
    }
}

fn personal(report: &Report) -> impl Iterator<Item = &crate::domain::identifier::Identifier> {
    report.identifiers().filter(|identifier| identifier.kind.is_personal())
}
