//! What would be seen of a report, before it is filed.

use serde_json::{Value, json};

use super::{make_group, text};
use crate::api::bad_input::sight;
use crate::support::client::Client;
use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const PATH: &str = "/v1/reports/preview";

/// A report that says something on every row of the lens matrix.
fn full(groups: &[&str], attribution: &str) -> Value {
    let identifiers =
        [shop("https://shop110022.taobao.com"), phone("+86 138 1234 1234"), email("jian@bags.shop")];
    let mut form = report("A-1", groups, &identifiers);
    form["seller"]["display_names"] = json!(["Best Bags"]);
    form["attribution"] = json!(attribution);
    form["evidence_audience"] = json!(["platforms"]);
    form["permitted_actions"] = json!(["internally-visible-actions"]);
    form["narrative"] = json!("Bought two.");
    form["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 700_001 });
    form["goods"] = json!([{ "category": "bags", "nice_class": 18, "brand": "Acme" }]);
    form["rights"] = json!([{ "type": "trade_mark", "mark": "ACME", "nice_classes": [18] }]);
    form
}

fn previewed(client: &Client, form: &Value) -> Value {
    client.post(PATH, form).expect(200).json()
}

fn classes(preview: &Value) -> Vec<&str> {
    preview["audiences"].as_array().unwrap().iter().map(|audience| text(audience, "class")).collect()
}

fn audience<'p>(preview: &'p Value, class: &str) -> &'p Value {
    let mut audiences = preview["audiences"].as_array().unwrap().iter();
    audiences.find(|audience| audience["class"] == class).unwrap_or_else(|| panic!("no {class} in {preview}"))
}

/// How each row of the lens matrix comes out for an audience.
fn outcomes(audience: &Value) -> Vec<(&str, &str)> {
    let fields = audience["fields"].as_array().unwrap().iter();
    fields.map(|field| (text(field, "field"), text(field, "shown"))).collect()
}

/// A profile without what only a filed report has.
fn as_previewed(mut seller: Value) -> Value {
    for field in ["id", "group", "revision", "created_at", "modified_at"] {
        seller.as_object_mut().unwrap().remove(field);
    }
    for contribution in seller.get_mut("contributions").and_then(Value::as_array_mut).into_iter().flatten() {
        contribution["report_id"] = json!(format!("rep_{}", "0".repeat(32)));
    }
    seller
}

