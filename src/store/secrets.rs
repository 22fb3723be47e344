//! Secrets of the installation, shared by its nodes: signing keys, the key of match keys, the key of
//! cursors. Made at the first start, then only read. They rest wrapped by the master key.

use diesel::prelude::*;

use super::schema::secrets;
use super::{Conn, Result, each, vault};
use crate::domain::time::Timestamp;

/// Stores a secret unless one of that name is there, and returns the one that is there.
pub fn get_or_put(conn: &mut Conn, name: &str, fresh: &[u8], now: Timestamp) -> Result<Vec<u8>> {
    let value = vault::wrap_secret(name, fresh)?;
    let row = (
        secrets::name.eq(name),
        secrets::value.eq(value),
        secrets::created_at.eq(now),
        secrets::wrapped.eq(true),
    );
    each!(conn, inner => {
        diesel::insert_into(secrets::table).values(row).on_conflict_do_nothing().execute(inner)
    })?;
    vault::unwrap_secret(name, secrets::table.find(name).select(secrets::value).first(conn)?)
}
