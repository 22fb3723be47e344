//! `touchstone key`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;

use super::member::sentences;
use super::{CliResult, open};
use crate::config::DataArgs;
use crate::ops::manage_keys::{NewKey, create_key};
use crate::store::members;

/// Create an API key
#[derive(Debug, Args)]
pub struct KeyCommand {
    #[command(flatten)]
    data: DataArgs,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a new API key of a member; it is shown this once
    Create {
        /// Slug of the member
        member: String,
        /// What the key is for
        #[arg(long)]
        name: String,
        /// Scopes, such as reports:write
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// Days until it expires, 1 to 366
        #[arg(long)]
        days: Option<i64>,
    },
}

impl KeyCommand {
    #[expect(clippy::print_stdout, reason = "prints the key that was asked for")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let (app, background) = open(&data, false)?;
        let Action::Create { member, name, scopes, days } = &self.action;
        let found = app.db.read(|conn| members::find_by_slug(conn, member))?;
        let found = found.ok_or_else(|| format!("there is no member {member:?}"))?;
        let new = NewKey::parse(Some(name.clone()), scopes, *days, found.kind, |_| true)
            .map_err(|faults| format!("the key is not valid: {}", sentences(&faults)))?;
        let (_, text) = app.db.write(|conn| create_key(conn, app.ids.as_ref(), app.now(), found.id, &new))?;
        println!("{}", text.expose_secret());
        background.stop(&app);
        Ok(ExitCode::SUCCESS)
    }
}
