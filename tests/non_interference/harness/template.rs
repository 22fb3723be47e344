//! The alliance that every other is a copy of: its members, keys and groups are made once for each engine, and the
//! copies differ in nothing but what a plan says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use secrecy::ExposeSecret;
use touchstone::app::heads::Pace;
use touchstone::app::{App, Background, Parts};
use touchstone::delivery::Rules;
use touchstone::domain::group::Rights;
use touchstone::domain::id::{KeyId, MakeIds, MemberId, UserId};
use touchstone::domain::member::{MemberKind, Role, Scope, Standing};
use touchstone::domain::probing::Limits;
use touchstone::domain::viewer::{Credential, Viewer};
use touchstone::intake::lane::LaneLimits;
use touchstone::ops::create_group::{NewGroup, create_group};
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::keep_webhooks::{NewWebhook, create_webhook};
use touchstone::ops::manage_keys::{NewKey, create_key};
use touchstone::resolver::{Resolver, StopLists};
use touchstone::store::users::{self, User};
use touchstone::store::vault::MasterKeys;
use touchstone::store::{Engine, Place, StoreError};

use super::people::{CUSTOM, DUO, MEMBERS};
use super::plan::Plan;
use super::postgres;
use super::replayed::{ContextIds, ManualClock, Nobody};

/// A member as tests act for it.
#[derive(Debug, Clone)]
pub struct Member {
    pub id: String,
    /// Two API keys with every scope, with their ids.
    pub keys: [String; 2],
    pub key_ids: [KeyId; 2],
}

struct Template {
    members: BTreeMap<&'static str, Member>,
    /// Of SQLite, the file; of PostgreSQL, the URL.
    file: Vec<u8>,
    url: String,
}

/// A database of its own, gone when this is.
pub struct Database {
    pub url: String,
    pub members: &'static BTreeMap<&'static str, Member>,
    folder: Option<tempfile::TempDir>,
}

/// Ids that follow from what they are for, so that two alliances have the same; but a place in a queue follows
/// from when it was taken, as in production.
#[derive(Default)]
pub struct Ids(AtomicU64);

impl MakeIds for Ids {
    fn make(&self, context: &[&[u8]]) -> [u8; 16] {
        let mut id = ContextIds.make(context);
        if context.first() == Some(&b"queue".as_slice()) {
            let turn = self.0.fetch_add(1, Ordering::SeqCst);
            id[..8].copy_from_slice(&turn.to_be_bytes());
        }
        id
    }
}

/// Reports of a profile that views show one by one, at most: so few that some profiles have more.
const SHOWN_MAX: usize = 2;

/// Starts what a server shares, without the threads that resolve: the test says when.
pub fn start(url: &str, clock: Arc<ManualClock>) -> (Arc<App>, Background) {
    let place = Place { url: url.to_owned().into(), connections: 2 };
    let parts = Parts {
        clock,
        ids: Arc::new(Ids::default()),
        lane: LaneLimits::default(),
        fixed_secret: Some([7; 32]),
        masters: MasterKeys::fixed([9; 32]),
        resolve: false,
        // A replay asks everything at one moment.
        limits: Limits { per_key: 1_000_000, per_member: 1_000_000, daily: 100_000_000 },
        pace: Pace::default(),
        shown_max: SHOWN_MAX,
        webhooks: Rules { deliver: false, ..Rules::default() },
    };
    App::start(&place, parts).expect("the application starts")
}

/// In memory where that is possible: nobody needs the file after the test.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

impl Database {
    /// A database as the plan says.
    pub fn new(engine: Engine, plan: &Plan) -> Self {
        static SQLITE: OnceLock<Template> = OnceLock::new();
        static POSTGRES: OnceLock<Template> = OnceLock::new();
        let database = match engine {
            Engine::Sqlite => {
                let template = SQLITE.get_or_init(|| {
                    let folder = folder();
                    let path = folder.path().join("template.db");
                    Template::make(engine, path.to_string_lossy().into_owned())
                });
                let folder = folder();
                let path = folder.path().join("copy.db");
                std::fs::write(&path, &template.file).expect("the file can be written");
                let url = path.to_string_lossy().into_owned();
                Self { url, members: &template.members, folder: Some(folder) }
            }
            Engine::Postgres => {
                static ORIGIN: OnceLock<postgres::Database> = OnceLock::new();
                let origin = ORIGIN.get_or_init(postgres::Database::fresh);
                let template = POSTGRES.get_or_init(|| Template::make(engine, origin.url.clone()));
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let (server, name) = template.url.rsplit_once('/').expect("a URL");
                let copy = format!("copy{}", NEXT.fetch_add(1, Ordering::SeqCst));
                postgres::administer(&format!("CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY"));
                Self { url: format!("{server}/{copy}"), members: &template.members, folder: None }
            }
        };
        database.run(&differences(plan));
        database
    }

