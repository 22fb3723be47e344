//! The one source of chance of the sample, so that its seed decides everything.

use fastrand::Rng;

/// A step that has no factor in common with `SERIALS` visits every serial before it repeats one.
const SERIAL_STEP: u32 = 618_033;
const SERIALS: u32 = 1_000_000;

pub struct Dice {
    rng: Rng,
    serial: u32,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let serial = rng.u32(..SERIALS);
        Self { rng, serial }
    }

    /// One of the list; of an empty list the default.
    pub fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        self.rng.choice(list).copied().unwrap_or_default()
    }

    pub fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(..100) < percent
    }

    /// A number below the bound; zero if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { self.rng.usize(..bound) }
    }

    /// A number of the range, both ends included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        if most <= least { least } else { self.rng.i64(least..=most) }
    }

    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.rng.digit(10)).collect()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        self.rng.shuffle(list);
    }

    /// Six digits that no other call gave: chance alone would let two sellers share a number now and
    /// then, and the resolver would rightly join them.
    pub fn serial(&mut self) -> String {
        self.serial = (self.serial + SERIAL_STEP) % SERIALS;
        format!("{:06}", self.serial)
    }
}
