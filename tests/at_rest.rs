//! What rests in the database, in its log and in the server's own log tells nobody anything; keys are replaced while
//! servers run, and what is erased is gone.

mod earlier;
mod hunter;
mod planted;
mod replaced;

use std::path::PathBuf;

use data_encoding::{BASE64, HEXLOWER};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use serde_json::{Value, json};
use touchstone::ops::token::parse_api_key;

use crate::support::client::Client;
use crate::support::house::House;
use crate::support::on_both_engines;
use hunter::{Hunter, files};
use planted::Planted;

/// What a brand's key may be used for.
const BRAND: [&str; 7] = [
    "reports:write",
    "reports:read",
    "sellers:read",
    "feed:read",
    "judgements:write",
    "introductions:write",
    "webhooks:manage",
];

const REPORTS: usize = 90;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Where PostgreSQL's log of changes is now, as the name of its file.
fn wal_file(conn: &mut PgConnection) -> String {
    let row: Name =
        sql_query("SELECT pg_walfile_name(pg_current_wal_lsn()) AS name").get_result(conn).unwrap();
    row.name
}

/// The files in which the database keeps what was written since `from`.
fn database_files(house: &House, from: Option<&str>) -> Vec<PathBuf> {
    let mut found = files(house.folder());
    if let (Some(url), Some(from)) = (house.url(), from) {
        let mut conn = PgConnection::establish(url).unwrap();
        conn.batch_execute("CHECKPOINT").unwrap();
        let own: Name =
            sql_query("SELECT oid::text AS name FROM pg_database WHERE datname = current_database()")
                .get_result(&mut conn)
                .unwrap();
        let data: Name =
            sql_query("SELECT current_setting('data_directory') AS name").get_result(&mut conn).unwrap();
        let data = PathBuf::from(data.name);
        let base = files(&data.join("base").join(own.name));
        assert!(base.len() > 100, "these are not the files of a database: {base:?}");
        let upto = wal_file(&mut conn);
        let wal = files(&data.join("pg_wal"));
        let wal = wal.into_iter().filter(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            *from <= *name && *name <= *upto
        });
        found.extend(base);
        found.extend(wal);
    }
    found
}

/// A person of a member: name, address, password and tokens are planted. The operator invites another by an address.
fn person(house: &House, anonymous: &Client, planted: &mut Planted) {
    let link = house.must(&["user", "invite", "acme", "--role", "owner"]);
    let token = planted.plant(link.trim().split_once('#').unwrap().1);
    let password = planted.word() + &planted.word();
    planted.plant(password.as_str());
    let [mailbox, name, invited] = std::array::from_fn(|_| {
        let word = planted.word();
        planted.plant(word)
    });
    house.must(&[
        "user",
        "invite",
        "acme",
        "--role",
        "reader",
        "--email",
        &format!("{invited}@acme.example"),
    ]);
    let address = format!("{mailbox}@acme.example");
    let form =
        json!({ "token": token, "email": address, "name": format!("Ada {name}"), "password": password });
    anonymous.post("/v1/invitations/accept", &form).expect(201);
    let wrong = planted.word();
    planted.plant(wrong.as_str());
    anonymous.post("/v1/sessions", &json!({ "email": address, "password": wrong })).expect(401);
    let session = json!({ "email": address, "password": password });
    let session = anonymous.post("/v1/sessions", &session).expect(201).json();
    let secret = |session: &Value, name: &str| session[name].as_str().unwrap().to_owned();
    planted.plant(secret(&session, "access_token").rsplit_once('.').unwrap().1);
    let refresh = planted.plant(secret(&session, "refresh_token"));
    let next =
        anonymous.post("/v1/sessions/refresh", &json!({ "refresh_token": refresh })).expect(200).json();
    planted.plant(secret(&next, "refresh_token"));
}

