//! Goes through every sealed value and seals anew what another key than the present one has sealed, or none: after the
//! keys were renewed, and once on a database of an earlier release.
//!
//! Each step is a small transaction that ends by writing down where it is, so the walk goes on after a crash, and
//! several nodes can walk together. A value is replaced only if it is still what was read: who changed it meanwhile
//! has sealed it with the present key.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use serde::{Deserialize, Serialize};

use super::cell::write_place;
use super::cipher::key_of;
use super::tables::{Bind, Found, Named, TABLES, Table};
use super::{Part, Vault, keys, vault_for_sealing};
use crate::store::schema::vault_head;
use crate::store::{Conn, Db, Result, each};

/// Rows of one transaction.
const STEP: usize = 200;

/// Where a walk is when every value is sealed and the file still holds what they were.
const COMPACT: &str = "compact";

/// How far a walk has come: every row up to this one.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position {
    /// Whether it is the one that seals a database of an earlier release.
    first: bool,
    /// Whether anything was sealed so far.
    sealed: bool,
    table: String,
    after: Option<Named>,
}

/// Runs a statement of which only the text and the values are known now.
macro_rules! bound {
    ($conn:expr, $text:expr, $binds:expr, $inner:ident, $query:ident => $run:expr) => {
        each!($conn, $inner => {
            let mut $query = diesel::sql_query($text).into_boxed();
            for bind in $binds {
                $query = match bind {
                    Bind::Bytes(bytes) => $query.bind::<Binary, _>(bytes),
                    Bind::Word(word) => $query.bind::<Text, _>(word),
                    Bind::Number(number) => $query.bind::<BigInt, _>(number),
                };
            }
            $run
        })
    };
}

/// What a step of a walk did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walked {
    /// Rows that were looked at, and those that were sealed anew.
    pub rows: usize,
    pub sealed: usize,
}

/// Walks to the end, if a walk is under way, calling `progress` after each step. When nothing is left that an old key
/// has sealed, the old keys are destroyed.
pub fn walk(db: &Db, mut progress: impl FnMut(Walked)) -> Result<Walked> {
    let mut total = Walked::default();
    while let Some(step) = db.write(step)? {
        total = Walked { rows: total.rows + step.rows, sealed: total.sealed + step.sealed };
        progress(total);
    }
    db.alone(forget)?;
    Ok(total)
}

/// Where a walk that seals what newly made keys are to seal begins.
pub(super) fn beginning() -> Result<String> {
    let table = TABLES[0].name.to_owned();
    Ok(serde_json::to_string(&Position { first: false, sealed: false, table, after: None })?)
}

/// Brings a database of an earlier release to its end: what was written before there were keys is sealed, and then
/// overwritten where it stood. A walk for new keys is left to who began it.
pub(super) fn finish(db: &Db) -> Result<()> {
    let mut rows = 0;
    while let Some(at) = db.read(standing)? {
        if at == COMPACT {
            db.alone(compact)?;
            db.write(|conn| stand(conn, None))?;
        } else if !serde_json::from_str::<Position>(&at)?.first {
            break;
        } else if let Some(step) = db.write(step)? {
            rows += step.rows;
            tracing::info!(rows, "sealing what an earlier release has stored");
        }
    }
    Ok(())
}

fn standing(conn: &mut Conn) -> Result<Option<String>> {
    Ok(vault_head::table.select(vault_head::walk).first(conn)?)
}

fn stand(conn: &mut Conn, at: Option<&str>) -> Result<()> {
    diesel::update(vault_head::table).set(vault_head::walk.eq(at)).execute(conn)?;
    Ok(())
}

