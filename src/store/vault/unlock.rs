//! What a start does before anything is read: finds the master keys, or makes the first, and sees that everything rests
//! sealed.

use aws_lc_rs::{hmac, rand};
use diesel::prelude::*;

use super::{Owner, keys, vault, walk, wrap_secret};
use crate::domain::id::{GroupId, MemberId};
use crate::domain::time::Timestamp;
use crate::store::schema::{data_keys, members, secrets, sharing_groups};
use crate::store::{Conn, Db, Result, StoreError, secrets as stored_secrets, users};

/// The name of the secret that blind indexes are made with.
const INDEX_KEY: &str = "index-key";

const INDEX_KEY_LEN: usize = 32;

/// Opens the vault of a database that has been migrated. A database of an earlier release is sealed on the way.
///
/// Master keys are made only for a database in which nothing is wrapped yet: where something is, other keys would be
/// of no use.
pub fn unlock(db: &Db, now: Timestamp) -> Result<()> {
    let found = db.read(|conn| {
        let wrapped: i64 = data_keys::table.count().get_result(conn)?;
        Ok::<_, StoreError>((wrapped > 0, vault()?.load_masters()?))
    })?;
    if let (wrapped, false) = found {
        db.read(|_| {
            let vault = vault()?;
            if wrapped || !vault.source.may_be_made() {
                let why = if wrapped { ", and the keys of this database are wrapped by one" } else { "" };
                let name = vault.source.name();
                return Err(StoreError::Unfit(format!("there is no master key in {name}{why}")));
            }
            vault.source.make()?;
            vault.load_masters().map(drop)
        })?;
    }
    let mut fresh = [0; INDEX_KEY_LEN];
    rand::fill(&mut fresh).map_err(|_| StoreError::Failed("no random bytes".to_owned()))?;
    let index = db.write(|conn| {
        wrap_plain_secrets(conn)?;
        make_missing(conn, now)?;
        stored_secrets::get_or_put(conn, INDEX_KEY, &fresh, now)
    })?;
    db.write(|conn| {
        vault()?.index.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &index));
        users::index_missing(conn)
    })?;
    // Of two nodes with different keys that start at once, one has wrapped and the other must not go on.
    db.read(|conn| keys::current(conn, &*vault()?, Owner::Installation).map(drop))?;
    walk::finish(db)
}

/// Wraps what was stored before there was a master key.
fn wrap_plain_secrets(conn: &mut Conn) -> Result<()> {
    let plain = secrets::table.filter(secrets::wrapped.eq(false)).select((secrets::name, secrets::value));
    for (name, value) in plain.load::<(String, Vec<u8>)>(conn)? {
        let row = secrets::table.filter(secrets::name.eq(&name)).filter(secrets::wrapped.eq(false));
        diesel::update(row)
            .set((secrets::value.eq(wrap_secret(&name, &value)?), secrets::wrapped.eq(true)))
            .execute(conn)?;
    }
    Ok(())
}

/// Members and groups of an earlier release have no data key.
fn make_missing(conn: &mut Conn, now: Timestamp) -> Result<()> {
    keys::make(conn, Owner::Installation, now)?;
    for member in members::table.select(members::id).load::<MemberId>(conn)? {
        keys::make(conn, Owner::Member(member), now)?;
    }
    for group in sharing_groups::table.select(sharing_groups::id).load::<GroupId>(conn)? {
        keys::make(conn, Owner::Group(group), now)?;
    }
    Ok(())
}
