//! Asks the members that reported a seller to make themselves known, takes that back, and answers it.

use std::collections::BTreeSet;

use super::look_up::{LookUpError, spend};
use crate::domain::group::GroupKind;
use crate::domain::id::{GroupId, IntroductionId, MakeIds, MemberId, SellerId};
use crate::domain::introduction::{COST, LIFE_DAYS, OPEN_MAX, recipients};
use crate::domain::probing::Quota;
use crate::domain::time::Timestamp;
use crate::domain::viewer::Viewer;
use crate::store::groups::{Directory, Group};
use crate::store::introductions::{self, Incoming, Introduction, Recipient};
use crate::store::{Conn, Retry, StoreError, groups, members, pool};

/// A request to make.
#[derive(Debug, Clone)]
pub struct NewIntroduction {
    pub group: Group,
    /// A profile of the group that the asker sees.
    pub seller: SellerId,
    pub message: String,
    pub contact: String,
}

/// Why nothing was asked or answered.
#[derive(Debug, thiserror::Error)]
pub enum IntroduceError {
    #[error("there is no such request")]
    NotFound,
    /// Nobody who reports into a drop box reads it.
    #[error("the group is a drop box")]
    DropBox,
    #[error("the same is asked already")]
    AskedAlready,
    #[error("too many requests are open")]
    TooManyOpen,
    /// The asker may have read it.
    #[error("a grant cannot be taken back")]
    Granted,
    #[error(transparent)]
    Budget(#[from] LookUpError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for IntroduceError {
    fn is_busy(&self) -> bool {
        match self {
            Self::Budget(error) => error.is_busy(),
            Self::Store(error) => error.is_busy(),
            _ => false,
        }
    }
}

/// Asks the contributors of a profile. What comes back, and what it costs, is the same however many they are.
pub fn ask(
    conn: &mut Conn,
    ids: &dyn MakeIds,
    now: Timestamp,
    daily: u32,
    viewer: &Viewer,
    new: &NewIntroduction,
) -> Result<(Introduction, Quota), IntroduceError> {
    let NewIntroduction { group, seller, message, contact } = new;
    if group.kind == GroupKind::DropBox {
        return Err(IntroduceError::DropBox);
    }
    // Whoever leaves a group withdraws what it asks there, and so must not ask meanwhile.
    groups::lock_for_filing(conn)?;
    let directory = Directory::load(conn)?;
    if !directory.of_viewer(viewer).iter().any(|(one, rights)| rights.read && one.id == group.id) {
        return Err(IntroduceError::NotFound);
    }
    // Under the lock of the meter: of two that are made at once, one sees the other.
    let quota = spend(conn, viewer, now, daily, COST)?;
    let open = introductions::open_of(conn, viewer, now)?;
    if open.contains(&(group.id, *seller)) {
        return Err(IntroduceError::AskedAlready);
    }
    if open.len() as i64 >= OPEN_MAX {
        return Err(IntroduceError::TooManyOpen);
    }
    let context = [viewer.member.as_bytes(), group.id.as_bytes(), seller.as_bytes()];
    let made = now.micros().to_be_bytes();
    let id = IntroductionId(ids.make(&[b"introduction", context[0], context[1], context[2], &made]));
    let introduction = Introduction {
        member_id: viewer.member,
        id,
        group_id: group.id,
        seller_id: *seller,
        actor: viewer.actor(),
        message: message.clone().into(),
        contact: contact.clone().into(),
        created_at: now,
        expires_at: now.plus_seconds(LIFE_DAYS * 86_400),
        withdrawn_at: None,
        withdrawn_by: None,
    };
    let asked = asked(conn, &directory, viewer.member, group, *seller)?;
    let rows: Vec<Recipient> = asked.into_iter().map(|member| Recipient::of(&introduction, member)).collect();
    introductions::insert(conn, &introduction, &rows)?;
    Ok((introduction, quota))
}

/// Whom a request goes to.
fn asked(
    conn: &mut Conn,
    directory: &Directory,
    asker: MemberId,
    group: &Group,
    seller: SellerId,
) -> Result<BTreeSet<MemberId>, StoreError> {
    let seats = pool::seats_of_profiles(conn, group.id, &[seller])?;
    let contributors: BTreeSet<MemberId> = seats.into_iter().map(|seat| seat.member_id).collect();
    let contributors: Vec<MemberId> = contributors.into_iter().collect();
    let reading: BTreeSet<MemberId> = members::find_many(conn, &contributors)?
        .into_iter()
        .filter(|member| {
            let groups = directory.of_member(member.id, member.kind).into_iter();
            groups.filter(|(_, rights)| rights.read).any(|(one, _)| one.id == group.id)
        })
        .map(|member| member.id)
        .collect();
    Ok(recipients(contributors, asker, |member| reading.contains(&member)))
}

/// The groups that the viewer reads now: of others it is told nothing more, whatever was asked there.
pub fn groups_read(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<GroupId>, StoreError> {
    let groups = Directory::load(conn)?.of_viewer(viewer).into_iter();
    Ok(groups.filter(|(_, rights)| rights.read).map(|(group, _)| group.id).collect())
}

/// Takes a request back: nobody can grant it any more, and who has not granted it no longer sees it. Twice is as once.
pub fn withdraw(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: IntroductionId,
) -> Result<(), IntroduceError> {
    let known = introductions::find(conn, viewer, id)?.ok_or(IntroduceError::NotFound)?;
    if known.withdrawn_at.is_none() {
        introductions::withdraw(conn, &known, now, &viewer.actor())?;
    }
    Ok(())
}

/// Makes the viewer's member known to who asks, with a way to reach it. What was granted stays as it is.
pub fn grant(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    (id, contact): (IntroductionId, &str),
) -> Result<Incoming, IntroduceError> {
    let mut incoming = find(conn, now, viewer, id)?;
    let recipient = &mut incoming.0;
    if recipient.granted_at.is_none() {
        recipient.granted_at = Some(now);
        recipient.granted_by = Some(viewer.actor());
        recipient.contact = contact.to_owned().into();
        introductions::answer(conn, recipient)?;
    }
    Ok(incoming)
}

/// Puts a request aside. It may still be granted, and the asker is told nothing.
pub fn ignore(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: IntroductionId,
) -> Result<Incoming, IntroduceError> {
    let mut incoming = find(conn, now, viewer, id)?;
    let recipient = &mut incoming.0;
    if recipient.granted_at.is_some() {
        return Err(IntroduceError::Granted);
    }
    if recipient.ignored_at.is_none() {
        recipient.ignored_at = Some(now);
        recipient.ignored_by = Some(viewer.actor());
        introductions::answer(conn, recipient)?;
    }
    Ok(incoming)
}

fn find(
    conn: &mut Conn,
    now: Timestamp,
    viewer: &Viewer,
    id: IntroductionId,
) -> Result<Incoming, IntroduceError> {
    introductions::lock_received(conn, viewer, id)?;
    let groups = groups_read(conn, viewer)?;
    introductions::find_received(conn, viewer, &groups, now, id)?.ok_or(IntroduceError::NotFound)
}
