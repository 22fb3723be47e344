//! People. A user belongs to one member and signs in with an e-mail address.

use diesel::prelude::*;

use super::schema::{members, users};
use super::{Conn, Result};
use crate::domain::id::{MemberId, UserId};
use crate::domain::member::{Role, Standing};
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::members::Member;

/// A user. The password hash is a PHC string (argon2id).
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct User {
    pub id: UserId,
    pub member_id: MemberId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password_hash: String,
    pub standing: Standing,
    pub created_at: Timestamp,
}

pub fn insert(conn: &mut Conn, user: &User) -> Result<()> {
    diesel::insert_into(users::table).values(user.clone()).execute(conn)?;
    Ok(())
}

/// The user with this sign-in name, and its member.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<(User, Member)>> {
    let query = users::table
        .inner_join(members::table)
        .filter(users::email.eq(email))
        .select((User::as_select(), Member::as_select()));
    Ok(query.first(conn).optional()?)
}

/// A user and its member, for a request that carries the user's token.
pub fn find_with_member(conn: &mut Conn, id: UserId) -> Result<Option<(User, Member)>> {
    let query = users::table
        .inner_join(members::table)
        .filter(users::id.eq(id))
        .select((User::as_select(), Member::as_select()));
    Ok(query.first(conn).optional()?)
}

/// A page of the viewer's own colleagues.
pub fn list(conn: &mut Conn, viewer: &Viewer, after: Option<UserId>, limit: i64) -> Result<Vec<User>> {
    let mut query = users::table.select(User::as_select()).order(users::id).limit(limit).into_boxed();
    if !leak!(UsersOfOthers) {
        query = query.filter(users::member_id.eq(viewer.member));
    }
    if let Some(after) = after {
        query = query.filter(users::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Changes the standing of one of the viewer's own users; false if there is no such user.
pub fn set_standing(conn: &mut Conn, viewer: &Viewer, id: UserId, standing: Standing) -> Result<bool> {
    let own = users::table.filter(users::member_id.eq(viewer.member)).filter(users::id.eq(id));
    Ok(diesel::update(own).set(users::standing.eq(standing)).execute(conn)? > 0)
}

pub fn find(conn: &mut Conn, viewer: &Viewer, id: UserId) -> Result<Option<User>> {
    let own = users::table.filter(users::member_id.eq(viewer.member)).filter(users::id.eq(id));
    Ok(own.select(User::as_select()).first(conn).optional()?)
}

/// For the command line: gives a user a new password hash.
pub fn set_password(conn: &mut Conn, id: UserId, password_hash: &str) -> Result<()> {
    diesel::update(users::table.find(id)).set(users::password_hash.eq(password_hash)).execute(conn)?;
    Ok(())
}

/// Whether a member has any user: asked when the server starts.
pub fn any_of_member(conn: &mut Conn, member: MemberId) -> Result<bool> {
    let users = users::table.filter(users::member_id.eq(member));
    Ok(diesel::select(diesel::dsl::exists(users)).get_result(conn)?)
}
