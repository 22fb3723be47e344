//! The clock and the ids of a real server: the only place that asks the system for either.

use std::sync::Arc;

use uuid::Uuid;

use super::Parts;
use super::heads::Pace;
use crate::delivery::Rules;
use crate::domain::id::MakeIds;
use crate::domain::lens::tally::SHOWN_MAX;
use crate::domain::probing::Limits;
use crate::domain::time::{Clock, Timestamp};
use crate::intake::lane::LaneLimits;
use crate::store::vault::MasterKeys;

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp(chrono::Utc::now().timestamp_micros())
    }
}

/// UUIDv7: ordered by time, so that rows that are made together lie together.
pub struct TimeOrderedIds;

impl MakeIds for TimeOrderedIds {
    #[expect(clippy::disallowed_methods, reason = "the one place where ids are made")]
    fn make(&self, _context: &[&[u8]]) -> [u8; 16] {
        Uuid::now_v7().into_bytes()
    }
}

/// The parts of a real server with these master keys.
pub fn parts(masters: MasterKeys) -> Parts {
    Parts {
        clock: Arc::new(SystemClock),
        ids: Arc::new(TimeOrderedIds),
        lane: LaneLimits::default(),
        fixed_secret: None,
        masters,
        resolve: true,
        limits: Limits::default(),
        pace: Pace::default(),
        shown_max: SHOWN_MAX,
        webhooks: Rules::default(),
    }
}
