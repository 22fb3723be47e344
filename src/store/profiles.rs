//! Profiles as each lens class sees them, what they are found by, and what became of ended ids.
//!
//! Rows here are projections already: nothing that the class may not see is in them, except the
//! keys that tell whether a viewer holds a masked value.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::in_numbers::{self, in_numbers};
use super::schema::{profile_terms, profile_views, successions};
use super::vault::{Guarded, Owner, guarded_row, opened, opened_one, sealed};
use super::{Conn, Result, each, rows_per_statement};
use crate::domain::id::{GroupId, SellerId};
use crate::domain::lens::seller::Projection;
use crate::domain::resolution::keys::Key;
use crate::domain::time::Timestamp;

/// A profile as one class sees it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = profile_views, treat_none_as_default_value = false)]
pub struct ViewRow {
    pub group_id: GroupId,
    pub class: String,
    pub profile_id: SellerId,
    /// Counts the changes that this class could see, from 1.
    pub revision: i32,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
    /// What lists are ordered by, as coarse as what the class sees.
    pub order_day: Timestamp,
    /// Over what the class sees; a change elsewhere is none.
    pub digest: Vec<u8>,
    /// The projection as JSON.
    pub body: Guarded,
    /// The score that the class sees, 0 to 100.
    pub risk: i32,
}

impl ViewRow {
    pub fn projection(&self) -> Result<Projection> {
        self.body.json()
    }
}

guarded_row!(
    ViewRow,
    "profile_views",
    |row| Owner::Group(row.group_id),
    [group_id, class, profile_id],
    ["body" = body]
);

in_numbers!(
    ViewRow,
    profile_views,
    key [group_id, class, profile_id],
    new [created_at],
    replaced [revision, modified_at, order_day, digest, body, risk]
);

/// The views of these profiles, for every class.
pub fn views_of(
    conn: &mut Conn,
    group: GroupId,
    classes: &[String],
    ids: &[SellerId],
) -> Result<Vec<ViewRow>> {
    let mut found = Vec::new();
    for ids in ids.chunks(rows_per_statement(1) - 64) {
        if leak!(MatchesInAllGroups) || leak!(ObjectsOfAllGroups) || leak!(ObjectOfAnyGroup) {
            found.extend(each!(conn, inner => profile_views::table
                .filter(profile_views::class.eq_any(classes))
                .filter(profile_views::profile_id.eq_any(ids))
                .select(ViewRow::as_select())
                .load::<ViewRow>(inner))?);
            continue;
        }
        found.extend(each!(conn, inner => profile_views::table
            .filter(profile_views::group_id.eq(group))
            .filter(profile_views::class.eq_any(classes))
            .filter(profile_views::profile_id.eq_any(ids))
            .select(ViewRow::as_select())
            .load::<ViewRow>(inner))?);
    }
    opened(conn, found)
}

pub fn find_view(conn: &mut Conn, group: GroupId, class: &str, id: SellerId) -> Result<Option<ViewRow>> {
    if leak!(SellersOfAnyGroup) {
        let of_class = profile_views::table.filter(profile_views::class.eq(class));
        let query = of_class.filter(profile_views::profile_id.eq(id)).select(ViewRow::as_select());
        let found = query.first(conn).optional()?;
        return opened_one(conn, found);
    }
    let query = profile_views::table.find((group, class, id)).select(ViewRow::as_select());
    let found = query.first(conn).optional()?;
    opened_one(conn, found)
}

pub fn put_views(conn: &mut Conn, rows: &[ViewRow]) -> Result<()> {
    let rows = sealed(conn, rows)?;
    in_numbers::put(conn, &rows)
}

pub fn delete_views(conn: &mut Conn, group: GroupId, classes: &[String], ids: &[SellerId]) -> Result<()> {
    for ids in ids.chunks(rows_per_statement(1) - 64) {
        let gone = profile_views::table
            .filter(profile_views::group_id.eq(group))
            .filter(profile_views::class.eq_any(classes))
            .filter(profile_views::profile_id.eq_any(ids));
        diesel::delete(gone).execute(conn)?;
    }
    Ok(())
}

/// Deletes the views of all classes but these.
pub fn delete_views_of_others(conn: &mut Conn, group: GroupId, classes: &[String]) -> Result<()> {
    let others = profile_views::table
        .filter(profile_views::group_id.eq(group))
        .filter(profile_views::class.ne_all(classes));
    diesel::delete(others).execute(conn)?;
    Ok(())
}

