//! What is sent, in which order, and that nothing is lost.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use touchstone::domain::id::WebhookId;
use touchstone::domain::webhook::Attempt;
use touchstone::ops::deliver_webhooks::{LEASE_SECONDS, Next, Sent, claim, note_attempt};
use touchstone::store::webhooks;

use super::{create, deliveries, file, is_signed, path, until, world};
use crate::support::client::Client;
use crate::support::on_both_engines;
use crate::support::receiver::Receiver;

const FEED: &str = "/v1/groups/alliance/feed";

fn lines(client: &Client) -> Vec<String> {
    let request = client.request(Method::GET, FEED).header("accept", "application/x-ndjson");
    client.send(request).expect(200).text.lines().map(str::to_owned).collect()
}

on_both_engines! {
    fn an_event_is_sent_byte_for_byte_as_the_feed_has_it_and_signed(engine) {
        let (world, _) = world(engine);
        file(&world, 0);
        for (slug, kind) in [("bolt", "peer"), ("taobao", "platform")] {
            let (client, receiver) = (world.key(slug), Receiver::new());
            let webhook = client.post("/v1/webhooks", &json!({ "url": receiver.url("127.0.0.1"), "group": "alliance", "since": 0 }));
            let webhook = webhook.expect(201).json();
            let got = receiver.wait(1).remove(0);
            assert!(is_signed(&got, webhook["secret"].as_str().unwrap()), "{kind}: {got:?}");
            assert_eq!(got.headers["content-type"], "application/json");
            let seconds: i64 = got.headers["webhook-timestamp"].parse().unwrap();
            assert_eq!(seconds, world.app.app.now().unix_seconds());
            let message = got.json();
            assert_eq!((&message["type"], &message["group"]), (&json!("seller.created"), &json!("alliance")));
            assert_eq!(message["timestamp"], message["data"]["at"]);
            // What one reads of a profile, the other does not: each gets what it reads itself.
            let line = &lines(&client)[0];
            let body = String::from_utf8(got.body).unwrap();
            assert!(body.ends_with(&format!(",\"data\":{line}}}")), "{kind}: {body}\n{line}");
        }
    }

    fn events_come_in_order_and_the_log_says_so(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        file(&world, 0);
        let webhook = create(&bolt, &receiver);
        (1..6).for_each(|n| file(&world, n));
        let got = receiver.wait(5);
        // What was there before was not asked for.
        assert_eq!(got.iter().map(super::Received::number).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
        let now = until(&bolt, &webhook, |now| now["position"] == 6);
        assert_eq!((&now["attempts"], &now["state"]), (&json!(0), &json!("active")));
        let log = deliveries(&bolt, &webhook);
        assert_eq!(log.keys().copied().collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
        for (got, delivery) in got.iter().zip(log.values()) {
            assert_eq!(delivery["message_id"], got.id());
            assert_eq!((&delivery["state"], &delivery["attempts"], &delivery["status"]), (&json!("delivered"), &json!(1), &json!(200)));
        }
    }

    fn a_replay_sends_what_came_after_a_number_again_with_the_same_ids(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        let webhook = create(&bolt, &receiver);
        (0..3).for_each(|n| file(&world, n));
        let first = receiver.wait(3);
        until(&bolt, &webhook, |now| now["position"] == 3);
        let replay = format!("{}/replay", path(&webhook));
        bolt.post(&replay, &json!({ "since": 1 })).expect(200);
        let again = receiver.wait(5);
        assert_eq!([again[3].id(), again[4].id()], [first[1].id(), first[2].id()]);
        until(&bolt, &webhook, |now| now["position"] == 3);
        assert_eq!(deliveries(&bolt, &webhook)[&2]["attempts"], 2);
        for (wrong, code) in [(json!({ "since": 4 }), "out_of_range"), (json!({ "since": -1 }), "out_of_range"), (json!({}), "required")] {
            let faults = bolt.post(&replay, &wrong).problem(422, "invalid");
            assert_eq!(faults, [("/since".to_owned(), code.to_owned())]);
        }
    }

    fn the_old_secret_signs_along_for_a_day(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        let webhook = create(&bolt, &receiver);
        let rotated = bolt.post(&format!("{}/rotate-secret", path(&webhook)), &json!({})).expect(200).json();
        let [old, new] = [&webhook, &rotated].map(|one| one["secret"].as_str().unwrap());
        assert_ne!(old, new);
        file(&world, 0);
        let got = receiver.wait(1);
        assert!(is_signed(&got[0], new) && is_signed(&got[0], old));
        world.app.clock.advance(24 * 3600 - 1);
        file(&world, 1);
        assert!(is_signed(&receiver.wait(2)[1], old));
        world.app.clock.advance(1);
        file(&world, 2);
        let got = receiver.wait(3);
        assert!(is_signed(&got[2], new) && !is_signed(&got[2], old));
    }

    fn a_ping_says_how_it_was_received_and_moves_nothing(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        let webhook = create(&bolt, &receiver);
        let ping = || bolt.post(&format!("{}/ping", path(&webhook)), &json!({})).expect(200).json();
        assert_eq!(ping(), json!({ "delivered": true, "status": 200 }));
        let got = receiver.wait(1);
        assert!(is_signed(&got[0], webhook["secret"].as_str().unwrap()));
        assert_eq!((&got[0].json()["type"], &got[0].json()["data"]), (&json!("ping"), &json!({ "webhook": webhook["id"] })));
        receiver.answers(503);
        assert_eq!(ping(), json!({ "delivered": false, "status": 503, "failure": "status" }));
        let now = bolt.get(&path(&webhook)).expect(200).json();
        assert_eq!((&now["position"], &now["attempts"]), (&json!(0), &json!(0)));
        assert!(deliveries(&bolt, &webhook).is_empty());
    }

    fn what_is_on_its_way_when_the_server_stops_is_sent_again_by_the_next(engine) {
        let (mut world, _) = world(engine);
        let receiver = Receiver::new();
        create(&world.key("bolt"), &receiver);
        receiver.takes(Duration::from_secs(8));
        file(&world, 0);
        receiver.wait(1);
        world.app.restart();
        receiver.takes(Duration::ZERO);
        let got = receiver.wait(2);
        assert_eq!(got[0].id(), got[1].id());
    }

    fn one_node_at_a_time_has_an_endpoint_and_a_dead_one_loses_it(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        receiver.answers(500);
        let webhook = create(&bolt, &receiver);
        file(&world, 0);
        until(&bolt, &webhook, |now| now["attempts"] == 1);
        let (app, id) = (&world.app.app, webhook["id"].as_str().unwrap().parse::<WebhookId>().unwrap());
        let key = (world.ids["bolt"].parse().unwrap(), id);
        // As two other nodes would, an hour later.
        let later = app.now().plus_seconds(3600);
        let take = |node: &[u8], at| app.db.write(|conn| claim(conn, at, node, 10)).unwrap();
        assert_eq!(take(&[1; 16], later), [key]);
        assert!(take(&[2; 16], later.plus_seconds(LEASE_SECONDS - 1)).is_empty(), "two have it");
        assert_eq!(take(&[2; 16], later.plus_seconds(LEASE_SECONDS)), [key]);
        let sent = Sent { number: 1, recalled: false, attempt: Attempt::answered(200), took: Duration::ZERO };
        let note = |node: &[u8]| app.db.write(|conn| note_attempt(conn, later, (node, key), sent, 0)).unwrap();
        assert_eq!(note(&[1; 16]), Next::Rest, "it is no more its own");
        assert_eq!(app.db.read(|conn| webhooks::of_key(conn, key)).unwrap().unwrap().position, 0);
        assert_eq!(note(&[2; 16]), Next::GoOn);
        let now: Value = bolt.get(&path(&webhook)).expect(200).json();
        assert_eq!((&now["position"], &now["attempts"]), (&json!(1), &json!(0)));
    }
}
