//! Objects that are posted, and what becomes of them.

use serde_json::{Value, json};

use super::{TAXII, at, failure, items};
use crate::support::client::{Client, Reply};
use crate::support::forms::{phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const EXTENSION: &str = "extension-definition--2d06d678-f69e-4f47-b3cf-91e8e88e6282";

/// The id of an object of this kind.
fn id(kind: &str, n: u32) -> String {
    format!("{kind}--00000000-0000-4000-8000-{n:012}")
}

/// What a report carries: as it is filed over REST, but for what the collection and the object say.
fn carried(identifiers: &[Value]) -> Value {
    let mut form = report("", &[], identifiers);
    form.as_object_mut().unwrap().retain(|name, _| !["external_id", "share_with"].contains(&name.as_str()));
    form
}

fn stix_report(n: u32, modified: &str, refs: &[&str], carried: &Value) -> Value {
    json!({
        "type": "report", "spec_version": "2.1", "id": id("report", n), "created": "2026-05-01T00:00:00.000Z",
        "modified": modified, "published": "2026-05-01T00:00:00.000Z", "name": "A seller of counterfeits",
        "object_refs": refs,
        "extensions": { EXTENSION: { "extension_type": "property-extension", "report": carried } },
    })
}

fn revoked(n: u32, modified: &str) -> Value {
    let mut object = stix_report(n, modified, &[], &json!({}));
    object.as_object_mut().unwrap().remove("extensions");
    object["revoked"] = json!(true);
    object
}

fn post(client: &Client, group: &str, objects: &[Value]) -> Reply {
    client.post_raw(&at(group, "objects/"), TAXII, json!({ "objects": objects }).to_string())
}

/// Posts, waits until it is worked in, and returns the status; which is the same when it is asked for.
#[track_caller]
fn posted(client: &Client, group: &str, objects: &[Value]) -> Value {
    let reply = post(client, group, objects).expect(202);
    assert_eq!(reply.header("content-type"), TAXII);
    let status = reply.json();
    client.wait_until_pooled();
    let path = format!("/taxii2/groups/status/{}/", status["id"].as_str().unwrap());
    assert_eq!(client.get(&path).expect(200).json(), status);
    assert_eq!((&status["status"], &status["pending_count"]), (&json!("complete"), &json!(0)));
    assert_eq!(status["total_count"], objects.len());
    let [successes, failures] = ["successes", "failures"].map(|name| items(&status, name));
    assert_eq!(
        (&status["success_count"], &status["failure_count"]),
        (&json!(successes.len()), &json!(failures.len()))
    );
    status
}

/// What went wrong with the one object that went wrong.
#[track_caller]
fn the_failure(status: &Value) -> String {
    let failures = items(status, "failures");
    assert_eq!(failures.len(), 1, "{status}");
    failures[0]["message"].as_str().unwrap().to_owned()
}

fn reports(client: &Client) -> Vec<Value> {
    client.all("/v1/reports")
}

const FIRST: &str = "2026-05-01T00:00:00.000Z";
const SECOND: &str = "2026-05-02T00:00:00.000Z";
const THIRD: &str = "2026-05-03T00:00:00.000Z";

on_both_engines! {
    fn a_bundle_becomes_a_report_with_what_it_refers_to(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let parts = [
            json!({ "type": "url", "value": "https://bags.shop/item/1" }),
            json!({ "type": "domain-name", "value": "bags.shop" }),
            json!({ "type": "email-addr", "value": "jian@bags.shop" }),
            json!({ "type": "user-account", "account_type": "taobao", "user_id": "shop88026001" }),
            json!({ "type": "user-account", "account_type": "wechat", "user_id": "wxid_abcdefgh1" }),
            json!({ "type": "identity", "identity_class": "organization", "name": "Bags Trading Ltd", "created": FIRST, "modified": FIRST }),
            json!({ "type": "identity", "identity_class": "individual", "name": "Zhang Wei", "created": FIRST, "modified": FIRST }),
        ];
        let mut objects = Vec::new();
        for (n, mut part) in parts.into_iter().enumerate() {
            part["id"] = json!(id(part["type"].as_str().unwrap(), n as u32));
            part["spec_version"] = json!("2.1");
            objects.push(part);
        }
        let refs: Vec<&str> = objects.iter().map(|part| part["id"].as_str().unwrap()).collect();
        let bundle = stix_report(1, FIRST, &refs, &carried(&[phone("+8613812341234")]));
        let all: Vec<Value> = [bundle].into_iter().chain(objects.clone()).collect();
        let status = posted(&acme, "alliance", &all);
        assert_eq!(status["success_count"], 8, "{status}");

        let [filed] = <[Value; 1]>::try_from(reports(&acme)).unwrap();
        assert_eq!((&filed["external_id"], &filed["share_with"]), (&json!(id("report", 1)), &json!(["alliance"])));
        let kinds: Vec<&str> = filed["seller"]["identifiers"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["phone", "url", "domain", "email", "storefront", "messaging", "business_name", "person_name"]);
        let seen = world.key("taobao").get(&at("alliance", "objects/?match[type]=email-addr")).expect(200).json();
        assert_eq!(seen["objects"][0]["value"], "jian@bags.shop");
        // The same again is the same.
        posted(&acme, "alliance", &all);
        assert_eq!(reports(&acme)[0]["revision"], 1);
    }

    fn a_later_version_revises_an_earlier_one_changes_nothing_and_a_revoked_one_takes_back(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let of = |modified: &str, shop_id: &str| stix_report(1, modified, &[], &carried(&[shop(&format!("https://{shop_id}.taobao.com"))]));
        let now = || {
            let report = &reports(&acme)[0];
            let shop = report["seller"]["identifiers"][0]["value"].as_str().unwrap().to_owned();
            (report["state"].as_str().unwrap().to_owned(), report["revision"].as_i64().unwrap(), shop)
        };
        let was = |state: &str, revision: i64, shop: &str| (state.to_owned(), revision, shop.to_owned());
        posted(&acme, "alliance", &[of(FIRST, "shop88026001")]);
        let first = now();
        assert_eq!((first.0.as_str(), first.1), ("live", 1));
        posted(&acme, "alliance", &[of(THIRD, "shop88026003")]);
        let third = now();
        assert_eq!((third.0.as_str(), third.1), ("live", 2));
        assert_ne!(third.2, first.2);
        // Late, and so taken for known.
        assert_eq!(posted(&acme, "alliance", &[of(SECOND, "shop88026002")])["success_count"], 1);
        assert_eq!(now(), third);
        // A version is the same content for ever.
        let status = posted(&acme, "alliance", &[of(THIRD, "shop88026002")]);
        assert!(the_failure(&status).contains("other content"), "{status}");
        assert_eq!(now(), third);

        posted(&acme, "alliance", &[revoked(1, "2026-05-04T00:00:00.000Z")]);
        assert_eq!(now(), was("retracted", 3, &third.2));
        posted(&acme, "alliance", &[revoked(1, "2026-05-04T00:00:00.000Z"), of(THIRD, "shop88026003")]);
        assert_eq!(now(), was("retracted", 3, &third.2));
        let status = posted(&acme, "alliance", &[revoked(2, FIRST)]);
        assert!(the_failure(&status).contains("withdrawn"), "{status}");
        // Both versions in one envelope, and the end in another with a new one.
        posted(&acme, "alliance", &[
            stix_report(3, FIRST, &[], &carried(&[shop("https://shop88026004.taobao.com")])),
            stix_report(3, SECOND, &[], &carried(&[shop("https://shop88026005.taobao.com")])),
        ]);
        let both: Vec<Value> = reports(&acme).into_iter().filter(|one| one["external_id"] == id("report", 3)).collect();
        assert_eq!((both.len(), &both[0]["revision"]), (1, &json!(2)));
    }

    fn what_is_not_taken_is_named_and_keeps_nothing_else_back(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let good = |n: u32| stix_report(n, FIRST, &[], &carried(&[shop(&format!("https://shop8802600{n}.taobao.com"))]));
        let with = |n: u32, f: &dyn Fn(&mut Value)| { let mut object = good(n); f(&mut object); object };
        let url = json!({ "type": "url", "spec_version": "2.1", "id": id("url", 1), "value": "https://bags.shop/1" });
        let wrong: Vec<(Value, &str)> = vec![
            (with(2, &|one| { one.as_object_mut().unwrap().remove("extensions"); }), "/extensions/extension-definition--"),
            (with(2, &|one| one["extensions"][EXTENSION]["report"]["seller"] = json!({})), "/report/seller/identifiers: Give at least one"),
            (with(2, &|one| one["extensions"][EXTENSION]["report"]["nonsense"] = json!(1)), "/report/nonsense"),
            (with(2, &|one| one["extensions"][EXTENSION]["report"]["share_with"] = json!(["nowhere"])), "/report/share_with/0"),
            (with(2, &|one| one["extensions"][EXTENSION]["report"]["external_id"] = json!("x")), "/report/external_id"),
            (with(2, &|one| one["extensions"][EXTENSION]["report"]["statement"] = json!(null)), "/report/statement"),
            (with(2, &|one| one["modified"] = json!("yesterday")), "/modified"),
            (with(2, &|one| one["spec_version"] = json!("2.0")), "/spec_version"),
            (with(2, &|one| one["id"] = json!("report--1")), "/id"),
            (with(2, &|one| one["object_refs"] = json!([id("url", 9)])), "/object_refs/0"),
            (with(2, &|one| one["object_marking_refs"] = json!(["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"])), "/object_marking_refs"),
            (with(2, &|one| one["granular_markings"] = json!([{ "marking_ref": "x", "selectors": ["name"] }])), "/granular_markings"),
            (with(2, &|one| one["object_refs"] = json!("x")), "/object_refs"),
            (url.clone(), "No report that came with it"),
            (json!({ "type": "malware", "spec_version": "2.1", "id": id("malware", 1) }), "malware are not taken"),
            (json!({ "spec_version": "2.1" }), "/type"),
        ];
        for (n, (object, why)) in wrong.into_iter().enumerate() {
            let status = posted(&acme, "alliance", &[object, good(1)]);
            assert_eq!((n, &status["success_count"], &status["successes"][0]["id"]), (n, &json!(1), &json!(id("report", 1))));
            assert!(the_failure(&status).contains(why), "{why}: {status}");
        }
        assert_eq!(reports(&acme).len(), 1);
        // What has faults of its own is part of nothing.
        let mut old = url.clone();
        old["spec_version"] = json!("2.0");
        let status = posted(&acme, "alliance", &[with(3, &|one| one["object_refs"] = json!([id("url", 1)])), old]);
        assert_eq!(status["failure_count"], 2, "{status}");
        assert!(status.to_string().contains("/object_refs/0: The object has faults"), "{status}");
        // What a refused report refers to goes with it.
        let refused = with(2, &|one| { one["object_refs"] = json!([id("url", 1)]); one["modified"] = json!(1); });
        let status = posted(&acme, "alliance", &[refused, url]);
        assert_eq!(status["failure_count"], 2, "{status}");
    }

    fn an_envelope_that_is_none_is_refused_and_nobody_posts_where_it_may_not(engine) {
        let world = World::new(engine);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        let raw = |body: &str| acme.post_raw(&at("alliance", "objects/"), TAXII, body.to_owned());
        for body in ["{}", "{\"objects\":[]}", "{\"objects\":[1]}", "{\"objects\":[[\"report\"]]}", "{\"objects\":{}}", "[]"] {
            failure(&raw(body), 422);
        }
        for body in ["", "{", "nonsense"] {
            failure(&raw(body), 400);
        }
        let one = [stix_report(1, FIRST, &[], &carried(&[shop("https://shop88026001.taobao.com")]))];
        let text = json!({ "objects": one }).to_string();
        for kind in ["application/json", "application/taxii+json;version=2.0"] {
            failure(&acme.post_raw(&at("alliance", "objects/"), kind, text.clone()), 415);
        }
        failure(&post(&taobao, "alliance", &one), 403);
        failure(&post(&acme, "nowhere", &one), 404);
        failure(&post(&world.key_with("acme", &["feed:read"]), "alliance", &one), 403);
        assert!(reports(&acme).is_empty());
        // A drop box takes, and does not give; a report may name others beside it.
        let mut one = one;
        one[0]["extensions"][EXTENSION]["report"]["share_with"] = json!(["alliance"]);
        posted(&acme, "platform:taobao", &one);
        assert_eq!(reports(&acme)[0]["share_with"], json!(["alliance", "platform:taobao"]));
        failure(&acme.get(&at("platform:taobao", "objects/")), 403);
        let actors = taobao.get(&at("platform:taobao", "objects/?match[type]=threat-actor")).expect(200).json();
        assert_eq!(items(&actors, "objects").len(), 1);
    }

    fn two_versions_in_one_envelope_that_name_a_canary_alarm_once(engine) {
        let world = World::new(engine);
        let (acme, operator) = (world.key("acme"), world.key("operator"));
        let canary = shop("https://shop88026009.taobao.com");
        let mut watched = canary.clone();
        watched["note"] = json!("A shop that we own.");
        operator.post("/v1/admin/canaries", &watched).expect(201);
        let of = |modified: &str, name: &str| {
            let mut form = carried(std::slice::from_ref(&canary));
            form["seller"]["display_names"] = json!([name]);
            stix_report(1, modified, &[], &form)
        };
        let status = posted(&acme, "alliance", &[of(FIRST, "One"), of(SECOND, "Two")]);
        assert_eq!(status["success_count"], 2, "{status}");
        assert_eq!(operator.all("/v1/admin/canary-alerts").len(), 1);
    }

    fn a_status_is_for_the_member_that_posted_and_for_nobody_else(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let one = stix_report(1, FIRST, &[], &carried(&[shop("https://shop88026001.taobao.com")]));
        let status = posted(&acme, "alliance", &[one]);
        let path = format!("/taxii2/groups/status/{}/", status["id"].as_str().unwrap());
        assert_eq!(&path[36..37], "4", "TAXII wants a UUIDv4");
        failure(&world.key("bolt").get(&path), 404);
        assert_eq!(world.key_with("acme", &["reports:write"]).get(&path).expect(200).json(), status);
        world.app.clock.advance(25 * 3_600);
        let two = stix_report(2, FIRST, &[], &carried(&[shop("https://shop88026002.taobao.com")]));
        posted(&world.key("acme"), "alliance", &[two]);
        failure(&world.key("acme").get(&path), 404);
    }

    fn a_label_holds_for_a_report_and_all_that_it_refers_to(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let [amber, red] = ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"];
        let mut url = json!({ "type": "url", "spec_version": "2.1", "id": id("url", 1), "value": "https://bags.shop/1" });
        let mut bundle = stix_report(1, FIRST, &[url["id"].as_str().unwrap()], &carried(&[]));
        url["object_marking_refs"] = json!([amber]);
        posted(&acme, "alliance", &[bundle.clone(), url.clone()]);
        assert_eq!(reports(&acme)[0]["tlp"], "AMBER");
        bundle["object_marking_refs"] = json!([red]);
        bundle["modified"] = json!(SECOND);
        let status = posted(&acme, "alliance", &[bundle, url]);
        assert!(status.to_string().contains("one label"), "{status}");
        assert_eq!(reports(&acme)[0]["revision"], 1);
    }
}
