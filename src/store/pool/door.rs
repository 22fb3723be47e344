//! A pool as the engine of resolution asks for it.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary};

use super::accounts::{accounts, accounts_of_cores};
use super::links::WidePhone;
use super::{Entry, entries, entries_of_accounts};
use crate::domain::id::GroupId;
use crate::domain::resolution::carriers::distinct;
use crate::domain::resolution::judgement::Judged;
use crate::domain::resolution::keys::{Key, KeyMap};
use crate::domain::resolution::mistyping::WidePhones;
use crate::domain::resolution::partition::EntryId;
use crate::domain::resolution::pool::{Holders, Label, Pool, Stored, StoredAccount};
use crate::domain::resolution::rules::Stratum;
use crate::store::fixed::Fixed;
use crate::store::judgements::JudgedPairs;
use crate::store::schema::{busy_terms, postings, wide_phones};
use crate::store::vault::opened;
use crate::store::{Conn, Result, StoreError, each, rows_per_statement};

/// A group's pool in the database, as the engine asks for it.
pub struct SqlPool<'c> {
    conn: &'c mut Conn,
    group: GroupId,
    next_label: Label,
    /// Keys known to have many postings.
    busy: HashSet<Key>,
    newly_busy: Vec<Key>,
    pub judgements: JudgedPairs,
}

/// Postings from which a key is counted before it is read.
const BUSY_POSTINGS: usize = 100;

impl<'c> SqlPool<'c> {
    pub fn new(conn: &'c mut Conn, group: GroupId, next_label: Label) -> Result<Self> {
        let busy: Vec<Key> =
            busy_terms::table.filter(busy_terms::group_id.eq(group)).select(busy_terms::term).load(conn)?;
        let (busy, judgements) = (busy.into_iter().collect(), JudgedPairs::default());
        Ok(Self { conn, group, next_label, busy, newly_busy: Vec::new(), judgements })
    }

    /// Notes keys that are being written down as having many postings.
    pub fn know_busy(&mut self, keys: &[Key]) {
        self.busy.extend(keys);
    }

    /// The last label that was handed out, and the keys that turned out to have many postings.
    pub fn finish(self) -> (Label, Vec<Key>) {
        (self.next_label, self.newly_busy)
    }
}

