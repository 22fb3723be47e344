//! Touchstone.
pub mod domain;
pub mod intake;
pub mod ops;
pub mod resolver;
pub mod store;
