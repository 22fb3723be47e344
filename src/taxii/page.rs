//! A page of a collection that was not written before: which objects, in the order in which they were added. It takes a
//! statement for the places, and one more for the views that were not rendered before, however large page and collection
//! are; a filter that lets nothing pass may take ten times as many.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::filter::Filter;
use super::frame;
use super::stix::{self, Subject};
use crate::app::fragments::{Fragment, Fragments, Rendered};
use crate::domain::exchange::family;
use crate::domain::id::SellerId;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::time::Timestamp;
use crate::feed::Reader;
use crate::store::exchange::Place;
use crate::store::{Conn, Result};

/// Places read together where only a part of the objects is wanted.
const TOGETHER: i64 = 1_000;

/// Stretches of so many that are looked through for one page in which nothing passes, so that a filter which leaves
/// little does not hold anybody for long.
const STRETCHES_MAX: usize = 10;

/// Objects that every profile has.
const OBJECTS_MIN: usize = 2;

/// An object at its moment.
pub struct Entry {
    pub added: Timestamp,
    objects: Rendered,
    index: usize,
}

/// A page.
pub struct Page {
    pub entries: Vec<Entry>,
    /// Whether there may be more.
    pub more: bool,
    /// The last moment that was looked at.
    pub reached: Timestamp,
}

impl Entry {
    pub fn object(&self) -> &Fragment {
        &self.objects[self.index]
    }
}

/// Reads pages of one collection.
pub struct Shelf<'s> {
    pub reader: Reader<'s>,
    pub fragments: &'s Fragments,
    pub hasher: &'s KeyHasher,
}

impl Shelf<'_> {
    /// At most `limit` objects that were added after a moment and pass.
    pub fn page(&self, conn: &mut Conn, after: Timestamp, limit: usize, filter: &Filter) -> Result<Page> {
        let mut filling = Filling { after, limit, filter, entries: Vec::new(), full: false };
        if filter.is_shut() {
            return Ok(filling.page(after, false));
        }
        filling.add_frame(self.reader.group);
        if let Some(ids) = &filter.ids {
            let places = self.reader.places_of(conn, &families(ids), after)?;
            self.fill(conn, &mut filling, &places)?;
            return Ok(filling.page(after, false));
        }
        if !filter.may_pass(stix::KINDS) {
            return Ok(filling.page(after, false));
        }
        let most = match filter.is_open() {
            true => i64::try_from(limit / OBJECTS_MIN + 2).unwrap_or(TOGETHER),
            false => TOGETHER,
        };
        let mut reached = after;
        for _ in 0..STRETCHES_MAX {
            let places = self.reader.places_after(conn, reached, most)?;
            self.fill(conn, &mut filling, &places)?;
            reached = places.last().map_or(reached, |place| place.last);
            if (places.len() as i64) < most {
                return Ok(filling.page(reached, false));
            }
            // Some clients take an empty page for the end of everything.
            if !filling.entries.is_empty() {
                break;
            }
        }
        Ok(filling.page(reached, true))
    }

    fn fill(&self, conn: &mut Conn, filling: &mut Filling<'_>, places: &[Place]) -> Result<()> {
        for (place, objects) in self.rendered(conn, places)? {
            filling.add(place.first, &objects);
        }
        Ok(())
    }

    /// The objects at these places; nothing at one whose profile has moved on meanwhile, since it stands at a later one.
    fn rendered<'p>(&self, conn: &mut Conn, places: &'p [Place]) -> Result<Vec<(&'p Place, Rendered)>> {
        let (group, class) = (self.reader.group.id, self.reader.class());
        let moments: Vec<Timestamp> = places.iter().map(|place| place.first).collect();
        let known = self.fragments.known(group, class, &moments);
        let missing = places.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(place, _)| place);
        let living: Vec<SellerId> =
            missing.filter(|place| !place.ended).map(|place| place.profile_id).collect();
        let wares = match living.is_empty() {
            true => BTreeMap::new(),
            false => self.reader.wares(conn, &living)?,
        };
        let author = frame::author(group);
        let (mut all, mut fresh) = (Vec::new(), Vec::new());
        for (place, known) in places.iter().zip(known) {
            if let Some(known) = known {
                all.push((place, known));
                continue;
            }
            let subject = Subject {
                uuid: place.uuid(),
                seller: place.profile_id,
                group: &self.reader.group.slug,
                author: &author,
                created: place.born,
                modified: place.first,
            };
            let ware = wares.get(&place.profile_id).filter(|ware| ware.revision == place.revision);
            let objects: Rendered = match (place.ended, ware) {
                (true, _) => Arc::from(stix::ended(&subject, &place.parts()?, place.heir)),
                (false, Some(ware)) => Arc::from(stix::objects(&subject, &ware.view, self.hasher)),
                (false, None) => continue,
            };
            fresh.push((place.first, objects.clone()));
            all.push((place, objects));
        }
        self.fragments.keep(group, class, fresh);
        Ok(all)
    }
}

fn families(ids: &[String]) -> Vec<i64> {
    let uuids = ids.iter().filter_map(|id| Uuid::try_parse(id.split_once("--")?.1).ok());
    uuids.map(family).collect()
}

/// A page that is being filled.
struct Filling<'f> {
    after: Timestamp,
    limit: usize,
    filter: &'f Filter,
    entries: Vec<Entry>,
    full: bool,
}

impl Filling<'_> {
    fn add_frame(&mut self, group: &crate::store::groups::Group) {
        let objects = frame::objects(group);
        let Some((first, _)) = objects.first() else { return };
        let first = *first;
        if objects.last().is_some_and(|(last, _)| *last > self.after) {
            let objects: Vec<Fragment> = objects.into_iter().map(|(_, object)| object).collect();
            self.add(first, &Arc::from(objects));
        }
    }

    fn add(&mut self, first: Timestamp, objects: &Rendered) {
        for (index, object) in objects.iter().enumerate() {
            let added = Timestamp(first.micros() + i64::try_from(index).unwrap_or(i64::MAX));
            if self.full || added <= self.after || !self.filter.passes(object) {
                continue;
            }
            match self.entries.len() < self.limit {
                true => self.entries.push(Entry { added, objects: objects.clone(), index }),
                false => self.full = true,
            }
        }
    }

    fn page(self, reached: Timestamp, unseen: bool) -> Page {
        let last = self.entries.last().map_or(self.after, |entry| entry.added);
        let reached = if self.full { last } else { reached.max(last) };
        Page { entries: self.entries, more: self.full || unseen, reached }
    }
}
