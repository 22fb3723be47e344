//! Filing reports by the file: uploads that break off.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{CSV, NDJSON, faults_of, outcomes, text, upload};
use crate::api::bad_input::{fault, sight};
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Sends the head of an upload of acme's and this much of its body, of which more was announced.
fn begin(world: &World, content_type: &str, sent: &str) -> TcpStream {
    let address = world.app.base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let acme = world.key("acme");
    let head = format!(
        "POST /v1/reports/bulk HTTP/1.1\r\nHost: touchstone\r\nAuthorization: Bearer {}\r\n\
         Content-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        acme.bearer(),
        sent.len() + 100,
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    stream
}

/// Ends the sending side in the middle, as a client that died would, and reads the answer.
fn break_off(mut stream: TcpStream) -> String {
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// The result lines of a raw answer: what stands between the sizes of its chunks.
fn results(answer: &str) -> Vec<Value> {
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let lines = answer.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The external ids of what acme has stored.
fn stored(world: &World) -> Vec<String> {
    let reports = world.key("acme").all("/v1/reports");
    let mut ids: Vec<String> = reports.iter().map(|report| text(report, "external_id").to_owned()).collect();
    ids.sort();
    ids
}

fn lines() -> [String; 3] {
    ["A-1", "A-2", "A-3"].map(|id| format!("{}\n", report(id, &["alliance"], &[email("jian@bags.shop")])))
}

fn rows() -> [String; 4] {
    let row =
        |id: &str| format!("{id},alliance,counterfeit_goods,jian@bags.shop,true,Ada Analyst,2026-05-01\n");
    let header = "external_id,share_with,infringement_type,email,good_faith,signer,signed_on\n";
    [header.to_owned(), row("A-1"), row("A-2"), row("A-3")]
}

/// The pieces, the last one cut where only this much of it is left.
fn cut(pieces: &[String], left: usize) -> String {
    let (last, whole) = pieces.split_last().unwrap();
    format!("{}{}", whole.concat(), &last[..left])
}

on_both_engines! {
    fn an_upload_that_breaks_off_stores_its_whole_lines_and_says_where_it_ended(engine) {
        let world = World::new(engine);
        let pieces = lines();
        let answer = break_off(begin(&world, NDJSON, &cut(&pieces, pieces[2].len() / 2)));
        let results = results(&answer);
        assert_eq!(outcomes(&results), [(1, "created"), (2, "created"), (3, "invalid")]);
        assert_eq!(faults_of(&results[2]), [fault("", "truncated")]);
        assert_eq!(stored(&world), ["A-1", "A-2"]);

        let again = upload(&world.key("acme"), NDJSON, pieces.concat());
        assert_eq!(outcomes(&again), [(1, "unchanged"), (2, "unchanged"), (3, "created")]);
    }

    fn a_line_without_its_end_is_not_whole_when_the_upload_broke_off(engine) {
        let world = World::new(engine);
        let pieces = lines();
        let results = results(&break_off(begin(&world, NDJSON, &cut(&pieces, pieces[2].len() - 1))));
        assert_eq!(outcomes(&results), [(1, "created"), (2, "created"), (3, "invalid")]);
        assert_eq!(stored(&world), ["A-1", "A-2"]);
    }

    fn an_upload_that_breaks_off_between_two_lines_does_not_pass_for_a_whole_one(engine) {
        let world = World::new(engine);
        let results = results(&break_off(begin(&world, NDJSON, &cut(&lines(), 0))));
        assert_eq!(outcomes(&results), [(1, "created"), (2, "created"), (3, "invalid")]);
        assert_eq!(faults_of(&results[2]), [fault("", "truncated")]);
    }

    fn a_csv_upload_that_breaks_off_stores_its_whole_rows(engine) {
        let world = World::new(engine);
        let pieces = rows();
        for left in [pieces[3].len() / 2, pieces[3].len() - 1] {
            let results = results(&break_off(begin(&world, CSV, &cut(&pieces, left))));
            let numbers: Vec<u64> = outcomes(&results).into_iter().map(|(number, _)| number).collect();
            assert_eq!(numbers, [2, 3, 4]);
            assert_eq!(faults_of(&results[2]), [fault("", "truncated")]);
            assert_eq!(stored(&world), ["A-1", "A-2"]);
        }
        let again = upload(&world.key("acme"), CSV, pieces.concat());
        assert_eq!(outcomes(&again), [(2, "unchanged"), (3, "unchanged"), (4, "created")]);
    }

    fn a_csv_upload_that_breaks_off_in_its_header_is_refused(engine) {
        let world = World::new(engine);
        let before = sight(&world.key("acme"));
        let answer = break_off(begin(&world, CSV, "external_id,infringem"));
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(answer.contains("urn:touchstone:problem:malformed"), "{answer}");
        assert_eq!(sight(&world.key("acme")), before);
    }

    fn a_client_that_vanishes_does_not_undo_the_lines_that_it_had_sent(engine) {
        let world = World::new(engine);
        let pieces = lines();
        drop(begin(&world, NDJSON, &cut(&pieces, pieces[2].len() / 2)));
        let deadline = Instant::now() + Duration::from_secs(60);
        while stored(&world).len() < 2 {
            assert!(Instant::now() < deadline, "what was sent whole was not stored");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(stored(&world), ["A-1", "A-2"]);
        let again = upload(&world.key("acme"), NDJSON, pieces.concat());
        assert_eq!(outcomes(&again), [(1, "unchanged"), (2, "unchanged"), (3, "created")]);
    }

    fn a_client_that_only_pauses_is_waited_for(engine) {
        let world = World::new(engine);
        let pieces = lines();
        let sent = pieces.concat();
        let mut stream = begin(&world, NDJSON, &sent);
        std::thread::sleep(Duration::from_millis(300));
        // What is missing of the chunk, as blank lines, and the end of the body.
        let rest = format!("{}\r\n0\r\n\r\n", "\n".repeat(100));
        stream.write_all(rest.as_bytes()).unwrap();
        let results = results(&break_off(stream));
        assert_eq!(outcomes(&results), [(1, "created"), (2, "created"), (3, "created")]);
        assert_eq!(stored(&world), ["A-1", "A-2", "A-3"]);
    }
}