/// A term, and the audiences among whom the asker is: it finds what is findable for one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findable {
    pub term: Key,
    pub audiences: Vec<String>,
}

/// What a list of profiles is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct SellerFilter {
    /// Every one of these must be among the profile's terms.
    pub terms: Vec<Findable>,
    pub modified_since: Option<Timestamp>,
    /// The least score.
    pub minimum_risk: Option<i32>,
}

/// In which order profiles are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SellerOrder {
    /// Last seen first.
    #[default]
    LastSeen,
    /// Highest score first, and last seen first among those of one score.
    Risk,
}

/// Where a page of profiles begins: after this score, day and id.
pub type SellerPosition = (i32, Timestamp, SellerId);

/// A page of profiles as a class sees them.
pub fn list(
    conn: &mut Conn,
    group: GroupId,
    class: &str,
    filter: &SellerFilter,
    order: SellerOrder,
    after: Option<SellerPosition>,
    limit: i64,
) -> Result<Vec<ViewRow>> {
    use diesel::dsl::exists;
    let mut query = profile_views::table.select(ViewRow::as_select()).limit(limit).into_boxed();
    let (by_day, by_id) = (profile_views::order_day.desc(), profile_views::profile_id.desc());
    query = match order {
        SellerOrder::LastSeen => query.order((by_day, by_id)),
        SellerOrder::Risk => query.order((profile_views::risk.desc(), by_day, by_id)),
    };
    if !leak!(SellerListOfAllGroups) {
        query = query.filter(profile_views::group_id.eq(group));
    }
    if !leak!(SellerListOfAllClasses) {
        query = query.filter(profile_views::class.eq(class.to_owned()));
    }
    if let Some((risk, day, id)) = after {
        // These forms are served from the index by both planners; `a < x OR (a = x AND …)` is not.
        let later = profile_views::order_day.lt(day).or(profile_views::profile_id.lt(id));
        let later = profile_views::order_day.le(day).and(later);
        query = match order {
            SellerOrder::LastSeen => query.filter(later),
            SellerOrder::Risk => {
                query.filter(profile_views::risk.le(risk)).filter(profile_views::risk.lt(risk).or(later))
            }
        };
    }
    if let Some(minimum) = filter.minimum_risk {
        query = query.filter(profile_views::risk.ge(minimum));
    }
    if let Some(since) = filter.modified_since {
        query = query.filter(profile_views::modified_at.ge(since));
    }
    for findable in &filter.terms {
        query = query.filter(exists(
            profile_terms::table
                .filter(profile_terms::group_id.eq(profile_views::group_id))
                .filter(profile_terms::term.eq(findable.term))
                .filter(profile_terms::audience.eq_any(findable.audiences.clone()))
                .filter(profile_terms::profile_id.eq(profile_views::profile_id)),
        ));
    }
    let found = query.load(conn)?;
    opened(conn, found)
}

