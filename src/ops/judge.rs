//! Notes what somebody says about two reports, and takes it back. Either asks the group's resolver to look at
//! the two again, in the same transaction.

use crate::domain::id::{GroupId, JudgementId, MakeIds, MemberId, ReportId};
use crate::domain::resolution::judgement::Verdict;
use crate::domain::resolution::pool::Label;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::judgements::{self, Judgement, JudgementState};
use crate::store::{Conn, Retry, StoreError, pool, reports};

/// Most proposals of one member in one group that are not taken back: whoever may judge reads through all.
pub const PROPOSALS_MAX: usize = 500;

/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;

/// One of the two that are judged: the report that stands for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The id that was given.
    pub asked: String,
    pub report: ReportId,
    /// The account that the report is in.
    pub account: Label,
    /// Whether the asker sees all of what was given.
    pub in_full: bool,
}

/// A judgement to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJudgement {
    pub sides: [Side; 2],
    pub verdict: Verdict,
    pub reason: String,
    /// Whether it is only said.
    pub propose: bool,
}

/// Why nothing was judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error("there is no such judgement")]
    NotFound,
    /// Only who sees both sides in full may judge.
    #[error("both sides must be seen in full")]
    NotSeen,
    /// The judgement is another member's.
    #[error("it is not yours to take back")]
    NotYours,
    /// One account is one seller.
    #[error("the two are one account")]
    OneAccount,
    #[error("there are too many proposals")]
    TooManyProposals,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for JudgeError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Judges, or proposes to.
pub fn judge(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    viewer: &Viewer,
    group: GroupId,
    new: &NewJudgement,
) -> Result<Judgement, JudgeError> {
    let [a, b] = &new.sides;
    let may_judge = a.in_full && b.in_full;
    if !new.propose && !may_judge {
        return Err(JudgeError::NotSeen);
    }
    if new.verdict == Verdict::Different && a.account == b.account {
        return Err(JudgeError::OneAccount);
    }
    if new.propose && judgements::open_proposals(conn, viewer, group, PROPOSALS_MAX)? == PROPOSALS_MAX {
        return Err(JudgeError::TooManyProposals);
    }
    let (report_a, report_b) = (a.report.min(b.report), a.report.max(b.report));
    // The newest counts, so each is later than the one before it.
    let last = judgements::last_of(conn, group, [report_a, report_b])?;
    let created_at = last.map_or(now, |last| now.max(Timestamp(last.micros().saturating_add(1))));
    let context = [b"judgement", &group.as_bytes()[..], report_a.as_bytes(), report_b.as_bytes()];
    let made = [viewer.member.as_bytes(), &created_at.micros().to_be_bytes()[..]];
    let judgement = Judgement {
        group_id: group,
        id: JudgementId(ids.make(&[&context[..], &made[..]].concat())),
        report_a,
        report_b,
        verdict: new.verdict,
        state: if new.propose { JudgementState::Proposed } else { JudgementState::Live },
        asked_a: a.asked.clone(),
        asked_b: b.asked.clone(),
        reason: new.reason.clone().into(),
        member_id: viewer.member,
        actor: viewer.actor(),
        created_at,
        undone_at: None,
        undone_by: None,
    };
    judgements::insert(conn, &judgement)?;
    look_again(conn, ids, &judgement, 1)?;
    Ok(judgement)
}

/// Takes back a judgement of the viewer's own member; twice is as once. `is_known` says whether the viewer may
/// know of another member's.
pub fn undo_judgement(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    viewer: &Viewer,
    (group, id): (GroupId, JudgementId),
    is_known: impl FnOnce(&mut Conn, &Judgement) -> Result<bool, StoreError>,
) -> Result<(), JudgeError> {
    let judgement = judgements::find(conn, group, id)?.ok_or(JudgeError::NotFound)?;
    if judgement.member_id != viewer.member {
        let known = is_known(conn, &judgement)?;
        return Err(if known || leak!(NotYoursToTakeBack) {
            JudgeError::NotYours
        } else {
            JudgeError::NotFound
        });
    }
    if judgement.undone_at.is_none() {
        judgements::undo(conn, &judgement, now, &viewer.actor())?;
        look_again(conn, ids, &judgement, 2)?;
    }
    Ok(())
}

/// Asks the resolver to look at both reports again, those of them that are in the pool; the others will count
/// as changed when they come. A proposal and doubt change nothing there, but one that counts hides another.
fn look_again(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    judgement: &Judgement,
    turn: i32,
) -> Result<(), StoreError> {
    if judgement.state == JudgementState::Proposed {
        return Ok(());
    }
    let both = [judgement.report_a, judgement.report_b];
    let entries: Vec<i64> =
        pool::entries_of_reports(conn, judgement.group_id, &both)?.into_values().collect();
    let owners = pool::owners(conn, judgement.group_id, &entries)?;
    let mut reports_of: Vec<(MemberId, ReportId)> = owners.into_values().collect();
    reports_of.sort();
    let rows: Vec<_> = reports_of
        .into_iter()
        .map(|(member, report)| {
            let context = [b"queue", &judgement.id.as_bytes()[..], report.as_bytes(), &turn.to_be_bytes()];
            let id = ids.make(&context).to_vec();
            reports::QueueRow { group_id: judgement.group_id, id, member_id: member, report_id: report }
        })
        .collect();
    reports::enqueue(conn, &rows)
}
