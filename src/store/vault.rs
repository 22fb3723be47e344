//! Seals what rests in the database, and opens it.
//!
//! Rows are sealed and opened where they are written and read, by [`sealed`] and [`open`]; outside of the store nobody
//! sees a sealed value. What a report says is sealed under a key of its member, what is derived in a group's pool
//! under a key of the group, the stop-list under one of the installation. These data keys stand in the database,
//! wrapped by a master key that does not. Each value is bound to its table, column and row, so that values cannot
//! change places.
//!
//! The functions of the store take a connection and no vault: it belongs to the database, as its connections do, so
//! [`Db`](super::Db) says which one is meant while it lends a connection out.

mod cell;
mod cipher;
mod keys;
mod master;
mod tables;
mod unlock;
mod walk;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aws_lc_rs::hmac;

pub use cell::Guarded;
pub(super) use cell::{Part, Row, guarded_row, write_place};
use cipher::{Key, key_of};
pub use keys::Owner;
pub(super) use keys::make as make_key;
pub use keys::{Renewed, destroy_of_member, renew, rewrap};
pub use master::MasterKeys;
pub use unlock::unlock;
pub use walk::{Walked, walk};

use super::{Conn, Result, StoreError};

/// The keys of one database, as far as they were needed.
pub(super) struct Vault {
    source: MasterKeys,
    masters: RwLock<Vec<Arc<Key>>>,
    opened: RwLock<Opened>,
    /// The key of blind indexes.
    index: OnceLock<hmac::Key>,
}

/// Data keys ready for use. They are wiped from memory when the last user lets them go.
#[derive(Default)]
struct Opened {
    /// The change of the keys that these are of.
    epoch: i64,
    by_id: HashMap<i64, Arc<Key>>,
    /// Whose values are sealed by which.
    current: HashMap<Owner, Arc<Key>>,
}

impl Vault {
    pub fn new(source: MasterKeys) -> Self {
        Self { source, masters: RwLock::default(), opened: RwLock::default(), index: OnceLock::new() }
    }

    /// Reads the master keys; false if there are none.
    fn load_masters(&self) -> Result<bool> {
        let Some(keys) = self.source.load()? else { return Ok(false) };
        *self.masters.write().unwrap_or_else(PoisonError::into_inner) =
            keys.into_iter().map(Arc::new).collect();
        Ok(true)
    }

    /// The master key that wraps.
    fn first_master(&self) -> Result<Arc<Key>> {
        let first = self.masters.read().unwrap_or_else(PoisonError::into_inner).first().cloned();
        first.ok_or_else(|| StoreError::Unfit("there is no master key".to_owned()))
    }

    /// The master key that wrapped a value. One that is not known may have been put into the file since it was read.
    fn master_of(&self, wrapped: &[u8]) -> Result<Arc<Key>> {
        let find = || {
            let masters = self.masters.read().unwrap_or_else(PoisonError::into_inner);
            masters.iter().find(|key| Some(key.id) == key_of(wrapped)).cloned()
        };
        if let Some(known) = find() {
            return Ok(known);
        }
        self.load_masters()?;
        find().ok_or_else(|| {
            let name = self.source.name();
            StoreError::Unfit(format!(
                "{name} is not the master key that the keys of this database are wrapped by"
            ))
        })
    }

    fn unwrap(&self, place: &[u8], wrapped: &mut Vec<u8>) -> Result<()> {
        self.master_of(wrapped)?.open(place, wrapped)
    }

    fn wrap(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        self.first_master()?.seal(place, plain)
    }

    /// The key with this id.
    fn key(&self, conn: &mut Conn, id: i64) -> Result<Arc<Key>> {
        if let Some(known) = self.opened.read().unwrap_or_else(PoisonError::into_inner).by_id.get(&id) {
            return Ok(known.clone());
        }
        let key = Arc::new(keys::find(conn, self, id)?.ok_or(StoreError::Erased)?);
        if has_made_keys() {
            return Ok(key);
        }
        self.opened.write().unwrap_or_else(PoisonError::into_inner).by_id.insert(id, key.clone());
        Ok(key)
    }

    /// The key that seals the values of `owner`.
    fn current(&self, conn: &mut Conn, owner: Owner) -> Result<Arc<Key>> {
        if let Some(known) = self.opened.read().unwrap_or_else(PoisonError::into_inner).current.get(&owner) {
            return Ok(known.clone());
        }
        let key = keys::current(conn, self, owner)?;
        let key = Arc::new(key.ok_or_else(|| StoreError::Failed("a data key is missing".to_owned()))?);
        if has_made_keys() {
            return Ok(key);
        }
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        opened.by_id.insert(key.id, key.clone());
        opened.current.insert(owner, key.clone());
        Ok(key)
    }

    /// Forgets every key if any was replaced or destroyed since, on whichever node.
    fn follow(&self, epoch: i64) {
        if self.opened.read().unwrap_or_else(PoisonError::into_inner).epoch == epoch {
            return;
        }
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        if opened.epoch != epoch {
            *opened = Opened { epoch, ..Opened::default() };
        }
    }
}

/// The vault that is meant while a connection is lent out.
struct Scope {
    vault: Arc<Vault>,
    /// Whether this transaction has looked if the keys were replaced.
    followed: bool,
    /// Whether this transaction has made a key: it may never be committed, and so must not be remembered.
    made: bool,
}

thread_local! {
    static SCOPE: RefCell<Option<Scope>> = const { RefCell::new(None) };
}

