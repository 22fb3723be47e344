//! What is sent: an event exactly as the feed has it, in the envelope that the specification recommends.

use data_encoding::HEXLOWER;
use serde::Serialize;

use crate::domain::id::WebhookId;
use crate::domain::time::Timestamp;
use crate::feed::FeedEvent;

/// A message to be sent.
pub struct Message {
    /// Of the same event at the same endpoint always the same.
    pub id: String,
    pub body: Vec<u8>,
}

#[derive(Serialize)]
struct Envelope<'m, T> {
    #[serde(rename = "type")]
    kind: String,
    timestamp: Timestamp,
    /// Slug.
    group: &'m str,
    data: T,
}

#[derive(Serialize)]
struct Ping {
    webhook: WebhookId,
}

impl Message {
    /// The event of this feed for this endpoint.
    pub fn of(webhook: WebhookId, group: &str, event: &FeedEvent) -> serde_json::Result<Self> {
        let kind = format!("seller.{}", event.kind);
        let id = message_id(webhook, event.number);
        Ok(Self { id, body: body(&Envelope { kind, timestamp: event.at, group, data: event })? })
    }

    pub fn ping(webhook: WebhookId, id: [u8; 16], group: &str, now: Timestamp) -> Self {
        let envelope = Envelope { kind: "ping".to_owned(), timestamp: now, group, data: Ping { webhook } };
        Self { id: format!("msg_{}", HEXLOWER.encode(&id)), body: body(&envelope).unwrap_or_default() }
    }
}

fn body<T: Serialize>(envelope: &Envelope<'_, T>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(envelope)
}

/// The id of the message of an event.
pub fn message_id(webhook: WebhookId, number: i64) -> String {
    format!("msg_{}_{number}", HEXLOWER.encode(webhook.as_bytes()))
}
