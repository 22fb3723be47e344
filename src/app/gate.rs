//! What requests ask of the store before anything else: whose a credential is, and how far a collection has come.
//!
//! Suspending and revoking act on the very next request, so it is read at each, for many of them at once. One thread
//! reads all of it: a request that asked whose its key is and then how far a collection has come meets others at either.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::heads::Feed;
use super::shared_reads::SharedReads;
use crate::domain::id::{KeyId, SessionId};
use crate::domain::time::Timestamp;
use crate::store::keys::ApiKey;
use crate::store::members::Member;
use crate::store::users::User;
use crate::store::{Conn, Db, Result, exchange, keys, sessions};

/// An API key and its member, in whatever standing.
pub type KeyOwner = (ApiKey, Member);

/// The user of an open session and its member, in whatever standing.
pub type SessionOwner = (User, Member);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Key(KeyId),
    Session(SessionId),
    Collection(Feed),
}

#[derive(Clone)]
enum Answer {
    Key(Arc<KeyOwner>),
    Session(Arc<SessionOwner>),
    Collection(Timestamp),
}

/// The way to the thread that reads.
pub struct Gate(SharedReads<Question, Answer>);

impl Gate {
    /// Starts the thread.
    pub fn start(db: &Db) -> std::io::Result<Self> {
        let db = db.clone();
        SharedReads::start("gate", move |questions: &[Question]| db.read(|conn| answers(conn, questions)))
            .map(Self)
    }

    /// Whether the thread runs: without it nobody is let in.
    pub fn is_working(&self) -> bool {
        self.0.is_working()
    }

    /// The key with this id.
    pub async fn key(&self, id: KeyId) -> Result<Option<Arc<KeyOwner>>> {
        let found = self.0.find(Question::Key(id)).await?;
        Ok(found.and_then(|answer| if let Answer::Key(owner) = answer { Some(owner) } else { None }))
    }

    /// The owner of this session, if it is open.
    pub async fn session(&self, id: SessionId) -> Result<Option<Arc<SessionOwner>>> {
        let found = self.0.find(Question::Session(id)).await?;
        Ok(found.and_then(|answer| if let Answer::Session(owner) = answer { Some(owner) } else { None }))
    }

    /// How far the collection of a lens class has come, if anything was ever in it.
    pub async fn collection(&self, of: Feed) -> Result<Option<Timestamp>> {
        let found = self.0.find(Question::Collection(of)).await?;
        Ok(found.and_then(|answer| if let Answer::Collection(at) = answer { Some(at) } else { None }))
    }
}

fn answers(conn: &mut Conn, questions: &[Question]) -> Result<BTreeMap<Question, Answer>> {
    let (mut of_keys, mut of_sessions, mut of_collections) = (Vec::new(), Vec::new(), Vec::new());
    for question in questions {
        match question {
            Question::Key(id) => of_keys.push(*id),
            Question::Session(id) => of_sessions.push(*id),
            Question::Collection(of) => of_collections.push(of.clone()),
        }
    }
    let mut found = BTreeMap::new();
    if !of_keys.is_empty() {
        for owner in keys::with_members(conn, &of_keys)? {
            found.insert(Question::Key(owner.0.id), Answer::Key(Arc::new(owner)));
        }
    }
    if !of_sessions.is_empty() {
        for (id, user, member) in sessions::open_with_owners(conn, &of_sessions)? {
            found.insert(Question::Session(id), Answer::Session(Arc::new((user, member))));
        }
    }
    if !of_collections.is_empty() {
        for (of, at) in exchange::heads(conn, &of_collections)? {
            found.insert(Question::Collection(of), Answer::Collection(at));
        }
    }
    Ok(found)
}
