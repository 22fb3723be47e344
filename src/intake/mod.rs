//! The first stage of the pipeline: from bytes to durable reports.
//!
//! A report is read into a [`form`], accepted whole or refused with every fault ([`accept`]), and
//! written by the [`lane`], which commits what concurrent requests bring in one transaction.
//! [`bulk`] does the same for files of any size.

pub mod accept;
pub mod bulk;
mod check;
pub mod csv_form;
pub mod csv_rows;
mod currency;
pub mod form;
pub mod lane;
