//! The command line: one file per command.

pub mod demo;
mod dry_run;
pub mod export;
pub mod import;
pub mod key;
pub mod keys;
pub mod member;
pub mod migrate;
pub mod rebuild;
pub mod sample;
pub mod serve;
pub mod stop_list;
pub mod tune;
pub mod user;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::app::{App, Background, Parts, production};
use crate::config::DataConfig;
use crate::delivery::Rules;
use crate::leaks;
use crate::telemetry::{self, Filter};

/// Touchstone: the data-sharing server of a brand anti-counterfeiting alliance
#[derive(Debug, Parser)]
#[command(name = "touchstone", disable_version_flag = true, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (with --demo: with a sample alliance to try)
    Serve(serve::Serve),
    /// Bring the database up to date
    Migrate(migrate::Migrate),
    /// Create, list, suspend, reinstate and erase members
    Member(member::MemberCommand),
    /// Invite a user, or set a new password
    User(user::UserCommand),
    /// Create an API key
    Key(key::KeyCommand),
    /// Replace the keys under which the database is sealed
    Keys(keys::KeysCommand),
    /// File the reports of an NDJSON or CSV file
    Import(import::Import),
    /// Write what a member sees of a group to a file
    Export(export::Export),
    /// Work out profiles afresh from the stored reports and mend what differs
    Rebuild(rebuild::Rebuild),
    /// Estimate from the stored reports what agreement on each kind of fact is worth; nothing changes by it
    Tune(tune::Tune),
    /// List the values that link nobody
    StopList(stop_list::StopListCommand),
    /// Print the version
    Version,
}

/// What every command may fail with: a sentence for people.
type CliResult = Result<ExitCode, Box<dyn std::error::Error>>;

/// Runs the command that the process was started with.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line speaks to a person")]
pub fn run() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Member(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Key(command) => command.run(),
        Command::Keys(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Export(command) => command.run(),
        Command::Rebuild(command) => command.run(),
        Command::Tune(command) => command.run(),
        Command::StopList(command) => command.run(),
        Command::Version => {
            let leaky = if leaks::IN_THIS_BUILD { " (for tests: with planted leaks)" } else { "" };
            println!("touchstone {}{leaky}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
    };
    result.unwrap_or_else(|error| {
        eprintln!("touchstone: {error}");
        ExitCode::FAILURE
    })
}

/// Opens the house without serving: for commands that work on the store.
fn open(data: &DataConfig, resolve: bool) -> Result<(Arc<App>, Background), Box<dyn std::error::Error>> {
    // Webhooks are for servers: a command would break off what it began.
    let webhooks = Rules { deliver: false, ..Rules::default() };
    open_with(data, Parts { resolve, webhooks, ..production::parts(data.masters.clone()) })
}

fn open_with(data: &DataConfig, parts: Parts) -> Result<(Arc<App>, Background), Box<dyn std::error::Error>> {
    log_for_a_person(data);
    make_folder(data)?;
    Ok(App::start(&data.place, parts)?)
}

/// Starts the log of a command, unless it is a server with a log of its own.
fn log_for_a_person(data: &DataConfig) {
    telemetry::start(&data.log.clone().unwrap_or_else(Filter::of_commands), false);
}

/// Makes the data folder, readable for its owner only: the database holds secrets.
fn make_folder(data: &DataConfig) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&data.data_dir)
}

/// Tells whoever started the server. A reader that has gone away must not stop it.
fn announce(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        tracing::warn!(%error, "nobody reads what the server prints");
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Arguments::command().debug_assert();
    }
}
