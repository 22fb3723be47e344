//! A clock and ids of which a replay gets the same.

use std::sync::atomic::{AtomicI64, Ordering};

use touchstone::domain::id::MakeIds;
use touchstone::domain::time::{Clock, Timestamp};
use touchstone::resolver::Watch;

/// A clock that moves when the test says so.
pub struct ManualClock(AtomicI64);

/// 2026-06-01T00:00:00Z: where every test begins that does not say otherwise.
pub const FIRST_DAY: Timestamp = Timestamp(1_780_272_000_000_000);

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(FIRST_DAY)
    }
}

impl ManualClock {
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.micros()))
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Ids that follow from what they are for: a replay gets the same ones.
pub struct ContextIds;

impl MakeIds for ContextIds {
    fn make(&self, context: &[&[u8]]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        for part in context {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        id
    }
}

/// Hears of every batch and does nothing.
pub struct Nobody;

impl Watch for Nobody {
    fn resolved(&self, _: usize, _: f64) {}
}
