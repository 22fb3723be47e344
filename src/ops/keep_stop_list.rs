//! Adds to the stop-list and lifts from it. Either gives the list a new number, by which the resolver knows that
//! the pools must be worked out afresh.

use std::collections::BTreeSet;

use crate::domain::id::{MakeIds, StopId};
use crate::domain::stop_list::shipped::SHIPPED;
use crate::domain::stop_list::{StopOrigin, StopReason, Target};
use crate::domain::time::Timestamp;
use crate::store::stop_list::{self, Stop};
use crate::store::{Conn, Result};

/// Who stands in the record for what came with the program.
const PROGRAM: &str = "touchstone";

/// What to stop, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStop {
    pub target: Target,
    pub reason: StopReason,
    pub note: String,
}

/// Stops a value. One that is stopped already stays as it is, and is told not to be new.
pub fn stop(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    actor: &str,
    new: &NewStop,
) -> Result<(Stop, bool)> {
    let version = stop_list::lock(conn)?;
    if let Some(known) = stop_list::find_in_force(conn, &new.target)? {
        return Ok((known, false));
    }
    let row = row(ids, new, StopOrigin::Operator, version + 1, (now, actor));
    stop_list::insert(conn, std::slice::from_ref(&row))?;
    stop_list::advance(conn, version + 1)?;
    Ok((row, true))
}

/// Lets a value link again; `None` if there is no such entry. What was lifted stays as it is.
pub fn lift(conn: &mut Conn, now: Timestamp, actor: &str, id: StopId) -> Result<Option<Stop>> {
    let version = stop_list::lock(conn)?;
    let Some(known) = stop_list::find(conn, id)? else { return Ok(None) };
    if known.lifted_in.is_some() {
        return Ok(Some(known));
    }
    stop_list::lift(conn, id, version + 1, now, actor)?;
    stop_list::advance(conn, version + 1)?;
    stop_list::find(conn, id)
}

/// Adds what this program ships and the list never had. What the operator lifted stays lifted.
pub fn add_shipped(conn: &mut Conn, ids: &dyn MakeIds, now: Timestamp) -> Result<()> {
    if missing(conn)?.is_empty() {
        return Ok(());
    }
    let version = stop_list::lock(conn)?;
    // Again, under the lock: of nodes that start at once one adds them.
    let mut rows = Vec::new();
    for new in missing(conn)? {
        if stop_list::find_in_force(conn, &new.target)?.is_none() {
            rows.push(row(ids, &new, StopOrigin::Shipped, version + 1, (now, PROGRAM)));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    stop_list::insert(conn, &rows)?;
    stop_list::advance(conn, version + 1)
}

fn missing(conn: &mut Conn) -> Result<Vec<NewStop>> {
    let known: BTreeSet<(String, String)> = stop_list::shipped(conn)?
        .into_iter()
        .map(|row| (row.kind, row.match_key.text().into_owned()))
        .collect();
    let shipped = SHIPPED.iter().filter_map(|row| {
        let target = row.target().ok()?;
        let is_known = known.contains(&(target.kind.as_str().to_owned(), target.key.clone()));
        (!is_known).then(|| NewStop { target, reason: row.reason, note: row.note.to_owned() })
    });
    Ok(shipped.collect())
}

fn row(
    ids: &dyn MakeIds,
    new: &NewStop,
    origin: StopOrigin,
    version: i64,
    (now, actor): (Timestamp, &str),
) -> Stop {
    let Target { kind, value, key, platform } = new.target.clone();
    let context = [b"stop", kind.as_str().as_bytes(), key.as_bytes(), &version.to_be_bytes()];
    Stop {
        id: StopId(ids.make(&context)),
        kind: kind.as_str().to_owned(),
        value: value.into(),
        match_key: key.into(),
        platform,
        reason: new.reason,
        note: new.note.clone().into(),
        origin,
        added_in: version,
        added_at: now,
        added_by: actor.to_owned(),
        lifted_in: None,
        lifted_at: None,
        lifted_by: None,
    }
}
