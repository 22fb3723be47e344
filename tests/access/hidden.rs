//! What a caller may not know of is answered byte for byte like what does not exist, on every operation
//! that takes an id.

use serde_json::json;

use super::{essence, is_in, text, user_id};
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Things of bolt, and of a group that nobody who asks is in.
struct Hidden {
    report: String,
    seller: String,
    user: String,
    key: String,
    webhook: String,
    /// What bolt said of two reports of its own, in `alliance`.
    judgement: String,
    /// A group that bolt founded, and its invitation of cora.
    kept: String,
    invitation: String,
    /// What cora asked in `alliance` about a seller that bolt alone reported.
    introduction: String,
    /// The group's collection, and an object in it.
    collection: String,
    object: String,
    /// The event of the group's MISP feed.
    event: String,
    /// A profile that the asking brand and platform do know, of the alliance.
    known_seller: String,
}

fn hide(world: &World) -> Hidden {
    let entry = |slug: &str| json!({ "member_id": world.ids[slug], "contribute": true, "read": true });
    let duo = json!({ "slug": "duo", "name": "Two of us", "members": [entry("bolt"), entry("cora")] });
    world.owner("operator").post("/v1/admin/groups", &duo).expect(201);
    let theirs = world.key("bolt").file(&report("B-1", &["duo"], &[email("wei.zhang@163.com")]));
    let known = world.key("acme").file(&report("A-1", &["alliance"], &[email("jian.li@163.com")]));
    let of_two = ["B-2", "B-3"].map(|id| {
        let identifiers = [email(&format!("{id}@163.com"))];
        text(&world.key("bolt").file(&report(id, &["alliance"], &identifiers))["id"])
    });
    let same = json!({ "a": of_two[0], "b": of_two[1], "verdict": "same", "reason": "One parcel." });
    let judgement = world.key("bolt").post("/v1/groups/alliance/judgements", &same).expect(201).json();
    world.key("bolt").wait_until_pooled();
    let lone = world.key("bolt").get(&format!("/v1/reports/{}/sellers", of_two[0])).expect(200).json();
    let lone = text(&lone["member_of"][0]["seller_id"]);
    let asked = json!({ "message": "Who are you?", "contact": "cora" });
    let path = format!("/v1/groups/alliance/sellers/{lone}/introductions");
    let introduction = world.key("cora").post(&path, &asked).expect(201).json();
    let kept = json!({ "slug": "den", "name": "The den", "includes_alliance": true, "members_named": true });
    let kept = text(&world.key("bolt").post("/v1/groups", &kept).expect(201).json()["slug"]);
    let invited = json!({ "member": "cora", "read": true });
    let invitation = world.key("bolt").post(&format!("/v1/groups/{kept}/invitations"), &invited).expect(201);
    let webhook = json!({ "url": "https://hooks.bolt.com/", "group": "alliance" });
    let webhook = world.key("bolt").post("/v1/webhooks", &webhook).expect(201).json();
    let bolt = world.key("bolt");
    let collection = bolt.get("/taxii2/groups/collections/duo/").expect(200).json();
    let actors =
        bolt.get("/taxii2/groups/collections/duo/objects/?match[type]=threat-actor").expect(200).json();
    let events = bolt.get("/misp/duo/manifest.json").expect(200).json();
    Hidden {
        event: events.as_object().unwrap().keys().next().unwrap().clone(),
        webhook: text(&webhook["id"]),
        collection: text(&collection["id"]),
        object: text(&actors["objects"][0]["id"]),
        kept,
        invitation: text(&invitation.json()["id"]),
        report: text(&theirs["id"]),
        seller: text(&theirs["sellers"][0]["seller_id"]),
        user: user_id(&world.owner("bolt"), "owner@bolt.example"),
        key: text(&world.owner("bolt").all("/v1/keys")[0]["id"]),
        introduction: text(&introduction["id"]),
        judgement: text(&judgement["id"]),
        known_seller: text(&known["sellers"][0]["seller_id"]),
    }
}

fn nobody(prefix: &str) -> String {
    format!("{prefix}_{}", "0".repeat(32))
}

