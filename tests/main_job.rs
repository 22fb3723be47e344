//! The main job, as three brands, a platform and the operator do it together.

use serde_json::json;

use crate::support::forms::{email, phone, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn the_same_seller_in_two_spellings_becomes_one_profile_that_each_reads_through_its_lens(engine) {
        let world = World::new(engine);
        let (acme, bolt, cora) = (world.key("acme"), world.key("bolt"), world.key("cora"));
        let mut first = report(
            "A-1",
            &["alliance"],
            &[shop("https://shop110022.taobao.com/?spm=a1z10"), phone("+86 138 1234 1234")],
        );
        first["narrative"] = json!("Bought on 3 March.");
        first["value"] = json!({ "currency": "CNY", "method": "actual_sale", "sales_minor": 500_000 });
        let first = acme.file(&first);
        let second = report("B-1", &["alliance"], &[phone("0086-13812341234"), email("Shop.Owner@163.com")]);
        let second = bolt.file(&second);
        assert_eq!(first["sellers"][0]["seller_id"], second["sellers"][0]["seller_id"]);
        let id = second["sellers"][0]["seller_id"].as_str().unwrap().to_owned();

        let peer = cora.get(&format!("/v1/groups/alliance/sellers/{id}")).expect(200);
        let view = peer.json();
        assert_eq!(view["lens"], "peer");
        assert_eq!(view["reports"], "1-2");
        assert_eq!(view["first_seen"], "2026-03");
        for hidden in ["13812341234", "1234 1234", "shop.owner", "acme", "Bought", "500000"] {
            assert!(!peer.text.to_lowercase().contains(&hidden.to_lowercase()), "{hidden} in {}", peer.text);
        }
        assert!(peer.text.contains("+86 138****1234"), "{}", peer.text);

        // What the viewer's own report holds is shown to it in full.
        let own = acme.get(&format!("/v1/groups/alliance/sellers/{id}")).expect(200).text;
        assert!(own.contains("+86 13812341234") && own.contains("s***@163.com"), "{own}");

        let platform = world.key("taobao");
        let dossier = platform.get("/v1/groups/platform:taobao/sellers").expect(200).json();
        let seller = &dossier["items"][0];
        assert_eq!(seller["lens"], "platform");
        assert_eq!(seller["reports"], 2);
        assert_eq!(seller["value"][0]["sales_minor"], 500_000);
        let mut reporters: Vec<_> =
            seller["contributions"].as_array().unwrap().iter().map(|one| one["reporter"].clone()).collect();
        reporters.sort_by_key(ToString::to_string);
        assert_eq!(reporters, ["The acme company", "The bolt company"]);

        let operator = world.key("operator");
        assert_eq!(operator.get("/v1/admin/members").expect(200).json()["items"].as_array().unwrap().len(), 7);
        operator.get("/v1/groups/alliance/sellers").problem(403, "forbidden");
        operator.get("/v1/reports").problem(403, "forbidden");
        assert_eq!(operator.get("/v1/groups").expect(200).json()["items"], json!([]));
    }
}
