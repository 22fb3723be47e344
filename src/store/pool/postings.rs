//! Which accounts carry which key.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::domain::id::GroupId;
use crate::domain::resolution::account::Account;
use crate::domain::resolution::carriers::counted;
use crate::domain::resolution::facts::Key;
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

/// A key as it stands among the postings that the profiles' stratum looks up: a key that stands in pairs
/// too is posted twice, by account and by core. Keys are hashes, so their complements meet no other.
pub(super) fn posted(stratum: Stratum, key: Key) -> Key {
    match stratum {
        Stratum::Accounts | Stratum::Cores => key,
        Stratum::Profiles => Key(!key.0),
    }
}

impl Posting {
    /// The postings of an account in this core.
    pub fn all(group_id: GroupId, label: Label, account: &Account, core: Label) -> BTreeSet<Self> {
        let of = |stratum| {
            counted(stratum, label, account, core).map(move |(key, carrier)| Self {
                group_id,
                term: posted(stratum, key),
                carrier,
                account: label,
            })
        };
        [Stratum::Accounts, Stratum::Cores, Stratum::Profiles].into_iter().flat_map(of).collect()
    }
}

pub fn insert_postings(conn: &mut Conn, rows: &[Posting]) -> Result<()> {
    in_numbers::put(conn, rows)
}

pub fn delete_postings(conn: &mut Conn, rows: &[Posting]) -> Result<()> {
    in_numbers::delete(conn, rows)
}
