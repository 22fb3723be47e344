//! What of a row is sealed, whose key seals it, and what it is bound to.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

use super::Owner;
use crate::domain::id::{
    GroupId, IntroductionId, InvitationId, JudgementId, MemberId, ReportId, SellerId, StatusId, StopId,
    UserId, WebhookId,
};
use crate::domain::resolution::keys::Key;
use crate::store::{Result, StoreError};

/// A text or bytes that rest sealed in the database. It cannot be printed by accident.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guarded(pub(super) Vec<u8>);

impl Guarded {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// What the value holds, if it is JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.0).map_err(StoreError::from)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Guarded {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<Vec<u8>> for Guarded {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guarded({} bytes)", self.0.len())
    }
}

/// A part of a row's key as it stands in what sealed values are bound to.
pub(in crate::store) trait Part {
    fn add_to(&self, key: &mut Vec<u8>);
}

impl Part for [u8] {
    fn add_to(&self, key: &mut Vec<u8>) {
        // The length makes ("ab", "c") and ("a", "bc") differ.
        key.extend_from_slice(&(self.len() as u64).to_be_bytes());
        key.extend_from_slice(self);
    }
}

impl Part for str {
    fn add_to(&self, key: &mut Vec<u8>) {
        self.as_bytes().add_to(key);
    }
}

impl Part for String {
    fn add_to(&self, key: &mut Vec<u8>) {
        self.as_bytes().add_to(key);
    }
}

impl Part for i64 {
    fn add_to(&self, key: &mut Vec<u8>) {
        self.to_be_bytes().as_slice().add_to(key);
    }
}

impl Part for i32 {
    fn add_to(&self, key: &mut Vec<u8>) {
        i64::from(*self).add_to(key);
    }
}

impl Part for Key {
    fn add_to(&self, key: &mut Vec<u8>) {
        self.0.add_to(key);
    }
}

macro_rules! id_parts {
    ($($id:ty),+) => { $(
        impl Part for $id {
            fn add_to(&self, key: &mut Vec<u8>) {
                self.as_bytes().as_slice().add_to(key);
            }
        }
    )+ };
}

id_parts!(
    MemberId,
    GroupId,
    ReportId,
    SellerId,
    JudgementId,
    StopId,
    IntroductionId,
    UserId,
    InvitationId,
    WebhookId,
    StatusId
);

/// What a value is bound to.
pub(super) fn place(table: &str, column: &str, key: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut place = Vec::with_capacity(128);
    write_place(&mut place, table, column, key);
    place
}

pub(in crate::store) fn write_place(
    place: &mut Vec<u8>,
    table: &str,
    column: &str,
    key: impl FnOnce(&mut Vec<u8>),
) {
    place.clear();
    table.add_to(place);
    column.add_to(place);
    key(place);
}

/// A row with sealed values.
pub(in crate::store) trait Row {
    fn owner(&self) -> Owner;

    /// Writes what the row is known by.
    fn name(&self, key: &mut Vec<u8>);

    /// Calls `f` with each sealed value and what it is bound to.
    fn each(
        &mut self,
        place: &mut Vec<u8>,
        f: &mut dyn FnMut(&[u8], &mut Guarded) -> Result<()>,
    ) -> Result<()>;
}

/// Says of a row in which table it stands, whose key seals it, which fields are its key (in the order of the primary
/// key) and which fields are sealed in which columns. `tables::TABLES` says the same of the tables.
macro_rules! guarded_row {
    ($row:ty, $table:literal, $owner:expr, [$($key:ident),+], [$($column:literal = $cell:ident),+]) => {
        impl $crate::store::vault::Row for $row {
            fn owner(&self) -> $crate::store::vault::Owner {
                let owner: fn(&Self) -> $crate::store::vault::Owner = $owner;
                owner(self)
            }

            fn name(&self, key: &mut Vec<u8>) {
                use $crate::store::vault::Part;
                $(self.$key.add_to(key);)+
            }

            fn each(
                &mut self,
                place: &mut Vec<u8>,
                f: &mut dyn FnMut(&[u8], &mut $crate::store::vault::Guarded) -> $crate::store::Result<()>,
            ) -> $crate::store::Result<()> {
                $(
                    $crate::store::vault::write_place(place, $table, $column, |key| self.name(key));
                    f(place, &mut self.$cell)?;
                )+
                Ok(())
            }
        }
    };
}
pub(in crate::store) use guarded_row;
