//! When what could not be delivered is tried again, and when an endpoint is given up.

/// Attempts of one event; after the last it is put aside, and the next event has its turn.
pub const ATTEMPTS_MAX: i32 = 12;

/// Seconds from the first attempt to the second.
const FIRST_SECONDS: i64 = 5;

/// Each wait is so many times the one before it.
const GROWTH: i64 = 3;

/// Longest wait, in seconds: half a day.
const LONGEST_SECONDS: i64 = 12 * 3600;

/// How long an endpoint may fail without a single success before it is disabled, in seconds: five days.
pub const FAILING_SECONDS_MAX: i64 = 5 * 24 * 3600;

/// Seconds to wait after so many failed attempts (1 and more). `jitter` is a random number: of two endpoints that failed
/// together each comes back at a time of its own, between three and five quarters of the usual.
pub fn wait_after(attempts: i32, jitter: u64) -> i64 {
    let mut seconds = FIRST_SECONDS;
    for _ in 1..attempts {
        seconds = (seconds * GROWTH).min(LONGEST_SECONDS);
    }
    let spread = u64::try_from(seconds / 2).unwrap_or(0);
    seconds - seconds / 4 + i64::try_from(jitter % (spread + 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_threefold_up_to_half_a_day_and_none_is_like_another() {
        for (attempts, usual) in
            [(1, 5), (2, 15), (3, 45), (6, 1_215), (9, 32_805), (10, 43_200), (12, 43_200)]
        {
            let waits: Vec<i64> = (0..50_000).map(|jitter| wait_after(attempts, jitter)).collect();
            let (least, most) = (waits.iter().min().copied(), waits.iter().max().copied());
            assert_eq!(least, Some(usual - usual / 4), "{attempts}");
            assert_eq!(most, Some(usual - usual / 4 + usual / 2), "{attempts}");
        }
    }

    #[test]
    fn an_event_is_tried_for_more_than_a_day_and_put_aside_before_its_endpoint_is_disabled() {
        let whole = |jitter: u64| (1..ATTEMPTS_MAX).map(|attempts| wait_after(attempts, jitter)).sum::<i64>();
        assert!(whole(0) > 24 * 3600, "{}", whole(0));
        assert!(whole(u64::MAX) < FAILING_SECONDS_MAX, "{}", whole(u64::MAX));
    }
}
