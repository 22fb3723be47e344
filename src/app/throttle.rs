//! How fast each key, person and member asks, as this node knows it. A node forgets it when it ends; what must hold on
//! all nodes is the budget in the store.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::probing::{Exceeded, Limits, Quota, Rate};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;

/// Askers that are kept before those that have rested are forgotten.
const KEPT_MAX: usize = 10_000;

/// The rates.
pub struct Throttle {
    per_key: Rate,
    per_member: Rate,
    /// When each asker's rate will be whole again.
    whole_at: Mutex<HashMap<String, Timestamp>>,
}

impl Throttle {
    pub fn new(limits: Limits) -> Self {
        Self {
            per_key: Rate { name: "key", per_minute: limits.per_key },
            per_member: Rate { name: "member", per_minute: limits.per_member },
            whole_at: Mutex::default(),
        }
    }

    /// Lets one request through, or none and says why.
    pub fn admit(&self, viewer: &Viewer, now: Timestamp) -> Result<[Quota; 2], Exceeded> {
        let mut whole_at = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if whole_at.len() >= KEPT_MAX {
            whole_at.retain(|_, whole_at| *whole_at > now);
        }
        let (key, member) = (viewer.actor(), viewer.member.to_string());
        let known = |asker: &str| whole_at.get(asker).copied().unwrap_or_default();
        let (key_at, of_key) = self.per_key.admit(known(&key), now)?;
        let (member_at, of_member) = self.per_member.admit(known(&member), now)?;
        whole_at.insert(key, key_at);
        whole_at.insert(member, member_at);
        Ok([of_key, of_member])
    }
}
