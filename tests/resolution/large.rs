//! Profiles with more reports than a view shows: the view has the last few, the rest is read by pages, and they grow
//! without being worked out anew. Those with more than a few reports grow so too, and pools with a backlog of many.

use reqwest::Method;
use serde_json::{Value, json};

use super::laws::{assert_that_a_rebuild_mends_nothing, live_at_random};
use super::seller_of;
use crate::support::Engine;
use crate::support::app::Options;
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

/// A world whose views show two reports.
fn world(engine: Engine) -> World {
    World::with(engine, Options { shown_max: 2, ..Options::default() })
}

fn form(number: usize, narrative: &str, audience: &[&str]) -> Value {
    let mut form = report(&format!("R-{number}"), &["alliance"], &[shop("https://shop880261.taobao.com")]);
    form["narrative"] = json!(narrative);
    form["evidence_audience"] = json!(audience);
    form
}

/// One of many reports on some two hundred sellers, some of whom turn out to be one.
fn form_of_backlog(number: usize) -> Value {
    let seller = number * number % 211;
    let mut identifiers = vec![shop(&format!("https://shop{}.taobao.com", 88_000_000 + seller))];
    if number.is_multiple_of(3) {
        identifiers.push(phone(&format!("+86 138 1234 {:04}", number % 97)));
    }
    if number.is_multiple_of(7) {
        identifiers.push(email(&format!("jian.li{}@163.com", number % 131)));
    }
    report(&format!("R-{number}"), &["alliance"], &identifiers)
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|one| one["report_id"].as_str().unwrap().to_owned()).collect()
}

fn revise(client: &Client, id: &str, revision: usize, form: &Value) {
    let request = client.request(Method::PUT, &format!("/v1/reports/{id}"));
    client.send_and_wait(request.header("if-match", format!("\"r{revision}\"")).json(form)).expect(200);
}

