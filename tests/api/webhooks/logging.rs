//! The log of deliveries: every attempt, and what became of it.

use std::time::Duration;

use serde_json::{Value, json};
use touchstone::domain::id::WebhookId;
use touchstone::domain::webhook::{Attempt, DeliveryState};
use touchstone::ops::deliver_webhooks::{Sent, claim, note_attempt};
use touchstone::store::deliveries::{self, LoggedAttempt};
use touchstone::store::{StoreError, erasure};

use super::{create, deliveries as listed, file, pass, path, until, world};
use crate::support::client::Client;
use crate::support::on_both_engines;
use crate::support::receiver::Receiver;

fn logged(client: &Client, webhook: &Value, number: i64) -> Value {
    client.get(&format!("{}/deliveries/{number}", path(webhook))).expect(200).json()
}

/// Which attempts there were, and what became of each.
fn outcomes(delivery: &Value) -> Value {
    let log = delivery["log"].as_array().unwrap();
    json!(
        log.iter()
            .map(|one| json!([one["attempt"], one["delivered"], one["status"], one["failure"]]))
            .collect::<Vec<_>>()
    )
}

on_both_engines! {
    fn every_attempt_is_in_the_log_with_what_came_of_it(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        receiver.answers_first(&[500, 302]);
        let webhook = create(&bolt, &receiver);
        file(&world, 0);
        let failed = until(&bolt, &webhook, |now| now["attempts"] == 1);
        assert_eq!(outcomes(&logged(&bolt, &webhook, 1)), json!([[1, false, 500, "status"]]));
        pass(&world, &failed);
        let failed = until(&bolt, &webhook, |now| now["attempts"] == 2);
        receiver.takes(Duration::from_millis(50));
        pass(&world, &failed);
        until(&bolt, &webhook, |now| now["position"] == 1);
        let mut delivery = logged(&bolt, &webhook, 1);
        let expected = json!([[1, false, 500, "status"], [2, false, 302, "status"], [3, true, 200, null]]);
        assert_eq!(outcomes(&delivery), expected);
        let log = delivery.as_object_mut().unwrap().remove("log").unwrap();
        assert_eq!(delivery, listed(&bolt, &webhook)[&1], "the list and the delivery are one");
        assert_eq!((&log[0]["at"], &log[2]["at"]), (&delivery["first_attempt_at"], &delivery["last_attempt_at"]));
        let times: Vec<&str> = log.as_array().unwrap().iter().map(|one| one["at"].as_str().unwrap()).collect();
        assert!(times.is_sorted() && times[0] < times[1] && times[1] < times[2], "{times:?}");
        assert!((50..15_000).contains(&log[2]["took_ms"].as_i64().unwrap()), "{log}");

        // A replay adds to it, and a ping does not.
        bolt.post(&format!("{}/replay", path(&webhook)), &json!({ "since": 0 })).expect(200);
        until(&bolt, &webhook, |now| now["position"] == 1);
        bolt.post(&format!("{}/ping", path(&webhook)), &json!({})).expect(200);
        assert_eq!(outcomes(&logged(&bolt, &webhook, 1))[3], json!([4, true, 200, null]));
        assert_eq!(outcomes(&logged(&bolt, &webhook, 1)).as_array().unwrap().len(), 4);
    }

    fn who_was_not_reached_is_in_the_log_without_a_status(engine) {
        let (world, told) = world(engine);
        let bolt = world.key("bolt");
        told.next(&["127.0.0.1"]);
        let form = json!({ "url": "http://hook.bolt.com:1/in", "group": "alliance" });
        let webhook = bolt.post("/v1/webhooks", &form).expect(201).json();
        file(&world, 0);
        let failed = until(&bolt, &webhook, |now| now["attempts"] == 1);
        told.next(&["10.0.0.1"]);
        told.next(&["10.0.0.1"]);
        pass(&world, &failed);
        let failed = until(&bolt, &webhook, |now| now["attempts"] == 2);
        pass(&world, &failed);
        until(&bolt, &webhook, |now| now["attempts"] == 3);
        let log = outcomes(&logged(&bolt, &webhook, 1));
        assert_eq!(log[0], json!([1, false, null, "unreachable"]));
        assert_eq!(log[2], json!([3, false, null, "not_allowed"]));
    }

    fn a_delivery_that_is_not_there_is_not_found_and_the_log_goes_with_its_webhook_and_its_member(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        let webhook = create(&bolt, &receiver);
        file(&world, 0);
        until(&bolt, &webhook, |now| now["position"] == 1);
        let at = |number: &str| format!("{}/deliveries/{number}", path(&webhook));
        world.key("acme").get(&at("1")).problem(404, "not-found");
        for number in ["2", "0", "-1", "one", "99999999999999999999"] {
            bolt.get(&at(number)).problem(404, "not-found");
        }

        // Were a row still there, the same could not be written again.
        let member = world.ids["bolt"].parse().unwrap();
        let id = webhook["id"].as_str().unwrap().parse::<WebhookId>().unwrap();
        let app = &world.app.app;
        let again = LoggedAttempt {
            member_id: member,
            webhook_id: id,
            number: 1,
            attempt: 1,
            at: app.now(),
            status: None,
            failure: None,
            took_ms: 0,
        };
        let log = || app.db.write(|conn| deliveries::log(conn, again));
        assert!(matches!(log(), Err(StoreError::Taken)), "it is in the log");
        bolt.delete(&path(&webhook)).expect(204);
        bolt.get(&at("1")).problem(404, "not-found");
        log().expect("what was of the webhook is gone");
        app.db.write(|conn| erasure::delete_all(conn, member)).expect("the member is erased");
        log().expect("what was of the member is gone");
    }

    fn an_event_that_is_called_back_for_ever_keeps_its_last_fifty_attempts(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        let webhook = create(&bolt, &receiver);
        file(&world, 0);
        until(&bolt, &webhook, |now| now["position"] == 1);
        let app = &world.app.app;
        let key = (world.ids["bolt"].parse().unwrap(), webhook["id"].as_str().unwrap().parse::<WebhookId>().unwrap());
        // As another node would, from which this one is told nothing.
        let node = [1; 16];
        let taken = app.db.write(|conn| {
            let dead = deliveries::find(conn, key, 1)?.unwrap();
            deliveries::put(conn, &deliveries::Delivery { state: DeliveryState::Recalled, ..dead })?;
            let mut row = touchstone::store::webhooks::of_key(conn, key)?.unwrap();
            (row.recalled, row.due_at) = (true, app.now().plus_seconds(60));
            touchstone::store::webhooks::put(conn, &row)?;
            claim(conn, app.now().plus_seconds(3600), &node, 10)
        });
        assert_eq!(taken.unwrap(), [key]);
        let sent = Sent { number: 1, recalled: true, attempt: Attempt::answered(503), took: Duration::from_millis(7) };
        for _ in 0..59 {
            app.db.write(|conn| note_attempt(conn, app.now(), (&node, key), sent, 0)).unwrap();
        }
        let delivery = logged(&bolt, &webhook, 1);
        let log = delivery["log"].as_array().unwrap();
        assert_eq!((&delivery["attempts"], log.len()), (&json!(60), 50));
        assert_eq!((&log[0]["attempt"], &log[49]["attempt"], &log[49]["took_ms"]), (&json!(11), &json!(60), &json!(7)));
    }
}
