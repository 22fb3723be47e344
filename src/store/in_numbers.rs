//! Rows that are written in numbers, each engine as it takes them fastest.
//!
//! SQLite takes them one by one: a statement for one row is compiled once for a connection, and keeps no journal of its
//! own, as one of many rows must in case it fails half-way. PostgreSQL takes an array for each column: a statement of
//! `VALUES` has a parameter for each cell, and to parse those costs more than to insert them.
//!
//! Diesel compiles an upsert, and whatever it is given as text, anew each time, since it cannot know that the next is the
//! same. What is written here follows from the type of the row alone, so it is compiled once for a connection.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{QueryResult, RunQueryDsl};

use super::{Conn, Result};

/// A row that is written together with many others.
pub(super) trait InNumbers: Sized + 'static {
    const TABLE: &'static str;
    /// The columns by which a row is known.
    const KEY: &'static [&'static str];
    /// All columns.
    const COLUMNS: &'static [&'static str];
    /// Those that take the place of what the row of this key had. Where there are none, it is a fault if there is one.
    const REPLACED: &'static [&'static str];

    fn insert(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;

    fn delete(&self, conn: &mut SqliteConnection) -> QueryResult<usize>;

    /// The values of `COLUMNS`.
    fn columns<'r>(rows: &[&'r Self]) -> Arrays<'r>;

    /// The values of `KEY`.
    fn keys<'r>(rows: &[&'r Self]) -> Arrays<'r>;
}

/// An array for each of some columns.
pub(super) type Arrays<'r> = Vec<Box<dyn QueryFragment<Pg> + 'r>>;

/// Says by which columns of its table a row is known, which others only a new row gets, and which also take the place of
/// those of the row that is there.
macro_rules! in_numbers {
    (
        $row:ty,
        $table:ident,
        key [$($key:ident),+]
        $(, new [$($new:ident),+])?
        $(, replaced [$($replaced:ident),+])?
    ) => {
        impl $crate::store::in_numbers::InNumbers for $row {
            const TABLE: &'static str = stringify!($table);
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];
            const COLUMNS: &'static [&'static str] =
                &[$(stringify!($key),)+ $($(stringify!($new),)+)? $($(stringify!($replaced),)+)?];
            const REPLACED: &'static [&'static str] = &[$($(stringify!($replaced)),+)?];

            fn insert(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                let insert = diesel::insert_into($table::table).values(self);
                $crate::store::in_numbers::Insert::of(self, insert).execute(conn)
            }

            fn delete(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                diesel::delete($table::table.find(($(&self.$key,)+))).execute(conn)
            }

            fn columns<'r>(rows: &[&'r Self]) -> $crate::store::in_numbers::Arrays<'r> {
                // A field that is not named is a fault when this is compiled.
                let _ = |Self { $($key: _,)+ $($($new: _,)+)? $($($replaced: _,)+)? }: Self| ();
                vec![
                    $($crate::store::in_numbers::array!(rows, $table, $key),)+
                    $($($crate::store::in_numbers::array!(rows, $table, $new),)+)?
                    $($($crate::store::in_numbers::array!(rows, $table, $replaced),)+)?
                ]
            }

            fn keys<'r>(rows: &[&'r Self]) -> $crate::store::in_numbers::Arrays<'r> {
                vec![$($crate::store::in_numbers::array!(rows, $table, $key)),+]
            }
        }
    };
}
pub(super) use in_numbers;

/// One column of rows, of the SQL type that its table gives it.
macro_rules! array {
    ($rows:ident, $table:ident, $column:ident) => {{
        type Sql = diesel::sql_types::Array<diesel::dsl::SqlTypeOf<$table::$column>>;
        let values: Vec<_> = $rows.iter().map(|row| &row.$column).collect();
        Box::new(diesel::expression::AsExpression::<Sql>::as_expression(values))
    }};
}
pub(super) use array;

/// Inserts rows, in the place of those that have their keys if the type of the row has columns that are replaced.
pub(super) fn put<'r, Row: InNumbers>(
    conn: &mut Conn,
    rows: impl IntoIterator<Item = &'r Row>,
) -> Result<()> {
    let mut rows = rows.into_iter();
    match conn {
        Conn::Sqlite(inner) => rows.try_for_each(|row| row.insert(inner).map(drop))?,
        Conn::Postgres(inner) => in_arrays(rows, |rows| {
            InsertArrays::<Row> { arrays: Row::columns(rows), row: PhantomData }.execute(inner)
        })?,
    }
    Ok(())
}

