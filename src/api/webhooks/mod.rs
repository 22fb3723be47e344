//! Where the caller's member has events sent to.

pub mod change;
pub mod create;
pub mod delete;
pub mod deliveries;
pub mod delivery;
pub mod get;
pub mod list;
pub mod ping;
pub mod recall;
pub mod replay;
pub mod rotate_secret;

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::Shared;
use crate::delivery::sign::secret_text;
use crate::domain::fault::Faults;
use crate::domain::id::WebhookId;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{WebhookEnd, WebhookState};
use crate::store::webhooks::Webhook;

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookOut {
    pub id: WebhookId,
    /// Slug of the group whose feed is sent.
    pub group: String,
    pub url: String,
    pub state: WebhookState,
    /// Why it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_by: Option<WebhookEnd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// The number of the last event that was delivered or put aside.
    pub position: i64,
    /// Failed attempts of the event after that.
    pub attempts: i32,
    /// Since when nothing was delivered though it was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// Until when the secret before the last change signs along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A webhook with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct WebhookWithSecret {
    #[serde(flatten)]
    pub webhook: WebhookOut,
    /// What messages are signed with, as libraries of the Standard Webhooks specification take it.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
}

impl From<(Webhook, String)> for WebhookOut {
    fn from((row, group): (Webhook, String)) -> Self {
        Self {
            id: row.id,
            group,
            url: row.url.text().into_owned(),
            state: row.state,
            disabled_by: row.ended_by,
            disabled_at: row.ended_at,
            position: row.position,
            attempts: row.attempts,
            failing_since: row.failing_since,
            next_attempt_at: row
                .failing_since
                .filter(|_| row.state == WebhookState::Active)
                .map(|_| row.due_at),
            old_secret_until: (!row.old_secret.is_empty()).then_some(row.old_secret_until),
            created_at: row.created_at,
        }
    }
}

impl From<(Webhook, String)> for WebhookWithSecret {
    fn from((row, group): (Webhook, String)) -> Self {
        Self { secret: secret_text(row.secret.bytes()), webhook: WebhookOut::from((row, group)) }
    }
}

/// A URL that may be called, as it will be.
fn url(app: &Shared, text: &str, faults: &mut Faults) -> Option<String> {
    match app.webhooks.policy().read(text) {
        Ok(target) => Some(target.url.into()),
        Err(refused) => {
            faults.add("/url", refused.code, refused.detail);
            None
        }
    }
}
