//! Canaries: values that no honest user would look up. What they are is never told again.

pub mod add;
pub mod alerts;
pub mod list;
pub mod retire;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::CanaryId;
use crate::domain::time::Timestamp;
use crate::store::canaries::Canary;

/// A canary, without its value: only a keyed hash of that is stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct CanaryOut {
    pub id: CanaryId,
    /// Type of the identifier.
    #[serde(rename = "type")]
    #[schema(example = "phone")]
    pub kind: String,
    /// By what the operator tells it from others.
    pub note: String,
    pub created_at: Timestamp,
    /// User or key.
    pub created_by: String,
    /// When it was retired; absent while it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_by: Option<String>,
}

impl From<Canary> for CanaryOut {
    fn from(row: Canary) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            note: row.note,
            created_at: row.created_at,
            created_by: row.created_by,
            retired_at: row.retired_at,
            retired_by: row.retired_by,
        }
    }
}
