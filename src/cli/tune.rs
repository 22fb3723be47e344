//! `touchstone tune`

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::rebuild::{named, resolver};
use super::{CliResult, open};
use crate::config::DataArgs;
use crate::domain::resolution::pairing::{Row, Tuned, proposed};
use crate::domain::resolution::rules_file;

/// Estimate from the stored reports what agreement on each kind of fact is worth; nothing changes by it
#[derive(Debug, Args)]
pub struct Tune {
    #[command(flatten)]
    data: DataArgs,

    /// The sharing group whose reports are used
    #[arg(long, value_name = "SLUG", default_value = "alliance")]
    group: String,

    /// Where the proposed rules go, for `rebuild --dry-run --rules`; without it they are printed
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Tune {
    #[expect(clippy::print_stdout, reason = "tells a person what was estimated")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let (app, background) = open(&data, false)?;
        for group in named(&app, Some(&self.group))? {
            let tuned = resolver(&app).tune(&group)?;
            print!("{}", table(&tuned));
            let rules = rules_file::with_weights(&proposed(&tuned))?;
            match &self.output {
                Some(file) => std::fs::write(file, format!("{rules}\n"))
                    .map_err(|error| format!("{}: {error}", file.display()))?,
                None => println!("\n{rules}"),
            }
        }
        background.stop(&app);
        Ok(ExitCode::SUCCESS)
    }
}

/// The estimates beside what is compiled in, in bits.
fn table(tuned: &Tuned) -> String {
    let Tuned { reports, random_pairs, sharing_pairs, rows } = tuned;
    let mut text = format!(
        "{reports} reports, {random_pairs} pairs at random, {sharing_pairs} pairs that share a value\n\n\
         {:<22}{:>9}{:>9}{:>10}{:>13}{:>13}\n",
        "class", "shipped", "agree", "disagree", "one seller", "two sellers"
    );
    for row in rows {
        let Row {
            class,
            shipped_decibits,
            agreement_decibits,
            disagreement_decibits,
            of_one,
            of_two,
            enough,
        } = *row;
        let bits = |decibits: i32| format!("{:.1}", f64::from(decibits) / 10.0);
        let remark = if enough { "" } else { "  too little to go by" };
        let _ = writeln!(
            text,
            "{class:<22}{:>9}{:>9}{:>10}{of_one:>13.0}{of_two:>13.0}{remark}",
            bits(shipped_decibits),
            bits(agreement_decibits),
            bits(disagreement_decibits),
        );
    }
    text
}
