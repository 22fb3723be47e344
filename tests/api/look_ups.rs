//! Testing values: limits, the record of it, and canaries.

use serde_json::{Value, json};
use touchstone::domain::probing::Limits;

use crate::access::essence;
use crate::support::app::Options;
use crate::support::client::{Client, Reply};
use crate::support::forms::{domain, email, phone, report};
use crate::support::on_both_engines;
use crate::support::world::World;

const MATCH: &str = "/v1/groups/alliance/match";

fn limited(engine: crate::support::Engine, limits: Limits) -> World {
    World::with(engine, Options { limits, ..Options::default() })
}

fn look_up(client: &Client, identifiers: &[Value]) -> Reply {
    client.post(MATCH, &json!({ "identifiers": identifiers }))
}

/// What a limit of this name is said to have left, and in how many seconds it is whole again.
fn left(reply: &Reply, name: &str) -> (u32, u32) {
    let header = reply.header("ratelimit");
    let (_, rest) =
        header.split_once(&format!("\"{name}\";r=")).unwrap_or_else(|| panic!("{name}: {header:?}"));
    let (r, t) = rest.split(',').next().unwrap().split_once(";t=").unwrap();
    (r.parse().unwrap(), t.parse().unwrap())
}

fn canary(world: &World, identifier: &Value) -> Value {
    let mut form = identifier.clone();
    form["note"] = json!("A number that we own.");
    world.key("operator").post("/v1/admin/canaries", &form).expect(201).json()
}

fn alerts(world: &World) -> Vec<Value> {
    world.key("operator").all("/v1/admin/canary-alerts?limit=1")
}

