//! Who is let in, and what is not there.

use reqwest::Method;

use super::{at, event, manifest};
use crate::support::forms::{report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const NOTHING: &str = "00000000-0000-5000-8000-000000000000";

on_both_engines! {
    fn an_instance_comes_in_with_a_bearer_token_or_a_password(engine) {
        let world = World::new(engine);
        let (anybody, acme) = (world.app.anonymous(), world.key("acme"));
        acme.file(&report("A-1", &["alliance"], &[shop("https://shop88026.taobao.com")]));
        let path = at("alliance", "manifest.json");
        let by_bearer = acme.get(&path).expect(200);
        assert_eq!(by_bearer.header("content-type"), "application/json");
        let basic = anybody.request(Method::GET, &path).basic_auth("whoever", Some(acme.bearer()));
        assert_eq!(anybody.send(basic).expect(200).text, by_bearer.text);
        anybody.get(&path).problem(401, "unauthenticated");
        world.key_with("acme", &["sellers:read"]).get(&path).problem(403, "forbidden");
    }

    fn who_comes_without_a_credential_is_told_of_both_ways_to_send_one(engine) {
        let world = World::new(engine);
        let reply = world.app.anonymous().get(&at("alliance", "manifest.json"));
        let ways: Vec<&str> = reply.headers.get_all("www-authenticate").iter().map(|way| way.to_str().unwrap()).collect();
        assert_eq!((reply.status, ways.len()), (401, 2), "{ways:?}");
        assert!(ways[0].starts_with("Basic realm=") && ways[1] == "Bearer", "{ways:?}");
    }

    fn an_event_is_found_under_its_own_id_in_its_own_feed_and_nowhere_else(engine) {
        let world = World::new(engine);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        let seller = [shop("https://shop88026.taobao.com")];
        acme.file(&report("A-1", &["alliance", "platform:taobao"], &seller));
        let of = |client: &crate::support::client::Client, group: &str| manifest(client, group).into_keys().next().unwrap();
        let ids = [of(&acme, "alliance"), of(&taobao, "alliance"), of(&taobao, "platform:taobao")];
        assert!(ids[0] != ids[1] && ids[1] != ids[2], "one id stands for two things: {ids:?}");
        assert_eq!(event(&taobao, "platform:taobao", &ids[2])["uuid"], ids[2].as_str());
        let missing = acme.get(&at("alliance", &format!("{NOTHING}.json")));
        missing.problem(404, "not-found");
        // Of another class, of another group; one that begins like an event, and another way to write its id.
        let like = format!("{}{}", &ids[0][..14], &NOTHING[14..]);
        let loud = ids[0].to_uppercase();
        for (client, group, id) in [
            (&acme, "alliance", &ids[1]),
            (&acme, "platform:taobao", &ids[2]),
            (&taobao, "alliance", &ids[2]),
            (&acme, "nowhere", &ids[0]),
            (&acme, "alliance", &like),
            (&acme, "alliance", &loud),
        ] {
            let reply = client.get(&at(group, &format!("{id}.json")));
            assert_eq!((reply.status, &reply.text), (404, &missing.text), "{group} {id}");
        }
        assert_eq!(acme.get(&at("platform:taobao", "manifest.json")).text, missing.text);
        assert_eq!(acme.get(&at("alliance", "hashes.csv")).text, missing.text);
    }

    fn what_an_instance_has_already_is_not_sent_again(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let empty = acme.get(&at("alliance", "manifest.json")).expect(200);
        assert_eq!(empty.text, "{}");
        acme.file(&report("A-1", &["alliance"], &[shop("https://shop88026.taobao.com")]));
        let id = manifest(&acme, "alliance").into_keys().next().unwrap();
        for file in ["manifest.json".to_owned(), format!("{id}.json")] {
            let path = at("alliance", &file);
            let asked = |tag: &str| acme.send(acme.request(Method::GET, &path).header("if-none-match", tag));
            let tag = acme.get(&path).expect(200).header("etag");
            assert!(tag != empty.header("etag") && asked(&empty.header("etag")).status == 200);
            let reply = asked(&tag);
            assert_eq!((reply.status, reply.text.as_str(), reply.header("etag")), (304, "", tag), "{file}");
        }
    }
}
