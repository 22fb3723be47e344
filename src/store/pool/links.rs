//! The links and refusals between the entries of a pool, and the phones that link nobody.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::domain::id::GroupId;
use crate::domain::resolution::facts::Fact;
use crate::domain::resolution::keys::Key;
use crate::domain::resolution::mistyping::WidePhones;
use crate::domain::resolution::partition::{EntryId, Link, Objection, Refusal};
use crate::domain::resolution::rules::{KeyClass, Stratum};
use crate::store::in_numbers::{self, in_numbers};
use crate::store::schema::{links, refusals, wide_phones};
use crate::store::vault::{Guarded, Owner, guarded_row, opened, sealed};
use crate::store::{Conn, Result, each, rows_per_statement};

/// One row of `links`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable, Insertable)]
#[diesel(table_name = links, treat_none_as_default_value = false)]
pub struct LinkRow {
    pub group_id: GroupId,
    pub stratum: i32,
    pub from_entry: EntryId,
    pub to_entry: EntryId,
    pub term: Key,
    pub class: KeyClass,
    pub degree: i32,
    pub score_decibits: i32,
}

in_numbers!(
    LinkRow,
    links,
    key [group_id, stratum, from_entry, to_entry],
    new [term, class, degree, score_decibits]
);

impl LinkRow {
    pub fn new(group_id: GroupId, stratum: Stratum, link: &Link) -> Self {
        Self {
            group_id,
            stratum: stratum as i32,
            from_entry: link.from,
            to_entry: link.to,
            term: link.fact.key,
            class: link.fact.class,
            degree: i32::try_from(link.degree).unwrap_or(i32::MAX),
            score_decibits: link.score_decibits,
        }
    }

    pub fn link(&self) -> Link {
        Link {
            from: self.from_entry,
            to: self.to_entry,
            fact: Fact { key: self.term, class: self.class },
            degree: usize::try_from(self.degree).unwrap_or_default(),
            score_decibits: self.score_decibits,
        }
    }
}

/// One row of `refusals`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Queryable, Selectable, Insertable)]
#[diesel(table_name = refusals, treat_none_as_default_value = false)]
pub struct RefusalRow {
    pub group_id: GroupId,
    pub stratum: i32,
    pub from_entry: EntryId,
    pub to_entry: EntryId,
    pub term: Key,
    pub class: KeyClass,
    pub degree: i32,
    pub score_decibits: i32,
    #[diesel(column_name = number_from)]
    pub side_from: Guarded,
    #[diesel(column_name = number_to)]
    pub side_to: Guarded,
    pub objection: Objection,
}

impl RefusalRow {
    pub fn new(group_id: GroupId, stratum: Stratum, refusal: &Refusal) -> Self {
        let link = LinkRow::new(group_id, stratum, &refusal.link);
        let [side_from, side_to] = refusal.sides.clone().map(Guarded::from);
        Self {
            group_id,
            stratum: link.stratum,
            from_entry: link.from_entry,
            to_entry: link.to_entry,
            term: link.term,
            class: link.class,
            degree: link.degree,
            score_decibits: link.score_decibits,
            objection: refusal.objection,
            side_from,
            side_to,
        }
    }

    /// The link that was refused.
    pub fn link(&self) -> Link {
        Link {
            from: self.from_entry,
            to: self.to_entry,
            fact: Fact { key: self.term, class: self.class },
            degree: usize::try_from(self.degree).unwrap_or_default(),
            score_decibits: self.score_decibits,
        }
    }
}

guarded_row!(
    RefusalRow,
    "refusals",
    |row| Owner::Group(row.group_id),
    [group_id, stratum, from_entry, to_entry, term],
    ["number_from" = side_from, "number_to" = side_to]
);

/// One row of `wide_phones`.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = wide_phones, treat_none_as_default_value = false)]
pub(super) struct WidePhone {
    group_id: GroupId,
    pub term: Key,
    pub digits: Guarded,
}

