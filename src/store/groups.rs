//! Sharing groups and the rights of members in them.

use diesel::prelude::*;

use super::schema::{group_members, members, pool_queue, reports, sharing_groups};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::group::{ALLIANCE, GroupKind, Rights, pools, rights};
use crate::domain::id::{GroupId, MemberId, ReportId};
use crate::domain::lens::class::Class;
use crate::domain::member::MemberKind;
use crate::domain::membership::Seat;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::members::Member;
use crate::store::reports::Body;
use crate::store::vault::{Owner, make_key, open};

/// A sharing group. Its counters are the resolver's, see `store::pool`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sharing_groups, treat_none_as_default_value = false)]
pub struct Group {
    pub id: GroupId,
    pub slug: String,
    pub name: String,
    pub kind: GroupKind,
    pub includes_alliance: bool,
    /// The platform whose drop box this is.
    pub host_id: Option<MemberId>,
    pub next_entry: i64,
    pub next_label: i64,
    /// Version of the lens that the stored views were made with.
    pub lens_version: i32,
    pub created_at: Timestamp,
    /// Version of the rules that the pool was resolved by.
    pub rules_version: i32,
    /// The change of the stop-list that the pool was resolved under.
    pub stop_list_version: i64,
    /// What a founder says of it.
    pub description: String,
    /// Whether the members are told who the others are, or only how many.
    pub members_named: bool,
    /// Other members that must stand behind classes of goods before a peer sees them.
    pub k: i32,
    /// How often the resolver has written to its pool.
    pub batches: i64,
}

impl Group {
    /// Whether a report that is shared with these belongs to the pool of the group.
    pub fn pools(&self, share_with: &[String]) -> bool {
        pools(&self.slug, self.includes_alliance, share_with.iter().map(String::as_str))
    }
}

/// A member's entry in the list of a custom group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = group_members, treat_none_as_default_value = false)]
pub struct Listed {
    pub group_id: GroupId,
    pub member_id: MemberId,
    pub contribute: bool,
    pub read: bool,
    /// Whether it keeps the list.
    pub keeper: bool,
}

impl Listed {
    pub const fn rights(&self) -> Rights {
        Rights { contribute: self.contribute, read: self.read }
    }
}

pub fn insert(conn: &mut Conn, group: &Group, listed: &[Listed]) -> Result<()> {
    diesel::insert_into(sharing_groups::table).values(group.clone()).execute(conn)?;
    make_key(conn, Owner::Group(group.id), group.created_at)?;
    for rows in listed.chunks(rows_per_statement(5)) {
        each!(conn, inner => diesel::insert_into(group_members::table).values(rows).execute(inner))?;
    }
    Ok(())
}

/// Every group, by slug: for the pipeline and the operator.
pub fn all(conn: &mut Conn) -> Result<Vec<Group>> {
    Ok(sharing_groups::table.select(Group::as_select()).order(sharing_groups::slug).load(conn)?)
}

/// The group with this id: for the pipeline.
pub fn find(conn: &mut Conn, id: GroupId) -> Result<Option<Group>> {
    Ok(sharing_groups::table.find(id).select(Group::as_select()).first(conn).optional()?)
}

/// The members listed in a custom group.
pub fn listed(conn: &mut Conn, group: GroupId) -> Result<Vec<Listed>> {
    let query = group_members::table.filter(group_members::group_id.eq(group));
    Ok(query.select(Listed::as_select()).order(group_members::member_id).load(conn)?)
}

/// Held by whoever files reports, so that nobody makes a group meanwhile: a report must land either in
/// the queue of a new group or in what the new group finds.
pub fn lock_for_filing(conn: &mut Conn) -> Result<()> {
    if let Conn::Postgres(inner) = conn {
        let alliance = sharing_groups::table.filter(sharing_groups::slug.eq(ALLIANCE));
        let _locked: Option<GroupId> =
            alliance.select(sharing_groups::id).for_key_share().first(inner).optional()?;
    }
    Ok(())
}

/// Held by whoever makes a group: waits until nobody files. SQLite's one writer needs neither.
pub fn lock_for_making(conn: &mut Conn) -> Result<()> {
    if let Conn::Postgres(inner) = conn {
        let alliance = sharing_groups::table.filter(sharing_groups::slug.eq(ALLIANCE));
        let _locked: Option<GroupId> =
            alliance.select(sharing_groups::id).for_update().first(inner).optional()?;
    }
    Ok(())
}

/// Every group and every entry of a custom group's list: small, and asked about at every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    groups: Vec<Group>,
    listed: Vec<Listed>,
}

impl Directory {
    pub fn load(conn: &mut Conn) -> Result<Self> {
        let groups = all(conn)?;
        Self::of(conn, groups)
    }

