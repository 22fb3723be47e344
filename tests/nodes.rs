//! Several servers on one database, and a server that cannot do its work any more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use touchstone::app::{App, Background, production};
use touchstone::domain::id::{KeyId, MemberId};
use touchstone::domain::identifier::{IdentifierType, RawIdentifier};
use touchstone::domain::member::MemberKind;
use touchstone::domain::probing::Asking;
use touchstone::domain::report::Accepted;
use touchstone::domain::stop_list::shipped::SHIPPED;
use touchstone::domain::stop_list::{StopReason, Target};
use touchstone::domain::time::Timestamp;
use touchstone::domain::viewer::{Credential, Viewer};
use touchstone::intake::accept::{Terms, accept};
use touchstone::intake::form::ReportForm;
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::file_reports::{Order, Work};
use touchstone::ops::invite_first_operator::invite_first_operator;
use touchstone::ops::keep_stop_list::{self, NewStop};
use touchstone::ops::look_up::{Question, note_look_up};
use touchstone::ops::token;
use touchstone::store::vault::MasterKeys;
use touchstone::store::{Place, StoreError, groups, invitations, look_ups, pool, stop_list};

use crate::support::app::TestApp;
use crate::support::forms::{email, report};
use crate::support::{Engine, on_both_engines, postgres, url_of};

struct Nodes {
    running: Vec<(Arc<App>, Background)>,
    place: Place,
    folder: tempfile::TempDir,
    database: Option<postgres::Database>,
}

impl Nodes {
    /// Starts all of them at once on a database with nothing in it.
    fn start(engine: Engine, count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = engine.database();
        let place = Place { url: url_of(database.as_ref(), &folder).into(), connections: 2 };
        let running = std::thread::scope(|scope| {
            let starting: Vec<_> = (0..count)
                .map(|_| {
                    scope.spawn(|| {
                        App::start(&place, production::parts(MasterKeys::fixed([9; 32])))
                            .expect("the node starts")
                    })
                })
                .collect();
            starting.into_iter().map(|node| node.join().unwrap()).collect()
        });
        Self { running, place, folder, database }
    }

    fn app(&self, index: usize) -> &App {
        &self.running[index].0
    }

    /// Where they were is gone with what this returns.
    fn stop(self) -> (tempfile::TempDir, Option<postgres::Database>) {
        for (app, background) in self.running {
            background.stop(&app);
        }
        (self.folder, self.database)
    }
}

fn accepted(form: &Value) -> Accepted {
    let form: ReportForm = serde_json::from_value(form.clone()).unwrap();
    let today = touchstone::domain::time::parse_date("2026-06-01").unwrap();
    let terms = Terms { today, may_share_with: vec!["alliance".to_owned()], external_id: None };
    accept(Some(form), Vec::new(), &terms).unwrap()
}

fn brand(app: &App) -> MemberId {
    let new = NewMember { slug: "acme".to_owned(), name: "Acme".to_owned(), kind: MemberKind::Brand };
    let made =
        app.db.write(|conn| Ok::<_, StoreError>(create_member(conn, app.ids.as_ref(), app.now(), &new)?.id));
    made.unwrap()
}

fn viewer(member: MemberId) -> Viewer {
    Viewer {
        member,
        member_slug: "acme".to_owned(),
        member_name: "Acme".to_owned(),
        kind: MemberKind::Brand,
        credential: Credential::Key { id: KeyId([1; 16]), scopes: Vec::new() },
    }
}

