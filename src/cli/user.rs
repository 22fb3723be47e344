//! `touchstone user`

use std::io::BufRead;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};

use super::member::sentences;
use super::{CliResult, open};
use crate::config::DataArgs;
use crate::console::invitation;
use crate::ops::invite_user::{NewInvitation, hash_password, invite_user, password_fault};
use crate::ops::set_password::set_password;
use crate::store::members;

/// Invite a user, or set a new password
#[derive(Debug, Args)]
pub struct UserCommand {
    #[command(flatten)]
    data: DataArgs,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a link with which a person becomes a user of a member
    Invite {
        /// Slug of the member
        member: String,
        /// reader, analyst or owner
        #[arg(long)]
        role: String,
        /// The only address that may accept
        #[arg(long)]
        email: Option<String>,
        /// The server's address as the person sees it
        #[arg(long, env = "TOUCHSTONE_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
        public_url: String,
    },
    /// Set a user's password, read from the first line of standard input, and end the user's sessions
    SetPassword { email: String },
}

impl UserCommand {
    #[expect(clippy::print_stdout, reason = "prints the link that was asked for")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let (app, background) = open(&data, false)?;
        match &self.action {
            Action::Invite { member, role, email, public_url } => {
                let new = NewInvitation::parse(email.clone(), Some(role.clone()))
                    .map_err(|faults| format!("the invitation is not valid: {}", sentences(&faults)))?;
                let found = app.db.read(|conn| members::find_by_slug(conn, member))?;
                let found = found.ok_or_else(|| format!("there is no member {member:?}"))?;
                let (_, token) =
                    app.db.write(|conn| invite_user(conn, app.ids.as_ref(), app.now(), found.id, &new))?;
                let base = public_url.trim_end_matches('/');
                println!("{base}{}#{}", invitation::PATH, token.expose_secret());
            }
            Action::SetPassword { email } => {
                let mut line = String::new();
                std::io::stdin().lock().read_line(&mut line)?;
                let password = SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned());
                if let Some(fault) = password_fault(password.expose_secret()) {
                    return Err(fault.detail.into());
                }
                let hash = hash_password(&password)?;
                if !app.db.write(|conn| set_password(conn, app.now(), email, &hash))? {
                    return Err(format!("there is no user {email:?}").into());
                }
            }
        }
        background.stop(&app);
        Ok(ExitCode::SUCCESS)
    }
}
