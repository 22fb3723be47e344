//! A pool as resolution sees it: what it remembers, and what the engine asks of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::id::SellerId;
use super::account::Account;
use super::facts::Facts;
use super::judgement::Judged;
use super::keys::{Key, KeyMap};
use super::mistyping::WidePhones;
use super::partition::{EntryId, NodeId};
use super::rules::Stratum;

/// The name of an account or a core within one pool, never 0. It means nothing outside, but that a
/// core of which nothing but names is known has a negative one.
pub type Label = NodeId;

/// A pooled report as the pool remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: EntryId,
    pub facts: Facts,
    pub account: Label,
}

/// An account as the pool remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAccount {
    pub label: Label,
    /// Shared, since it is large and a change looks at many to alter few.
    pub account: Arc<Account>,
    pub core: Label,
    pub profile: SellerId,
    /// The report that founded the profile, if it is one of the account's.
    pub founder: Option<EntryId>,
}

/// Who carries a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders {
    /// At least as many components as asked about: the key is generic.
    Generic,
    /// Every account that does, with the component of the stratum below that it is in.
    All(Vec<(Label, Label)>),
}

/// What the engine asks of a pool. Every answer is about the state before the change.
pub trait Pool {
    type Error;

    /// The reports with these ids; unknown ids are left out.
    fn entries(&mut self, ids: &[EntryId]) -> Result<Vec<Stored>, Self::Error>;

    /// All reports of these accounts.
    fn members(&mut self, accounts: &[Label]) -> Result<Vec<Stored>, Self::Error>;

    /// The accounts with these labels; unknown ones are left out.
    fn accounts(&mut self, labels: &[Label]) -> Result<Vec<StoredAccount>, Self::Error>;

    /// All accounts of these cores.
    fn accounts_of(&mut self, cores: &[Label]) -> Result<Vec<StoredAccount>, Self::Error>;

    /// The holders of each key that is looked up in `stratum`, or that at least the given number of
    /// components of the stratum below carry it. In stratum 0 and 1 an account counts as its own component.
    fn holders(&mut self, stratum: Stratum, keys: &[(Key, usize)]) -> Result<KeyMap<Holders>, Self::Error>;

    /// What was ever judged of any of these reports, each pair once or twice, if the other of the pair is in
    /// the pool or in the change. Unlike the rest this is about now.
    fn judged(&mut self, ids: &[EntryId]) -> Result<Vec<Judged>, Self::Error>;

    /// The phones that more cores carry than may link.
    fn wide_phones(&mut self) -> Result<WidePhones, Self::Error>;

    /// A label that was never used in this pool.
    fn new_label(&mut self) -> Label;
}

/// A change of a pool: each entry's facts afterwards, `None` if it leaves.
pub type Change = BTreeMap<EntryId, Option<Facts>>;
