//! `touchstone import`

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::demo::{bar, wait_worked_in};
use super::{CliResult, open};
use crate::config::DataArgs;
use crate::domain::member::Scope;
use crate::intake::accept::Terms;
use crate::intake::bulk::{Bulk, BulkError, Format, LineStatus, ResultLine, Upload};
use crate::ops::file_reports::{Order, Work};
use crate::store::groups::Directory;
use crate::store::{StoreError, members};

/// File the reports of an NDJSON or CSV file
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    data: DataArgs,

    /// A file of one report per line (.ndjson, .jsonl) or per row (.csv)
    file: PathBuf,

    /// Slug of the member whose reports these are
    #[arg(long)]
    member: String,

    /// Where the answer to every line goes as NDJSON; without it only refused lines are shown
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,

    /// Return when the reports are stored, and leave working out profiles to the server
    #[arg(long)]
    no_resolve: bool,
}

/// Exit code when lines were refused.
const SOME_REFUSED: u8 = 2;

impl Import {
    #[expect(clippy::print_stdout, reason = "tells a person what came of the file")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let file = File::open(&self.file).map_err(|error| format!("{}: {error}", self.file.display()))?;
        let format = self.format()?;
        let (app, background) = open(&data, !self.no_resolve)?;
        let (member, terms) = app
            .db
            .read(|conn| {
                let member = members::find_by_slug(conn, &self.member)?;
                let Some(member) = member else { return Ok(None) };
                let may_share_with = Directory::load(conn)?.may_share_with(member.id, member.kind);
                Ok::<_, StoreError>(Some((
                    member,
                    Terms { today: app.now().date(), may_share_with, external_id: None },
                )))
            })?
            .ok_or_else(|| format!("there is no member {:?}", self.member))?;

        if !Scope::ReportsWrite.fits(member.kind) {
            return Err(
                format!("{:?} is of the kind {}, which files no reports", self.member, member.kind).into()
            );
        }

        let bar = bar(file.metadata()?.len(), "filing (bytes)");
        let upload = Upload::open(BufReader::with_capacity(1 << 16, bar.wrap_read(file)), format);
        let upload = upload.map_err(|error| match error {
            BulkError::Header(faults) => {
                format!("the header is not valid: {}", super::member::sentences(&faults))
            }
            BulkError::Io(error) => error.to_string(),
        })?;
        let mut results = self.results.as_ref().map(File::create).transpose()?.map(io::BufWriter::new);
        let mut answer = |line: &ResultLine| {
            match &mut results {
                Some(results) => {
                    serde_json::to_writer(&mut *results, line)?;
                    results.write_all(b"\n")?;
                }
                None => show_refused(&bar, line),
            }
            // Without the lane every further line would fail as this one did.
            match line.status {
                LineStatus::Failed if !app.is_working() => {
                    Err(io::Error::other("filing has ended with a failure"))
                }
                _ => Ok(()),
            }
        };
        let file_stretch = |reports| {
            let work = Work::Submit(reports);
            app.lane.submit_blocking(Order {
                member: member.id,
                actor: "import".to_owned(),
                at: app.now(),
                work,
            })
        };
        let tally = upload.run(&mut Bulk { terms: &terms, file: &file_stretch, answer: &mut answer })?;
        if let Some(results) = &mut results {
            results.flush()?;
        }
        bar.finish_and_clear();
        if !self.no_resolve {
            wait_worked_in(&app)?;
        }
        background.stop(&app);
        println!(
            "{} lines: {} created, {} unchanged, {} invalid, {} conflicting, {} failed",
            tally.lines(),
            tally.created,
            tally.unchanged,
            tally.invalid,
            tally.conflict,
            tally.failed
        );
        let refused = tally.invalid + tally.conflict + tally.failed > 0;
        Ok(if refused { ExitCode::from(SOME_REFUSED) } else { ExitCode::SUCCESS })
    }

    fn format(&self) -> Result<Format, String> {
        match self.file.extension().and_then(|extension| extension.to_str()) {
            Some("ndjson" | "jsonl" | "json") => Ok(Format::Ndjson),
            Some("csv") => Ok(Format::Csv),
            _ => Err(format!("{}: the name must end in .ndjson, .jsonl or .csv", self.file.display())),
        }
    }
}

fn show_refused(bar: &indicatif::ProgressBar, line: &ResultLine) {
    if matches!(line.status, LineStatus::Invalid | LineStatus::Conflict | LineStatus::Failed) {
        let faults = super::member::sentences(&line.errors);
        bar.suspend(|| tracing_line(&format!("line {}: {faults}", line.line)));
    }
}

#[expect(clippy::print_stderr, reason = "shows a person which line was refused")]
fn tracing_line(text: &str) {
    eprintln!("{text}");
}