/// One asks the other to make itself known, which it does, and is told so; what they write is planted.
fn introduce(asker: &Client, asked: &Client, seller: &str, planted: &mut Planted) -> Value {
    let [message, contact, answer] = std::array::from_fn(|_| planted.word());
    let form = json!({ "message": format!("As {message} says."), "contact": format!("{contact}@bags.shop") });
    let path = format!("/v1/groups/alliance/sellers/{seller}/introductions");
    let made = asker.post(&path, &form).expect(201).json();
    let path = format!("/v1/introductions/received/{}", made["id"].as_str().unwrap());
    asked.post(&format!("{path}/grant"), &json!({ "contact": format!("Ask for {answer}.") })).expect(200);
    let told = asker.all("/v1/introductions").remove(0);
    assert_eq!((&told["message"], &told["contact"]), (&form["message"], &form["contact"]));
    assert_eq!(told["granted"][0]["contact"], format!("Ask for {answer}."));
    for word in [message, contact, answer] {
        planted.plant(word);
    }
    told
}

/// The profile of a report in `alliance`.
fn seller_of(client: &Client, report: &Value) -> String {
    let path = format!("/v1/reports/{}/sellers", report["id"].as_str().unwrap());
    client.get(&path).expect(200).json()["member_of"][0]["seller_id"].as_str().unwrap().to_owned()
}

