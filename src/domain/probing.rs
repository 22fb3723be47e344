//! How often a member may test whether a value is known, and what is kept of that it did.
//!
//! Two limits hold. A *rate* keeps requests apart, for each key or person and for each member; it may be forgotten
//! when a node restarts. A *daily budget* counts the values that a member has tested, over all its keys and all nodes.
//! Both are of the member's own making, so they tell it nothing of anybody else.

use super::id::MemberId;
use super::identifier::Identifier;
use super::resolution::keys::KeyHasher;
use super::time::Timestamp;
use super::vocabulary::vocabulary;

vocabulary!(
    /// At which operation somebody named a value.
    Asking {
        /// A list of profiles, narrowed to those that carry an identifier.
        Sellers = "sellers",
        /// Identifiers to match.
        Match = "match",
        /// A report.
        Report = "report",
    }
);

/// What members may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests of one key or person in a minute.
    pub per_key: u32,
    /// Requests of one member in a minute.
    pub per_member: u32,
    /// Values that one member may test in a day, which begins at midnight UTC.
    pub daily: u32,
}

impl Default for Limits {
    /// Ten requests a second from one program, and a case list of some thousand sellers a day with five identifiers
    /// each: more than honest use has needed, and too little to try the phone numbers of one exchange.
    fn default() -> Self {
        Self { per_key: 600, per_member: 1_800, daily: 20_000 }
    }
}

/// A limit as the asker is told of it (draft-ietf-httpapi-ratelimit-headers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub name: &'static str,
    pub allowed: u32,
    pub window_seconds: u32,
    pub remaining: u32,
    /// Seconds until it is whole again.
    pub reset_seconds: u32,
}

/// That a limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    pub quota: Quota,
    /// Seconds until the same request may be let through.
    pub retry_seconds: u32,
}

const MINUTE_SECONDS: u32 = 60;
const DAY_SECONDS: u32 = 86_400;

/// A rate that is spread over a minute (the generic cell rate algorithm): so many at once after a rest, and then one
/// after the other. All that is kept of it is when it will be whole again.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub name: &'static str,
    pub per_minute: u32,
}

impl Rate {
    /// Lets one more request through: when the rate is whole again from now on, and what is left of it.
    pub fn admit(self, whole_at: Timestamp, now: Timestamp) -> Result<(Timestamp, Quota), Exceeded> {
        let allowed = self.per_minute.max(1);
        let window = i64::from(MINUTE_SECONDS) * 1_000_000;
        let step = window / i64::from(allowed);
        let before = whole_at.max(now);
        let after = Timestamp(before.micros() + step);
        let quota = |whole_at: Timestamp| {
            let owed = whole_at.micros() - now.micros();
            let remaining = u32::try_from((window - owed).max(0) / step).unwrap_or(0).min(allowed);
            let reset_seconds = seconds(owed);
            Quota { name: self.name, allowed, window_seconds: MINUTE_SECONDS, remaining, reset_seconds }
        };
        let over = after.micros() - now.micros() - window;
        if over > 0 {
            return Err(Exceeded { quota: quota(before), retry_seconds: seconds(over) });
        }
        Ok((after, quota(after)))
    }
}

/// What a member has spent of its budget of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spending {
    /// Days since 1970, UTC.
    pub day: i64,
    pub values: i64,
}

impl Spending {
    /// Spends on `values` more at `now`. All or nothing: what does not fit spends nothing.
    pub fn spend(self, values: usize, daily: u32, now: Timestamp) -> Result<(Self, Quota), Exceeded> {
        let today = now.unix_seconds().div_euclid(i64::from(DAY_SECONDS));
        let reset_seconds = seconds((today + 1) * i64::from(DAY_SECONDS) * 1_000_000 - now.micros());
        let before = if self.day == today { self.values } else { 0 };
        let after = before + i64::try_from(values).unwrap_or(i64::MAX / 2);
        let quota = |spent: i64| Quota {
            name: "day",
            allowed: daily,
            window_seconds: DAY_SECONDS,
            remaining: u32::try_from((i64::from(daily) - spent).max(0)).unwrap_or(0),
            reset_seconds,
        };
        if after > i64::from(daily) {
            return Err(Exceeded { quota: quota(before), retry_seconds: reset_seconds });
        }
        Ok((Self { day: today, values: after }, quota(after)))
    }
}

