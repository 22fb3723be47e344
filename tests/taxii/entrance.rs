//! Discovery, collections, who is let in, media types and errors.

use reqwest::Method;
use serde_json::json;

use super::{TAXII, at, failure, get_with, items};
use crate::support::client::Client;
use crate::support::forms::{report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn basic(client: &Client, path: &str, name: &str, password: &str) -> crate::support::client::Reply {
    client.send(client.request(Method::GET, path).basic_auth(name, Some(password)))
}

on_both_engines! {
    fn discovery_leads_to_a_collection_for_each_group_that_the_caller_reads(engine) {
        let world = World::new(engine);
        let taobao = world.key("taobao");
        let found = taobao.get("/taxii2/").expect(200);
        assert_eq!(found.header("content-type"), TAXII);
        let root = found.json()["default"].as_str().unwrap().to_owned();
        assert_eq!(found.json()["api_roots"], json!([root]));
        let described = taobao.get(&root).expect(200).json();
        assert_eq!(described["versions"], json!([TAXII]));
        assert!(described["max_content_length"].as_u64().unwrap() > 0 && described["title"].is_string());

        let collections = items(&taobao.get(&format!("{root}collections/")).expect(200).json(), "collections");
        let aliases: Vec<_> = collections.iter().map(|one| one["alias"].as_str().unwrap()).collect();
        assert_eq!(aliases, ["alliance", "platform:taobao"]);
        for collection in &collections {
            let id = collection["id"].as_str().unwrap();
            assert_eq!((&id[14..15], id.len()), ("4", 36), "TAXII wants a UUIDv4");
            assert_eq!((&collection["can_read"], &collection["can_write"]), (&json!(true), &json!(false)));
            assert_eq!(&taobao.get(&at(id, "")).expect(200).json(), collection);
            let alias = collection["alias"].as_str().unwrap();
            assert_eq!(&taobao.get(&at(alias, "")).expect(200).json(), collection);
        }
        let of = |client: &Client| {
            let found = items(&client.get("/taxii2/groups/collections/").expect(200).json(), "collections");
            let may = |one: &serde_json::Value| [&one["can_read"], &one["can_write"]].map(|may| may == &json!(true));
            found.iter().map(|one| (one["alias"].as_str().unwrap().to_owned(), may(one))).collect::<Vec<_>>()
        };
        let listed = |all: &[(&str, [bool; 2])]| all.iter().map(|(alias, may)| ((*alias).to_owned(), *may)).collect::<Vec<_>>();
        let (drop, both) = ([false, true], [true, true]);
        let boxes = [("platform:ebay", drop), ("platform:taobao", drop)];
        assert_eq!(of(&world.key("acme")), listed(&[&[("alliance", both)], boxes.as_slice()].concat()));
        // As far as the key goes.
        assert_eq!(of(&world.key_with("acme", &["feed:read"])), listed(&[("alliance", [true, false])]));
        assert_eq!(of(&world.key_with("acme", &["reports:write"])).len(), 3);
        assert_eq!(of(&world.key_with("acme", &["sellers:read"])), []);
    }

    fn an_api_key_opens_the_door_as_a_bearer_token_and_as_a_password(engine) {
        let world = World::new(engine);
        let (anybody, acme) = (world.app.anonymous(), world.key("acme"));
        for path in ["/taxii2/", "/taxii2/groups/collections/", &at("alliance", "objects/")] {
            let by_bearer = acme.get(path).expect(200);
            assert_eq!(basic(&anybody, path, "whoever", acme.bearer()).expect(200).text, by_bearer.text);
            for reply in [anybody.get(path), basic(&anybody, path, acme.bearer(), "wrong"), get_with(&anybody, path, "authorization", "Basic %")] {
                failure(&reply, 401);
                let wanted: Vec<_> = reply.headers.get_all("www-authenticate").iter().collect();
                assert_eq!(wanted.len(), 2, "{wanted:?}");
                assert!(wanted[0].to_str().unwrap().starts_with("Basic realm="), "{wanted:?}");
            }
        }
        // Elsewhere a password is nothing.
        basic(&anybody, "/v1/me", "whoever", acme.bearer()).problem(401, "unauthenticated");
        let narrow = world.key_with("acme", &["sellers:read"]);
        failure(&narrow.get(&at("alliance", "objects/")), 403);
        narrow.get("/taxii2/").expect(200);
    }

    fn only_taxii_two_point_one_is_spoken(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        for accept in [TAXII, "application/taxii+json", "application/taxii+json; version=2.1", "*/*", "text/html, application/taxii+json;q=0.2"] {
            get_with(&acme, "/taxii2/", "accept", accept).expect(200);
        }
        for accept in ["application/taxii+json;version=2.0", "application/json", "application/vnd.oasis.taxii+json"] {
            failure(&get_with(&acme, "/taxii2/", "accept", accept), 406);
            failure(&get_with(&acme, &at("alliance", "objects/"), "accept", accept), 406);
        }
    }

    fn a_path_without_its_last_slash_is_the_same_and_what_is_nowhere_is_an_error_of_taxii(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        for path in ["/taxii2/", "/taxii2/groups/", "/taxii2/groups/collections/", &at("alliance", ""), &at("alliance", "objects/"), &at("alliance", "manifest/")] {
            let there = acme.get(path).expect(200);
            assert_eq!(acme.get(path.trim_end_matches('/')).expect(200).text, there.text, "{path}");
        }
        for path in ["/taxii2/nothing/", "/taxii2/groups/status/00000000-0000-4000-8000-000000000000/", "/taxii2/groups/collections/nowhere/", "/taxii2/groups/collections/alliance/nothing/"] {
            failure(&acme.get(path), 404);
        }
        failure(&acme.delete("/taxii2/"), 404);
    }

    fn nothing_is_deleted(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        acme.file(&report("A-1", &["alliance"], &[shop("https://shop88026.taobao.com")]));
        let object = acme.get(&at("alliance", "objects/?match[type]=threat-actor")).expect(200).json();
        let id = object["objects"][0]["id"].as_str().unwrap();
        let path = at("alliance", &format!("objects/{id}/"));
        failure(&acme.delete(&path), 403);
        acme.get(&path).expect(200);
        failure(&acme.delete(&at("platform:taobao", &format!("objects/{id}/"))), 403);
        failure(&acme.delete(&at("nowhere", &format!("objects/{id}/"))), 404);
    }

    fn a_parameter_that_cannot_be_meant_is_refused(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let wrong = [
            "limit=0", "limit=-1", "limit=x", "limit=", "added_after=", "added_after=yesterday",
            "added_after=2026-01-01T00:00:00", "next=abc", "next=", "match[version]=newest",
            "match[version]=all,last", "match[version]=", "match[id]=", "match[type]=a,,b",
            "match[id]=a&match[id]=b", "limit=1&limit=2",
        ];
        for query in wrong {
            for list in ["objects/", "manifest/"] {
                failure(&acme.get(&at("alliance", &format!("{list}?{query}"))), 400);
            }
        }
        let fine = ["nothing=1", "match[nothing]=1", "match[type]=x-unknown", "match[id]=nonsense", "limit=99999999999999999999999", "match[spec_version]=2.0,3"];
        for query in fine {
            acme.get(&at("alliance", &format!("objects/?{query}"))).expect(200);
        }
    }
}