/// One transaction; `None` if there is nothing to walk.
fn step(conn: &mut Conn) -> Result<Option<Walked>> {
    let head = vault_head::table.select(vault_head::walk);
    let walk: Option<String> = match conn {
        Conn::Sqlite(inner) => head.first(inner)?,
        Conn::Postgres(inner) => head.for_update().first(inner)?,
    };
    let Some(walk) = walk.filter(|walk| walk != COMPACT) else { return Ok(None) };
    let mut position: Position = serde_json::from_str(&walk)?;
    let vault = vault_for_sealing(conn)?;
    let from = TABLES.iter().position(|table| table.name == position.table).unwrap_or(0);
    for table in &TABLES[from..] {
        let after = position.after.take().filter(|_| position.table == table.name);
        let rows = page(conn, table, after.as_ref())?;
        let Some(last) = rows.last() else { continue };
        let mut walked = Walked { rows: rows.len(), sealed: 0 };
        for row in &rows {
            walked.sealed += usize::from(seal_anew(conn, &vault, table, row)?);
        }
        let next = Position {
            table: table.name.to_owned(),
            after: Some(last.named(table)),
            sealed: position.sealed || walked.sealed > 0,
            ..position
        };
        stand(conn, Some(&serde_json::to_string(&next)?))?;
        return Ok(Some(walked));
    }
    keys::drop_replaced(conn)?;
    stand(conn, (position.first && position.sealed).then_some(COMPACT))?;
    Ok(Some(Walked::default()))
}

fn page(conn: &mut Conn, table: &Table, after: Option<&Named>) -> Result<Vec<Found>> {
    let empty = match conn {
        Conn::Sqlite(_) => "x''",
        Conn::Postgres(_) => "''::bytea",
    };
    let text = table.page(after.is_some(), empty, STEP);
    let binds = after.map(|after| after.binds(table)).transpose()?.unwrap_or_default();
    Ok(bound!(conn, text, binds, inner, query => query.load::<Found>(inner))?)
}

/// Seals a row anew if that is needed; whether it was.
fn seal_anew(conn: &mut Conn, vault: &Vault, table: &Table, row: &Found) -> Result<bool> {
    let key = vault.current(conn, row.owner(table)?)?;
    let values = [&row.sealed1, &row.sealed2, &row.sealed3];
    let values = &values[..table.sealed.len()];
    if values.iter().all(|value| key_of(value) == Some(key.id)) {
        return Ok(false);
    }
    let named = row.named(table).binds(table)?;
    let (mut binds, mut place) = (Vec::new(), Vec::new());
    for (column, value) in table.sealed.iter().zip(values) {
        write_place(&mut place, table.name, column, |key| named.iter().for_each(|part| part.add_to(key)));
        let mut plain = value.to_vec();
        if let Some(id) = key_of(value) {
            vault.key(conn, id)?.open(&place, &mut plain)?;
        }
        binds.push(Bind::Bytes(key.seal(&place, &plain)?));
    }
    binds.extend(named);
    binds.extend(values.iter().map(|value| Bind::Bytes(value.to_vec())));
    let replaced = bound!(conn, table.replace(), binds, inner, query => query.execute(inner))?;
    Ok(replaced > 0)
}

/// Sees that what is left of deleted keys is overwritten: SQLite's log begins anew, and PostgreSQL writes the small table
/// anew.
pub(super) fn forget(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(inner) => inner.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?,
        Conn::Postgres(inner) => inner.batch_execute("VACUUM FULL data_keys")?,
    }
    Ok(())
}

/// Writes the whole database anew, so that nothing of what its rows were before is left in it.
fn compact(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(inner) => inner.batch_execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?,
        Conn::Postgres(inner) => {
            // Writes a table anew with the rows that are seen now. VACUUM FULL would take those along that some other
            // snapshot, of an ANALYZE that happens to run, could still see.
            let anew = |table: &str, column: &str| {
                format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE BYTEA USING {column} || ''::bytea")
            };
            inner.batch_execute(&anew("secrets", "value"))?;
            for table in &TABLES {
                inner.batch_execute(&anew(table.name, table.sealed[0]))?;
            }
        }
    }
    Ok(())
}
