//! What people say about two reports or profiles of a group.

pub mod create;
pub mod list;
pub mod undo;
