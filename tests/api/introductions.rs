//! Introductions: asking who reported a seller, and answering.

use serde_json::{Value, json};
use touchstone::domain::probing::Limits;

use crate::access::essence;
use crate::support::app::Options;
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const SENT: &str = "/v1/introductions";
const RECEIVED: &str = "/v1/introductions/received";

/// Files a report in a group and gives the profile that it is in there.
fn file(client: &Client, id: &str, group: &str, identifier: &Value) -> String {
    let filed = client.file(&report(id, &[group], std::slice::from_ref(identifier)));
    let sellers = filed["sellers"].as_array().unwrap();
    let seller = sellers.iter().find(|one| one["group"] == group).unwrap();
    seller["seller_id"].as_str().unwrap().to_owned()
}

fn ask(client: &Client, group: &str, seller: &str) -> Reply {
    let body = json!({ "message": "Let us share a test purchase.", "contact": "ada@cora.example" });
    client.post(&format!("/v1/groups/{group}/sellers/{seller}/introductions"), &body)
}

fn answer(client: &Client, request: &Value, verb: &str) -> Reply {
    let path = format!("{RECEIVED}/{}/{verb}", request["id"].as_str().unwrap());
    client.post(&path, &json!({ "contact": "Call 12345." }))
}

fn ignore(client: &Client, request: &Value) -> Reply {
    client.post(&format!("{RECEIVED}/{}/ignore", request["id"].as_str().unwrap()), &Value::Null)
}

fn bags() -> Value {
    shop("https://shop11002233.taobao.com")
}

