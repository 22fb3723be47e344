//! Lets a member test values: takes them off its budget and puts them on record before anything is looked for, in one
//! transaction, so that whoever was answered is on record.

use crate::domain::id::{AlertId, GroupId, MakeIds};
use crate::domain::identifier::Identifier;
use crate::domain::probing::{self, Asking, Exceeded, Quota, Spending};
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::canaries::{self, Alert};
use crate::store::look_ups::{self, LookUp, Meter};
use crate::store::{Conn, Retry, StoreError};

/// Values that somebody asks for.
pub struct Question {
    pub viewer: Viewer,
    pub at: Timestamp,
    pub operation: Asking,
    pub group: GroupId,
    /// Each once.
    pub values: Vec<Identifier>,
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// What is left of the budget.
    pub quota: Quota,
    /// How many of the values are canaries. Nothing of the answer may depend on it.
    pub canaries: usize,
}

/// Why values may not be tested.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    #[error("the member has used up its budget of look-ups for today")]
    Exceeded(Exceeded),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for LookUpError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Spends the viewer's budget on what is worth so many values. Its meter is held until the transaction ends.
pub fn spend(
    conn: &mut Conn,
    viewer: &Viewer,
    at: Timestamp,
    daily: u32,
    values: usize,
) -> Result<Quota, LookUpError> {
    let (meter, quota) = metered(conn, viewer, at, daily, values)?;
    look_ups::set_meter(conn, &meter)?;
    Ok(quota)
}

/// The viewer's meter as it is when so many values are taken off it, which is yet to be stored.
fn metered(
    conn: &mut Conn,
    viewer: &Viewer,
    at: Timestamp,
    daily: u32,
    values: usize,
) -> Result<(Meter, Quota), LookUpError> {
    let meter = look_ups::lock_meter(conn, viewer)?;
    let (Spending { day, values: spent }, quota) =
        meter.spending().spend(values, daily, at).map_err(LookUpError::Exceeded)?;
    Ok((Meter { day, spent, ..meter }, quota))
}

/// Spends the viewer's budget on a question and records it.
pub fn note_look_up(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    hasher: &KeyHasher,
    daily: u32,
    question: &Question,
) -> Result<Noted, LookUpError> {
    let Question { viewer, at, operation, group, values } = question;
    let (meter, mut quota) = metered(conn, viewer, *at, daily, values.len())?;
    if leak!(BudgetOfAll) {
        let all = look_ups::spent_by_all(conn, meter.day)?;
        quota = all.spend(values.len(), daily, *at).map_err(LookUpError::Exceeded)?.1;
    }
    let mut number = meter.last_number;
    let rows = values.iter().map(|value| {
        number += 1;
        LookUp {
            member_id: viewer.member,
            number,
            at: *at,
            actor: viewer.actor(),
            operation: *operation,
            group_id: *group,
            kind: value.kind.as_str().to_owned(),
            value_hash: probing::recorded(hasher, viewer.member, value).to_vec(),
        }
    });
    look_ups::insert(conn, &rows.collect::<Vec<_>>())?;
    look_ups::set_meter(conn, &Meter { last_number: number, ..meter })?;
    let hashes: Vec<Vec<u8>> = values.iter().map(|value| probing::canary(hasher, value).to_vec()).collect();
    let alerts: Vec<Alert> = canaries::named(conn, &hashes)?
        .into_iter()
        .map(|canary_id| {
            let context =
                [b"alert".as_slice(), canary_id.as_bytes(), viewer.member.as_bytes(), &number.to_be_bytes()];
            Alert {
                id: AlertId(ids.make(&context)),
                canary_id,
                at: *at,
                member_id: viewer.member,
                actor: viewer.actor(),
                operation: *operation,
                group_id: Some(*group),
            }
        })
        .collect();
    canaries::insert_alerts(conn, &alerts)?;
    Ok(Noted { quota, canaries: alerts.len() })
}
