//! Estimates from a group's stored reports what agreement on each kind of fact is worth. Nothing changes by it.

use super::Resolver;
use super::rebuild::read;
use crate::domain::resolution::pairing::{Tuned, tune};
use crate::domain::resolution::stops::StopList;
use crate::store::Result;
use crate::store::groups::Group;

impl Resolver {
    pub fn tune(&self, group: &Group) -> Result<Tuned> {
        let (_, facts) = self.db.read(|conn| read(conn, &self.hasher, group, &StopList::default()))?;
        Ok(tune(facts.values()))
    }
}
