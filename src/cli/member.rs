//! `touchstone member`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::keys::renew;
use super::rebuild::resolver;
use super::{CliResult, open};
use crate::app::App;
use crate::config::DataArgs;
use crate::domain::fault::Faults;
use crate::domain::member::Standing;
use crate::ops::create_member::{NewMember, create_member};
use crate::ops::erase_member;
use crate::ops::set_owner_group::{parse_owner_group, set_owner_group};
use crate::store::{StoreError, members};

/// Create, list, suspend, reinstate, affiliate and erase members
#[derive(Debug, Args)]
pub struct MemberCommand {
    #[command(flatten)]
    data: DataArgs,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Take a member into the alliance
    Create {
        /// For URLs and group names: a-z, 0-9 and -
        slug: String,
        /// The organisation's name
        name: String,
        /// brand, platform, authority, association or operator
        #[arg(long)]
        kind: String,
    },
    /// List all members
    List,
    /// Stop a member's users and keys from their next request on
    Suspend { slug: String },
    /// Let a suspended member act again
    Reinstate { slug: String },
    /// Say to which corporate family a member belongs: members of one count once
    OwnerGroup {
        slug: String,
        /// The family's slug; left out, the member counts by itself again
        owner_group: Option<String>,
    },
    /// Take all that a member has reported out of every pool, and erase it, its people and its keys, for ever
    Erase {
        slug: String,
        /// The slug once more
        #[arg(long, value_name = "SLUG")]
        confirm: String,
    },
}

impl MemberCommand {
    #[expect(clippy::print_stdout, reason = "tells a person what was done")]
    pub fn run(&self) -> CliResult {
        let data = self.data.validate()?;
        let (app, background) = open(&data, false)?;
        match &self.action {
            Action::Create { slug, name, kind } => {
                let new = NewMember::parse(Some(slug.clone()), Some(name.clone()), Some(kind.clone()))
                    .map_err(|faults| format!("the member is not valid: {}", sentences(&faults)))?;
                let member = app.db.write(|conn| create_member(conn, app.ids.as_ref(), app.now(), &new))?;
                println!("{} {} {}", member.id, member.slug, member.kind);
            }
            Action::List => {
                for member in app.db.read(|conn| members::list(conn, None, i64::MAX))? {
                    let family = member.owner_group.map(|slug| format!(" ({slug})")).unwrap_or_default();
                    println!(
                        "{} {:<20} {:<12} {:<10} {}{family}",
                        member.id, member.slug, member.kind, member.standing, member.name
                    );
                }
            }
            Action::Suspend { slug } => set(&app, slug, Standing::Suspended)?,
            Action::Reinstate { slug } => set(&app, slug, Standing::Active)?,
            Action::OwnerGroup { slug, owner_group } => affiliate(&app, slug, owner_group.clone())?,
            Action::Erase { slug, confirm } if slug == confirm => erase(&app, slug)?,
            Action::Erase { .. } => return Err("--confirm must repeat the slug".into()),
        }
        background.stop(&app);
        Ok(ExitCode::SUCCESS)
    }
}

fn set(app: &crate::app::App, slug: &str, standing: Standing) -> Result<(), Box<dyn std::error::Error>> {
    let found = app.db.write(|conn| {
        let member = members::find_by_slug(conn, slug)?;
        if let Some(member) = &member {
            members::set_standing(conn, member.id, standing)?;
        }
        Ok::<_, StoreError>(member)
    })?;
    found.map(drop).ok_or_else(|| format!("there is no member {slug:?}").into())
}

fn affiliate(
    app: &crate::app::App,
    slug: &str,
    owner_group: Option<String>,
) -> Result<(), Box<dyn std::error::Error>> {
    let owner_group = match owner_group {
        None => None,
        given => {
            let mut faults = Faults::default();
            let parsed = parse_owner_group(&mut faults, given);
            let parsed = faults.or(parsed);
            Some(parsed.map_err(|faults| format!("the family is not valid: {}", sentences(&faults)))?)
        }
    };
    let found = app.db.write(|conn| {
        let Some(member) = members::find_by_slug(conn, slug)? else { return Ok(None) };
        set_owner_group(conn, app.ids.as_ref(), app.now(), member.id, owner_group.as_deref())
    })?;
    found.map(drop).ok_or_else(|| format!("there is no member {slug:?}").into())
}

/// How long pools that another node resolves are waited for before they are looked at again.
const NAP: Duration = Duration::from_millis(100);

#[expect(clippy::print_stdout, reason = "tells a person what was done")]
fn erase(app: &Arc<App>, slug: &str) -> Result<(), Box<dyn std::error::Error>> {
    let member = app.db.write(|conn| erase_member::begin(conn, slug))?;
    let mut retracted = 0;
    loop {
        match app.db.write(|conn| erase_member::retract_some(conn, &app.filing, app.now(), member))? {
            0 => {}
            some => {
                retracted += some;
                continue;
            }
        }
        resolver(app).drain(|_| {})?;
        if app.db.write(|conn| erase_member::finish(conn, app.now(), member))? {
            break;
        }
        std::thread::sleep(NAP);
    }
    println!("{slug}: {retracted} reports were taken out of every pool and erased.");
    // What the groups' keys have sealed was partly of this member.
    renew(app)
}

/// Faults as one line of text.
pub(super) fn sentences(faults: &[crate::domain::fault::Fault]) -> String {
    faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect::<Vec<_>>().join(" ")
}
