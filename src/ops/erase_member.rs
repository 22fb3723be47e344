//! Takes everything that a member has reported out of every pool, and erases it.
//!
//! In steps that can be repeated, since the pools are worked out in between: [`begin`], [`retract_some`] until nothing
//! is left, resolving, [`finish`].

use super::file_reports::{Filing, Order, ReportError, Work, file};
use crate::domain::id::MemberId;
use crate::domain::member::{MemberKind, Standing};
use crate::domain::time::Timestamp;
use crate::store::{Conn, Result, StoreError, erasure, groups, members, profiles, reports, vault};

/// Who stands in the record of what is retracted.
const ACTOR: &str = "erasure";

/// Reports retracted in one transaction.
const PAGE: i64 = 200;

/// Why a member is not erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error("there is no such member")]
    NotFound,
    /// Nobody would be left to run the alliance.
    #[error("an operator cannot be erased")]
    Operator,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl crate::store::Retry for EraseError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Suspends the member, so that nothing more comes in.
pub fn begin(conn: &mut Conn, slug: &str) -> std::result::Result<MemberId, EraseError> {
    let member = members::find_by_slug(conn, slug)?.ok_or(EraseError::NotFound)?;
    if member.kind == MemberKind::Operator {
        return Err(EraseError::Operator);
    }
    members::set_standing(conn, member.id, Standing::Suspended)?;
    Ok(member.id)
}

/// Retracts some of the member's reports; returns how many there were.
pub fn retract_some(
    conn: &mut Conn,
    filing: &Filing,
    now: Timestamp,
    member: MemberId,
) -> std::result::Result<usize, ReportError> {
    let live = reports::live_of_member(conn, member, None, PAGE)?;
    let order =
        |id| Order { member, actor: ACTOR.to_owned(), at: now, work: Work::Retract { id, expected: None } };
    let orders: Vec<Order> = live.iter().map(|report| order(report.id)).collect();
    for outcome in file(conn, filing, &orders.iter().collect::<Vec<_>>())? {
        for report in outcome? {
            report?;
        }
    }
    Ok(live.len())
}

/// Deletes the member's reports, people and keys, and the data key that sealed what it reported. False if a pool still
/// has a report of it.
pub fn finish(conn: &mut Conn, now: Timestamp, member: MemberId) -> Result<bool> {
    // Whoever files now is waited for: what it brings is found below, or comes too late to be let in.
    groups::lock_for_making(conn)?;
    if erasure::is_pooled(conn, member)? {
        return Ok(false);
    }
    for group in groups::all(conn)? {
        // Views of those that read the group no longer are not made anew, and still show what the member reported.
        let classes = groups::classes(conn, &group)?;
        profiles::delete_views_of_others(conn, group.id, &classes)?;
    }
    erasure::delete_all(conn, member)?;
    vault::destroy_of_member(conn, member, now)?;
    Ok(true)
}
