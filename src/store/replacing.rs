//! Rows that take the place of those with their key, written to SQLite one by one.
//!
//! Diesel prepares an upsert anew each time, since it does not know that what is set is always the same: half of what such
//! a row costs. Here the columns belong to the type of the row, so the statement is prepared once for a connection.

use std::marker::PhantomData;

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl, SqliteConnection};

/// A row of a table whose key names it and whose other columns may change.
pub(super) trait Replaced: 'static {
    /// What follows the insert of such a row.
    const ON_CONFLICT: &'static str;
}

/// Says by which columns of its table a row is known, and which it replaces.
macro_rules! replaced {
    ($row:ty, $table:ident, [$first:ident $(, $key:ident)*] => [$one:ident $(, $column:ident)*]) => {
        impl $crate::store::replacing::Replaced for $row {
            const ON_CONFLICT: &'static str = {
                // A column that the table does not have is a fault when this is compiled.
                let _ = ($table::$first, $($table::$key,)* $table::$one, $($table::$column,)*);
                concat!(
                    " ON CONFLICT (`", stringify!($first), "`" $(, ", `", stringify!($key), "`")*, ") DO UPDATE SET `",
                    stringify!($one), "` = excluded.`", stringify!($one), "`"
                    $(, ", `", stringify!($column), "` = excluded.`", stringify!($column), "`")*
                )
            };
        }
    };
}
pub(super) use replaced;

/// An insert of a row that replaces the one with its key.
pub(super) struct Replacing<Row, Insert> {
    insert: Insert,
    row: PhantomData<Row>,
}

/// `insert` is of this row.
pub(super) fn replacing<Row: Replaced, Insert>(_: &Row, insert: Insert) -> Replacing<Row, Insert> {
    Replacing { insert, row: PhantomData }
}

impl<Row: Replaced, Insert: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Replacing<Row, Insert> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.insert.walk_ast(out.reborrow())?;
        out.push_sql(Row::ON_CONFLICT);
        Ok(())
    }
}

impl<Row: Replaced, Insert: QueryId> QueryId for Replacing<Row, Insert> {
    type QueryId = Replacing<Row, Insert::QueryId>;

    const HAS_STATIC_QUERY_ID: bool = Insert::HAS_STATIC_QUERY_ID;
}

impl<Row, Insert> RunQueryDsl<SqliteConnection> for Replacing<Row, Insert> {}
