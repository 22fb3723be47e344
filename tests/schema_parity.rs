//! Both engines have the same schema: tables, columns, their types and whether they may be null, keys
//! and indexes; and both have the same migrations.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use touchstone::store::{Place, migrate};

use crate::support::postgres;

#[derive(Debug, QueryableByName, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    required: i64,
}

#[derive(Debug, QueryableByName, PartialEq, Eq, PartialOrd, Ord)]
struct Index {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = BigInt)]
    is_unique: i64,
    #[diesel(sql_type = Text)]
    columns: String,
}

const SQLITE_COLUMNS: &str = "
    SELECT m.name AS table_name, p.name AS column_name, p.type AS kind, p.\"notnull\" AS required
    FROM sqlite_master m JOIN pragma_table_info(m.name) p
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '__diesel_schema_migrations'";

const POSTGRES_COLUMNS: &str = "
    SELECT table_name::text, column_name::text, data_type::text AS kind,
           CASE is_nullable WHEN 'NO' THEN 1::bigint ELSE 0::bigint END AS required
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'";

const SQLITE_INDEXES: &str = "
    SELECT m.name AS table_name, CAST(l.\"unique\" AS BIGINT) AS is_unique,
           (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno)) AS columns
    FROM sqlite_master m JOIN pragma_index_list(m.name) l
    WHERE m.type = 'table' AND m.name <> '__diesel_schema_migrations'";

const POSTGRES_INDEXES: &str = "
    SELECT t.relname::text AS table_name, i.indisunique::int::bigint AS is_unique,
           (SELECT string_agg(a.attname::text, ',' ORDER BY k.n)
            FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) AS columns
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace
    WHERE s.nspname = 'public' AND t.relname <> '__diesel_schema_migrations'";

/// The portable type behind each engine's word.
fn portable(column: Column, booleans: &BTreeSet<(String, String)>) -> Column {
    let is_boolean = booleans.contains(&(column.table_name.clone(), column.column_name.clone()));
    let kind = match column.kind.as_str() {
        "INTEGER" if is_boolean => "boolean",
        // SQLite has one integer; the width is PostgreSQL's to keep.
        "INTEGER" | "bigint" | "integer" => "integer",
        "TEXT" | "text" => "text",
        "BLOB" | "bytea" => "binary",
        "boolean" => "boolean",
        other => panic!("{other} of {}.{} is not portable", column.table_name, column.column_name),
    };
    Column { kind: kind.to_owned(), ..column }
}

fn sqlite() -> (SqliteConnection, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("parity.db").to_string_lossy().into_owned();
    migrate(&Place { url: url.clone().into(), connections: 2 }).unwrap();
    (SqliteConnection::establish(&url).unwrap(), folder)
}

fn postgres_connection() -> (PgConnection, postgres::Database) {
    let database = postgres::Database::fresh();
    migrate(&Place { url: database.url.clone().into(), connections: 2 }).unwrap();
    (PgConnection::establish(&database.url).unwrap(), database)
}

#[test]
fn both_engines_have_the_same_tables_columns_and_nullability() {
    if !postgres::available() {
        return;
    }
    let (mut conn, _database) = postgres_connection();
    let columns: Vec<Column> = sql_query(POSTGRES_COLUMNS).load(&mut conn).unwrap();
    let booleans: BTreeSet<(String, String)> = columns
        .iter()
        .filter(|column| column.kind == "boolean")
        .map(|column| (column.table_name.clone(), column.column_name.clone()))
        .collect();
    let on_postgres: BTreeSet<Column> =
        columns.into_iter().map(|column| portable(column, &booleans)).collect();
    let (mut conn, _folder) = sqlite();
    let columns: Vec<Column> = sql_query(SQLITE_COLUMNS).load(&mut conn).unwrap();
    let on_sqlite: BTreeSet<Column> = columns.into_iter().map(|column| portable(column, &booleans)).collect();
    assert!(on_sqlite.len() > 100, "only {} columns were found", on_sqlite.len());
    let only_sqlite: Vec<_> = on_sqlite.difference(&on_postgres).collect();
    let only_postgres: Vec<_> = on_postgres.difference(&on_sqlite).collect();
    assert!(only_sqlite.is_empty() && only_postgres.is_empty(), "{only_sqlite:#?} {only_postgres:#?}");
}

#[test]
fn both_engines_have_the_same_keys_and_indexes() {
    if !postgres::available() {
        return;
    }
    let by_table = |indexes: Vec<Index>| {
        let mut tables: BTreeMap<String, BTreeSet<(bool, String)>> = BTreeMap::new();
        for index in indexes {
            tables.entry(index.table_name).or_default().insert((index.is_unique == 1, index.columns));
        }
        tables
    };
    let (mut conn, _database) = postgres_connection();
    let on_postgres: Vec<Index> = sql_query(POSTGRES_INDEXES).load(&mut conn).unwrap();
    let (mut conn, _folder) = sqlite();
    let on_sqlite: Vec<Index> = sql_query(SQLITE_INDEXES).load(&mut conn).unwrap();
    assert_eq!(by_table(on_sqlite), by_table(on_postgres));
}

#[test]
fn both_folders_hold_the_same_migrations() {
    let names = |engine: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
