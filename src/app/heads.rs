//! How far each feed has come, for all who wait for more: one thread of the node asks the store for all of them at
//! once, so that many who wait cost as many look-ups as one. Nobody waits, nothing is asked.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::id::GroupId;
use crate::store::Result;

/// A feed: its group and lens class.
pub type Feed = (GroupId, String);

/// How long the thread sleeps when nobody wakes it: what another node resolved is known this late.
const POLL: Duration = Duration::from_millis(250);

/// How streams go.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Longest silence: proxies and clients give up a connection that says nothing.
    pub heartbeat: Duration,
    /// How long a reader may take over what it was sent.
    pub taken_within: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(15), taken_within: Duration::from_secs(60) }
    }
}

/// Where the feeds that somebody waits for are. Cheap to clone.
#[derive(Clone)]
pub struct Heads {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    bell: Condvar,
    /// Whether whoever waits or streams is to come to an end.
    ending: watch::Sender<bool>,
}

#[derive(Default)]
struct State {
    watched: HashMap<Feed, watch::Sender<i64>>,
    rung: bool,
    stopping: bool,
}

/// One who waits for a feed to go on.
pub struct Waiter {
    head: watch::Receiver<i64>,
    ending: watch::Receiver<bool>,
}

/// Why a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// The feed has gone on.
    More,
    TimeUp,
    /// The server drains.
    Ending,
}

impl Heads {
    /// Starts the thread; `read` says for each of some feeds how far it has come.
    pub fn start(
        read: impl Fn(&[Feed]) -> Result<Vec<i64>> + Send + 'static,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let shared =
            Shared { state: Mutex::default(), bell: Condvar::new(), ending: watch::Sender::new(false) };
        let heads = Self { shared: Arc::new(shared) };
        let shared = heads.shared.clone();
        let run = move || {
            while let Some(feeds) = shared.next() {
                match read(&feeds) {
                    Ok(numbers) => shared.tell(&feeds, &numbers),
                    Err(error) => tracing::warn!(%error, "the feeds' heads could not be read"),
                }
            }
        };
        let thread = std::thread::Builder::new().name("feed-heads".to_owned()).spawn(run)?;
        Ok((heads, thread))
    }

    /// Begins to watch a feed.
    pub fn wait_for(&self, feed: Feed) -> Waiter {
        let mut state = self.shared.locked();
        let head = match state.watched.get(&feed) {
            Some(head) => head.subscribe(),
            None => {
                let (head, waiter) = watch::channel(0);
                state.watched.insert(feed, head);
                state.rung = true;
                self.shared.bell.notify_one();
                waiter
            }
        };
        Waiter { head, ending: self.shared.ending.subscribe() }
    }

    /// Says that some feed may have gone on.
    pub fn ring(&self) {
        self.shared.locked().rung = true;
        self.shared.bell.notify_one();
    }

    /// Lets everybody who waits or streams come to an end, from now on at once: the server drains.
    pub fn end_waits(&self) {
        self.shared.ending.send_replace(true);
    }

    /// Ends the thread.
    pub fn stop(&self) {
        self.end_waits();
        self.shared.locked().stopping = true;
        self.shared.bell.notify_one();
    }
}

