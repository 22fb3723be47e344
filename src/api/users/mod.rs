//! The caller's own colleagues.

pub mod list;
pub mod suspend;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::id::UserId;
use crate::domain::member::{Role, Standing};
use crate::domain::time::Timestamp;
use crate::store::users::User;

/// A user of the caller's member.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserOut {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub standing: Standing,
    pub created_at: Timestamp,
}

impl From<User> for UserOut {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email.text().into_owned(),
            name: user.name.text().into_owned(),
            role: user.role,
            standing: user.standing,
            created_at: user.created_at,
        }
    }
}
