//! What the intake lane and the resolver insert in numbers, as PostgreSQL takes it fastest: one array for each column. A statement
//! of `VALUES` has a parameter for each cell, and parsing it costs more than the insert.

use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel::{PgConnection, QueryResult, RunQueryDsl, sql_query};

use super::exchange::Place;
use super::feed::EventRow;
use super::pool::{AccountRow, Entry, LinkRow, Posting};
use super::profiles::{TermRow, ViewRow};
use super::reports::{HeldValue, QueueRow, Stored};
use super::shared_terms::SharedRow;
use super::tallies::TallyRow;

pub(super) fn reports(conn: &mut PgConnection, rows: &[Stored]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO reports \
         (member_id, id, external_id, digest, revision, state, body, created_at, modified_at, object_version) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.member_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.id))
    .bind::<Array<Text>, _>(column(rows, |row| row.external_id.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.digest.as_str()))
    .bind::<Array<Integer>, _>(column(rows, |row| row.revision))
    .bind::<Array<Text>, _>(column(rows, |row| row.state))
    .bind::<Array<Binary>, _>(column(rows, |row| row.body.bytes()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.modified_at))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.object_version))
    .execute(conn)
}

pub(super) fn held_values(conn: &mut PgConnection, rows: &[HeldValue]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO held_values (member_id, term, report_id, identifier) SELECT * FROM unnest($1, $2, $3, $4)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.member_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
    .bind::<Array<Binary>, _>(column(rows, |row| row.report_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.identifier.bytes()))
    .execute(conn)
}

pub(super) fn pool_queue(conn: &mut PgConnection, rows: &[QueueRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO pool_queue (group_id, id, member_id, report_id) SELECT * FROM unnest($1, $2, $3, $4)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.id.as_slice()))
    .bind::<Array<Binary>, _>(column(rows, |row| row.member_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.report_id))
    .execute(conn)
}

pub(super) fn pool_entries(conn: &mut PgConnection, rows: &[Entry]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO pool_entries \
         (group_id, entry, member_id, report_id, facts, account, profile_id) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (group_id, entry) DO UPDATE SET facts = excluded.facts, account = excluded.account, \
         profile_id = excluded.profile_id",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.entry))
    .bind::<Array<Binary>, _>(column(rows, |row| row.member_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.report_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.facts.bytes()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.account))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .execute(conn)
}

pub(super) fn pool_accounts(conn: &mut PgConnection, rows: &[AccountRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO pool_accounts (group_id, account, core, profile_id, founder, said) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (group_id, account) DO UPDATE SET core = excluded.core, \
         profile_id = excluded.profile_id, founder = excluded.founder, said = excluded.said",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.account))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.core))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.founder))
    .bind::<Array<Binary>, _>(column(rows, |row| row.said.bytes()))
    .execute(conn)
}

pub(super) fn postings(conn: &mut PgConnection, rows: &[Posting]) -> QueryResult<usize> {
    sql_query("INSERT INTO postings (group_id, term, carrier, account) SELECT * FROM unnest($1, $2, $3, $4)")
        .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.carrier))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.account))
        .execute(conn)
}

pub(super) fn links(conn: &mut PgConnection, rows: &[LinkRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO links \
         (group_id, stratum, from_entry, to_entry, term, class, degree, score_decibits) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Integer>, _>(column(rows, |row| row.stratum))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.from_entry))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.to_entry))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
    .bind::<Array<Text>, _>(column(rows, |row| row.class))
    .bind::<Array<Integer>, _>(column(rows, |row| row.degree))
    .bind::<Array<Integer>, _>(column(rows, |row| row.score_decibits))
    .execute(conn)
}

