//! Touchstone, the data-sharing server of a brand anti-counterfeiting alliance.
//!
//! The map of the house, each floor standing on those below it: [`cli`] runs commands, [`server`]
//! composes the surfaces [`api`], [`taxii`], [`misp`] and [`console`], which share [`http`]; [`app`] is what a
//! running server shares. [`intake`], [`resolver`] and [`feed`] are the stages of the pipeline from a report
//! to what a viewer reads, and [`delivery`] sends that to where members want it; [`ops`] holds every
//! other change. [`store`] alone names the database, and [`domain`] holds the rules, which know of
//! nothing outside themselves. An arrow may only point down this list; `tests/architecture.rs` sees
//! to it. [`leaks`] is for tests alone.

#[macro_use]
pub mod leaks;

pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod console;
pub mod delivery;
pub mod domain;
pub mod feed;
pub mod http;
pub mod intake;
pub mod misp;
pub mod ops;
pub mod resolver;
pub mod server;
pub mod store;
pub mod taxii;
pub mod telemetry;

/// Resolving takes and gives back millions of small pieces of memory a second, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