/// Pairs of a path that leads to something hidden and one that leads to nothing; `None` if nobody has said
/// what an operation's placeholders stand for.
fn pairs(path: &str, hidden: &Hidden) -> Option<Vec<(String, String)>> {
    if path.starts_with("/v1/groups/{group}") {
        let at = |group: &str, id: &str| {
            path.replace("{group}", group).replace("{id}", id).replace("{member}", "bolt")
        };
        let mut pairs: Vec<_> = [&hidden.seller, &hidden.known_seller]
            .map(|seller| (at("duo", seller), at("nowhere", seller)))
            .into();
        let (kept, invitation) = (hidden.kept.as_str(), hidden.invitation.as_str());
        pairs.push((at(kept, invitation), at("nowhere", invitation)));
        if path.contains("/judgements/{id}") {
            pairs.push((at("alliance", &hidden.judgement), at("alliance", &nobody("jud"))));
        } else if path.contains("/sellers/{id}") {
            pairs.push((at("alliance", &hidden.seller), at("alliance", &nobody("sel"))));
        }
        if path.ends_with("/apart") {
            // Whichever of the two is the hidden one.
            let asked = |(path, other): (String, &str)| format!("{path}?other={other}");
            let known = hidden.known_seller.as_str();
            let nobody = nobody("sel");
            let of_known = || at("alliance", known);
            pairs = pairs.into_iter().map(|(a, b)| (asked((a, known)), asked((b, known)))).collect();
            pairs.push((asked((of_known(), &hidden.seller)), asked((of_known(), &nobody))));
        }
        if path.ends_with("/links") {
            // Whether a report is in a profile that is known is not for everybody who knows the profile.
            let between = |report: &str| {
                format!("{}?from={report}&to={}", at("alliance", &hidden.known_seller), hidden.report)
            };
            pairs.push((between(&hidden.report), between(&nobody("rep"))));
        }
        return Some(pairs);
    }
    if path.starts_with("/taxii2/") {
        let at = |collection: &str, object: &str| {
            path.replace("{collection}", collection).replace("{object}", object).replace("{id}", object)
        };
        let nothing = "threat-actor--00000000-0000-5000-8000-000000000000";
        let mut pairs: Vec<_> =
            ["duo", hidden.kept.as_str()].map(|group| (at(group, nothing), at("nowhere", nothing))).into();
        // By its id, which whoever reads the group is told.
        pairs.push((at(&hidden.collection, nothing), at("00000000-0000-4000-8000-000000000000", nothing)));
        if path.contains("{object}") {
            pairs.push((at("duo", &hidden.object), at("nowhere", nothing)));
            pairs.push((at("alliance", &hidden.object), at("alliance", nothing)));
        }
        return Some(pairs);
    }
    if path.starts_with("/misp/") {
        let at = |group: &str, event: &str| path.replace("{group}", group).replace("{event}", event);
        let nothing = "00000000-0000-5000-8000-000000000000";
        let mut pairs: Vec<_> =
            ["duo", hidden.kept.as_str()].map(|group| (at(group, nothing), at("nowhere", nothing))).into();
        if path.contains("{event}") {
            pairs.push((at("duo", &hidden.event), at("nowhere", nothing)));
            pairs.push((at("alliance", &hidden.event), at("alliance", nothing)));
        }
        return Some(pairs);
    }
    let (foreign, prefix) = match path.split('/').nth(2)? {
        "reports" => (&hidden.report, "rep"),
        "group-invitations" => (&hidden.invitation, "gin"),
        "introductions" => (&hidden.introduction, "itr"),
        "users" => (&hidden.user, "usr"),
        "keys" => (&hidden.key, "key"),
        "webhooks" => (&hidden.webhook, "whk"),
        "admin" if path.contains("/stop-list/") => (&hidden.user, "stp"),
        "admin" if path.contains("/canaries/") => (&hidden.user, "can"),
        // The operator knows of every member, so for it only what is no member's id can be missing.
        "admin" => (&hidden.user, "mem"),
        _ => return None,
    };
    let at = |id: &str| path.replace("{id}", id).replace("{number}", "1");
    Some([foreign.as_str(), "nonsense"].map(|id| (at(id), at(&nobody(prefix)))).into())
}

/// Query parameters that name nothing of anybody's.
const NAMELESS: &[&str] = &[
    "added_after",
    "bom",
    "changed",
    "changed_since",
    "country",
    "cursor",
    "format",
    "identifier",
    "identifier_type",
    "limit",
    "match[spec_version]",
    "match[type]",
    "match[version]",
    "minimum_risk",
    "modified_since",
    "next",
    "order",
    "origin",
    "platform",
    "reason",
    "since",
    "state",
    "type",
    "until",
];

/// Query parameters that name something, with a path where it is asked for what the first is of and for nothing.
fn named(parameter: &str, hidden: &Hidden) -> Option<[String; 2]> {
    let known = format!("/v1/groups/alliance/sellers/{}", hidden.known_seller);
    Some(match parameter {
        "seller" => {
            [&hidden.seller, &nobody("sel")].map(|id| format!("/v1/groups/alliance/candidates?seller={id}"))
        }
        "other" => [&hidden.seller, &nobody("sel")].map(|id| format!("{known}/apart?other={id}")),
        "from" => {
            [&hidden.report, &nobody("rep")].map(|id| format!("{known}/links?from={id}&to={}", nobody("rep")))
        }
        "to" => {
            [&hidden.report, &nobody("rep")].map(|id| format!("{known}/links?from={}&to={id}", nobody("rep")))
        }
        // For the operator alone, who knows of every member.
        "member" => [nobody("mem"), nobody("mem").replace("mem_0", "mem_1")]
            .map(|id| format!("/v1/admin/look-ups?member={id}")),
        "match[id]" => [hidden.object.as_str(), "threat-actor--00000000-0000-5000-8000-000000000000"]
            .map(|id| format!("/taxii2/groups/collections/alliance/objects/?match[id]={id}")),
        "external_id" => ["B-1", "B-0"].map(|id| format!("/v1/reports?external_id={id}")),
        _ => return None,
    })
}

