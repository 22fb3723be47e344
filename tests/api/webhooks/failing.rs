//! Endpoints that fail, and members that may not read any more.

use serde_json::{Value, json};

use super::{create, deliveries, file, pass, path, until, world};
use crate::support::client::Client;
use crate::support::on_both_engines;
use crate::support::receiver::Receiver;

fn tries(client: &Client, webhook: &Value) -> i64 {
    deliveries(client, webhook).values().map(|one| one["attempts"].as_i64().unwrap()).sum()
}

on_both_engines! {
    fn an_event_that_failed_is_sent_again_with_the_same_id_before_the_next(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        receiver.answers_first(&[500, 302]);
        let webhook = create(&bolt, &receiver);
        file(&world, 0);
        let failed = until(&bolt, &webhook, |now| now["attempts"] == 1);
        assert!(failed["failing_since"].is_string() && failed["position"] == 0, "{failed}");
        file(&world, 1);
        // It has to wait, and the next event waits behind it.
        std::thread::sleep(std::time::Duration::from_millis(1_200));
        assert_eq!(receiver.got().len(), 1);
        pass(&world, &failed);
        let failed = until(&bolt, &webhook, |now| now["attempts"] == 2);
        assert_eq!(deliveries(&bolt, &webhook)[&1]["status"], 302);
        pass(&world, &failed);
        let got = receiver.wait(4);
        assert_eq!(got.iter().map(super::Received::number).collect::<Vec<_>>(), [1, 1, 1, 2]);
        assert!(got[..3].iter().all(|message| message.id() == got[0].id()));
        let now = until(&bolt, &webhook, |now| now["position"] == 2);
        assert_eq!((&now["attempts"], &now["failing_since"]), (&json!(0), &Value::Null));
        assert_eq!(deliveries(&bolt, &webhook)[&1]["attempts"], 3);
    }

    fn who_says_that_it_is_gone_gets_nothing_more_until_it_is_taken_up_again(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        receiver.answers_first(&[410]);
        let webhook = create(&bolt, &receiver);
        file(&world, 0);
        let ended = until(&bolt, &webhook, |now| now["state"] == "disabled");
        assert_eq!((&ended["disabled_by"], &ended["position"]), (&json!("gone"), &json!(0)));
        assert!(ended["disabled_at"].is_string());
        file(&world, 1);
        world.app.clock.advance(3600);
        std::thread::sleep(std::time::Duration::from_millis(1_200));
        assert_eq!(receiver.got().len(), 1);
        bolt.send(bolt.request(reqwest::Method::PATCH, &path(&webhook)).json(&json!({ "state": "active" }))).expect(200);
        let got = receiver.wait(3);
        assert_eq!(got.iter().map(super::Received::number).collect::<Vec<_>>(), [1, 1, 2]);
    }

    fn what_fails_too_often_is_put_aside_and_who_fails_for_five_days_is_disabled(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        receiver.answers(500);
        let webhook = create(&bolt, &receiver);
        (0..9).for_each(|n| file(&world, n));
        let mut now = until(&bolt, &webhook, |now| now["attempts"] == 1);
        let began = world.app.app.now();
        let mut tried = tries(&bolt, &webhook);
        while now["state"] == "active" {
            pass(&world, &now);
            let before = tried;
            until(&bolt, &webhook, |_| {
                tried = tries(&bolt, &webhook);
                tried > before
            });
            now = bolt.get(&path(&webhook)).expect(200).json();
        }
        assert_eq!(now["disabled_by"], "failing");
        let days = (world.app.app.now().micros() - began.micros()) / 1_000_000 / 3600 / 24;
        assert!((5..=6).contains(&days), "{days} days");
        let dead = bolt.all(&format!("{}/deliveries?state=dead", path(&webhook)));
        assert!(!dead.is_empty());
        assert!(dead.iter().all(|one| one["attempts"] == 12), "{dead:?}");

        // Taken up again, it goes on where it was; a dead letter comes when it is called for.
        receiver.answers(200);
        let (position, came) = (now["position"].as_i64().unwrap(), receiver.got().len());
        bolt.send(bolt.request(reqwest::Method::PATCH, &path(&webhook)).json(&json!({ "state": "active" }))).expect(200);
        until(&bolt, &webhook, |now| now["position"] == 9);
        let numbers: Vec<i64> = receiver.got()[came..].iter().map(super::Received::number).collect();
        assert_eq!(numbers, (position + 1..=9).collect::<Vec<_>>());
        let retry = |number: i64| bolt.post(&format!("{}/deliveries/{number}/retry", path(&webhook)), &json!({}));
        receiver.answers_first(&[503]);
        assert_eq!(retry(1).expect(202).json()["state"], "recalled");
        until(&bolt, &webhook, |_| deliveries(&bolt, &webhook)[&1]["attempts"] == 13);
        assert_eq!(deliveries(&bolt, &webhook)[&1]["state"], "dead");
        retry(1).expect(202);
        let got = receiver.wait(came + numbers.len() + 2);
        assert_eq!((got.last().unwrap().number(), got.last().unwrap().id()), (1, got[0].id()));
        until(&bolt, &webhook, |_| deliveries(&bolt, &webhook)[&1]["state"] == "delivered");
        let log = bolt.get(&format!("{}/deliveries/1", path(&webhook))).expect(200).json();
        let log = log["log"].as_array().unwrap();
        let statuses: Vec<i64> = log.iter().map(|one| one["status"].as_i64().unwrap()).collect();
        assert_eq!(statuses, [vec![500; 12], vec![503, 200]].concat());
        assert_eq!(log.iter().filter(|one| one["delivered"] == true).count(), 1);
        retry(1).problem(409, "conflict");
        retry(77).problem(404, "not-found");
        assert_eq!(bolt.get(&path(&webhook)).expect(200).json()["position"], 9);
    }

    fn a_suspended_member_gets_nothing_and_goes_on_where_it_was_when_it_is_back(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver, operator) = (world.key("bolt"), Receiver::new(), world.owner("operator"));
        create(&bolt, &receiver);
        file(&world, 0);
        receiver.wait(1);
        let stand = |verb: &str| operator.post(&format!("/v1/admin/members/{}/{verb}", world.ids["bolt"]), &json!({})).expect(200);
        stand("suspend");
        (1..3).for_each(|n| file(&world, n));
        std::thread::sleep(std::time::Duration::from_millis(1_200));
        assert_eq!(receiver.got().len(), 1);
        stand("reinstate");
        let got = receiver.wait(3);
        assert_eq!(got.iter().map(super::Received::number).collect::<Vec<_>>(), [1, 2, 3]);
    }

    fn who_left_a_group_gets_nothing_more_of_it(engine) {
        let (world, _) = world(engine);
        let (acme, bolt, receiver) = (world.owner("acme"), world.owner("bolt"), Receiver::new());
        let group = acme.post("/v1/groups", &json!({ "slug": "luxury", "name": "Luxury" })).expect(201).json();
        let slug = group["slug"].as_str().unwrap();
        let form = json!({ "url": receiver.url("127.0.0.1"), "group": slug });
        let faults = bolt.post("/v1/webhooks", &form).problem(422, "invalid");
        assert_eq!(faults, [("/group".to_owned(), "unknown_group".to_owned())]);
        acme.post(&format!("/v1/groups/{slug}/invitations"), &json!({ "member": "bolt", "read": true })).expect(201);
        let invitation = &bolt.all("/v1/group-invitations")[0]["id"];
        bolt.post(&format!("/v1/group-invitations/{}/accept", invitation.as_str().unwrap()), &json!({})).expect(200);
        let webhook = bolt.post("/v1/webhooks", &form).expect(201).json();
        let file = |n: usize| {
            let mail = crate::support::forms::email(&format!("l{n}@bags.shop"));
            world.key("acme").file(&crate::support::forms::report(&format!("L-{n}"), &[slug], &[mail]))
        };
        file(0);
        assert_eq!(receiver.wait(1)[0].json()["group"], slug);
        bolt.post(&format!("/v1/groups/{slug}/leave"), &json!({})).expect(204);
        file(1);
        let ended = until(&bolt, &webhook, |now| now["state"] == "disabled");
        assert_eq!(ended["disabled_by"], "no_access");
        assert_eq!(receiver.got().len(), 1);
        let again = bolt.send(bolt.request(reqwest::Method::PATCH, &path(&webhook)).json(&json!({ "state": "active" })));
        again.problem(422, "invalid");
    }
}
