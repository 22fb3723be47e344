//! Server-sent events.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::Service;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use futures_util::future::poll_fn;
use reqwest::Method;
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use touchstone::app::heads::Pace;
use touchstone::server;

use super::{Copy, listed};
use crate::support::app::Options;
use crate::support::client::Client;
use crate::support::forms::{email, report, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

const FEED: &str = "/v1/groups/alliance/feed";

/// A message as a client takes it from the stream.
#[derive(Debug, Clone, Default, PartialEq)]
struct Message {
    id: String,
    event: String,
    data: Value,
}

/// Reads a stream by the rules of the standard, and keeps the comments too.
struct Stream {
    lines: Box<dyn BufRead>,
    headers: reqwest::header::HeaderMap,
    last_id: String,
    heartbeats: usize,
}

impl Stream {
    fn open(client: &Client, path: &str, last_id: Option<&str>) -> Self {
        Self::ask(client, path, last_id, None)
    }

    /// A stream that ends when nothing came for so long.
    fn patient(client: &Client, path: &str, last_id: Option<&str>, seconds: u64) -> Self {
        Self::ask(client, path, last_id, Some(seconds))
    }

    fn ask(client: &Client, path: &str, last_id: Option<&str>, wait: Option<u64>) -> Self {
        let mut request = client.request(Method::GET, path);
        request = request.header("accept", "text/event-stream").header("accept-encoding", "gzip, zstd");
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        if let Some(seconds) = wait {
            request = request.header("prefer", format!("wait={seconds}"));
        }
        let response = request.send().unwrap();
        assert_eq!(response.status(), 200);
        let headers = response.headers().clone();
        Self { lines: Box::new(BufReader::new(response)), headers, last_id: String::new(), heartbeats: 0 }
    }

    /// The next message; `None` at the end of the stream.
    fn next(&mut self) -> Option<Message> {
        let (mut message, mut data) = (Message::default(), None::<String>);
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end_matches('\n').split_once(':') {
                None => {
                    if let Some(data) = data.take() {
                        message.id = self.last_id.clone();
                        message.data = serde_json::from_str::<Value>(&data).unwrap();
                        return Some(message);
                    }
                }
                Some(("", _)) => self.heartbeats += 1,
                Some(("id", id)) => self.last_id = id.trim().to_owned(),
                Some(("event", kind)) => message.event = kind.trim().to_owned(),
                Some(("data", text)) => data = Some(text.trim_start().to_owned()),
                Some(("retry", milliseconds)) => assert_eq!(milliseconds.trim(), "2000"),
                Some(other) => panic!("{other:?}"),
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<Message> {
        (0..count).map(|_| self.next().expect("a message")).collect()
    }

    fn rest(mut self) -> Vec<Message> {
        std::iter::from_fn(|| self.next()).collect()
    }
}

fn file(world: &World, n: usize) {
    world.key("acme").file(&report(&format!("A-{n}"), &["alliance"], &[email(&format!("a{n}@bags.shop"))]));
}

fn quick() -> Options {
    let pace = Pace { heartbeat: Duration::from_millis(100), taken_within: Duration::from_millis(400) };
    Options { pace, ..Options::default() }
}

fn reason(message: &Message) -> &str {
    assert_eq!(message.event, "end");
    message.data["reason"].as_str().unwrap()
}

on_both_engines! {
    fn a_stream_has_the_events_of_the_pages_and_goes_on_with_what_comes(engine) {
        let world = World::new(engine);
        (0..120).for_each(|n| file(&world, n));
        let bolt = world.key("bolt");
        let mut stream = Stream::open(&bolt, FEED, None);
        for (name, value) in [("content-type", "text/event-stream"), ("content-encoding", "identity"), ("x-accel-buffering", "no"), ("vary", "accept")] {
            assert!(stream.headers.get_all(name).iter().any(|had| had == value), "{name}: {:?}", stream.headers);
        }
        let begun = stream.take(120);
        assert_eq!(begun.iter().map(|message| message.data.clone()).collect::<Vec<_>>(), bolt.feed("alliance"));
        assert!(begun.iter().all(|message| message.event == message.data["kind"]));
        let asked = Instant::now();
        file(&world, 120);
        let came = stream.next().unwrap();
        assert_eq!((came.event.as_str(), &came.data["number"]), ("created", &json!(121)));
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    }

    fn a_client_that_comes_back_with_the_last_id_misses_nothing_and_gets_nothing_twice(engine) {
        let world = World::new(engine);
        (0..5).for_each(|n| file(&world, n));
        let bolt = world.key("bolt");
        let seen = Stream::open(&bolt, FEED, None).take(3);
        (5..7).for_each(|n| file(&world, n));
        // As `EventSource` does: the same address, whatever it says of where to begin.
        let rest = Stream::patient(&bolt, &format!("{FEED}?since=0"), Some(&seen[2].id), 0).rest();
        let numbers: Vec<i64> = rest.iter().filter_map(|message| message.data["number"].as_i64()).collect();
        assert_eq!(numbers, [4, 5, 6, 7]);
        assert_eq!(reason(&rest[4]), "time_up");
        // The ids are cursors, good in every form, for who got them.
        assert_eq!(rest[4].id, rest[4].data["next"]);
        let page = bolt.get(&format!("{FEED}?cursor={}", rest[1].id)).expect(200).json();
        assert_eq!(page["events"][0]["number"], 6);
        let refused = |client: &Client, query: &str, id: &str| {
            let request = client.request(Method::GET, &format!("{FEED}?{query}"));
            client.send(request.header("accept", "text/event-stream").header("last-event-id", id)).problem(400, "bad-cursor")
        };
        refused(&world.key("cora"), "", &rest[0].id);
        refused(&bolt, "country=GB", &rest[0].id);
        refused(&bolt, "", "7");
    }

    fn a_stream_goes_on_where_it_was_when_the_server_was_started_again(engine) {
        let mut world = World::new(engine);
        (0..4).for_each(|n| file(&world, n));
        let mut stream = Stream::open(&world.key("bolt"), FEED, None);
        let seen = stream.take(4);
        let [acme, bolt] = ["acme", "bolt"].map(|slug| world.key(slug).bearer().to_owned());
        world.app.restart();
        let [acme, bolt] = [acme, bolt].map(|bearer| world.app.client(&bearer));
        acme.file(&report("A-4", &["alliance"], &[email("a4@bags.shop")]));
        let mut again = Stream::open(&bolt, FEED, Some(&seen[3].id));
        assert_eq!(again.next().unwrap().data["number"], 5);
    }

    fn a_stream_of_a_part_tells_of_the_part_and_moves_on_over_the_rest(engine) {
        let world = World::new(engine);
        let (acme, bolt) = (world.key("acme"), world.key("bolt"));
        acme.file(&report("S-1", &["alliance"], &[shop("https://shop1.taobao.com")]));
        (0..3).for_each(|n| file(&world, n));
        let mut stream = Stream::patient(&bolt, &format!("{FEED}?platform=taobao"), None, 0);
        let mut copy = Copy::default();
        copy.apply(&stream.next().unwrap().data);
        assert_eq!(copy.sellers, listed(&bolt, "alliance", "platform=taobao"));
        let end = stream.next().unwrap();
        let page = bolt.get(&format!("{FEED}?platform=taobao&cursor={}", end.id)).expect(200).json();
        assert_eq!((&page["events"], &page["next"]), (&json!([]), &json!(end.id)));
        let some = Stream::open(&bolt, &format!("{FEED}?limit=2&since=1"), None).rest();
        assert_eq!((some.len(), reason(&some[2]), &some[1].data["number"]), (3, "limit", &json!(3)));
    }

    fn a_quiet_stream_shows_that_it_lives_and_ends_when_its_reader_is_suspended(engine) {
        let world = World::with(engine, quick());
        let mut stream = Stream::open(&world.key("bolt"), FEED, None);
        std::thread::sleep(Duration::from_millis(700));
        file(&world, 0);
        assert_eq!(stream.next().unwrap().data["number"], 1);
        assert!(stream.heartbeats >= 3, "{} heartbeats", stream.heartbeats);
        // Nothing comes for it any more: a heartbeat finds out.
        world.owner("operator").post(&format!("/v1/admin/members/{}/suspend", world.ids["bolt"]), &json!({})).expect(200);
        let asked = Instant::now();
        let rest = stream.rest();
        assert_eq!((rest.len(), reason(&rest[0])), (1, "refused"));
        assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    }

    fn who_is_suspended_before_an_event_is_not_told_of_it(engine) {
        // With heartbeats far apart, it is the event that wakes the stream.
        let world = World::new(engine);
        file(&world, 0);
        let mut stream = Stream::open(&world.key("bolt"), FEED, None);
        stream.take(1);
        world.owner("operator").post(&format!("/v1/admin/members/{}/suspend", world.ids["bolt"]), &json!({})).expect(200);
        file(&world, 1);
        let rest = stream.rest();
        assert_eq!((rest.len(), reason(&rest[0])), (1, "refused"));
    }

    fn a_stream_ends_when_its_key_is_revoked_and_when_its_reader_leaves_the_group(engine) {
        let world = World::with(engine, quick());
        let (acme, bolt) = (world.owner("acme"), world.owner("bolt"));
        let made = bolt.post("/v1/keys", &json!({ "name": "poller", "scopes": ["feed:read"] })).expect(201).json();
        let mut stream = Stream::open(&world.app.client(made["api_key"].as_str().unwrap()), FEED, None);
        file(&world, 0);
        stream.take(1);
        bolt.delete(&format!("/v1/keys/{}", made["id"].as_str().unwrap())).expect(204);
        let rest = stream.rest();
        assert_eq!((rest.len(), reason(&rest[0])), (1, "refused"));

        let group = acme.post("/v1/groups", &json!({ "slug": "luxury", "name": "Luxury" })).expect(201).json();
        let path = format!("/v1/groups/{}", group["slug"].as_str().unwrap());
        let invited = json!({ "member": "bolt", "read": true });
        acme.post(&format!("{path}/invitations"), &invited).expect(201);
        let invitation = &bolt.all("/v1/group-invitations")[0]["id"];
        let accepted = format!("/v1/group-invitations/{}/accept", invitation.as_str().unwrap());
        bolt.post(&accepted, &json!({})).expect(200);
        let stream = Stream::open(&bolt, &format!("{path}/feed"), None);
        bolt.post(&format!("{path}/leave"), &json!({})).expect(204);
        let rest = stream.rest();
        assert_eq!((rest.len(), reason(&rest[0])), (1, "refused"));
    }

    fn a_server_that_drains_ends_its_streams_at_once(engine) {
        let world = World::new(engine);
        file(&world, 0);
        let mut stream = Stream::open(&world.key("bolt"), FEED, None);
        let seen = stream.take(1);
        let asked = Instant::now();
        world.app.drain();
        let rest = stream.rest();
        assert_eq!((rest.len(), reason(&rest[0])), (1, "draining"));
        assert_eq!(rest[0].id, seen[0].id);
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }

    fn a_reader_that_is_very_slow_is_told_so_and_let_go(engine) {
        let world = World::with(engine, quick());
        (0..130).for_each(|n| file(&world, n));
        let bearer = format!("Bearer {}", world.key("bolt").bearer());
        let pieces: Vec<String> = actix_web::rt::System::new().block_on(async {
            // Without a socket, whose buffers would take many thousands of events from the server.
            let service = Rc::new(init_service(server::service(Data::new(world.app.app.clone()), true)).await);
            let headers = [("accept", "text/event-stream"), ("authorization", bearer.as_str())];
            let request = headers.into_iter().fold(TestRequest::with_uri(FEED), TestRequest::insert_header);
            let response = service.call(request.to_request()).await.unwrap();
            let mut body = std::pin::pin!(response.into_body());
            let mut pieces = VecDeque::new();
            while let Some(piece) = poll_fn(|context| body.as_mut().poll_next(context)).await {
                pieces.push_back(String::from_utf8(piece.ok().unwrap().to_vec()).unwrap());
                if pieces.len() == 2 {
                    std::thread::sleep(Duration::from_millis(600));
                }
            }
            pieces.into()
        });
        assert_eq!(pieces.iter().map(|piece| piece.matches("\nevent: created\n").count()).collect::<Vec<_>>(), [50, 50, 0]);
        let ids: Vec<&str> = pieces.iter().flat_map(|piece| piece.lines()).filter_map(|line| line.strip_prefix("id: ")).collect();
        assert!(pieces[2].contains("event: end\ndata: {\"reason\":\"slow\""), "{}", pieces[2]);
        assert_eq!(ids[100], ids[99], "it comes back to what it was not given");
        let rest = Stream::patient(&world.key("bolt"), FEED, Some(ids[100]), 0).rest();
        assert_eq!((rest.len(), &rest[0].data["number"]), (31, &json!(101)));
    }

    fn who_reads_nothing_at_all_loses_the_connection(engine) {
        // Other systems cannot bound it.
        if !cfg!(target_os = "linux") {
            return;
        }
        let world = World::with(engine, quick());
        (0..130).for_each(|n| file(&world, n));
        let server: SocketAddr = world.app.base_url.strip_prefix("http://").unwrap().parse().unwrap();
        // Small buffers and segments, so that 130 events do not fit between the two.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        socket.set_tcp_mss(536).unwrap();
        socket.connect(&server.into()).unwrap();
        let asked = format!(
            "GET {FEED}?since=0 HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer {}\r\nAccept: text/event-stream\r\n\r\n",
            world.key("bolt").bearer()
        );
        (&socket).write_all(asked.as_bytes()).unwrap();
        let client = socket.local_addr().unwrap().as_socket().unwrap();
        let begun = Instant::now();
        while !is_connected(server, client) {
            assert!(begun.elapsed() < Duration::from_secs(5), "it does not come about");
        }
        while is_connected(server, client) {
            assert!(begun.elapsed() < Duration::from_secs(20), "it is kept");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(begun.elapsed() > Duration::from_millis(350), "{:?}", begun.elapsed());
        // It was the server that gave up, amid what it had to say.
        let mut said = Vec::new();
        drop((&socket).read_to_end(&mut said));
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("event: created") && !said.contains("\"number\":130"), "{said}");
    }
}

/// Whether the system has a connection that came in at `server` from `client`.
fn is_connected(server: SocketAddr, client: SocketAddr) -> bool {
    let [local, remote] = [server, client].map(|end| format!(":{:04X}", end.port()));
    std::fs::read_to_string("/proc/net/tcp").unwrap().lines().skip(1).any(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let mut ends_with = |port: &str| columns.next().is_some_and(|address| address.ends_with(port));
        ends_with(&local) && ends_with(&remote) && columns.next() == Some("01")
    })
}