/// Notes that these keys have many postings.
pub fn note_busy(conn: &mut Conn, group: GroupId, keys: &[Key]) -> Result<()> {
    let rows: Vec<_> =
        keys.iter().map(|term| (busy_terms::group_id.eq(group), busy_terms::term.eq(*term))).collect();
    for rows in rows.chunks(rows_per_statement(2)) {
        each!(conn, inner => diesel::insert_into(busy_terms::table).values(rows).execute(inner))?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Term {
    #[diesel(sql_type = BigInt)]
    term: Key,
}

impl Pool for SqlPool<'_> {
    type Error = StoreError;

    fn entries(&mut self, ids: &[EntryId]) -> Result<Vec<Stored>> {
        entries(self.conn, self.group, ids)?.iter().map(Entry::stored).collect()
    }

    fn members(&mut self, accounts: &[Label]) -> Result<Vec<Stored>> {
        entries_of_accounts(self.conn, self.group, accounts)?.iter().map(Entry::stored).collect()
    }

    fn accounts(&mut self, labels: &[Label]) -> Result<Vec<StoredAccount>> {
        accounts(self.conn, self.group, labels)
    }

    fn accounts_of(&mut self, cores: &[Label]) -> Result<Vec<StoredAccount>> {
        accounts_of_cores(self.conn, self.group, cores)
    }

    fn holders(&mut self, stratum: Stratum, keys: &[(Key, usize)]) -> Result<KeyMap<Holders>> {
        let limits: KeyMap<usize> = keys.iter().copied().collect();
        let busy: Vec<(Key, usize)> = limits
            .iter()
            .filter(|(key, _)| self.busy.contains(key))
            .map(|(key, limit)| (*key, *limit))
            .collect();
        let mut answer: KeyMap<Holders> =
            self.generic(stratum, &busy)?.into_iter().map(|key| (key, Holders::Generic)).collect();
        let mut rest: Vec<Key> = limits.keys().copied().filter(|key| !answer.contains_key(key)).collect();
        // In the order of the index, so that neighbours are read together.
        rest.sort_unstable();
        for keys in rest.chunks(rows_per_statement(1)) {
            let rows: Vec<(Key, Label, Label)> = each!(self.conn, inner => postings::table
                .filter(postings::group_id.eq(self.group))
                .filter(postings::term.eq_any(keys))
                .select((postings::term, postings::account, postings::carrier))
                .load(inner))?;
            for (key, account, carrier) in rows {
                let component = if stratum == Stratum::Profiles { carrier } else { account };
                if let Holders::All(holders) = answer.entry(key).or_insert_with(|| Holders::All(Vec::new())) {
                    holders.push((account, component));
                }
            }
        }
        for (key, holders) in &mut answer {
            let Holders::All(all) = holders else { continue };
            if all.len() >= BUSY_POSTINGS && self.busy.insert(*key) {
                self.newly_busy.push(*key);
            }
            let mut degree = distinct(all.iter().map(|(_, component)| *component));
            if leak!(HubsOfAllGroups) {
                let elsewhere =
                    postings::table.filter(postings::term.eq(key)).filter(postings::group_id.ne(self.group));
                degree +=
                    usize::try_from(elsewhere.count().get_result::<i64>(self.conn)?).unwrap_or_default();
            }
            if limits.get(key).is_some_and(|limit| degree >= *limit) {
                *holders = Holders::Generic;
            }
        }
        Ok(answer)
    }

    fn judged(&mut self, ids: &[EntryId]) -> Result<Vec<Judged>> {
        self.judgements.of(self.conn, self.group, ids)
    }

    fn wide_phones(&mut self) -> Result<WidePhones> {
        let query = wide_phones::table.filter(wide_phones::group_id.eq(self.group));
        let rows: Vec<WidePhone> = query.select(WidePhone::as_select()).load(self.conn)?;
        let rows = opened(self.conn, rows)?;
        Ok(rows.into_iter().map(|row| (row.term, row.digits.text().into_owned())).collect())
    }

    fn new_label(&mut self) -> Label {
        self.next_label += 1;
        self.next_label
    }
}

impl SqlPool<'_> {
    /// Keys that at least the given number of components carry, in a stratum. What a key is carried by stands together in
    /// the index, carrier by carrier, and is read until so many were met.
    fn generic(&mut self, stratum: Stratum, keys: &[(Key, usize)]) -> Result<Vec<Key>> {
        let limited: Vec<(Key, i64)> = keys
            .iter()
            .filter_map(|(key, limit)| Some((*key, i64::try_from(*limit).ok()?)))
            .filter(|(_, limit)| *limit < i64::MAX)
            .collect();
        if limited.is_empty() {
            return Ok(Vec::new());
        }
        let (group, of_cores) = (self.group, stratum == Stratum::Profiles);
        Ok(match self.conn {
            Conn::Sqlite(inner) => {
                let mut generic = Vec::new();
                for (key, limit) in limited {
                    let carriers = postings::table
                        .filter(postings::group_id.eq(group))
                        .filter(postings::term.eq(key))
                        .select(postings::carrier)
                        .order(postings::carrier)
                        .limit(limit);
                    let carriers: Vec<Label> = match of_cores {
                        true => carriers.distinct().load(inner)?,
                        false => carriers.load(inner)?,
                    };
                    if i64::try_from(carriers.len()).is_ok_and(|carriers| carriers >= limit) {
                        generic.push(key);
                    }
                }
                generic
            }
            Conn::Postgres(inner) => {
                const CORES: &str = ") AS w (term, most) WHERE w.most <= (SELECT COUNT(*) FROM (
                    SELECT DISTINCT p.carrier FROM postings p WHERE p.group_id = ";
                const ACCOUNTS: &str = ") AS w (term, most) WHERE w.most <= (SELECT COUNT(*) FROM (
                    SELECT p.carrier FROM postings p WHERE p.group_id = ";
                let (terms, limits): (Vec<Key>, Vec<i64>) = limited.into_iter().unzip();
                let rows: Vec<Term> = Fixed::sql("SELECT w.term FROM unnest(")
                    .bind::<Array<BigInt>, _>(terms, ", ")
                    .bind::<Array<BigInt>, _>(limits, if of_cores { CORES } else { ACCOUNTS })
                    .bind::<Binary, _>(
                        group,
                        " AND p.term = w.term ORDER BY p.carrier LIMIT w.most) AS carriers)",
                    )
                    .load(inner)?;
                rows.into_iter().map(|row| row.term).collect()
            }
        })
    }
}
