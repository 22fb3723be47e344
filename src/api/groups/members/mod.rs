//! Who is in a group.

pub mod list;
pub mod remove;
