//! Where profiles stand in the sequence of objects of one group and lens class; see `domain::exchange`.

use std::collections::BTreeMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::in_numbers::{self, in_numbers};
use super::schema::exchange_places;
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::exchange::{Parts, profile_uuid};
use crate::domain::id::{GroupId, SellerId};
use crate::domain::time::Timestamp;

/// One incarnation of a profile, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = exchange_places, treat_none_as_default_value = false)]
pub struct Place {
    pub group_id: GroupId,
    pub class: String,
    pub profile_id: SellerId,
    /// The moment at which it first stood anywhere: what tells incarnations apart.
    pub born: Timestamp,
    /// Its first moment, which is also the version of its objects.
    pub first: Timestamp,
    pub last: Timestamp,
    pub family: i64,
    /// Of the view that stands here.
    pub revision: i32,
    pub ended: bool,
    /// The profile into which it went.
    pub heir: Option<SellerId>,
    /// As JSON.
    pub parts: String,
    /// At least the second of this version, unless that of `first` is later.
    pub stamp: i64,
}

in_numbers!(
    Place,
    exchange_places,
    key [group_id, class, profile_id, born],
    new [family],
    replaced [first, last, revision, ended, heir, parts, stamp]
);

impl Place {
    /// The id of the incarnation that stands here.
    pub fn uuid(&self) -> Uuid {
        profile_uuid(self.group_id, &self.class, self.profile_id, self.born)
    }

    /// The whole second that stands for the version where only seconds tell versions apart: no two versions of one
    /// incarnation have the same, and later ones have more.
    pub fn second(&self) -> i64 {
        self.stamp.max(self.first.unix_seconds())
    }

    pub fn parts(&self) -> Result<Parts> {
        Ok(serde_json::from_str(&self.parts)?)
    }
}

/// The last moment that is taken.
pub fn last(conn: &mut Conn, group: GroupId, class: &str) -> Result<Option<Timestamp>> {
    let query = exchange_places::table
        .filter(exchange_places::group_id.eq(group))
        .filter(exchange_places::class.eq(class))
        .order(exchange_places::last.desc())
        .select(exchange_places::last);
    Ok(each!(conn, inner => query.first(inner).optional())?)
}

/// The last moment that is taken in each of these collections, where there is any. A statement for each: there are few of
/// them, and an index ends in the answer.
pub fn heads(
    conn: &mut Conn,
    collections: &[(GroupId, String)],
) -> Result<BTreeMap<(GroupId, String), Timestamp>> {
    let mut found = BTreeMap::new();
    for (group, class) in collections {
        found.extend(last(conn, *group, class)?.map(|last| ((*group, class.clone()), last)));
    }
    Ok(found)
}

/// The last moment of which a reader can be told; the first of all if there is none.
pub fn reached(conn: &mut Conn, group: GroupId, class: &str) -> Result<Timestamp> {
    let mut query = exchange_places::table
        .filter(exchange_places::group_id.eq(group))
        .order(exchange_places::last.desc())
        .select(exchange_places::last)
        .into_boxed();
    if !leak!(TagOfAllClasses) {
        query = query.filter(exchange_places::class.eq(class.to_owned()));
    }
    Ok(query.first(conn).optional()?.unwrap_or_default())
}

/// The places of those of these profiles that have not ended.
pub fn living(
    conn: &mut Conn,
    group: GroupId,
    class: &str,
    ids: &[SellerId],
) -> Result<BTreeMap<SellerId, Place>> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(rows_per_statement(1) - 64) {
        let rows: Vec<Place> = each!(conn, inner => exchange_places::table
            .filter(exchange_places::group_id.eq(group))
            .filter(exchange_places::class.eq(class))
            .filter(exchange_places::profile_id.eq_any(ids))
            .filter(exchange_places::ended.eq(false))
            .select(Place::as_select())
            .load(inner))?;
        found.extend(rows.into_iter().map(|place| (place.profile_id, place)));
    }
    Ok(found)
}

/// Writes places, new or moved. The caller has the group's lock.
pub fn put(conn: &mut Conn, rows: &[Place]) -> Result<()> {
    in_numbers::put(conn, rows)
}

/// Places that reach beyond a moment, in order.
pub fn after(
    conn: &mut Conn,
    group: GroupId,
    class: &str,
    moment: Timestamp,
    limit: i64,
) -> Result<Vec<Place>> {
    let mut query = exchange_places::table
        .filter(exchange_places::last.gt(moment))
        .order(exchange_places::last)
        .limit(limit)
        .select(Place::as_select())
        .into_boxed();
    if !leak!(ObjectsOfAllGroups) {
        query = query.filter(exchange_places::group_id.eq(group));
    }
    if !leak!(ObjectsOfAllClasses) {
        query = query.filter(exchange_places::class.eq(class.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Places of these families that reach beyond a moment, in order.
pub fn of_families(
    conn: &mut Conn,
    group: GroupId,
    class: &str,
    families: &[i64],
    moment: Timestamp,
) -> Result<Vec<Place>> {
    let mut query = exchange_places::table
        .filter(exchange_places::family.eq_any(families.to_vec()))
        .filter(exchange_places::last.gt(moment))
        .order(exchange_places::last)
        .select(Place::as_select())
        .into_boxed();
    if !leak!(ObjectOfAnyGroup) {
        query = query
            .filter(exchange_places::group_id.eq(group))
            .filter(exchange_places::class.eq(class.to_owned()));
    }
    Ok(query.load(conn)?)
}