/// A webhook that leads nowhere: its URL and its secrets are planted. Before its end something is sent to it.
fn webhook(client: &Client, planted: &mut Planted) {
    let [host, path, query] = std::array::from_fn(|_| planted.word());
    let url = format!("https://hooks.{host}.com/{path}?key={query}");
    let made = client.post("/v1/webhooks", &json!({ "url": url, "group": "alliance" })).expect(201).json();
    let at = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let rotated = client.post(&format!("{at}/rotate-secret"), &json!({})).expect(200).json();
    for secret in [&made, &rotated] {
        let text = secret["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
        let bytes = BASE64.decode(text.as_bytes()).unwrap();
        planted.plant(text);
        planted.plant(HEXLOWER.encode(&bytes));
    }
    [host, path, query].into_iter().for_each(|word| drop(planted.plant(word)));
    client.post(&format!("{at}/ping"), &json!({})).expect(200);
    client
        .post(
            "/v1/webhooks",
            &json!({ "url": format!("http://{}.com/", planted.word()), "group": "alliance" }),
        )
        .expect(422);
}

/// Sends what is wrong, with planted values in every place.
fn blunder(client: &Client, planted: &mut Planted) {
    let mut wrong = planted.report("WRONG", &["alliance"]);
    wrong["seller"]["identifiers"][0]["type"] = json!("phone");
    wrong["seller"]["identifiers"][1]["type"] = json!("iban");
    let day = planted.word();
    wrong["first_seen"] = json!(planted.plant(day));
    client.post("/v1/reports", &wrong).problem(422, "invalid");
    client.post_raw("/v1/reports", "application/json", format!("{wrong}}}")).expect(400);
    client.post_raw("/v1/reports/bulk", "application/x-ndjson", format!("{wrong}\n{{\n")).expect(200);
    // Its status repeats what it cannot take.
    let unknown = planted.word();
    let object = json!({ "type": unknown, "id": unknown, "spec_version": unknown });
    let envelope = json!({ "objects": [object] }).to_string();
    let path = "/taxii2/groups/collections/alliance/objects/";
    let status = client.post_raw(path, "application/taxii+json;version=2.1", envelope).expect(202);
    assert!(status.text.contains(unknown.as_str()));
    planted.plant(unknown.as_str());
    let unknown = planted.word();
    planted.plant(unknown.as_str());
    client.get(&format!("/v1/reports/{unknown}")).expect(404);
    client.get(&format!("/v1/groups/alliance/sellers?{unknown}=1"));
}

on_both_engines! {
    fn nothing_personal_and_no_secret_is_in_what_the_server_leaves_behind(engine) {
        let house = House::new(engine);
        let from = house.url().map(|url| wal_file(&mut PgConnection::establish(url).unwrap()));
        let mut planted = Planted::default();
        let mut key = |slug, kind, scopes: &[&str]| planted_key(&house, &mut planted, slug, kind, scopes);
        let acme = key("acme", "brand", &BRAND);
        let bolt = key("bolt", "brand", &BRAND);
        let taobao = key("taobao", "platform", &["sellers:read", "feed:read"]);
        let operator = key("chief", "operator", &["admin:manage"]);
        let server = house.serve();
        let [acme, bolt, taobao, operator, anonymous] =
            [&acme, &bolt, &taobao, &operator, ""].map(|key| server.client(key));
        person(&house, &anonymous, &mut planted);

        webhook(&acme, &mut planted);
        // What is stored as it is: the hunt must find it.
        let control = planted.word();
        let mut filed = Vec::new();
        for n in 0..REPORTS {
            let brand = if n % 2 == 0 { &acme } else { &bolt };
            let groups: &[&str] = if n % 3 == 0 { &["alliance", "platform:taobao"] } else { &["alliance"] };
            let form = planted.report(&format!("{control}-{n}"), groups);
            let stored = brand.post("/v1/reports", &form).expect(201).json();
            filed.push((brand.clone(), form, stored["id"].as_str().unwrap().to_owned()));
        }
        acme.wait_until_pooled();
        // Half a dozen sellers share a phone, so that links are made, refused and found too wide.
        for n in 0..12 {
            let form = planted.report(&format!("{control}-shared-{n}"), &["alliance"]);
            let mut form = form;
            form["seller"]["identifiers"][1] = filed[0].1["seller"]["identifiers"][1].clone();
            acme.post("/v1/reports", &form).expect(201);
        }
        for (brand, form, id) in &filed[..20] {
            let mut revised = planted.report(form["external_id"].as_str().unwrap(), &["alliance"]);
            revised["seller"]["identifiers"][0] = form["seller"]["identifiers"][0].clone();
            brand.put(&format!("/v1/reports/{id}"), "\"r1\"", &revised).expect(200);
        }
        for (brand, _, id) in &filed[20..26] {
            brand.delete(&format!("/v1/reports/{id}")).expect(204);
        }
        acme.wait_until_pooled();
        let reason = planted.word();
        let said = json!({ "a": filed[0].2, "b": filed[2].2, "verdict": "same", "reason": format!("As {reason} says.") });
        acme.post("/v1/groups/alliance/judgements", &said).expect(201);
        planted.plant(reason);
        let seller = seller_of(&acme, &json!({ "id": filed[40].2 }));
        let introduced = introduce(&bolt, &acme, &seller, &mut planted);
        let (note, mailbox) = (planted.word(), planted.word());
        let stop = json!({ "type": "email", "value": format!("{mailbox}@bags.shop"), "reason": "other", "note": format!("As {note} says.") });
        operator.post("/v1/admin/stop-list", &stop).expect(201);
        planted.plant(note);
        planted.plant(mailbox);
        for reader in [&acme, &bolt, &taobao] {
            reader.all("/v1/groups/alliance/sellers?limit=50");
            let identifiers = &filed[40].1["seller"]["identifiers"];
            reader.post("/v1/groups/alliance/match", &json!({ "identifiers": identifiers })).expect(200);
        }
        acme.post("/v1/reports/preview", &planted.report("preview", &["alliance"])).expect(200);
        blunder(&acme, &mut planted);
        acme.wait_until_pooled();
        let metrics = anonymous.get("/metrics").expect(200).text;

        let hunter = Hunter::new(planted.values.iter().cloned());
        assert!(hunter.len() > 1_000, "only {} values were planted", hunter.len());
        let control = Hunter::new([control]);
        assert!(hunter.in_bytes(metrics.as_bytes()).is_empty(), "{metrics}");
        let left = database_files(&house, from.as_deref());
        assert!(!control.in_files(&left).is_empty(), "the hunt finds nothing at all");
        assert_eq!(hunter.in_files(&left), std::collections::BTreeMap::new(), "while it ran");
        server.kill();
        assert_eq!(hunter.in_files(&database_files(&house, from.as_deref())), std::collections::BTreeMap::new());
        let log = std::fs::read_to_string(house.path("log")).unwrap();
        assert!(log.contains("/v1/reports"), "the log was not written");

        // All of it is still there for whom it belongs to.
        let server = house.serve();
        let (brand, form, id) = &filed[50];
        let again = server.client(brand.bearer()).get(&format!("/v1/reports/{id}")).expect(200).json();
        assert_eq!(again["narrative"], form["narrative"]);
        assert_eq!(server.client(bolt.bearer()).all("/v1/introductions"), [introduced]);
    }
}

/// A member's key, which is planted.
fn planted_key(house: &House, planted: &mut Planted, slug: &str, kind: &str, scopes: &[&str]) -> String {
    let key = house.member(slug, kind, scopes);
    planted.plant(parse_api_key(&key).expect("an API key").1);
    key
}
