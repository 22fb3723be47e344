//! The thread that resolves: every group that waits has its turn, again and again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Course, Resolver, stats};
use crate::domain::id::GroupId;
use crate::store::{Result, pool};

/// How long a worker sleeps when nobody wakes it: what another node filed is found this late.
const POLL: Duration = Duration::from_millis(500);

/// How often a worker looks whether a group has rested enough.
const LOOK: Duration = Duration::from_millis(25);

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
        let mut turns = Turns::default();
        let mut counting = stats::Counting::default();
        while !bell.is_stopping() {
            counting.catch_up(&resolver, || bell.is_stopping());
            let rests = round(&resolver, &bell, &mut turns).unwrap_or_else(|error| {
                tracing::error!(%error, "resolving failed and is tried again");
                std::thread::sleep(POLL);
                false
            });
            bell.wait(if rests { LOOK } else { POLL });
        }
    })
}

/// How the groups fare, each by itself.
#[derive(Default)]
struct Turns(BTreeMap<GroupId, Turn>);

#[derive(Default)]
struct Turn {
    course: Course,
    /// When it last failed. It is left alone for a while, so that the others, which it shares a worker and on SQLite
    /// the writer with, do not wait for what comes to nothing.
    failed: Option<Instant>,
}

impl Turn {
    /// Resolves a batch; returns the reports worked in, or nothing if the group rests because more are coming.
    fn take(&mut self, resolver: &Resolver, group: GroupId) -> Result<Option<usize>> {
        if self.failed.is_some_and(|at| at.elapsed() < POLL) {
            return Ok(Some(0));
        }
        if self.course.pace.is_resting() {
            let waiting = resolver.db.read(|conn| pool::waiting(conn, group, self.course.pace.limit()))?;
            if !self.course.pace.is_due(waiting, Instant::now()) {
                return Ok(None);
            }
        }
        let outcome = resolver.step(group, &mut self.course);
        self.failed = outcome.is_err().then(Instant::now);
        Ok(Some(outcome.unwrap_or_else(|error| {
            tracing::error!(%error, %group, "resolving a group failed and is tried again");
            0
        })))
    }
}

/// Gives every waiting group its turn until none waits that can be resolved. Returns whether one rests.
fn round(resolver: &Resolver, bell: &Bell, turns: &mut Turns) -> Result<bool> {
    loop {
        let (mut done, mut rests) = (0, false);
        for group in resolver.db.read(pool::waiting_groups)? {
            if bell.is_stopping() {
                return Ok(false);
            }
            match turns.0.entry(group).or_default().take(resolver, group)? {
                Some(reports) => done += reports,
                None => rests = true,
            }
        }
        if done == 0 {
            return Ok(rests);
        }
    }
}
