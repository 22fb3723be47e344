//! The sample alliance of `serve --demo`: an operator, brands and platforms with credentials, and
//! reports of the seeded generator, filed the way every report is.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{announce, sample};
use crate::app::App;
use crate::domain::id::MemberId;
use crate::domain::member::{MemberKind, Role, Scope, Standing};
use crate::intake::accept::{Terms, accept};
use crate::ops::create_member::{NewMember, create_member};
use crate::ops::file_reports::{Order, Work};
use crate::ops::invite_user::hash_password;
use crate::ops::manage_keys::{NewKey, create_key};
use crate::ops::token::random;
use crate::store::users::{self, User};
use crate::store::{StoreError, groups, members, pool};

const SEED: u64 = 20_260_331;
const REPORTS: usize = 400;
const KEY_DAYS: i64 = 90;

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

/// Fills an empty database, writes `demo.json` and prints one set of credentials per kind of member.
pub fn prepare(app: &App, data_dir: &Path, base_url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let path = data_dir.join("demo.json");
    let empty = app.db.read(|conn| members::list(conn, None, 1))?.is_empty();
    let members = if empty {
        fill(app)?
    } else if path.exists() {
        serde_json::from_slice::<DemoFile>(&fs::read(&path)?)?.members
    } else {
        return Err("--demo needs an empty data folder; this one holds an alliance already".into());
    };
    let file = DemoFile { base_url: base_url.to_owned(), members };
    // It holds passwords and keys: for its owner only.
    let mut out = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    out.write_all(&serde_json::to_vec_pretty(&file)?)?;
    print_credentials(&file, &path);
    Ok(())
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

fn fill(app: &App) -> Result<Vec<DemoMember>, Box<dyn std::error::Error>> {
    let mut members = vec![join(app, "operator", "Alliance operator (demo)", MemberKind::Operator)?.1];
    let mut brands = Vec::new();
    for brand in &sample::BRANDS {
        let (id, member) = join(app, brand.slug, brand.name, MemberKind::Brand)?;
        brands.push(id);
        members.push(member);
    }
    for platform in &sample::PLATFORMS {
        members.push(join(app, platform.slug, platform.name, MemberKind::Platform)?.1);
    }
    file(app, &brands)?;
    Ok(members)
}

/// Makes a member with one owner and one key that may do everything its kind may.
fn join(
    app: &App,
    slug: &str,
    name: &str,
    kind: MemberKind,
) -> Result<(MemberId, DemoMember), Box<dyn std::error::Error>> {
    let password = SecretString::from(BASE32_NOPAD.encode(&random::<10>()).to_lowercase());
    let hash = hash_password(&password)?;
    let email = format!("owner@{slug}.example");
    let scopes: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| scope.fits(kind)).collect();
    let (member, text) = app.db.write(|conn| {
        let new = NewMember { slug: slug.to_owned(), name: name.to_owned(), kind };
        let member = create_member(conn, app.ids.as_ref(), app.now(), &new)?;
        let user = User {
            id: crate::domain::id::UserId(app.ids.make(&[b"user", email.as_bytes()])),
            member_id: member.id,
            email: email.clone(),
            name: format!("Owner of {name}"),
            role: Role::Owner,
            password_hash: hash.clone(),
            standing: Standing::Active,
            created_at: app.now(),
        };
        users::insert(conn, &user)?;
        let key = NewKey { name: "demo".to_owned(), scopes: scopes.clone(), days: KEY_DAYS };
        let (_, text) = create_key(conn, app.ids.as_ref(), app.now(), member.id, &key)?;
        Ok::<_, StoreError>((member, text))
    })?;
    let demo = DemoMember {
        name: name.to_owned(),
        kind,
        email,
        password: password.expose_secret().to_owned(),
        api_key: text.expose_secret().to_owned(),
    };
    Ok((member.id, demo))
}

/// Files the sample reports and waits until they are worked in.
fn file(app: &App, brands: &[MemberId]) -> Result<(), Box<dyn std::error::Error>> {
    let today = app.now().date();
    let may_share_with = app.db.read(groups::all)?.into_iter().map(|group| group.slug).collect();
    let terms = Terms { today, may_share_with, external_id: None };
    let reports = sample::reports(SEED, REPORTS, today);
    let bar = bar(reports.len() as u64, "filing sample reports");
    for sample in reports {
        let member = *brands.get(sample.brand).ok_or("a sample report names no brand")?;
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
