//! Pages for people. So far the one that an invitation's link leads to.

pub mod invitation;
