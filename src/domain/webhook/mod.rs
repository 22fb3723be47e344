//! Webhooks: where a member's events may be sent to, and when a failed one is tried again.

pub mod address;
pub mod pace;
pub mod target;
