//! The rules of the house, as pure functions and types: no I/O, no clock, no randomness, no
//! database and no web framework. Everything here can be replayed from its arguments.

pub mod exchange;
pub mod fault;
pub mod group;
pub mod handling;
pub mod id;
pub mod identifier;
pub mod introduction;
pub mod json;
pub mod lens;
pub mod member;
pub mod membership;
pub mod probing;
pub mod report;
pub mod resolution;
pub mod risk;
pub mod stop_list;
pub mod time;
pub mod viewer;
pub mod vocabulary;
pub mod webhook;
