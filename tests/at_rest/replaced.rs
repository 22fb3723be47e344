//! Keys that are replaced and destroyed.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::planted::Planted;
use super::{BRAND, introduce, seller_of};
use crate::support::house::House;
use crate::support::on_both_engines;

on_both_engines! {
    fn keys_are_rotated_while_a_server_runs_and_reports_come_in(engine) {
        let house = House::new(engine);
        let [acme, bolt] = ["acme", "bolt"].map(|slug| house.member(slug, "brand", &BRAND));
        let server = house.serve();
        let client = server.client(&acme);
        let mut planted = Planted::default();
        let mut forms: Vec<_> = (0..30).map(|n| planted.report(&format!("A-{n}"), &["alliance"])).collect();
        let filed: Vec<_> = forms.iter().map(|form| client.post("/v1/reports", form).expect(201).json()).collect();
        client.wait_until_pooled();
        let seller = seller_of(&client, &filed[0]);
        let introduced = introduce(&server.client(&bolt), &client, &seller, &mut planted);
        let old = std::fs::read_to_string(house.path("data/master.key")).unwrap();
        let (stop, later) = (AtomicBool::new(false), Planted::default());
        let printed = std::thread::scope(|scope| {
            let filing = scope.spawn(|| {
                let (mut planted, mut forms) = (later, Vec::new());
                while !stop.load(Ordering::SeqCst) {
                    let form = planted.report(&format!("B-{}", forms.len()), &["alliance"]);
                    client.post("/v1/reports", &form).expect(201);
                    forms.push(form);
                }
                forms
            });
            house.must(&["keys", "add-master"]);
            let printed = [house.must(&["keys", "rotate"]), house.must(&["keys", "rotate"])];
            stop.store(true, Ordering::SeqCst);
            forms.extend(filing.join().unwrap());
            printed
        });
        assert!(forms.len() > 32, "nothing was filed meanwhile");
        assert!(!printed[0].starts_with("0 keys") && printed[1].starts_with("0 keys"), "{printed:?}");
        assert!(!printed[1].contains("\n0 of "), "the second has sealed nothing anew: {printed:?}");

        // The old master key is not needed any more, nor does it open anything.
        let both = std::fs::read_to_string(house.path("data/master.key")).unwrap();
        std::fs::write(house.path("data/master.key"), both.replace(&old, "")).unwrap();
        client.wait_until_pooled();
        for server in [server, house.serve()] {
            assert_eq!(server.client(&bolt).all("/v1/introductions"), std::slice::from_ref(&introduced));
            let client = server.client(&acme);
            assert_eq!(client.all("/v1/introductions/received")[0]["message"], introduced["message"]);
            let stored = client.all("/v1/reports?limit=200");
            assert_eq!(stored.len(), forms.len());
            for form in &forms {
                let own = stored.iter().find(|one| one["external_id"] == form["external_id"]).unwrap();
                let own = client.get(&format!("/v1/reports/{}", own["id"].as_str().unwrap())).expect(200).json();
                assert_eq!(own["narrative"], form["narrative"]);
            }
            assert_eq!(client.all("/v1/groups/alliance/sellers?limit=50").len(), forms.len());
        }
        std::fs::write(house.path("data/master.key"), old).unwrap();
        let refused = house.run(&["member", "list"]);
        assert!(!refused.status.success());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains("is not the master key"), "{told}");
    }

    fn a_database_whose_key_file_is_missing_is_refused_and_no_other_key_is_made(engine) {
        let house = House::new(engine);
        house.member("acme", "brand", &BRAND);
        std::fs::remove_file(house.path("data/master.key")).unwrap();
        let refused = house.run(&["member", "list"]);
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no master key"));
        assert!(!house.path("data/master.key").exists());
    }

    fn an_erased_member_leaves_every_pool_as_if_it_had_never_been_and_nothing_of_it_is_kept(engine) {
        let house = House::new(engine);
        let acme = house.member("acme", "brand", &BRAND);
        let bolt = house.member("bolt", "brand", &BRAND);
        let server = house.serve();
        let mut planted = Planted::default();
        let first = planted.report("A-1", &["alliance"]);
        // Bolt's two are one seller only through what acme reported.
        let mut others = ["B-1", "B-2"].map(|id| planted.report(id, &["alliance"]));
        let bridge = first["seller"]["identifiers"].clone();
        others[0]["seller"]["identifiers"][0] = bridge[0].clone();
        others[1]["seller"]["identifiers"][5] = bridge[5].clone();
        let (of_acme, of_bolt) = (server.client(&acme), server.client(&bolt));
        for form in &others {
            of_bolt.post("/v1/reports", form).expect(201);
        }
        of_bolt.wait_until_pooled();
        let before = of_bolt.all("/v1/groups/alliance/sellers?limit=50");
        of_acme.post("/v1/reports", &first).expect(201);
        of_acme.wait_until_pooled();
        let shared = of_bolt.all("/v1/groups/alliance/sellers?limit=50");
        assert_eq!(shared.len(), 1);
        let seller = shared[0]["id"].as_str().unwrap();
        introduce(&of_acme, &of_bolt, seller, &mut planted);
        introduce(&of_bolt, &of_acme, seller, &mut planted);

        assert!(!house.run(&["member", "erase", "acme", "--confirm", "bolt"]).status.success());
        let printed = house.must(&["member", "erase", "acme", "--confirm", "acme"]);
        assert!(printed.contains("1 reports"), "{printed}");
        of_acme.get("/v1/reports").expect(401);
        let after = of_bolt.all("/v1/groups/alliance/sellers?limit=50");
        let shown = |sellers: &[serde_json::Value]| {
            let mut shown: Vec<String> =
                sellers.iter().map(|one| format!("{} {}", one["id"], one["identifiers"])).collect();
            shown.sort();
            shown
        };
        assert_eq!(shown(&after), shown(&before));
        // What bolt asked is its own; what acme wrote is gone.
        assert_eq!(of_bolt.all("/v1/introductions")[0]["granted"], json!([]));
        assert!(of_bolt.all("/v1/introductions/received").is_empty());
        // Taken in again it is empty, and may report anew.
        house.must(&["member", "reinstate", "acme"]);
        let key = house.must(&["key", "create", "acme", "--name", "new", "--scope", "reports:write", "--scope", "reports:read"]);
        let client = server.client(key.trim());
        assert!(client.all("/v1/reports").is_empty());
        client.post("/v1/reports", &first).expect(201);
    }
}
