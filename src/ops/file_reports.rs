//! Files, revises and retracts reports, many orders in one transaction.

mod batch;
mod canary_watch;
pub mod consignment;

use std::sync::Arc;

use crate::domain::id::{GroupId, MakeIds, MemberId, ReportId};
use crate::domain::report::{Accepted, Report};
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Timestamp;
use crate::store::groups;
use crate::store::reports::{QueueRow, Stored};
use crate::store::{Conn, Retry, StoreError};
use batch::Batch;
use canary_watch::CanaryWatch;
use consignment::Consignment;

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
    /// Versions of reports that came as objects, with what is to be told of each object.
    Consign(Arc<Consignment>),
}

impl Work {
    /// Reports concerned.
    pub fn size(&self) -> usize {
        match self {
            Self::Submit(reports) => reports.len().max(1),
            Self::Consign(sent) => sent.reports.len().max(1),
            Self::Revise { .. } | Self::Retract { .. } | Self::Withdraw { .. } => 1,
        }
    }

    /// The reports as they are to be from now on.
    fn reports(&self) -> impl Iterator<Item = &Report> {
        let accepted: Vec<&Accepted> = match self {
            Self::Submit(all) => all.iter().collect(),
            Self::Revise { accepted, .. } => vec![accepted],
            Self::Consign(sent) => sent.reports.iter().filter_map(|one| one.accepted.as_deref()).collect(),
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
    #[error("this version of the report is here with other content")]
    VersionTaken,
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
            Work::Consign(sent) => {
                let outcomes = sent.reports.iter().map(|one| settled(batch.put(conn, order, one)));
                let outcomes = outcomes.collect::<Result<Vec<_>, _>>()?;
                batch.tell(sent.status(order, &outcomes)?);
                outcomes
            }
        }));
    }
    batch.flush(conn)?;
    Ok(outcomes)
}

/// Tells what concerns one order from what fails the transaction.
fn settled(result: Result<Filed, ReportError>) -> Result<Result<Filed, ReportError>, ReportError> {
    match result {
        Err(error @ ReportError::Store(_)) => Err(error),
        other => Ok(other),
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
