//! Publishes changed profiles: views, what they are found by, feed events and places, all in the transaction that changed
//! them.
//!
//! What is to be written is worked out a page of profiles at a time ([`projecting`](super::projecting)), so that no more
//! than a page of reports is held. Events have one order, and so have places: both wait for the last page.

use std::collections::BTreeSet;
use std::thread;

use super::placing::Moves;
use super::projecting::{Noted, OfClass, Page, Projecting, Publication, Terms};
use super::{shared, tallying};
use crate::domain::id::SellerId;
use crate::domain::resolution::identity::Succession as Heirs;
use crate::domain::resolution::keys::KeyMap;
use crate::domain::resolution::rules::KeyClass;
use crate::domain::resolution::settling::Fate;
use crate::store::feed::{self, EventRow};
use crate::store::profiles::{self, Succession, TermRow};
use crate::store::{Conn, Db, Engine, Result, pool, shared_terms};

/// Publishes changes of one group.
pub(super) struct Publisher {
    /// Where a page is worked out while the one before is written.
    beside: Option<Db>,
    projecting: Projecting,
}

/// Profiles published at once.
const PAGE: usize = 250;

impl Publisher {
    pub(super) fn new(projecting: Projecting) -> Self {
        Self { beside: None, projecting }
    }

    /// Works out pages on a connection of its own, beside the writer. That sees what was before the transaction, so
    /// nothing may have been published in it. Only where a transaction keeps every writer out, as on SQLite, is that all
    /// there is to see.
    pub(super) fn working_beside(self, db: &Db) -> Self {
        let beside = (db.engine() == Engine::Sqlite).then(|| db.clone());
        Self { beside, ..self }
    }

    /// Makes every view anew: for a new lens, or a class that is new or has come back. Of what ended while a class
    /// did not read the group it has a view still.
    pub(super) fn refresh_all(&self, conn: &mut Conn) -> Result<()> {
        let group = self.projecting.group.id;
        let mut all: BTreeSet<SellerId> = profiles::viewed(conn, group)?.into_iter().collect();
        let mut after = 0;
        loop {
            let page = pool::entries_after(conn, group, after, 5_000)?;
            let Some(last) = page.last() else { break };
            after = last.entry;
            all.extend(page.iter().map(|entry| entry.profile_id));
        }
        self.forget_terms(conn)?;
        let all: Vec<SellerId> = all.into_iter().collect();
        for part in all.chunks(PAGE) {
            let changed = part.iter().map(|id| (*id, Fate::Altered)).collect();
            self.work_in(conn, &Publication { changed, succession: Heirs::default() }, Terms::Anew)?;
        }
        Ok(())
    }

    pub(super) fn publish(&self, conn: &mut Conn, publication: &Publication) -> Result<()> {
        self.work_in(conn, publication, Terms::Changed)
    }

    /// Publishes changes and makes every view anew. The views before may be those of another lens, which do not tell what
    /// the profiles were found by.
    pub(super) fn publish_anew(&self, conn: &mut Conn, publication: &Publication) -> Result<()> {
        self.forget_terms(conn)?;
        self.work_in(conn, publication, Terms::Anew)?;
        self.refresh_all(conn)
    }

    fn forget_terms(&self, conn: &mut Conn) -> Result<()> {
        let group = self.projecting.group.id;
        profiles::clear_terms(conn, group)?;
        shared_terms::clear(conn, group)
    }

    fn work_in(&self, conn: &mut Conn, publication: &Publication, terms: Terms) -> Result<()> {
        let mut rest = Rest::new(self.projecting.names.len());
        let changed: Vec<SellerId> = publication.changed.keys().copied().collect();
        let pages: Vec<&[SellerId]> = changed.chunks(PAGE).collect();
        match &self.beside {
            Some(db) if pages.len() > 1 => {
                self.write_pages(conn, db, publication, (&pages, terms), |conn, page| {
                    self.write_page(conn, page, &mut rest)
                })?
            }
            _ => {
                for ids in pages {
                    let page = self.page(conn, publication, (ids, terms))?;
                    self.write_page(conn, page, &mut rest)?;
                }
            }
        }
        self.write_rest(conn, rest)?;
        self.write_successions(conn, publication)
    }

    fn page(
        &self,
        conn: &mut Conn,
        publication: &Publication,
        (ids, terms): (&[SellerId], Terms),
    ) -> Result<Page> {
        let seated = tallying::seated(conn, self.projecting.group.id, ids, &publication.changed)?;
        self.projecting.page(conn, publication, (ids, terms), seated)
    }

