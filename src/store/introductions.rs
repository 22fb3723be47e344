//! Introductions, for who asks and for who is asked. Each reads its own side.

use diesel::prelude::*;

use super::schema::{introduction_recipients, introductions, members, sharing_groups};
use super::vault::{Guarded, Owner, guarded_row, open, opened_one, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, IntroductionId, MemberId, SellerId};
use crate::domain::introduction::Answer;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::members::Member;

/// One row of `introductions`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = introductions, treat_none_as_default_value = false)]
pub struct Introduction {
    /// Who asks.
    pub member_id: MemberId,
    pub id: IntroductionId,
    pub group_id: GroupId,
    /// The profile as it was called when it was asked about.
    pub seller_id: SellerId,
    pub actor: String,
    pub message: Guarded,
    pub contact: Guarded,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
    pub withdrawn_by: Option<String>,
}

guarded_row!(
    Introduction,
    "introductions",
    |row| Owner::Member(row.member_id),
    [member_id, id],
    ["message" = message, "contact" = contact]
);

/// One row of `introduction_recipients`: never for who asks, but for a grant.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = introduction_recipients, treat_none_as_default_value = false)]
pub struct Recipient {
    pub member_id: MemberId,
    pub introduction_id: IntroductionId,
    pub asker_id: MemberId,
    /// Empty until there is a grant.
    pub contact: Guarded,
    pub granted_at: Option<Timestamp>,
    pub granted_by: Option<String>,
    pub ignored_at: Option<Timestamp>,
    pub ignored_by: Option<String>,
}

guarded_row!(
    Recipient,
    "introduction_recipients",
    |row| Owner::Member(row.member_id),
    [member_id, introduction_id],
    ["contact" = contact]
);

impl Recipient {
    /// A member that a request goes to, and that has not answered.
    pub fn of(introduction: &Introduction, member_id: MemberId) -> Self {
        Self {
            member_id,
            introduction_id: introduction.id,
            asker_id: introduction.member_id,
            contact: Guarded::default(),
            granted_at: None,
            granted_by: None,
            ignored_at: None,
            ignored_by: None,
        }
    }

    pub const fn answer(&self) -> Answer {
        match self {
            Self { granted_at: Some(_), .. } => Answer::Granted,
            Self { ignored_at: Some(_), .. } => Answer::Ignored,
            _ => Answer::Waiting,
        }
    }
}

/// Where a page goes on.
pub type IntroductionPosition = (Timestamp, IntroductionId);

pub fn insert(conn: &mut Conn, introduction: &Introduction, recipients: &[Recipient]) -> Result<()> {
    let introduction = sealed(conn, std::slice::from_ref(introduction))?;
    each!(conn, inner => diesel::insert_into(introductions::table).values(&introduction).execute(inner))?;
    let recipients = sealed(conn, recipients)?;
    for rows in recipients.chunks(rows_per_statement(8)) {
        each!(conn, inner => {
            diesel::insert_into(introduction_recipients::table).values(rows).execute(inner)
        })?;
    }
    Ok(())
}

/// What the viewer's member asks for at `now`: group and profile of each open request.
pub fn open_of(conn: &mut Conn, viewer: &Viewer, now: Timestamp) -> Result<Vec<(GroupId, SellerId)>> {
    let query = introductions::table
        .filter(introductions::member_id.eq(viewer.member))
        .filter(introductions::withdrawn_at.is_null())
        .filter(introductions::expires_at.gt(now));
    Ok(query.select((introductions::group_id, introductions::seller_id)).load(conn)?)
}

/// What the viewer's member asked in these groups, with their slugs, the latest first.
pub fn sent(
    conn: &mut Conn,
    viewer: &Viewer,
    groups: &[GroupId],
    after: Option<IntroductionPosition>,
    limit: i64,
) -> Result<Vec<(Introduction, String)>> {
    let mut query = introductions::table
        .inner_join(sharing_groups::table)
        .filter(introductions::group_id.eq_any(groups))
        .select((Introduction::as_select(), sharing_groups::slug))
        .order((introductions::created_at.desc(), introductions::id.desc()))
        .limit(limit)
        .into_boxed();
    if !leak!(IntroductionsOfOthers) {
        query = query.filter(introductions::member_id.eq(viewer.member));
    }
    if let Some((at, id)) = after {
        query = query
            .filter(introductions::created_at.le(at))
            .filter(introductions::created_at.lt(at).or(introductions::id.lt(id)));
    }
    let mut found: Vec<(Introduction, String)> = query.load(conn)?;
    for (row, _) in &mut found {
        open(conn, std::slice::from_mut(row))?;
    }
    Ok(found)
}

/// One of the viewer's own requests.
pub fn find(conn: &mut Conn, viewer: &Viewer, id: IntroductionId) -> Result<Option<Introduction>> {
    let query = introductions::table.find((viewer.member, id)).select(Introduction::as_select());
    let found = query.first(conn).optional()?;
    opened_one(conn, found)
}

/// Who granted these requests of the viewer's own, in the order of the grants. Who did not is not told of.
pub fn grants(conn: &mut Conn, viewer: &Viewer, ids: &[IntroductionId]) -> Result<Vec<(Recipient, Member)>> {
    let mut query = introduction_recipients::table
        .inner_join(members::table)
        .select((Recipient::as_select(), Member::as_select()))
        .order((introduction_recipients::granted_at, introduction_recipients::member_id))
        .into_boxed();
    if !leak!(GrantsToOtherAskers) {
        query = query
            .filter(introduction_recipients::introduction_id.eq_any(ids))
            .filter(introduction_recipients::asker_id.eq(viewer.member));
    }
    if !leak!(SilenceShown) {
        query = query.filter(introduction_recipients::granted_at.is_not_null());
    }
    let mut found: Vec<(Recipient, Member)> = query.load(conn)?;
    for (row, _) in &mut found {
        open(conn, std::slice::from_mut(row))?;
    }
    Ok(found)
}

