//! `touchstone export`

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;
use tempfile::NamedTempFile;

use super::demo::bar;
use super::{CliResult, open};
use crate::app::App;
use crate::config::DataArgs;
use crate::domain::viewer::Credential;
use crate::feed::Seller;
use crate::feed::follow::Filter;
use crate::feed::forms::{Form, Pen, SnapshotEnd, SnapshotHead};
use crate::feed::snapshot::{Subject, Taker};
use crate::store::groups::Directory;
use crate::store::{StoreError, members, profiles};

/// Write what a member sees of a group to a file
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    data: DataArgs,

    /// The file to write; its name must end in .ndjson, .csv or .xlsx
    file: PathBuf,

    /// Slug of the sharing group
    #[arg(long)]
    group: String,

    /// Slug of the member through whose lens it is seen
    #[arg(long)]
    member: String,

    /// Begin a CSV with a byte order mark
    #[arg(long)]
    bom: bool,
}

/// Bytes gathered before they are written.
const GATHERED: usize = 64 * 1024;

impl Export {
    #[expect(clippy::print_stdout, reason = "tells a person what was written")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let form = self.form()?;
        let folder = self.file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        // Beside the file, and in its place only when it is whole; nobody else may read it.
        let file =
            NamedTempFile::new_in(folder).map_err(|error| format!("{}: {error}", self.file.display()))?;
        let (app, background) = open(&data, false)?;
        let (subject, length) = self.subject(&app)?;
        let bar = bar(length, "sellers");
        let mut writing =
            Writing { pen: Pen::new(form), file, group: self.group.clone(), number: 0, sellers: 0, bar };
        subject.snapshot(&app.db, &mut writing)?;
        let Writing { pen, mut file, number, sellers, bar, .. } = writing;
        pen.end(SnapshotEnd { number, sellers }, |piece| file.write_all(piece))?;
        file.as_file().sync_all()?;
        file.persist(&self.file)?;
        bar.finish_and_clear();
        background.stop(&app);
        println!(
            "{} sellers of {} at feed number {number}, as {} sees them",
            sellers, self.group, self.member
        );
        Ok(ExitCode::SUCCESS)
    }

    fn form(&self) -> Result<Form, String> {
        let form = match self.file.extension().and_then(|extension| extension.to_str()) {
            Some("ndjson" | "jsonl") => Form::Lines,
            Some("csv") => Form::Csv { byte_order_mark: self.bom },
            Some("xlsx") => Form::Xlsx,
            _ => return Err(format!("{}: the name must end in .ndjson, .csv or .xlsx", self.file.display())),
        };
        match form {
            Form::Csv { .. } => Ok(form),
            _ if self.bom => Err("only a CSV has a byte order mark".to_owned()),
            _ => Ok(form),
        }
    }

    /// What is written, and about how many sellers that are.
    fn subject(&self, app: &App) -> Result<(Subject, u64), Box<dyn std::error::Error>> {
        let found = app.db.read(|conn| {
            let Some(member) = members::find_by_slug(conn, &self.member)? else {
                return Ok(Err(format!("there is no member {:?}", self.member)));
            };
            let viewer = member.viewer(Credential::Unattended);
            let Some(group) = Directory::load(conn)?.readable(&viewer, &self.group) else {
                return Ok(Err(format!("{} reads no group {:?}", self.member, self.group)));
            };
            let subject = Subject { viewer, group, filter: Filter::default(), hasher: app.hasher.clone() };
            let length = profiles::count(conn, subject.group.id, &subject.class())?;
            Ok::<_, StoreError>(Ok((subject, length)))
        })?;
        Ok(found?)
    }
}

/// Writes a snapshot to a file.
struct Writing {
    pen: Pen,
    file: NamedTempFile,
    group: String,
    number: i64,
    sellers: u64,
    bar: ProgressBar,
}

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Taker<BrokenOff> for Writing {
    fn begin(&mut self, number: i64) -> Result<(), BrokenOff> {
        self.number = number;
        Ok(self.pen.begin(SnapshotHead { group: self.group.clone(), number, next: None })?)
    }

    fn take(&mut self, seller: &Seller) -> Result<(), BrokenOff> {
        self.sellers += 1;
        self.bar.inc(1);
        self.pen.seller(seller)?;
        if self.pen.waiting() >= GATHERED {
            self.file.write_all(&self.pen.take())?;
        }
        Ok(())
    }
}
