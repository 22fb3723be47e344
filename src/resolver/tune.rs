//! Estimates from a group's stored reports what agreement on each kind of fact is worth. Nothing changes by it.

use super::Resolver;
use super::rebuild::read;
use crate::domain::resolution::pairing::{Tuned, tune};
use crate::store::Result;
use crate::store::groups::Group;

impl Resolver {
    pub fn tune(&self, group: &Group) -> Result<Tuned> {
        let (_, facts) = self.db.read(|conn| {
            let stops = self.stops.in_force(conn, &self.hasher)?;
            read(conn, &self.hasher, group, &stops.list)
        })?;
        Ok(tune(facts.values()))
    }
}
