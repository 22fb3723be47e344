//! Members of the alliance. Only the operator's doings and signing in reach this without a viewer.

use diesel::prelude::*;

use super::schema::members;
use super::vault::{self, make_key};
use super::{Conn, Result};
use crate::domain::id::MemberId;
use crate::domain::member::{MemberKind, Owner, Standing};
use crate::domain::time::Timestamp;
use crate::domain::viewer::{Credential, Viewer};

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = members, treat_none_as_default_value = false)]
pub struct Member {
    pub id: MemberId,
    pub slug: String,
    pub name: String,
    pub kind: MemberKind,
    pub standing: Standing,
    pub created_at: Timestamp,
    /// The corporate family that it belongs to, if the operator knows of one.
    pub owner_group: Option<String>,
}

impl Member {
    /// As whom it counts.
    pub fn owner(&self) -> Owner {
        Owner::of(self.id, self.owner_group.as_deref())
    }

    /// The member as somebody who asks.
    pub fn viewer(&self, credential: Credential) -> Viewer {
        Viewer {
            member: self.id,
            member_slug: self.slug.clone(),
            member_name: self.name.clone(),
            kind: self.kind,
            credential,
        }
    }
}

pub fn insert(conn: &mut Conn, member: &Member) -> Result<()> {
    diesel::insert_into(members::table).values(member.clone()).execute(conn)?;
    make_key(conn, vault::Owner::Member(member.id), member.created_at)
}

pub fn find(conn: &mut Conn, id: MemberId) -> Result<Option<Member>> {
    Ok(members::table.find(id).select(Member::as_select()).first(conn).optional()?)
}

pub fn find_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Member>> {
    let query = members::table.filter(members::slug.eq(slug)).select(Member::as_select());
    Ok(query.first(conn).optional()?)
}

/// Members with these ids, in any order.
pub fn find_many(conn: &mut Conn, ids: &[MemberId]) -> Result<Vec<Member>> {
    Ok(members::table.filter(members::id.eq_any(ids)).select(Member::as_select()).load(conn)?)
}

/// A page of members by id, after `after`.
pub fn list(conn: &mut Conn, after: Option<MemberId>, limit: i64) -> Result<Vec<Member>> {
    let mut query = members::table.select(Member::as_select()).order(members::id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(members::id.gt(after));
    }
    Ok(query.load(conn)?)
}

pub fn any_of_kind(conn: &mut Conn, kind: MemberKind) -> Result<Option<Member>> {
    let query = members::table.filter(members::kind.eq(kind)).order(members::id).select(Member::as_select());
    Ok(query.first(conn).optional()?)
}

/// Makes other transactions that lock the member wait until this one ends; on SQLite they do anyway.
pub fn lock(conn: &mut Conn, id: MemberId) -> Result<()> {
    if let Conn::Postgres(inner) = conn {
        members::table.find(id).select(members::id).for_no_key_update().first::<MemberId>(inner)?;
    }
    Ok(())
}

/// Sets the family that a member belongs to; what that changes is for the caller to have worked out.
pub fn set_owner_group(conn: &mut Conn, id: MemberId, owner_group: Option<&str>) -> Result<()> {
    diesel::update(members::table.find(id)).set(members::owner_group.eq(owner_group)).execute(conn)?;
    Ok(())
}

pub fn set_standing(conn: &mut Conn, id: MemberId, standing: Standing) -> Result<()> {
    diesel::update(members::table.find(id)).set(members::standing.eq(standing)).execute(conn)?;
    Ok(())
}
