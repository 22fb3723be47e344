//! Members of one owner group count once, and a change of one shows where it changes what is shown, and nowhere else.

use reqwest::Method;
use serde_json::{Value, json};

use super::{SHOP, path_of, read};
use crate::support::forms::{report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

/// The operator puts a member into a family, or takes it out again.
fn affiliate(world: &World, slug: &str, family: Option<&str>) {
    let path = format!("/v1/admin/members/{}/owner-group", world.ids[slug]);
    let operator = world.key("operator");
    let request = match family {
        Some(family) => operator.request(Method::PUT, &path).json(&json!({ "owner_group": family })),
        None => operator.request(Method::DELETE, &path),
    };
    let changed = operator.send(request).expect(200).json();
    assert_eq!(changed["owner_group"], json!(family));
    world.wait_until_worked_out();
}

on_both_engines! {
    fn brands_of_one_house_count_once_and_are_no_crowd(engine) {
        let mut world = World::new(engine);
        world.add_member("dora", "brand");
        world.add_member("emil", "brand");
        let (peer, taobao) = (world.key("emil"), world.key("taobao"));
        let mut filed = Value::Null;
        for member in ["acme", "bolt", "cora", "dora"] {
            let mut form = report("R-1", &["alliance"], &[shop(SHOP)]);
            form["goods"] = json!([{ "category": "footwear", "nice_class": 25 }]);
            filed = world.key(member).file(&form);
        }
        let path = path_of(&filed);
        let seen = || {
            let (peer, whole) = (read(&peer, &path), read(&taobao, &path));
            assert_eq!(whole["reports"], 4, "reports are counted as they are");
            (whole["members"].clone(), peer["members"].clone(), !peer["goods"].is_null())
        };
        assert_eq!(seen(), (json!(4), json!("3-5"), true));
        affiliate(&world, "acme", Some("wing-house"));
        assert_eq!(seen(), (json!(4), json!("3-5"), true), "it is alone in its house");
        affiliate(&world, "dora", Some("wing-house"));
        assert_eq!(seen(), (json!(3), json!("3-5"), false));
        affiliate(&world, "dora", Some("other-house"));
        assert_eq!(seen(), (json!(4), json!("3-5"), true));
        affiliate(&world, "dora", Some("wing-house"));
        affiliate(&world, "cora", Some("wing-house"));
        assert_eq!(seen(), (json!(2), json!("1-2"), false));
        affiliate(&world, "cora", None);
        affiliate(&world, "dora", None);
        assert_eq!(seen(), (json!(4), json!("3-5"), true));
    }

    fn a_new_owner_is_an_event_for_whom_it_changes_something_and_for_nobody_else(engine) {
        let world = World::new(engine);
        for member in ["acme", "bolt"] {
            world.key(member).file(&report("R-1", &["alliance"], &[shop(SHOP)]));
        }
        let filed = world.key("cora").file(&report("R-1", &["alliance"], &[shop("https://shop110033.taobao.com")]));
        let feeds = || ["cora", "ebay", "taobao"].map(|member| world.key(member).feed("alliance"));
        let before = feeds();
        let of_cora = read(&world.key("taobao"), &path_of(&filed));
        world.app.clock.advance(3_600);
        affiliate(&world, "acme", Some("wing-house"));
        assert_eq!(feeds(), before);
        affiliate(&world, "bolt", Some("wing-house"));
        let after = feeds();
        // One or two members: no peer can tell. The platform read two and reads one.
        assert_eq!(after[..2], before[..2]);
        assert_eq!(after[2].len(), before[2].len() + 1);
        assert_eq!(after[2].last().unwrap()["kind"], "updated");
        affiliate(&world, "cora", Some("wing-house"));
        assert_eq!(feeds(), after);
        assert_eq!(read(&world.key("taobao"), &path_of(&filed)), of_cora);
    }
}
