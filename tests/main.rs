//! Black-box tests over HTTP, one binary. Folders mirror the URL tree; invariants stand beside them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod access_matrix;
mod api;
mod architecture;
mod at_rest;
mod cli;
mod draining;
mod killed;
mod lens;
mod lens_matrix;
mod main_job;
mod misp;
mod nodes;
mod resolution;
mod schema_parity;
mod support;
mod surfaces;
mod taxii;
