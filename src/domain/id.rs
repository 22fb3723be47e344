//! Typed ids: a prefix that says what a thing is, and 128 bits.
//!
//! Most are UUIDv7; a seller's id is derived from what founded it (see `resolver`). The text form
//! is the prefix, `_` and 32 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct NotAnId;

/// Makes ids. Injected, so that a whole run can be replayed.
pub trait MakeIds: Send + Sync {
    /// A fresh id. `context` names what it is for; a replay makes the same id for the same context.
    fn make(&self, context: &[&[u8]]) -> [u8; 16];
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let hex = text.strip_prefix(concat!($prefix, "_")).ok_or(NotAnId)?;
                let bytes = HEXLOWER.decode(hex.as_bytes()).map_err(|_| NotAnId)?;
                bytes.try_into().map(Self).map_err(|_| NotAnId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-f]{32}$")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

typed_id!(
    /// A member of the alliance.
    MemberId, "mem"
);
typed_id!(
    /// A person of one member.
    UserId, "usr"
);
typed_id!(
    /// An API key of one member.
    KeyId, "key"
);
typed_id!(
    /// An invitation to become a user.
    InvitationId, "inv"
);
typed_id!(
    /// A sharing group.
    GroupId, "grp"
);
typed_id!(
    /// An invitation of a member into a sharing group.
    GroupInvitationId, "gin"
);
typed_id!(
    /// A report.
    ReportId, "rep"
);
typed_id!(
    /// A seller profile of one sharing group.
    SellerId, "sel"
);
typed_id!(
    /// What somebody said about two reports or profiles of one sharing group.
    JudgementId, "jud"
);
typed_id!(
    /// An entry of the stop-list.
    StopId, "stp"
);
typed_id!(
    /// A value that no honest user would look up.
    CanaryId, "can"
);
typed_id!(
    /// That somebody named such a value.
    AlertId, "alr"
);
typed_id!(
    /// A request to those who reported a seller to make themselves known.
    IntroductionId, "itr"
);
typed_id!(
    /// Where a member has events sent to.
    WebhookId, "whk"
);
typed_id!(
    /// What became of objects that were sent together. To who sent them it is a UUID (version 4), as TAXII wants.
    StatusId, "sts"
);
typed_id!(
    /// A chain of refresh tokens that began with one sign-in.
    SessionId, "ses"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_other_kinds_are_refused() {
        let id = ReportId([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().parse::<MemberId>(), Err(NotAnId));
        assert_eq!("rep_AB".parse::<ReportId>(), Err(NotAnId));
    }
}
