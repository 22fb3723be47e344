//! The stop-list: values that link nobody, kept by the operator. Nothing here says whether any report gives one.

pub mod add;
pub mod lift;
pub mod list;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::StopId;
use crate::domain::stop_list::{StopOrigin, StopReason};
use crate::domain::time::Timestamp;
use crate::store::stop_list::Stop;

/// An entry of the stop-list, with its record.
#[derive(Debug, Serialize, ToSchema)]
pub struct StopOut {
    pub id: StopId,
    /// Type of the identifier.
    #[serde(rename = "type")]
    #[schema(example = "email")]
    pub kind: String,
    /// Normalised; `@` and a host stand for every mailbox there.
    #[schema(example = "@members.ebay.com")]
    pub value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    pub reason: StopReason,
    pub note: String,
    pub origin: StopOrigin,
    pub added_at: Timestamp,
    /// User or key; `touchstone` for what came with the program.
    pub added_by: String,
    /// When it was lifted; absent while it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_by: Option<String>,
}

impl From<Stop> for StopOut {
    fn from(row: Stop) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            value: row.value.text().into_owned(),
            platform: row.platform,
            reason: row.reason,
            note: row.note.text().into_owned(),
            origin: row.origin,
            added_at: row.added_at,
            added_by: row.added_by,
            lifted_at: row.lifted_at,
            lifted_by: row.lifted_by,
        }
    }
}
