//! The sample alliance of `serve --demo`: an operator, brands and platforms with credentials, and
//! reports of the seeded generator, filed the way every report is.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{announce, sample};
use crate::app::App;
use crate::domain::id::UserId;
use crate::domain::member::{MemberKind, Role, Scope, Standing};
use crate::intake::accept::{Terms, accept};
use crate::ops::create_member::{NewMember, create_member};
use crate::ops::file_reports::{Order, Work};
use crate::ops::invite_user::hash_password;
use crate::ops::manage_keys::{NewKey, create_key};
use crate::ops::token::random;
use crate::store::members::{self, Member};
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError, groups, pool};

const SEED: u64 = 20_260_331;
const REPORTS: usize = 400;
const KEY_DAYS: i64 = 90;
const OPERATOR: &str = "operator";

/// What a script needs to start where a person would.
#[derive(Debug, Serialize, Deserialize)]
struct DemoFile {
    base_url: String,
    members: Vec<DemoMember>,
}

#[derive(Debug, Serialize, Deserialize)]
struct DemoMember {
    name: String,
    kind: MemberKind,
    email: String,
    password: String,
    api_key: String,
}

/// Fills an empty database, writes `demo.json` and prints one set of credentials per kind of member. What
/// an earlier start began and did not end is gone on with: until the end the credentials are in
/// `demo.json.part`, so that `demo.json` says that the sample is whole.
pub fn prepare(app: &App, data_dir: &Path, base_url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let path = data_dir.join("demo.json");
    let part = data_dir.join("demo.json.part");
    let read = |path: &Path| -> Result<Vec<DemoMember>, Box<dyn std::error::Error>> {
        Ok(serde_json::from_slice::<DemoFile>(&fs::read(path)?)?.members)
    };
    let empty = app.db.read(|conn| members::list(conn, None, 1))?.is_empty();
    let members = if empty {
        let members = found(app, base_url, &part)?;
        file(app)?;
        members
    } else if path.exists() {
        read(&path)?
    } else if part.exists() {
        let members = read(&part)?;
        file(app)?;
        members
    } else {
        return Err("--demo needs an empty data folder; this one holds an alliance already".into());
    };
    let file = DemoFile { base_url: base_url.to_owned(), members };
    write(&file, &part)?;
    fs::rename(&part, &path)?;
    print_credentials(&file, &path);
    Ok(())
}

/// It holds passwords and keys: for its owner only.
fn write(file: &DemoFile, path: &Path) -> io::Result<()> {
    let mut out = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    out.write_all(&serde_json::to_vec_pretty(file)?)?;
    out.sync_all()
}

fn print_credentials(file: &DemoFile, path: &Path) {
    let mut text =
        format!("A sample alliance is ready. Sign in with any of these (all are in {}):\n", path.display());
    let mut kinds = Vec::new();
    for member in &file.members {
        if !kinds.contains(&member.kind) {
            kinds.push(member.kind);
            text.push_str(&format!(
                "  {:<9} {}\n            e-mail {}  password {}\n            API key {}\n",
                member.kind.as_str(),
                member.name,
                member.email,
                member.password,
                member.api_key
            ));
        }
    }
    announce(&text);
}

/// Somebody who is to own a member of the sample.
struct Owner {
    slug: &'static str,
    name: &'static str,
    kind: MemberKind,
    password: SecretString,
    /// Made outside of the transaction because it is slow by design.
    hash: String,
}

impl Owner {
    fn new(slug: &'static str, name: &'static str, kind: MemberKind) -> Result<Self, StoreError> {
        let password = SecretString::from(BASE32_NOPAD.encode(&random::<10>()).to_lowercase());
        let hash = hash_password(&password)?;
        Ok(Self { slug, name, kind, password, hash })
    }
}

