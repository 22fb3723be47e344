//! Webhooks: sends the events of feeds to where members want them, after the Standard Webhooks specification
//! (<https://www.standardwebhooks.com>, version 1.0.0).
//!
//! It has no logic of its own about what an event says: that is what the endpoint's member reads in the feed. A node
//! takes an endpoint, sends one event after the other, and gives it back; see [`crate::ops::deliver_webhooks`]. What a
//! run that was killed had taken, the next run of the same node gives back at once; see `berth.rs`.

mod berth;
pub mod guard;
mod message;
mod send;
pub mod sign;
mod turn;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::domain::id::{MakeIds, WebhookId};
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Clock;
use crate::domain::webhook::target::Policy;
use crate::domain::webhook::{Attempt, WebhookEnd};
use crate::store::Db;
use crate::store::webhooks::Webhook;
use guard::{Names, SystemNames};
use message::Message;
pub use message::message_id;
use send::Sender;
pub use worker::start;

/// How webhooks are delivered, as far as it can be chosen.
#[derive(Clone)]
pub struct Rules {
    /// What may be called.
    pub policy: Arc<Policy>,
    /// Who says which addresses a name has.
    pub names: Arc<dyn Names>,
    /// Whether this node delivers.
    pub deliver: bool,
    /// The file by which the next run of this node knows that this one is over; without it the next waits as other nodes
    /// do.
    pub berth: Option<PathBuf>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { policy: Arc::default(), names: Arc::new(SystemNames), deliver: true, berth: None }
    }
}

/// Watches what is delivered.
pub trait Watch: Send + Sync {
    fn attempted(&self, attempt: Attempt);
    fn ended(&self, id: WebhookId, by: WebhookEnd);
}

/// What delivering needs.
pub struct Courier {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn MakeIds>,
    hasher: KeyHasher,
    sender: Sender,
    watch: Arc<dyn Watch>,
    /// Names this run of this node in the rows that it takes.
    node: [u8; 16],
    berth: Option<PathBuf>,
    bell: Notify,
    stopping: AtomicBool,
}

impl Courier {
    /// `node` must be like that of no other.
    pub fn new(
        (db, hasher): (Db, KeyHasher),
        (clock, ids): (Arc<dyn Clock>, Arc<dyn MakeIds>),
        rules: &Rules,
        watch: Arc<dyn Watch>,
        node: [u8; 16],
    ) -> Self {
        Self {
            db,
            clock,
            ids,
            hasher,
            sender: Sender::new(rules),
            watch,
            node,
            berth: rules.berth.clone(),
            bell: Notify::new(),
            stopping: AtomicBool::new(false),
        }
    }

    /// What members may have called.
    pub fn policy(&self) -> &Policy {
        self.sender.policy()
    }

    /// Says that there may be something to deliver.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Ends the thread: what is under way gets a moment.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.ring();
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Sends a message that says nothing, at once and once.
    pub async fn ping(&self, webhook: &Webhook, group: &str) -> Attempt {
        let now = self.clock.now();
        let at = now.micros().to_be_bytes();
        let id = self.ids.make(&[b"ping", webhook.id.as_bytes(), &at]);
        let message = Message::ping(webhook.id, id, group, now);
        self.sender.send(webhook, &message, now).await
    }
}
