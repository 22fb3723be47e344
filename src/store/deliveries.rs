//! What became of each event at a webhook, and of each attempt to deliver it.

use diesel::prelude::*;

use super::schema::{webhook_attempts, webhook_deliveries};
use super::webhooks::Key;
use super::{Conn, Result, each};
use crate::domain::id::{MemberId, WebhookId};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::domain::webhook::{DeliveryState, Failure};

/// One row of `webhook_deliveries`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(primary_key(member_id, webhook_id, number))]
pub struct Delivery {
    pub member_id: MemberId,
    pub webhook_id: WebhookId,
    /// Of the event in its feed.
    pub number: i64,
    pub state: DeliveryState,
    pub attempts: i32,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// What was answered last.
    pub status: Option<i32>,
    /// Why the last attempt failed.
    pub failure: Option<Failure>,
}

/// One row of `webhook_attempts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_attempts, treat_none_as_default_value = false)]
pub struct LoggedAttempt {
    pub member_id: MemberId,
    pub webhook_id: WebhookId,
    /// Of the event in its feed.
    pub number: i64,
    /// Which of the event's attempts it was, from 1.
    pub attempt: i32,
    /// When it ended.
    pub at: Timestamp,
    pub status: Option<i32>,
    /// `None` if it was delivered.
    pub failure: Option<Failure>,
    /// Milliseconds.
    pub took_ms: i64,
}

/// Events of one endpoint on record at most; those before them are forgotten.
const KEPT: i64 = 10_000;

/// Attempts of one event on record at most; those before them are counted and no more. An event is tried less often
/// than that until it is put aside, but who calls it back has no end.
const ATTEMPTS_KEPT: i32 = 50;

pub fn find(conn: &mut Conn, (member, id): Key, number: i64) -> Result<Option<Delivery>> {
    let query = webhook_deliveries::table.find((member, id, number)).select(Delivery::as_select());
    Ok(query.first(conn).optional()?)
}

/// Writes what became of an event, and forgets one of long ago.
pub fn put(conn: &mut Conn, row: &Delivery) -> Result<()> {
    each!(conn, inner => {
        diesel::insert_into(webhook_deliveries::table)
            .values(*row)
            .on_conflict((webhook_deliveries::member_id, webhook_deliveries::webhook_id, webhook_deliveries::number))
            .do_update()
            .set(*row)
            .execute(inner)
    })?;
    let of_it = webhook_deliveries::table
        .filter(webhook_deliveries::member_id.eq(row.member_id))
        .filter(webhook_deliveries::webhook_id.eq(row.webhook_id));
    diesel::delete(of_it.filter(webhook_deliveries::number.le(row.number - KEPT))).execute(conn)?;
    let of_it = webhook_attempts::table
        .filter(webhook_attempts::member_id.eq(row.member_id))
        .filter(webhook_attempts::webhook_id.eq(row.webhook_id));
    diesel::delete(of_it.filter(webhook_attempts::number.le(row.number - KEPT))).execute(conn)?;
    Ok(())
}

/// Writes down an attempt, and forgets one of long ago.
pub fn log(conn: &mut Conn, row: LoggedAttempt) -> Result<()> {
    each!(conn, inner => diesel::insert_into(webhook_attempts::table).values(row).execute(inner))?;
    let of_event = webhook_attempts::table
        .filter(webhook_attempts::member_id.eq(row.member_id))
        .filter(webhook_attempts::webhook_id.eq(row.webhook_id))
        .filter(webhook_attempts::number.eq(row.number));
    let earlier = of_event.filter(webhook_attempts::attempt.le(row.attempt - ATTEMPTS_KEPT));
    diesel::delete(earlier).execute(conn)?;
    Ok(())
}

/// The first dead letter that is to be sent once more.
pub fn first_recalled(conn: &mut Conn, (member, id): Key) -> Result<Option<i64>> {
    let query = webhook_deliveries::table
        .filter(webhook_deliveries::member_id.eq(member))
        .filter(webhook_deliveries::webhook_id.eq(id))
        .filter(webhook_deliveries::state.eq(DeliveryState::Recalled))
        .select(diesel::dsl::min(webhook_deliveries::number));
    Ok(query.first(conn)?)
}

/// What became of the events of one of the viewer's own, the last event first, before this number.
pub fn of_webhook(
    conn: &mut Conn,
    viewer: &Viewer,
    id: WebhookId,
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::member_id.eq(viewer.member))
        .filter(webhook_deliveries::webhook_id.eq(id))
        .select(Delivery::as_select())
        .order(webhook_deliveries::number.desc())
        .limit(limit)
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(webhook_deliveries::state.eq(state));
    }
    if let Some(before) = before {
        query = query.filter(webhook_deliveries::number.lt(before));
    }
    Ok(query.load(conn)?)
}

/// What became of an event at one of the viewer's own, with its attempts that are on record, the first of them first.
pub fn logged(
    conn: &mut Conn,
    viewer: &Viewer,
    id: WebhookId,
    number: i64,
) -> Result<Option<(Delivery, Vec<LoggedAttempt>)>> {
    let Some(delivery) = find(conn, (viewer.member, id), number)? else { return Ok(None) };
    let attempts = webhook_attempts::table
        .filter(webhook_attempts::member_id.eq(viewer.member))
        .filter(webhook_attempts::webhook_id.eq(id))
        .filter(webhook_attempts::number.eq(number))
        .select(LoggedAttempt::as_select())
        .order(webhook_attempts::attempt);
    Ok(Some((delivery, attempts.load(conn)?)))
}

/// Forgets what became of events: at one webhook, or, if none is named, at all of the member's.
pub fn delete(conn: &mut Conn, member: MemberId, webhook: Option<WebhookId>) -> Result<()> {
    let mut attempts =
        diesel::delete(webhook_attempts::table).filter(webhook_attempts::member_id.eq(member)).into_boxed();
    let mut deliveries = diesel::delete(webhook_deliveries::table)
        .filter(webhook_deliveries::member_id.eq(member))
        .into_boxed();
    if let Some(id) = webhook {
        attempts = attempts.filter(webhook_attempts::webhook_id.eq(id));
        deliveries = deliveries.filter(webhook_deliveries::webhook_id.eq(id));
    }
    attempts.execute(conn)?;
    deliveries.execute(conn)?;
    Ok(())
}
