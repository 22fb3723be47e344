//! Data keys: one of each member, group and the installation seals at a time, and older ones open until what they
//! sealed is sealed anew. They stand in `data_keys`, wrapped by a master key.

use aws_lc_rs::rand;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use secrecy::zeroize::Zeroizing;

use super::cell::place;
use super::cipher::{KEY_LEN, Key, key_of};
use super::{Part, Vault, makes_keys, place_of_secret, vault, walk};
use crate::domain::id::{GroupId, MemberId};
use crate::domain::time::Timestamp;
use crate::store::schema::{data_keys, secrets, vault_head};
use crate::store::{Conn, Result, StoreError, each};

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    Member(MemberId),
    Group(GroupId),
    Installation,
}

impl Owner {
    fn kind(&self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Group(_) => "group",
            Self::Installation => "installation",
        }
    }

    fn id(&self) -> &[u8] {
        match self {
            Self::Member(id) => id.as_bytes(),
            Self::Group(id) => id.as_bytes(),
            Self::Installation => &[],
        }
    }

    fn of(kind: &str, id: &[u8]) -> Result<Self> {
        let damaged = || StoreError::Damaged("the owner of a data key".to_owned());
        Ok(match kind {
            "member" => Self::Member(MemberId::from_bytes(id.try_into().map_err(|_| damaged())?)),
            "group" => Self::Group(GroupId::from_bytes(id.try_into().map_err(|_| damaged())?)),
            "installation" => Self::Installation,
            _ => return Err(damaged()),
        })
    }
}

/// One row of `data_keys`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = data_keys, treat_none_as_default_value = false)]
struct DataKey {
    id: i64,
    owner_kind: String,
    owner_id: Vec<u8>,
    /// Counts the keys of the owner; the highest seals.
    generation: i64,
    wrapped: Vec<u8>,
    created_at: Timestamp,
}

impl DataKey {
    fn place(&self) -> Vec<u8> {
        place("data_keys", "wrapped", |key| {
            self.id.add_to(key);
            self.owner_kind.add_to(key);
            self.owner_id.as_slice().add_to(key);
            self.generation.add_to(key);
        })
    }

    fn unwrapped(&self, vault: &Vault) -> Result<Key> {
        let mut bytes = Zeroizing::new(self.wrapped.clone());
        vault.unwrap(&self.place(), &mut bytes)?;
        let bytes: &[u8; KEY_LEN] =
            bytes.as_slice().try_into().map_err(|_| StoreError::Damaged("a data key".to_owned()))?;
        Key::new(self.id, bytes)
    }
}

/// The number of the last change of the keys. On PostgreSQL to have read it keeps others from changing the keys until
/// the transaction ends.
pub(super) fn epoch(conn: &mut Conn) -> Result<i64> {
    Ok(vault_head::table.select(vault_head::epoch).first(conn)?)
}

pub(super) fn find(conn: &mut Conn, vault: &Vault, id: i64) -> Result<Option<Key>> {
    let row: Option<DataKey> =
        data_keys::table.find(id).select(DataKey::as_select()).first(conn).optional()?;
    row.map(|row| row.unwrapped(vault)).transpose()
}

fn newest(conn: &mut Conn, owner: Owner) -> Result<Option<DataKey>> {
    let query = data_keys::table
        .filter(data_keys::owner_kind.eq(owner.kind()))
        .filter(data_keys::owner_id.eq(owner.id()))
        .order(data_keys::generation.desc())
        .select(DataKey::as_select());
    Ok(query.first(conn).optional()?)
}

pub(super) fn current(conn: &mut Conn, vault: &Vault, owner: Owner) -> Result<Option<Key>> {
    newest(conn, owner)?.map(|row| row.unwrapped(vault)).transpose()
}

/// Makes the first key of an owner, unless it has one.
pub(in crate::store) fn make(conn: &mut Conn, owner: Owner, now: Timestamp) -> Result<()> {
    let vault = vault()?;
    if newest(conn, owner)?.is_none() {
        insert(conn, &vault, owner, 1, now)?;
    }
    Ok(())
}

fn insert(conn: &mut Conn, vault: &Vault, owner: Owner, generation: i64, now: Timestamp) -> Result<()> {
    makes_keys();
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    let mut id = [0; 8];
    let filled = rand::fill(bytes.as_mut_slice()).and_then(|()| rand::fill(&mut id));
    filled.map_err(|_| StoreError::Failed("there are no random bytes".to_owned()))?;
    let mut row = DataKey {
        id: i64::from_be_bytes(id),
        owner_kind: owner.kind().to_owned(),
        owner_id: owner.id().to_vec(),
        generation,
        wrapped: Vec::new(),
        created_at: now,
    };
    row.wrapped = vault.wrap(&row.place(), bytes.as_slice())?;
    // Another node may be making the same one.
    each!(conn, inner => {
        diesel::insert_into(data_keys::table).values(row).on_conflict_do_nothing().execute(inner)
    })?;
    Ok(())
}