/// Deletes rows by their keys.
pub(super) fn delete<'r, Row: InNumbers>(
    conn: &mut Conn,
    rows: impl IntoIterator<Item = &'r Row>,
) -> Result<()> {
    let mut rows = rows.into_iter();
    match conn {
        Conn::Sqlite(inner) => rows.try_for_each(|row| row.delete(inner).map(drop))?,
        Conn::Postgres(inner) => in_arrays(rows, |rows| {
            DeleteArrays::<Row> { arrays: Row::keys(rows), row: PhantomData }.execute(inner)
        })?,
    }
    Ok(())
}

/// Most rows of one statement: what is sent to the server stands in memory twice.
const ROWS_MAX: usize = 5_000;

fn in_arrays<'r, Row: 'r>(
    rows: impl Iterator<Item = &'r Row>,
    mut statement: impl FnMut(&[&'r Row]) -> QueryResult<usize>,
) -> QueryResult<()> {
    let rows: Vec<&Row> = rows.collect();
    rows.chunks(ROWS_MAX).try_for_each(|rows| statement(rows).map(drop))
}

/// An insert into SQLite, and what follows it.
pub(super) struct Insert<Row, Values> {
    values: Values,
    row: PhantomData<Row>,
}

impl<Row, Values> Insert<Row, Values> {
    /// `values` is an insert of a row of this type.
    pub(super) fn of(_: &Row, values: Values) -> Self {
        Self { values, row: PhantomData }
    }
}

impl<Row: InNumbers, Values: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Insert<Row, Values> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.values.walk_ast(out.reborrow())?;
        on_conflict::<Row, _>(out)
    }
}

impl<Row: 'static, Values: QueryId> QueryId for Insert<Row, Values> {
    type QueryId = Insert<Row, Values::QueryId>;

    const HAS_STATIC_QUERY_ID: bool = Values::HAS_STATIC_QUERY_ID;
}

impl<Row, Values> RunQueryDsl<SqliteConnection> for Insert<Row, Values> {}

/// An insert into PostgreSQL.
struct InsertArrays<'r, Row> {
    arrays: Arrays<'r>,
    row: PhantomData<Row>,
}

impl<Row: InNumbers> QueryFragment<Pg> for InsertArrays<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        out.push_identifier(Row::TABLE)?;
        out.push_sql(" (");
        listed(Row::COLUMNS, &mut out, |column, out| out.push_identifier(column))?;
        out.push_sql(") SELECT * FROM unnest(");
        listed(&self.arrays, &mut out, |array, out| array.walk_ast(out.reborrow()))?;
        out.push_sql(")");
        on_conflict::<Row, _>(out)
    }
}

impl<Row: InNumbers> QueryId for InsertArrays<'_, Row> {
    type QueryId = InsertArrays<'static, Row>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Row> RunQueryDsl<PgConnection> for InsertArrays<'_, Row> {}

/// A delete from PostgreSQL.
struct DeleteArrays<'r, Row> {
    arrays: Arrays<'r>,
    row: PhantomData<Row>,
}

impl<Row: InNumbers> QueryFragment<Pg> for DeleteArrays<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let key_of = |row: &str, out: &mut AstPass<'_, 'b, Pg>| {
            listed(Row::KEY, out, |column, out| {
                out.push_identifier(row)?;
                out.push_sql(".");
                out.push_identifier(column)
            })
        };
        out.push_sql("DELETE FROM ");
        out.push_identifier(Row::TABLE)?;
        out.push_sql(" USING unnest(");
        listed(&self.arrays, &mut out, |array, out| array.walk_ast(out.reborrow()))?;
        out.push_sql(") AS gone (");
        listed(Row::KEY, &mut out, |column, out| out.push_identifier(column))?;
        out.push_sql(") WHERE (");
        key_of(Row::TABLE, &mut out)?;
        out.push_sql(") = (");
        key_of("gone", &mut out)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<Row: InNumbers> QueryId for DeleteArrays<'_, Row> {
    type QueryId = DeleteArrays<'static, Row>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Row> RunQueryDsl<PgConnection> for DeleteArrays<'_, Row> {}

/// What an insert does where there is a row of its key.
fn on_conflict<Row: InNumbers, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    if Row::REPLACED.is_empty() {
        return Ok(());
    }
    out.push_sql(" ON CONFLICT (");
    listed(Row::KEY, &mut out, |column, out| out.push_identifier(column))?;
    out.push_sql(") DO UPDATE SET ");
    listed(Row::REPLACED, &mut out, |column, out| {
        out.push_identifier(column)?;
        out.push_sql(" = excluded.");
        out.push_identifier(column)
    })
}

