//! Sharing groups that their members found, join and keep.

use serde_json::{Value, json};

use super::{essence, fault, text};
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Founds a group of acme's and returns its slug.
pub fn found(world: &World, members_named: bool) -> String {
    let body = json!({
        "slug": "luxury-watches",
        "name": "Luxury watches",
        "description": "Makers of watches.",
        "members_named": members_named,
    });
    text(&world.key("acme").post("/v1/groups", &body).expect(201).json()["slug"])
}

pub fn invite(keeper: &Client, group: &str, member: &str, contribute: bool, read: bool) -> Reply {
    let body = json!({ "member": member, "contribute": contribute, "read": read });
    keeper.post(&format!("/v1/groups/{group}/invitations"), &body)
}

/// What the member is invited into.
pub fn received(client: &Client) -> Vec<Value> {
    let open = client.get("/v1/group-invitations").expect(200).json();
    open["items"].as_array().unwrap().clone()
}

pub fn answer(client: &Client, invitation: &Value, verb: &str) -> Reply {
    let id = text(&invitation["id"]);
    client.post(&format!("/v1/group-invitations/{id}/{verb}"), &Value::Null)
}

/// Has acme invite a member, which accepts.
pub fn join(world: &World, group: &str, member: &str, contribute: bool, read: bool) {
    invite(&world.key("acme"), group, member, contribute, read).expect(201);
    let client = world.key(member);
    answer(&client, &received(&client)[0], "accept").expect(200);
}

pub fn sellers(client: &Client, group: &str) -> usize {
    client.all(&format!("/v1/groups/{group}/sellers")).len()
}

fn members(client: &Client, group: &str) -> Value {
    client.get(&format!("/v1/groups/{group}/members")).expect(200).json()
}

fn kinds(client: &Client, group: &str) -> Vec<(String, String, String)> {
    let changes = client.all(&format!("/v1/groups/{group}/changes?limit=2"));
    changes.iter().map(|one| (text(&one["kind"]), text(&one["by"]), text(&one["member"]))).collect()
}

