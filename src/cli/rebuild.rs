//! `touchstone rebuild`

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{CliResult, open};
use crate::config::DataArgs;
use crate::resolver::{Resolver, Watch};
use crate::store::groups;

/// Work out profiles afresh from the stored reports and mend what differs
#[derive(Debug, Args)]
pub struct Rebuild {
    #[command(flatten)]
    data: DataArgs,

    /// Only this sharing group
    #[arg(long, value_name = "SLUG")]
    group: Option<String>,
}

struct Nobody;

impl Watch for Nobody {
    fn resolved(&self, _: usize, _: f64) {}
}

impl Rebuild {
    #[expect(clippy::print_stdout, reason = "tells a person what was found")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let (app, background) = open(&data, false)?;
        let resolver = Resolver {
            db: app.db.clone(),
            hasher: app.hasher.clone(),
            clock: app.clock.clone(),
            watch: Arc::new(Nobody),
        };
        let mut found = false;
        for group in app.db.read(groups::all)? {
            if self.group.as_ref().is_some_and(|wanted| *wanted != group.slug) {
                continue;
            }
            found = true;
            let rebuilt = resolver.rebuild(group.id)?;
            println!(
                "{}: {} reports, {} profiles, {} changed",
                group.slug, rebuilt.reports, rebuilt.profiles, rebuilt.changed
            );
        }
        // What still waits is worked in last: a pool that needs mending cannot take it before.
        resolver.drain(|_| {})?;
        background.stop(&app);
        match (&self.group, found) {
            (Some(wanted), false) => Err(format!("there is no group {wanted:?}").into()),
            _ => Ok(ExitCode::SUCCESS),
        }
    }
}
