//! The sharing groups, kept in memory: every request asks for them and they hardly ever change.
//!
//! A change on this node is seen at once, one on another node within [`FRESH`]. What must act on the
//! very next request, a suspension or a revoked key, is not kept here but read each time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::store::groups::Directory;
use crate::store::{Db, Result};

/// How long what was read is good.
const FRESH: Duration = Duration::from_secs(1);

/// The directory as it was last read.
#[derive(Default)]
pub struct DirectoryCache(Mutex<Option<(Instant, Arc<Directory>)>>);

impl DirectoryCache {
    /// The directory, if what is known of it is fresh: never blocks on the database.
    pub fn known(&self) -> Option<Arc<Directory>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(read, _)| read.elapsed() < FRESH).map(|(_, directory)| directory.clone())
    }

    /// Reads the directory.
    pub fn read(&self, db: &Db) -> Result<Arc<Directory>> {
        let started = Instant::now();
        let directory = Arc::new(db.read(Directory::load)?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((started, directory.clone()));
        Ok(directory)
    }

    /// Forgets what is known: a group or a member's rights changed.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
