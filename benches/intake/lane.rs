//! Single submissions: the lane against one transaction per request.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpServer, post, web};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use secrecy::ExposeSecret;
use touchstone::app::{App, Parts, production};
use touchstone::domain::member::{MemberKind, Scope};
use touchstone::http::caller::{Caller, WriteReports};
use touchstone::http::problem::Problem;
use touchstone::http::{blocking, body};
use touchstone::intake::accept::{Terms, accept};
use touchstone::intake::form::ReportForm;
use touchstone::ops::create_member::{NewMember, create_member};
use touchstone::ops::file_reports::{Order, Work, file};
use touchstone::ops::manage_keys::{NewKey, create_key};
use touchstone::store::vault::MasterKeys;
use touchstone::store::{Place, StoreError};

use crate::load::{self, median};
use crate::{in_process, postgres};

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(4);

pub fn on_sqlite() -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = folder.path().join("bench.db").to_string_lossy().into_owned();
    ratio("SQLite", Place { url: url.into(), connections: 4 })
}

pub fn on_postgres() -> f64 {
    let database = postgres::Database::fresh();
    ratio("PostgreSQL", Place { url: database.url.clone().into(), connections: 16 })
}

/// One transaction per request: everything as the API does it, but for the lane.
#[post("/one-by-one")]
async fn one_by_one(
    app: web::Data<Arc<App>>,
    caller: Caller<WriteReports>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let viewer = caller.viewer;
    let reading = body::reading::<ReportForm>(&request, payload).await?;
    let may_share_with = blocking::directory(&app).await?.may_share_with(viewer.member, viewer.kind);
    let terms = Terms { today: app.now().date(), may_share_with, external_id: None };
    let accepted = accept(reading.form, reading.faults, &terms).map_err(Problem::invalid)?;
    let order = Order {
        member: viewer.member,
        actor: viewer.actor(),
        at: app.now(),
        work: Work::Submit(vec![accepted]),
    };
    let filing = app.filing.clone();
    let filed = blocking::write(&app, move |conn| file(conn, &filing, &[&order])).await?;
    for outcome in filed {
        for report in outcome? {
            report?;
        }
    }
    Ok(HttpResponse::Created().finish())
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
fn ratio(engine: &str, place: Place) -> f64 {
    // Resolving would take the same cores from both; this is about intake.
    let parts = Parts { resolve: false, ..production::parts(MasterKeys::fixed([9; 32])) };
    let (app, background) = App::start(&place, parts).expect("the application starts");
    let bearer = brand_key(&app);
    let lane = in_process::serve(app.clone());
    let single = serve_one_by_one(app.clone());
    warm_up(&place, lane, &bearer);
    let (mut with_lane, mut without) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for (rates, address, path, name) in
            [(&mut with_lane, lane, "/v1/reports", "lane"), (&mut without, single, "/one-by-one", "single")]
        {
            let bearer = bearer.clone();
            let (rate, refused) = load::rate(address, CONNECTIONS, ROUND, move |number| {
                load::post(path, &bearer, &report(&format!("{name}-{round}-{number}"), number))
            });
            println!("{engine:<10} {name:<6} round {round}: {rate:.0} reports/s, {refused} refused");
            rates.push(rate);
        }
    }
    background.stop(&app);
    let (lane, single) = (median(with_lane), median(without));
    println!(
        "{engine}: lane {lane:.0}/s, one transaction per request {single:.0}/s, ratio {:.2}",
        lane / single
    );
    lane / single
}

/// Fills the tables a little. PostgreSQL then learns what is in them: it does so by itself within a
/// minute, and until then plans as if it knew nothing.
fn warm_up(place: &Place, lane: SocketAddr, bearer: &str) {
    let bearer = bearer.to_owned();
    load::rate(lane, CONNECTIONS, Duration::from_secs(1), move |number| {
        load::post("/v1/reports", &bearer, &report(&format!("warm-{number}"), number))
    });
    let url = place.url.expose_secret();
    if url.starts_with("postgres") {
        let mut conn = PgConnection::establish(url).expect("the cluster answers");
        conn.batch_execute("ANALYZE").expect("statistics can be taken");
    }
}

fn brand_key(app: &App) -> String {
    let text = app.db.write(|conn| {
        let new = NewMember { slug: "bench".to_owned(), name: "Bench".to_owned(), kind: MemberKind::Brand };
        let member = create_member(conn, app.ids.as_ref(), app.now(), &new)?;
        let key = NewKey { name: "bench".to_owned(), scopes: vec![Scope::ReportsWrite], days: 1 };
        let (_, text) = create_key(conn, app.ids.as_ref(), app.now(), member.id, &key)?;
        Ok::<_, StoreError>(text)
    });
    text.expect("a key can be made").expose_secret().to_owned()
}

fn serve_one_by_one(app: Arc<App>) -> SocketAddr {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new()
            .block_on(async move {
                let shared = web::Data::new(app);
                let server =
                    HttpServer::new(move || ActixApp::new().app_data(shared.clone()).service(one_by_one))
                        .workers(2)
                        .tcp_nodelay(true)
                        .bind(("127.0.0.1", 0))
                        .expect("a free port");
                send.send(server.addrs()[0]).expect("the benchmark waits");
                server.run().await
            })
            .expect("the server runs");
    });
    receive.recv().expect("an address")
}

/// A report with five identifiers, about a seller that few others report.
fn report(external_id: &str, number: u64) -> String {
    // From 100 on: 138 0000 0000 is a number that people type when they have none.
    let seller = 100 + number / 3;
    format!(
        r#"{{"external_id":"{external_id}","share_with":["alliance"],"infringement_type":"counterfeit_goods",
"seller":{{"display_names":["Shop {seller}"],"identifiers":[
{{"type":"storefront","value":"https://shop{seller}88.taobao.com"}},
{{"type":"email","value":"seller{seller}@163.com"}},
{{"type":"phone","value":"+86 138{seller:08}"}},
{{"type":"business_name","value":"Shop {seller} Trading Co., Ltd."}},
{{"type":"address","value":"No. {seller} Renmin Road, Yiwu","country":"CN"}}]}},
"goods":[{{"description":"Running shoes","category":"footwear","nice_class":25}}],
"narrative":"Bought online; the stitching and the label differ from ours.",
"first_seen":"2026-03-01","last_seen":"2026-03-20",
"statement":{{"good_faith":true,"signer":"A. Analyst","signed_on":"2026-03-21"}}}}"#
    )
}
