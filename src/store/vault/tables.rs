//! Which columns of which tables are sealed, and how any of their rows is read and written.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Binary, Text};
use serde::{Deserialize, Serialize};

use super::{Owner, Part};
use crate::domain::id::{GroupId, MemberId};
use crate::store::{Result, StoreError};

/// What a column of a primary key holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Id,
    Word,
    Number,
}

/// Whose key seals a table. The id is the first column of the key.
#[derive(Clone, Copy)]
pub(super) enum By {
    Member,
    Group,
    Installation,
}

/// A table with sealed columns.
pub(super) struct Table {
    pub name: &'static str,
    by: By,
    /// The primary key, in its order; where that does not begin with the owner, the owner and the primary key.
    key: &'static [(&'static str, Of)],
    pub sealed: &'static [&'static str],
}

/// Everything that rests sealed.
pub(super) const TABLES: [Table; 17] = [
    Table {
        name: "reports",
        by: By::Member,
        key: &[("member_id", Of::Id), ("id", Of::Id)],
        sealed: &["body"],
    },
    Table {
        name: "report_revisions",
        by: By::Member,
        key: &[("member_id", Of::Id), ("report_id", Of::Id), ("revision", Of::Number)],
        sealed: &["body"],
    },
    Table {
        name: "held_values",
        by: By::Member,
        key: &[("member_id", Of::Id), ("term", Of::Number), ("report_id", Of::Id)],
        sealed: &["identifier"],
    },
    Table {
        name: "webhooks",
        by: By::Member,
        key: &[("member_id", Of::Id), ("id", Of::Id)],
        sealed: &["url", "secret", "old_secret"],
    },
    Table {
        name: "exchange_statuses",
        by: By::Member,
        key: &[("member_id", Of::Id), ("id", Of::Id)],
        sealed: &["told"],
    },
    Table {
        name: "pool_entries",
        by: By::Group,
        key: &[("group_id", Of::Id), ("entry", Of::Number)],
        sealed: &["facts"],
    },
    Table {
        name: "pool_accounts",
        by: By::Group,
        key: &[("group_id", Of::Id), ("account", Of::Number)],
        sealed: &["said"],
    },
    Table {
        name: "refusals",
        by: By::Group,
        key: &[
            ("group_id", Of::Id),
            ("stratum", Of::Number),
            ("from_entry", Of::Number),
            ("to_entry", Of::Number),
            ("term", Of::Number),
        ],
        sealed: &["number_from", "number_to"],
    },
    Table {
        name: "wide_phones",
        by: By::Group,
        key: &[("group_id", Of::Id), ("term", Of::Number)],
        sealed: &["digits"],
    },
    Table {
        name: "profile_views",
        by: By::Group,
        key: &[("group_id", Of::Id), ("class", Of::Word), ("profile_id", Of::Id)],
        sealed: &["body"],
    },
    Table {
        name: "profile_tallies",
        by: By::Group,
        key: &[("group_id", Of::Id), ("profile_id", Of::Id)],
        sealed: &["body"],
    },
    Table {
        name: "judgements",
        by: By::Group,
        key: &[("group_id", Of::Id), ("id", Of::Id)],
        sealed: &["reason"],
    },
    Table {
        name: "introductions",
        by: By::Member,
        key: &[("member_id", Of::Id), ("id", Of::Id)],
        sealed: &["message", "contact"],
    },
    Table {
        name: "introduction_recipients",
        by: By::Member,
        key: &[("member_id", Of::Id), ("introduction_id", Of::Id)],
        sealed: &["contact"],
    },
    Table {
        name: "stop_list",
        by: By::Installation,
        key: &[("id", Of::Id)],
        sealed: &["value", "match_key", "note"],
    },
    Table {
        name: "users",
        by: By::Member,
        key: &[("member_id", Of::Id), ("id", Of::Id)],
        sealed: &["email", "name"],
    },
    Table {
        name: "invitations",
        by: By::Member,
        key: &[("member_id", Of::Id), ("id", Of::Id)],
        sealed: &["email"],
    },
];

/// Most columns of each kind in a key, and most sealed columns.
const IDS: usize = 2;
const NUMBERS: usize = 4;
const SEALED: usize = 3;

/// A row of any of the tables; what it has less than others is empty.
#[derive(QueryableByName)]
pub(super) struct Found {
    #[diesel(sql_type = Binary)]
    id1: Vec<u8>,
    #[diesel(sql_type = Binary)]
    id2: Vec<u8>,
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = BigInt)]
    number1: i64,
    #[diesel(sql_type = BigInt)]
    number2: i64,
    #[diesel(sql_type = BigInt)]
    number3: i64,
    #[diesel(sql_type = BigInt)]
    number4: i64,
    #[diesel(sql_type = Binary)]
    pub sealed1: Vec<u8>,
    #[diesel(sql_type = Binary)]
    pub sealed2: Vec<u8>,
    #[diesel(sql_type = Binary)]
    pub sealed3: Vec<u8>,
}

