//! Which accounts carry which key.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::domain::id::GroupId;
use crate::domain::resolution::account::Account;
use crate::domain::resolution::carriers::counted;
use crate::domain::resolution::keys::{Key, KeyMap};
use crate::domain::resolution::pool::Label;
use crate::domain::resolution::rules::Stratum;
use crate::store::in_numbers::{self, in_numbers};
use crate::store::schema::postings;
use crate::store::{Conn, Result};

/// That an account carries a key, and the component of the stratum below that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Insertable)]
#[diesel(table_name = postings, treat_none_as_default_value = false)]
pub struct Posting {
    pub group_id: GroupId,
    pub term: Key,
    pub carrier: Label,
    pub account: Label,
}

in_numbers!(Posting, postings, key [group_id, term, carrier, account]);

impl Posting {
    /// The postings of an account in this core: one for each key that any stratum looks up. A key that links cores is
    /// carried by the core, so what carries it stands together, carrier by carrier; where accounts are looked for, as
    /// they are for pairs, the carrier is passed over.
    pub fn all(group_id: GroupId, label: Label, account: &Account, core: Label) -> BTreeSet<Self> {
        let mut carriers = KeyMap::default();
        for stratum in [Stratum::Accounts, Stratum::Cores, Stratum::Profiles] {
            carriers.extend(counted(stratum, label, account, core));
        }
        let posting = |(term, carrier)| Self { group_id, term, carrier, account: label };
        carriers.into_iter().map(posting).collect()
    }
}

pub fn insert_postings(conn: &mut Conn, rows: &[Posting]) -> Result<()> {
    in_numbers::put(conn, rows)
}

pub fn delete_postings(conn: &mut Conn, rows: &[Posting]) -> Result<()> {
    in_numbers::delete(conn, rows)
}
