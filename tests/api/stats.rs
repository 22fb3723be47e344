//! The totals of a group.

use serde_json::{Value, json};
use touchstone::store::reports as stored;

use super::reports::make_group;
use crate::support::client::Client;
use crate::support::forms::{email, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Six who contribute.
const SIX: [&str; 6] = ["acme", "bolt", "cora", "dora", "emil", "guild"];

fn world_of_six(engine: crate::support::Engine) -> World {
    let mut world = World::new(engine);
    world.add_member("dora", "brand");
    world.add_member("emil", "brand");
    world.add_member("guild", "association");
    world
}

/// A report of a member, unlike any other, on goods of a category.
fn on(member: &str, n: usize, groups: &[&str], category: &str) -> Value {
    let code: u32 = member.bytes().map(u32::from).sum();
    let mut form = report(
        &format!("{member}-{category}-{n}"),
        groups,
        &[shop(&format!("https://shop{code}{n}.taobao.com")), email(&format!("{category}{n}@{member}.shop"))],
    );
    form["goods"] = json!([{ "category": category }]);
    form
}

fn stats(client: &Client, group: &str) -> Value {
    client.get(&format!("/v1/groups/{group}/stats")).expect(200).json()
}

/// How far what is shared with a group, and says nothing else, may be passed on.
fn label(group: &str) -> &'static str {
    match group {
        "alliance" => "GREEN",
        _ if group.starts_with("platform:") => "AMBER+STRICT",
        _ => "AMBER",
    }
}

/// Totals of which nothing is shown.
fn nothing(group: &str, as_of: &str) -> Value {
    let none = json!([]);
    json!({ "group": group, "as_of": as_of, "tlp": label(group), "months": none, "platforms": none, "countries": none, "categories": none })
}

const JUNE: &str = "2026-06-01T00:00:00.000000Z";
const JULY: &str = "2026-07-01T00:00:00.000000Z";

on_both_engines! {
    fn the_totals_of_a_group_show_what_five_members_stand_behind_from_the_next_month_on(engine) {
        let world = world_of_six(engine);
        for member in SIX {
            for n in 0..2 {
                world.key(member).file(&on(member, n, &["alliance"], "footwear"));
            }
        }
        // Four members, and one: neither category shows, nor that there is one.
        for member in &SIX[..4] {
            world.key(member).file(&on(member, 0, &["alliance"], "watches"));
        }
        world.key("acme").file(&on("acme", 0, &["alliance"], "pens"));
        world.wait_until_counted();
        for reader in ["acme", "emil", "taobao"] {
            assert_eq!(stats(&world.key(reader), "alliance"), nothing("alliance", JUNE));
        }

        world.next_month();
        let expected = json!({
            "group": "alliance",
            "as_of": JULY,
            "tlp": "GREEN",
            "reports": 15,
            "months": [{ "label": "2026-04", "reports": 15 }],
            "platforms": [{ "label": "taobao", "reports": 15 }],
            "countries": [{ "reports": 15 }],
            // Twelve on footwear: shown beside the total, they would tell that four members have five others.
            "categories": [],
        });
        for reader in ["acme", "emil", "taobao"] {
            assert_eq!(stats(&world.key(reader), "alliance"), expected);
        }
        let reply = world.key("dora").get("/v1/groups/alliance/stats").expect(200);
        let path = "/v1/groups/alliance/stats";
        let again = world.key("dora").request(reqwest::Method::GET, path).header("if-none-match", reply.header("etag"));
        assert_eq!(world.key("dora").send(again).status, 304);
    }

    fn totals_stand_still_for_a_month_whatever_is_filed_revised_or_retracted(engine) {
        let world = world_of_six(engine);
        let mut ids = Vec::new();
        for member in SIX {
            for n in 0..2 {
                ids.push((member, world.key(member).file(&on(member, n, &["alliance"], "footwear"))));
            }
        }
        world.next_month();
        let before = stats(&world.key("taobao"), "alliance");
        assert_eq!(before["categories"], json!([{ "label": "footwear", "reports": 10 }]));
        for (member, filed) in &ids {
            if filed["external_id"].as_str().unwrap().ends_with("-0") {
                world.key(member).retract(filed["id"].as_str().unwrap());
            }
        }
        world.key("acme").file(&on("acme", 9, &["alliance"], "footwear"));
        world.app.clock.advance(20 * 24 * 3_600);
        assert_eq!(stats(&world.key("taobao"), "alliance"), before);

        world.next_month();
        // Two of acme's seven are too many.
        assert_eq!(stats(&world.key("taobao"), "alliance"), nothing("alliance", "2026-08-01T00:00:00.000000Z"));
        world.key("bolt").file(&on("bolt", 9, &["alliance"], "footwear"));
        world.next_month();
        assert_eq!(stats(&world.key("taobao"), "alliance")["reports"], 5);
    }

    fn a_group_counts_what_is_shared_with_it_and_not_with_the_alliance_and_only_its_readers_see_it(engine) {
        let world = world_of_six(engine);
        let all: Vec<(&str, bool, bool)> = SIX.iter().map(|member| (*member, true, *member != "cora")).collect();
        make_group(&world, "luxury", &all);
        for member in SIX {
            world.key(member).file(&on(member, 0, &["luxury"], "bags"));
            world.key(member).file(&on(member, 1, &["luxury", "alliance"], "bags"));
            world.key(member).file(&on(member, 2, &["platform:ebay"], "bags"));
            world.key(member).file(&on(member, 3, &[], "bags"));
        }
        let retracted = world.key("acme").file(&on("acme", 4, &["alliance"], "bags"));
        world.key("acme").retract(retracted["id"].as_str().unwrap());
        world.next_month();
        for (group, reader) in [("luxury", "acme"), ("alliance", "acme"), ("alliance", "ebay"), ("platform:ebay", "ebay")] {
            let shown = stats(&world.key(reader), group);
            // Six of each, and not twelve.
            assert_eq!((&shown["reports"], &shown["categories"][0]["reports"]), (&json!(5), &json!(5)), "{group}");
        }
        assert_eq!(stats(&world.key("taobao"), "platform:taobao"), nothing("platform:taobao", JULY));
        for (group, stranger) in [("luxury", "cora"), ("luxury", "taobao"), ("platform:ebay", "acme"), ("nosuch", "acme")] {
            world.key(stranger).get(&format!("/v1/groups/{group}/stats")).problem(404, "not-found");
        }
    }

    fn what_is_counted_page_by_page_is_every_live_report_once(engine) {
        let world = world_of_six(engine);
        let mut expected = Vec::new();
        for member in ["acme", "bolt", "cora"] {
            for n in 0..3 {
                let filed = world.key(member).file(&on(member, n, &["alliance"], "bags"));
                expected.push(filed["id"].as_str().unwrap().to_owned());
            }
        }
        world.key("acme").retract(&expected.remove(0));
        expected.sort();
        for limit in [1, 2, 3, 5, 8, 9] {
            let (mut after, mut met) = (None, Vec::new());
            loop {
                let page = world.app.app.db.read(|conn| stored::live_after(conn, after, limit)).unwrap();
                let Some(last) = page.last() else { break };
                assert!(page.len() as i64 <= limit);
                after = Some((last.member_id, last.id));
                met.extend(page.iter().map(|row| row.id.to_string()));
            }
            met.sort();
            assert_eq!(met, expected, "in pages of {limit}");
        }
    }
}
