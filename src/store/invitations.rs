//! Single-use invitations to become a user of a member.

use diesel::prelude::*;

use super::schema::invitations;
use super::{Conn, Result};
use crate::domain::id::{InvitationId, MemberId};
use crate::domain::member::Role;
use crate::domain::time::Timestamp;

/// An invitation; the token itself is only in the link.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct Invitation {
    pub id: InvitationId,
    pub member_id: MemberId,
    /// If given, the only address that may accept.
    pub email: Option<String>,
    pub role: Role,
    pub token_hash: Vec<u8>,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

pub fn insert(conn: &mut Conn, invitation: &Invitation) -> Result<()> {
    diesel::insert_into(invitations::table).values(invitation.clone()).execute(conn)?;
    Ok(())
}

/// Ends what is still good of a member's invitations that anybody with the link may accept.
pub fn void_for_anybody(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<()> {
    let open = invitations::table
        .filter(invitations::member_id.eq(member))
        .filter(invitations::email.is_null())
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now));
    diesel::update(open).set(invitations::expires_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Marks an invitation that is good at `now` as used and returns it; `None` if there is none.
/// Of two that try at once, one gets it.
pub fn take(conn: &mut Conn, token_hash: &[u8], now: Timestamp) -> Result<Option<Invitation>> {
    let good = invitations::table
        .filter(invitations::token_hash.eq(token_hash))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now));
    if diesel::update(good).set(invitations::used_at.eq(now)).execute(conn)? == 0 {
        return Ok(None);
    }
    let query = invitations::table.filter(invitations::token_hash.eq(token_hash));
    Ok(query.select(Invitation::as_select()).first(conn).optional()?)
}
