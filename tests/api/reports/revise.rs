//! Revising a report.

use reqwest::Method;
use serde_json::{Value, json};

use super::{applied, file_with, ids, kinds, revise, sellers, text};
use crate::api::bad_input::{fault, sight};
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

fn told(narrative: &str) -> Value {
    let mut report = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
    report["narrative"] = json!(narrative);
    report
}

fn revisions(client: &Client, id: &str) -> Vec<Value> {
    let list = client.get(&format!("/v1/reports/{id}/revisions")).expect(200).json();
    list["items"].as_array().unwrap().clone()
}

on_both_engines! {
    fn a_revision_replaces_the_report_and_the_old_one_is_kept(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = acme.file(&told("Bought once."));
        let id = text(&first, "id");
        assert_eq!(revisions(&acme, id), Vec::<Value>::new());

        world.app.clock.advance(60);
        let reply = revise(&acme, id, "\"r1\"", &told("Bought twice.")).expect(200);
        let second = reply.json();
        assert_eq!(reply.header("etag"), "\"r2\"");
        assert_eq!((&second["id"], &second["revision"]), (&first["id"], &json!(2)));
        assert_eq!(second["narrative"], "Bought twice.");
        assert_ne!(second["digest"], first["digest"]);
        assert_eq!(second["created_at"], first["created_at"]);
        assert_eq!(second["modified_at"], "2026-06-01T00:01:00.000000Z");
        assert_eq!(second["sellers"], first["sellers"]);
        let read = acme.get(&format!("/v1/reports/{id}")).expect(200);
        assert_eq!((read.header("etag"), read.json()), ("\"r2\"".to_owned(), second));

        revise(&acme, id, "\"r2\"", &told("Bought three times.")).expect(200);
        let kept = revisions(&acme, id);
        let stories: Vec<&Value> = kept.iter().map(|one| &one["report"]["narrative"]).collect();
        assert_eq!(stories, ["Bought once.", "Bought twice."]);
        assert_eq!((&kept[0]["revision"], &kept[1]["revision"]), (&json!(1), &json!(2)));
        assert_eq!(kept[0]["digest"], first["digest"]);
        assert_eq!(kept[0]["created_at"], first["created_at"]);
        assert_eq!(kept[0]["superseded_by"], acme.get("/v1/me").expect(200).json()["credential"]);
    }

    fn a_revision_needs_the_entity_tag_of_the_revision_that_it_replaces(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = acme.file(&told("Bought once."));
        let id = text(&first, "id");
        revise(&acme, id, "\"r1\"", &told("Bought twice.")).expect(200);
        let before = sight(&acme);

        let path = format!("/v1/reports/{id}");
        let request = acme.request(Method::PUT, &path).json(&told("Bought three times."));
        assert!(acme.send(request).problem(428, "precondition-required").is_empty());
        for tag in ["\"r1\"", "\"r3\"", "r2", "W/\"r2\"", "\"r-1\"", "\"r99999999999\"", "\"\""] {
            let reply = acme.put(&path, tag, &told("Bought three times."));
            assert!(reply.problem(412, "precondition-failed").is_empty(), "{tag}");
        }
        assert_eq!(sight(&acme), before);
    }

    fn an_entity_tag_is_compared_letter_by_letter(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = acme.file(&told("Bought once."));
        for tag in ["\"r01\"", "\"r+1\""] {
            let reply = acme.put(&format!("/v1/reports/{}", text(&first, "id")), tag, &told("Bought twice."));
            assert!(reply.problem(412, "precondition-failed").is_empty(), "{tag}");
        }
    }

    fn of_six_revisions_of_one_report_at_once_one_is_taken(engine) {
        let world = World::new(engine);
        let acme = &world.key("acme");
        let first = acme.file(&told("Bought once."));
        let path = &format!("/v1/reports/{}", text(&first, "id"));
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let sending: Vec<_> = (0..6)
                .map(|n| scope.spawn(move || acme.put(path, "\"r1\"", &told(&format!("Version {n}.")))))
                .collect();
            sending.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let taken: Vec<&Reply> = replies.iter().filter(|reply| reply.status == 200).collect();
        assert_eq!(taken.len(), 1);
        assert_eq!(replies.iter().filter(|reply| reply.status == 412).count(), 5);
        let read = acme.get(path).expect(200).json();
        assert_eq!((&read["revision"], &read["narrative"]), (&json!(2), &taken[0].json()["narrative"]));
        assert_eq!(revisions(acme, text(&first, "id")).len(), 1);
    }

    fn the_groups_profile_follows_the_new_content(engine) {
        let world = World::new(engine);
        let (acme, cora) = (world.key("acme"), world.key("cora"));
        let mut body = report("A-1", &["alliance"], &[email("jian@bags.shop")]);
        body["seller"]["display_names"] = json!(["Best Bags"]);
        let first = acme.file(&body);
        let mut body = report("A-1", &["alliance"], &[email("wei@coats.shop")]);
        body["seller"]["display_names"] = json!(["Best Coats"]);
        revise(&acme, text(&first, "id"), "\"r1\"", &body).expect(200);

        let found = sellers(&cora, "alliance");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["id"], first["sellers"][0]["seller_id"]);
        assert_eq!((&found[0]["revision"], &found[0]["names"]), (&json!(2), &json!(["Best Coats"])));
        assert_eq!(found[0]["identifiers"][0]["value"], "w***@coats.shop");
        let feed = cora.feed("alliance");
        assert_eq!(kinds(&feed), ["created", "updated"]);
        let told = json!(feed).to_string();
        assert!(!told.contains("Bags") && !told.contains("bags"), "{told}");
        // Found by what it has now, by whoever sees that in full.
        let by = |address: &str| {
            let asked = json!({ "identifiers": [email(address)] });
            let found = acme.post("/v1/groups/alliance/match", &asked).expect(200).json();
            found["items"].as_array().unwrap().len()
        };
        assert_eq!((by("wei@coats.shop"), by("jian@bags.shop")), (1, 0));
    }

    fn a_revision_that_names_another_seller_joins_that_sellers_profile(engine) {
        let world = World::new(engine);
        let (acme, cora) = (world.key("acme"), world.key("cora"));
        let other = world.key("bolt").file(&report("B-1", &["alliance"], &[email("wei@coats.shop")]));
        let first = acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        assert_eq!(sellers(&cora, "alliance").len(), 2);
        let body = report("A-1", &["alliance"], &[email("wei@coats.shop")]);
        let joined = revise(&acme, text(&first, "id"), "\"r1\"", &body).expect(200).json();
        assert_eq!(joined["sellers"], other["sellers"]);
        let found = sellers(&cora, "alliance");
        assert_eq!((found.len(), &found[0]["members"]), (1, &json!("1-2")));
        assert_eq!(applied(&cora.feed("alliance")), ids(&found));
    }

    fn a_report_that_is_shared_with_fewer_groups_leaves_the_others(engine) {
        let world = World::new(engine);
        let (acme, cora, taobao) = (world.key("acme"), world.key("cora"), world.key("taobao"));
        let everywhere = report("A-1", &["alliance", "platform:taobao"], &[email("jian@bags.shop")]);
        let first = acme.file(&everywhere);
        assert_eq!((sellers(&cora, "alliance").len(), sellers(&taobao, "platform:taobao").len()), (1, 1));
        let fewer = report("A-1", &["platform:taobao"], &[email("jian@bags.shop")]);
        let narrowed = revise(&acme, text(&first, "id"), "\"r1\"", &fewer).expect(200).json();
        assert_eq!(narrowed["sellers"], json!([]));
        assert_eq!((sellers(&cora, "alliance").len(), sellers(&taobao, "platform:taobao").len()), (0, 1));
        assert_eq!(sellers(&world.key("ebay"), "platform:ebay").len(), 0);
        assert!(applied(&cora.feed("alliance")).is_empty());
    }

    fn the_external_id_of_a_report_may_be_left_out_but_not_changed(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = acme.file(&told("Bought once."));
        let id = text(&first, "id");
        let mut nameless = told("Bought twice.");
        nameless.as_object_mut().unwrap().remove("external_id");
        let second = revise(&acme, id, "\"r1\"", &nameless).expect(200).json();
        assert_eq!((&second["external_id"], &second["revision"]), (&json!("A-1"), &json!(2)));

        let before = sight(&acme);
        let mut renamed = told("Bought three times.");
        renamed["external_id"] = json!("A-2");
        let reply = revise(&acme, id, "\"r2\"", &renamed);
        assert_eq!(reply.problem(422, "invalid"), [fault("/external_id", "immutable")]);
        assert_eq!(sight(&acme), before);
    }

    fn revising_to_the_same_content_changes_nothing(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = acme.file(&told("Bought once."));
        let before = sight(&acme);
        let reply = revise(&acme, text(&first, "id"), "\"r1\"", &told("Bought once.")).expect(200);
        assert_eq!((reply.header("etag"), &reply.json()["digest"]), ("\"r1\"".to_owned(), &first["digest"]));
        assert_eq!(sight(&acme), before);
    }

    fn a_report_that_never_had_an_external_id_is_revised_to_the_same_content_without_one(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let mut nameless = told("Bought once.");
        nameless.as_object_mut().unwrap().remove("external_id");
        let first = acme.file(&nameless);
        let before = sight(&acme);
        let reply = revise(&acme, text(&first, "id"), "\"r1\"", &nameless).expect(200);
        assert_eq!(reply.header("etag"), "\"r1\"");
        assert_eq!(sight(&acme), before);
        assert_eq!(acme.post("/v1/reports", &nameless).expect(200).json()["id"], first["id"]);
    }

    fn a_revision_with_faults_leaves_the_report_as_it_was(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = acme.file(&told("Bought once."));
        let before = sight(&acme);
        let mut bad = told("Bought twice.");
        bad["narative"] = json!("Misspelt.");
        bad["last_seen"] = json!("2026-03-01");
        let reply = revise(&acme, text(&first, "id"), "\"r1\"", &bad);
        let expected = [fault("/last_seen", "out_of_order"), fault("/narative", "unknown_field")];
        assert_eq!(reply.problem(422, "invalid"), expected);
        assert_eq!(sight(&acme), before);
    }

    fn a_revision_may_be_answered_without_a_body(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let first = file_with(&acme, "wait=30", &told("Bought once.")).expect(201).json();
        let request = acme.request(Method::PUT, &format!("/v1/reports/{}", text(&first, "id")));
        let request = request.header("if-match", "\"r1\"").header("prefer", "return=minimal");
        let reply = acme.send(request.json(&told("Bought twice."))).expect(200);
        assert_eq!((reply.text.as_str(), reply.header("etag")), ("", "\"r2\"".to_owned()));
    }
}
