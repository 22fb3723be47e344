//! What is kept of the delivery of events: who delivers, how far it came, what failed at which attempt.
//!
//! A node takes an endpoint for a while, by a row and not by being the leader. What it found out is written only if the
//! endpoint is still its own. If it dies between sending and writing, the event is sent again, with the same id: one event
//! of each endpoint at most, since the next is not sent before the one before it is written down.

use std::time::Duration;

use crate::domain::time::Timestamp;
use crate::domain::webhook::pace::{ATTEMPTS_MAX, FAILING_SECONDS_MAX, wait_after};
use crate::domain::webhook::{Attempt, DeliveryState, WebhookEnd, WebhookState};
use crate::store::deliveries::{self, Delivery, LoggedAttempt};
use crate::store::webhooks::{self, Key, Webhook};
use crate::store::{Conn, Result};

/// How long a node has an endpoint after the last thing that it wrote of it, in seconds: twice as long as an attempt may
/// take, so that clocks may differ and the database be slow. It is how long others wait for what a dead node had; its own
/// next run does not wait: it knows that the one before is over.
pub const LEASE_SECONDS: i64 = 30;

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The next event may be sent at once.
    GoOn,
    /// It has to wait, or is none of this node's any more.
    Rest,
    /// No more events are sent.
    Ended(WebhookEnd),
}

/// What was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The number of the event.
    pub number: i64,
    /// Whether it was a dead letter, out of its turn.
    pub recalled: bool,
    pub attempt: Attempt,
    /// How long the attempt took.
    pub took: Duration,
}

/// Takes endpoints at which something is to be tried.
pub fn claim(conn: &mut Conn, now: Timestamp, node: &[u8], limit: i64) -> Result<Vec<Key>> {
    webhooks::claim(conn, now, (node, now.plus_seconds(LEASE_SECONDS)), limit)
}

/// Writes down an attempt. `jitter` is a random number.
pub fn note_attempt(
    conn: &mut Conn,
    now: Timestamp,
    (node, key): (&[u8], Key),
    sent: Sent,
    jitter: u64,
) -> Result<Next> {
    let Some(mut row) = webhooks::lock(conn, key)?.filter(|row| row.leased_by == node) else {
        return Ok(Next::Rest);
    };
    row.leased_until = now.plus_seconds(LEASE_SECONDS);
    // Somebody may have moved it meanwhile.
    let is_next = row.position + 1 == sent.number;
    let tried = if is_next { row.attempts + 1 } else { 1 };
    let state = match sent.attempt.failure {
        None => DeliveryState::Delivered,
        Some(_) if sent.recalled || tried >= ATTEMPTS_MAX => DeliveryState::Dead,
        Some(_) => DeliveryState::Failing,
    };
    log(conn, &row, now, sent, state)?;
    let next = if sent.recalled {
        note_recalled(conn, &mut row, now, sent.attempt)?
    } else if is_next {
        note_in_turn(&mut row, now, (sent.number, sent.attempt, state), jitter)
    } else {
        Next::GoOn
    };
    webhooks::put(conn, &row)?;
    Ok(next)
}

/// What became of the event, and of this attempt.
fn log(conn: &mut Conn, row: &Webhook, now: Timestamp, sent: Sent, state: DeliveryState) -> Result<()> {
    let before = deliveries::find(conn, row.key(), sent.number)?;
    let attempts = before.map_or(1, |before| before.attempts.saturating_add(1));
    let delivery = Delivery {
        member_id: row.member_id,
        webhook_id: row.id,
        number: sent.number,
        state,
        attempts,
        first_at: before.map_or(now, |before| before.first_at),
        last_at: now,
        status: sent.attempt.status.map(i32::from),
        failure: sent.attempt.failure,
    };
    deliveries::put(conn, &delivery)?;
    let logged = LoggedAttempt {
        member_id: row.member_id,
        webhook_id: row.id,
        number: sent.number,
        attempt: attempts,
        at: now,
        status: delivery.status,
        failure: delivery.failure,
        took_ms: i64::try_from(sent.took.as_millis()).unwrap_or(i64::MAX),
    };
    deliveries::log(conn, logged)
}

fn note_recalled(conn: &mut Conn, row: &mut Webhook, now: Timestamp, attempt: Attempt) -> Result<Next> {
    row.recalled = deliveries::first_recalled(conn, row.key())?.is_some();
    Ok(match attempt.failure {
        Some(_) if attempt.is_gone() => end(row, now, WebhookEnd::Gone),
        _ => Next::GoOn,
    })
}

fn note_in_turn(
    row: &mut Webhook,
    now: Timestamp,
    (number, attempt, state): (i64, Attempt, DeliveryState),
    jitter: u64,
) -> Next {
    if attempt.failure.is_none() {
        (row.position, row.attempts, row.failing_since) = (number, 0, None);
        return Next::GoOn;
    }
    let since = *row.failing_since.get_or_insert(now);
    row.attempts += 1;
    // It is not delivered, and is the first when the endpoint is taken up again.
    if attempt.is_gone() {
        return end(row, now, WebhookEnd::Gone);
    }
    if since.plus_seconds(FAILING_SECONDS_MAX) <= now {
        return end(row, now, WebhookEnd::Failing);
    }
    row.due_at = now.plus_seconds(wait_after(row.attempts, jitter));
    if state == DeliveryState::Dead {
        (row.position, row.attempts) = (number, 0);
    }
    Next::Rest
}

fn end(row: &mut Webhook, now: Timestamp, reason: WebhookEnd) -> Next {
    (row.state, row.ended_by, row.ended_at) = (WebhookState::Disabled, Some(reason), Some(now));
    Next::Ended(reason)
}

/// Ends an endpoint whose member may not read the group any more.
pub fn end_without_access(conn: &mut Conn, now: Timestamp, (node, key): (&[u8], Key)) -> Result<()> {
    let found = webhooks::lock(conn, key)?;
    if let Some(mut row) = found.filter(|row| row.leased_by == node && row.state == WebhookState::Active) {
        end(&mut row, now, WebhookEnd::NoAccess);
        webhooks::put(conn, &row)?;
    }
    Ok(())
}

/// Gives an endpoint back. One of which something could not be read or written rests a while, so that it does not keep
/// its node from the others.
pub fn release(conn: &mut Conn, now: Timestamp, (node, key): (&[u8], Key), failed: bool) -> Result<()> {
    if let Some(mut row) = webhooks::lock(conn, key)?.filter(|row| row.leased_by == node) {
        if failed {
            row.due_at = now.plus_seconds(LEASE_SECONDS);
        }
        row.recalled = deliveries::first_recalled(conn, key)?.is_some();
        (row.leased_by, row.leased_until) = (Vec::new(), Timestamp::default());
        webhooks::put(conn, &row)?;
    }
    Ok(())
}