/// Whole seconds, at least one.
fn seconds(micros: i64) -> u32 {
    u32::try_from((micros + 999_999).div_euclid(1_000_000)).unwrap_or(0).max(1)
}

/// What the record of look-ups keeps of a value. Keyed for each member, so that one member's rows show where it asked
/// the same again, and no two members' rows can be held against each other.
pub fn recorded(hasher: &KeyHasher, member: MemberId, identifier: &Identifier) -> [u8; 16] {
    let value = [identifier.kind.as_str().as_bytes(), identifier.key.as_bytes()];
    hasher.derive(&[b"look-up", member.as_bytes(), value[0], value[1]])
}

/// By what a canary is recognised.
pub fn canary(hasher: &KeyHasher, identifier: &Identifier) -> [u8; 16] {
    hasher.derive(&[b"canary", identifier.kind.as_str().as_bytes(), identifier.key.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identifier::{self, IdentifierType, RawIdentifier};

    const RATE: Rate = Rate { name: "key", per_minute: 6 };

    #[test]
    fn a_rate_lets_a_burst_through_and_then_one_at_a_time() {
        let now = Timestamp(1_780_000_000_000_000);
        let mut whole_at = Timestamp(0);
        for left in (0..6).rev() {
            let (after, quota) = RATE.admit(whole_at, now).expect("a burst");
            assert_eq!(quota.remaining, left);
            whole_at = after;
        }
        let refused = RATE.admit(whole_at, now).expect_err("too many");
        assert_eq!(
            (refused.quota.remaining, refused.quota.reset_seconds, refused.retry_seconds),
            (0, 60, 10)
        );
        assert!(RATE.admit(whole_at, now.plus_seconds(9)).is_err());
        let (after, quota) = RATE.admit(whole_at, now.plus_seconds(10)).expect("one more");
        assert_eq!(quota.remaining, 0);
        assert!(RATE.admit(after, now.plus_seconds(10)).is_err());
        assert_eq!(RATE.admit(after, now.plus_seconds(3_600)).expect("rested").1.remaining, 5);
    }

    #[test]
    fn a_budget_is_spent_whole_or_not_at_all_and_is_new_at_midnight() {
        let noon = Timestamp::parse("2026-06-01T12:00:00Z").expect("a time");
        let (spent, quota) = Spending { day: 0, values: 9 }.spend(7, 10, noon).expect("it fits");
        assert_eq!((spent.values, quota.remaining, quota.reset_seconds), (7, 3, 43_200));
        let refused = spent.spend(4, 10, noon).expect_err("it does not fit");
        assert_eq!((refused.quota.remaining, refused.retry_seconds), (3, 43_200));
        let (spent, quota) = spent.spend(3, 10, noon).expect("it fits");
        assert_eq!(quota.remaining, 0);
        let midnight = noon.plus_seconds(43_200);
        assert_eq!(spent.spend(10, 10, midnight).expect("a new day").0.values, 10);
    }

    #[test]
    fn what_two_members_asked_cannot_be_held_against_each_other() {
        let raw = RawIdentifier { value: "wei@163.com", ..RawIdentifier::bare(IdentifierType::Email) };
        let value = identifier::parse(&raw).expect("an address");
        let hasher = KeyHasher::new([7; 32]);
        let [one, other] = [1, 2].map(|n| recorded(&hasher, MemberId([n; 16]), &value));
        assert_ne!(one, other);
        assert_eq!(one, recorded(&hasher, MemberId([1; 16]), &value));
        assert!(![one, other].contains(&canary(&hasher, &value)));
    }
}
