//! What resolving a pool by other rules would change: worked out in memory by the definition, and written nowhere.

use std::collections::{BTreeMap, HashMap};

use super::Resolver;
use super::rebuild::read;
use super::working_out::birth;
use crate::domain::id::{ReportId, SellerId};
use crate::domain::resolution::comparison::{Comparison, Resolved, compare};
use crate::domain::resolution::identity::succeed;
use crate::domain::resolution::partition::{EntryId, partition};
use crate::domain::resolution::rules::Rules;
use crate::store::groups::Group;
use crate::store::pool::{self, LinkRow};
use crate::store::{Conn, Result, judgements};

/// What a dry run found.
#[derive(Debug)]
pub struct DryRun {
    pub comparison: Comparison,
    /// Which report each place in the pool is.
    pub reports: HashMap<EntryId, ReportId>,
}

impl Resolver {
    /// Compares a group's pool with what these rules would make of it. What is filed meanwhile may be in it or not.
    pub fn dry_run(&self, group: &Group, rules: &Rules) -> Result<DryRun> {
        self.db.read(|conn| self.compare(conn, group, rules))
    }

    fn compare(&self, conn: &mut Conn, group: &Group, rules: &Rules) -> Result<DryRun> {
        let stops = self.stops.in_force(conn, &self.hasher)?;
        let (entries, facts) = read(conn, &self.hasher, group, &stops.list)?;
        let profile_of: BTreeMap<EntryId, SellerId> =
            entries.iter().map(|(id, entry)| (*id, entry.profile_id)).collect();
        let ids: Vec<EntryId> = entries.keys().copied().collect();
        let stored = pool::links_from(conn, group.id, &ids)?;

        let entry_of = entries.values().map(|entry| (entry.report_id, entry.entry)).collect();
        let layers = partition(&facts, rules, &judgements::counting(conn, group.id, &entry_of)?);
        // What joins the reports of an account is not stored, and is the same by all rules.
        let of_accounts = layers[0].components.iter().flat_map(|one| &one.links).copied();
        let links = of_accounts.chain(stored.iter().map(LinkRow::link)).collect();
        let now = Resolved { profile_of, links };
        let members: Vec<&[EntryId]> =
            layers[2].components.iter().map(|component| component.members.as_slice()).collect();
        let ids = succeed(&members, &now.profile_of, |entry| birth(&self.hasher, group.id, entry)).ids;
        let profile_of = members
            .iter()
            .zip(&ids)
            .flat_map(|(members, id)| members.iter().map(move |entry| (*entry, *id)))
            .collect();
        let links = layers.iter().flat_map(|layer| &layer.components).flat_map(|one| &one.links);
        let then = Resolved { profile_of, links: links.copied().collect() };
        let reports = entries.iter().map(|(id, entry)| (*id, entry.report_id)).collect();
        Ok(DryRun { comparison: compare(&now, &then), reports })
    }
}
