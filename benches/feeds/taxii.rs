//! First pages of a TAXII collection, against the same bytes from memory with the same authentication.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use actix_web::{App as ActixApp, HttpResponse, HttpServer, get, web};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use touchstone::app::{App, production};
use touchstone::domain::id::MemberId;
use touchstone::domain::member::Scope;
use touchstone::domain::time::parse_date;
use touchstone::http::caller::{Caller, ReadFeed};
use touchstone::intake::accept::{Terms, accept};
use touchstone::ops::file_reports::{Order, Work};
use touchstone::store::vault::MasterKeys;
use touchstone::store::{Place, pool};

use crate::house::{member_with_key, report};
use crate::in_process;
use crate::load::{self, median};

pub struct Figures {
    pub pages_per_s: f64,
    pub over_memory: f64,
    pub statements_per_page: f64,
}

/// Connections, rounds and their length.
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(5);

/// The page that is asked for.
const PAGE: &str = "/taxii2/groups/collections/alliance/objects/?limit=100";

/// Statements that all connections have run.
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

struct Counting;

impl Instrumentation for Counting {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { .. } = event {
            STATEMENTS.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A page as it was, for whoever may read feeds.
#[get("/memory")]
async fn from_memory(page: web::Data<web::Bytes>, _caller: Caller<ReadFeed>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/taxii+json;version=2.1").body(page.get_ref().clone())
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
pub fn run(sellers: usize) -> Figures {
    set_default_instrumentation(|| Some(Box::new(Counting))).expect("diesel counts");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = folder.path().join("bench.db").to_string_lossy().into_owned();
    let parts = production::parts(MasterKeys::fixed([9; 32]));
    let place = Place { url: url.into(), connections: 4 };
    let (app, background) = App::start(&place, parts).expect("the application starts");
    let bearer = fill(&app, sellers);
    let pages = in_process::serve(app.clone());
    let client = reqwest::blocking::Client::new();
    let page = client.get(format!("http://{pages}{PAGE}")).bearer_auth(&bearer).send().expect("an answer");
    assert!(page.status().is_success(), "{}", page.status());
    let page = page.bytes().expect("a page");
    let objects = String::from_utf8_lossy(&page).matches("\"spec_version\"").count();
    let memory = serve_memory(app.clone(), page.clone());
    println!("TAXII: {sellers} sellers, a page of {objects} objects, {} bytes", page.len());
    let (mut of_pages, mut of_memory, mut statements) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for (rates, address, path) in [(&mut of_pages, pages, PAGE), (&mut of_memory, memory, "/memory")] {
            let bearer = bearer.clone();
            let before = STATEMENTS.load(Ordering::Relaxed);
            let (rate, refused) = load::rate(address, CONNECTIONS, ROUND, move |_| load::get(path, &bearer));
            let each = (STATEMENTS.load(Ordering::Relaxed) - before) as f64 / (rate * ROUND.as_secs_f64());
            println!(
                "TAXII round {round}: {path}: {rate:.0}/s, {refused} refused, {each:.2} statements each"
            );
            rates.push(rate);
            if path == PAGE {
                statements.push(each);
            }
        }
    }
    background.stop(&app);
    let (pages_per_s, memory_per_s) = (median(of_pages), median(of_memory));
    Figures { pages_per_s, over_memory: pages_per_s / memory_per_s, statements_per_page: median(statements) }
}

/// Files a report on each of so many sellers, and returns a key that reads the feed.
fn fill(app: &Arc<App>, sellers: usize) -> String {
    let (member, bearer) = member_with_key(app, Scope::FeedRead);
    let numbers: Vec<usize> = (0..sellers).collect();
    for part in numbers.chunks(500) {
        file(app, member, part);
    }
    while !app.db.read(pool::waiting_groups).expect("the store answers").is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    bearer
}

fn file(app: &Arc<App>, member: MemberId, numbers: &[usize]) {
    let terms = Terms {
        today: parse_date("2026-06-01").expect("a date"),
        may_share_with: vec!["alliance".to_owned()],
        external_id: None,
    };
    let reports = numbers.iter().map(|number| {
        let form = serde_json::from_value(report(*number)).expect("a form");
        accept(form, Vec::new(), &terms).expect("it is accepted")
    });
    let work = Work::Submit(reports.collect());
    let order = Order { member, actor: "bench".to_owned(), at: app.now(), work };
    for filed in app.lane.submit_blocking(order).expect("it is filed") {
        filed.expect("it is filed");
    }
}

fn serve_memory(app: Arc<App>, page: web::Bytes) -> SocketAddr {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new()
            .block_on(async move {
                let (app, page) = (web::Data::new(app), web::Data::new(page));
                let server = HttpServer::new(move || {
                    ActixApp::new().app_data(app.clone()).app_data(page.clone()).service(from_memory)
                });
                let server = server.workers(2).tcp_nodelay(true).bind(("127.0.0.1", 0)).expect("a free port");
                send.send(server.addrs()[0]).expect("the benchmark waits");
                server.run().await
            })
            .expect("the server runs");
    });
    receive.recv().expect("an address")
}
