//! Invites whoever started the server to become its first operator.

use secrecy::SecretString;

use crate::domain::id::MakeIds;
use crate::domain::member::{MemberKind, Role};
use crate::domain::time::Timestamp;
use crate::ops::create_member::{NewMember, create_member};
use crate::ops::invite_user::{NewInvitation, invite_user};
use crate::store::{Conn, Db, Result, StoreError, invitations, members, users};

/// The token of an invitation for the first operator, unless there is a user of one. It replaces the one
/// before: a link that was printed by an earlier start and lies in some log makes nobody an operator.
pub fn invite_first_operator(db: &Db, ids: &dyn MakeIds, now: Timestamp) -> Result<Option<SecretString>> {
    let invite = || db.write(|conn| invite(conn, ids, now));
    // Taken: another node that starts now has made the operator a moment ago.
    invite().or_else(|error| if matches!(error, StoreError::Taken) { invite() } else { Err(error) })
}

fn invite(conn: &mut Conn, ids: &dyn MakeIds, now: Timestamp) -> Result<Option<SecretString>> {
    let operator = match members::any_of_kind(conn, MemberKind::Operator)? {
        Some(operator) => operator,
        None => {
            let new = NewMember {
                slug: "operator".to_owned(),
                name: "Alliance operator".to_owned(),
                kind: MemberKind::Operator,
            };
            create_member(conn, ids, now, &new)?
        }
    };
    if users::any_of_member(conn, operator.id)? {
        return Ok(None);
    }
    // Of nodes that start at once, each must see the link of the one before to void it.
    members::lock(conn, operator.id)?;
    invitations::void_for_anybody(conn, operator.id, now)?;
    let new = NewInvitation { email: None, role: Role::Owner };
    let (_, token) = invite_user(conn, ids, now, operator.id, &new)?;
    Ok(Some(token))
}
