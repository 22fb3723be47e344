//! The reference package of Standard Webhooks takes our signatures for right, and only ours.

use std::path::Path;

use data_encoding::BASE64;
use serde_json::{Value, json};
use touchstone::app::production::SystemClock;
use touchstone::delivery::sign::secret_text;
use touchstone::domain::time::Clock;

use super::{create, file, path, world_at};
use crate::support::on_both_engines;
use crate::support::python::Python;
use crate::support::receiver::{Received, Receiver};

const OLD: &str = "Message timestamp too old";
const FOREIGN: &str = "No matching signature found";

/// What the package has against each message under a secret.
fn refusals(python: &Python, messages: &[(&Received, &str)]) -> Value {
    let one = |(message, secret): &(&Received, &str)| json!({ "headers": message.headers, "body": BASE64.encode(&message.body), "secret": secret });
    let input: Vec<Value> = messages.iter().map(one).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/webhooks/verify.py");
    python.run(&script, &[], &serde_json::to_vec(&input).unwrap())
}

on_both_engines! {
    fn the_reference_package_verifies_what_is_sent_and_nothing_that_was_changed(engine) {
        let Some(python) = Python::with_clients() else { return };
        // The package looks at the system's clock: the first message is sent ten minutes ago, and the others now.
        let minutes = 600;
        let (world, _) = world_at(engine, SystemClock.now().plus_seconds(-minutes));
        let (bolt, receiver) = (world.key("bolt"), Receiver::new());
        let webhook = create(&bolt, &receiver);
        file(&world, 0);
        receiver.wait(1);
        world.app.clock.advance(minutes);
        file(&world, 1);
        receiver.wait(2);
        let rotated = bolt.post(&format!("{}/rotate-secret", path(&webhook)), &json!({})).expect(200).json();
        file(&world, 2);
        receiver.wait(3);
        bolt.post(&format!("{}/ping", path(&webhook)), &json!({})).expect(200);
        let got = receiver.wait(4);
        let [old, new] = [&webhook, &rotated].map(|one| one["secret"].as_str().unwrap());
        let [late, before, after, ping] = &got[..] else { panic!("{got:?}") };
        let signatures = |message: &Received| message.headers["webhook-signature"].split(' ').count();
        assert_eq!([late, before, after, ping].map(signatures), [1, 1, 2, 2]);

        let sent = [(before, old), (after, old), (after, new), (ping, old), (ping, new)];
        assert_eq!(refusals(&python, &sent), json!([null, null, null, null, null]));

        let foreign = secret_text(&[7; 32]);
        assert_eq!(refusals(&python, &[(before, &foreign), (after, &foreign)]), json!([FOREIGN, FOREIGN]));
        // Nobody had the new secret when this was sent.
        assert_eq!(refusals(&python, &[(before, new)]), json!([FOREIGN]));
        assert_eq!(refusals(&python, &[(late, old)]), json!([OLD]));

        let changed = |change: &dyn Fn(&mut Received)| {
            let mut message = after.clone();
            change(&mut message);
            refusals(&python, &[(&message, old), (&message, new)])
        };
        let both = json!([FOREIGN, FOREIGN]);
        assert_eq!(changed(&|message| message.body.push(b' ')), both);
        assert_eq!(changed(&|message| drop(message.headers.insert("webhook-id".into(), before.id().into()))), both);
        let other = (SystemClock.now().unix_seconds() + 60).to_string();
        assert_eq!(changed(&|message| drop(message.headers.insert("webhook-timestamp".into(), other.clone()))), both);
    }
}
