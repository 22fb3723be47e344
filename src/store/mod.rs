//! The store: the only room that names diesel. One code for SQLite and PostgreSQL.
//!
//! [`Conn`] is an enum over both engines. What the enum cannot say (batch inserts, upserts, row locks)
//! is written once inside the private `each!` macro, which compiles it for either engine. Functions
//! on members' data take the viewer first; what the pipeline and the operator need without one is
//! named for its task.

mod connect;
mod fixed;
mod folding;
mod in_numbers;
mod migrate;
mod schema;
mod sql;

pub mod canaries;
pub mod deliveries;
pub mod erasure;
pub mod exchange;
pub mod explanations;
pub mod feed;
pub mod group_changes;
pub mod group_invitations;
pub mod group_stats;
pub mod groups;
pub mod introductions;
pub mod invitations;
pub mod judgements;
pub mod keys;
pub mod look_ups;
pub mod members;
pub mod pool;
pub mod profiles;
pub mod reports;
pub mod secrets;
pub mod sessions;
pub mod shared_terms;
pub mod statuses;
pub mod stop_list;
pub mod tallies;
pub mod users;
pub mod vault;
pub mod webhooks;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::Pool;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use secrecy::{ExposeSecret, SecretString};

pub use connect::{Conn, Engine};
use connect::{Manager, Mode};
use folding::Folding;
pub use migrate::{Migrated, migrate};
use vault::{MasterKeys, Vault};

/// Runs one expression on whichever engine the connection is of.
macro_rules! each {
    ($conn:expr, $inner:ident => $body:expr) => {
        match $conn {
            $crate::store::Conn::Sqlite($inner) => $body,
            $crate::store::Conn::Postgres($inner) => $body,
        }
    };
}
use each;

/// What can go wrong in the store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken.
    #[error("a value that must be unique is taken")]
    Taken,
    /// The engine asks to try again: a lock, a deadlock or a serialisation failure.
    #[error("the database is busy")]
    Busy,
    /// The engine or the connection failed.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The database does not fit this program, and a person must act.
    #[error("{0}")]
    Unfit(String),
    /// A value was sealed by a key that was destroyed.
    #[error("a stored value was erased: the key that sealed it is no more")]
    Erased,
    /// What is stored cannot be read back.
    #[error("a stored value is damaged: {0}")]
    Damaged(String),
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Taken,
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            DieselError::DatabaseError(_, info)
                if info.message().contains("database is locked")
                    || info.message().contains("deadlock detected")
                    || info.message().contains("lock timeout") =>
            {
                Self::Busy
            }
            DieselError::DeserializationError(inner) => Self::Damaged(inner.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Where the database is, and how many connections to keep.
#[derive(Debug, Clone)]
pub struct Place {
    /// A file path, or a `postgres://` URL. That may hold a password, so it cannot be printed.
    pub url: SecretString,
    /// Connections for reading (SQLite) or for everything (PostgreSQL).
    pub connections: u32,
}

/// How often a transaction that the engine asked to repeat is repeated.
const ATTEMPTS: u32 = 8;

/// A database with its pools of connections. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    readers: Pool<Manager>,
    /// SQLite has one writer at a time, so one connection, and waiting is fair; on PostgreSQL this is
    /// the same pool as `readers`.
    writers: Pool<Manager>,
    /// Transactions that were committed.
    written: Arc<AtomicU64>,
    _folding: Option<Arc<Folding>>,
    vault: Arc<Vault>,
}

