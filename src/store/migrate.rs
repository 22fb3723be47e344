//! Brings a database to the schema of this program, and refuses engines that would harm the data.

use std::time::Duration;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use secrecy::ExposeSecret;

use super::connect::{Conn, Engine, Mode, open};
use super::{ATTEMPTS, Place, Result, StoreError, each};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// What migrating did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    pub engine: Engine,
    pub engine_version: String,
    /// Versions that were applied now.
    pub applied: Vec<String>,
}

/// Brings the database at `place` up to date. Of several nodes that start at once on a database that is
/// behind, one does it and the others look again.
pub fn migrate(place: &Place) -> Result<Migrated> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match migrate_once(place) {
            Err(StoreError::Failed(_) | StoreError::Busy) if attempt < ATTEMPTS => {
                std::thread::sleep(Duration::from_millis(50) * attempt);
            }
            outcome => return outcome,
        }
    }
}

fn migrate_once(place: &Place) -> Result<Migrated> {
    let engine = Engine::of(place.url.expose_secret());
    let mut conn = open(engine, &place.url, Mode::Write)?;
    let engine_version = version(&mut conn)?;
    refuse_unfit(engine, &engine_version)?;
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        StoreError::Failed(format!("the schema could not be brought up to date: {error}"))
    };
    let applied = match &mut conn {
        Conn::Sqlite(inner) => {
            refuse_newer::<diesel::sqlite::Sqlite>(inner.applied_migrations().map_err(failed)?, &SQLITE)?;
            inner.run_pending_migrations(SQLITE).map_err(failed)?.iter().map(ToString::to_string).collect()
        }
        Conn::Postgres(inner) => {
            refuse_newer::<diesel::pg::Pg>(inner.applied_migrations().map_err(failed)?, &POSTGRES)?;
            inner.run_pending_migrations(POSTGRES).map_err(failed)?.iter().map(ToString::to_string).collect()
        }
    };
    Ok(Migrated { engine, engine_version, applied })
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

fn version(conn: &mut Conn) -> Result<String> {
    let query = match conn {
        Conn::Sqlite(_) => "SELECT sqlite_version() AS version",
        Conn::Postgres(_) => "SELECT current_setting('server_version_num') AS version",
    };
    let row: Version = each!(conn, inner => diesel::sql_query(query).get_result(inner))?;
    Ok(row.version)
}

/// SQLite before 3.51.3 can corrupt a database when its write-ahead log is reset; PostgreSQL is
/// tested from 15 to 18.
fn refuse_unfit(engine: Engine, version: &str) -> Result<()> {
    let numbers: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    match engine {
        Engine::Sqlite if numbers < vec![3, 51, 3] => Err(StoreError::Unfit(format!(
            "SQLite {version} has a bug that corrupts databases; at least 3.51.3 is needed"
        ))),
        Engine::Postgres if !numbers.first().is_some_and(|number| (150_000..190_000).contains(number)) => {
            Err(StoreError::Unfit(format!("PostgreSQL {version} is not one of the tested versions 15 to 18")))
        }
        _ => Ok(()),
    }
}

/// A database that a newer program has changed is not touched.
fn refuse_newer<DB: diesel::backend::Backend>(
    applied: Vec<diesel::migration::MigrationVersion<'static>>,
    known: &EmbeddedMigrations,
) -> Result<()>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    use diesel::migration::MigrationSource;
    let known: Vec<String> = MigrationSource::<DB>::migrations(known)
        .map_err(|error| StoreError::Unfit(error.to_string()))?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    match applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        Some(version) => Err(StoreError::Unfit(format!(
            "the database was changed by a newer version of this program (migration {version})"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_outside_the_tested_range_are_refused() {
        assert!(refuse_unfit(Engine::Sqlite, "3.51.2").is_err());
        assert!(refuse_unfit(Engine::Sqlite, "3.51.3").is_ok());
        assert!(refuse_unfit(Engine::Sqlite, "3.53.2").is_ok());
        assert!(refuse_unfit(Engine::Postgres, "140012").is_err());
        assert!(refuse_unfit(Engine::Postgres, "150018").is_ok());
        assert!(refuse_unfit(Engine::Postgres, "190000").is_err());
    }
}
