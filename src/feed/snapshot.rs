//! All profiles of a group at one moment, read one after the other.

use super::follow::Filter;
use super::{Reader, Seller};
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::viewer::Viewer;
use crate::store::groups::Group;
use crate::store::{Conn, Db, StoreError, profiles};

/// Profiles held in memory at once.
const TOGETHER: i64 = 200;

/// What a snapshot is taken of, and for whom.
#[derive(Clone)]
pub struct Subject {
    pub viewer: Viewer,
    /// A group that the viewer may read.
    pub group: Group,
    pub filter: Filter,
    pub hasher: KeyHasher,
}

/// Takes what a snapshot has.
pub trait Taker<E> {
    /// The number of the last feed event that is in it.
    fn begin(&mut self, number: i64) -> Result<(), E>;

    fn take(&mut self, seller: &Seller) -> Result<(), E>;
}

impl Subject {
    /// The lens class whose views are in it.
    pub fn class(&self) -> String {
        Reader::new(&self.viewer, &self.group).class().to_owned()
    }

    /// Hands over every profile that passes the filter, by id, all of one state of the database: what the feed comes to
    /// at the number with which it begins. An error of the taker ends it.
    pub fn snapshot<E: From<StoreError>>(&self, db: &Db, taker: &mut impl Taker<E>) -> Result<(), E> {
        let reader = Reader::new(&self.viewer, &self.group);
        db.snapshot(|conn| {
            taker.begin(reader.head(conn)?)?;
            self.walk(conn, &reader, taker)
        })
    }

    fn walk<E: From<StoreError>>(
        &self,
        conn: &mut Conn,
        reader: &Reader<'_>,
        taker: &mut impl Taker<E>,
    ) -> Result<(), E> {
        let mut after = None;
        loop {
            let rows = profiles::walk(conn, self.group.id, reader.class(), after, TOGETHER)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.profile_id);
            for (row, projection) in reader.reveal(conn, rows)? {
                if self.filter.holds(&projection, &self.hasher) {
                    taker.take(&reader.seller_of(row, projection))?;
                }
            }
        }
    }
}
