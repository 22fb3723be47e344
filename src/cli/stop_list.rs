//! `touchstone stop-list`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{CliResult, open};
use crate::config::DataArgs;
use crate::store::stop_list::{self, Stop, StopFilter, StopState};

/// List the values that link nobody
#[derive(Debug, Args)]
pub struct StopListCommand {
    #[command(flatten)]
    data: DataArgs,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what is in force, the newest first
    List {
        /// What was lifted too
        #[arg(long)]
        all: bool,
    },
}

impl StopListCommand {
    #[expect(clippy::print_stdout, reason = "tells a person what is stopped")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let (app, background) = open(&data, false)?;
        let Action::List { all } = self.action;
        let filter = StopFilter { state: (!all).then_some(StopState::InForce), ..StopFilter::default() };
        for stop in app.db.read(|conn| stop_list::list(conn, &filter, None, i64::MAX))? {
            println!("{}", line(&stop));
        }
        background.stop(&app);
        Ok(ExitCode::SUCCESS)
    }
}

fn line(stop: &Stop) -> String {
    let Stop { id, kind, value, reason, added_at, added_by, .. } = stop;
    let lifted = match (&stop.lifted_at, &stop.lifted_by) {
        (Some(at), Some(by)) => format!("  lifted {at} by {by}"),
        _ => String::new(),
    };
    let (value, note) = (value.text(), stop.note.text());
    format!("{id} {kind:<20} {value}  {reason}  added {added_at} by {added_by}{lifted}  {note}")
}
