//! Log lines. No secret and no personal value is ever logged: lines carry ids, counts and durations.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged: filter directives of `tracing` that were found good.
#[derive(Debug, Clone)]
pub struct Filter(String);

impl Filter {
    /// Checks directives; the error says what is wrong with them.
    pub fn parse(directives: &str) -> Result<Self, String> {
        EnvFilter::try_new(directives).map_err(|error| error.to_string())?;
        Ok(Self(directives.to_owned()))
    }

    /// What a server logs unless it is told.
    pub fn of_server() -> Self {
        Self("info,actix_server=warn".to_owned())
    }

    /// What any other command logs unless it is told: what it has to say otherwise, it prints.
    pub fn of_commands() -> Self {
        Self("warn".to_owned())
    }
}

/// What is never logged, whatever is asked for: the client of webhooks tells which addresses it calls.
const SILENT: &str = "hyper=off,hyper_util=off,reqwest=off,rustls=off,rustls_platform_verifier=off";

/// Starts logging to standard error. Does nothing if logging was started before.
pub fn start(filter: &Filter, json: bool) {
    let registry = tracing_subscriber::registry().with(EnvFilter::new(format!("{},{SILENT}", filter.0)));
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