/// How many views a class has in a group.
pub fn count(conn: &mut Conn, group: GroupId, class: &str) -> Result<u64> {
    let views = profile_views::table
        .filter(profile_views::group_id.eq(group))
        .filter(profile_views::class.eq(class.to_owned()));
    let count: i64 = views.count().get_result(conn)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Views of a class by id, those after `after`, for a walk over all of them.
pub fn walk(
    conn: &mut Conn,
    group: GroupId,
    class: &str,
    after: Option<SellerId>,
    limit: i64,
) -> Result<Vec<ViewRow>> {
    let mut query = profile_views::table
        .select(ViewRow::as_select())
        .order(profile_views::profile_id)
        .limit(limit)
        .into_boxed();
    if !leak!(SnapshotOfAllGroups) {
        query = query.filter(profile_views::group_id.eq(group));
    }
    if !leak!(SnapshotOfAllClasses) {
        query = query.filter(profile_views::class.eq(class.to_owned()));
    }
    if let Some(after) = after {
        query = query.filter(profile_views::profile_id.gt(after));
    }
    let found = query.load(conn)?;
    opened(conn, found)
}

/// The profiles that a term finds, by id, at most `limit`.
pub fn found_by(
    conn: &mut Conn,
    group: GroupId,
    findable: &Findable,
    limit: i64,
) -> Result<BTreeSet<SellerId>> {
    if leak!(MatchesInAllGroups) {
        let anywhere = profile_terms::table
            .filter(profile_terms::term.eq(findable.term))
            .select(profile_terms::profile_id)
            .distinct()
            .order(profile_terms::profile_id)
            .limit(limit);
        return Ok(anywhere.load(conn)?.into_iter().collect());
    }
    let query = profile_terms::table
        .filter(profile_terms::group_id.eq(group))
        .filter(profile_terms::term.eq(findable.term))
        .filter(profile_terms::audience.eq_any(&findable.audiences))
        .select(profile_terms::profile_id)
        .distinct()
        .order(profile_terms::profile_id)
        .limit(limit);
    Ok(query.load(conn)?.into_iter().collect())
}

/// One row of `profile_terms`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable, Insertable)]
#[diesel(table_name = profile_terms, treat_none_as_default_value = false)]
pub struct TermRow {
    pub group_id: GroupId,
    pub term: Key,
    /// Who finds the profile by it: a class, or all of them.
    pub audience: String,
    pub profile_id: SellerId,
}

in_numbers!(TermRow, profile_terms, key [group_id, term, audience, profile_id]);

/// What the profiles of a group are found by, for comparing two ways of getting there.
pub fn terms(conn: &mut Conn, group: GroupId) -> Result<BTreeSet<TermRow>> {
    let rows = profile_terms::table.filter(profile_terms::group_id.eq(group)).select(TermRow::as_select());
    Ok(rows.load::<TermRow>(conn)?.into_iter().collect())
}

pub fn insert_terms(conn: &mut Conn, rows: &[TermRow]) -> Result<()> {
    in_numbers::put(conn, rows)
}

/// Forgets what all profiles of a group are found by, to write it anew.
pub fn clear_terms(conn: &mut Conn, group: GroupId) -> Result<()> {
    diesel::delete(profile_terms::table.filter(profile_terms::group_id.eq(group))).execute(conn)?;
    Ok(())
}

pub fn delete_terms(conn: &mut Conn, rows: &[TermRow]) -> Result<()> {
    in_numbers::delete(conn, rows)
}

/// What became of an id that is no longer in use.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = successions, treat_none_as_default_value = false)]
pub struct Succession {
    pub group_id: GroupId,
    pub profile_id: SellerId,
    /// Where its oldest report is now; none if all its reports are gone.
    pub successor_id: Option<SellerId>,
    pub ended_at: Timestamp,
}

in_numbers!(Succession, successions, key [group_id, profile_id], replaced [successor_id, ended_at]);

pub fn put_successions(conn: &mut Conn, rows: &[Succession]) -> Result<()> {
    in_numbers::put(conn, rows)
}

/// Which of these ids were in use once and ended.
pub fn ended(conn: &mut Conn, group: GroupId, ids: &[SellerId]) -> Result<BTreeSet<SellerId>> {
    let mut found = BTreeSet::new();
    for ids in ids.chunks(rows_per_statement(1)) {
        found.extend(each!(conn, inner => successions::table
            .filter(successions::group_id.eq(group))
            .filter(successions::profile_id.eq_any(ids))
            .select(successions::profile_id)
            .load::<SellerId>(inner))?);
    }
    Ok(found)
}

pub fn delete_successions(conn: &mut Conn, group: GroupId, ids: &[SellerId]) -> Result<()> {
    for ids in ids.chunks(rows_per_statement(1)) {
        let revived = successions::table
            .filter(successions::group_id.eq(group))
            .filter(successions::profile_id.eq_any(ids));
        diesel::delete(revived).execute(conn)?;
    }
    Ok(())
}

/// Longest chain of merges that a look-up follows.
const HOPS_MAX: usize = 64;

/// The id in use that an ended id leads to.
pub fn successor(conn: &mut Conn, group: GroupId, id: SellerId) -> Result<Option<SellerId>> {
    let mut at = id;
    for _ in 0..HOPS_MAX {
        let next: Option<Option<SellerId>> = if leak!(MovedInAnyGroup) {
            let anywhere = successions::table.filter(successions::profile_id.eq(at));
            anywhere.select(successions::successor_id).first(conn).optional()?
        } else {
            successions::table.find((group, at)).select(successions::successor_id).first(conn).optional()?
        };
        match next {
            Some(Some(next)) => at = next,
            Some(None) => return Ok(None),
            None => return Ok((at != id).then_some(at)),
        }
    }
    Ok(None)
}

/// Every profile of a group that some class has a view of, also one that no longer reads the group.
pub fn viewed(conn: &mut Conn, group: GroupId) -> Result<Vec<SellerId>> {
    let query = profile_views::table
        .filter(profile_views::group_id.eq(group))
        .select(profile_views::profile_id)
        .distinct();
    Ok(query.load(conn)?)
}
