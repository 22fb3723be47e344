//! A group that its members keep: what is done in it is noticed by those who may, and by nobody else.

use actix_web::http::Method;
use fastrand::Rng;
use serde_json::{Value, json};
use touchstone::store::Engine;

use super::harness::cases::{Case, PLAIN};
use super::harness::people::{Viewer, viewer};
use super::harness::plan::Plan;
use super::harness::postgres;
use super::harness::replay::{Answer, Asked, differences, replay, requests};
use super::harness::script;
use super::harness::service::Reply;
use super::harness::worlds::{Alliance, Invited, Known, TICK_SECONDS};

/// What bolt asks the group's slug to begin with, and what reports call it here.
const DEN: &str = "den";

/// Who reads it in the end.
const READERS: [&str; 2] = ["bolt", "emil"];

static KEEPER: Viewer = Viewer {
    name: "a keeper of a group",
    member: Some("bolt"),
    pools: &["alliance", "ring"],
    knows: &["luxury", "ring"],
};

/// Something that a member does.
#[derive(Debug, Clone)]
enum Deed {
    /// bolt founds the group.
    Found,
    Invite(&'static str),
    Accept(&'static str),
    Decline(&'static str),
    Leave(&'static str),
    Share(Case),
}

/// All that is done, one deed at each tick: emil stays, cora leaves, guild has not answered, dora declined, and
/// there is no member of the name `nobody`.
fn deeds() -> Vec<Option<Deed>> {
    use Deed::{Accept, Decline, Found, Invite, Leave};
    let mut rng = Rng::with_seed(7);
    let mut share = |member, external_id: &str, shared: &[&'static str], open: usize| {
        Deed::Share(Case {
            member,
            external_id: external_id.to_owned(),
            island: PLAIN,
            shared: shared.to_vec(),
            open: vec![open],
            personal: vec![(0, 0)],
            months: [3, 4],
            name: Some(1),
            strict: true,
            goods: 1,
            hidden: script::hidden(&mut rng),
        })
    };
    let deeds = [
        Found,
        Invite("cora"),
        Accept("cora"),
        Invite("guild"),
        Invite("nobody"),
        share("bolt", "den-1", &[DEN, "alliance"], 0),
        Invite("dora"),
        Invite("emil"),
        Accept("emil"),
        Decline("dora"),
        share("cora", "den-1", &[DEN], 1),
        share("cora", "den-2", &[DEN, "alliance"], 0),
        share("bolt", "den-2", &[DEN], 1),
        Leave("cora"),
        share("bolt", "den-3", &[DEN], 2),
    ];
    deeds.into_iter().map(Some).collect()
}

/// The deeds without those that this viewer may not notice.
fn part_of(deeds: &[Option<Deed>], viewer: &Viewer) -> Vec<Option<Deed>> {
    let own = |member: &str| viewer.member == Some(member);
    // Who is or was in the group, or is invited, knows that it is there; the operator knows of every group and
    // who is in it.
    let knows = ["bolt", "cora", "emil", "guild", "dora", "operator"].into_iter().any(own);
    let counts = own("operator") || READERS.into_iter().any(own);
    let reads = |group: &str| viewer.pools.contains(&group) || (group == DEN && READERS.into_iter().any(own));
    let noticed = |deed: &Deed| {
        let is_kept = match deed {
            Deed::Found => knows,
            Deed::Invite(member) => {
                own("bolt") || own(member) || (counts && ["cora", "emil"].contains(member))
            }
            Deed::Accept(member) | Deed::Leave(member) => own(member) || counts,
            Deed::Decline(member) => own(member),
            Deed::Share(case) if own(case.member) => true,
            Deed::Share(case) => {
                let mut seen = case.clone();
                seen.shared.retain(|group| reads(group));
                return (!seen.shared.is_empty()).then_some(Deed::Share(seen));
            }
        };
        is_kept.then(|| deed.clone())
    };
    deeds.iter().map(|deed| deed.as_ref().and_then(noticed)).collect()
}

fn built(engine: Engine, deeds: &[Option<Deed>]) -> Alliance {
    let mut alliance = Alliance::build(engine, &Plan::default());
    for deed in deeds {
        alliance.clock.advance(TICK_SECONDS);
        if let Some(deed) = deed {
            carry_out(&mut alliance, deed);
        }
        alliance.resolver.drain(|_| {}).expect("everything can be resolved");
    }
    alliance.clock.advance(TICK_SECONDS);
    alliance
}

fn post(alliance: &mut Alliance, member: &'static str, path: &str, body: &Value) -> Reply {
    alliance.does(member, 0, Method::POST, path, Some(body), None)
}

fn made(reply: &Reply) -> Value {
    assert!(matches!(reply.status, 200 | 201), "{}", reply.text);
    serde_json::from_str(&reply.text).expect("an object")
}

fn carry_out(alliance: &mut Alliance, deed: &Deed) {
    let den = alliance.den.unwrap_or_default();
    match deed {
        Deed::Found => {
            let body = json!({ "slug": DEN, "name": "The den", "includes_alliance": true });
            let group = made(&post(alliance, "bolt", "/v1/groups", &body));
            // Reports name their groups for as long as the test runs.
            alliance.den = group["slug"].as_str().map(|slug| &*slug.to_owned().leak());
            alliance.den_readers = READERS.to_vec();
        }
        Deed::Invite(member) => {
            let body = json!({ "member": member, "read": true, "contribute": *member == "cora" });
            let sent = made(&post(alliance, "bolt", &format!("/v1/groups/{den}/invitations"), &body));
            let id = sent["id"].as_str().expect("an id").to_owned();
            alliance.invited.push(Invited { member, id });
        }
        Deed::Accept(member) | Deed::Decline(member) => {
            let path = "/v1/group-invitations";
            let open = made(&alliance.does(member, 0, Method::GET, path, None, None));
            let id = open["items"][0]["id"].as_str().expect("an invitation").to_owned();
            let verb = if matches!(deed, Deed::Accept(_)) { "accept" } else { "decline" };
            let reply = alliance.does(member, 0, Method::POST, &format!("{path}/{id}/{verb}"), None, None);
            assert!(matches!(reply.status, 200 | 204), "{}", reply.text);
        }
        Deed::Leave(member) => {
            let reply = post(alliance, member, &format!("/v1/groups/{den}/leave"), &json!({}));
            assert_eq!(reply.status, 204, "{}", reply.text);
        }
        Deed::Share(case) => {
            let mut case = case.clone();
            case.shared.iter_mut().filter(|group| **group == DEN).for_each(|group| *group = den);
            alliance.file(&case, 0);
        }
    }
}

/// All that the viewer can ask, in up to so many ways each.
fn asked(alliance: &Alliance, viewer: &Viewer, known: &Known) -> Vec<Answer> {
    let requests = requests(alliance, viewer, known, Asked::Sample { seed: 1, most: 12 });
    replay(alliance, viewer, &requests)
}

fn is_noticed_by_those_who_may(engine: Engine) {
    let deeds = deeds();
    let whole = built(engine, &deeds);
    let known = whole.known();
    // The operator first, since it reads what the others look up.
    let members = ["operator", "acme", "cora", "dora", "emil", "taobao", "ebay", "guild", "a stranger"];
    for viewer in members.map(viewer).into_iter().chain([&KEEPER]) {
        let part = built(engine, &part_of(&deeds, viewer));
        let found = differences(&asked(&whole, viewer, &known), &asked(&part, viewer, &known));
        assert!(found.told.is_empty(), "{}: {}", viewer.name, found.told.join("\n"));
    }
    // Two that nobody has asked yet: who asks spends of its own budget.
    let (fresh, without) = (built(engine, &deeds), built(engine, &part_of(&deeds, viewer("acme"))));
    let differ = |member: &str| {
        let viewer = viewer(member);
        !differences(&asked(&fresh, viewer, &known), &asked(&without, viewer, &known)).told.is_empty()
    };
    // In it, invited into it, and none of these.
    assert_eq!(["emil", "guild", "acme", "taobao"].map(differ), [true, true, false, false]);
}

#[test]
fn what_is_done_in_a_group_is_noticed_by_those_who_may_and_by_nobody_else() {
    let _alone = super::PROCESS.lock();
    is_noticed_by_those_who_may(Engine::Sqlite);
    if postgres::available() {
        is_noticed_by_those_who_may(Engine::Postgres);
    }
}