    /// Writes one page while the next is worked out beside.
    fn write_pages(
        &self,
        conn: &mut Conn,
        db: &Db,
        publication: &Publication,
        (pages, terms): (&[&[SellerId]], Terms),
        mut write: impl FnMut(&mut Conn, Page) -> Result<()>,
    ) -> Result<()> {
        let Self { projecting, .. } = self;
        thread::scope(|scope| {
            let mut working = None;
            for ids in pages.iter().copied().map(Some).chain([None]) {
                let next = match ids {
                    Some(ids) => {
                        let seated = tallying::seated(conn, projecting.group.id, ids, &publication.changed)?;
                        let work = move || {
                            db.read_if_free(|beside| {
                                projecting.page(beside, publication, (ids, terms), seated)
                            })
                        };
                        Some((ids, scope.spawn(work)))
                    }
                    None => None,
                };
                if let Some((ids, page)) = std::mem::replace(&mut working, next) {
                    let page = page.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                    let page = page.unwrap_or_else(|| self.page(conn, publication, (ids, terms)))?;
                    write(conn, page)?;
                }
            }
            Ok(())
        })
    }

    fn write_page(&self, conn: &mut Conn, page: Page, rest: &mut Rest) -> Result<()> {
        let Page { tallies, of_classes, lost, gained, kinds } = page;
        let group = self.projecting.group.id;
        tallies.write(conn, group)?;
        let classes = self.projecting.names.iter().zip(of_classes).zip(&mut rest.of_classes);
        for ((class, OfClass { views, gone, events, moves }), rest) in classes {
            profiles::put_views(conn, &views)?;
            profiles::delete_views(conn, group, std::slice::from_ref(class), &gone)?;
            rest.0.extend(events);
            rest.1.extend(moves);
        }
        rest.lost.extend(lost);
        rest.gained.extend(gained);
        rest.kinds.extend(kinds);
        Ok(())
    }

    fn write_rest(&self, conn: &mut Conn, rest: Rest) -> Result<()> {
        let Rest { of_classes, mut lost, mut gained, kinds } = rest;
        for (class, (events, moves)) in self.projecting.names.iter().zip(of_classes) {
            self.projecting.placing(class).place(conn, moves)?;
            self.append_events(conn, class, events)?;
        }
        // In the order of the index, so that each of its pages is written to once.
        lost.sort_unstable();
        gained.sort_unstable();
        profiles::delete_terms(conn, &lost)?;
        profiles::insert_terms(conn, &gained)?;
        shared::recount(conn, self.projecting.group.id, &lost, &gained, &kinds)
    }

    /// What appears comes first, so that a reader who follows a merge or a split finds the other side.
    fn append_events(&self, conn: &mut Conn, class: &str, mut events: Vec<Noted>) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        events.sort();
        let head = feed::head(conn, self.projecting.group.id, class)?;
        let rows: Vec<EventRow> = (head + 1..)
            .zip(events)
            .map(|(number, noted)| {
                Ok(EventRow {
                    group_id: self.projecting.group.id,
                    class: class.to_owned(),
                    number,
                    kind: noted.kind,
                    profile_id: noted.id,
                    revision: noted.revision,
                    others: serde_json::to_string(&noted.others)?,
                    at: self.projecting.now,
                    words_before: Some(serde_json::to_string(&noted.words_before)?),
                    changed: Some(serde_json::to_string(&noted.changed)?),
                    risk_before: Some(noted.risk_before.into()),
                })
            })
            .collect::<Result<_>>()?;
        feed::append(conn, self.projecting.group.id, class, &rows)
    }

    fn write_successions(&self, conn: &mut Conn, publication: &Publication) -> Result<()> {
        let ended: Vec<Succession> = publication
            .succession
            .ended
            .iter()
            .map(|(id, heir)| Succession {
                group_id: self.projecting.group.id,
                profile_id: *id,
                successor_id: *heir,
                ended_at: self.projecting.now,
            })
            .collect();
        profiles::put_successions(conn, &ended)?;
        let born: Vec<SellerId> = publication.succession.born.iter().copied().collect();
        profiles::delete_successions(conn, self.projecting.group.id, &born)
    }
}

/// What of the pages is written once for all of them.
struct Rest {
    /// Of each class.
    of_classes: Vec<(Vec<Noted>, Moves)>,
    /// What profiles are found by no longer, and what they are found by and were not.
    lost: Vec<TermRow>,
    gained: Vec<TermRow>,
    kinds: KeyMap<KeyClass>,
}

impl Rest {
    fn new(classes: usize) -> Self {
        let of_classes = (0..classes).map(|_| Default::default()).collect();
        Self { of_classes, lost: Vec::new(), gained: Vec::new(), kinds: KeyMap::default() }
    }
}
