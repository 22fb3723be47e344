//! `touchstone keys`

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{CliResult, open};
use crate::app::App;
use crate::config::DataArgs;
use crate::store::vault::{self, Renewed};

/// Replace the keys under which the database is sealed
#[derive(Debug, Args)]
pub struct KeysCommand {
    #[command(flatten)]
    data: DataArgs,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Put a new master key before those in the key file; `keys rotate` then wraps under it
    AddMaster,
    /// Wrap all keys under the first master key, make new data keys, and seal everything anew; servers may run
    Rotate,
}

impl KeysCommand {
    #[expect(clippy::print_stdout, reason = "tells a person what was done")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        match self.action {
            Action::AddMaster => {
                data.masters.add()?;
                println!(
                    "A new master key wraps from now on; the others still open. Run `touchstone keys rotate` next."
                );
            }
            Action::Rotate => {
                let (app, background) = open(&data, false)?;
                let wrapped = app.db.write(vault::rewrap)?;
                println!("{wrapped} keys and secrets were wrapped under the first master key.");
                renew(&app)?;
                background.stop(&app);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes new data keys and seals everything anew.
#[expect(clippy::print_stdout, reason = "tells a person what was done")]
pub(super) fn renew(app: &App) -> Result<(), Box<dyn std::error::Error>> {
    match app.db.write(|conn| vault::renew(conn, app.now()))? {
        Renewed::Begun { keys } => println!("{keys} data keys were made."),
        Renewed::Unfinished => println!("Going on where an earlier run has stopped."),
    }
    let walked = vault::walk(&app.db, |walked| tracing::info!(rows = walked.rows, "sealing anew"))?;
    println!("{} of {} rows were sealed anew; the old data keys are destroyed.", walked.sealed, walked.rows);
    Ok(())
}
