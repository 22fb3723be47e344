//! Runs pairs of alliances, on every core.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use touchstone::store::Engine;

use super::people::{VIEWERS, Viewer};
use super::plan::Plan;
use super::replay::{Asked, Differences, differences, replay, requests};
use super::twins;
use super::worlds::Alliance;

/// Ticks of each script.
const TICKS: usize = 14;

/// Ways in which each operation is asked of each pair.
const WAYS: usize = 5;

/// What came of many pairs.
#[derive(Debug, Default)]
pub struct Tally {
    pub pairs: usize,
    pub operations: usize,
    pub differing_bytes: usize,
    /// For people.
    pub told: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.operations += other.operations;
        self.differing_bytes += other.differing_bytes;
        self.told.extend(other.told);
    }
}

/// An alliance as it is for all of its viewers.
pub fn whole(seed: u64) -> Plan {
    Plan::random(seed, TICKS)
}

/// One that this viewer must not tell from it.
pub fn part(whole: &Plan, viewer: &Viewer, seed: u64) -> Plan {
    whole.disguised(viewer, seed)
}

/// Compares what two alliances answer to a viewer; with the number of answers.
pub fn compare(
    ours: &Alliance,
    theirs: &Alliance,
    viewer: &Viewer,
    asked: Asked<'_>,
) -> (usize, Differences) {
    let known = ours.known().or(theirs.known());
    let requests = requests(ours, viewer, &known, asked);
    let (ours, theirs) = (replay(ours, viewer, &requests), replay(theirs, viewer, &requests));
    (ours.len(), differences(&ours, &theirs))
}

/// One alliance, and for each viewer another that it must not tell from it.
pub fn pairs_of(engine: Engine, seed: u64, viewers: &[Viewer]) -> Tally {
    let plan = whole(seed);
    let ours = Alliance::build(engine, &plan);
    let mut tally = Tally::default();
    for viewer in viewers {
        let theirs = Alliance::build(engine, &part(&plan, viewer, seed));
        let (operations, found) = compare(&ours, &theirs, viewer, Asked::Sample { seed, most: WAYS });
        let told =
            found.told.into_iter().map(|told| format!("{engine:?}, seed {seed}, {}: {told}", viewer.name));
        tally.add(Tally { pairs: 1, operations, differing_bytes: found.bytes, told: told.collect() });
    }
    tally
}

/// The twins of each viewer that has any.
pub fn twins(engine: Engine, ways: usize) -> Tally {
    let mut tally = Tally::default();
    for viewer in &VIEWERS {
        for plans in twins::for_viewer(viewer) {
            let [ours, theirs] = plans.each_ref().map(|plan| Alliance::build(engine, plan));
            let (operations, found) = compare(&ours, &theirs, viewer, Asked::Sample { seed: 0, most: ways });
            let told =
                found.told.into_iter().map(|told| format!("{engine:?}, twins, {}: {told}", viewer.name));
            tally.add(Tally { pairs: 1, operations, differing_bytes: found.bytes, told: told.collect() });
        }
    }
    tally
}

/// So many pairs or a few more, one of five on PostgreSQL if it is there. `progress` hears after every ten what came of
/// all so far.
pub fn run(pairs: usize, with_postgres: bool, progress: impl Fn(&Tally) + Sync) -> Tally {
    let seeds = pairs.div_ceil(VIEWERS.len());
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds {
                        return;
                    }
                    let engine =
                        if with_postgres && seed % 5 == 4 { Engine::Postgres } else { Engine::Sqlite };
                    let tally = pairs_of(engine, seed as u64, &VIEWERS);
                    let mut total = total.lock().expect("nobody panicked");
                    total.add(tally);
                    progress(&total);
                }
            });
        }
    });
    total.into_inner().expect("nobody panicked")
}
