//! Making, changing and deleting webhooks.

use reqwest::Method;
use serde_json::{Value, json};

use super::{create, file, path, world};
use crate::support::client::{Client, Reply};
use crate::support::on_both_engines;
use crate::support::receiver::Receiver;

fn patch(client: &Client, webhook: &Value, change: &Value) -> Reply {
    client.send(client.request(Method::PATCH, &path(webhook)).json(change))
}

fn post(client: &Client, url: &str) -> Reply {
    client.post("/v1/webhooks", &json!({ "url": url, "group": "alliance" }))
}

on_both_engines! {
    fn a_webhook_is_made_once_and_its_secret_shown_once(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.owner("bolt"), Receiver::new());
        let made = create(&bolt, &receiver);
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        let listed = bolt.get("/v1/webhooks").expect(200);
        assert!(!listed.text.contains("secret"), "{}", listed.text);
        let listed = listed.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let mut shown = made.clone();
        shown.as_object_mut().unwrap().remove("secret");
        assert_eq!((&listed["items"][0], &bolt.get(&path(&made)).expect(200).json()), (&shown, &shown));
        post(&bolt, &receiver.url("127.0.0.1")).problem(409, "conflict");
        assert_eq!(world.owner("acme").get("/v1/webhooks").expect(200).json(), json!({ "items": [] }));
        bolt.delete(&path(&made)).expect(204);
        bolt.delete(&path(&made)).problem(404, "not-found");
        file(&world, 0);
        std::thread::sleep(std::time::Duration::from_millis(700));
        assert!(receiver.got().is_empty());
    }

    fn every_fault_of_a_webhook_is_named(engine) {
        let (world, _) = world(engine);
        let bolt = world.key("bolt");
        let faults = |form: Value| bolt.post("/v1/webhooks", &form).problem(422, "invalid");
        let pair = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(faults(json!({})), [pair("/group", "required"), pair("/url", "required")]);
        let form = json!({ "url": "http://169.254.169.254/", "group": "platform:taobao" });
        assert_eq!(faults(form), [pair("/group", "unknown_group"), pair("/url", "scheme")]);
        for (url, code) in [
            ("https://169.254.169.254/latest", "not_public"),
            ("https://127.0.0.2/", "not_public"),
            ("https://2130706433/", "malformed"),
            ("https://user:pw@hooks.bolt.com/", "credentials"),
            ("https://hooks.bolt.com:22/", "port"),
            ("http://hooks.bolt.com/", "scheme"),
            ("https://localhost/", "not_public"),
        ] {
            assert_eq!(faults(json!({ "url": url, "group": "alliance" })), [pair("/url", code)], "{url}");
        }
        let form = json!({ "url": "https://hooks.bolt.com/", "group": "alliance", "since": 1 });
        assert_eq!(faults(form), [pair("/since", "out_of_range")]);
        assert_eq!(bolt.get("/v1/webhooks").expect(200).json(), json!({ "items": [] }));
        let made = post(&bolt, "https://hooks.bolt.com/").expect(201).json();
        let faults = patch(&bolt, &made, &json!({ "url": "https://10.0.0.1/" })).problem(422, "invalid");
        assert_eq!(faults, [pair("/url", "not_public")]);
        patch(&bolt, &made, &json!({ "state": "asleep" })).problem(422, "invalid");
        assert_eq!(bolt.get(&path(&made)).expect(200).json()["url"], "https://hooks.bolt.com/");
    }

    fn a_webhook_is_moved_and_halted_and_goes_on_where_it_was(engine) {
        let (world, _) = world(engine);
        let (bolt, first, second) = (world.key("bolt"), Receiver::new(), Receiver::new());
        let webhook = create(&bolt, &first);
        file(&world, 0);
        first.wait(1);
        let halted = patch(&bolt, &webhook, &json!({ "state": "disabled" })).expect(200).json();
        assert_eq!((&halted["state"], &halted["disabled_by"]), (&json!("disabled"), &json!("member")));
        file(&world, 1);
        std::thread::sleep(std::time::Duration::from_millis(700));
        assert_eq!(first.got().len(), 1);
        let moved = patch(&bolt, &webhook, &json!({ "state": "active", "url": second.url("127.0.0.1") })).expect(200).json();
        assert_eq!((&moved["state"], &moved["disabled_by"]), (&json!("active"), &Value::Null));
        assert_eq!(second.wait(1)[0].number(), 2);
        assert_eq!(first.got().len(), 1);
    }

    fn a_member_has_at_most_twenty(engine) {
        let (world, _) = world(engine);
        let bolt = world.key("bolt");
        for n in 0..20 {
            post(&bolt, &format!("https://hooks.bolt.com/{n}")).expect(201);
        }
        post(&bolt, "https://hooks.bolt.com/20").problem(409, "conflict");
        post(&world.key("acme"), "https://hooks.bolt.com/20").expect(201);
    }
}
