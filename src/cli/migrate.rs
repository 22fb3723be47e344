//! `touchstone migrate`

use std::process::ExitCode;

use clap::Args;

use super::{CliResult, log_for_a_person, make_folder};
use crate::config::DataArgs;
use crate::store::migrate;

/// Bring the database up to date
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    data: DataArgs,
}

impl Migrate {
    #[expect(clippy::print_stdout, reason = "tells a person what was done")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        log_for_a_person(&data);
        make_folder(&data)?;
        let migrated = migrate(&data.place)?;
        println!("{} {}", migrated.engine.name(), migrated.engine_version);
        match migrated.applied.len() {
            0 => println!("The schema is up to date."),
            count => println!("Applied {count}: {}", migrated.applied.join(", ")),
        }
        Ok(ExitCode::SUCCESS)
    }
}