on_both_engines! {
    fn a_member_founds_a_group_and_those_who_accept_pool_reports_in_it(engine) {
        let world = World::new(engine);
        let group = found(&world, true);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let sent = invite(&acme, &group, "bolt", true, true).expect(201).json();
        assert_eq!((&sent["member"], &sent["state"]), (&json!("bolt"), &json!("pending")));
        acme.file(&report("A-1", &[&group], &[email("jian.li@163.com")]));
        bolt.get(&format!("/v1/groups/{group}/sellers")).problem(404, "not-found");

        let open = received(&bolt);
        assert_eq!(open.len(), 1);
        assert_eq!((&open[0]["group"], &open[0]["invited_by"]), (&json!(group), &json!("acme")));
        assert_eq!((&open[0]["description"], &open[0]["members_named"]), (&json!("Makers of watches."), &json!(true)));
        assert!(received(&cora).is_empty());
        answer(&cora, &open[0], "accept").problem(404, "not-found");
        let joined = answer(&bolt, &open[0], "accept").expect(200).json();
        assert_eq!((&joined["slug"], &joined["contribute"], &joined["read"]), (&json!(group), &json!(true), &json!(true)));
        answer(&bolt, &open[0], "accept").problem(404, "not-found");

        bolt.file(&report("B-1", &[&group], &[email("wei.zhang@163.com")]));
        assert_eq!((sellers(&acme, &group), sellers(&bolt, &group), sellers(&cora, "alliance")), (2, 2, 0));
        let seen = members(&bolt, &group);
        assert_eq!((&seen["count"], &seen["keeper"]), (&json!(2), &json!(false)));
        assert_eq!(seen["members"][0]["slug"], "acme");
        assert_eq!(seen["members"][0]["keeper"], true);
    }

    fn a_member_does_in_a_group_what_it_was_invited_for_and_what_its_kind_allows(engine) {
        let world = World::new(engine);
        let group = found(&world, true);
        join(&world, &group, "bolt", true, false);
        join(&world, &group, "cora", false, true);
        join(&world, &group, "taobao", true, true);
        let (bolt, cora, taobao) = (world.key("bolt"), world.key("cora"), world.key("taobao"));
        bolt.file(&report("B-1", &[&group], &[email("jian.li@163.com")]));
        bolt.get(&format!("/v1/groups/{group}/sellers")).problem(404, "not-found");
        assert_eq!((sellers(&cora, &group), sellers(&taobao, &group)), (1, 1));
        let refused = cora.post("/v1/reports", &report("C-1", &[&group], &[email("wei.zhang@163.com")]));
        assert_eq!(refused.problem(422, "invalid"), [fault("/share_with/0", "unknown_group")]);
        let rights: Vec<_> = members(&world.key("acme"), &group)["members"].as_array().unwrap().iter()
            .map(|one| (text(&one["slug"]), one["contribute"] == true, one["read"] == true)).collect();
        let expected = [("acme", true, true), ("bolt", true, false), ("cora", false, true), ("taobao", false, true)];
        assert_eq!(rights, expected.map(|(slug, contribute, read)| (slug.to_owned(), contribute, read)));
        // Nothing that a platform could do with it, so it is not asked.
        world.key("acme").delete(&format!("/v1/groups/{group}/members/taobao")).expect(204);
        world.app.clock.advance(1);
        invite(&world.key("acme"), &group, "taobao", true, false).expect(201);
        assert!(received(&taobao).is_empty());
    }

    fn an_invitation_of_nobody_looks_like_one_of_somebody_who_does_not_accept(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        let acme = world.key("acme");
        let with = |reply: &Reply, slug: &str| {
            let mut body = reply.json();
            body["id"] = json!("gin");
            let headers = essence(reply).1;
            let headers: Vec<_> = headers.into_iter().filter(|(name, _)| name != "content-length").collect();
            (reply.status, headers, body.to_string().replace(slug, "somebody"))
        };
        // A brand that will decline, an authority, the operator, and nobody.
        let slugs = ["bolt", "customs", "operator", "zeno"];
        let sent = slugs.map(|slug| (slug, invite(&acme, &group, slug, true, true)));
        for (slug, reply) in &sent {
            assert_eq!(with(reply, slug), with(&sent[0].1, "bolt"), "{slug}");
        }
        let bolt = world.key("bolt");
        answer(&bolt, &received(&bolt)[0], "decline").expect(204);
        assert!(received(&bolt).is_empty());
        let listed = acme.all(&format!("/v1/groups/{group}/invitations?limit=1"));
        assert_eq!(listed.len(), 4);
        assert!(listed.iter().all(|one| one["state"] == "pending"), "{listed:?}");
        for slug in slugs {
            let again = invite(&acme, &group, slug, true, true);
            again.problem(409, "conflict");
            assert_eq!(essence(&again), essence(&invite(&acme, &group, "bolt", true, true)));
        }
        assert_eq!(members(&acme, &group)["count"], 1);
        assert_eq!(kinds(&acme, &group).len(), 5, "a decline stands in the record");
        world.app.clock.advance(31 * 86_400);
        let listed = acme.all(&format!("/v1/groups/{group}/invitations"));
        assert!(listed.iter().all(|one| one["state"] == "expired"), "{listed:?}");
    }

    fn a_revoked_invitation_is_nobodys_to_accept(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let sent = invite(&acme, &group, "bolt", true, true).expect(201).json();
        let open = received(&bolt);
        let path = format!("/v1/groups/{group}/invitations/{}", text(&sent["id"]));
        acme.delete(&path).expect(204);
        acme.delete(&path).expect(204);
        assert!(received(&bolt).is_empty());
        answer(&bolt, &open[0], "accept").problem(404, "not-found");
        world.app.clock.advance(1);
        join(&world, &group, "bolt", true, true);
        let accepted = acme.all(&format!("/v1/groups/{group}/invitations"));
        let accepted = accepted.iter().find(|one| one["state"] == "accepted").unwrap();
        acme.delete(&format!("/v1/groups/{group}/invitations/{}", text(&accepted["id"]))).problem(409, "conflict");
        let expected = [("founded", "acme", "acme"), ("invited", "acme", "bolt"), ("revoked", "acme", "bolt"),
            ("invited", "acme", "bolt"), ("accepted", "bolt", "bolt")];
        assert_eq!(kinds(&acme, &group), expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
    }

    fn nobody_learns_by_a_taken_slug_that_there_is_a_group(engine) {
        let world = World::new(engine);
        let body = json!({ "slug": "secret", "name": "Secret", "includes_alliance": true });
        let slugs = ["acme", "bolt"].map(|slug| text(&world.key(slug).post("/v1/groups", &body).expect(201).json()["slug"]));
        assert!(slugs.iter().all(|slug| slug.starts_with("secret-") && slug.len() == 15), "{slugs:?}");
        assert_ne!(slugs[0], slugs[1]);
        world.app.clock.advance(1);
        world.key("acme").post("/v1/groups", &body).problem(409, "conflict");
        let posing = json!({ "slug": "platform:jd", "name": "" });
        let refused = world.key("acme").post("/v1/groups", &posing);
        assert_eq!(refused.problem(422, "invalid"), [fault("/name", "malformed"), fault("/slug", "malformed")]);
    }

    fn the_members_are_named_to_members_only_and_only_where_the_group_chose_so(engine) {
        let world = World::new(engine);
        let group = found(&world, false);
        join(&world, &group, "bolt", true, true);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        assert_eq!(members(&bolt, &group), json!({ "count": 2, "members_named": false, "keeper": false }));
        assert_eq!(members(&acme, &group)["members"].as_array().unwrap().len(), 2);
        invite(&acme, &group, "cora", true, true).expect(201);
        for client in [&cora, &world.key("taobao"), &world.key("customs"), &world.key("operator")] {
            let there = client.get(&format!("/v1/groups/{group}/members"));
            there.problem(404, "not-found");
            assert_eq!(essence(&there), essence(&client.get("/v1/groups/nowhere/members")));
        }
        // A built-in group has no list.
        acme.get("/v1/groups/alliance/members").problem(404, "not-found");
    }

    fn only_keepers_keep_the_list(engine) {
        let world = World::new(engine);
        let group = found(&world, true);
        join(&world, &group, "bolt", true, true);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let at = |rest: &str| format!("/v1/groups/{group}/{rest}");
        invite(&bolt, &group, "cora", true, true).problem(403, "forbidden");
        for path in ["invitations", "changes"] {
            bolt.get(&at(path)).problem(403, "forbidden");
        }
        bolt.delete(&at("members/acme")).problem(403, "forbidden");
        let put = |client: &Client, path: &str| client.send(client.request(reqwest::Method::PUT, &at(path)));
        put(&bolt, "keepers/bolt").problem(403, "forbidden");

        // Somebody has to be left who keeps it.
        acme.post(&at("leave"), &json!({})).problem(409, "conflict");
        acme.delete(&at("keepers/acme")).problem(409, "conflict");
        acme.delete(&at("members/acme")).problem(409, "conflict");
        put(&acme, "keepers/cora").problem(404, "not-found");
        put(&acme, "keepers/bolt").expect(204);
        put(&acme, "keepers/bolt").expect(204);
        invite(&bolt, &group, "cora", true, true).expect(201);
        acme.delete(&at("keepers/acme")).expect(204);
        acme.get(&at("changes")).problem(403, "forbidden");
        acme.post(&at("leave"), &json!({})).expect(204);
        let told = kinds(&bolt, &group);
        let told: Vec<_> = told.iter().skip(3).map(|(kind, by, of)| (kind.as_str(), by.as_str(), of.as_str())).collect();
        assert_eq!(told, [("appointed", "acme", "bolt"), ("invited", "bolt", "cora"), ("dismissed", "acme", "acme"), ("left", "acme", "acme")]);
        let times = bolt.all(&at("changes"));
        assert!(times.iter().all(|one| one["at"].is_string() && (one["actor"].is_string() == (one["by"] == "bolt"))), "{times:?}");
    }
}