on_both_engines! {
    fn a_view_shows_the_last_reports_and_the_rest_is_read_by_pages(engine) {
        let world = world(engine);
        let acme = world.key("acme");
        let filed: Vec<Value> = (0..5).map(|number| acme.file(&form(number, "x", &[]))).collect();
        let seller = seller_of(&acme, &filed[0]);
        let mut all: Vec<String> = filed.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        all.sort();

        let at = format!("/v1/groups/alliance/sellers/{seller}");
        let shown = world.key("taobao").get(&at).expect(200).json();
        assert_eq!(ids(shown["contributions"].as_array().unwrap()), all[3..]);
        assert_eq!((&shown["contributions_total"], &shown["reports"]), (&json!(5), &json!(5)));
        all.reverse();
        assert_eq!(ids(&world.key("taobao").all(&format!("{at}/contributions?limit=2"))), all);
        assert_eq!(ids(&world.key("taobao").all(&format!("{at}/contributions"))), all);
        for peer in ["cora", "acme", "ebay"] {
            assert!(world.key(peer).all(&format!("{at}/contributions")).is_empty(), "{peer}");
            assert!(world.key(peer).get(&at).expect(200).json().get("contributions_total").is_none(), "{peer}");
        }
        let nowhere = at.replace(&seller[4..], &"0".repeat(32));
        world.key("taobao").get(&format!("{nowhere}/contributions")).problem(404, "not-found");
    }

    fn a_platform_that_was_given_some_of_the_reports_pages_through_those_alone(engine) {
        let world = world(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        let mut given = Vec::new();
        for number in 0..6 {
            let mut form = form(number, "x", &[]);
            if number % 2 == 0 {
                form["share_with"] = json!(["alliance", "platform:ebay"]);
                given.push(acme.file(&form)["id"].as_str().unwrap().to_owned());
            } else {
                bolt.file(&form);
            }
        }
        given.sort();
        given.reverse();
        let filed = bolt.all("/v1/reports").remove(0);
        let at = format!("/v1/groups/alliance/sellers/{}", seller_of(&bolt, &filed));
        let ebay = world.key("ebay");
        let seller = ebay.get(&at).expect(200).json();
        assert_eq!((&seller["lens"], &seller["contributions_total"]), (&json!("peer"), &json!(3)));
        assert_eq!(ids(&ebay.all(&format!("{at}/contributions?limit=1"))), given);
    }

    fn a_report_that_is_not_shown_any_more_still_tells_of_its_changes_to_who_sees_it(engine) {
        let world = world(engine);
        let acme = world.key("acme");
        let filed: Vec<Value> = (0..5).map(|number| acme.file(&form(number, "x", &["platforms"]))).collect();
        let seller = seller_of(&acme, &filed[0]);
        let at = format!("/v1/groups/alliance/sellers/{seller}/history");
        let shown = world.key("taobao").get(at.trim_end_matches("/history")).expect(200).json();
        let shown = ids(shown["contributions"].as_array().unwrap());
        let number = filed.iter().position(|one| !shown.contains(&one["id"].as_str().unwrap().to_owned())).unwrap();
        let id = filed[number]["id"].as_str().unwrap();
        let told = |who: &str| world.key(who).all(&at);
        let before = ["taobao", "cora"].map(|who| told(who).len());

        revise(&acme, id, 1, &form(number, "otherwise", &["platforms"]));
        let events = told("taobao");
        assert_eq!(events.len(), before[0] + 1);
        assert_eq!(events.last().unwrap()["changed"], json!(["contributions"]));
        let all = world.key("taobao").all(&at.replace("history", "contributions"));
        let one = all.iter().find(|one| one["report_id"] == json!(id)).unwrap();
        assert_eq!(one["narrative"], json!("otherwise"));

        // For nobody but its member.
        revise(&acme, id, 2, &form(number, "x", &[]));
        let hidden = told("taobao").len();
        revise(&acme, id, 3, &form(number, "otherwise", &[]));
        assert_eq!((told("taobao").len(), told("cora").len()), (hidden, before[1]));
    }

    fn a_larger_account_that_takes_in_one_of_an_older_profile_counts_no_report_twice(engine) {
        let world = world(engine);
        let acme = world.key("acme");
        let [one, other] = ["1", "2"].map(|n| shop(&format!("https://shop88026{n}.taobao.com")));
        let file = |number: usize, shops: &[Value]| acme.file(&report(&format!("R-{number}"), &["alliance"], shops));
        let older: Vec<Value> = (0..3).map(|number| file(number, std::slice::from_ref(&one))).collect();
        for number in 3..10 {
            file(number, std::slice::from_ref(&other));
        }
        file(10, &[one, other]);
        let at = format!("/v1/groups/alliance/sellers/{}", seller_of(&acme, &older[0]));
        let seller = world.key("taobao").get(&at).expect(200).json();
        assert_eq!((&seller["reports"], &seller["contributions_total"]), (&json!(11), &json!(11)));
        let feed = world.key("taobao").feed("alliance");
        assert_that_a_rebuild_mends_nothing(&world);
        assert_eq!(world.key("taobao").feed("alliance"), feed);
    }

    fn a_profile_shows_each_of_its_reports_until_it_has_too_many_however_it_grew(engine) {
        let world = World::with(engine, Options { shown_max: 10, ..Options::default() });
        let acme = world.key("acme");
        let file = |number: usize| {
            let filed = acme.file(&form(number, "x", &["platforms"]));
            filed["id"].as_str().unwrap().to_owned()
        };
        let mut filed: Vec<String> = (0..9).map(file).collect();
        let at = format!("/v1/groups/alliance/sellers/{}", seller_of(&acme, &json!({ "id": filed[0] })));
        let shown = || {
            let seller = world.key("taobao").get(&at).expect(200).json();
            (seller["contributions"].as_array().unwrap().clone(), seller["contributions_total"].as_u64())
        };
        let last = |filed: &[String], most: usize| {
            let mut ids = filed.to_vec();
            ids.sort();
            ids.split_off(ids.len().saturating_sub(most))
        };

        revise(&acme, &filed[3], 1, &form(3, "otherwise", &["platforms"]));
        acme.retract(&filed.remove(4));
        filed.push(file(9));
        let (contributions, total) = shown();
        assert_eq!((ids(&contributions), total), (last(&filed, 10), Some(9)));
        let revised = contributions.iter().find(|one| one["report_id"] == json!(filed[3])).unwrap();
        assert_eq!(revised["narrative"], json!("otherwise"));

        filed.extend((10..13).map(file));
        let (contributions, total) = shown();
        assert_eq!((ids(&contributions), total), (last(&filed, 10), Some(12)));
        for gone in filed.drain(..4) {
            acme.retract(&gone);
        }
        let (contributions, total) = shown();
        assert_eq!((ids(&contributions), total), (last(&filed, 10), Some(8)));
        let feed = world.key("taobao").feed("alliance");
        assert_that_a_rebuild_mends_nothing(&world);
        assert_eq!(world.key("taobao").feed("alliance"), feed);
    }

    fn a_backlog_is_resolved_as_if_each_of_its_batches_had_come_by_itself(engine) {
        let world = World::with(engine, Options { resolve: false, ..Options::default() });
        // So many that batches are worked out while others are written.
        let forms: Vec<Value> = (0..1_900).map(form_of_backlog).collect();
        for (member, forms) in ["acme", "bolt", "cora"].iter().zip(forms.chunks(700)) {
            let lines: Vec<String> = forms.iter().map(Value::to_string).collect();
            let reply =
                world.key(member).post_raw("/v1/reports/bulk", "application/x-ndjson", lines.join("\n")).expect(200);
            assert!(reply.text.lines().all(|line| line.contains("\"created\"")), "{}", reply.text);
        }
        world.app.resolver().drain(|_| {}).unwrap();
        let readers = ["acme", "taobao", "ebay"];
        let feeds = || readers.map(|reader| world.key(reader).feed("alliance"));
        let before = feeds();
        assert!(before[1].iter().any(|event| event["seller"]["contributions_total"].as_u64() > Some(20)));
        assert_that_a_rebuild_mends_nothing(&world);
        assert_eq!(feeds(), before);
    }

    fn profiles_that_grew_and_changed_at_random_are_as_if_they_had_been_worked_out_at_once(engine) {
        // Larger than a view shows, and larger than what is read again each time.
        for (shown_max, steps, reports) in [(2, 60, 2), (100, 90, 8)] {
            let world = World::with(engine, Options { shown_max, ..Options::default() });
            live_at_random(&world, 11, steps);
            let readers = ["acme", "taobao", "ebay"];
            let feeds = || readers.map(|reader| world.key(reader).feed("alliance"));
            let before = feeds();
            let has_more = |event: &Value| event["seller"]["contributions_total"].as_u64() > Some(reports);
            assert!(before[1].iter().any(has_more), "{reports}");
            assert_that_a_rebuild_mends_nothing(&world);
            assert_eq!(feeds(), before);
        }
    }
}
