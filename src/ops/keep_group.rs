//! What every change of a group that its members keep begins with: the lock, and whether the asker may.

use crate::domain::membership::{Act, Ruling, Seat, rule};
use crate::domain::viewer::Viewer;
use crate::ops::file_reports::ReportError;
use crate::store::groups::{self, Group};
use crate::store::{Conn, Retry, StoreError};

/// Why a group was not changed.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// Of the group, the invitation or the member the asker may not know, or there is none.
    #[error("there is no such thing")]
    NotFound,
    #[error("only a keeper of the group may do this")]
    NotKeeper,
    /// It contradicts how the group is now.
    #[error("{0}")]
    Conflict(Contradiction),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a wish contradicts what a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    #[error("You keep a group that was founded under this slug.")]
    Founded,
    #[error("You keep as many groups as one member may.")]
    TooManyKept,
    #[error("As many invitations as a group may have are pending. Revoke some first.")]
    TooManyPending,
    #[error("This member is in the group.")]
    InGroup,
    #[error("An invitation for this slug is pending. Revoke it first.")]
    Invited,
    #[error("The invitation is accepted, revoked or over.")]
    Over,
    #[error("You are the only keeper. Appoint another one first.")]
    OnlyKeeper,
    #[error("To go yourself, leave.")]
    Oneself,
    #[error("`k` is never lowered: reports were filed under it.")]
    Lowered,
    #[error("The keepers of this group decide.")]
    Kept,
}

impl Retry for GroupError {
    fn is_busy(&self) -> bool {
        match self {
            Self::Store(error) => error.is_busy(),
            Self::Report(error) => error.is_busy(),
            Self::NotFound | Self::NotKeeper | Self::Conflict(_) => false,
        }
    }
}

impl From<Contradiction> for GroupError {
    fn from(contradiction: Contradiction) -> Self {
        Self::Conflict(contradiction)
    }
}

/// The group and the viewer's place in it, if it may do this there. To read, no lock is needed.
pub fn admit(conn: &mut Conn, viewer: &Viewer, slug: &str, act: Act) -> Result<(Group, Seat), GroupError> {
    let (group, seat) = groups::seat(conn, viewer, slug)?.ok_or(GroupError::NotFound)?;
    match rule(act, group.kind, group.members_named, Some(seat)) {
        Ruling::Allowed => Ok((group, seat)),
        Ruling::NotAllowed => Err(GroupError::NotKeeper),
        Ruling::Unknown => Err(GroupError::NotFound),
    }
}

/// The same for a change: no other change of a group is made, and no report filed, before this one ends.
pub(super) fn admit_to_change(
    conn: &mut Conn,
    viewer: &Viewer,
    slug: &str,
    act: Act,
) -> Result<(Group, Seat), GroupError> {
    groups::lock_for_making(conn)?;
    admit(conn, viewer, slug, act)
}
