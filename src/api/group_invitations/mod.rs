//! Invitations of the caller's member into sharing groups.

pub mod accept;
pub mod decline;
pub mod list;