/// Asks with a body that would be accepted, so that nothing but the path can be at fault.
fn ask(client: &Client, method: &str, path: &str) -> Reply {
    let request = client.request(method.to_uppercase().parse().unwrap(), path);
    let body = match (method, path.rsplit('/').next()) {
        ("post", Some("match")) => json!({ "identifiers": [email("jian.li@163.com")] }),
        ("post", Some("judgements")) => {
            let of = [nobody("sel"), nobody("rep").replace("rep_0", "sel_1")];
            json!({ "a": of[0], "b": of[1], "verdict": "unsure", "reason": "Who knows." })
        }
        ("post", Some("invitations")) if path.starts_with("/v1/groups/") => {
            json!({ "member": "acme", "read": true })
        }
        ("post", Some("introductions")) => json!({ "message": "Who are you?", "contact": "me" }),
        ("post", Some("grant")) => json!({ "contact": "me" }),
        ("post", Some("replay")) => json!({ "since": 0 }),
        ("patch", _) => json!({ "state": "disabled" }),
        ("post", Some("leave")) => json!({}),
        ("post", Some("invitations")) => json!({ "role": "reader" }),
        ("put", Some("k")) => json!({ "k": 4 }),
        ("put", Some("owner-group")) => json!({ "owner_group": "house" }),
        ("put", _) => report("B-1", &[], &[email("wei.zhang@163.com")]),
        _ => return client.send(request),
    };
    client.send(request.header("if-match", "\"r1\"").json(&body))
}

on_both_engines! {
    fn what_is_somebody_elses_is_asked_for_by_query_or_body_as_what_does_not_exist(engine) {
        let world = World::new(engine);
        let hidden = hide(&world);
        let askers = ["acme", "taobao"].map(|slug| world.key(slug));
        let document = world.app.anonymous().get("/openapi.json").expect(200).json();
        let operations = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
        let mut asked = 0;
        for parameter in operations.flat_map(|operation| operation["parameters"].as_array().cloned().unwrap_or_default()) {
            let name = text(&parameter["name"]);
            if parameter["in"] != "query" || NAMELESS.contains(&name.as_str()) {
                continue;
            }
            let paths = named(&name, &hidden).unwrap_or_else(|| panic!("say in {} what {name} hides", file!()));
            for asker in &askers {
                let [there, nowhere] = paths.each_ref().map(|path| asker.get(path));
                assert_eq!(essence(&there), essence(&nowhere), "{name}: {}", there.text);
                asked += 1;
            }
        }
        assert!(asked >= 10, "the document has lost its parameters");
        let judged = |asker: &Client, id: &str, other: String| {
            let body = json!({ "a": id, "b": other, "verdict": "same", "reason": "Who knows.", "propose": true });
            essence(&asker.post("/v1/groups/alliance/judgements", &body))
        };
        for asker in &askers {
            let of_sellers = |id: &str| judged(asker, id, nobody("sel").replace("sel_0", "sel_1"));
            assert_eq!(of_sellers(&hidden.seller), of_sellers(&nobody("sel")));
            let of_reports = |id: &str| judged(asker, id, nobody("rep").replace("rep_0", "rep_1"));
            assert_eq!(of_reports(&hidden.report), of_reports(&nobody("rep")));
        }
    }

    fn what_is_somebody_elses_is_answered_like_what_does_not_exist(engine) {
        let world = World::new(engine);
        let hidden = hide(&world);
        let askers: Vec<Client> = ["acme", "taobao", "customs", "operator"]
            .into_iter()
            .flat_map(|slug| [world.owner(slug), world.key(slug)])
            .collect();
        let document = world.app.anonymous().get("/openapi.json").expect(200).json();
        for (path, item) in document["paths"].as_object().unwrap() {
            if !path.contains('{') {
                continue;
            }
            let pairs = pairs(path, &hidden).unwrap_or_else(|| panic!("say in {} what {path} hides", file!()));
            for method in item.as_object().unwrap().keys() {
                let mut missing = 0;
                for asker in &askers {
                    for (there, nowhere) in &pairs {
                        let (there, nowhere) = (ask(asker, method, there), ask(asker, method, nowhere));
                        let what = format!("{method} {path}: {}", there.text);
                        assert!(matches!(there.status, 403 | 404), "{what}");
                        assert_eq!(essence(&there), essence(&nowhere), "{what}");
                        missing += usize::from(there.status == 404);
                    }
                }
                assert!(missing > 0, "nobody was let as far as to miss something at {method} {path}");
            }
        }

        assert!(is_in(&world.owner("bolt")) && is_in(&world.key("bolt")), "somebody else's user or key was touched");
        let report = world.key("bolt").get(&format!("/v1/reports/{}", hidden.report)).expect(200).json();
        assert_eq!((&report["state"], &report["revision"]), (&json!("live"), &json!(1)));
    }
}
