//! What many requests ask of the store at the same time, asked once.
//!
//! Nothing is remembered from one request to the next. But requests that arrive while a read is under way share the
//! one that follows it: under load one read answers dozens of them, and none is answered from before it asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::store::{Result, StoreError};

type Ask<K, V> = (K, oneshot::Sender<Result<Option<V>>>);

/// The way to a thread that reads. The thread ends when this is dropped.
pub struct SharedReads<K, V> {
    asks: Sender<Ask<K, V>>,
    thread: JoinHandle<()>,
}

/// Requests answered by one read: keeps the statement within an engine's limits.
const ASKS_MAX: usize = 1_000;

impl<K: Ord + Clone + Send + 'static, V: Clone + Send + 'static> SharedReads<K, V> {
    /// Starts the thread; `read` finds what there is under some keys, each named once.
    pub fn start(
        name: &str,
        read: impl Fn(&[K]) -> Result<BTreeMap<K, V>> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (asks, waiting) = channel();
        let run = move || run(&read, &waiting);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self { asks, thread })
    }

    /// Whether the thread runs: without it nothing is found.
    pub fn is_working(&self) -> bool {
        !self.thread.is_finished()
    }

    /// What there is under a key, as of now or later.
    pub async fn find(&self, key: K) -> Result<Option<V>> {
        let gone = || StoreError::Failed("a thread that reads for requests has ended".to_owned());
        let (reply, answer) = oneshot::channel();
        self.asks.send((key, reply)).map_err(|_| gone())?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

fn run<K: Ord + Clone, V: Clone>(
    read: &impl Fn(&[K]) -> Result<BTreeMap<K, V>>,
    waiting: &Receiver<Ask<K, V>>,
) {
    while let Ok(first) = waiting.recv() {
        // Only what asked before the read begins may be answered by it.
        let asks: Vec<Ask<K, V>> =
            std::iter::once(first).chain(waiting.try_iter().take(ASKS_MAX - 1)).collect();
        let keys: BTreeSet<K> = asks.iter().map(|(key, _)| key.clone()).collect();
        let keys: Vec<K> = keys.into_iter().collect();
        let found = read(&keys);
        for (key, reply) in asks {
            // A client that went away needs no answer.
            drop(reply.send(match &found {
                Ok(found) => Ok(found.get(&key).cloned()),
                Err(error) => Err(error.clone()),
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().unwrap()
    }

    #[test]
    fn who_asks_during_a_read_shares_the_next_one_and_gets_what_it_found() {
        let (enter, entered) = channel::<()>();
        let (leave, left) = channel::<()>();
        let reads: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let seen = reads.clone();
        let shared = SharedReads::start("test-reads", move |keys: &[u8]| {
            let read = {
                let mut seen = seen.lock().unwrap();
                seen.push(keys.to_vec());
                seen.len()
            };
            enter.send(()).unwrap();
            left.recv().unwrap();
            Ok(keys.iter().filter(|key| **key != 9).map(|key| (*key, read)).collect())
        })
        .unwrap();
        let found = runtime().block_on(async {
            let first = shared.find(1);
            let rest = async {
                entered.recv().unwrap();
                let others = [1, 2, 9].map(|key| shared.find(key));
                let others = futures_util::future::join_all(others);
                let open = async {
                    leave.send(()).unwrap();
                    leave.send(()).unwrap();
                };
                futures_util::future::join(others, open).await.0
            };
            futures_util::future::join(first, rest).await
        });
        let found: Vec<Option<usize>> =
            std::iter::once(found.0).chain(found.1).map(|one| one.unwrap()).collect();
        assert_eq!(found, [Some(1), Some(2), Some(2), None]);
        assert_eq!(*reads.lock().unwrap(), [vec![1], vec![1, 2, 9]]);
    }

    #[test]
    fn a_read_that_fails_fails_for_all_who_asked() {
        let shared: SharedReads<u8, u8> =
            SharedReads::start("test-reads", |_| Err(StoreError::Failed("x".to_owned()))).unwrap();
        let found = runtime().block_on(shared.find(1));
        assert!(matches!(found, Err(StoreError::Failed(_))));
        assert!(shared.is_working());
    }
}