/// What [`renew`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// There are new keys, and a walk is to seal everything anew.
    Begun { keys: usize },
    /// An earlier walk has not come to its end.
    Unfinished,
}

/// Gives everybody a new data key, by which everything is sealed from the next transaction on, on every node; the old
/// ones go when [`super::walk`] is through.
pub fn renew(conn: &mut Conn, now: Timestamp) -> Result<Renewed> {
    let vault = vault()?;
    lock(conn)?;
    let (epoch, under_way): (i64, Option<String>) =
        vault_head::table.select((vault_head::epoch, vault_head::walk)).first(conn)?;
    if under_way.is_some() {
        return Ok(Renewed::Unfinished);
    }
    let rows: Vec<(String, Vec<u8>, Option<i64>)> = data_keys::table
        .group_by((data_keys::owner_kind, data_keys::owner_id))
        .select((data_keys::owner_kind, data_keys::owner_id, diesel::dsl::max(data_keys::generation)))
        .load(conn)?;
    for (kind, id, generation) in &rows {
        insert(conn, &vault, Owner::of(kind, id)?, generation.unwrap_or(0) + 1, now)?;
    }
    diesel::update(vault_head::table)
        .set((vault_head::epoch.eq(epoch + 1), vault_head::walk.eq(walk::beginning()?)))
        .execute(conn)?;
    Ok(Renewed::Begun { keys: rows.len() })
}

/// Replaces a member's data key, at once and for ever: what the old one sealed cannot be read any more.
pub fn destroy_of_member(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<()> {
    let (vault, owner) = (vault()?, Owner::Member(member));
    lock(conn)?;
    let generation = newest(conn, owner)?.map_or(0, |row| row.generation);
    let old = data_keys::table
        .filter(data_keys::owner_kind.eq(owner.kind()))
        .filter(data_keys::owner_id.eq(owner.id()));
    wipe(conn, true)?;
    diesel::delete(old).execute(conn)?;
    wipe(conn, false)?;
    insert(conn, &vault, owner, generation + 1, now)?;
    diesel::update(vault_head::table).set(vault_head::epoch.eq(vault_head::epoch + 1)).execute(conn)?;
    Ok(())
}

/// Waits until no transaction is under way that has sealed anything, and lets none begin to. SQLite's one writer needs
/// nothing. A long transaction is not waited out, since others would wait behind this one: it is tried again.
fn lock(conn: &mut Conn) -> Result<()> {
    if let Conn::Postgres(inner) = conn {
        inner.batch_execute(
            "SET LOCAL lock_timeout = '2s'; LOCK TABLE vault_head IN ACCESS EXCLUSIVE MODE; \
             SET LOCAL lock_timeout = DEFAULT",
        )?;
    }
    Ok(())
}

/// Drops the keys that a newer one of the same owner has replaced.
pub(super) fn drop_replaced(conn: &mut Conn) -> Result<()> {
    let statement = "DELETE FROM data_keys WHERE generation < (SELECT MAX(k.generation) FROM data_keys k \
                     WHERE k.owner_kind = data_keys.owner_kind AND k.owner_id = data_keys.owner_id)";
    wipe(conn, true)?;
    each!(conn, inner => diesel::sql_query(statement).execute(inner))?;
    wipe(conn, false)
}

/// Whether SQLite overwrites what is deleted. PostgreSQL is told afterwards, see `walk::forget`.
fn wipe(conn: &mut Conn, on: bool) -> Result<()> {
    if let Conn::Sqlite(inner) = conn {
        inner.batch_execute(if on { "PRAGMA secure_delete = ON" } else { "PRAGMA secure_delete = OFF" })?;
    }
    Ok(())
}

/// Wraps everything under the first master key that another one wraps; returns how many keys and secrets that were.
pub fn rewrap(conn: &mut Conn) -> Result<usize> {
    let vault = vault()?;
    vault.load_masters()?;
    let first = vault.first_master()?.id;
    let mut count = 0;
    let rows: Vec<DataKey> = data_keys::table.select(DataKey::as_select()).load(conn)?;
    for row in rows.iter().filter(|row| key_of(&row.wrapped) != Some(first)) {
        let mut bytes = Zeroizing::new(row.wrapped.clone());
        vault.unwrap(&row.place(), &mut bytes)?;
        let wrapped = vault.wrap(&row.place(), &bytes)?;
        diesel::update(data_keys::table.find(row.id)).set(data_keys::wrapped.eq(wrapped)).execute(conn)?;
        count += 1;
    }
    let rows: Vec<(String, Vec<u8>)> = secrets::table.select((secrets::name, secrets::value)).load(conn)?;
    for (name, wrapped) in rows.into_iter().filter(|(_, value)| key_of(value) != Some(first)) {
        let mut bytes = Zeroizing::new(wrapped);
        vault.unwrap(&place_of_secret(&name), &mut bytes)?;
        let value = vault.wrap(&place_of_secret(&name), &bytes)?;
        diesel::update(secrets::table.find(&name)).set(secrets::value.eq(value)).execute(conn)?;
        count += 1;
    }
    Ok(count)
}