/// Makes all members in one transaction and leaves their credentials in `part`.
fn found(app: &App, base_url: &str, part: &Path) -> Result<Vec<DemoMember>, StoreError> {
    let mut owners = vec![Owner::new(OPERATOR, "Alliance operator (demo)", MemberKind::Operator)?];
    for brand in &sample::BRANDS {
        owners.push(Owner::new(brand.slug, brand.name, MemberKind::Brand)?);
    }
    for platform in &sample::PLATFORMS {
        owners.push(Owner::new(platform.slug, platform.name, MemberKind::Platform)?);
    }
    app.db.write(|conn| {
        let members = owners.iter().map(|owner| join(conn, app, owner)).collect::<Result<_, _>>()?;
        let file = DemoFile { base_url: base_url.to_owned(), members };
        // Before the commit: nobody could go on with an alliance whose credentials nobody has. Should
        // the commit fail, the next start makes others.
        write(&file, part).map_err(|error| StoreError::Failed(format!("{}: {error}", part.display())))?;
        Ok(file.members)
    })
}

/// Makes a member with one owner and one key that may do everything its kind may.
fn join(conn: &mut Conn, app: &App, owner: &Owner) -> Result<DemoMember, StoreError> {
    let Owner { slug, name, kind, password, hash } = owner;
    let email = format!("owner@{slug}.example");
    let scopes: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| scope.fits(*kind)).collect();
    let new = NewMember { slug: (*slug).to_owned(), name: (*name).to_owned(), kind: *kind };
    let member = create_member(conn, app.ids.as_ref(), app.now(), &new)?;
    let user = User {
        id: UserId(app.ids.make(&[b"user", email.as_bytes()])),
        member_id: member.id,
        email: email.clone().into(),
        name: format!("Owner of {name}").into(),
        role: Role::Owner,
        password_hash: hash.clone(),
        standing: Standing::Active,
        created_at: app.now(),
    };
    users::insert(conn, &user)?;
    let key = NewKey { name: "demo".to_owned(), scopes, days: KEY_DAYS };
    let (_, text) = create_key(conn, app.ids.as_ref(), app.now(), member.id, &key)?;
    Ok(DemoMember {
        name: (*name).to_owned(),
        kind: *kind,
        email,
        password: password.expose_secret().to_owned(),
        api_key: text.expose_secret().to_owned(),
    })
}

/// Files the sample reports that are not filed yet and waits until they are worked in.
fn file(app: &App) -> Result<(), Box<dyn std::error::Error>> {
    let member = |slug: &str| -> Result<Member, Box<dyn std::error::Error>> {
        let member = app.db.read(|conn| members::find_by_slug(conn, slug))?;
        member.ok_or_else(|| format!("there is no member {slug:?}").into())
    };
    // The reports follow from the day that the sample was begun on: gone on with on another day, they must
    // be the same.
    let today = member(OPERATOR)?.created_at.date();
    let brands = sample::BRANDS.iter().map(|brand| member(brand.slug));
    let brands: Vec<Member> = brands.collect::<Result<_, _>>()?;
    let may_share_with = app.db.read(groups::all)?.into_iter().map(|group| group.slug).collect();
    let terms = Terms { today, may_share_with, external_id: None };
    let reports = sample::reports(SEED, REPORTS, today);
    let bar = bar(reports.len() as u64, "filing sample reports");
    for sample in reports {
        let member = brands.get(sample.brand).ok_or("a sample report names no brand")?.id;
        let accepted = accept(Some(sample.form), Vec::new(), &terms)
            .map_err(|faults| format!("a sample report is not valid: {faults:?}"))?;
        let work = Work::Submit(vec![accepted]);
        let order = Order { member, actor: "demo".to_owned(), at: app.now(), work };
        for filed in app.lane.submit_blocking(order)? {
            filed?;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    wait_worked_in(app)
}

/// Waits, with a bar, until no report waits to be worked into a pool, or until nobody is left to do it.
pub(super) fn wait_worked_in(app: &App) -> Result<(), Box<dyn std::error::Error>> {
    let waiting = |app: &App| app.db.read(pool::queue_length).map(|count| u64::try_from(count).unwrap_or(0));
    let total = waiting(app)?;
    let bar = bar(total, "working out profiles");
    loop {
        let left = waiting(app)?;
        bar.set_length(total.max(left));
        bar.set_position(total.max(left) - left);
        if left == 0 {
            bar.finish_and_clear();
            return Ok(());
        }
        if !app.is_working() {
            return Err("working out profiles has ended with a failure; what is stored is kept".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(super) fn bar(length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(what);
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} ({eta})");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
