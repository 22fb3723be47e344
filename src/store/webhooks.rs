//! Where members have events sent to, and how far it came there.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::schema::{feed_heads, members, sharing_groups, webhooks};
use super::vault::{Guarded, Owner, guarded_row, opened, opened_one, sealed};
use super::{Conn, Result, deliveries, each};
use crate::domain::id::{GroupId, MemberId, WebhookId};
use crate::domain::member::Standing;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::domain::webhook::{WebhookEnd, WebhookState};

/// One row of `webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false)]
pub struct Webhook {
    pub member_id: MemberId,
    pub id: WebhookId,
    pub group_id: GroupId,
    /// The lens class of the member, by which the events are counted.
    pub class: String,
    pub url: Guarded,
    pub secret: Guarded,
    /// The secret before the last change; empty if there was none.
    pub old_secret: Guarded,
    /// Until when that signs along.
    pub old_secret_until: Timestamp,
    pub state: WebhookState,
    pub ended_by: Option<WebhookEnd>,
    pub ended_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// User or key.
    pub created_by: String,
    /// The number of the last event that was delivered or put aside.
    pub position: i64,
    /// Failed attempts of the event after that.
    pub attempts: i32,
    /// When the next attempt may be made.
    pub due_at: Timestamp,
    /// Since when nothing was delivered though it was tried.
    pub failing_since: Option<Timestamp>,
    /// Whether dead letters are to be sent once more.
    pub recalled: bool,
    /// The node that delivers.
    pub leased_by: Vec<u8>,
    pub leased_until: Timestamp,
}

guarded_row!(
    Webhook,
    "webhooks",
    |row| Owner::Member(row.member_id),
    [member_id, id],
    ["url" = url, "secret" = secret, "old_secret" = old_secret]
);

/// Which one is meant.
pub type Key = (MemberId, WebhookId);

impl Webhook {
    pub const fn key(&self) -> Key {
        (self.member_id, self.id)
    }

    /// The secrets that sign at `now`, the newest first.
    pub fn secrets(&self, now: Timestamp) -> Vec<&[u8]> {
        let old = (!self.old_secret.is_empty() && now < self.old_secret_until).then_some(&self.old_secret);
        [&self.secret].into_iter().chain(old).map(Guarded::bytes).collect()
    }
}

pub fn insert(conn: &mut Conn, row: &Webhook) -> Result<()> {
    let row = sealed(conn, std::slice::from_ref(row))?;
    each!(conn, inner => diesel::insert_into(webhooks::table).values(&row).execute(inner))?;
    Ok(())
}

/// The viewer's own, the oldest first, with the slugs of their groups.
pub fn of_viewer(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<(Webhook, String)>> {
    let mut query = webhooks::table
        .inner_join(sharing_groups::table)
        .select((Webhook::as_select(), sharing_groups::slug))
        .order((webhooks::created_at, webhooks::id))
        .into_boxed();
    if !leak!(WebhooksOfOthers) {
        query = query.filter(webhooks::member_id.eq(viewer.member));
    }
    let rows: Vec<(Webhook, String)> = query.load(conn)?;
    let (rows, slugs): (Vec<Webhook>, Vec<String>) = rows.into_iter().unzip();
    Ok(opened(conn, rows)?.into_iter().zip(slugs).collect())
}

/// One of the viewer's own, with the slug of its group.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: WebhookId) -> Result<Option<(Webhook, String)>> {
    let query = webhooks::table
        .inner_join(sharing_groups::table)
        .filter(webhooks::member_id.eq(viewer.member))
        .filter(webhooks::id.eq(id))
        .select((Webhook::as_select(), sharing_groups::slug));
    let Some((row, slug)) = query.first::<(Webhook, String)>(conn).optional()? else { return Ok(None) };
    Ok(opened_one(conn, Some(row))?.map(|row| (row, slug)))
}

/// One of anybody's: for who delivers.
pub fn of_key(conn: &mut Conn, key: Key) -> Result<Option<Webhook>> {
    let found = webhooks::table.find(key).select(Webhook::as_select()).first(conn).optional()?;
    opened_one(conn, found)
}

