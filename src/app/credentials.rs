//! Who has a credential, read for many requests at once.
//!
//! Suspending and revoking act on the very next request, so nothing is remembered from one request
//! to the next. But requests that arrive while a read is under way share the one that follows it: under
//! load one read answers dozens of them, and none is answered from before it asked.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::domain::id::{KeyId, SessionId};
use crate::store::keys::ApiKey;
use crate::store::members::Member;
use crate::store::users::User;
use crate::store::{Db, Result, StoreError, keys, sessions};

/// A credential as it is stored, with whose it is. `None` where there is none.
type Found<T> = Result<Option<Arc<T>>>;

/// An API key and its member, in whatever standing.
pub type KeyOwner = (ApiKey, Member);

/// The user of an open session and its member, in whatever standing.
pub type SessionOwner = (User, Member);

enum Ask {
    Key(KeyId, oneshot::Sender<Found<KeyOwner>>),
    Session(SessionId, oneshot::Sender<Found<SessionOwner>>),
}

/// The way to the thread that reads credentials. The thread ends when this is dropped.
pub struct Credentials {
    asks: Sender<Ask>,
    thread: JoinHandle<()>,
}

/// Requests answered by one read: keeps the statement within an engine's limits.
const ASKS_MAX: usize = 1_000;

impl Credentials {
    /// Starts the reading thread.
    pub fn start(db: Db) -> std::io::Result<Self> {
        let (asks, waiting) = channel();
        let thread =
            std::thread::Builder::new().name("credentials".to_owned()).spawn(move || run(&db, &waiting))?;
        Ok(Self { asks, thread })
    }

    /// Whether the reading thread runs: without it nobody is let in.
    pub fn is_working(&self) -> bool {
        !self.thread.is_finished()
    }

    /// The key with this id.
    pub async fn key(&self, id: KeyId) -> Found<KeyOwner> {
        let (reply, answer) = oneshot::channel();
        self.ask(Ask::Key(id, reply))?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// The owner of this session, if it is open.
    pub async fn session(&self, id: SessionId) -> Found<SessionOwner> {
        let (reply, answer) = oneshot::channel();
        self.ask(Ask::Session(id, reply))?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    fn ask(&self, ask: Ask) -> Result<()> {
        self.asks.send(ask).map_err(|_| gone())
    }
}

fn gone() -> StoreError {
    StoreError::Failed("the thread that reads credentials has ended".to_owned())
}

fn run(db: &Db, waiting: &Receiver<Ask>) {
    while let Ok(first) = waiting.recv() {
        // Only what asked before the read begins may be answered by it.
        let asks: Vec<Ask> = std::iter::once(first).chain(waiting.try_iter().take(ASKS_MAX - 1)).collect();
        answer(db, asks);
    }
}

fn answer(db: &Db, asks: Vec<Ask>) {
    let (mut key_ids, mut session_ids) = (BTreeSet::new(), BTreeSet::new());
    for ask in &asks {
        match ask {
            Ask::Key(id, _) => drop(key_ids.insert(*id)),
            Ask::Session(id, _) => drop(session_ids.insert(*id)),
        }
    }
    let keys = if key_ids.is_empty() { Ok(HashMap::new()) } else { read_keys(db, key_ids) };
    let sessions = if session_ids.is_empty() { Ok(HashMap::new()) } else { read_sessions(db, session_ids) };
    for ask in asks {
        // A client that went away needs no answer.
        match ask {
            Ask::Key(id, reply) => drop(reply.send(pick(&keys, id))),
            Ask::Session(id, reply) => drop(reply.send(pick(&sessions, id))),
        }
    }
}

fn read_keys(db: &Db, ids: BTreeSet<KeyId>) -> Result<HashMap<KeyId, Arc<KeyOwner>>> {
    let ids: Vec<KeyId> = ids.into_iter().collect();
    let found = db.read(|conn| keys::with_members(conn, &ids))?;
    Ok(found.into_iter().map(|owner| (owner.0.id, Arc::new(owner))).collect())
}

fn read_sessions(db: &Db, ids: BTreeSet<SessionId>) -> Result<HashMap<SessionId, Arc<SessionOwner>>> {
    let ids: Vec<SessionId> = ids.into_iter().collect();
    let found = db.read(|conn| sessions::open_with_owners(conn, &ids))?;
    Ok(found.into_iter().map(|(id, user, member)| (id, Arc::new((user, member)))).collect())
}

fn pick<I: std::hash::Hash + Eq, T>(found: &Result<HashMap<I, Arc<T>>>, id: I) -> Found<T> {
    match found {
        Ok(found) => Ok(found.get(&id).cloned()),
        Err(error) => Err(error.clone()),
    }
}