    fn run(&self, statements: &str) {
        run(&self.url, statements);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.folder.is_none()
            && let Some((_, name)) = self.url.rsplit_once('/')
        {
            postgres::administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn run(url: &str, statements: &str) {
    let done = if url.starts_with("postgres") {
        PgConnection::establish(url).map(|mut conn| conn.batch_execute(statements))
    } else {
        SqliteConnection::establish(url).map(|mut conn| conn.batch_execute(statements))
    };
    done.expect("the database answers").expect("the statements are good");
}

/// What no operation of the API can make different.
fn differences(plan: &Plan) -> String {
    let renamed = |table: &str, names: &BTreeMap<&str, String>| -> String {
        let one = |(slug, name)| format!("UPDATE {table} SET name = '{name}' WHERE slug = '{slug}';");
        names.iter().map(one).collect()
    };
    let mut all = renamed("members", &plan.member_names) + &renamed("sharing_groups", &plan.group_names);
    if plan.without_duo {
        let duo = format!("(SELECT id FROM sharing_groups WHERE slug = '{DUO}')");
        all += &format!("DELETE FROM group_members WHERE group_id = {duo};");
        all += &format!("DELETE FROM sharing_groups WHERE slug = '{DUO}';");
    }
    if !plan.second_user {
        let bolt = "(SELECT id FROM members WHERE slug = 'bolt')";
        all += &format!("DELETE FROM users WHERE member_id = {bolt} AND password_hash = 'second';");
        all += &format!("DELETE FROM webhooks WHERE member_id = {bolt};");
    }
    if all.is_empty() { "SELECT 1".to_owned() } else { all }
}

impl Template {
    fn make(engine: Engine, url: String) -> Self {
        let (app, background) = start(&url, Arc::new(ManualClock::default()));
        let members: BTreeMap<&str, Member> =
            MEMBERS.into_iter().map(|(slug, kind)| (slug, found(&app, slug, kind))).collect();
        for group in CUSTOM {
            let listed = group.members.iter().map(|(slug, contribute, read)| {
                let id: MemberId = members[slug].id.parse().expect("an id");
                (id, Rights { contribute: *contribute, read: *read })
            });
            let new = NewGroup {
                slug: group.slug.to_owned(),
                name: format!("The {} group", group.slug),
                includes_alliance: group.includes_alliance,
                members: listed.collect(),
            };
            let made = app.db.write(|conn| create_group(conn, app.ids.as_ref(), app.now(), &new));
            made.expect("a group can be made");
        }
        for (slug, kind) in MEMBERS.iter().filter(|(_, kind)| Scope::WebhooksManage.fits(*kind)) {
            let id: MemberId = members[slug].id.parse().expect("an id");
            let viewer = Viewer {
                member: id,
                member_slug: (*slug).to_owned(),
                member_name: String::new(),
                kind: *kind,
                credential: Credential::Key { id: members[slug].key_ids[0], scopes: Vec::new() },
            };
            let url = format!("https://hooks.{slug}.com/");
            let new = NewWebhook { url, group: "alliance".to_owned(), since: None };
            let made = app.db.write(|conn| create_webhook(conn, app.ids.as_ref(), app.now(), &viewer, &new));
            made.expect("a webhook can be made");
        }
        resolver(&app).drain(|_| {}).expect("nothing waits");
        background.stop(&app);
        drop(app);
        let file = match engine {
            Engine::Sqlite => {
                // Whole, whoever still has it open.
                let whole = format!("{url}.whole");
                run(&url, &format!("VACUUM INTO '{whole}'"));
                std::fs::read(&whole).expect("the file can be read")
            }
            Engine::Postgres => Vec::new(),
        };
        Self { members, file, url }
    }
}

/// A member with people and keys.
fn found(app: &App, slug: &str, kind: MemberKind) -> Member {
    let (ids, now) = (app.ids.as_ref(), app.now());
    let new = NewMember { slug: slug.to_owned(), name: format!("The {slug} company"), kind };
    let scopes: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| scope.fits(kind)).collect();
    let made = app.db.write(|conn| {
        let member = create_member(conn, ids, now, &new)?;
        for person in ["owner", "second"] {
            let email = format!("{person}@{slug}.example");
            let user = User {
                id: UserId(ids.make(&[b"user", email.as_bytes()])),
                member_id: member.id,
                email: email.into(),
                name: format!("The {person} of {slug}").into(),
                role: Role::Owner,
                // Nobody signs in; it tells the two apart, whose names are sealed.
                password_hash: person.to_owned(),
                standing: Standing::Active,
                created_at: now,
            };
            users::insert(conn, &user)?;
        }
        let mut key = |name: &str| {
            let new = NewKey { name: name.to_owned(), scopes: scopes.clone(), days: 366 };
            let (key, text) = create_key(conn, ids, now, member.id, &new)?;
            Ok::<_, StoreError>((key.id, text.expose_secret().to_owned()))
        };
        let [(one, first), (two, second)] = [key("one")?, key("two")?];
        Ok::<_, StoreError>(Member { id: member.id.to_string(), keys: [first, second], key_ids: [one, two] })
    });
    made.expect("a member can be made")
}

/// Works in what waits when it is told to.
pub fn resolver(app: &App) -> Resolver {
    Resolver {
        db: app.db.clone(),
        hasher: app.hasher.clone(),
        clock: app.clock.clone(),
        watch: Arc::new(Nobody),
        stops: StopLists::default(),
        shown_max: SHOWN_MAX,
    }
}
