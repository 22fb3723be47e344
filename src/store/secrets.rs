//! Secrets of the installation, shared by its nodes: signing keys, the key of match keys, the key of
//! cursors. Made at the first start, then only read.

use diesel::prelude::*;

use super::schema::secrets;
use super::{Conn, Result, each};
use crate::domain::time::Timestamp;

/// Stores a secret unless one of that name is there, and returns the one that is there.
pub fn get_or_put(conn: &mut Conn, name: &str, fresh: &[u8], now: Timestamp) -> Result<Vec<u8>> {
    let row = (secrets::name.eq(name), secrets::value.eq(fresh), secrets::created_at.eq(now));
    each!(conn, inner => {
        diesel::insert_into(secrets::table).values(row).on_conflict_do_nothing().execute(inner)
    })?;
    Ok(secrets::table.find(name).select(secrets::value).first(conn)?)
}
