//! What the black-box tests stand on: a real server on a free port, on either engine.

pub mod app;
pub mod client;
pub mod forms;
pub mod house;
pub mod postgres;
pub mod python;
pub mod receiver;
pub mod replayed;
pub mod world;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// A fresh database, where it is not a file.
    pub fn database(self) -> Option<postgres::Database> {
        (self == Self::Postgres).then(postgres::Database::fresh)
    }
}

/// The URL of a test's database: this one, or else a file in its folder.
pub fn url_of(database: Option<&postgres::Database>, folder: &tempfile::TempDir) -> String {
    match database {
        Some(database) => database.url.clone(),
        None => folder.path().join("test.db").to_string_lossy().into_owned(),
    }
}

/// Declares tests that run once on SQLite and once on PostgreSQL. Each takes the engine.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* fn $name:ident($engine:ident) $body:block)+) => {
        $(fn $name($engine: crate::support::Engine) $body)+

        mod on_sqlite {
            $( #[test] $(#[$meta])* fn $name() { super::$name(crate::support::Engine::Sqlite) } )+
        }

        mod on_postgres {
            $( #[test] $(#[$meta])* fn $name() {
                if crate::support::postgres::available() {
                    super::$name(crate::support::Engine::Postgres)
                }
            } )+
        }
    };
}
pub(crate) use on_both_engines;
