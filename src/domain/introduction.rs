//! Introductions: a member asks those who reported a seller to make themselves known to it.
//!
//! Who is asked is settled once, at the time of asking, so that what happens to the profile later (a merge, a split, a
//! retraction) sends the request to nobody else. Of what they do the asker learns a grant, and nothing else: neither how
//! many were asked, nor whether anybody was.

use std::collections::BTreeSet;

use super::id::MemberId;
use super::time::Timestamp;
use super::vocabulary::vocabulary;

/// How long a request may be granted, in days.
pub const LIFE_DAYS: i64 = 30;

/// Longest message, in characters.
pub const MESSAGE_CHARS_MAX: usize = 2_000;

/// Longest contact, in characters.
pub const CONTACT_CHARS_MAX: usize = 500;

/// Most requests of one member that are open at once.
pub const OPEN_MAX: i64 = 100;

/// What a request takes off the budget of a day, in values looked up: it takes the time of other members.
pub const COST: usize = 100;

vocabulary!(
    /// Where a request stands, for who made it.
    IntroductionState {
        /// Whoever got it may still grant it.
        Open = "open",
        Withdrawn = "withdrawn",
        Expired = "expired",
    }
);

vocabulary!(
    /// What a member did about a request that it got.
    Answer {
        Waiting = "waiting",
        Granted = "granted",
        /// It may still be granted.
        Ignored = "ignored",
    }
);

/// Where a request stands at `now`.
pub fn state(withdrawn: bool, expires_at: Timestamp, now: Timestamp) -> IntroductionState {
    match withdrawn {
        true => IntroductionState::Withdrawn,
        false if expires_at <= now => IntroductionState::Expired,
        false => IntroductionState::Open,
    }
}

/// Whom a request goes to: the members with a report in the profile, but for the asker, that read the group. Who
/// contributes to a group without reading it does not know of its profiles, and must not learn of one by being asked.
pub fn recipients(
    contributors: impl IntoIterator<Item = MemberId>,
    asker: MemberId,
    reads: impl Fn(MemberId) -> bool,
) -> BTreeSet<MemberId> {
    contributors.into_iter().filter(|member| *member != asker && reads(*member)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_goes_once_to_each_contributor_that_reads_the_group_and_not_to_the_asker() {
        let member = |n| MemberId([n; 16]);
        let contributors = [1, 2, 2, 3, 1].map(member);
        let asked = recipients(contributors, member(1), |one| one != member(3));
        assert_eq!(asked, BTreeSet::from([member(2)]));
        assert_eq!(recipients([member(1)], member(1), |_| true), BTreeSet::new());
    }

    #[test]
    fn a_request_is_open_until_it_is_withdrawn_or_its_time_is_up() {
        let (now, later) = (Timestamp(5), Timestamp(6));
        assert_eq!(state(false, later, now), IntroductionState::Open);
        assert_eq!(state(false, now, now), IntroductionState::Expired);
        assert_eq!(state(true, now, now), IntroductionState::Withdrawn);
    }
}
