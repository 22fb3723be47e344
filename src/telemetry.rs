//! Log lines. No secret and no personal value is ever logged: lines carry ids, counts and durations.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged unless `TOUCHSTONE_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,actix_server=warn";

/// Starts logging to standard error. Does nothing if logging was started before.
pub fn start(json: bool) {
    let filter = EnvFilter::try_from_env("TOUCHSTONE_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let registry = tracing_subscriber::registry().with(filter);
    let started = if json {
        let layer = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
        registry.with(layer).try_init()
    } else {
        let layer =
            tracing_subscriber::fmt::layer().compact().with_target(false).with_writer(std::io::stderr);
        registry.with(layer).try_init()
    };
    // Started before, by another server in the same process: its choice stands.
    drop(started);
}