guarded_row!(
    WidePhone,
    "wide_phones",
    |row| Owner::Group(row.group_id),
    [group_id, term],
    ["digits" = digits]
);

/// Makes the links of one stratum that begin at `region` be exactly `wanted`.
pub fn replace_links(
    conn: &mut Conn,
    group: GroupId,
    stratum: Stratum,
    region: &[EntryId],
    wanted: BTreeSet<LinkRow>,
) -> Result<()> {
    let mut known = BTreeSet::new();
    for region in region.chunks(rows_per_statement(1)) {
        known.extend(each!(conn, inner => links::table
            .filter(links::group_id.eq(group))
            .filter(links::stratum.eq(stratum as i32))
            .filter(links::from_entry.eq_any(region))
            .select(LinkRow::as_select())
            .load::<LinkRow>(inner))?);
    }
    in_numbers::delete(conn, known.difference(&wanted))?;
    in_numbers::put(conn, wanted.difference(&known))
}

/// Makes the refusals of one stratum that begin at `region` be exactly `wanted`.
pub fn replace_refusals(
    conn: &mut Conn,
    group: GroupId,
    stratum: Stratum,
    region: &[EntryId],
    wanted: BTreeSet<RefusalRow>,
) -> Result<()> {
    let mut known = Vec::new();
    for region in region.chunks(rows_per_statement(1)) {
        known.extend(each!(conn, inner => refusals::table
            .filter(refusals::group_id.eq(group))
            .filter(refusals::stratum.eq(stratum as i32))
            .filter(refusals::from_entry.eq_any(region))
            .select(RefusalRow::as_select())
            .load::<RefusalRow>(inner))?);
    }
    let known: BTreeSet<RefusalRow> = opened(conn, known)?.into_iter().collect();
    for gone in known.difference(&wanted) {
        let row = (gone.group_id, gone.stratum, gone.from_entry, gone.to_entry, gone.term);
        diesel::delete(refusals::table.find(row)).execute(conn)?;
    }
    let fresh: Vec<RefusalRow> = wanted.difference(&known).cloned().collect();
    let fresh = sealed(conn, &fresh)?;
    for rows in fresh.chunks(rows_per_statement(11)) {
        each!(conn, inner => diesel::insert_into(refusals::table).values(rows).execute(inner))?;
    }
    Ok(())
}

/// The strata whose links and refusals are stored: what joins the reports of one account follows from them.
pub const LINKED: [i32; 2] = [Stratum::Cores as i32, Stratum::Profiles as i32];

/// The links between the accounts of one profile, whose entries are given.
pub fn links_from(conn: &mut Conn, group: GroupId, entries: &[EntryId]) -> Result<Vec<LinkRow>> {
    let mut found = Vec::new();
    for entries in entries.chunks(rows_per_statement(1)) {
        let query = links::table
            .filter(links::group_id.eq(group))
            .filter(links::stratum.eq_any(LINKED))
            .filter(links::from_entry.eq_any(entries))
            .select(LinkRow::as_select());
        found.extend(query.load::<LinkRow>(conn)?);
    }
    found.sort();
    Ok(found)
}

/// Makes the phones that link nobody be `after`, where they were `before`.
pub fn replace_wide_phones(
    conn: &mut Conn,
    group: GroupId,
    before: &WidePhones,
    after: &WidePhones,
) -> Result<()> {
    for term in before.keys().filter(|term| !after.contains_key(term)) {
        diesel::delete(wide_phones::table.find((group, *term))).execute(conn)?;
    }
    for (term, digits) in after.iter().filter(|(term, _)| !before.contains_key(term)) {
        let row = WidePhone { group_id: group, term: *term, digits: digits.clone().into() };
        let row = sealed(conn, &[row])?;
        each!(conn, inner => diesel::insert_into(wide_phones::table).values(&row).execute(inner))?;
    }
    Ok(())
}
