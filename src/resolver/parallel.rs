//! Spreads work that touches nothing shared over the processor's cores: reading reports and normalising what they
//! say is half of what resolving costs, and needs no database.

use std::thread;

/// Things from which starting threads is worth it.
const PARALLEL_MIN: usize = 64;

/// What `work` makes of each thing, in their order.
pub(super) fn in_parallel<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if things.len() < PARALLEL_MIN || cores == 1 {
        return things.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let parts: Vec<_> = things
            .chunks(things.len().div_ceil(cores))
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        let resume = |panic| std::panic::resume_unwind(panic);
        parts.into_iter().flat_map(|part| part.join().unwrap_or_else(resume)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept() {
        for count in [0, 1, 63, 64, 1_001] {
            let things: Vec<usize> = (0..count).collect();
            assert_eq!(in_parallel(&things, |thing| thing + 1), (1..=count).collect::<Vec<usize>>());
        }
    }
}
