//! PyMISP reads every event, finds no fault with any object, and would write the same feed itself.

use std::path::Path;

use serde_json::json;

use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::python::Python;
use crate::support::world::World;

on_both_engines! {
    fn pymisp_reads_the_whole_feed_and_would_write_the_same(engine) {
        let Some(python) = Python::with_clients() else { return };
        let world = World::new(engine);
        let acme = world.key("acme");
        for n in 0..3 {
            let seller = [
                shop(&format!("https://shop88026{n}.taobao.com")),
                json!({ "type": "url", "value": format!("https://bags.shop/it's-{n}") }),
                json!({ "type": "domain", "value": format!("bags{n}.shop") }),
                json!({ "type": "business_name", "value": format!("Bags {n} Trading Ltd") }),
                json!({ "type": "person_name", "value": format!("Zhang Wei {n}") }),
                json!({ "type": "messaging", "platform": "wechat", "value": format!("wxid_abcdefgh{n}") }),
                json!({ "type": "bank_account", "value": format!("621483010987654{n}"), "bank_code": "CMBCCNBS" }),
                json!({ "type": "bank_account", "value": "DE89370400440532013000" }),
                json!({ "type": "wallet", "value": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT" }),
                json!({ "type": "image_hash", "value": format!("{n}").repeat(63) + "a" }),
                email(&format!("wei{n}@163.com")),
                phone(&format!("+86 138 1234 123{n}")),
            ];
            let mut form = report(&format!("A-{n}"), &["alliance", "platform:taobao"], &seller);
            form["seller"]["display_names"] = json!(["Bags", "皮包"]);
            let filed = acme.file(&form);
            if n == 0 {
                acme.retract(filed["id"].as_str().unwrap());
            }
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/misp/read_feed.py");
        let told = |slug: &str, group: &str| {
            let (url, client) = (format!("{}/misp/{group}", world.app.base_url), world.key(slug));
            python.run(&script, &[url.as_ref()], client.bearer().as_bytes())
        };
        let (peer, host, own) = (told("bolt", "alliance"), told("taobao", "alliance"), told("taobao", "platform:taobao"));
        for kinds in [&peer, &host, &own] {
            assert!(kinds["user-account"].as_u64() > Some(1) && kinds["url"].as_u64() > Some(1), "{kinds}");
            assert!(kinds["deleted"].as_u64() > Some(4), "nothing was withdrawn: {kinds}");
        }
        assert!(peer.get("phone-number").is_none() && peer.get("bank-account").is_none(), "{peer}");
        for kind in ["phone-number", "bank-account", "coin-address", "person", "sha256", "email"] {
            assert!(host[kind].as_u64() >= Some(1) && own[kind].as_u64() >= Some(1), "{kind} in {host} {own}");
        }
    }
}