on_both_engines! {
    fn each_value_that_is_tested_counts_against_the_members_budget_of_the_day(engine) {
        let world = limited(engine, Limits { daily: 5, ..Limits::default() });
        let (acme, owner, bolt) = (world.key("acme"), world.owner("acme"), world.key("bolt"));
        let three = ["a@bags.shop", "b@bags.shop", "A@bags.shop", "c@bags.shop"].map(email);
        let reply = look_up(&acme, &three).expect(200);
        assert_eq!(left(&reply, "day"), (2, 86_400));
        assert!(reply.header("ratelimit-policy").contains("\"day\";q=5;w=86400"), "{reply:?}");
        assert!(reply.header("ratelimit-policy").starts_with("\"key\";q=600;w=60, \"member\";q=1800;w=60"));

        // Over all its keys and people, and by whichever way it asks.
        let list = "/v1/groups/alliance/sellers?identifier_type=domain&identifier=d.bags.shop";
        assert_eq!(left(&owner.get(list).expect(200), "day").0, 1);
        let refused = look_up(&acme, &three);
        refused.problem(429, "quota-exceeded");
        assert_eq!((refused.header("retry-after").as_str(), left(&refused, "day").0), ("86400", 1));
        // What was refused cost nothing.
        assert_eq!(left(&owner.get(list).expect(200), "day").0, 0);
        owner.get(list).problem(429, "quota-exceeded");
        // A list that is narrowed by nothing tests nothing.
        let whole = owner.get("/v1/groups/alliance/sellers?platform=taobao").expect(200);
        assert_eq!(whole.header("ratelimit"), "");
        // Nobody else has less for it.
        assert_eq!(left(&look_up(&bolt, &three).expect(200), "day").0, 2);

        world.app.clock.advance(86_400);
        assert_eq!(left(&look_up(&acme, &three).expect(200), "day").0, 2);
    }

    fn who_asks_too_fast_waits_as_long_as_it_is_told(engine) {
        let world = limited(engine, Limits { per_key: 3, per_member: 5, daily: 100 });
        let (acme, owner, bolt) = (world.key("acme"), world.owner("acme"), world.key("bolt"));
        let one = [email("a@bags.shop")];
        for n in (0..3).rev() {
            assert_eq!(left(&look_up(&acme, &one).expect(200), "key").0, n);
        }
        let refused = look_up(&acme, &one);
        refused.problem(429, "quota-exceeded");
        assert_eq!((refused.header("retry-after").as_str(), left(&refused, "key")), ("20", (0, 60)));
        // Another key of the member has a rate of its own, and the member has one for all of them.
        for n in (0..2).rev() {
            assert_eq!(left(&look_up(&owner, &one).expect(200), "member").0, n);
        }
        let refused = look_up(&owner, &one);
        refused.problem(429, "quota-exceeded");
        assert_eq!(refused.header("retry-after"), "12");
        assert_eq!(left(&look_up(&bolt, &one).expect(200), "member").0, 4);
        world.app.clock.advance(20);
        look_up(&acme, &one).expect(200);
        // What was refused is not on record.
        assert_eq!(world.owner("acme").all("/v1/look-ups").len(), 6);
    }

    fn what_tests_nothing_costs_nothing_and_is_not_on_record(engine) {
        let world = limited(engine, Limits { daily: 1, ..Limits::default() });
        let acme = world.key("acme");
        look_up(&acme, &[]).problem(422, "invalid");
        look_up(&acme, &[email("a@bags.shop"), email("nonsense")]).problem(422, "invalid");
        let nowhere = json!({ "identifiers": [email("a@bags.shop")] });
        acme.post("/v1/groups/nowhere/match", &nowhere).problem(404, "not-found");
        let list = "/v1/groups/alliance/sellers?identifier_type=domain";
        acme.get(&format!("{list}&identifier=nonsense")).problem(400, "bad-parameter");
        acme.get(&format!("{list}&identifier=bags.shop&cursor=x")).problem(400, "bad-cursor");
        acme.get("/v1/groups/alliance/sellers?identifier_type=email&identifier=a@bags.shop").problem(400, "bad-parameter");
        acme.post("/v1/reports/preview", &report("A-1", &["alliance"], &[email("a@bags.shop")])).expect(200);
        assert_eq!(world.owner("acme").all("/v1/look-ups"), Vec::<Value>::new());
        look_up(&acme, &[email("a@bags.shop")]).expect(200);
    }

    fn what_was_looked_up_is_on_record_by_a_hash_for_the_member_and_the_operator(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let values = [domain("bags.shop"), email("wei@bags.shop")];
        look_up(&acme, &values).expect(200);
        world.app.clock.advance(3_600);
        look_up(&bolt, &values[..1]).expect(200);
        world.app.clock.advance(3_600);
        acme.get("/v1/groups/alliance/sellers?identifier_type=domain&identifier=bags.shop").expect(200);

        let own = world.key("acme").all("/v1/look-ups?limit=1");
        let told = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let said: Vec<_> = own.iter().map(|row| [told(row, "operation"), told(row, "type"), told(row, "group")]).collect();
        let said: Vec<_> = said.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        assert_eq!(said[0], ["sellers", "domain", "alliance"]);
        assert_eq!(said.len(), 3);
        assert!(said[1..].contains(&["match", "domain", "alliance"]) && said[1..].contains(&["match", "email", "alliance"]));
        assert_eq!((&own[0]["number"], &own[0]["at"]), (&json!(3), &json!("2026-06-01T02:00:00.000000Z")));
        assert!(told(&own[0], "actor").starts_with("key_"));
        // The same value is the same hash, of one member.
        let hashes: Vec<String> =
            own.iter().filter(|row| row["type"] == "domain").map(|row| told(row, "value_hash")).collect();
        assert!(hashes.len() == 2 && hashes[0] == hashes[1] && hashes[0].len() == 32, "{own:?}");
        let theirs = world.key("bolt").all("/v1/look-ups");
        assert_eq!(theirs.len(), 1);
        assert_ne!(told(&theirs[0], "value_hash"), hashes[0]);

        let operator = world.key("operator");
        let all = operator.all("/v1/admin/look-ups?limit=1");
        let members: Vec<String> = all.iter().map(|row| told(row, "member")).collect();
        assert_eq!(members, ["acme", "bolt", "acme", "acme"]);
        assert_eq!((&all[0]["member_id"], &all[0]["value_hash"]), (&json!(world.ids["acme"]), &own[0]["value_hash"]));
        let of_acme = operator.all(&format!("/v1/admin/look-ups?limit=2&member={}", world.ids["acme"]));
        assert_eq!(of_acme.len(), 3);
        let between = "since=2026-06-01T01:00:00Z&until=2026-06-01T02:00:00Z";
        let between = operator.all(&format!("/v1/admin/look-ups?{between}"));
        assert_eq!(between.len(), 1);
        assert_eq!(between[0]["member"], "bolt");
        operator.get("/v1/admin/look-ups?member=acme").problem(400, "bad-parameter");
        for client in [&acme, &operator, &world.key("acme")] {
            for path in ["/v1/look-ups", "/v1/admin/look-ups"] {
                let text = client.get(path).text;
                assert!(!text.contains("bags.shop") && !text.contains("wei@"), "{text}");
            }
        }
    }

    fn a_canary_is_answered_like_a_value_that_nobody_knows_and_raises_an_alert(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let set = canary(&world, &domain("canary-bags.shop"));
        assert!(set.get("value").is_none() && set.get("value_hash").is_none(), "{set}");
        // Once is enough, however it is written.
        let mut again = domain("Canary-Bags.SHOP");
        again["note"] = json!("Again.");
        let again = world.key("operator").post("/v1/admin/canaries", &again).expect(200).json();
        assert_eq!(again, set);

        let path = |name: &str| format!("/v1/groups/alliance/sellers?identifier_type=domain&identifier={name}");
        let asked = |client: &Client, name: &str| [look_up(client, &[domain(name)]), client.get(&path(name))];
        let (watched, unknown) = (asked(&acme, "canary-bags.shop"), asked(&bolt, "canary-bugs.shop"));
        for (one, other) in watched.iter().zip(&unknown) {
            assert_eq!(one.status, 200);
            assert_eq!(essence(one), essence(other));
        }

        let alerts = alerts(&world);
        assert_eq!(alerts.len(), 2);
        for alert in &alerts {
            assert_eq!(
                [&alert["canary_id"], &alert["member"], &alert["member_id"], &alert["group"]],
                [&set["id"], &json!("acme"), &json!(world.ids["acme"]), &json!("alliance")],
            );
        }
        // They are of one moment.
        let mut operations: Vec<_> = alerts.iter().map(|alert| alert["operation"].as_str().unwrap()).collect();
        operations.sort_unstable();
        assert_eq!(operations, ["match", "sellers"]);
        let metrics = world.app.anonymous().get("/metrics").text;
        assert!(metrics.contains("touchstone_canary_alerts_total 2\n"), "{metrics}");
        assert!(metrics.contains("touchstone_looked_up_values_total 4\n"), "{metrics}");
        // Only the operator knows of either.
        acme.get("/v1/admin/canary-alerts").problem(403, "forbidden");
        acme.get("/v1/admin/canaries").problem(403, "forbidden");
    }

    fn a_report_that_names_a_canary_is_filed_like_any_other_and_raises_an_alert_once(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let watched = email("trap@bags.shop");
        canary(&world, &watched);
        let form = report("A-1", &["alliance"], &[watched.clone(), email("jian@bags.shop")]);
        let made = acme.file(&form);
        acme.post("/v1/reports", &form).expect(200);
        let mut revised = form.clone();
        revised["narrative"] = json!("More of it.");
        let path = format!("/v1/reports/{}", made["id"].as_str().unwrap());
        acme.put(&path, "\"r1\"", &revised).expect(200);
        let raised = alerts(&world);
        assert_eq!(raised.len(), 1, "{raised:?}");
        assert_eq!((&raised[0]["operation"], &raised[0]["member"]), (&json!("report"), &json!("acme")));
        assert!(raised[0].get("group").is_none());
        // A revision that newly names one, and a line of a file.
        let other = world.key("bolt").file(&report("B-1", &["alliance"], &[email("wei@bags.shop")]));
        let path = format!("/v1/reports/{}", other["id"].as_str().unwrap());
        let now = report("B-1", &["alliance"], std::slice::from_ref(&watched));
        world.key("bolt").put(&path, "\"r1\"", &now).expect(200);
        let line = report("C-1", &[], std::slice::from_ref(&watched)).to_string();
        let reply = world.key("cora").post_raw("/v1/reports/bulk", "application/x-ndjson", line).expect(200);
        assert!(reply.text.contains("\"created\""), "{}", reply.text);
        assert_eq!(alerts(&world).len(), 3);
        assert!(world.app.anonymous().get("/metrics").text.contains("touchstone_canary_alerts_total 3\n"));
    }

    fn a_canary_that_is_retired_raises_nothing_and_its_alerts_stay(engine) {
        let world = World::new(engine);
        let (acme, operator) = (world.key("acme"), world.key("operator"));
        let watched = email("trap@bags.shop");
        let set = canary(&world, &watched);
        look_up(&acme, std::slice::from_ref(&watched)).expect(200);
        let path = format!("/v1/admin/canaries/{}/retire", set["id"].as_str().unwrap());
        let retired = operator.post(&path, &Value::Null).expect(200).json();
        assert!(retired["retired_at"].is_string(), "{retired}");
        assert_eq!(operator.post(&path, &Value::Null).expect(200).json(), retired);
        look_up(&acme, std::slice::from_ref(&watched)).expect(200);
        assert_eq!(alerts(&world).len(), 1);
        // Set again, it is another.
        world.app.clock.advance(1);
        assert_ne!(canary(&world, &watched)["id"], set["id"]);
        assert_eq!(operator.all("/v1/admin/canaries?limit=1").len(), 2);
    }

    fn a_canary_needs_a_value_and_a_note_and_every_fault_is_named(engine) {
        let world = World::new(engine);
        let add = |form: Value| world.key("operator").post("/v1/admin/canaries", &form);
        let faults = add(json!({ "type": "email", "value": "nonsense", "note": " " })).problem(422, "invalid");
        let pointers: Vec<&str> = faults.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/note", "/value"]);
        assert_eq!(add(json!({})).problem(422, "invalid").len(), 3);
        assert_eq!(world.key("operator").all("/v1/admin/canaries"), Vec::<Value>::new());
    }

    fn no_value_that_was_looked_up_or_is_a_canary_stands_in_the_database(engine) {
        let world = World::new(engine);
        canary(&world, &phone("+86 13912340001"));
        look_up(&world.key("acme"), &[phone("+86 13912340001"), phone("+86 13812340002")]).expect(200);
        let held = world.app.app.db.read(|conn| {
            let looked_up = touchstone::store::look_ups::list(conn, &Default::default(), None, 10)?;
            let canaries = touchstone::store::canaries::list(conn, None, 10)?;
            Ok::<_, touchstone::store::StoreError>((looked_up, canaries))
        });
        let (looked_up, canaries) = held.unwrap();
        assert_eq!((looked_up.len(), canaries.len()), (2, 1));
        assert!(looked_up.iter().all(|(row, ..)| row.value_hash.len() == 16) && canaries[0].value_hash.len() == 16);
        let text = format!("{looked_up:?} {canaries:?}");
        assert!(!text.contains("139123") && !text.contains("138123"), "{text}");
        if engine == crate::support::Engine::Sqlite {
            let folder = std::fs::read_dir(world.app.folder()).unwrap();
            let files: Vec<Vec<u8>> = folder.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
            let stands = |text: &str| files.iter().any(|file| file.windows(text.len()).any(|part| part == text.as_bytes()));
            assert!(stands("A number that we own."), "the files are not those of the database");
            assert!(!stands("13912340001") && !stands("13812340002"));
        }
    }
}
