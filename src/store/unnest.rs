//! What the intake lane inserts, as PostgreSQL takes it fastest: one array for each column. A statement
//! of `VALUES` has a parameter for each cell, and parsing it costs more than the insert.

use diesel::sql_types::{Array, BigInt, Binary, Integer, Text};
use diesel::{PgConnection, QueryResult, RunQueryDsl, sql_query};

use super::reports::{HeldValue, QueueRow, Stored};

pub(super) fn reports(conn: &mut PgConnection, rows: &[Stored]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO reports \
         (member_id, id, external_id, digest, revision, state, body, created_at, modified_at) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.member_id))
    .bind::<Array<Binary>, _>(column(rows, |row| row.id))
    .bind::<Array<Text>, _>(column(rows, |row| row.external_id.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.digest.as_str()))
    .bind::<Array<Integer>, _>(column(rows, |row| row.revision))
    .bind::<Array<Text>, _>(column(rows, |row| row.state))
    .bind::<Array<Text>, _>(column(rows, |row| row.body.as_str()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.modified_at))
    .execute(conn)
}

pub(super) fn held_values(conn: &mut PgConnection, rows: &[HeldValue]) -> QueryResult<usize> {
    sql_query(
        "INSERT INTO held_values (member_id, term, report_id, identifier) SELECT * FROM unnest($1, $2, $3, $4)",
    )
    .bind::<Array<Binary>, _>(column(rows, |row| row.member_id))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.term))
    .bind::<Array<Binary>, _>(column(rows, |row| row.report_id))
    .bind::<Array<Text>, _>(column(rows, |row| row.identifier.as_str()))
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

fn column<'r, R, T>(rows: &'r [R], cell: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(cell).collect()
}
