//! Plants one leak after the other and looks whether it shows.

use std::collections::HashMap;

use touchstone::leaks::{Leak, plant, planted};
use touchstone::store::Engine;

use super::pairs::{compare, part, whole};
use super::people::{Viewer, viewer};
use super::plan::Plan;
use super::replay::Asked;
use super::twins;
use super::worlds::Alliance;

/// Pairs that every leak is looked for in after they were built without it: that finds whoever answers wrongly.
const BUILT: usize = 3;

/// Pairs that are built with the leak: that finds whoever stores wrongly too.
const TRIED: usize = 40;

/// Looks for leaks, in alliances that were built without any and in others that were built with them.
#[derive(Default)]
pub struct Hunt {
    built: HashMap<(&'static str, usize), [Alliance; 2]>,
}

impl Hunt {
    /// The first difference that a leak makes for the viewer and at the operation that it says; `None` if it makes
    /// none in any pair.
    pub fn for_leak(&mut self, leak: Leak) -> Option<String> {
        let asked = (0..BUILT).find_map(|n| with(leak, || self.difference(leak, n)));
        asked.or_else(|| {
            let (n, found) = (0..TRIED).find_map(|n| Some((n, rebuilt(leak, n)?)))?;
            let without = self.difference(leak, n);
            assert!(without.is_none(), "{leak:?}: the two differ without it: {without:?}");
            Some(found)
        })
    }

    fn difference(&mut self, leak: Leak, n: usize) -> Option<String> {
        let viewer = viewer(leak.viewer());
        let [ours, theirs] = self.built.entry((leak.viewer(), n)).or_insert_with(|| build(viewer, n, None));
        first(ours, theirs, leak)
    }
}

/// Every pair that this viewer must not tell apart: the twins, and then those of the seeds.
fn plans(viewer: &Viewer, n: usize) -> [Plan; 2] {
    let mut twins = twins::for_viewer(viewer);
    if n < twins.len() {
        return twins.swap_remove(n);
    }
    let seed = (n - twins.len()) as u64;
    let whole = whole(seed);
    let part = part(&whole, viewer, seed);
    [whole, part]
}

fn build(viewer: &Viewer, n: usize, leak: Option<Leak>) -> [Alliance; 2] {
    let planted = planted();
    plant(leak);
    let built = plans(viewer, n).each_ref().map(|plan| Alliance::build(Engine::Sqlite, plan));
    plant(planted);
    built
}

fn rebuilt(leak: Leak, n: usize) -> Option<String> {
    let [ours, theirs] = build(viewer(leak.viewer()), n, Some(leak));
    with(leak, || first(&ours, &theirs, leak))
}

fn first(ours: &Alliance, theirs: &Alliance, leak: Leak) -> Option<String> {
    let (_, found) = compare(ours, theirs, viewer(leak.viewer()), Asked::Operation(leak.operation()));
    found.told.into_iter().next()
}

fn with<T>(leak: Leak, f: impl FnOnce() -> T) -> T {
    plant(Some(leak));
    let value = f();
    plant(None);
    value
}