impl Db {
    /// Opens a database that has been migrated. What is sealed in it can be read once it was [`vault::unlock`]ed.
    pub fn open(place: &Place, masters: MasterKeys) -> Result<Self> {
        let engine = Engine::of(place.url.expose_secret());
        let pool = |mode, size| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(Duration::from_secs(30))
                // A broken connection shows itself when it is used; a ping at each use is a round trip.
                .test_on_check_out(false)
                .build(Manager::new(engine, &place.url, mode))
        };
        let (readers, writers) = match engine {
            Engine::Sqlite => {
                let writers = pool(Mode::Write, 1)?;
                (pool(Mode::Read, place.connections)?, writers)
            }
            Engine::Postgres => {
                let both = pool(Mode::Write, place.connections)?;
                (both.clone(), both)
            }
        };
        let written = Arc::new(AtomicU64::new(0));
        let folding = match engine {
            Engine::Sqlite => Some(Arc::new(Folding::start(&place.url, &written)?)),
            Engine::Postgres => None,
        };
        let vault = Arc::new(Vault::new(masters));
        Ok(Self { engine, readers, writers, written, _folding: folding, vault })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Reads, outside of any transaction.
    pub fn read<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&mut Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut conn = self.readers.get().map_err(StoreError::from)?;
        vault::within(&self.vault, || f(&mut conn))
    }

    /// The same on a connection that nobody uses; `None` if there is none.
    pub fn read_if_free<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Option<Result<T>> {
        let mut conn = self.readers.try_get()?;
        Some(vault::within(&self.vault, || f(&mut conn)))
    }

    /// Runs what an engine does outside of transactions only.
    pub(in crate::store) fn alone<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        f(&mut *self.writers.get()?)
    }

    /// Folds the write-ahead log back into the database as far as nobody reads what was before.
    pub fn fold(&self) -> Result<()> {
        match self.engine {
            Engine::Sqlite => self.alone(folding::fold_back),
            Engine::Postgres => Ok(()),
        }
    }

    /// Reads in one transaction that sees the database as it was when it first read, whoever writes meanwhile. While it
    /// is open, SQLite cannot begin its log anew and PostgreSQL keeps what it may still see: it must not last.
    pub fn snapshot<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&mut Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut conn = self.readers.get().map_err(StoreError::from)?;
        let begun = match &mut *conn {
            Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
            Conn::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(
                inner,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            ),
        };
        begun.map_err(StoreError::from)?;
        let outcome = vault::within(&self.vault, || f(&mut conn));
        // There is nothing to keep; a connection whose rollback fails is discarded.
        drop(each!(&mut *conn, inner => AnsiTransactionManager::rollback_transaction(inner)));
        outcome
    }

    /// Runs `f` in one transaction that is durable when this returns. `f` may run several times.
    pub fn write<T, E: From<StoreError> + Retry>(
        &self,
        mut f: impl FnMut(&mut Conn) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut conn = self.writers.get().map_err(StoreError::from)?;
            match vault::within(&self.vault, || in_transaction(&mut conn, &mut f)) {
                Err(error) if error.is_busy() && attempt < ATTEMPTS => {
                    drop(conn);
                    std::thread::sleep(Duration::from_millis(5 << attempt));
                }
                outcome => {
                    self.written.fetch_add(1, Ordering::Relaxed);
                    return outcome;
                }
            }
        }
    }

    /// Whether the database answers.
    pub fn ping(&self) -> Result<()> {
        self.read(connect::ping)
    }
}

/// Errors that may say "try again".
pub trait Retry {
    fn is_busy(&self) -> bool;
}

impl Retry for StoreError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

fn in_transaction<T, E: From<StoreError>>(
    conn: &mut Conn,
    f: &mut impl FnMut(&mut Conn) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    // IMMEDIATE: a deferred transaction that reads first and then writes fails at once when another
    // writer came between, whatever the busy timeout.
    let begun = match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
        Conn::Postgres(inner) => AnsiTransactionManager::begin_transaction(inner),
    };
    begun.map_err(StoreError::from)?;
    match f(conn) {
        Ok(value) => {
            let ended = each!(conn, inner => AnsiTransactionManager::commit_transaction(inner));
            ended.map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one to tell; a connection whose rollback fails is discarded.
            drop(each!(conn, inner => AnsiTransactionManager::rollback_transaction(inner)));
            Err(error)
        }
    }
}

/// Most bind parameters of one statement: SQLite allows 32,766, PostgreSQL 65,535.
const BINDS_MAX: usize = 30_000;

/// Rows that fit one statement of `columns` binds each.
const fn rows_per_statement(columns: usize) -> usize {
    BINDS_MAX / columns
}
