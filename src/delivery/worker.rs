//! The thread that delivers: many endpoints at once, at each one event after the other.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::task::{JoinSet, spawn_blocking};

use super::Courier;
use super::berth::Berth;
use super::turn::{Turn, next};
use crate::ops::deliver_webhooks::{Next, Sent, claim, end_without_access, note_attempt, release};
use crate::ops::token::random;
use crate::store::webhooks::{self, Key};
use crate::store::{Result, StoreError};

/// How long the thread sleeps when nobody wakes it: what another node resolved is known this late.
const POLL: Duration = Duration::from_millis(500);

/// Endpoints that a node delivers to at once: one that is slow keeps none of the others waiting.
const AT_ONCE: usize = 32;

/// Events that an endpoint gets before the others have their turn.
const IN_TURN: usize = 200;

/// How long what is under way may take when the server stops. What is broken off is sent again.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// Threads that wait for the database.
const STORE_THREADS: usize = 4;

/// Starts the node's thread.
pub fn start(courier: Arc<Courier>) -> std::io::Result<JoinHandle<()>> {
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(STORE_THREADS).build()?;
    let run = move || {
        runtime.block_on(deliver(&courier));
        // Whoever asks for a name may be kept waiting for long.
        runtime.shutdown_timeout(LAST_MOMENT);
    };
    std::thread::Builder::new().name("webhooks".to_owned()).spawn(run)
}

async fn deliver(courier: &Arc<Courier>) {
    let _berth = courier.settle_in().await;
    let mut turns = JoinSet::new();
    while !courier.is_stopping() {
        let claimed = courier.claim(AT_ONCE - turns.len()).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what is to be delivered could not be read");
            Vec::new()
        });
        for key in claimed {
            let courier = courier.clone();
            turns.spawn(async move {
                if let Err(error) = courier.turn(key).await {
                    tracing::warn!(%error, "a webhook could not be delivered and is tried again");
                }
            });
        }
        tokio::select! {
            () = courier.bell.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            Some(_) = turns.join_next(), if !turns.is_empty() => {}
        }
    }
    let ending = async { while turns.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_MOMENT, ending).await.is_err() {
        turns.shutdown().await;
    }
    let node = courier.node;
    if let Err(error) =
        courier.store(move |courier| courier.db.write(|conn| webhooks::release_all(conn, &node))).await
    {
        tracing::warn!(%error, "webhooks could not be given back: other nodes wait for them");
    }
}

impl Courier {
    /// Runs what blocks.
    async fn store<T: Send + 'static>(
        self: &Arc<Self>,
        f: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let courier = self.clone();
        let done = spawn_blocking(move || f(&courier)).await;
        done.map_err(|error| StoreError::Failed(error.to_string()))?
    }

    /// Takes the node's place, and gives back what its last run had taken if that run is over.
    async fn settle_in(self: &Arc<Self>) -> Option<Berth> {
        let path = self.berth.as_deref()?;
        let taken = Berth::take(path).and_then(|berth| {
            let Some(mut berth) = berth else { return Ok(None) };
            let last = berth.last()?;
            Ok(Some((berth, last)))
        });
        let (mut berth, last) = match taken {
            Ok(taken) => taken?,
            Err(error) => {
                tracing::warn!(%error, "it cannot be told which run was here last: what that left is taken up later");
                return None;
            }
        };
        if let Some(last) = last
            && let Err(error) =
                self.store(move |courier| courier.db.write(|conn| webhooks::release_all(conn, &last))).await
        {
            tracing::warn!(%error, "webhooks of the last run could not be given back: they are taken up later");
            return Some(berth);
        }
        if let Err(error) = berth.sign(&self.node) {
            tracing::warn!(%error, "this run could not be written down: what it leaves is taken up late");
        }
        Some(berth)
    }

    async fn claim(self: &Arc<Self>, room: usize) -> Result<Vec<Key>> {
        if room == 0 {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        self.store(move |courier| {
            let now = courier.clock.now();
            // A write that finds nothing to do would keep other writers waiting.
            if !courier.db.read(|conn| webhooks::any_due(conn, now))? {
                return Ok(Vec::new());
            }
            courier.db.write(|conn| claim(conn, now, &courier.node, limit))
        })
        .await
    }

    async fn turn(self: &Arc<Self>, key: Key) -> Result<()> {
        let outcome = self.events(key).await;
        let failed = outcome.is_err();
        self.store(move |courier| {
            let now = courier.clock.now();
            courier.db.write(|conn| release(conn, now, (&courier.node, key), failed))
        })
        .await?;
        outcome
    }

    async fn events(self: &Arc<Self>, key: Key) -> Result<()> {
        for _ in 0..IN_TURN {
            if self.is_stopping() {
                break;
            }
            let turn = self
                .store(move |courier| {
                    courier.db.read(|conn| next(conn, &courier.hasher, (&courier.node, key)))
                })
                .await?;
            let parcel = match turn {
                Turn::Nothing => break,
                Turn::NoAccess => {
                    return self
                        .store(move |courier| {
                            let now = courier.clock.now();
                            courier.db.write(|conn| end_without_access(conn, now, (&courier.node, key)))
                        })
                        .await;
                }
                Turn::Send(parcel) => parcel,
            };
            let begun = Instant::now();
            let attempt = self.sender.send(&parcel.webhook, &parcel.message, self.clock.now()).await;
            let took = begun.elapsed();
            self.watch.attempted(attempt);
            let sent = Sent { number: parcel.number, recalled: parcel.recalled, attempt, took };
            let jitter = u64::from_be_bytes(random::<8>());
            let noted = self.store(move |courier| {
                let now = courier.clock.now();
                courier.db.write(|conn| note_attempt(conn, now, (&courier.node, key), sent, jitter))
            });
            match noted.await? {
                Next::GoOn => {}
                Next::Rest => break,
                Next::Ended(by) => {
                    self.watch.ended(key.1, by);
                    break;
                }
            }
        }
        Ok(())
    }
}