pub(super) fn profile_views(conn: &mut PgConnection, rows: &[ViewRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO profile_views \
         (group_id, class, profile_id, revision, created_at, modified_at, order_day, digest, body, risk) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (group_id, class, profile_id) DO UPDATE SET revision = excluded.revision, \
         modified_at = excluded.modified_at, order_day = excluded.order_day, digest = excluded.digest, \
         body = excluded.body, risk = excluded.risk",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Text>, _>(column(rows, |row| row.class.as_str()))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .bind::<Array<Integer>, _>(column(rows, |row| row.revision))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.modified_at))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.order_day))
    .bind::<Array<Binary>, _>(column(rows, |row| row.digest.as_slice()))
    .bind::<Array<Binary>, _>(column(rows, |row| row.body.bytes()))
    .bind::<Array<Integer>, _>(column(rows, |row| row.risk))
    .execute(conn)
}

pub(super) fn profile_terms(conn: &mut PgConnection, rows: &[TermRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO profile_terms (group_id, term, audience, profile_id) \
         SELECT * FROM unnest($1, $2, $3, $4)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
    .bind::<Array<Text>, _>(column(rows, |row| row.audience.as_str()))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .execute(conn)
}

pub(super) fn profile_tallies(conn: &mut PgConnection, rows: &[TallyRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO profile_tallies (group_id, profile_id, body) SELECT * FROM unnest($1, $2, $3) \
         ON CONFLICT (group_id, profile_id) DO UPDATE SET body = excluded.body",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.body.bytes()))
    .execute(conn)
}

pub(super) fn shared_terms(conn: &mut PgConnection, rows: &[SharedRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO shared_terms (group_id, audience, term, class, score_decibits) \
         SELECT * FROM unnest($1, $2, $3, $4, $5) \
         ON CONFLICT (group_id, audience, term) DO UPDATE SET class = excluded.class, \
         score_decibits = excluded.score_decibits",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Text>, _>(column(rows, |row| row.audience.as_str()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
    .bind::<Array<Text>, _>(column(rows, |row| row.class))
    .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.score_decibits))
    .execute(conn)
}

pub(super) fn feed_events(conn: &mut PgConnection, rows: &[EventRow]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO feed_events (group_id, class, number, kind, profile_id, revision, others, at, words_before, changed, \
         risk_before) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Text>, _>(column(rows, |row| row.class.as_str()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.number))
    .bind::<Array<Text>, _>(column(rows, |row| row.kind))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .bind::<Array<Integer>, _>(column(rows, |row| row.revision))
    .bind::<Array<Text>, _>(column(rows, |row| row.others.as_str()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.at))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.words_before.as_deref()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.changed.as_deref()))
    .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.risk_before))
    .execute(conn)
}

pub(super) fn exchange_places(conn: &mut PgConnection, rows: &[Place]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO exchange_places \
         (group_id, class, profile_id, born, first, last, family, revision, ended, heir, parts, stamp) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (group_id, class, profile_id, born) DO UPDATE SET first = excluded.first, \
         last = excluded.last, revision = excluded.revision, ended = excluded.ended, heir = excluded.heir, \
         parts = excluded.parts, stamp = excluded.stamp",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Text>, _>(column(rows, |row| row.class.as_str()))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.born))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.first))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.last))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.family))
    .bind::<Array<Integer>, _>(column(rows, |row| row.revision))
    .bind::<Array<Bool>, _>(column(rows, |row| row.ended))
    .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.heir))
    .bind::<Array<Text>, _>(column(rows, |row| row.parts.as_str()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.stamp))
    .execute(conn)
}

pub(super) fn delete_postings(conn: &mut PgConnection, rows: &[Posting]) -> QueryResult<usize> {
    sql_query(
        "DELETE FROM postings p USING unnest($1, $2, $3, $4) AS gone (group_id, term, carrier, account) \
         WHERE p.group_id = gone.group_id AND p.term = gone.term AND p.carrier = gone.carrier \
         AND p.account = gone.account",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.carrier))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.account))
    .execute(conn)
}

pub(super) fn delete_links(conn: &mut PgConnection, rows: &[&LinkRow]) -> QueryResult<usize> {
    sql_query(
        "DELETE FROM links l \
         USING unnest($1, $2, $3, $4) AS gone (group_id, stratum, from_entry, to_entry) \
         WHERE l.group_id = gone.group_id AND l.stratum = gone.stratum AND l.from_entry = gone.from_entry \
         AND l.to_entry = gone.to_entry",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<Integer>, _>(column(rows, |row| row.stratum))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.from_entry))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.to_entry))
    .execute(conn)
}

pub(super) fn delete_profile_terms(conn: &mut PgConnection, rows: &[TermRow]) -> QueryResult<usize> {
    sql_query(
        "DELETE FROM profile_terms t \
         USING unnest($1, $2, $3, $4) AS gone (group_id, term, audience, profile_id) \
         WHERE t.group_id = gone.group_id AND t.term = gone.term AND t.audience = gone.audience \
         AND t.profile_id = gone.profile_id",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
    .bind::<Array<Text>, _>(column(rows, |row| row.audience.as_str()))
    .bind::<Array<Binary>, _>(column(rows, |row| row.profile_id))
    .execute(conn)
}

fn column<'r, R, T>(rows: &'r [R], cell: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}