    /// The directory of groups that were read already.
    pub fn of(conn: &mut Conn, groups: Vec<Group>) -> Result<Self> {
        let listed = group_members::table.select(Listed::as_select()).load(conn)?;
        Ok(Self { groups, listed })
    }

    /// The groups that the viewer has any right in, by slug, with those rights.
    pub fn of_viewer(&self, viewer: &Viewer) -> Vec<(Group, Rights)> {
        self.of_member(viewer.member, viewer.kind)
    }

    /// The same for a member that is not asking itself: for the command line.
    pub fn of_member(&self, member: MemberId, kind: MemberKind) -> Vec<(Group, Rights)> {
        self.with_rights(member, kind).map(|(group, rights)| (group.clone(), rights)).collect()
    }

    fn with_rights(&self, member: MemberId, kind: MemberKind) -> impl Iterator<Item = (&Group, Rights)> {
        let all = self.groups.iter().map(move |group| {
            let entry = self.listed.iter().find(|one| one.group_id == group.id && one.member_id == member);
            let entry = entry.map(Listed::rights);
            (group, rights(group.kind, kind, group.host_id == Some(member), entry))
        });
        all.filter(|(_, rights)| rights.any() || leak!(GroupsOfOthers))
    }

    /// The one of these groups that is looked for.
    pub fn find(&self, viewer: &Viewer, wanted: impl Fn(&Group) -> bool) -> Option<(Group, Rights)> {
        let mut all = self.with_rights(viewer.member, viewer.kind);
        all.find(|(group, _)| wanted(group)).map(|(group, rights)| (group.clone(), rights))
    }

    /// The group with this slug, if the viewer may read it.
    pub fn readable(&self, viewer: &Viewer, slug: &str) -> Option<Group> {
        let found = self.find(viewer, |group| group.slug == slug);
        found.filter(|(_, rights)| rights.read).map(|(group, _)| group)
    }

    /// The slugs of the groups that a member may contribute to.
    pub fn may_share_with(&self, member: MemberId, kind: MemberKind) -> Vec<String> {
        let groups = self.of_member(member, kind).into_iter();
        groups.filter(|(_, rights)| rights.contribute).map(|(group, _)| group.slug).collect()
    }
}

/// The slugs of the platforms that read a group, whatever their standing: each is a lens class.
pub fn reading_platforms(conn: &mut Conn, group: &Group) -> Result<Vec<String>> {
    let platforms: Vec<(MemberId, String)> = members::table
        .filter(members::kind.eq(MemberKind::Platform))
        .select((members::id, members::slug))
        .order(members::slug)
        .load(conn)?;
    let listed = listed(conn, group.id)?;
    let reads = |id: MemberId| {
        let entry = listed.iter().find(|entry| entry.member_id == id);
        let entry = entry.map(Listed::rights);
        rights(group.kind, MemberKind::Platform, group.host_id == Some(id), entry).read
    };
    Ok(platforms.into_iter().filter(|(id, _)| reads(*id)).map(|(_, slug)| slug).collect())
}

/// The names of the lens classes that read a group.
pub fn classes(conn: &mut Conn, group: &Group) -> Result<Vec<String>> {
    let platforms = reading_platforms(conn, group)?.into_iter().map(Class::Platform);
    let peers = (group.kind != GroupKind::DropBox).then_some(Class::Peer);
    Ok(platforms.chain(peers).map(|class| class.to_string()).collect())
}

/// The group with this slug and the viewer's place in it, if it has any right there: read from the database
/// at each call.
pub fn seat(conn: &mut Conn, viewer: &Viewer, slug: &str) -> Result<Option<(Group, Seat)>> {
    let query = sharing_groups::table.filter(sharing_groups::slug.eq(slug)).select(Group::as_select());
    let Some(group) = query.first(conn).optional()? else { return Ok(None) };
    let query = group_members::table.find((group.id, viewer.member)).select(Listed::as_select());
    let listed: Option<Listed> = query.first(conn).optional()?;
    let rights = rights(
        group.kind,
        viewer.kind,
        group.host_id == Some(viewer.member),
        listed.as_ref().map(Listed::rights),
    );
    let seat = Seat { rights, keeper: listed.is_some_and(|entry| entry.keeper) };
    Ok(seat.rights.any().then_some((group, seat)))
}

/// Those who have a right in a custom group, with that right, by slug.
pub fn seated(conn: &mut Conn, group: &Group) -> Result<Vec<(Member, Seat)>> {
    let query = group_members::table
        .inner_join(members::table)
        .filter(group_members::group_id.eq(group.id))
        .select((Member::as_select(), Listed::as_select()))
        .order(members::slug);
    let rows: Vec<(Member, Listed)> = query.load(conn)?;
    let seats = rows.into_iter().map(|(member, entry)| {
        let rights = rights(group.kind, member.kind, false, Some(entry.rights()));
        (member, Seat { rights, keeper: entry.keeper })
    });
    Ok(seats.filter(|(_, seat)| seat.rights.any()).collect())
}