on_both_engines! {
    fn each_audience_reads_what_was_previewed_once_the_report_is_filed(engine) {
        for attribution in ["named", "anonymous"] {
            let world = World::new(engine);
            let acme = world.key("acme");
            let form = full(&["alliance", "platform:ebay"], attribution);
            let preview = previewed(&acme, &form);
            assert_eq!(classes(&preview), ["peer", "platform:ebay", "platform:taobao"]);
            let filed = acme.file(&form);
            let own = preview["own"].as_object().unwrap();
            assert_eq!(own.iter().find(|(name, kept)| filed[name.as_str()] != **kept), None);

            for (class, reader) in [("peer", "bolt"), ("platform:ebay", "ebay"), ("platform:taobao", "taobao")] {
                let expected = &audience(&preview, class)["seller"];
                let groups = audience(&preview, class)["groups"].as_array().unwrap();
                assert!(!groups.is_empty());
                for group in groups {
                    let path = format!("/v1/groups/{}/sellers", group.as_str().unwrap());
                    let read = world.key(reader).all(&path);
                    assert_eq!(read.len(), 1, "{class} in {group}");
                    assert_eq!(as_previewed(read[0].clone()), *expected, "{class} in {group}");
                }
            }
        }
    }

    fn a_preview_says_of_each_audience_what_is_masked_and_what_is_left_out_and_why(engine) {
        let world = World::new(engine);
        let named = previewed(&world.key("acme"), &full(&["alliance"], "named"));
        assert_eq!(named["pools"], json!(["alliance", "platform:ebay", "platform:taobao"]));
        assert_eq!(classes(&named), ["peer", "platform:taobao"], "who does not host it is a peer");
        let for_peers = [
            ("public_identifiers", "full"), ("personal_identifiers", "masked"), ("reporter", "left_out"),
            ("goods", "left_out"), ("value", "left_out"), ("narrative", "left_out"), ("dates", "coarse"),
            ("counts", "coarse"), ("handling", "full"),
        ];
        let peers = audience(&named, "peer");
        assert_eq!(outcomes(peers), for_peers);
        assert_eq!(peers["fields"][2]["rule"], "never");
        assert_eq!(peers["fields"][3]["rule"], "Nice class and category, where at least 4 members reported; a group may ask for more");
        let host = audience(&named, "platform:taobao");
        assert!(outcomes(host).iter().all(|(_, shown)| *shown == "full"), "{host}");
        assert_eq!(host["groups"], json!(["alliance", "platform:taobao"]));

        let mut form = full(&["alliance"], "anonymous");
        form["evidence_audience"] = json!([]);
        form.as_object_mut().unwrap().remove("value");
        let preview = previewed(&world.key("acme"), &form);
        let host = audience(&preview, "platform:taobao");
        let hidden: Vec<_> = outcomes(host).into_iter().filter(|(_, shown)| *shown != "full").collect();
        assert_eq!(hidden, [("reporter", "left_out"), ("narrative", "left_out")]);
        assert!(outcomes(host).iter().all(|(field, _)| *field != "value"), "it states none");
        assert!(!host["seller"].to_string().contains("The acme company"));
    }

    fn a_preview_names_who_reads_the_groups_and_nobody_in_a_custom_one(engine) {
        let world = World::new(engine);
        make_group(&world, "luxury", &[("acme", true, true), ("ebay", false, true)]);
        let acme = world.key("acme");
        let draft = previewed(&acme, &full(&[], "named"));
        assert_eq!((&draft["pools"], &draft["audiences"]), (&json!([]), &json!([])));
        assert_eq!(draft["own"]["tlp"], "RED");

        let given = previewed(&acme, &full(&["platform:ebay"], "named"));
        assert_eq!(classes(&given), ["platform:ebay"]);
        assert_eq!(given["pools"], json!(["platform:ebay"]));

        // Taobao hosts it and does not read the group; ebay does and hosts nothing. Neither shows.
        let custom = previewed(&acme, &full(&["luxury"], "named"));
        assert_eq!(classes(&custom), ["peer", "platform:taobao"]);
        let host = audience(&custom, "platform:taobao");
        assert_eq!((&host["groups"], &host["if_listed"]), (&json!([]), &json!(["luxury"])));
    }

    fn a_preview_files_nothing_and_knows_no_other_report(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let alone = previewed(&acme, &full(&["alliance"], "named"));
        acme.wait_until_pooled();
        assert_eq!(sight(&acme), before);
        assert_eq!(acme.all("/v1/reports"), Vec::<Value>::new());
        // Others report the same seller, the reporter holds the same values, and has the key in use.
        for member in ["bolt", "cora"] {
            world.key(member).file(&full(&["alliance"], "named"));
        }
        let mut other = full(&["alliance"], "named");
        other["narrative"] = json!("Another story under the same key.");
        acme.file(&other);
        assert_eq!(previewed(&acme, &full(&["alliance"], "named")), alone);
        assert_eq!(acme.all("/v1/reports").len(), 1);
    }

    fn the_faults_of_a_preview_are_those_of_filing(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let mut wrong = full(&["nosuch", "platform:taobao"], "king");
        wrong["seller"]["identifiers"][1]["value"] = json!("n/a");
        wrong["last_seen"] = json!("2027-01-01");
        wrong["colour"] = json!("red");
        let unsigned = { let mut form = full(&["alliance"], "named"); form["statement"] = Value::Null; form };
        for form in [wrong, unsigned, json!({}), json!([])] {
            let (filed, shown) = (acme.post("/v1/reports", &form), acme.post(PATH, &form));
            assert!(filed.status == 400 || filed.status == 422, "{}", filed.text);
            assert_eq!((shown.status, shown.json()["errors"].clone()), (filed.status, filed.json()["errors"].clone()));
        }
    }
}
