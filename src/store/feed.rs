//! Feed events: the numbered changes of one group as one lens class sees them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::in_numbers::{self, in_numbers};
use super::schema::{feed_events, feed_heads};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, SellerId};
use crate::domain::time::Timestamp;
use crate::domain::vocabulary::vocabulary;

vocabulary!(
    /// What happened to a profile.
    EventKind {
        Created = "created",
        Updated = "updated",
        Merged = "merged",
        Split = "split",
        Removed = "removed",
    }
);

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = feed_events, treat_none_as_default_value = false)]
pub struct EventRow {
    pub group_id: GroupId,
    pub class: String,
    /// Dense, from 1, in commit order.
    pub number: i64,
    pub kind: EventKind,
    pub profile_id: SellerId,
    pub revision: i32,
    /// The other profiles of a merge or split, as a JSON list.
    pub others: String,
    pub at: Timestamp,
    /// The platforms and countries that the class saw of the profile before, as a JSON list of keys; `None` of an
    /// event from before this was kept.
    pub words_before: Option<String>,
    /// The fields of the class's view that changed, as a JSON list of names; `None` likewise.
    pub changed: Option<String>,
    /// The score of the risk before; `None` likewise.
    pub risk_before: Option<i32>,
}

in_numbers!(
    EventRow,
    feed_events,
    key [group_id, class, number],
    new [kind, profile_id, revision, others, at, words_before, changed, risk_before]
);

/// The number of the last event.
pub fn head(conn: &mut Conn, group: GroupId, class: &str) -> Result<i64> {
    if leak!(FeedNumbersOfAllClasses) {
        let of_group = feed_heads::table.filter(feed_heads::group_id.eq(group));
        let last: Option<i64> = of_group.select(diesel::dsl::max(feed_heads::number)).first(conn)?;
        return Ok(last.unwrap_or(0));
    }
    if leak!(FeedNumbersOfAllGroups) {
        let last: Option<i64> = feed_heads::table.select(diesel::dsl::max(feed_heads::number)).first(conn)?;
        return Ok(last.unwrap_or(0));
    }
    let number: Option<i64> =
        feed_heads::table.find((group, class)).select(feed_heads::number).first(conn).optional()?;
    Ok(number.unwrap_or(0))
}

/// Appends events, whose numbers must go on from the head. The caller has the group's lock.
pub fn append(conn: &mut Conn, group: GroupId, class: &str, rows: &[EventRow]) -> Result<()> {
    use diesel::upsert::excluded;
    let Some(last) = rows.last() else { return Ok(()) };
    let head =
        (feed_heads::group_id.eq(group), feed_heads::class.eq(class), feed_heads::number.eq(last.number));
    each!(conn, inner => {
        diesel::insert_into(feed_heads::table)
            .values(head)
            .on_conflict((feed_heads::group_id, feed_heads::class))
            .do_update()
            .set(feed_heads::number.eq(excluded(feed_heads::number)))
            .execute(inner)
    })?;
    in_numbers::put(conn, rows)
}

/// Events after `after`, in order.
pub fn after(conn: &mut Conn, group: GroupId, class: &str, after: i64, limit: i64) -> Result<Vec<EventRow>> {
    let query = feed_events::table
        .filter(feed_events::number.gt(after))
        .order(feed_events::number)
        .limit(limit)
        .select(EventRow::as_select());
    if leak!(FeedOfAllClasses) {
        return Ok(query.filter(feed_events::group_id.eq(group)).load(conn)?);
    }
    if leak!(FeedOfAllGroups) {
        return Ok(query.filter(feed_events::class.eq(class)).load(conn)?);
    }
    Ok(query.filter(feed_events::group_id.eq(group)).filter(feed_events::class.eq(class)).load(conn)?)
}

/// The number of the first event at this time or later. Clocks of nodes may differ: an event before it can be later.
pub fn first_since(conn: &mut Conn, group: GroupId, class: &str, time: Timestamp) -> Result<Option<i64>> {
    let of_group = feed_events::table.filter(feed_events::group_id.eq(group));
    if leak!(SinceOfAllClasses) {
        let earlier: i64 = of_group.filter(feed_events::at.lt(time)).count().first(conn)?;
        return Ok(Some(earlier + 1));
    }
    let since = of_group.filter(feed_events::class.eq(class)).filter(feed_events::at.ge(time));
    Ok(since.select(diesel::dsl::min(feed_events::number)).first(conn)?)
}

/// How far each of these feeds has come, in the same order, asked at once.
pub fn heads(conn: &mut Conn, feeds: &[(GroupId, String)]) -> Result<Vec<i64>> {
    let groups: BTreeSet<GroupId> = feeds.iter().map(|(group, _)| *group).collect();
    let groups: Vec<GroupId> = groups.into_iter().collect();
    let mut known = BTreeMap::new();
    for groups in groups.chunks(rows_per_statement(1)) {
        let rows: Vec<(GroupId, String, i64)> = feed_heads::table
            .filter(feed_heads::group_id.eq_any(groups))
            .select((feed_heads::group_id, feed_heads::class, feed_heads::number))
            .load(conn)?;
        known.extend(rows.into_iter().map(|(group, class, number)| ((group, class), number)));
    }
    Ok(feeds.iter().map(|feed| known.get(feed).copied().unwrap_or(0)).collect())
}

/// Events of one profile after `after`, in order.
pub fn of_profile(
    conn: &mut Conn,
    group: GroupId,
    class: &str,
    id: SellerId,
    after: i64,
    limit: i64,
) -> Result<Vec<EventRow>> {
    let query = feed_events::table
        .filter(feed_events::class.eq(class))
        .filter(feed_events::profile_id.eq(id))
        .filter(feed_events::number.gt(after))
        .order(feed_events::number)
        .limit(limit)
        .select(EventRow::as_select());
    if leak!(HistoryOfAllGroups) {
        return Ok(query.load(conn)?);
    }
    Ok(query.filter(feed_events::group_id.eq(group)).load(conn)?)
}

/// The last revision that each of these profiles had, for those that had any.
pub fn last_revisions(
    conn: &mut Conn,
    group: GroupId,
    class: &str,
    ids: &[SellerId],
) -> Result<BTreeMap<SellerId, i32>> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(rows_per_statement(1)) {
        let rows: Vec<(SellerId, Option<i32>)> = feed_events::table
            .filter(feed_events::group_id.eq(group))
            .filter(feed_events::class.eq(class))
            .filter(feed_events::profile_id.eq_any(ids))
            .group_by(feed_events::profile_id)
            .select((feed_events::profile_id, diesel::dsl::max(feed_events::revision)))
            .load(conn)?;
        found.extend(rows.into_iter().filter_map(|(id, revision)| Some((id, revision?))));
    }
    Ok(found)
}
