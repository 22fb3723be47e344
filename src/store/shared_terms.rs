//! Values that more than one profile can be found by, counted for each audience: what the review queue of a whole
//! group is made from. A row follows from the terms of the profiles, so it tells an audience nothing new.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text};

use super::in_numbers::{self, in_numbers};
use super::schema::{profile_terms, shared_terms};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, SellerId};
use crate::domain::resolution::keys::{Key, KeyMap};
use crate::domain::resolution::review::COUNTED_MAX;
use crate::domain::resolution::rules::KeyClass;

/// One row of `shared_terms`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable, Insertable)]
#[diesel(table_name = shared_terms, treat_none_as_default_value = false)]
pub struct SharedRow {
    pub group_id: GroupId,
    /// Whose profiles are counted: a class, or all of them.
    pub audience: String,
    pub term: Key,
    pub class: KeyClass,
    /// What sharing it is worth; none if too many do.
    pub score_decibits: Option<i32>,
}

in_numbers!(SharedRow, shared_terms, key [group_id, audience, term], replaced [class, score_decibits]);

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    term: Key,
    #[diesel(sql_type = BigInt)]
    carriers: i64,
}

/// How many profiles each of these terms finds for an audience. A hub is counted no further than is worth knowing.
pub fn counts(conn: &mut Conn, group: GroupId, audience: &str, terms: &[Key]) -> Result<KeyMap<usize>> {
    if terms.is_empty() {
        return Ok(KeyMap::default());
    }
    // SQLite numbers its parameters by first use, so the order of the text is the order of binds.
    let counted = |group: &str, audience: &str| {
        format!(
            "own(id, audience) AS (SELECT {group}, {audience})
             SELECT w.term AS term, (SELECT COUNT(*) FROM (
                 SELECT 1 FROM profile_terms p WHERE p.group_id = (SELECT id FROM own) AND p.term = w.term
                 AND p.audience = (SELECT audience FROM own) LIMIT {}) AS found) AS carriers
             FROM wanted w",
            COUNTED_MAX + 1
        )
    };
    let terms: Vec<i64> = terms.iter().map(|term| term.0).collect();
    let rows: Vec<Counted> = match conn {
        Conn::Sqlite(inner) => diesel::sql_query(format!(
            "WITH wanted(term) AS (SELECT value FROM json_each($1)), {}",
            counted("$2", "$3")
        ))
        .bind::<Text, _>(serde_json::to_string(&terms)?)
        .bind::<Binary, _>(group)
        .bind::<Text, _>(audience)
        .load(inner)?,
        Conn::Postgres(inner) => diesel::sql_query(format!(
            "WITH wanted(term) AS (SELECT * FROM unnest($1::bigint[])), {}",
            counted("$2::bytea", "$3::text COLLATE \"C\"")
        ))
        .bind::<Array<BigInt>, _>(terms)
        .bind::<Binary, _>(group)
        .bind::<Text, _>(audience)
        .load(inner)?,
    };
    Ok(rows.into_iter().map(|row| (row.term, usize::try_from(row.carriers).unwrap_or_default())).collect())
}

/// The classes of those of these terms that are shared.
pub fn classes(conn: &mut Conn, group: GroupId, audience: &str, terms: &[Key]) -> Result<KeyMap<KeyClass>> {
    let mut found = KeyMap::default();
    for terms in terms.chunks(rows_per_statement(1) - 2) {
        let rows: Vec<(Key, KeyClass)> = each!(conn, inner => shared_terms::table
            .filter(shared_terms::group_id.eq(group))
            .filter(shared_terms::audience.eq(audience))
            .filter(shared_terms::term.eq_any(terms))
            .select((shared_terms::term, shared_terms::class))
            .load(inner))?;
        found.extend(rows);
    }
    Ok(found)
}

/// Writes rows, replacing those that are there.
pub fn put(conn: &mut Conn, rows: &[SharedRow]) -> Result<()> {
    in_numbers::put(conn, rows)
}

/// Forgets terms that are shared no longer.
pub fn delete(conn: &mut Conn, group: GroupId, audience: &str, terms: &[Key]) -> Result<()> {
    for terms in terms.chunks(rows_per_statement(1) - 2) {
        let gone = shared_terms::table
            .filter(shared_terms::group_id.eq(group))
            .filter(shared_terms::audience.eq(audience))
            .filter(shared_terms::term.eq_any(terms));
        diesel::delete(gone).execute(conn)?;
    }
    Ok(())
}

/// Forgets all of a group, to count them anew.
pub fn clear(conn: &mut Conn, group: GroupId) -> Result<()> {
    diesel::delete(shared_terms::table.filter(shared_terms::group_id.eq(group))).execute(conn)?;
    Ok(())
}

/// The terms that are worth most to share, for any of these audiences, the best first.
pub fn strongest(
    conn: &mut Conn,
    group: GroupId,
    audiences: &[String],
    limit: i64,
) -> Result<Vec<SharedRow>> {
    let mut found = Vec::new();
    for audience in audiences {
        let query = shared_terms::table
            .filter(shared_terms::group_id.eq(group))
            .filter(shared_terms::audience.eq(audience))
            .filter(shared_terms::score_decibits.is_not_null())
            .order((shared_terms::score_decibits.desc(), shared_terms::term.desc()))
            .limit(limit)
            .select(SharedRow::as_select());
        found.extend(query.load::<SharedRow>(conn)?);
    }
    found.sort_by_key(|row| (std::cmp::Reverse(row.score_decibits), row.term));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}

/// The profiles that each of these terms finds for any of these audiences. The caller chooses terms that few carry.
pub fn carriers(
    conn: &mut Conn,
    group: GroupId,
    audiences: &[String],
    terms: &[Key],
) -> Result<BTreeMap<Key, BTreeSet<SellerId>>> {
    let mut found: BTreeMap<Key, BTreeSet<SellerId>> = BTreeMap::new();
    for terms in terms.chunks(rows_per_statement(1) - 64) {
        let rows: Vec<(Key, SellerId)> = each!(conn, inner => profile_terms::table
            .filter(profile_terms::group_id.eq(group))
            .filter(profile_terms::term.eq_any(terms))
            .filter(profile_terms::audience.eq_any(audiences))
            .select((profile_terms::term, profile_terms::profile_id))
            .load(inner))?;
        for (term, profile) in rows {
            found.entry(term).or_default().insert(profile);
        }
    }
    Ok(found)
}

/// All rows of a group, for comparing two ways of getting there.
pub fn all(conn: &mut Conn, group: GroupId) -> Result<BTreeSet<SharedRow>> {
    let rows = shared_terms::table.filter(shared_terms::group_id.eq(group)).select(SharedRow::as_select());
    Ok(rows.load::<SharedRow>(conn)?.into_iter().collect())
}
