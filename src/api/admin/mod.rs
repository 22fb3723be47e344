//! The operator's work on members, groups and the stop-list, and its watch over look-ups. Nothing here reads a report.

pub mod canaries;
pub mod create_group;
pub mod create_member;
pub mod find_member;
pub mod invite_user;
pub mod list_groups;
pub mod list_look_ups;
pub mod list_members;
pub mod member_standing;
mod note;
pub mod owner_group;
pub mod raise_k;
pub mod stop_list;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::group::GroupKind;
use crate::domain::id::{GroupId, MemberId};
use crate::domain::member::{MemberKind, Standing};
use crate::domain::time::Timestamp;
use crate::store::groups::{Group, Listed};
use crate::store::members::Member;

/// A member of the alliance.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberOut {
    pub id: MemberId,
    pub slug: String,
    pub name: String,
    pub kind: MemberKind,
    pub standing: Standing,
    /// The corporate family that it belongs to: members of one count once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_group: Option<String>,
    pub created_at: Timestamp,
}

impl From<Member> for MemberOut {
    fn from(member: Member) -> Self {
        Self {
            id: member.id,
            slug: member.slug,
            name: member.name,
            kind: member.kind,
            standing: member.standing,
            owner_group: member.owner_group,
            created_at: member.created_at,
        }
    }
}

/// A sharing group as the operator sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupOut {
    pub id: GroupId,
    pub slug: String,
    pub name: String,
    pub kind: GroupKind,
    pub includes_alliance: bool,
    /// How many other members must stand behind classes of goods before a peer sees them.
    pub k: i32,
    /// The members of a custom group; the rights in built-in ones follow from the kind of member.
    pub members: Vec<GroupMemberOut>,
    pub created_at: Timestamp,
}

/// A member of a custom group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMemberOut {
    pub member_id: MemberId,
    pub contribute: bool,
    pub read: bool,
}

fn group_out(group: Group, listed: Vec<Listed>) -> GroupOut {
    GroupOut {
        id: group.id,
        slug: group.slug,
        name: group.name,
        kind: group.kind,
        includes_alliance: group.includes_alliance,
        k: group.k,
        members: listed
            .into_iter()
            .map(|one| GroupMemberOut {
                member_id: one.member_id,
                contribute: one.contribute,
                read: one.read,
            })
            .collect(),
        created_at: group.created_at,
    }
}