/// Puts back what was before, also when a panic passes.
struct Restore(Option<Scope>);

impl Drop for Restore {
    fn drop(&mut self) {
        SCOPE.with(|scope| *scope.borrow_mut() = self.0.take());
    }
}

/// Runs `f` with this vault: for each transaction anew.
pub(super) fn within<T>(vault: &Arc<Vault>, f: impl FnOnce() -> T) -> T {
    let scope = Scope { vault: vault.clone(), followed: false, made: false };
    let _restore = Restore(SCOPE.with(|at| at.borrow_mut().replace(scope)));
    f()
}

fn vault() -> Result<Arc<Vault>> {
    let vault = SCOPE.with(|scope| scope.borrow().as_ref().map(|scope| scope.vault.clone()));
    vault.ok_or_else(|| StoreError::Failed("a connection is used outside of its database".to_owned()))
}

fn has_made_keys() -> bool {
    SCOPE.with(|scope| scope.borrow().as_ref().is_some_and(|scope| scope.made))
}

/// Says that this transaction makes a key.
fn makes_keys() {
    SCOPE.with(|scope| {
        if let Some(scope) = scope.borrow_mut().as_mut() {
            scope.made = true;
        }
    });
}

/// The vault, for sealing: once in each transaction it is asked whether the keys are still the same. Whoever replaces
/// them waits for those who have asked.
fn vault_for_sealing(conn: &mut Conn) -> Result<Arc<Vault>> {
    let vault = vault()?;
    let followed = SCOPE.with(|scope| {
        scope.borrow_mut().as_mut().is_some_and(|scope| std::mem::replace(&mut scope.followed, true))
    });
    if !followed {
        vault.follow(keys::epoch(conn)?);
    }
    Ok(vault)
}

/// Copies of rows with their values sealed, to be written.
pub(super) fn sealed<R: Row + Clone>(conn: &mut Conn, rows: &[R]) -> Result<Vec<R>> {
    let mut rows = rows.to_vec();
    if rows.is_empty() {
        return Ok(rows);
    }
    let vault = vault_for_sealing(conn)?;
    let (mut place, mut last) = (Vec::with_capacity(128), None);
    for row in &mut rows {
        let owner = row.owner();
        let key = match last.take() {
            Some((of, key)) if of == owner => key,
            _ => vault.current(conn, owner)?,
        };
        row.each(&mut place, &mut |place, value| {
            value.0 = key.seal(place, &value.0)?;
            Ok(())
        })?;
        last = Some((owner, key));
    }
    Ok(rows)
}

/// Opens the values of rows that were read.
pub(super) fn open<R: Row>(conn: &mut Conn, rows: &mut [R]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let vault = vault()?;
    let (mut place, mut last): (_, Option<Arc<Key>>) = (Vec::with_capacity(128), None);
    for row in rows {
        row.each(&mut place, &mut |place, value| {
            let unsealed = || StoreError::Damaged("what must be sealed is not".to_owned());
            let id = key_of(&value.0).ok_or_else(unsealed)?;
            let key = match last.take() {
                Some(key) if key.id == id => key,
                _ => vault.key(conn, id)?,
            };
            key.open(place, &mut value.0)?;
            last = Some(key);
            Ok(())
        })?;
    }
    Ok(())
}

/// The same for rows that are about to be mended: a value that cannot be opened is empty, and so differs from what it
/// should be.
pub(super) fn open_or_empty<R: Row + Clone>(conn: &mut Conn, rows: &mut [R]) -> Result<()> {
    for row in rows {
        let mut whole = row.clone();
        match open(conn, std::slice::from_mut(&mut whole)) {
            Ok(()) => *row = whole,
            Err(StoreError::Damaged(_) | StoreError::Erased) => {
                row.each(&mut Vec::new(), &mut |_, value| {
                    *value = Guarded::default();
                    Ok(())
                })?
            }
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// The same for rows that are handed on.
pub(super) fn opened<R: Row>(conn: &mut Conn, mut rows: Vec<R>) -> Result<Vec<R>> {
    open(conn, &mut rows)?;
    Ok(rows)
}

/// The same for a row that may not be there.
pub(super) fn opened_one<R: Row>(conn: &mut Conn, row: Option<R>) -> Result<Option<R>> {
    row.map(|mut row| open(conn, std::slice::from_mut(&mut row)).map(|()| row)).transpose()
}

/// A keyed hash of a value that is sealed in `column`, by which a row with this value is found. Without the key of this
/// installation nobody can tell whether a hash is of a value that they guess.
pub(super) fn blind_index(column: &str, value: &str) -> Result<Vec<u8>> {
    let vault = vault()?;
    let key = vault.index.get().ok_or_else(|| StoreError::Failed("the vault is locked".to_owned()))?;
    let mut place = Vec::with_capacity(128);
    column.add_to(&mut place);
    value.add_to(&mut place);
    Ok(hmac::sign(key, &place).as_ref().to_vec())
}

/// Wraps a secret of the installation under the master key.
pub(super) fn wrap_secret(name: &str, plain: &[u8]) -> Result<Vec<u8>> {
    vault()?.wrap(&place_of_secret(name), plain)
}

/// Opens a secret of the installation.
pub(super) fn unwrap_secret(name: &str, mut wrapped: Vec<u8>) -> Result<Vec<u8>> {
    vault()?.unwrap(&place_of_secret(name), &mut wrapped)?;
    Ok(wrapped)
}

fn place_of_secret(name: &str) -> Vec<u8> {
    cell::place("secrets", "value", |key| name.add_to(key))
}
