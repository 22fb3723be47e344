//! `touchstone rebuild`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{CliResult, dry_run, open};
use crate::app::App;
use crate::config::DataArgs;
use crate::domain::lens::tally::SHOWN_MAX;
use crate::domain::resolution::rules::Rules;
use crate::domain::resolution::rules_file;
use crate::resolver::{Resolver, StopLists, Watch};
use crate::store::groups::{self, Group};

/// Work out profiles afresh from the stored reports and mend what differs
#[derive(Debug, Args)]
pub struct Rebuild {
    #[command(flatten)]
    data: DataArgs,

    /// Only this sharing group
    #[arg(long, value_name = "SLUG")]
    group: Option<String>,

    /// Change nothing, and print what would merge and split
    #[arg(long)]
    dry_run: bool,

    /// With --dry-run: a JSON file of rules, naming what differs from those that are compiled in
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    rules: Option<PathBuf>,
}

struct Nobody;

impl Watch for Nobody {
    fn resolved(&self, _: usize, _: f64) {}
}

impl Rebuild {
    #[expect(clippy::print_stdout, reason = "tells a person what was found")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let rules = self.rules.as_deref().map_or(Ok(Rules::shipped().clone()), read_rules)?;
        let (app, background) = open(&data, false)?;
        let resolver = resolver(&app);
        for group in named(&app, self.group.as_deref())? {
            if self.dry_run {
                print!("{}", dry_run::text(&group.slug, &resolver.dry_run(&group, &rules)?));
                continue;
            }
            let rebuilt = resolver.rebuild(group.id)?;
            println!(
                "{}: {} reports, {} profiles, {} changed",
                group.slug, rebuilt.reports, rebuilt.profiles, rebuilt.changed
            );
        }
        if !self.dry_run {
            // What still waits is worked in last: a pool that needs mending cannot take it before.
            resolver.drain(|_| {})?;
        }
        background.stop(&app);
        Ok(ExitCode::SUCCESS)
    }
}

/// The resolver of a command.
pub(super) fn resolver(app: &Arc<App>) -> Resolver {
    Resolver {
        db: app.db.clone(),
        hasher: app.hasher.clone(),
        clock: app.clock.clone(),
        watch: Arc::new(Nobody),
        stops: StopLists::default(),
        shown_max: SHOWN_MAX,
    }
}

/// The group with this slug, or all; that there is none is told before anything is done.
pub(super) fn named(app: &Arc<App>, slug: Option<&str>) -> Result<Vec<Group>, Box<dyn std::error::Error>> {
    let mut groups = app.db.read(groups::all)?;
    groups.retain(|group| slug.is_none_or(|wanted| wanted == group.slug));
    match slug {
        Some(wanted) if groups.is_empty() => Err(format!("there is no group {wanted:?}").into()),
        _ => Ok(groups),
    }
}

fn read_rules(file: &Path) -> Result<Rules, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read(file).map_err(|error| told(&error))?;
    rules_file::read(&text).map_err(|faults| told(&super::member::sentences(&faults)))
}
