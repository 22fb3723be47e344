//! The second stage of the pipeline: from durable reports to profiles, links and feed events.
//!
//! One worker at a time resolves a sharing group, in the whole cluster: it holds the lock on the
//! group's row. It takes the next reports of the group's queue and writes everything that follows from
//! them, and the shorter queue, in one transaction; a crash repeats the batch.

mod batch;
pub mod dry_run;
mod pace;
mod parallel;
mod placing;
mod publish;
pub mod rebuild;
mod shared;
mod stats;
mod stops;
mod tallying;
mod tune;
mod worker;
mod working_out;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use crate::domain::id::GroupId;
use crate::domain::resolution::facts::KeyHasher;
use crate::domain::time::Clock;
use crate::store::{Db, Engine, Result, pool};
pub use pace::Pace;
pub use stops::StopLists;
pub use worker::{Bell, start};
use working_out::work_ahead;

/// Watches the resolver: called after each batch.
pub trait Watch: Send + Sync {
    fn resolved(&self, reports: usize, seconds: f64);
}

/// What resolving needs.
#[derive(Clone)]
pub struct Resolver {
    pub db: Db,
    pub hasher: KeyHasher,
    pub clock: Arc<dyn Clock>,
    pub watch: Arc<dyn Watch>,
    pub stops: StopLists,
    /// Reports of a profile that views show one by one, at most.
    pub shown_max: usize,
}

impl Resolver {
    /// Resolves one batch of one group, at its pace. Returns the reports worked in; 0 when there is nothing to do
    /// or another worker has the group.
    pub fn step(&self, group: GroupId, pace: &mut Pace) -> Result<usize> {
        let started = Instant::now();
        let limit = pace.limit();
        let ahead = match self.db.engine() {
            Engine::Sqlite => self.db.snapshot(|conn| work_ahead(conn, self, group, limit))?,
            // Nobody who files waits for this; to work ahead without the lock would be to work in vain where
            // another node resolves the group.
            Engine::Postgres => None,
        };
        let written = Instant::now();
        let done = self.db.write(|conn| batch::work_in(conn, self, group, limit, ahead.as_ref()))?;
        let ended = Instant::now();
        pace.note(done, ended - written, ended);
        if done > 0 {
            self.watch.resolved(done, (ended - started).as_secs_f64());
        }
        Ok(done)
    }

    /// Resolves until nothing waits, calling `progress` with the reports worked in so far. A group that
    /// fails keeps none of the others waiting; what it failed with is told at the end.
    pub fn drain(&self, mut progress: impl FnMut(usize)) -> Result<usize> {
        let mut total = 0;
        let mut failed = BTreeMap::new();
        let mut paces: BTreeMap<GroupId, Pace> = BTreeMap::new();
        loop {
            let before = total;
            for group in self.db.read(pool::waiting_groups)? {
                if failed.contains_key(&group) {
                    continue;
                }
                match self.step(group, paces.entry(group).or_default()) {
                    Ok(done) => total += done,
                    Err(error) => drop(failed.insert(group, error)),
                }
                progress(total);
            }
            if total == before {
                return failed.into_values().next().map_or(Ok(total), Err);
            }
        }
    }
}
