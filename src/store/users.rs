//! People. A user belongs to one member and signs in with an e-mail address. Address and name rest sealed, and who signs in
//! is found by a keyed hash of the address.

use diesel::prelude::*;

use super::schema::{members, users};
use super::vault::{Guarded, Owner, blind_index, guarded_row, open, opened, opened_one, sealed};
use super::{Conn, Result, each};
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
    pub email: Guarded,
    pub name: Guarded,
    pub role: Role,
    pub password_hash: String,
    pub standing: Standing,
    pub created_at: Timestamp,
}

guarded_row!(
    User,
    "users",
    |row| Owner::Member(row.member_id),
    [member_id, id],
    ["email" = email, "name" = name]
);

/// What finds the user with this sign-in name.
fn index_of(email: &str) -> Result<Vec<u8>> {
    blind_index("users.email", email)
}

pub fn insert(conn: &mut Conn, user: &User) -> Result<()> {
    let index = index_of(&user.email.text())?;
    for row in sealed(conn, std::slice::from_ref(user))? {
        let row = (row, users::email_index.eq(&index));
        each!(conn, inner => diesel::insert_into(users::table).values(row).execute(inner))?;
    }
    Ok(())
}

/// Works out the index of users that an earlier release has stored, whose addresses are not sealed yet.
pub(super) fn index_missing(conn: &mut Conn) -> Result<()> {
    let missing = users::table.filter(users::email_index.is_null()).select((users::id, users::email));
    for (id, email) in missing.load::<(UserId, Guarded)>(conn)? {
        let index = index_of(&email.text())?;
        diesel::update(users::table.find(id)).set(users::email_index.eq(index)).execute(conn)?;
    }
    Ok(())
}

fn opened_with_member(conn: &mut Conn, found: Option<(User, Member)>) -> Result<Option<(User, Member)>> {
    found
        .map(|(mut user, member)| open(conn, std::slice::from_mut(&mut user)).map(|()| (user, member)))
        .transpose()
}

/// The user with this sign-in name, and its member.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<(User, Member)>> {
    let query = users::table
        .inner_join(members::table)
        .filter(users::email_index.eq(index_of(email)?))
        .select((User::as_select(), Member::as_select()));
    let found = query.first(conn).optional()?;
    opened_with_member(conn, found)
}

/// A user and its member, for a request that carries the user's token.
pub fn find_with_member(conn: &mut Conn, id: UserId) -> Result<Option<(User, Member)>> {
    let query = users::table
        .inner_join(members::table)
        .filter(users::id.eq(id))
        .select((User::as_select(), Member::as_select()));
    let found = query.first(conn).optional()?;
    opened_with_member(conn, found)
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
    let found = query.load(conn)?;
    opened(conn, found)
}

/// Changes the standing of one of the viewer's own users; false if there is no such user.
pub fn set_standing(conn: &mut Conn, viewer: &Viewer, id: UserId, standing: Standing) -> Result<bool> {
    let own = users::table.filter(users::member_id.eq(viewer.member)).filter(users::id.eq(id));
    Ok(diesel::update(own).set(users::standing.eq(standing)).execute(conn)? > 0)
}

pub fn find(conn: &mut Conn, viewer: &Viewer, id: UserId) -> Result<Option<User>> {
    let own = users::table.filter(users::member_id.eq(viewer.member)).filter(users::id.eq(id));
    let found = own.select(User::as_select()).first(conn).optional()?;
    opened_one(conn, found)
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
