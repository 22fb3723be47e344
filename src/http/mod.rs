//! What the web surfaces share: who is asking, problem documents, bodies and parameters, pages.

pub mod accept;
pub mod blocking;
pub mod body;
pub mod caller;
pub mod conditional;
pub mod cursor;
pub mod envelope;
pub mod event_stream;
pub mod filing;
pub mod groups;
pub mod pieces;
pub mod prefer;
pub mod probing;
pub mod problem;
pub mod scribe;
pub mod spool;
