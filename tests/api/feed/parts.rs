//! Parts of a feed: what is in them is told, what leaves them is told once, what never was in them never.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Copy, listed};
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn part(filter: &str) -> String {
    format!("/v1/groups/alliance/feed?limit=3&{filter}")
}

fn told(client: &Client, filter: &str) -> Vec<(String, String, bool)> {
    let mut copy = Copy::default();
    copy.read_on(client, &part(filter));
    let one = |event: &Value| {
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        (text("kind"), text("seller_id"), event.get("seller").is_some())
    };
    copy.told.iter().map(one).collect()
}

fn id_of(report: &Value) -> String {
    report["id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    fn a_profile_that_leaves_the_part_is_told_as_gone_and_one_that_comes_in_as_new(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let plain = acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let elsewhere = acme.file(&report("A-2", &["alliance"], &[shop("https://www.ebay.com/usr/bags_and_more")]));
        let jian = plain["sellers"][0]["seller_id"].as_str().unwrap().to_owned();
        let mut copy = Copy::default();
        copy.read_on(&bolt, &part("platform=taobao"));
        assert!(copy.told.is_empty(), "{:?}", copy.told);

        let hosted = acme.file(&report("A-3", &["alliance"], &[email("jian@bags.shop"), shop("https://shop1.taobao.com")]));
        copy.read_on(&bolt, &part("platform=taobao"));
        assert_eq!((copy.told.len(), &copy.told[0]["kind"]), (1, &json!("created")), "{:?}", copy.told);
        assert_eq!(copy.sellers, listed(&bolt, "alliance", "platform=taobao"));
        assert_eq!(copy.sellers.keys().collect::<Vec<_>>(), [&jian]);

        acme.retract(&id_of(&hosted));
        copy.read_on(&bolt, &part("platform=taobao"));
        assert_eq!((copy.told.len(), &copy.told[1]["kind"]), (2, &json!("removed")), "{:?}", copy.told);
        assert_eq!((copy.told[1].get("seller"), copy.sellers.len()), (None, 0));

        // What happens to it now, and to what never was in the part, is no news there.
        acme.retract(&id_of(&plain));
        acme.retract(&id_of(&elsewhere));
        copy.read_on(&bolt, &part("platform=taobao"));
        assert_eq!(copy.told.len(), 2, "{:?}", copy.told);
    }

    fn of_what_never_was_in_the_part_not_even_the_id_is_told(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let mut outside = BTreeSet::new();
        for n in 0..6 {
            let identifiers = if n % 3 == 0 { phone(&format!("+86 138 1234 567{n}")) } else { email(&format!("a{n}@bags.shop")) };
            let filed = acme.file(&report(&format!("A-{n}"), &["alliance"], &[identifiers]));
            let seller = filed["sellers"][0]["seller_id"].as_str().unwrap().to_owned();
            if n % 3 != 0 {
                outside.insert(seller);
            }
        }
        // Changed, and gone.
        let mut more = report("A-9", &["alliance"], &[email("a1@bags.shop")]);
        more["seller"]["display_names"] = json!(["Another name"]);
        acme.file(&more);
        let second = acme.all("/v1/reports?external_id=A-2");
        acme.retract(second[0]["id"].as_str().unwrap());
        let told = told(&bolt, "country=CN");
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().all(|(_, id, _)| !outside.contains(id)), "{told:?}");
        assert_eq!(listed(&bolt, "alliance", "country=CN").len(), 2);
    }

    fn a_merge_out_of_the_part_and_a_split_back_are_told_in_it(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        bolt.file(&report("B-1", &["alliance"], &[phone("+86 138 1234 5678"), shop("https://shop1.taobao.com")]));
        let mut copy = Copy::default();
        let mut both = Copy::default();
        let follow = |copy: &mut Copy, both: &mut Copy| {
            copy.read_on(&world.key("cora"), &part("platform=taobao"));
            both.read_on(&world.key("cora"), &part("platform=taobao&country=CN"));
            assert_eq!(copy.sellers, listed(&world.key("cora"), "alliance", "platform=taobao"));
            assert_eq!(both.sellers, listed(&world.key("cora"), "alliance", "platform=taobao&country=CN"));
        };
        follow(&mut copy, &mut both);
        let bridge = acme.file(&report("A-2", &["alliance"], &[email("jian@bags.shop"), phone("+86 138 1234 5678")]));
        follow(&mut copy, &mut both);
        assert_eq!(copy.sellers.len(), 1);
        let kinds: BTreeSet<_> = copy.told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert!(kinds.contains("merged"), "{kinds:?}");
        acme.retract(&id_of(&bridge));
        follow(&mut copy, &mut both);
        assert_eq!(copy.sellers.len(), 1);
    }

    fn changes_of_other_fields_are_left_out_and_the_copy_is_right_in_those_asked_for(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        acme.file(&report("A-1", &["alliance"], &[email("jian@bags.shop")]));
        let mut names = Copy::default();
        names.read_on(&bolt, &part("changed=names"));
        let later = |id: &str, change: &dyn Fn(&mut Value)| {
            let mut form = report(id, &["alliance"], &[email("jian@bags.shop")]);
            change(&mut form);
            acme.file(&form)
        };
        later("A-2", &|form| form["last_seen"] = json!("2026-05-20"));
        names.read_on(&bolt, &part("changed=names"));
        assert_eq!(names.told.len(), 1, "only that it appeared: {:?}", names.told);
        let named = later("A-3", &|form| form["seller"]["display_names"] = json!(["Jian's bags"]));
        names.read_on(&bolt, &part("changed=names"));
        assert_eq!(names.told.len(), 2);
        let field = |of: &std::collections::BTreeMap<String, Value>| {
            of.iter().map(|(id, seller)| (id.clone(), seller["names"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(field(&names.sellers), field(&listed(&bolt, "alliance", "")));
        for report in acme.all("/v1/reports") {
            acme.retract(&id_of(&report));
        }
        drop(named);
        names.read_on(&bolt, &part("changed=names"));
        assert!(names.sellers.is_empty(), "what is gone passes whatever is asked for");
    }

    fn a_cursor_of_one_part_is_refused_for_another(engine) {
        let world = World::new(engine);
        let bolt = world.key("bolt");
        let next = |filter: &str| bolt.get(&part(filter)).expect(200).json()["next"].as_str().unwrap().to_owned();
        let of_taobao = next("platform=taobao");
        bolt.get(&part(&format!("platform=Taobao&cursor={of_taobao}"))).expect(200);
        for filter in ["", "platform=ebay", "platform=taobao&country=CN", "platform=taobao&minimum_risk=9", "platform=taobao&changed=names"] {
            bolt.get(&part(&format!("{filter}&cursor={of_taobao}"))).problem(400, "bad-cursor");
        }
    }

    fn a_narrow_part_of_a_long_feed_is_read_in_pages_that_may_be_empty_and_none_is_skipped(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let form = |n: usize| {
            let rare = [phone(&format!("+86 138 1234 5{n:03}"))];
            let usual = [email(&format!("a{n}@bags.shop"))];
            let identifiers: &[Value] = if n.is_multiple_of(400) { &rare } else { &usual };
            report(&format!("A-{n}"), &["alliance"], identifiers).to_string()
        };
        let forms: Vec<String> = (0..1_300).map(form).collect();
        acme.post_raw("/v1/reports/bulk", "application/x-ndjson", forms.join("\n")).expect(200);
        acme.wait_until_pooled();
        let told = told(&world.key("bolt"), "country=CN");
        assert_eq!(told.len(), 4, "{told:?}");
    }
}
