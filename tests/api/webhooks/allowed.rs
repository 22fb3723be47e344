//! No connection to an address that is not public: whatever a name is said to lead to, and whenever.

use serde_json::{Value, json};
use touchstone::domain::webhook::address::SPECIAL;

use super::{path, world};
use crate::support::client::Client;
use crate::support::on_both_engines;
use crate::support::receiver::Receiver;

fn ping(client: &Client, webhook: &Value) -> Value {
    client.post(&format!("{}/ping", path(webhook)), &json!({})).expect(200).json()
}

on_both_engines! {
    fn a_name_that_leads_elsewhere_the_second_time_is_not_followed(engine) {
        let (world, told) = world(engine);
        let bolt = world.key("bolt");
        // Both listen at the same port: which one is reached is for the resolver to say.
        let (open, inner) = (Receiver::new(), Receiver::at("127.0.0.2"));
        let webhook = |receiver: &Receiver| {
            let form = json!({ "url": receiver.url("hook.bolt.com"), "group": "alliance" });
            bolt.post("/v1/webhooks", &form).expect(201).json()
        };
        let (open_webhook, inner_webhook) = (webhook(&open), webhook(&inner));
        told.next(&["127.0.0.1"]);
        told.next(&["127.0.0.2"]);
        assert_eq!(ping(&bolt, &open_webhook)["delivered"], true);
        assert_eq!(ping(&bolt, &inner_webhook), json!({ "delivered": false, "failure": "not_allowed" }));
        // Hidden among others, and in other forms.
        let hidden = [
            vec!["127.0.0.1", "127.0.0.2"],
            vec!["127.0.0.2", "127.0.0.1"],
            vec!["::ffff:127.0.0.2"],
            vec!["::127.0.0.2"],
            vec!["64:ff9b::7f00:2"],
            vec!["::1"],
            vec!["0.0.0.0"],
            vec!["::"],
        ];
        let special: Vec<String> = SPECIAL.iter().map(|special| special.range.to_string().split('/').next().unwrap().to_owned()).collect();
        let all = hidden.into_iter().chain(special.iter().map(|address| vec![address.as_str()]).filter(|address| address != &["127.0.0.1"]));
        let mut tried = 0;
        for addresses in all {
            told.next(&addresses);
            told.next(&["127.0.0.2"]);
            // The first call uses up what the name led to before.
            ping(&bolt, &inner_webhook);
            assert_eq!(ping(&bolt, &inner_webhook)["failure"], "not_allowed", "{addresses:?}");
            tried += 1;
        }
        assert!(tried > 40, "{tried}");
        assert_eq!(inner.connections(), 0, "it was called");
        assert_eq!(open.connections(), 1);
    }

    fn a_redirection_is_not_followed(engine) {
        let (world, _) = world(engine);
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        let webhook = super::create(&bolt, &receiver);
        for status in [301, 302, 303, 307, 308] {
            receiver.answers(status);
            assert_eq!(ping(&bolt, &webhook), json!({ "delivered": false, "status": status, "failure": "status" }));
        }
        assert_eq!(receiver.connections(), 5);
    }

    fn nobody_there_and_no_certificate_are_failures(engine) {
        let (world, told) = world(engine);
        let bolt = world.key("bolt");
        let receiver = Receiver::new();
        let create = |url: &str| bolt.post("/v1/webhooks", &json!({ "url": url, "group": "alliance" })).expect(201).json();
        // It speaks no TLS.
        let webhook = create(&receiver.url("127.0.0.1").replace("http:", "https:"));
        assert_eq!(ping(&bolt, &webhook), json!({ "delivered": false, "failure": "unreachable" }));
        let unknown = create("https://hooks.nowhere-at-all.com/in");
        assert_eq!(ping(&bolt, &unknown), json!({ "delivered": false, "failure": "unreachable" }));
        told.next(&["127.0.0.1"]);
        let refused = create("http://hook.bolt.com:1/in");
        assert_eq!(ping(&bolt, &refused), json!({ "delivered": false, "failure": "unreachable" }));
        assert!(receiver.got().is_empty());
    }
}
