//! Takes an organisation into the alliance. A platform gets its drop box with it.

use crate::domain::fault::{Fault, Faults};
use crate::domain::group::{ALLIANCE, DROP_BOX_PREFIX, GroupKind};
use crate::domain::id::{GroupId, MakeIds, MemberId};
use crate::domain::lens::K;
use crate::domain::member::{MemberKind, NAME_CHARS_MAX, Standing, is_slug};
use crate::domain::resolution::rules::RULES_VERSION;
use crate::domain::time::Timestamp;
use crate::store::groups::{self, Group};
use crate::store::members::{self, Member};
use crate::store::{Conn, Result, StoreError};

/// A new member, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    pub slug: String,
    pub name: String,
    pub kind: MemberKind,
}

impl NewMember {
    /// Checks what was sent.
    pub fn parse(
        slug: Option<String>,
        name: Option<String>,
        kind: Option<String>,
    ) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let slug = faults.required(slug, "/slug").filter(|slug| {
            let good = is_slug(slug);
            if !good {
                faults.add("/slug", "malformed", "Use 2 to 63 of a-z, 0-9 and -, not at the ends.");
            }
            good
        });
        let name = parse_name(&mut faults, name);
        let kind = faults.required(kind, "/kind").and_then(|kind| {
            let parsed = MemberKind::parse_name(&kind);
            if parsed.is_none() {
                faults.add("/kind", "not_allowed", format!("Must be one of: {}.", MemberKind::names()));
            }
            parsed
        });
        let new = slug.zip(name).zip(kind).map(|((slug, name), kind)| Self { slug, name, kind });
        faults.or(new)
    }
}

/// Checks the name of a member, user, key or group.
pub fn parse_name(faults: &mut Faults, name: Option<String>) -> Option<String> {
    let name = faults.required(name, "/name")?;
    let name = crate::domain::identifier::text::clean(&name);
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        faults.add("/name", "malformed", format!("Use 1 to {NAME_CHARS_MAX} characters."));
        return None;
    }
    Some(name)
}

/// Inserts the member; `StoreError::Taken` if the slug is.
pub fn create_member(conn: &mut Conn, ids: &dyn MakeIds, now: Timestamp, new: &NewMember) -> Result<Member> {
    ensure_alliance(conn, ids, now)?;
    if members::find_by_slug(conn, &new.slug)?.is_some() {
        return Err(StoreError::Taken);
    }
    let member = Member {
        id: MemberId(ids.make(&[b"member", new.slug.as_bytes()])),
        slug: new.slug.clone(),
        name: new.name.clone(),
        kind: new.kind,
        standing: Standing::Active,
        created_at: now,
        owner_group: None,
    };
    members::insert(conn, &member)?;
    if member.kind == MemberKind::Platform {
        open_drop_box(conn, ids, now, &member)?;
    }
    Ok(member)
}

/// Makes the built-in group of all members, once.
pub fn ensure_alliance(conn: &mut Conn, ids: &dyn MakeIds, now: Timestamp) -> Result<()> {
    if groups::all(conn)?.iter().any(|group| group.slug == ALLIANCE) {
        return Ok(());
    }
    let alliance = new_group(ids, now, ALLIANCE, "The alliance", GroupKind::Alliance);
    groups::insert(conn, &alliance, &[])
}

fn open_drop_box(conn: &mut Conn, ids: &dyn MakeIds, now: Timestamp, platform: &Member) -> Result<()> {
    groups::lock_for_making(conn)?;
    let slug = format!("{DROP_BOX_PREFIX}{}", platform.slug);
    let name = format!("Drop box of {}", platform.name);
    let drop_box = Group {
        host_id: Some(platform.id),
        ..including(conn, new_group(ids, now, &slug, &name, GroupKind::DropBox))?
    };
    groups::insert(conn, &drop_box, &[])?;
    groups::queue_alliance(conn, drop_box.id, |report| {
        ids.make(&[b"queue", drop_box.id.as_bytes(), report.as_bytes(), &[0; 4]])
    })?;
    // The new platform is a new lens class of every group it reads: their views are made anew.
    groups::mark_views_stale(conn)
}

/// The same group, which includes the alliance. It asks for no fewer members behind what it shows than the alliance does,
/// whose reports it pools.
pub(super) fn including(conn: &mut Conn, group: Group) -> Result<Group> {
    let alliance = groups::all(conn)?.into_iter().find(|group| group.slug == ALLIANCE);
    let k = alliance.map_or(group.k, |alliance| alliance.k.max(group.k));
    Ok(Group { includes_alliance: true, k, ..group })
}

/// A group with fresh counters.
pub fn new_group(ids: &dyn MakeIds, now: Timestamp, slug: &str, name: &str, kind: GroupKind) -> Group {
    Group {
        id: GroupId(ids.make(&[b"group", slug.as_bytes()])),
        slug: slug.to_owned(),
        name: name.to_owned(),
        kind,
        includes_alliance: false,
        host_id: None,
        next_entry: 0,
        next_label: 0,
        lens_version: 0,
        created_at: now,
        // There is nothing in it yet that other rules have resolved.
        rules_version: RULES_VERSION,
        stop_list_version: 0,
        description: String::new(),
        members_named: false,
        k: i32::try_from(K).unwrap_or(i32::MAX),
        batches: 0,
    }
}
