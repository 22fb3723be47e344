//! Suspends and reinstates members and users. It takes effect on their next request, because every
//! request reads the standing.

use crate::domain::id::{MemberId, UserId};
use crate::domain::member::Standing;
use crate::domain::viewer::{Credential, Viewer};
use crate::store::members::{self, Member};
use crate::store::users::{self, User};
use crate::store::{Conn, Retry, StoreError};

/// Why a standing was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    #[error("there is no such member or user")]
    NotFound,
    /// Nobody locks itself out.
    #[error("this would lock you out")]
    Oneself,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Retry for StandingError {
    fn is_busy(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_busy())
    }
}

/// Sets the standing of a member.
pub fn set_member_standing(
    conn: &mut Conn,
    viewer: &Viewer,
    id: MemberId,
    standing: Standing,
) -> Result<Member, StandingError> {
    let member = members::find(conn, id)?.ok_or(StandingError::NotFound)?;
    if viewer.member == id && standing == Standing::Suspended {
        return Err(StandingError::Oneself);
    }
    members::set_standing(conn, id, standing)?;
    Ok(Member { standing, ..member })
}

/// Sets the standing of one of the viewer's own users.
pub fn set_user_standing(
    conn: &mut Conn,
    viewer: &Viewer,
    id: UserId,
    standing: Standing,
) -> Result<User, StandingError> {
    let oneself = matches!(&viewer.credential, Credential::User { id: own, .. } if *own == id);
    if oneself && standing == Standing::Suspended {
        return Err(StandingError::Oneself);
    }
    if !users::set_standing(conn, viewer, id, standing)? {
        return Err(StandingError::NotFound);
    }
    users::find(conn, viewer, id)?.ok_or(StandingError::NotFound)
}
