//! Notices which canaries the reports of one transaction name.

use std::collections::{BTreeMap, BTreeSet};

use super::{Filing, Order};
use crate::domain::id::{AlertId, CanaryId, ReportId};
use crate::domain::probing::{self, Asking};
use crate::domain::report::Report;
use crate::store::canaries::{self, Alert};
use crate::store::reports::Stored;
use crate::store::{Conn, StoreError};

/// The canaries in force, and the alerts that are to be stored.
pub(super) struct CanaryWatch {
    /// By what they are recognised by.
    canaries: BTreeMap<Vec<u8>, CanaryId>,
    alerts: Vec<Alert>,
}

impl CanaryWatch {
    pub fn begin(conn: &mut Conn) -> Result<Self, StoreError> {
        let canaries = canaries::in_force(conn)?.into_iter().map(|(id, hash)| (hash, id)).collect();
        Ok(Self { canaries, alerts: Vec::new() })
    }

    /// Notes an alert for each canary that a revision names and the one before it did not. How many there are.
    pub fn notice(
        &mut self,
        filing: &Filing,
        order: &Order,
        (report, revision): (ReportId, i32),
        now: &Report,
        before: Option<&Stored>,
    ) -> Result<usize, StoreError> {
        if self.canaries.is_empty() {
            return Ok(0);
        }
        let named = |report: &Report| {
            let hashes = report.identifiers().map(|one| probing::canary(&filing.hasher, one));
            let ids = hashes.filter_map(|hash| self.canaries.get(hash.as_slice()).copied());
            ids.collect::<BTreeSet<CanaryId>>()
        };
        let before = before.map(Stored::report).transpose()?;
        let known = before.as_ref().map(named).unwrap_or_default();
        let new: Vec<CanaryId> = named(now).difference(&known).copied().collect();
        for canary in &new {
            let revision = revision.to_be_bytes();
            let context = [b"alert".as_slice(), canary.as_bytes(), report.as_bytes(), &revision];
            self.alerts.push(Alert {
                id: AlertId(filing.ids.make(&context)),
                canary_id: *canary,
                at: order.at,
                member_id: order.member,
                actor: order.actor.clone(),
                operation: Asking::Report,
                group_id: None,
            });
        }
        Ok(new.len())
    }

    /// Writes the alerts that were noted since the last time.
    pub fn store(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        canaries::insert_alerts(conn, &std::mem::take(&mut self.alerts))
    }
}
