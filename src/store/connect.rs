//! Connections: which engine, how one is opened, when one is broken.

use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::r2d2::ManageConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection};
use secrecy::{ExposeSecret, SecretString};

use super::{Result, StoreError, each};

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The engine that a database URL means.
    pub fn of(url: &str) -> Self {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::Postgres
        } else {
            Self::Sqlite
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A connection to either engine.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// What a connection is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Write,
}

#[derive(Debug)]
pub(super) struct Manager {
    engine: Engine,
    url: SecretString,
    mode: Mode,
}

impl Manager {
    pub(super) fn new(engine: Engine, url: &SecretString, mode: Mode) -> Self {
        Self { engine, url: url.clone(), mode }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn> {
        open(self.engine, &self.url, self.mode)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<()> {
        ping(conn)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::AnsiTransactionManager as Ansi;
        let in_transaction = each!(conn, inner => Ansi::is_broken_transaction_manager(inner));
        in_transaction || std::thread::panicking()
    }
}

pub(super) fn ping(conn: &mut Conn) -> Result<()> {
    each!(conn, inner => diesel::sql_query("SELECT 1").execute(inner)).map(drop).map_err(StoreError::from)
}

pub(super) fn open(engine: Engine, url: &SecretString, mode: Mode) -> Result<Conn> {
    let url = url.expose_secret();
    // libpq repeats a URL that it cannot read, password and all.
    let failed = |error: diesel::ConnectionError| {
        StoreError::Failed(error.to_string().replace(url, "the database URL"))
    };
    match engine {
        Engine::Sqlite => {
            let mut inner = SqliteConnection::establish(url).map_err(failed)?;
            // The busy timeout comes first: without it the other pragmas may fail on a busy file.
            inner.batch_execute(
                "PRAGMA busy_timeout = 15000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;",
            )?;
            inner.batch_execute(match mode {
                // FULL makes a commit durable through power loss. The write-ahead log is folded back beside
                // the writer; at 256 MiB the writer does what is left of it, and begins the log anew.
                Mode::Write => {
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; \
                     PRAGMA wal_autocheckpoint = 65536;"
                }
                // Not memory-mapped: each reader would hold the file's pages once more.
                Mode::Read => "PRAGMA cache_size = -8192; PRAGMA query_only = ON;",
            })?;
            Ok(Conn::Sqlite(inner))
        }
        Engine::Postgres => {
            let mut inner = PgConnection::establish(url).map_err(failed)?;
            inner.batch_execute("SET TIME ZONE 'UTC'; SET client_min_messages = warning;")?;
            // Queries by thousands of keys look expensive, and compiling one takes longer than it runs.
            inner.batch_execute("SET jit = off;")?;
            Ok(Conn::Postgres(inner))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_url_that_cannot_be_read_is_not_repeated_with_its_password() {
        let url = SecretString::from("postgres://user:hunter2@[::1/touchstone".to_owned());
        let Err(error) = open(Engine::Postgres, &url, Mode::Write) else { panic!("it was read") };
        assert!(error.to_string().contains("the database URL"), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        let manager = Manager::new(Engine::Postgres, &url, Mode::Read);
        assert!(!format!("{manager:?}").contains("hunter2"));
    }
}
