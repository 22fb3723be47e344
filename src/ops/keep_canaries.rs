//! Puts canaries among the values that members may ask for, and takes them out again.

use crate::domain::id::{CanaryId, MakeIds};
use crate::domain::identifier::Identifier;
use crate::domain::probing;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Timestamp;
use crate::store::canaries::{self, Canary};
use crate::store::{Conn, Retry, StoreError};

/// Most canaries that are in force at once: every report is held against all of them.
pub const CANARIES_MAX: i64 = 1_000;

/// Why a canary was not added.
#[derive(Debug, thiserror::Error)]
pub enum CanaryError {
    #[error("{CANARIES_MAX} canaries are in force")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for CanaryError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Adds a canary. One that is in force already stays as it is, and is told not to be new.
pub fn add_canary(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    hasher: &KeyHasher,
    (now, actor): (Timestamp, &str),
    (value, note): (&Identifier, &str),
) -> Result<(Canary, bool), CanaryError> {
    let hash = probing::canary(hasher, value);
    if let Some(known) = canaries::find_in_force(conn, &hash)? {
        return Ok((known, false));
    }
    if canaries::count(conn)? >= CANARIES_MAX {
        return Err(CanaryError::TooMany);
    }
    let canary = Canary {
        id: CanaryId(ids.make(&[b"canary", &hash, &now.micros().to_be_bytes()])),
        kind: value.kind.as_str().to_owned(),
        value_hash: hash.to_vec(),
        note: note.to_owned(),
        created_at: now,
        created_by: actor.to_owned(),
        retired_at: None,
        retired_by: None,
    };
    canaries::insert(conn, &canary)?;
    Ok((canary, true))
}

/// Takes a canary out; `None` if there is no such. What was retired stays as it is.
pub fn retire_canary(
    conn: &mut Conn,
    (now, actor): (Timestamp, &str),
    id: CanaryId,
) -> Result<Option<Canary>, StoreError> {
    let Some(known) = canaries::find(conn, id)? else { return Ok(None) };
    if known.retired_at.is_some() {
        return Ok(Some(known));
    }
    canaries::retire(conn, id, now, actor)?;
    canaries::find(conn, id)
}