impl Waiter {
    /// Whether the server drains.
    pub fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Waits until the feed has an event after `number`, the time is up, or the server drains.
    pub async fn beyond(&mut self, number: i64, longest: Duration) -> Woken {
        tokio::select! {
            biased;
            _ = self.ending.wait_for(|ending| *ending) => Woken::Ending,
            _ = self.head.wait_for(|head| *head > number) => Woken::More,
            () = tokio::time::sleep(longest) => Woken::TimeUp,
        }
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until it is time to ask, and says for which feeds; `None` when it is time to end.
    fn next(&self) -> Option<Vec<Feed>> {
        let state = self.locked();
        let idle = |state: &mut State| !state.rung && !state.stopping;
        let (mut state, _) =
            self.bell.wait_timeout_while(state, POLL, idle).unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.stopping {
                return None;
            }
            state.rung = false;
            state.watched.retain(|_, head| head.receiver_count() > 0);
            if !state.watched.is_empty() {
                return Some(state.watched.keys().cloned().collect());
            }
            let nobody = |state: &mut State| state.watched.is_empty() && !state.stopping;
            state = self.bell.wait_while(state, nobody).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn tell(&self, feeds: &[Feed], numbers: &[i64]) {
        let state = self.locked();
        for (feed, number) in feeds.iter().zip(numbers) {
            if let Some(head) = state.watched.get(feed) {
                head.send_if_modified(|known| {
                    let further = *number > *known;
                    if further {
                        *known = *number;
                    }
                    further
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
    use std::time::Instant;

    use super::*;

    struct Store {
        asked: AtomicUsize,
        head: AtomicI64,
    }

    fn started() -> (Heads, JoinHandle<()>, Arc<Store>) {
        let store = Arc::new(Store { asked: AtomicUsize::new(0), head: AtomicI64::new(4) });
        let read = store.clone();
        let (heads, thread) = Heads::start(move |feeds| {
            read.asked.fetch_add(1, Ordering::SeqCst);
            Ok(vec![read.head.load(Ordering::SeqCst); feeds.len()])
        })
        .expect("a thread");
        (heads, thread, store)
    }

    fn feed(n: u8) -> Feed {
        (GroupId([n; 16]), "peer".to_owned())
    }

    #[test]
    fn a_thousand_who_wait_cost_as_many_look_ups_as_one_and_nobody_costs_none() {
        let (heads, thread, store) = started();
        std::thread::sleep(POLL * 2);
        assert_eq!(store.asked.load(Ordering::SeqCst), 0, "nobody waits");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let begun = Instant::now();
        let woken = runtime.block_on(async {
            let mut waiting = Vec::new();
            for n in 0..1_000 {
                let mut waiter = heads.wait_for(feed((n % 3) as u8));
                waiting.push(async move { waiter.beyond(4, Duration::from_secs(30)).await });
            }
            let goes_on = async {
                tokio::time::sleep(POLL * 4).await;
                store.head.store(5, Ordering::SeqCst);
                heads.ring();
            };
            futures_util::future::join(futures_util::future::join_all(waiting), goes_on).await.0
        });
        assert!(woken.iter().all(|woken| *woken == Woken::More), "{woken:?}");
        let polls = begun.elapsed().as_millis() / POLL.as_millis();
        let asked = store.asked.load(Ordering::SeqCst);
        // One for each poll, one for each of the three feeds as it came up, one for the bell.
        assert!(asked as u128 <= polls + 4, "{asked} look-ups in {polls} polls");
        std::thread::sleep(POLL * 2);
        let after = store.asked.load(Ordering::SeqCst);
        std::thread::sleep(POLL * 3);
        assert_eq!(store.asked.load(Ordering::SeqCst), after, "all have gone, and it goes on asking");
        heads.stop();
        thread.join().expect("the thread ends");
    }

    #[test]
    fn who_waits_is_let_go_when_the_time_is_up_and_when_the_server_drains() {
        let (heads, thread, _) = started();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let mut waiter = heads.wait_for(feed(1));
            assert_eq!(waiter.beyond(3, Duration::from_secs(30)).await, Woken::More);
            assert_eq!(waiter.beyond(4, Duration::from_millis(20)).await, Woken::TimeUp);
            heads.end_waits();
            assert_eq!(waiter.beyond(4, Duration::from_secs(30)).await, Woken::Ending);
            assert_eq!(heads.wait_for(feed(2)).beyond(4, Duration::from_secs(30)).await, Woken::Ending);
        });
        heads.stop();
        thread.join().expect("the thread ends");
    }
}
