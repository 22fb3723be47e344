//! The second stage of the pipeline: from durable reports to profiles, links and feed events.
//!
//! One worker at a time resolves a sharing group, in the whole cluster: it holds the lock on the
//! group's row. It takes the next reports of the group's queue and writes everything that follows from
//! them, and the shorter queue, in one transaction; a crash repeats the batch.

mod batch;
pub mod dry_run;
mod parallel;
mod publish;
pub mod rebuild;
mod shared;
mod stats;
mod stops;
mod tune;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::domain::id::GroupId;
use crate::domain::resolution::facts::KeyHasher;
use crate::domain::time::Clock;
use crate::store::{Db, Result, pool};
pub use stops::StopLists;

/// How long a worker sleeps when nobody wakes it: what another node filed is found this late.
const POLL: Duration = Duration::from_millis(500);

/// Most reports of one transaction: large enough that the commit is a small part of it, small enough
/// that the intake lane, which shares SQLite's one writer, does not wait long.
const BATCH_MAX: i64 = 500;

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
}

impl Resolver {
    /// Resolves one batch of one group. Returns the reports worked in; 0 when there is nothing to do
    /// or another worker has the group.
    pub fn step(&self, group: GroupId) -> Result<usize> {
        let started = Instant::now();
        let done = self.db.write(|conn| {
            batch::resolve(conn, &self.hasher, &self.stops, self.clock.now(), group, BATCH_MAX)
        })?;
        if done > 0 {
            self.watch.resolved(done, started.elapsed().as_secs_f64());
        }
        Ok(done)
    }

    /// Resolves until nothing waits, calling `progress` with the reports worked in so far. A group that
    /// fails keeps none of the others waiting; what it failed with is told at the end.
    pub fn drain(&self, mut progress: impl FnMut(usize)) -> Result<usize> {
        let mut total = 0;
        let mut failed = BTreeMap::new();
        loop {
            let before = total;
            for group in self.db.read(pool::waiting_groups)? {
                if failed.contains_key(&group) {
                    continue;
                }
                match self.step(group) {
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

/// Wakes a worker early, and stops it.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<bool>,
    bell: Condvar,
    stopping: AtomicBool,
}

impl Bell {
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_one();
    }

    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.ring();
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    fn wait(&self, longest: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(rung, longest, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

/// Starts the node's worker thread.
pub fn start(resolver: Resolver, bell: Arc<Bell>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("resolver".to_owned()).spawn(move || {
        let mut failed = Failed::default();
        let mut counting = stats::Counting::default();
        while !bell.is_stopping() {
            counting.catch_up(&resolver, || bell.is_stopping());
            if let Err(error) = round(&resolver, &bell, &mut failed) {
                tracing::error!(%error, "resolving failed and is tried again");
                std::thread::sleep(POLL);
            }
            bell.wait(POLL);
        }
    })
}

/// Groups that failed, and when they last did: each is left alone for a while, so that the others, which
/// it shares a worker and on SQLite the writer with, do not wait for what comes to nothing.
#[derive(Default)]
struct Failed(BTreeMap<GroupId, Instant>);

impl Failed {
    fn rests(&self, group: GroupId) -> bool {
        self.0.get(&group).is_some_and(|at| at.elapsed() < POLL)
    }

    /// Notes how a group's turn went; returns the reports worked in.
    fn note(&mut self, group: GroupId, outcome: Result<usize>) -> usize {
        match outcome {
            Ok(done) => {
                self.0.remove(&group);
                done
            }
            Err(error) => {
                tracing::error!(%error, %group, "resolving a group failed and is tried again");
                self.0.insert(group, Instant::now());
                0
            }
        }
    }
}

/// Gives every waiting group its turn until none waits that can be resolved.
fn round(resolver: &Resolver, bell: &Bell, failed: &mut Failed) -> Result<()> {
    loop {
        let mut done = 0;
        for group in resolver.db.read(pool::waiting_groups)? {
            if bell.is_stopping() {
                return Ok(());
            }
            if !failed.rests(group) {
                done += failed.note(group, resolver.step(group));
            }
        }
        if done == 0 {
            return Ok(());
        }
    }
}
