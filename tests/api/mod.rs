//! The REST API. Folders mirror its URL tree.

pub mod bad_input;
pub mod feed;
pub mod introductions;
pub mod judgements;
pub mod look_ups;
pub mod reports;
pub mod risk;
pub mod stats;
pub mod stop_list;
pub mod webhooks;
