//! Ways around the lens that were found open: each test says how it must be.

use std::time::Duration;

use serde_json::{Value, json};
use touchstone::domain::id::{MemberId, ReportId};
use touchstone::intake::accept::{Terms, accept};
use touchstone::intake::form::ReportForm;
use touchstone::ops::file_reports::{Order, Work, file};
use touchstone::store::pool;

use super::{PHONE, SHOP, is_without, path_of, read, shown, typed};
use crate::support::Engine;
use crate::support::forms::{company, domain, email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn a_list_by_a_value_promises_no_page_for_a_seller_on_which_the_viewer_may_not_find_it(engine) {
        let world = World::new(engine);
        // One domain, which platforms alone may see, on two sellers; taobao hosts one of them.
        let mut narrow = domain("cheap-bags.shop");
        narrow["audience"] = json!("platforms");
        let hosted = [shop(SHOP), company("GB", "01234568"), narrow.clone()];
        let other = [shop("https://www.ebay.com/usr/fake_bags"), company("GB", "05551237"), narrow];
        let hosted = path_of(&world.key("acme").file(&report("A-1", &["alliance"], &hosted)));
        let other = path_of(&world.key("bolt").file(&report("B-1", &["alliance"], &other)));
        assert_ne!(hosted, other);

        let taobao = world.key("taobao");
        is_without(&read(&taobao, &other).to_string(), &["cheap-bags"]);
        for limit in [1, 2] {
            let query = format!("identifier_type=domain&identifier=cheap-bags.shop&limit={limit}");
            let page = taobao.get(&format!("/v1/groups/alliance/sellers?{query}")).expect(200);
            let items = page.json()["items"].as_array().unwrap().clone();
            assert_eq!(items.len(), 1);
            assert!(hosted.ends_with(items[0]["id"].as_str().unwrap()));
            assert_eq!(page.json()["next"], Value::Null, "limit {limit}");
            assert_eq!(page.header("link"), "", "limit {limit}");
        }
    }

    fn a_value_is_shown_as_a_report_has_it_that_the_platform_may_read_and_no_other(engine) {
        let world = World::new(engine);
        let domain = typed("domain", "cheap-bags.shop");
        let name = |spelling: &str| typed("person_name", spelling);
        // One mailbox, one name, and spellings that come before those of the report that was given.
        let given = [domain.clone(), email("jian@gmail.com"), name("Zhang Wei")];
        let pooled = [domain, email("j.i.a.n+lot7@gmail.com"), name("ZHANG, Wei.")];
        world.key("acme").file(&report("A-1", &["platform:taobao"], &given));
        world.key("bolt").file(&report("B-1", &["alliance"], &pooled));

        let page = world.key("taobao").get("/v1/groups/platform:taobao/sellers").expect(200);
        let seller = page.json()["items"][0].clone();
        assert_eq!(seller["contributions"].as_array().unwrap().len(), 1);
        assert_eq!(shown(&seller, "email"), [("jian@gmail.com".to_owned(), false)]);
        assert_eq!(shown(&seller, "person_name"), [("Zhang Wei".to_owned(), false)]);
        is_without(&page.text, &["lot7", "ZHANG"]);
    }

    fn a_value_is_given_up_by_a_retraction_that_is_committed_together_with_a_revision(engine) {
        let world = World::new(engine);
        let app = &world.app.app;
        let acme = world.key("acme");
        let others = world.key("bolt").file(&report("B-1", &["alliance"], &[shop(SHOP), phone(PHONE)]));
        let path = path_of(&others);
        let filed = acme.file(&report("A-1", &["alliance"], &[shop(SHOP)]));
        // Two requests at once come to the lane like this.
        let form = report("A-1", &["alliance"], &[shop(SHOP), phone(PHONE)]);
        let form: ReportForm = serde_json::from_value(form).unwrap();
        let may_share_with = vec!["alliance".to_owned()];
        let terms = Terms { today: app.now().date(), may_share_with, external_id: None };
        let accepted = Box::new(accept(Some(form), Vec::new(), &terms).unwrap());
        let member: MemberId = world.ids["acme"].parse().unwrap();
        let id: ReportId = filed["id"].as_str().unwrap().parse().unwrap();
        let order = |work| Order { member, actor: "a test".to_owned(), at: app.now(), work };
        let revise = order(Work::Revise { id, expected: 1, accepted });
        let retract = order(Work::Retract { id, expected: None });
        let outcomes = app.db.write(|conn| file(conn, &app.filing, &[&revise, &retract])).unwrap();
        for outcome in outcomes {
            assert!(outcome.unwrap()[0].as_ref().unwrap().changed);
        }

        let own = read(&acme, &format!("/v1/reports/{}", filed["id"].as_str().unwrap()));
        assert_eq!((&own["state"], &own["revision"]), (&json!("retracted"), &json!(3)));
        assert_eq!(shown(&read(&acme, &path), "phone"), [("+86 138****1234".to_owned(), true)]);
    }

    fn who_captured_the_evidence_of_an_anonymous_report_does_not_show(engine) {
        let world = World::new(engine);
        let mut form = report("A-1", &["alliance"], &[shop(SHOP)]);
        form["attribution"] = json!("anonymous");
        form["evidence_audience"] = json!(["platforms"]);
        let captured_by = "Anna of Acme";
        form["evidence"] = json!([{ "kind": "photo", "sha256": "ab".repeat(32), "captured_by": captured_by }]);
        let path = path_of(&world.key("acme").file(&form));
        let seller = world.key("taobao").get(&path).expect(200);
        assert_eq!(seller.json()["contributions"][0]["evidence"][0]["kind"], "photo");
        is_without(&seller.text, &["Anna of Acme"]);
    }
}

#[test]
fn sellers_that_a_viewer_may_not_find_push_out_none_that_it_may() {
    let world = World::new(Engine::Sqlite);
    let own_shop = |n: usize| shop(&format!("https://shop88{n:05}.taobao.com"));
    let name = typed("person_name", "Wang Fang");
    let lines: Vec<String> = (0..520)
        .map(|n| report(&format!("B-{n}"), &["alliance"], &[own_shop(n), name.clone()]).to_string())
        .collect();
    world.key("bolt").post_raw("/v1/reports/bulk", "application/x-ndjson", lines.join("\n")).expect(200);
    until_worked_in(&world);

    let found = |identifiers: &[Value]| {
        let body = json!({ "identifiers": identifiers });
        let found = world.key("cora").post("/v1/groups/alliance/match", &body).expect(200).json();
        found["items"].as_array().unwrap().len()
    };
    let mut asked: Vec<Value> = (0..20).map(own_shop).collect();
    assert_eq!(found(&asked), 20);
    // cora may not find anybody by the name: asking for it too changes nothing.
    asked.push(name);
    assert_eq!(found(&asked), 20);
}

fn until_worked_in(world: &World) {
    for _ in 0..3_000 {
        if world.app.app.db.read(pool::queue_length).unwrap() == 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the reports were never worked in");
}