fn listed<'a, 'b, T, DB: Backend>(
    items: &'b [T],
    out: &mut AstPass<'a, 'b, DB>,
    mut write: impl FnMut(&'b T, &mut AstPass<'a, 'b, DB>) -> QueryResult<()>,
) -> QueryResult<()> {
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push_sql(", ");
        }
        write(item, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::{debug_query, table};

    use super::*;

    table! {
        doors (house, number) {
            house -> BigInt,
            number -> Integer,
            since -> BigInt,
            colour -> Text,
            name -> Nullable<Text>,
        }
    }

    #[derive(Insertable)]
    #[diesel(table_name = doors, treat_none_as_default_value = false)]
    struct Door {
        house: i64,
        number: i32,
        since: i64,
        colour: String,
        name: Option<String>,
    }

    in_numbers!(Door, doors, key [house, number], new [since], replaced [colour, name]);

    table! {
        visits (house, at) {
            house -> BigInt,
            at -> BigInt,
        }
    }

    #[derive(Insertable)]
    #[diesel(table_name = visits, treat_none_as_default_value = false)]
    struct Visit {
        house: i64,
        at: i64,
    }

    in_numbers!(Visit, visits, key [house, at]);

    fn door(name: Option<&str>) -> Door {
        Door { house: 1, number: 2, since: 3, colour: "red".to_owned(), name: name.map(str::to_owned) }
    }

    /// Whether it is compiled once for a connection.
    const fn is_kept<Q: QueryId>(_: &Q) -> bool {
        Q::HAS_STATIC_QUERY_ID
    }

    #[test]
    fn postgresql_takes_an_array_for_each_column() {
        let (named, nameless) = (door(Some("Ada")), door(None));
        let insert = InsertArrays::<Door> { arrays: Door::columns(&[&named, &nameless]), row: PhantomData };
        let text = "INSERT INTO \"doors\" (\"house\", \"number\", \"since\", \"colour\", \"name\") \
                    SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (\"house\", \"number\") DO UPDATE SET \
                    \"colour\" = excluded.\"colour\", \"name\" = excluded.\"name\" \
                    -- binds: [[1, 1], [2, 2], [3, 3], [\"red\", \"red\"], [Some(\"Ada\"), None]]";
        assert_eq!(debug_query::<Pg, _>(&insert).to_string(), text);
        assert!(is_kept(&insert));

        let visit = Visit { house: 1, at: 2 };
        let insert = InsertArrays::<Visit> { arrays: Visit::columns(&[&visit]), row: PhantomData };
        let text =
            "INSERT INTO \"visits\" (\"house\", \"at\") SELECT * FROM unnest($1, $2) -- binds: [[1], [2]]";
        assert_eq!(debug_query::<Pg, _>(&insert).to_string(), text);
        assert!(is_kept(&insert));
    }

    #[test]
    fn rows_are_deleted_by_their_keys_alone() {
        let gone = door(None);
        let delete = DeleteArrays::<Door> { arrays: Door::keys(&[&gone]), row: PhantomData };
        let text = "DELETE FROM \"doors\" USING unnest($1, $2) AS gone (\"house\", \"number\") \
                    WHERE (\"doors\".\"house\", \"doors\".\"number\") = (\"gone\".\"house\", \"gone\".\"number\") \
                    -- binds: [[1], [2]]";
        assert_eq!(debug_query::<Pg, _>(&delete).to_string(), text);
        assert!(is_kept(&delete));
    }

    #[test]
    fn sqlite_takes_rows_one_by_one_and_replaces_what_may_change() {
        let mut conn = SqliteConnection::establish(":memory:").expect("a database in memory");
        diesel::sql_query(
            "CREATE TABLE doors (house, number, since, colour, name, PRIMARY KEY (house, number))",
        )
        .execute(&mut conn)
        .expect("a table");
        let first = door(Some("Ada"));
        first.insert(&mut conn).expect("a new row");
        let later = Door { since: 9, colour: "blue".to_owned(), ..door(None) };
        later.insert(&mut conn).expect("a row that is there");
        let rows: Vec<(i64, String, Option<String>)> =
            doors::table.select((doors::since, doors::colour, doors::name)).load(&mut conn).expect("rows");
        assert_eq!(rows, [(3, "blue".to_owned(), None)]);
        assert_eq!(later.delete(&mut conn), Ok(1));

        let insert = Insert::of(&later, diesel::insert_into(doors::table).values(&later));
        assert!(is_kept(&insert));
    }
}
