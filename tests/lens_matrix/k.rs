//! How many others must stand behind classes of goods: three, or as many as the group asks for.

use reqwest::Method;
use serde_json::{Value, json};

use super::{SHOP, path_of, read};
use crate::support::client::{Client, Reply};
use crate::support::forms::{report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn raise(client: &Client, path: &str, k: i64) -> Reply {
    client.send(client.request(Method::PUT, path).json(&json!({ "k": k })))
}

fn k_of(client: &Client, group: &str) -> Value {
    let groups = client.get("/v1/groups").expect(200).json();
    let found = groups["items"].as_array().unwrap().iter().find(|one| one["slug"] == group);
    found.unwrap()["k"].clone()
}

on_both_engines! {
    fn a_group_that_asks_for_four_others_shows_goods_from_five_members_on(engine) {
        let mut world = World::new(engine);
        for slug in ["dora", "emil", "fern"] {
            world.add_member(slug, "brand");
        }
        let (operator, peer, taobao) = (world.key("operator"), world.key("fern"), world.key("taobao"));
        let file = |member: &str| {
            let mut form = report("R-1", &["alliance"], &[shop(SHOP)]);
            form["goods"] = json!([{ "category": "footwear", "nice_class": 25 }]);
            world.key(member).file(&form)
        };
        let filed = ["acme", "bolt", "cora", "dora"].map(file);
        let path = path_of(&filed[0]);
        let is_shown = || !read(&peer, &path)["goods"].is_null();
        assert!(is_shown());
        assert_eq!(k_of(&peer, "alliance"), 3);

        let of_platform = taobao.feed("alliance");
        let of_peer = peer.feed("alliance");
        let raised = raise(&operator, "/v1/admin/groups/alliance/k", 4).expect(200).json();
        assert_eq!((&raised["slug"], &raised["k"]), (&json!("alliance"), &json!(4)));
        world.wait_until_worked_out();
        assert!(!is_shown());
        assert_eq!(k_of(&peer, "alliance"), 4);
        // The platform sees the goods themselves: nothing has changed for it.
        assert_eq!(taobao.feed("alliance"), of_platform);
        assert_eq!(peer.feed("alliance").len(), of_peer.len() + 1);
        file("emil");
        assert!(is_shown());
    }

    fn whoever_pools_the_reports_of_the_alliance_asks_for_no_less_than_it(engine) {
        let world = World::new(engine);
        let (operator, acme, taobao) = (world.key("operator"), world.key("acme"), world.key("taobao"));
        let found = |slug: &str, includes: bool| {
            let new = json!({ "slug": slug, "name": "A den", "includes_alliance": includes });
            acme.post("/v1/groups", &new).expect(201).json()
        };
        let before = [("with", true), ("without", false)].map(|(slug, includes)| found(slug, includes));
        raise(&operator, "/v1/admin/groups/alliance/k", 5).expect(200);
        assert_eq!(before.map(|group| k_of(&acme, group["slug"].as_str().unwrap())), [json!(5), json!(3)]);
        assert_eq!(k_of(&taobao, "platform:taobao"), 5);
        assert_eq!(found("later", true)["k"], 5);
        assert_eq!(found("later-without", false)["k"], 3);
        // One that asks for more goes on to.
        let more = found("more", true);
        let slug = more["slug"].as_str().unwrap();
        raise(&acme, &format!("/v1/groups/{slug}/k"), 9).expect(200);
        raise(&operator, "/v1/admin/groups/alliance/k", 6).expect(200);
        assert_eq!(k_of(&acme, slug), 9);
    }

    fn k_is_raised_by_who_keeps_the_group_and_lowered_by_nobody(engine) {
        let world = World::new(engine);
        let (acme, bolt, operator) = (world.key("acme"), world.key("bolt"), world.key("operator"));
        let new = json!({ "slug": "den", "name": "The den" });
        let founded = acme.post("/v1/groups", &new).expect(201).json();
        assert_eq!(founded["k"], 3);
        let slug = founded["slug"].as_str().unwrap();
        let path = format!("/v1/groups/{slug}/k");
        let invited = json!({ "member": "bolt", "contribute": true, "read": true });
        acme.post(&format!("/v1/groups/{slug}/invitations"), &invited).expect(201);
        let open = bolt.get("/v1/group-invitations").expect(200).json();
        let id = open["items"][0]["id"].as_str().unwrap();
        bolt.post(&format!("/v1/group-invitations/{id}/accept"), &Value::Null).expect(200);

        raise(&bolt, &path, 5).problem(403, "forbidden");
        raise(&world.key("cora"), &path, 5).problem(404, "not-found");
        raise(&acme, "/v1/groups/alliance/k", 5).problem(404, "not-found");
        raise(&operator, &format!("/v1/admin/groups/{slug}/k"), 5).problem(409, "conflict");
        raise(&operator, "/v1/admin/groups/nowhere/k", 5).problem(404, "not-found");
        for k in [2, 21, -1] {
            let refused = raise(&acme, &path, k).problem(422, "invalid");
            assert_eq!(refused, [("/k".to_owned(), "out_of_range".to_owned())]);
        }
        assert_eq!(k_of(&bolt, slug), 3);
        assert_eq!(raise(&acme, &path, 5).expect(200).json()["k"], 5);
        assert_eq!(raise(&acme, &path, 5).expect(200).json()["k"], 5);
        raise(&acme, &path, 4).problem(409, "conflict");
        assert_eq!(k_of(&bolt, slug), 5);
        let changes = acme.all(&format!("/v1/groups/{slug}/changes"));
        let raised: Vec<_> = changes.iter().filter(|one| one["kind"] == "raised_k").collect();
        assert_eq!(raised.len(), 1, "{changes:?}");
        assert_eq!((&raised[0]["k"], &raised[0]["by"]), (&json!(5), &json!("acme")));
    }
}
