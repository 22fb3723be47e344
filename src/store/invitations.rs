//! Single-use invitations to become a user of a member. The address that one is for rests sealed.

use diesel::prelude::*;

use super::schema::invitations;
use super::vault::{Guarded, Owner, guarded_row, opened, opened_one, sealed};
use super::{Conn, Result, each};
use crate::domain::id::{InvitationId, MemberId};
use crate::domain::member::Role;
use crate::domain::time::Timestamp;

/// An invitation; the token itself is only in the link.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct Invitation {
    pub id: InvitationId,
    pub member_id: MemberId,
    /// The only address that may accept; empty if anybody with the link may.
    pub email: Guarded,
    pub role: Role,
    pub token_hash: Vec<u8>,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

guarded_row!(
    Invitation,
    "invitations",
    |row| Owner::Member(row.member_id),
    [member_id, id],
    ["email" = email]
);

pub fn insert(conn: &mut Conn, invitation: &Invitation) -> Result<()> {
    let row = sealed(conn, std::slice::from_ref(invitation))?;
    each!(conn, inner => diesel::insert_into(invitations::table).values(&row).execute(inner))?;
    Ok(())
}

/// Ends what is still good of a member's invitations that anybody with the link may accept.
pub fn void_for_anybody(conn: &mut Conn, member: MemberId, now: Timestamp) -> Result<()> {
    let open = invitations::table
        .filter(invitations::member_id.eq(member))
        .filter(invitations::used_at.is_null())
        .filter(invitations::expires_at.gt(now))
        .select(Invitation::as_select())
        .load(conn)?;
    for invitation in opened(conn, open)?.iter().filter(|invitation| invitation.email.is_empty()) {
        let row = invitations::table.find(invitation.id);
        diesel::update(row).set(invitations::expires_at.eq(now)).execute(conn)?;
    }
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
    let found = query.select(Invitation::as_select()).first(conn).optional()?;
    opened_one(conn, found)
}
