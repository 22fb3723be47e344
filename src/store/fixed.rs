//! Statements in SQL that always say the same, for what diesel has no words for.
//!
//! What diesel is given as text it compiles anew each time it runs, since it may have been put together. A text that is
//! part of the program was not, so it is compiled once for a connection.

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::expression::AsExpression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{SingleValue, SqlType, Untyped};
use diesel::{Connection, QueryResult};

/// A statement, with its values where they stand in it.
pub(super) struct Fixed<'b, DB> {
    parts: Vec<Part<'b, DB>>,
}

enum Part<'b, DB> {
    Text(&'static str),
    Value(Box<dyn QueryFragment<DB> + 'b>),
}

impl<'b, DB: Backend> Fixed<'b, DB> {
    pub(super) fn sql(text: &'static str) -> Self {
        Self { parts: vec![Part::Text(text)] }
    }

    /// Goes on with a value of the SQL type `ST`, and the text behind it.
    pub(super) fn bind<ST, V>(mut self, value: V, text: &'static str) -> Self
    where
        ST: SqlType + SingleValue,
        V: AsExpression<ST>,
        V::Expression: QueryFragment<DB> + 'b,
    {
        self.parts.push(Part::Value(Box::new(value.as_expression())));
        self.parts.push(Part::Text(text));
        self
    }
}

impl<DB: Backend> QueryFragment<DB> for Fixed<'_, DB> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => {
                out.push_sql(text);
                Ok(())
            }
            Part::Value(value) => value.walk_ast(out.reborrow()),
        })
    }
}

/// Rows are read by the names of their columns.
impl<DB> Query for Fixed<'_, DB> {
    type SqlType = Untyped;
}

/// It is known by its text.
impl<DB> QueryId for Fixed<'_, DB> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Conn: Connection> RunQueryDsl<Conn> for Fixed<'_, Conn::Backend> {}
