//! Who may do what to a custom sharing group that its members keep.
//!
//! A group is kept by its *keepers*: its founder, and the members whom a keeper appointed. Whoever is not in a
//! group gets the answer of a group that does not exist. The operator makes groups too, which have no keeper.

use super::group::{GroupKind, Rights, rights};
use super::member::{MemberKind, is_slug};
use super::vocabulary::vocabulary;

/// Most groups that one member keeps: each that includes `alliance` resolves all of it once more.
pub const KEPT_MAX: usize = 20;

/// Most invitations of one group that are neither answered nor over.
pub const PENDING_MAX: usize = 200;

/// Days after which an invitation that nobody accepted is over.
pub const INVITATION_DAYS: i64 = 30;

/// Characters that are added to the slug that a founder asks for, with the `-` before them.
pub const SUFFIX_CHARS: usize = 9;

/// A member's place in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub rights: Rights,
    pub keeper: bool,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// To know how many members there are, and who of them oneself is.
    SeeMembers,
    /// To know who the members are.
    SeeNames,
    /// To invite, to see what came of it, and to take an invitation back.
    Invite,
    /// To end another member's membership.
    Remove,
    /// To make a member a keeper, or a keeper a plain member again.
    Appoint,
    /// To read what was changed, when and by whom.
    SeeChanges,
    /// To ask for more members behind classes of goods than the group did.
    RaiseK,
    Leave,
}

/// What the rule says to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    Allowed,
    /// The asker knows of the group, and may not.
    NotAllowed,
    /// The asker is told what it would be told of a group that does not exist.
    Unknown,
}

/// The one rule. `seat` is the asker's own place; a built-in group has no list that anybody keeps.
pub fn rule(act: Act, group: GroupKind, members_named: bool, seat: Option<Seat>) -> Ruling {
    let Some(seat) = seat.filter(|seat| group == GroupKind::Custom && seat.rights.any()) else {
        return Ruling::Unknown;
    };
    let allowed = match act {
        Act::SeeMembers | Act::Leave => true,
        // Who keeps the list cannot do so without reading it.
        Act::SeeNames => members_named || seat.keeper,
        Act::Invite | Act::Remove | Act::Appoint | Act::SeeChanges | Act::RaiseK => seat.keeper,
    };
    if allowed { Ruling::Allowed } else { Ruling::NotAllowed }
}

/// Whether a keeper may cease to be one, by leaving or by stepping down, when so many other keepers and other
/// members would be left: a group with members must not be left without a keeper. A group that had none goes on so.
pub fn may_give_up(keeper: bool, other_keepers: usize, others_left: usize) -> bool {
    !keeper || other_keepers > 0 || others_left == 0
}

/// What an invitation with these rights offers to a member of this kind; `None` if that is nothing, and the
/// invitation is then not shown to it.
pub fn offer(kind: MemberKind, invited: Rights) -> Option<Rights> {
    Some(rights(GroupKind::Custom, kind, false, Some(invited))).filter(|rights| rights.any())
}

/// Whether a founder may ask for this slug, to which the server adds [`SUFFIX_CHARS`].
pub fn is_slug_wish(text: &str) -> bool {
    is_slug(text) && text.len() + SUFFIX_CHARS <= 63
}

vocabulary!(
    /// What happens to the reports that a member shared with a group when it leaves.
    Parting {
        /// As if they had never been shared with the group.
        Withdrawn = "withdrawn",
        /// They stay in the group's pool until their reporter revises or retracts them.
        Kept = "kept",
    }
);

vocabulary!(
    /// Where an invitation stands, for who sent it. One that was declined is pending until it is over: anything
    /// else would say that there is a member of this name.
    InvitationState {
        Pending = "pending",
        Accepted = "accepted",
        Revoked = "revoked",
        Expired = "expired",
    }
);

vocabulary!(
    /// A change of a group, for the record that its keepers read.
    ChangeKind {
        Founded = "founded",
        Invited = "invited",
        Revoked = "revoked",
        Accepted = "accepted",
        Left = "left",
        Removed = "removed",
        Appointed = "appointed",
        Dismissed = "dismissed",
        RaisedK = "raised_k",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: [Act; 8] = [
        Act::SeeMembers,
        Act::SeeNames,
        Act::Invite,
        Act::Remove,
        Act::Appoint,
        Act::SeeChanges,
        Act::RaiseK,
        Act::Leave,
    ];

    fn seat(contribute: bool, read: bool, keeper: bool) -> Option<Seat> {
        Some(Seat { rights: Rights { contribute, read }, keeper })
    }

    #[test]
    fn who_may_do_what_stands_in_a_table() {
        use Ruling::{Allowed as Y, NotAllowed as N, Unknown as U};
        // In the order of ACTS: members, names, invite, remove, appoint, changes, k, leave.
        let table = [
            ("nobody", None, false, [U, U, U, U, U, U, U, U]),
            ("nobody, where members are named", None, true, [U, U, U, U, U, U, U, U]),
            ("a listed member without rights", seat(false, false, true), true, [U, U, U, U, U, U, U, U]),
            ("a contributor", seat(true, false, false), false, [Y, N, N, N, N, N, N, Y]),
            ("a reader", seat(false, true, false), false, [Y, N, N, N, N, N, N, Y]),
            ("a reader, where members are named", seat(false, true, false), true, [Y, Y, N, N, N, N, N, Y]),
            ("a keeper", seat(true, true, true), false, [Y, Y, Y, Y, Y, Y, Y, Y]),
            ("a keeper who only reads", seat(false, true, true), true, [Y, Y, Y, Y, Y, Y, Y, Y]),
        ];
        for (who, seat, members_named, expected) in table {
            for (act, expected) in ACTS.into_iter().zip(expected) {
                let ruled = rule(act, GroupKind::Custom, members_named, seat);
                assert_eq!(ruled, expected, "{who}: {act:?}");
                for built_in in [GroupKind::Alliance, GroupKind::DropBox] {
                    assert_eq!(rule(act, built_in, members_named, seat), U, "{who}: {act:?} in {built_in}");
                }
            }
        }
    }

    #[test]
    fn the_last_keeper_stays_as_long_as_there_are_others() {
        let table = [
            (true, 0, 1, false),
            (true, 0, 0, true),
            (true, 1, 1, true),
            (false, 0, 3, true),
            (false, 1, 3, true),
        ];
        for (keeper, keepers, others, expected) in table {
            assert_eq!(may_give_up(keeper, keepers, others), expected, "{keeper} {keepers} {others}");
        }
    }

    #[test]
    fn an_invitation_offers_what_the_kind_of_member_can_have() {
        let both = Rights { contribute: true, read: true };
        let contribute = Rights { contribute: true, read: false };
        let read = Rights { contribute: false, read: true };
        for kind in [MemberKind::Brand, MemberKind::Association] {
            assert_eq!(
                [both, contribute, read].map(|asked| offer(kind, asked)),
                [both, contribute, read].map(Some)
            );
        }
        let platform = [both, contribute, read].map(|asked| offer(MemberKind::Platform, asked));
        assert_eq!(platform, [Some(read), None, Some(read)]);
        for kind in [MemberKind::Authority, MemberKind::Operator] {
            assert_eq!(offer(kind, both), None);
        }
    }

    #[test]
    fn a_wish_leaves_room_for_what_is_added_to_it() {
        assert!(is_slug_wish("luxury-watches") && is_slug_wish(&"x".repeat(54)));
        assert!(!is_slug_wish(&"x".repeat(55)) && !is_slug_wish("platform:jd") && !is_slug_wish("a"));
    }
}
