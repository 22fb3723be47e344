//! Pairs of alliances that differ only in what one viewer may not see, and whatever shows it.

pub mod cases;
pub mod leaks;
mod operations;
pub mod pairs;
pub mod people;
pub mod plan;
#[path = "../../support/postgres.rs"]
pub mod postgres;
pub mod replay;
#[path = "../../support/replayed.rs"]
mod replayed;
pub mod script;
pub mod service;
mod template;
pub mod twins;
pub mod worlds;
