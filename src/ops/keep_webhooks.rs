//! Members say where their events are to be sent to, and what of them once more.

use crate::domain::id::{MakeIds, WebhookId};
use crate::domain::lens::class::Class;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::domain::webhook::{DeliveryState, WebhookEnd, WebhookState};
use crate::ops::token::random;
use crate::store::deliveries::{self, Delivery};
use crate::store::groups::{self, Group};
use crate::store::webhooks::{self, Webhook};
use crate::store::{Conn, Retry, StoreError, feed, members};

/// Webhooks of one member at most.
pub const WEBHOOKS_MAX: usize = 20;

/// How long the old secret signs along after a change, in seconds: a day.
pub const OVERLAP_SECONDS: i64 = 24 * 3600;

/// Bytes of a secret; the specification asks for 24 to 64.
const SECRET_BYTES: usize = 32;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("there is no such webhook, or no such delivery of it")]
    NotFound,
    /// There is no group of this slug that the asker reads.
    #[error("there is no such group")]
    UnknownGroup,
    /// The group's events are sent to this URL already.
    #[error("the member has this webhook already")]
    Taken,
    #[error("the member has as many webhooks as it may")]
    TooMany,
    /// The number is none of the feed, whose last event this is.
    #[error("the feed ends at {0}")]
    NotInFeed(i64),
    /// Only a dead letter is sent once more.
    #[error("the delivery is not dead")]
    NotDead,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for WebhookError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

type Result<T> = std::result::Result<T, WebhookError>;

/// A webhook to make.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// One that may be called.
    pub url: String,
    /// Slug.
    pub group: String,
    /// The number of the event after which to begin; the last there is, if it does not say.
    pub since: Option<i64>,
}

/// What to change of one; what is not named stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// One that may be called.
    pub url: Option<String>,
    pub state: Option<WebhookState>,
}

/// Stores a webhook. Its secret is in it.
pub fn create_webhook(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    viewer: &Viewer,
    new: &NewWebhook,
) -> Result<Webhook> {
    let group = readable(conn, viewer, &new.group)?;
    members::lock(conn, viewer.member)?;
    let own = webhooks::of_viewer(conn, viewer)?;
    if own.iter().any(|(one, slug)| *slug == new.group && one.url.text() == new.url) {
        return Err(WebhookError::Taken);
    }
    if own.len() >= WEBHOOKS_MAX {
        return Err(WebhookError::TooMany);
    }
    let class = Class::of(viewer.kind, &viewer.member_slug).to_string();
    let position = position(conn, &group, &class, new.since)?;
    let at = now.micros().to_be_bytes();
    let id = ids.make(&[b"webhook", viewer.member.as_bytes(), new.group.as_bytes(), new.url.as_bytes(), &at]);
    let row = Webhook {
        member_id: viewer.member,
        id: WebhookId(id),
        group_id: group.id,
        class,
        url: new.url.clone().into(),
        secret: random::<SECRET_BYTES>().to_vec().into(),
        old_secret: Vec::new().into(),
        old_secret_until: now,
        state: WebhookState::Active,
        ended_by: None,
        ended_at: None,
        created_at: now,
        created_by: viewer.actor(),
        position,
        attempts: 0,
        due_at: now,
        failing_since: None,
        recalled: false,
        leased_by: Vec::new(),
        leased_until: Timestamp::default(),
    };
    webhooks::insert(conn, &row)?;
    Ok(row)
}

fn readable(conn: &mut Conn, viewer: &Viewer, slug: &str) -> Result<Group> {
    let seated = groups::seat(conn, viewer, slug)?;
    seated.filter(|(_, seat)| seat.rights.read).map(|(group, _)| group).ok_or(WebhookError::UnknownGroup)
}

fn position(conn: &mut Conn, group: &Group, class: &str, since: Option<i64>) -> Result<i64> {
    let head = feed::head(conn, group.id, class)?;
    match since {
        None => Ok(head),
        Some(number) if (0..=head).contains(&number) => Ok(number),
        Some(_) => Err(WebhookError::NotInFeed(head)),
    }
}