on_both_engines! {
    fn servers_that_start_at_once_on_an_empty_database_share_one_alliance_and_one_set_of_secrets(engine) {
        let nodes = Nodes::start(engine, 4);
        let first = nodes.app(0);
        for (app, _) in &nodes.running {
            assert!(app.is_working());
            assert_eq!(app.cursor_key, first.cursor_key);
            let groups = app.db.read(touchstone::store::groups::all).unwrap();
            assert_eq!(groups.len(), 1, "{groups:?}");
        }
        nodes.stop();
    }

    fn of_servers_without_an_operator_that_start_at_once_one_prints_a_link_that_is_good(engine) {
        let nodes = Nodes::start(engine, 4);
        // At first there is no operator, then one that nobody has become.
        for round in 0..5 {
            let tokens: Vec<SecretString> = std::thread::scope(|scope| {
                let invite = |app: &App| invite_first_operator(&app.db, app.ids.as_ref(), app.now());
                let starting: Vec<_> =
                    nodes.running.iter().map(|(app, _)| scope.spawn(move || invite(app))).collect();
                starting.into_iter().map(|one| one.join().unwrap().unwrap().unwrap()).collect()
            });
            let app = nodes.app(0);
            let is_good = |token: &SecretString| {
                let hash = token::hash(token.expose_secret());
                app.db.write(|conn| invitations::take(conn, &hash, app.now())).unwrap().is_some()
            };
            assert_eq!(tokens.iter().filter(|token| is_good(token)).count(), 1, "round {round}");
        }
        nodes.stop();
    }

    fn the_budget_of_a_day_is_one_for_all_servers_and_outlives_them(engine) {
        let nodes = Nodes::start(engine, 2);
        let member = brand(nodes.app(0));
        let ask = |node: usize, values: usize| {
            let app = nodes.app(node);
            let email = |n: usize| {
                let value = format!("nobody-{n}@bags.shop");
                let raw = RawIdentifier { value: &value, ..RawIdentifier::bare(IdentifierType::Email) };
                touchstone::domain::identifier::parse(&raw).unwrap()
            };
            let group = app.db.read(groups::all).unwrap()[0].id;
            let question = Question {
                viewer: viewer(member),
                // No midnight comes between.
                at: Timestamp(1_780_272_000_000_000),
                operation: Asking::Match,
                group,
                values: (0..values).map(email).collect(),
            };
            app.db.write(|conn| note_look_up(conn, app.ids.as_ref(), &app.hasher, 100, &question))
        };
        // On both at once, from the first look-up that the member makes.
        let asked = std::thread::scope(|scope| {
            let asking: Vec<_> = (0..8).map(|n| scope.spawn(move || ask(n % 2, 20).is_ok())).collect();
            asking.into_iter().map(|one| one.join().unwrap()).filter(|is_let_in| *is_let_in).count()
        });
        assert_eq!(asked, 5);
        let rows = nodes.app(0).db.read(|conn| look_ups::of_viewer(conn, &viewer(member), None, 1_000)).unwrap();
        let numbers: Vec<i64> = rows.iter().map(|(row, _)| row.number).collect();
        assert_eq!(numbers, (1..=100).rev().collect::<Vec<i64>>());
        let place = nodes.place.clone();
        let folder = nodes.stop();
        let (app, background) = App::start(&place, production::parts(MasterKeys::fixed([9; 32]))).unwrap();
        let left = app.db.write(|conn| {
            let meter = look_ups::lock_meter(conn, &viewer(member))?;
            Ok::<_, StoreError>(meter.spent)
        });
        assert_eq!(left.unwrap(), 100);
        background.stop(&app);
        drop(folder);
    }

    fn a_report_sent_to_two_servers_at_once_is_one_report_and_both_say_so(engine) {
        let nodes = Nodes::start(engine, 2);
        let member = brand(nodes.app(0));
        for round in 0..20 {
            let form = report(&format!("A-{round}"), &["alliance"], &[email("jian@bags.shop")]);
            let filed: Vec<_> = std::thread::scope(|scope| {
                let both: Vec<_> = nodes.running.iter().map(|(app, _)| {
                    let work = Work::Submit(vec![accepted(&form)]);
                    let order = Order { member, actor: "a test".to_owned(), at: app.now(), work };
                    scope.spawn(move || app.lane.submit_blocking(order).unwrap().remove(0).unwrap())
                }).collect();
                both.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert_eq!(filed[0].stored.id, filed[1].stored.id);
            assert_eq!(filed.iter().filter(|one| one.changed).count(), 1, "round {round}");
        }
        nodes.stop();
    }

    fn what_is_stopped_on_one_server_is_stopped_on_all_and_the_shipped_list_is_there_once(engine) {
        let nodes = Nodes::start(engine, 3);
        let (first, last) = (nodes.app(0), nodes.app(2));
        assert_eq!(first.db.read(stop_list::shipped).unwrap().len(), SHIPPED.len());
        let member = brand(first);
        let file = |app: &App, external_id: &str| {
            let form = report(external_id, &["alliance"], &[email("jian@bags.shop")]);
            let work = Work::Submit(vec![accepted(&form)]);
            let order = Order { member, actor: "a test".to_owned(), at: app.now(), work };
            app.lane.submit_blocking(order).unwrap().remove(0).unwrap().stored.id
        };
        let reports = [file(first, "A-1"), file(last, "A-2")];
        let alliance = first.db.read(groups::all).unwrap().remove(0).id;
        let sellers = || {
            let of = |report| last.db.read(|conn| pool::profiles_of_report(conn, &[alliance], report)).unwrap();
            reports.iter().flat_map(|report| of(*report)).map(|(_, seller)| seller).collect::<Vec<_>>()
        };
        let come_to = |profiles: usize| {
            for _ in 0..500 {
                let found = sellers();
                if found.len() == 2 && found.iter().collect::<BTreeSet<_>>().len() == profiles {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            panic!("the two reports do not come to {profiles} profiles: {:?}", sellers());
        };
        come_to(1);
        let raw = RawIdentifier { value: "@bags.shop", ..RawIdentifier::bare(IdentifierType::Email) };
        let target = Target::parse(&raw).unwrap();
        let new = NewStop { target, reason: StopReason::Other, note: "A test.".to_owned() };
        for round in 0..4 {
            // Whichever node notices works the pool out.
            let app = nodes.app(round % 3);
            let stopped = app.db.write(|conn| keep_stop_list::stop(conn, app.ids.as_ref(), app.now(), "a test", &new));
            come_to(2);
            let id = stopped.unwrap().0.id;
            last.db.write(|conn| keep_stop_list::lift(conn, last.now(), "a test", id)).unwrap();
            come_to(1);
        }
        nodes.stop();
    }
}

#[test]
fn a_server_whose_intake_has_ended_says_that_it_is_not_ready() {
    let app = TestApp::start(Engine::Sqlite);
    app.anonymous().get("/readyz").expect(200);
    app.app.lane.stop();
    for _ in 0..200 {
        if app.anonymous().get("/readyz").status == 503 {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the server still says that it is ready");
}
