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
mod projecting;
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
use std::thread;
use std::time::{Duration, Instant};

use crate::domain::id::GroupId;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Clock;
use crate::store::{Db, Engine, Result, StoreError, pool};
use pace::Pace;
pub use stops::StopLists;
pub use worker::{Bell, start};
use working_out::{Worked, work_ahead, work_further};

/// Watches the resolver: called after each batch.
pub trait Watch: Send + Sync {
    fn resolved(&self, reports: usize, seconds: f64);
}

/// How the resolving of one group goes on from batch to batch.
#[derive(Default)]
pub struct Course {
    pace: Pace,
    /// The next batch, if it was worked out while the last was being written.
    ahead: Option<Arc<Worked>>,
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
    pub fn step(&self, group: GroupId, course: &mut Course) -> Result<usize> {
        let started = Instant::now();
        let limit = course.pace.limit();
        let ahead = match (course.ahead.take(), self.db.engine()) {
            (Some(ahead), _) => Some(ahead),
            (None, Engine::Sqlite) => {
                self.db.snapshot(|conn| work_ahead(conn, self, group, limit))?.map(Arc::new)
            }
            // Nobody who files waits for this; to work ahead without the lock would be to work in vain where
            // another node resolves the group.
            (None, Engine::Postgres) => None,
        };
        let (done, kept, ended) = thread::scope(|scope| {
            let (mut further, mut begun) = (None, Instant::now());
            let done = self.db.write(|conn| {
                // Until it is the writer, nobody waits for it.
                begun = Instant::now();
                batch::work_in(conn, self, group, limit, ahead.as_ref(), |writing| {
                    if pace::may_leave_backlog(writing.queue.len()) {
                        let writing = writing.clone();
                        further = Some(scope.spawn(move || self.further(&writing, limit)));
                    }
                })
            })?;
            let ended = Instant::now();
            let kept = match self.db.engine() {
                Engine::Sqlite => ended - begun,
                Engine::Postgres => Duration::ZERO,
            };
            if let Some(further) = further {
                let was_open = !further.is_finished();
                course.ahead = further.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                if was_open {
                    self.fold();
                }
            }
            Ok::<_, StoreError>((done, kept, ended))
        })?;
        course.pace.note(done, kept, ended);
        if done > 0 {
            self.watch.resolved(done, (ended - started).as_secs_f64());
        }
        Ok(done)
    }

    /// The batch after one that is being written. That it failed is no more than that it must be done again.
    fn further(&self, writing: &Worked, limit: i64) -> Option<Arc<Worked>> {
        let further = self.db.snapshot(|conn| work_further(conn, self, writing, limit));
        let further = further.unwrap_or_else(|error| {
            tracing::debug!(%error, "a batch was not worked out while the one before was written");
            None
        });
        further.map(Arc::new)
    }

    /// Folds back what could not be while a reader saw what was before it, so that the log can begin anew.
    fn fold(&self) {
        if let Err(error) = self.db.fold() {
            tracing::warn!(%error, "the write-ahead log was not folded");
        }
    }

    /// Resolves until nothing waits, calling `progress` with the reports worked in so far. A group that
    /// fails keeps none of the others waiting; what it failed with is told at the end.
    pub fn drain(&self, mut progress: impl FnMut(usize)) -> Result<usize> {
        let mut total = 0;
        let mut failed = BTreeMap::new();
        let mut courses: BTreeMap<GroupId, Course> = BTreeMap::new();
        loop {
            let before = total;
            for group in self.db.read(pool::waiting_groups)? {
                if failed.contains_key(&group) {
                    continue;
                }
                match self.step(group, courses.entry(group).or_default()) {
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