on_both_engines! {
    fn each_contributor_is_asked_and_the_asker_learns_who_granted_and_nothing_else(engine) {
        let world = World::new(engine);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let seller = file(&acme, "A-1", "alliance", &bags());
        file(&acme, "A-2", "alliance", &bags());
        file(&bolt, "B-1", "alliance", &bags());
        let made = ask(&cora, "alliance", &seller).expect(201).json();
        assert_eq!((&made["state"], &made["granted"]), (&json!("open"), &json!([])));
        assert_eq!(made["expires_at"], "2026-07-01T00:00:00.000000Z");

        for asked in [&acme, &bolt] {
            let inbox = asked.all(RECEIVED);
            assert_eq!(inbox.len(), 1, "{inbox:?}");
            let request = &inbox[0];
            assert_eq!(
                [&request["member"], &request["name"], &request["seller_id"], &request["message"], &request["contact"]],
                ["cora", "The cora company", &seller, "Let us share a test purchase.", "ada@cora.example"].map(|text| json!(text)).each_ref(),
            );
            assert_eq!(request["answer"], "waiting");
        }
        assert_eq!(cora.all(RECEIVED), Vec::<Value>::new());
        let silent = cora.get(SENT).expect(200);
        assert_eq!(silent.json()["items"], json!([made]));
        assert_eq!(ignore(&bolt, &made).expect(200).json()["answer"], "ignored");
        assert_eq!(essence(&cora.get(SENT)), essence(&silent));

        world.app.clock.advance(60);
        let granted = answer(&acme, &made, "grant").expect(200).json();
        assert_eq!((&granted["answer"], &granted["granted_contact"]), (&json!("granted"), &json!("Call 12345.")));
        let told = cora.all(SENT)[0]["granted"].clone();
        let one = json!({ "member": "acme", "name": "The acme company", "contact": "Call 12345.", "at": "2026-06-01T00:01:00.000000Z" });
        assert_eq!(told, json!([one]));
        // What was granted stays granted; what was ignored may still be.
        answer(&acme, &made, "grant").expect(200);
        ignore(&acme, &made).problem(409, "conflict");
        answer(&bolt, &made, "grant").expect(200);
        assert_eq!(cora.all(SENT)[0]["granted"].as_array().unwrap().len(), 2);
        // Nobody else is told anything.
        assert_eq!((acme.all(SENT), world.key("taobao").all(RECEIVED)), (vec![], vec![]));
    }

    fn who_asks_about_a_seller_that_it_alone_reported_gets_the_same_answer(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let shared = file(&acme, "A-1", "alliance", &bags());
        file(&bolt, "B-1", "alliance", &bags());
        let lone = file(&bolt, "B-2", "alliance", &email("lone@bags.shop"));
        let plain = |reply: &Reply, seller: &str| {
            let id = reply.json()["id"].as_str().unwrap().to_owned();
            let mut told = essence(reply);
            told.1.retain(|(name, _)| name != "ratelimit");
            (told.0, told.1, told.2.replace(seller, "").replace(&id, ""))
        };
        let of_shared = ask(&bolt, "alliance", &shared).expect(201);
        let of_lone = ask(&bolt, "alliance", &lone).expect(201);
        assert_eq!(plain(&of_shared, &shared), plain(&of_lone, &lone));
        assert_eq!((acme.all(RECEIVED).len(), bolt.all(RECEIVED).len()), (1, 0));
    }

    fn a_request_is_for_those_who_contributed_when_it_was_made(engine) {
        let world = World::new(engine);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let seller = file(&acme, "A-1", "alliance", &bags());
        let made = ask(&cora, "alliance", &seller).expect(201).json();
        // Whoever comes later is not asked, and whoever retracts is still.
        file(&bolt, "B-1", "alliance", &bags());
        let own = acme.all("/v1/reports");
        acme.retract(own[0]["id"].as_str().unwrap());
        assert_eq!((acme.all(RECEIVED).len(), bolt.all(RECEIVED).len()), (1, 0));
        answer(&bolt, &made, "grant").problem(404, "not-found");
        answer(&acme, &made, "grant").expect(200);
        ask(&cora, "alliance", &seller).problem(409, "conflict");
    }

    fn a_request_ends_when_it_is_withdrawn_or_its_time_is_up_and_what_was_granted_stays(engine) {
        let world = World::new(engine);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let seller = file(&acme, "A-1", "alliance", &bags());
        file(&bolt, "B-1", "alliance", &bags());
        let first = ask(&cora, "alliance", &seller).expect(201).json();
        answer(&acme, &first, "grant").expect(200);
        let path = format!("{SENT}/{}", first["id"].as_str().unwrap());
        bolt.delete(&path).problem(404, "not-found");
        cora.delete(&path).expect(204);
        cora.delete(&path).expect(204);
        let kept = &cora.all(SENT)[0];
        assert_eq!((&kept["state"], kept["granted"].as_array().unwrap().len()), (&json!("withdrawn"), 1));
        assert_eq!((acme.all(RECEIVED)[0]["answer"].clone(), bolt.all(RECEIVED)), (json!("granted"), vec![]));
        answer(&bolt, &first, "grant").problem(404, "not-found");

        world.app.clock.advance(1);
        let second = ask(&cora, "alliance", &seller).expect(201).json();
        assert_eq!(bolt.all(RECEIVED).len(), 1);
        world.app.clock.advance(30 * 86_400);
        assert_eq!(bolt.all(RECEIVED), Vec::<Value>::new());
        answer(&bolt, &second, "grant").problem(404, "not-found");
        assert_eq!(cora.all(&format!("{SENT}?limit=1"))[0]["state"], "expired");
        // Then it may be asked again.
        ask(&cora, "alliance", &seller).expect(201);
    }

    fn only_contributors_that_read_the_group_are_asked_and_nobody_in_a_drop_box(engine) {
        let world = World::new(engine);
        let entry = |slug: &str, contribute: bool, read: bool| {
            json!({ "member_id": world.ids[slug], "contribute": contribute, "read": read })
        };
        let members = [entry("acme", true, false), entry("bolt", true, true), entry("cora", false, true)];
        let group = json!({ "slug": "watches", "name": "Watches", "includes_alliance": false, "members": members });
        world.owner("operator").post("/v1/admin/groups", &group).expect(201);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        acme.file(&report("A-1", &["watches"], &[bags()]));
        let seller = file(&bolt, "B-1", "watches", &bags());
        let made = ask(&cora, "watches", &seller).expect(201).json();
        assert_eq!((acme.all(RECEIVED).len(), bolt.all(RECEIVED).len()), (0, 1));
        answer(&acme, &made, "grant").problem(404, "not-found");

        acme.file(&report("A-2", &["platform:taobao"], &[bags()]));
        let taobao = world.key("taobao");
        let given = taobao.all("/v1/groups/platform:taobao/sellers")[0]["id"].as_str().unwrap().to_owned();
        ask(&taobao, "platform:taobao", &given).problem(409, "conflict");
    }

    fn who_leaves_a_group_asks_nothing_there_any_more_and_is_asked_nothing(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let body = json!({ "slug": "den", "name": "The den", "includes_alliance": false });
        let den = bolt.post("/v1/groups", &body).expect(201).json()["slug"].as_str().unwrap().to_owned();
        for member in ["acme", "cora"] {
            let invited = json!({ "member": member, "read": true, "contribute": true });
            bolt.post(&format!("/v1/groups/{den}/invitations"), &invited).expect(201);
            let open = world.key(member).get("/v1/group-invitations").expect(200).json();
            let id = open["items"][0]["id"].as_str().unwrap().to_owned();
            world.key(member).post(&format!("/v1/group-invitations/{id}/accept"), &json!({})).expect(200);
        }
        let cora = world.key("cora");
        let seller = file(&acme, "A-1", &den, &bags());
        file(&bolt, "B-1", &den, &bags());
        let made = ask(&cora, &den, &seller).expect(201).json();
        answer(&bolt, &made, "grant").expect(200);
        let leave = |client: &Client| client.post(&format!("/v1/groups/{den}/leave"), &json!({})).expect(204);
        leave(&acme);
        assert_eq!(acme.all(RECEIVED), Vec::<Value>::new());
        answer(&acme, &made, "grant").problem(404, "not-found");
        leave(&cora);
        assert_eq!(cora.all(SENT), Vec::<Value>::new());
        assert_eq!(bolt.all(RECEIVED)[0]["answer"], "granted");
        ask(&cora, &den, &seller).problem(404, "not-found");
    }

    fn a_request_costs_as_much_as_a_hundred_look_ups_and_every_fault_of_it_is_named(engine) {
        let limits = Limits { daily: 150, ..Limits::default() };
        let world = World::with(engine, Options { limits, ..Options::default() });
        let (acme, cora) = (world.key("acme"), world.key("cora"));
        let one = file(&acme, "A-1", "alliance", &bags());
        let other = file(&acme, "A-2", "alliance", &email("other@bags.shop"));
        let path = format!("/v1/groups/alliance/sellers/{one}/introductions");
        let faults = cora.post(&path, &json!({ "message": " ", "contact": "x".repeat(501) })).problem(422, "invalid");
        let faults: Vec<_> = faults.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
        assert_eq!(faults, [("/contact", "too_long"), ("/message", "required")]);
        assert_eq!(cora.post(&path, &json!({})).problem(422, "invalid").len(), 2);
        let reply = ask(&cora, "alliance", &one).expect(201);
        assert!(reply.header("ratelimit").contains("\"day\";r=50;"), "{reply:?}");
        ask(&cora, "alliance", &other).problem(429, "quota-exceeded");
        assert_eq!(cora.all(SENT).len(), 1);
        // It is not a look-up, and not on the record of those.
        assert_eq!(world.owner("cora").all("/v1/look-ups"), Vec::<Value>::new());
        let grant = format!("{RECEIVED}/{}/grant", reply.json()["id"].as_str().unwrap());
        acme.post(&grant, &json!({})).problem(422, "invalid");
        assert_eq!(acme.all(RECEIVED)[0]["answer"], "waiting");
    }
}
