//! Who gets in, and what it may then do: sessions, keys, invitations, users, members, groups.

mod groups;
mod hidden;
mod invitations;
pub mod kept_groups;
mod keys;
mod leaving_groups;
mod members;
mod sessions;
mod surface;
mod users;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::world::World;

/// Everything of an answer that could tell one from another: all but the id and the time of the request,
/// and whether the connection is kept, which depends on how much of an unread body had arrived.
pub fn essence(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = reply
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date", "connection"].contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    headers.sort();
    (reply.status, headers, reply.text.clone())
}

/// A fault as `Reply::problem` returns it.
pub fn fault(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Whether the client's credential is good.
#[track_caller]
pub fn is_in(client: &Client) -> bool {
    let reply = client.get("/v1/me");
    assert!(matches!(reply.status, 200 | 401), "{}", reply.text);
    reply.status == 200
}

/// Tries to sign in.
pub fn sign_in(world: &World, email: &str, password: &str) -> Reply {
    world.app.anonymous().post("/v1/sessions", &json!({ "email": email, "password": password }))
}

/// Tries to stay signed in.
pub fn refresh(client: &Client, token: &str) -> Reply {
    client.post("/v1/sessions/refresh", &json!({ "refresh_token": token }))
}

/// An invitation of the member's own owner; returns its token.
pub fn invite(world: &World, slug: &str, invitation: &Value) -> String {
    text(&world.owner(slug).post("/v1/invitations", invitation).expect(201).json()["token"])
}

/// A further user of a member, signed in.
pub fn join(world: &World, slug: &str, role: &str, email: &str) -> Client {
    world.accept(&invite(world, slug, &json!({ "role": role })), email)
}

/// The id of one of the owner's colleagues, or its own.
#[track_caller]
pub fn user_id(owner: &Client, email: &str) -> String {
    let users = owner.all("/v1/users");
    text(&users.iter().find(|user| user["email"] == email).expect("a user with this address")["id"])
}

/// The operator suspends or reinstates a member. By key, because a test that moves the clock ends the
/// access token of the operator's owner.
pub fn set_standing(world: &World, slug: &str, verb: &str) {
    let path = format!("/v1/admin/members/{}/{verb}", world.ids[slug]);
    world.key("operator").post(&path, &json!({})).expect(200);
}

/// Waits for what happens behind the answers.
#[track_caller]
pub fn eventually(what: &str, mut check: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !check() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
