//! The clients of OASIS read every collection, and its validator finds no fault with any object.

use std::ffi::OsStr;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::python::Python;
use crate::support::world::World;

/// What a script prints that is given the URL of the server, further words and a schema of `docs/stix`.
fn run(
    python: &Python,
    script: &str,
    world: &World,
    words: &[&str],
    schema: &str,
    credential: &str,
) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let url = format!("{}/taxii2/", world.app.base_url);
    let schema = root.join("docs/stix").join(schema);
    let words = words.iter().map(OsStr::new);
    let arguments: Vec<&OsStr> =
        [OsStr::new(&url)].into_iter().chain(words).chain([schema.as_os_str()]).collect();
    python.run(&root.join("tests/taxii").join(script), &arguments, credential.as_bytes())
}

on_both_engines! {
    fn the_clients_of_oasis_read_every_collection_and_find_no_fault(engine) {
        let Some(python) = Python::with_clients() else { return };
        let world = World::new(engine);
        let acme = world.key("acme");
        for n in 0..4 {
            let seller = [
                shop(&format!("https://shop88026{n}.taobao.com")),
                json!({ "type": "url", "value": format!("https://bags.shop/it's-{n}") }),
                json!({ "type": "domain", "value": format!("bags{n}.shop") }),
                json!({ "type": "business_name", "value": format!("Bags {n} Trading Ltd") }),
                json!({ "type": "person_name", "value": format!("Zhang Wei {n}") }),
                json!({ "type": "messaging", "platform": "wechat", "value": format!("wxid_abcdefgh{n}") }),
                email(&format!("wei{n}@163.com")),
                phone(&format!("+86 138 1234 123{n}")),
            ];
            let mut form = report(&format!("A-{n}"), &["alliance", "platform:taobao"], &seller);
            form["seller"]["display_names"] = json!(["Bags", "皮包"]);
            form["goods"] = json!([{ "description": "bags", "category": "luggage", "nice_class": 18 }]);
            form["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 500_000 });
            let filed = acme.file(&form);
            if n == 0 {
                acme.retract(filed["id"].as_str().unwrap());
            }
        }
        for slug in ["acme", "taobao"] {
            let client = world.key(slug);
            let schema = "touchstone-seller.schema.json";
            let told = run(&python, "read_all.py", &world, &[], schema, client.bearer());
            let collections = told.as_object().unwrap();
            assert_eq!(collections.len(), if slug == "taobao" { 2 } else { 1 }, "{told}");
            for kinds in collections.values() {
                assert_eq!((&kinds["threat-actor"], &kinds["sighting"]), (&json!(4), &json!(4)), "{told}");
                assert_eq!((&kinds["url"], &kinds["infrastructure"]), (&json!(3), &json!(4)), "{told}");
            }
            assert_eq!(told["alliance"].get("email-addr").is_some(), slug == "taobao", "{told}");
        }
    }
    fn the_clients_of_oasis_post_a_report(engine) {
        let Some(python) = Python::with_clients() else { return };
        let world = World::new(engine);
        let acme = world.key("acme");
        let schema = "touchstone-report.schema.json";
        for _ in 0..2 {
            let told = run(&python, "post_report.py", &world, &["alliance"], schema, acme.bearer());
            assert_eq!((&told["status"], &told["success_count"], &told["failures"]), (&json!("complete"), &json!(3), &json!([])));
        }
        let filed = acme.all("/v1/reports");
        assert_eq!(filed[0]["seller"]["identifiers"].as_array().unwrap().len(), 3);
        assert_eq!(filed[0]["tlp"], "GREEN");
    }
}