/// The same, held until the transaction ends: who delivers and who changes it come one after the other.
pub fn lock(conn: &mut Conn, key: Key) -> Result<Option<Webhook>> {
    let row = webhooks::table.find(key);
    let found = match conn {
        Conn::Sqlite(inner) => row.select(Webhook::as_select()).first(inner).optional()?,
        Conn::Postgres(inner) => {
            row.select(Webhook::as_select()).for_no_key_update().first(inner).optional()?
        }
    };
    opened_one(conn, found)
}

/// Writes a row that is locked.
pub fn put(conn: &mut Conn, row: &Webhook) -> Result<()> {
    for row in sealed(conn, std::slice::from_ref(row))? {
        diesel::update(webhooks::table.find(row.key()))
            .set((
                (
                    webhooks::url.eq(row.url),
                    webhooks::secret.eq(row.secret),
                    webhooks::old_secret.eq(row.old_secret),
                    webhooks::old_secret_until.eq(row.old_secret_until),
                ),
                (
                    webhooks::state.eq(row.state),
                    webhooks::ended_by.eq(row.ended_by),
                    webhooks::ended_at.eq(row.ended_at),
                ),
                (
                    webhooks::position.eq(row.position),
                    webhooks::attempts.eq(row.attempts),
                    webhooks::due_at.eq(row.due_at),
                    webhooks::failing_since.eq(row.failing_since),
                    webhooks::recalled.eq(row.recalled),
                ),
                (webhooks::leased_by.eq(row.leased_by), webhooks::leased_until.eq(row.leased_until)),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub fn delete(conn: &mut Conn, (member, id): Key) -> Result<()> {
    deliveries::delete(conn, member, Some(id))?;
    diesel::delete(webhooks::table.find((member, id))).execute(conn)?;
    Ok(())
}

/// Those at which something is to be tried, that no node is at, and whose member is in good standing.
macro_rules! due {
    ($now:expr) => {
        webhooks::table
            .filter(webhooks::state.eq(WebhookState::Active))
            .filter(webhooks::due_at.le($now))
            .filter(webhooks::leased_until.le($now))
            .filter(exists(
                members::table
                    .filter(members::id.eq(webhooks::member_id))
                    .filter(members::standing.eq(Standing::Active)),
            ))
            .filter(
                webhooks::recalled.eq(true).or(exists(
                    feed_heads::table
                        .filter(feed_heads::group_id.eq(webhooks::group_id))
                        .filter(feed_heads::class.eq(webhooks::class))
                        .filter(feed_heads::number.gt(webhooks::position)),
                )),
            )
    };
}

/// Whether there is any such.
pub fn any_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let first = due!(now).select(webhooks::id).first::<WebhookId>(conn).optional()?;
    Ok(first.is_some())
}

/// Takes at most `limit` of them for a node, until then. What another node takes meanwhile is left to it.
pub fn claim(
    conn: &mut Conn,
    now: Timestamp,
    (node, until): (&[u8], Timestamp),
    limit: i64,
) -> Result<Vec<Key>> {
    let query = due!(now).select((webhooks::member_id, webhooks::id)).order(webhooks::due_at).limit(limit);
    let keys: Vec<Key> = match conn {
        Conn::Sqlite(inner) => query.load(inner)?,
        Conn::Postgres(inner) => query.for_no_key_update().skip_locked().load(inner)?,
    };
    for key in &keys {
        diesel::update(webhooks::table.find(*key))
            .set((webhooks::leased_by.eq(node), webhooks::leased_until.eq(until)))
            .execute(conn)?;
    }
    Ok(keys)
}

/// Gives back whatever a node has taken.
pub fn release_all(conn: &mut Conn, node: &[u8]) -> Result<()> {
    diesel::update(webhooks::table.filter(webhooks::leased_by.eq(node)))
        .set(webhooks::leased_until.eq(Timestamp::default()))
        .execute(conn)?;
    Ok(())
}