/// One of the viewer's own, locked, with the slug of its group, which the viewer may have left.
fn own(conn: &mut Conn, viewer: &Viewer, id: WebhookId) -> Result<(Webhook, String)> {
    let (_, group) = webhooks::find(conn, viewer, id)?.ok_or(WebhookError::NotFound)?;
    let row = webhooks::lock(conn, (viewer.member, id))?.ok_or(WebhookError::NotFound)?;
    Ok((row, group))
}

/// Changes its URL or whether events are sent.
pub fn change_webhook(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: WebhookId,
    change: &Change,
) -> Result<(Webhook, String)> {
    members::lock(conn, viewer.member)?;
    let (mut row, group) = own(conn, viewer, id)?;
    if let Some(url) = &change.url {
        let others = webhooks::of_viewer(conn, viewer)?;
        if others.iter().any(|(one, slug)| one.id != id && *slug == group && one.url.text() == *url) {
            return Err(WebhookError::Taken);
        }
        row.url = url.clone().into();
        begin_afresh(&mut row, now);
    }
    match change.state {
        Some(WebhookState::Active) if row.state == WebhookState::Disabled => {
            readable(conn, viewer, &group)?;
            (row.state, row.ended_by, row.ended_at) = (WebhookState::Active, None, None);
            begin_afresh(&mut row, now);
        }
        Some(WebhookState::Disabled) if row.state == WebhookState::Active => {
            (row.state, row.ended_by) = (WebhookState::Disabled, Some(WebhookEnd::Member));
            row.ended_at = Some(now);
        }
        _ => {}
    }
    webhooks::put(conn, &row)?;
    Ok((row, group))
}

/// What failed before is no reason to wait now.
fn begin_afresh(row: &mut Webhook, now: Timestamp) {
    (row.attempts, row.due_at, row.failing_since) = (0, now, None);
}

/// Gives it a new secret. The one that it had signs along for a while.
pub fn rotate_secret(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: WebhookId,
) -> Result<(Webhook, String)> {
    let (mut row, group) = own(conn, viewer, id)?;
    row.old_secret = std::mem::replace(&mut row.secret, random::<SECRET_BYTES>().to_vec().into());
    row.old_secret_until = now.plus_seconds(OVERLAP_SECONDS);
    webhooks::put(conn, &row)?;
    Ok((row, group))
}

/// Sends what came after this event again, and then what comes.
pub fn replay(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: WebhookId,
    since: i64,
) -> Result<(Webhook, String)> {
    let (mut row, slug) = own(conn, viewer, id)?;
    let group = readable(conn, viewer, &slug)?;
    row.position = position(conn, &group, &row.class, Some(since))?;
    begin_afresh(&mut row, now);
    webhooks::put(conn, &row)?;
    Ok((row, slug))
}

/// Sends a dead letter once more.
pub fn recall(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: WebhookId,
    number: i64,
) -> Result<Delivery> {
    let (mut row, group) = own(conn, viewer, id)?;
    readable(conn, viewer, &group)?;
    let delivery = deliveries::find(conn, row.key(), number)?.ok_or(WebhookError::NotFound)?;
    if !matches!(delivery.state, DeliveryState::Dead | DeliveryState::Recalled) {
        return Err(WebhookError::NotDead);
    }
    let delivery = Delivery { state: DeliveryState::Recalled, ..delivery };
    deliveries::put(conn, &delivery)?;
    (row.recalled, row.due_at) = (true, now);
    webhooks::put(conn, &row)?;
    Ok(delivery)
}

/// Deletes one of the viewer's own, with its record; false if there is none.
pub fn delete_webhook(
    conn: &mut Conn,
    viewer: &Viewer,
    id: WebhookId,
) -> std::result::Result<bool, StoreError> {
    let found = webhooks::find(conn, viewer, id)?.is_some();
    if found {
        webhooks::lock(conn, (viewer.member, id))?;
        webhooks::delete(conn, (viewer.member, id))?;
    }
    Ok(found)
}
