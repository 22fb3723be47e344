//! How the words of the domain stand in columns: ids as 16 bytes, times as microseconds, closed
//! vocabularies as their names.

use diesel::backend::Backend;
use diesel::deserialize::{FromSql, Queryable, Result as FromResult};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{Output, Result as ToResult, ToSql};
use diesel::sql_types::{BigInt, Binary, Nullable, SingleValue, Text};

use crate::domain::group::GroupKind;
use crate::domain::id::{
    AlertId, CanaryId, GroupId, GroupInvitationId, IntroductionId, InvitationId, JudgementId, KeyId,
    MemberId, ReportId, SellerId, SessionId, StatusId, StopId, UserId, WebhookId,
};
use crate::domain::member::{MemberKind, Role, Standing};
use crate::domain::membership::{ChangeKind, Parting};
use crate::domain::probing::Asking;
use crate::domain::resolution::judgement::Verdict;
use crate::domain::resolution::keys::Key;
use crate::domain::resolution::partition::Objection;
use crate::domain::resolution::rules::KeyClass;
use crate::domain::stop_list::{StopOrigin, StopReason};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{DeliveryState, Failure, WebhookEnd, WebhookState};
use crate::store::feed::EventKind;
use crate::store::judgements::JudgementState;
use crate::store::reports::ReportState;
use crate::store::vault::Guarded;

/// Lets a type stand in columns of one SQL type, nullable or not.
macro_rules! column {
    ($type:ty, $sql:ty) => {
        impl AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'e> AsExpression<$sql> for &'e $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'e> AsExpression<Nullable<$sql>> for &'e $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<DB: Backend> ToSql<Nullable<$sql>, DB> for $type
        where
            Self: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> ToResult {
                ToSql::<$sql, DB>::to_sql(self, out)
            }
        }
        impl<ST, DB> Queryable<ST, DB> for $type
        where
            DB: Backend,
            ST: SingleValue,
            Self: FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> FromResult<Self> {
                Ok(row)
            }
        }
    };
}

macro_rules! id_columns {
    ($($id:ty),+) => { $(
        column!($id, Binary);
        impl<DB: Backend> ToSql<Binary, DB> for $id
        where
            [u8]: ToSql<Binary, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> ToResult {
                <[u8] as ToSql<Binary, DB>>::to_sql(self.as_bytes(), out)
            }
        }
        impl<DB: Backend> FromSql<Binary, DB> for $id
        where
            Vec<u8>: FromSql<Binary, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> FromResult<Self> {
                let bytes = <Vec<u8> as FromSql<Binary, DB>>::from_sql(bytes)?;
                let bytes = bytes.try_into().map_err(|_| "an id is not 16 bytes long")?;
                Ok(Self::from_bytes(bytes))
            }
        }
    )+ };
}

macro_rules! word_columns {
    ($($word:ty),+) => { $(
        column!($word, Text);
        impl<DB: Backend> ToSql<Text, DB> for $word
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> ToResult {
                <str as ToSql<Text, DB>>::to_sql(self.as_str(), out)
            }
        }
        impl<DB: Backend> FromSql<Text, DB> for $word
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> FromResult<Self> {
                let text = <String as FromSql<Text, DB>>::from_sql(bytes)?;
                Self::parse_name(&text).ok_or_else(|| format!("unknown word {text:?}").into())
            }
        }
    )+ };
}

macro_rules! number_columns {
    ($($number:ty),+) => { $(
        column!($number, BigInt);
        impl<DB: Backend> ToSql<BigInt, DB> for $number
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> ToResult {
                <i64 as ToSql<BigInt, DB>>::to_sql(&self.0, out)
            }
        }
        impl<DB: Backend> FromSql<BigInt, DB> for $number
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> FromResult<Self> {
                <i64 as FromSql<BigInt, DB>>::from_sql(bytes).map(Self)
            }
        }
    )+ };
}

column!(Guarded, Binary);
impl<DB: Backend> ToSql<Binary, DB> for Guarded
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> ToResult {
        <[u8] as ToSql<Binary, DB>>::to_sql(self.bytes(), out)
    }
}
impl<DB: Backend> FromSql<Binary, DB> for Guarded
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> FromResult<Self> {
        <Vec<u8> as FromSql<Binary, DB>>::from_sql(bytes).map(Self::from)
    }
}

id_columns!(
    MemberId,
    UserId,
    KeyId,
    InvitationId,
    GroupId,
    GroupInvitationId,
    ReportId,
    SellerId,
    JudgementId,
    SessionId,
    StopId,
    CanaryId,
    AlertId,
    IntroductionId,
    WebhookId,
    StatusId
);
word_columns!(
    MemberKind,
    Standing,
    Role,
    GroupKind,
    ChangeKind,
    Parting,
    ReportState,
    EventKind,
    KeyClass,
    Objection,
    Verdict,
    JudgementState,
    WebhookState,
    WebhookEnd,
    DeliveryState,
    Failure,
    StopReason,
    StopOrigin,
    Asking
);
number_columns!(Timestamp, Key);
