//! What members looked up, as they may read it themselves.

pub mod list;
