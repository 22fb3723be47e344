//! What a change of a pool comes to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::account::Account;
use super::anchoring::Seat;
use super::mistyping::WidePhones;
use super::partition::{Component, EntryId, Merged};
use super::pool::{Label, StoredAccount};
use super::rules::Stratum;

/// An account as it must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub account: Arc<Account>,
    pub core: Label,
}

/// One stratum's region, merged afresh. Links and refusals that begin at reports of the region's accounts replace
/// whatever the stratum had there before.
#[derive(Debug)]
pub struct Layer {
    pub stratum: Stratum,
    /// Every account of the region, those that ended included.
    pub region: BTreeSet<Label>,
    /// Its components are of accounts.
    pub merged: Merged,
}

/// What a change comes to.
#[derive(Debug)]
pub struct Outcome {
    /// Cores and profiles; the components of the last are the profiles of the region.
    pub layers: [Layer; 2],
    /// The phones that more cores carry than may link, before and after.
    pub wide_phones: [WidePhones; 2],
    /// Every account that the change touches or that is in a region, as it was; one that is new is absent.
    pub before: BTreeMap<Label, StoredAccount>,
    /// The same accounts as they are now; one that ended is absent.
    pub after: BTreeMap<Label, Placed>,
    /// The reports that were placed by themselves.
    pub seats: BTreeMap<EntryId, Seat>,
    /// The accounts all of whose reports went into another.
    pub moved: BTreeMap<Label, Label>,
    /// The reports that left, with the account that each was in.
    pub gone: BTreeMap<EntryId, Label>,
}

impl Outcome {
    /// The profiles of the region, as accounts.
    pub fn profiles(&self) -> &[Component] {
        &self.layers[1].merged.components
    }

    /// The reports that links and refusals of a layer's region begin at, or began.
    pub fn speakers(&self, layer: &Layer) -> BTreeSet<EntryId> {
        let before = layer.region.iter().filter_map(|label| Some(&*self.before.get(label)?.account));
        let after = layer.region.iter().filter_map(|label| Some(&*self.after.get(label)?.account));
        before.chain(after).flat_map(Account::speakers).collect()
    }
}
