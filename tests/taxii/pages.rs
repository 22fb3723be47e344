//! Pages and filters.

use serde_json::Value;

use super::{all_by_date, all_by_next, at, ids, items, of_type};
use crate::support::forms::{email, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

fn filled(engine: crate::support::Engine) -> World {
    let world = World::new(engine);
    for n in 0..6 {
        let seller = [shop(&format!("https://shop88026{n}.taobao.com")), email(&format!("a{n}@bags.shop"))];
        world.key("acme").file(&report(&format!("A-{n}"), &["alliance"], &seller));
    }
    world
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

on_both_engines! {
    fn a_page_that_was_asked_for_before_has_what_came_since(engine) {
        let world = filled(engine);
        let acme = world.key("acme");
        let path = at("alliance", "objects/?limit=1000&match[type]=threat-actor");
        let sellers = |slug: &str| {
            let read = || items(&world.key(slug).get(&path).expect(200).json(), "objects");
            let (first, again) = (read(), read());
            assert_eq!(first, again);
            let revoked = first.iter().filter(|one| one["revoked"] == true).count();
            (first.len() - revoked, revoked)
        };
        assert_eq!((sellers("bolt"), sellers("taobao")), ((6, 0), (6, 0)));
        let late = acme.file(&report("A-6", &["alliance"], &[shop("https://shop880266.taobao.com")]));
        assert_eq!((sellers("bolt"), sellers("taobao")), ((7, 0), (7, 0)));
        acme.retract(late["id"].as_str().unwrap());
        assert_eq!((sellers("bolt"), sellers("taobao")), ((6, 1), (6, 1)));
        let empty = at("alliance", "objects/?added_after=2100-01-01T00:00:00Z");
        let page = acme.get(&empty).expect(200);
        assert_eq!((page.text.as_str(), page.header("x-taxii-date-added-last")), ("{\"more\":false}", "2100-01-01T00:00:00.000000Z".to_owned()));
    }

    fn every_way_of_paging_gives_every_object_once_in_the_order_of_its_moment(engine) {
        let world = filled(engine);
        for slug in ["bolt", "taobao"] {
            let client = world.key(slug);
            let path = at("alliance", "objects/");
            let whole = items(&client.get(&format!("{path}?limit=1000")).expect(200).json(), "objects");
            assert!(whole.len() > 30, "{} objects", whole.len());
            assert_eq!(ids(&whole).len(), whole.len());
            for limit in [1, 2, 3, 7, 40] {
                assert_eq!(all_by_next(&client, &format!("{path}?limit={limit}"), "objects"), whole, "{limit}");
                assert_eq!(all_by_date(&client, &path, limit, None).0, whole, "{limit}");
            }
            let manifest = all_by_next(&client, &at("alliance", "manifest/?limit=3"), "objects");
            let named: Vec<_> = manifest.iter().map(|record| &record["id"]).collect();
            assert_eq!(named, whole.iter().map(|object| &object["id"]).collect::<Vec<_>>());
            let moments: Vec<String> = manifest.iter().map(|record| text(&record["date_added"])).collect();
            assert!(moments.windows(2).all(|pair| pair[0] < pair[1]), "{moments:?}");
            assert!(moments.iter().all(|moment| moment.len() == 27 && moment.ends_with('Z')), "{moments:?}");
            for (record, object) in manifest.iter().zip(&whole) {
                if let Some(modified) = object.get("modified") {
                    assert_eq!(&record["version"], modified);
                }
                let one = client.get(&at("alliance", &format!("objects/{}/", text(&object["id"])))).expect(200);
                assert_eq!(items(&one.json(), "objects"), std::slice::from_ref(object));
                assert_eq!(one.header("x-taxii-date-added-first"), text(&record["date_added"]));
                assert_eq!(one.header("x-taxii-date-added-last"), text(&record["date_added"]));
            }
        }
    }

    fn filters_narrow_objects_and_manifest_alike(engine) {
        let world = filled(engine);
        let acme = world.key("acme");
        let whole = items(&acme.get(&at("alliance", "objects/?limit=1000")).expect(200).json(), "objects");
        let asked = |query: &str| {
            let objects = all_by_next(&acme, &at("alliance", &format!("objects/?{query}")), "objects");
            let manifest = all_by_next(&acme, &at("alliance", &format!("manifest/?{query}")), "objects");
            assert_eq!(ids(&objects), ids(&manifest), "{query}");
            objects
        };
        let actors = asked("match[type]=threat-actor");
        assert_eq!(actors.iter().collect::<Vec<_>>(), of_type(&whole, "threat-actor"));
        assert_eq!(actors.len(), 6);
        assert_eq!(asked("match[type]=threat-actor&limit=2"), actors);
        let [first, last] = [&actors[0], &actors[5]];
        assert_eq!(asked(&format!("match[id]={},{},nonsense", text(&last["id"]), text(&first["id"]))), [first.clone(), last.clone()]);
        assert_eq!(asked(&format!("match[id]={}&match[type]=url", text(&first["id"]))), Vec::<Value>::new());
        assert_eq!(asked(&format!("match[version]={}&match[type]=threat-actor", text(&last["modified"]))), std::slice::from_ref(last));
        for everything in ["match[version]=all", "match[version]=first,last", "match[spec_version]=2.1,2.0"] {
            assert_eq!(asked(&format!("limit=1000&{everything}")), whole);
        }
        for nothing in ["match[spec_version]=2.0", "match[type]=malware", "match[version]=1999-01-01T00:00:00Z", "added_after=2999-01-01T00:00:00Z"] {
            let reply = acme.get(&at("alliance", &format!("objects/?{nothing}"))).expect(200);
            assert_eq!(reply.json(), serde_json::json!({ "more": false }), "{nothing}");
            assert!(!reply.header("x-taxii-date-added-last").is_empty());
        }
        // Of the frame, which is no profile's.
        let green = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
        assert_eq!(asked(&format!("match[id]={green}")).len(), 1);
        let versions = acme.get(&at("alliance", &format!("objects/{}/versions/", text(&first["id"])))).expect(200);
        assert_eq!(items(&versions.json(), "versions"), [first["modified"].clone()]);
        let other = format!("objects/{}/?match[version]=1999-01-01T00:00:00Z", text(&first["id"]));
        assert_eq!(acme.get(&at("alliance", &other)).expect(200).json(), serde_json::json!({ "more": false }));
    }

    fn a_cursor_goes_on_only_where_it_was_given(engine) {
        let world = filled(engine);
        let acme = world.key("acme");
        let next = text(&acme.get(&at("alliance", "objects/?limit=5")).expect(200).json()["next"]);
        acme.get(&at("alliance", &format!("objects/?limit=9&next={next}"))).expect(200);
        for elsewhere in [format!("manifest/?next={next}"), format!("objects/?match[type]=url&next={next}")] {
            super::failure(&acme.get(&at("alliance", &elsewhere)), 400);
        }
        super::failure(&world.key("bolt").get(&at("alliance", &format!("objects/?next={next}"))), 400);
    }
}
