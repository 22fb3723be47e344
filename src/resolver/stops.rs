//! The stop-list as the resolver knows it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::resolution::keys::KeyHasher;
use crate::domain::resolution::stops::StopList;
use crate::store::{Conn, Result, stop_list};

/// The stop-list after one of its changes.
#[derive(Clone)]
pub(super) struct InForce {
    pub version: i64,
    pub list: Arc<StopList>,
}

/// The stop-list as it was last read: it hardly ever changes, and every batch needs it.
#[derive(Clone, Default)]
pub struct StopLists(Arc<Mutex<Option<InForce>>>);

impl StopLists {
    /// What is in force. The number is read at every batch; what one number stands for never changes.
    pub(super) fn in_force(&self, conn: &mut Conn, hasher: &KeyHasher) -> Result<InForce> {
        let version = stop_list::version(conn)?;
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.version == version) {
            return Ok(known);
        }
        let targets = stop_list::in_force_at(conn, version)?;
        let read = InForce { version, list: Arc::new(StopList::of(&targets, hasher)) };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(read.clone());
        Ok(read)
    }
}
