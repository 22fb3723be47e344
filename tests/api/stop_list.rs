//! The operator keeps the stop-list: adding, lifting, and the record of both.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::on_both_engines;
use crate::support::world::World;

const PATH: &str = "/v1/admin/stop-list";

fn form(kind: &str, value: &str) -> Value {
    json!({ "type": kind, "value": value, "reason": "forwarder", "note": "Warehouse of a forwarder." })
}

/// The actor that a key stands in the record as.
fn key_id(owner: &Client) -> String {
    owner.all("/v1/keys")[0]["id"].as_str().unwrap().to_owned()
}

fn owner_id(owner: &Client) -> String {
    owner.all("/v1/users")[0]["id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    fn who_stopped_what_and_when_stays_on_record(engine) {
        let world = World::new(engine);
        let (owner, key) = (world.owner("operator"), world.key("operator"));
        let stopped_at = world.app.app.now().to_string();
        let stopped = key.post(PATH, &form("phone", "0086 139 1122 3344")).expect(201).json();
        assert_eq!((&stopped["type"], &stopped["value"]), (&json!("phone"), &json!("+86 13911223344")));
        assert_eq!((&stopped["reason"], &stopped["origin"]), (&json!("forwarder"), &json!("operator")));
        assert_eq!(stopped["note"], "Warehouse of a forwarder.");
        assert_eq!((&stopped["added_at"], &stopped["added_by"]), (&json!(stopped_at), &json!(key_id(&owner))));
        assert!(stopped.get("lifted_at").is_none() && stopped.get("lifted_by").is_none(), "{stopped}");

        world.app.clock.advance(60);
        let lifted_at = world.app.app.now().to_string();
        let path = format!("{PATH}/{}/lift", stopped["id"].as_str().unwrap());
        let lifted = owner.post(&path, &Value::Null).expect(200).json();
        world.app.clock.advance(60);
        assert_eq!(key.post(&path, &Value::Null).expect(200).json(), lifted, "twice is as once");
        assert_eq!((&lifted["lifted_at"], &lifted["lifted_by"]), (&json!(lifted_at), &json!(owner_id(&owner))));
        assert_eq!((&lifted["added_at"], &lifted["added_by"]), (&stopped["added_at"], &stopped["added_by"]));

        let again = owner.post(PATH, &form("phone", "+86 13911223344")).expect(201).json();
        assert_ne!(again["id"], stopped["id"]);
        let entries = key.all(&format!("{PATH}?type=phone&origin=operator"));
        assert_eq!(entries, [again, lifted], "the newest first, and what was lifted is not gone");
    }

    fn stopping_what_is_stopped_changes_nothing(engine) {
        let world = World::new(engine);
        let operator = world.key("operator");
        let first = operator.post(PATH, &form("email", "@Parcels.Example-Forwarder.com")).expect(201).json();
        assert_eq!(first["value"], "@parcels.example-forwarder.com");
        let other = json!({ "type": "email", "value": "@parcels.example-forwarder.com", "reason": "other", "note": "x" });
        assert_eq!(operator.post(PATH, &other).expect(200).json(), first);
        // A mailbox there is another entry, as is another spelling of a value no other entry.
        operator.post(PATH, &form("email", "a@parcels.example-forwarder.com")).expect(201);
        assert_eq!(operator.all(&format!("{PATH}?origin=operator")).len(), 2);
    }

    fn of_many_who_stop_one_value_at_once_one_does(engine) {
        let world = World::new(engine);
        let operator = world.key("operator");
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..6)
                .map(|_| scope.spawn(|| operator.post(PATH, &form("domain", "forwarder.shop")).status))
                .collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|status| **status == 201).count(), 1, "{answers:?}");
        assert_eq!(operator.all(&format!("{PATH}?type=domain")).len(), 1);
    }

    fn every_fault_of_what_is_to_be_stopped_is_named_and_nothing_changes(engine) {
        let world = World::new(engine);
        let operator = world.key("operator");
        let before = operator.all(PATH);
        let faults = |body: &Value| operator.post(PATH, body).problem(422, "invalid");
        let fault = |at: &str, code: &str| (at.to_owned(), code.to_owned());
        let all = ["/note", "/reason", "/type", "/value"].map(|at| fault(at, "required"));
        assert_eq!(faults(&json!({})), all);
        let with = |name: &str, value: Value| {
            let mut body = form("phone", "+86 13911223344");
            body[name] = value;
            body
        };
        assert_eq!(faults(&with("value", json!("many"))), [fault("/value", "malformed")]);
        assert_eq!(faults(&with("value", json!("13911223344"))), [fault("/country", "required")]);
        assert_eq!(faults(&with("value", json!("+86 13800138000"))), [fault("/value", "placeholder")]);
        assert_eq!(faults(&with("note", json!("  "))), [fault("/note", "required")]);
        assert_eq!(faults(&with("note", json!("x".repeat(2_001)))), [fault("/note", "too_long")]);
        assert_eq!(faults(&form("email", "@co.uk")), [fault("/value", "public_suffix")]);
        let mut several = form("company_registration", "91350100M000100Y44");
        several["note"] = json!("");
        several["colour"] = json!("red");
        let named: Vec<String> = faults(&several).into_iter().map(|(at, _)| at).collect();
        assert_eq!(named, ["/colour", "/note", "/value"]);
        assert_eq!(faults(&with("reason", json!("dislike"))).len(), 1);
        assert_eq!(faults(&with("type", json!("planet"))).len(), 1);
        assert_eq!(operator.all(PATH), before);
    }

    fn the_list_is_narrowed_and_paged(engine) {
        let world = World::new(engine);
        let operator = world.key("operator");
        let shipped = operator.all(PATH);
        assert!(shipped.len() > 50 && shipped.iter().all(|one| one["origin"] == "shipped"), "{}", shipped.len());
        assert!(shipped.iter().all(|one| one["added_by"] == "touchstone"));
        assert!(shipped.iter().any(|one| one["value"] == "@privaterelay.appleid.com"));
        let stopped = operator.post(PATH, &form("phone", "+86 13911223344")).expect(201).json();
        let kept = operator.post(PATH, &form("domain", "forwarder.shop")).expect(201).json();
        operator.post(&format!("{PATH}/{}/lift", stopped["id"].as_str().unwrap()), &Value::Null).expect(200);

        let all = operator.all(&format!("{PATH}?limit=7"));
        assert_eq!(all.len(), shipped.len() + 2);
        assert_eq!((&all[0]["id"], &all[1]["id"]), (&kept["id"], &stopped["id"]));
        assert_eq!(all[2..], shipped[..]);
        let ids = |query: &str| -> Vec<Value> {
            operator.all(&format!("{PATH}?{query}")).into_iter().map(|one| one["id"].clone()).collect()
        };
        assert_eq!(ids("state=lifted"), [stopped["id"].clone()]);
        assert_eq!(ids("state=in_force").len(), all.len() - 1);
        assert_eq!(ids("reason=forwarder&state=in_force"), [kept["id"].clone()]);
        assert_eq!(ids("type=domain"), [kept["id"].clone()]);
        for (query, at) in [("type=planet", "type"), ("reason=x", "reason"), ("origin=x", "origin"), ("state=x", "state")] {
            let faults = operator.get(&format!("{PATH}?{query}")).problem(400, "bad-parameter");
            assert_eq!(faults, [(at.to_owned(), "not_allowed".to_owned())]);
        }
        operator.get(&format!("{PATH}?colour=red")).problem(400, "bad-parameter");
        let page = operator.get(&format!("{PATH}?limit=5")).expect(200).json();
        let cursor = page["next"].as_str().unwrap();
        operator.get(&format!("{PATH}?limit=5&type=phone&cursor={cursor}")).problem(400, "bad-cursor");
    }
}
