//! What the database holds of one member, for erasing it.

use diesel::prelude::*;

use super::schema::{
    api_keys, exchange_statuses, held_values, introduction_recipients, introductions, invitations,
    judgements, pool_entries, pool_queue, refresh_tokens, report_revisions, reports, sessions, users,
    webhooks,
};
use super::{Conn, Result, deliveries, judgements as judged};
use crate::domain::id::{MemberId, SessionId, UserId};
use crate::store::reports::ReportState;

/// Whether a pool has a report of the member, or is to get one.
pub fn is_pooled(conn: &mut Conn, member: MemberId) -> Result<bool> {
    use diesel::dsl::exists;
    let entries = exists(pool_entries::table.filter(pool_entries::member_id.eq(member)));
    let queued = exists(pool_queue::table.filter(pool_queue::member_id.eq(member)));
    let live = reports::table.filter(reports::member_id.eq(member));
    let live = exists(live.filter(reports::state.eq(ReportState::Live)));
    Ok(diesel::select(entries.or(queued).or(live)).get_result(conn)?)
}

/// Deletes the member's reports, introductions, people, keys and webhooks. The member itself stays, since the record of groups
/// names it, and so
/// do its judgements, without what it said of them.
pub fn delete_all(conn: &mut Conn, member: MemberId) -> Result<()> {
    diesel::delete(reports::table.filter(reports::member_id.eq(member))).execute(conn)?;
    diesel::delete(exchange_statuses::table.filter(exchange_statuses::member_id.eq(member))).execute(conn)?;
    diesel::delete(report_revisions::table.filter(report_revisions::member_id.eq(member))).execute(conn)?;
    diesel::delete(held_values::table.filter(held_values::member_id.eq(member))).execute(conn)?;
    let made =
        judgements::table.filter(judgements::member_id.eq(member)).select(judged::Judgement::as_select());
    for row in made.load::<judged::Judgement>(conn)? {
        judged::forget_reason(conn, row)?;
    }
    let answers = introduction_recipients::table.filter(
        introduction_recipients::member_id.eq(member).or(introduction_recipients::asker_id.eq(member)),
    );
    diesel::delete(answers).execute(conn)?;
    diesel::delete(introductions::table.filter(introductions::member_id.eq(member))).execute(conn)?;
    let people = users::table.filter(users::member_id.eq(member)).select(users::id);
    for user in people.load::<UserId>(conn)? {
        let open = sessions::table.filter(sessions::user_id.eq(user)).select(sessions::id);
        for session in open.load::<SessionId>(conn)? {
            diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq(session)))
                .execute(conn)?;
        }
        diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(conn)?;
    }
    diesel::delete(users::table.filter(users::member_id.eq(member))).execute(conn)?;
    diesel::delete(invitations::table.filter(invitations::member_id.eq(member))).execute(conn)?;
    deliveries::delete(conn, member, None)?;
    diesel::delete(webhooks::table.filter(webhooks::member_id.eq(member))).execute(conn)?;
    diesel::delete(api_keys::table.filter(api_keys::member_id.eq(member))).execute(conn)?;
    Ok(())
}
