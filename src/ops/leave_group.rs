//! Ends a membership in a group: the member leaves, or a keeper removes it.

use super::file_reports::{Filing, Order, Work, file};
use super::keep_group::{Contradiction, GroupError, admit_to_change};
use crate::domain::id::MemberId;
use crate::domain::membership::{Act, ChangeKind, Parting, may_give_up};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::groups::{self, Group};
use crate::store::members::Member;
use crate::store::{Conn, group_changes, group_invitations, introductions};

/// Takes the viewer's member out of a group; it decides what becomes of its reports there.
pub fn leave_group(
    conn: &mut Conn,
    filing: &Filing,
    now: Timestamp,
    viewer: &Viewer,
    (slug, parting): (&str, Parting),
) -> Result<(), GroupError> {
    let (group, seat) = admit_to_change(conn, viewer, slug, Act::Leave)?;
    let seated = groups::seated(conn, &group)?;
    let others: Vec<_> = seated.iter().filter(|(member, _)| member.id != viewer.member).collect();
    let keepers = others.iter().filter(|(_, seat)| seat.keeper).count();
    if !may_give_up(seat.keeper, keepers, others.len()) {
        return Err(Contradiction::OnlyKeeper.into());
    }
    groups::let_go(conn, group.id, viewer.member)?;
    introductions::withdraw_all(conn, (viewer.member, group.id), now, &viewer.actor())?;
    let left = (ChangeKind::Left, viewer.member_slug.as_str());
    group_changes::append(conn, group.id, (now, viewer), left, (seat.rights, Some(parting)))?;
    if parting == Parting::Withdrawn {
        withdraw(conn, filing, now, &group, (viewer.member, viewer.actor()))?;
    }
    if others.is_empty() {
        // Nobody is left who could be joined.
        for invitation in group_invitations::pending_of_group(conn, group.id, now)? {
            group_invitations::revoke(conn, &invitation, now)?;
            let revoked = (ChangeKind::Revoked, invitation.member_slug.as_str());
            group_changes::append(conn, group.id, (now, viewer), revoked, (invitation.rights(), None))?;
        }
    }
    Ok(())
}

/// Takes another member out of a group. Its reports there are withdrawn: they are its own, and only itself can
/// decide, by leaving, that they stay.
pub fn remove_member(
    conn: &mut Conn,
    filing: &Filing,
    now: Timestamp,
    viewer: &Viewer,
    (slug, member): (&str, &str),
) -> Result<(), GroupError> {
    let (group, _) = admit_to_change(conn, viewer, slug, Act::Remove)?;
    let seated = groups::seated(conn, &group)?;
    let (member, seat) =
        seated.into_iter().find(|(one, _)| one.slug == member).ok_or(GroupError::NotFound)?;
    if member.id == viewer.member {
        return Err(Contradiction::Oneself.into());
    }
    let Member { id, slug, .. } = member;
    groups::let_go(conn, group.id, id)?;
    introductions::withdraw_all(conn, (id, group.id), now, &group.slug)?;
    let parting = Some(Parting::Withdrawn);
    let removed = (ChangeKind::Removed, slug.as_str());
    group_changes::append(conn, group.id, (now, viewer), removed, (seat.rights, parting))?;
    // The member reads who revised its reports; which person of another member it was is not for it to know.
    withdraw(conn, filing, now, &group, (id, group.slug.clone()))
}

fn withdraw(
    conn: &mut Conn,
    filing: &Filing,
    at: Timestamp,
    group: &Group,
    (member, actor): (MemberId, String),
) -> Result<(), GroupError> {
    let order = Order { member, actor, at, work: Work::Withdraw { group: group.slug.clone() } };
    for outcome in file(conn, filing, &[&order])? {
        outcome?;
    }
    Ok(())
}