/// A request as it came in: with who asks and the slug of the group.
pub type Incoming = (Recipient, Introduction, Member, String);

/// What came in, to any member, in these groups and may still be granted at `now`, or was granted.
macro_rules! incoming {
    ($groups:expr, $now:expr) => {{
        let is_open = introductions::withdrawn_at.is_null().and(introductions::expires_at.gt($now));
        let is_of_request = introduction_recipients::asker_id
            .eq(introductions::member_id)
            .and(introduction_recipients::introduction_id.eq(introductions::id));
        introductions::table
            .inner_join(members::table)
            .inner_join(sharing_groups::table)
            .inner_join(introduction_recipients::table.on(is_of_request))
            .filter(introductions::group_id.eq_any($groups))
            .filter(introduction_recipients::granted_at.is_not_null().or(is_open))
            .select((
                Recipient::as_select(),
                Introduction::as_select(),
                Member::as_select(),
                sharing_groups::slug,
            ))
    }};
}

fn open_incoming(conn: &mut Conn, found: &mut [Incoming]) -> Result<()> {
    for (recipient, introduction, ..) in found {
        open(conn, std::slice::from_mut(recipient))?;
        open(conn, std::slice::from_mut(introduction))?;
    }
    Ok(())
}

/// Holds what the viewer's member did about a request until the transaction ends, so that of two answers one knows of
/// the other.
pub fn lock_received(conn: &mut Conn, viewer: &Viewer, id: IntroductionId) -> Result<()> {
    if let Conn::Postgres(inner) = conn {
        let row = introduction_recipients::table.find((viewer.member, id));
        let row = row.select(introduction_recipients::introduction_id).for_no_key_update();
        let _locked: Option<IntroductionId> = row.first(inner).optional()?;
    }
    Ok(())
}

/// What the viewer's member was asked in these groups and may still grant, or has granted, the latest first.
pub fn received(
    conn: &mut Conn,
    viewer: &Viewer,
    groups: &[GroupId],
    now: Timestamp,
    after: Option<IntroductionPosition>,
    limit: i64,
) -> Result<Vec<Incoming>> {
    let mut query = incoming!(groups, now)
        .order((introductions::created_at.desc(), introductions::id.desc()))
        .limit(limit)
        .into_boxed();
    if !leak!(InboxesOfOthers) {
        query = query.filter(introduction_recipients::member_id.eq(viewer.member));
    }
    if let Some((at, id)) = after {
        query = query
            .filter(introductions::created_at.le(at))
            .filter(introductions::created_at.lt(at).or(introductions::id.lt(id)));
    }
    let mut found: Vec<Incoming> = query.load(conn)?;
    open_incoming(conn, &mut found)?;
    Ok(found)
}

/// One request that the viewer's member got, as [`received`] lists it.
pub fn find_received(
    conn: &mut Conn,
    viewer: &Viewer,
    groups: &[GroupId],
    now: Timestamp,
    id: IntroductionId,
) -> Result<Option<Incoming>> {
    let query = incoming!(groups, now)
        .filter(introduction_recipients::member_id.eq(viewer.member))
        .filter(introduction_recipients::introduction_id.eq(id));
    let mut found: Option<Incoming> = query.first(conn).optional()?;
    open_incoming(conn, found.as_mut_slice())?;
    Ok(found)
}

pub fn withdraw(conn: &mut Conn, row: &Introduction, now: Timestamp, actor: &str) -> Result<()> {
    diesel::update(introductions::table.find((row.member_id, row.id)))
        .set((introductions::withdrawn_at.eq(now), introductions::withdrawn_by.eq(actor)))
        .execute(conn)?;
    Ok(())
}

/// Withdraws what a member still asks in a group that it leaves.
pub fn withdraw_all(
    conn: &mut Conn,
    (member, group): (MemberId, GroupId),
    now: Timestamp,
    actor: &str,
) -> Result<()> {
    let open = introductions::table
        .filter(introductions::member_id.eq(member))
        .filter(introductions::group_id.eq(group))
        .filter(introductions::withdrawn_at.is_null())
        .filter(introductions::expires_at.gt(now));
    diesel::update(open)
        .set((introductions::withdrawn_at.eq(now), introductions::withdrawn_by.eq(actor)))
        .execute(conn)?;
    Ok(())
}

/// Notes what a member did about a request that it got.
pub fn answer(conn: &mut Conn, recipient: &Recipient) -> Result<()> {
    for row in sealed(conn, std::slice::from_ref(recipient))? {
        diesel::update(introduction_recipients::table.find((row.member_id, row.introduction_id)))
            .set((
                introduction_recipients::contact.eq(row.contact),
                introduction_recipients::granted_at.eq(row.granted_at),
                introduction_recipients::granted_by.eq(row.granted_by),
                introduction_recipients::ignored_at.eq(row.ignored_at),
                introduction_recipients::ignored_by.eq(row.ignored_by),
            ))
            .execute(conn)?;
    }
    Ok(())
}