/// The key of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    ids: Vec<String>,
    word: String,
    numbers: Vec<i64>,
}

/// A value to bind.
pub(super) enum Bind {
    Bytes(Vec<u8>),
    Word(String),
    Number(i64),
}

impl Part for Bind {
    fn add_to(&self, key: &mut Vec<u8>) {
        match self {
            Self::Bytes(bytes) => bytes.as_slice().add_to(key),
            Self::Word(word) => word.add_to(key),
            Self::Number(number) => number.add_to(key),
        }
    }
}

impl Named {
    /// The columns of the key in their order.
    pub fn binds(&self, table: &Table) -> Result<Vec<Bind>> {
        let damaged = || StoreError::Damaged("the position of a walk".to_owned());
        let (mut ids, mut numbers) = (self.ids.iter(), self.numbers.iter());
        let bind = |(_, of): &(&str, Of)| {
            Ok(match of {
                Of::Id => {
                    let hex = ids.next().ok_or_else(damaged)?;
                    Bind::Bytes(HEXLOWER.decode(hex.as_bytes()).map_err(|_| damaged())?)
                }
                Of::Word => Bind::Word(self.word.clone()),
                Of::Number => Bind::Number(*numbers.next().ok_or_else(damaged)?),
            })
        };
        table.key.iter().map(bind).collect()
    }
}

impl Found {
    pub fn named(&self, table: &Table) -> Named {
        let count = |wanted| table.key.iter().filter(|(_, of)| *of == wanted).count();
        let ids = [&self.id1, &self.id2].into_iter().take(count(Of::Id));
        let numbers = [self.number1, self.number2, self.number3, self.number4];
        Named {
            ids: ids.map(|id| HEXLOWER.encode(id)).collect(),
            word: self.word.clone(),
            numbers: numbers.into_iter().take(count(Of::Number)).collect(),
        }
    }

    pub fn owner(&self, table: &Table) -> Result<Owner> {
        let id = || <[u8; 16]>::try_from(self.id1.as_slice());
        let damaged = |_| StoreError::Damaged(format!("an id in {}", table.name));
        Ok(match table.by {
            By::Member => Owner::Member(MemberId::from_bytes(id().map_err(damaged)?)),
            By::Group => Owner::Group(GroupId::from_bytes(id().map_err(damaged)?)),
            By::Installation => Owner::Installation,
        })
    }
}

impl Table {
    /// The statement that reads a page, as both engines take it; `$1` and on are the key of the row before it.
    pub fn page(&self, after: bool, empty: &str, limit: usize) -> String {
        let mut text = "SELECT ".to_owned();
        let columns = |of| self.key.iter().filter(move |(_, other)| *other == of).map(|(column, _)| *column);
        let mut slots = |of, name: &str, count: usize, none: &str, cast: &str| {
            let mut of_kind = columns(of);
            for slot in 1..=count {
                let column =
                    of_kind.next().map_or(none.to_owned(), |column| format!("CAST({column} AS {cast})"));
                let number = if count > 1 { slot.to_string() } else { String::new() };
                let _ = write!(text, "{column} AS {name}{number}, ");
            }
        };
        let binary = if empty.contains("bytea") { "BYTEA" } else { "BLOB" };
        slots(Of::Id, "id", IDS, empty, binary);
        slots(Of::Word, "word", 1, "CAST('' AS TEXT)", "TEXT");
        slots(Of::Number, "number", NUMBERS, "CAST(0 AS BIGINT)", "BIGINT");
        for slot in 0..SEALED {
            let comma = if slot == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}{} AS sealed{}", self.sealed.get(slot).unwrap_or(&empty), slot + 1);
        }
        let key: Vec<&str> = self.key.iter().map(|(column, _)| *column).collect();
        let _ = write!(text, " FROM {}", self.name);
        if after {
            let marks: Vec<String> = (1..=key.len()).map(|at| format!("${at}")).collect();
            let _ = write!(text, " WHERE ({}) > ({})", key.join(", "), marks.join(", "));
        }
        let _ = write!(text, " ORDER BY {} LIMIT {limit}", key.join(", "));
        text
    }

    /// The statement that replaces the sealed values of a row, if they are still what was read.
    pub fn replace(&self) -> String {
        let mut at = 0;
        let mut next = |column: &str| {
            at += 1;
            format!("{column} = ${at}")
        };
        let set: Vec<String> = self.sealed.iter().map(|column| next(column)).collect();
        let key: Vec<String> = self.key.iter().map(|(column, _)| next(column)).collect();
        let was: Vec<String> = self.sealed.iter().map(|column| next(column)).collect();
        format!(
            "UPDATE {} SET {} WHERE {} AND {}",
            self.name,
            set.join(", "),
            key.join(" AND "),
            was.join(" AND ")
        )
    }
}
