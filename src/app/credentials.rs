//! Who has a credential. Suspending and revoking act on the very next request, so it is read at each, for many of
//! them at once.

use std::sync::Arc;

use super::shared_reads::SharedReads;
use crate::domain::id::{KeyId, SessionId};
use crate::store::keys::ApiKey;
use crate::store::members::Member;
use crate::store::users::User;
use crate::store::{Db, Result, keys, sessions};

/// A credential as it is stored, with whose it is. `None` where there is none.
type Found<T> = Result<Option<Arc<T>>>;

/// An API key and its member, in whatever standing.
pub type KeyOwner = (ApiKey, Member);

/// The user of an open session and its member, in whatever standing.
pub type SessionOwner = (User, Member);

/// What is asked of credentials.
pub struct Credentials {
    keys: SharedReads<KeyId, Arc<KeyOwner>>,
    sessions: SharedReads<SessionId, Arc<SessionOwner>>,
}

impl Credentials {
    /// Starts the reading threads.
    pub fn start(db: &Db) -> std::io::Result<Self> {
        let reading = db.clone();
        let keys = SharedReads::start("keys", move |ids: &[KeyId]| {
            let found = reading.read(|conn| keys::with_members(conn, ids))?;
            Ok(found.into_iter().map(|owner| (owner.0.id, Arc::new(owner))).collect())
        })?;
        let reading = db.clone();
        let sessions = SharedReads::start("sessions", move |ids: &[SessionId]| {
            let found = reading.read(|conn| sessions::open_with_owners(conn, ids))?;
            Ok(found.into_iter().map(|(id, user, member)| (id, Arc::new((user, member)))).collect())
        })?;
        Ok(Self { keys, sessions })
    }

    /// Whether the reading threads run: without them nobody is let in.
    pub fn is_working(&self) -> bool {
        self.keys.is_working() && self.sessions.is_working()
    }

    /// The key with this id.
    pub async fn key(&self, id: KeyId) -> Found<KeyOwner> {
        self.keys.find(id).await
    }

    /// The owner of this session, if it is open.
    pub async fn session(&self, id: SessionId) -> Found<SessionOwner> {
        self.sessions.find(id).await
    }
}