/// The groups that a member keeps.
pub fn kept_by(conn: &mut Conn, member: MemberId) -> Result<Vec<Group>> {
    let kept = group_members::table
        .inner_join(sharing_groups::table)
        .filter(group_members::member_id.eq(member))
        .filter(group_members::keeper.eq(true));
    Ok(kept.select(Group::as_select()).load(conn)?)
}

/// Puts a member into a custom group. A platform that comes to read it is a class that its views lack, so the
/// resolver makes them anew.
pub fn take_in(conn: &mut Conn, entry: Listed, kind: MemberKind) -> Result<()> {
    diesel::insert_into(group_members::table).values(entry).execute(conn)?;
    if kind == MemberKind::Platform && entry.read {
        diesel::update(sharing_groups::table.find(entry.group_id))
            .set(sharing_groups::lens_version.eq(0))
            .execute(conn)?;
    }
    Ok(())
}

/// Ends a membership. What it was stands in the record. What only a platform found profiles by would stay when they
/// change, since views are followed of those alone who read the group; so the resolver writes what all are found by anew.
pub fn let_go(conn: &mut Conn, group: GroupId, member: MemberId) -> Result<()> {
    use diesel::dsl::exists;
    diesel::delete(group_members::table.find((group, member))).execute(conn)?;
    let platform = members::table.find(member).filter(members::kind.eq(MemberKind::Platform));
    diesel::update(sharing_groups::table.find(group).filter(exists(platform)))
        .set(sharing_groups::lens_version.eq(0))
        .execute(conn)?;
    Ok(())
}

pub fn set_keeper(conn: &mut Conn, group: GroupId, member: MemberId, keeper: bool) -> Result<()> {
    diesel::update(group_members::table.find((group, member)))
        .set(group_members::keeper.eq(keeper))
        .execute(conn)?;
    Ok(())
}

/// Puts every report that is shared with `alliance` into the queue of a group that includes it and
/// came later. `id` makes the ids of the queue's rows.
pub fn queue_alliance(conn: &mut Conn, group: GroupId, id: impl Fn(ReportId) -> [u8; 16]) -> Result<usize> {
    const PAGE: i64 = 2_000;
    let mut after: Option<(MemberId, ReportId)> = None;
    let mut queued = 0;
    loop {
        let mut query = reports::table
            .filter(reports::state.eq("live"))
            .select(Body::as_select())
            .order((reports::member_id, reports::id))
            .limit(PAGE)
            .into_boxed();
        if let Some((member, report)) = after {
            let later = reports::member_id.gt(member).or(reports::id.gt(report));
            query = query.filter(reports::member_id.ge(member)).filter(later);
        }
        let mut page: Vec<Body> = query.load(conn)?;
        open(conn, &mut page)?;
        let Some(last) = page.last() else { return Ok(queued) };
        after = Some((last.member_id, last.id));
        let mut rows = Vec::new();
        for Body { member_id: member, id: report, body } in &page {
            let body: crate::domain::report::Report = body.json()?;
            if body.share_with.iter().any(|slug| slug == ALLIANCE) {
                rows.push((
                    pool_queue::group_id.eq(group),
                    pool_queue::id.eq(id(*report).to_vec()),
                    pool_queue::member_id.eq(*member),
                    pool_queue::report_id.eq(*report),
                ));
            }
        }
        queued += rows.len();
        each!(conn, inner => diesel::insert_into(pool_queue::table).values(&rows).execute(inner))?;
    }
}

/// Raises `k` of a group, and with that of the alliance also of those that include it and ask for less. What their peers
/// see may be less from now on, so the resolver makes the views anew.
pub fn raise_k(conn: &mut Conn, group: &Group, k: i32) -> Result<()> {
    let raised = (sharing_groups::k.eq(k), sharing_groups::lens_version.eq(0));
    diesel::update(sharing_groups::table.find(group.id)).set(raised).execute(conn)?;
    if group.kind == GroupKind::Alliance {
        let including = sharing_groups::table
            .filter(sharing_groups::includes_alliance.eq(true))
            .filter(sharing_groups::k.lt(k));
        diesel::update(including).set(raised).execute(conn)?;
    }
    Ok(())
}

/// Says that the stored views of every group were made for fewer classes, or by another lens, than
/// there are now: the resolver makes them anew.
pub fn mark_views_stale(conn: &mut Conn) -> Result<()> {
    diesel::update(sharing_groups::table).set(sharing_groups::lens_version.eq(0)).execute(conn)?;
    Ok(())
}
