//! Snapshots as tables for people.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::Duration;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use reqwest::Method;
use serde_json::{Value, json};

use super::snapshot::snapshot;
use crate::support::client::{Client, Reply};
use crate::support::forms::{email, phone, report, shop, uscc};
use crate::support::on_both_engines;
use crate::support::world::World;

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const TABLE: &str = "/v1/groups/alliance/snapshot?format=csv";

/// The rows by the names of their columns.
fn rows(reply: &Reply) -> Vec<BTreeMap<String, String>> {
    let text = reply.text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// Asks until there is room: only a few snapshots are taken at once, and the last may be about to end.
fn ask(client: &Client, path: &str, accept: &str) -> Reply {
    loop {
        let reply = client.send(client.request(Method::GET, path).header("accept", accept));
        if reply.status != 503 {
            return reply.expect(200);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn taken(client: &Client, query: &str) -> Reply {
    ask(client, &format!("{TABLE}{query}"), "*/*")
}

/// The only sheet of a workbook.
fn sheet(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Sellers"]);
    let sheet = book.worksheet_range("Sellers").unwrap();
    assert!(book.worksheet_formula("Sellers").unwrap().is_empty(), "nothing is a formula");
    sheet.rows().map(<[Data]>::to_vec).collect()
}

fn file(world: &World) -> Value {
    let identifiers = [
        shop("https://shop880261.taobao.com"),
        phone("+86 138 1234 5678"),
        email("jian.li@163.com"),
        uscc("91350100M000100Y43"),
    ];
    let mut form = report("A-1", &["alliance"], &identifiers);
    form["seller"]["display_names"] = json!(["=HYPERLINK(\"http://x\")", "A \"good\", cheap\nshop"]);
    form["value"] = json!({ "sales_minor": 1234, "currency": "CNY", "method": "estimate" });
    world.key("acme").file(&form)
}

on_both_engines! {
    fn a_table_has_a_row_for_each_seller_with_what_its_reader_sees(engine) {
        let world = World::new(engine);
        let seller = file(&world)["sellers"][0]["seller_id"].as_str().unwrap().to_owned();
        world.key("acme").file(&report("A-2", &["alliance"], &[email("a2@bags.shop")]));
        let (bolt, taobao) = (world.key("bolt"), world.key("taobao"));
        let reply = taken(&bolt, "");
        assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(reply.header("content-disposition"), "attachment; filename=\"alliance-2.csv\"");
        assert_eq!(reply.header("touchstone-feed-number"), "2");
        let table = rows(&reply);
        assert_eq!(table.iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), snapshot(&bolt, "alliance", "").sellers.into_keys().collect::<Vec<_>>());
        let of_peer = table.into_iter().find(|row| row["id"] == seller).unwrap();
        for (column, cell) in [
            ("names", "'=HYPERLINK(\"http://x\"); A \"good\", cheap shop"),
            ("phone", "'+86 138****5678"),
            ("email", "j***@163.com"),
            ("company_registration", "91350100M000100Y43"),
            ("countries", "CN"),
            ("reports", "1 to 2"),
            ("first_seen", "2026-03"),
            ("sales_minor", ""),
            ("masked_identifiers", "2"),
            ("lens", "peer"),
        ] {
            assert_eq!(of_peer[column], cell, "{column}");
        }
        let of_platform = rows(&taken(&taobao, "")).into_iter().find(|row| row["id"] == seller).unwrap();
        for (column, cell) in [
            ("email", "jian.li@163.com"),
            ("reports", "1"),
            ("first_seen", "2026-03-10"),
            ("sales_minor", "CNY 1234"),
            ("lens", "platform"),
        ] {
            assert_eq!(of_platform[column], cell, "{column}");
        }
    }

    fn a_table_comes_by_accept_or_by_link_with_a_byte_order_mark_or_without_and_in_part(engine) {
        let world = World::new(engine);
        file(&world);
        world.key("acme").file(&report("A-2", &["alliance"], &[email("a2@bags.shop")]));
        let bolt = world.key("bolt");
        let plain = taken(&bolt, "");
        assert!(plain.text.starts_with("id,group,lens,names,"), "{}", plain.text);
        assert_eq!(plain.text.matches("\r\n").count(), 3);
        let path = "/v1/groups/alliance/snapshot";
        assert_eq!(ask(&bolt, path, "text/csv").text, plain.text);
        assert!(ask(&bolt, path, "text/html, */*").text.starts_with("{\"snapshot\""));
        // Not as text, which the client would take the mark from.
        let request = bolt.request(Method::GET, &format!("{TABLE}&bom=true"));
        let mut answers = std::iter::repeat_with(|| request.try_clone().unwrap().send().unwrap());
        let marked = answers.find(|answer| answer.status() != 503).unwrap();
        assert_eq!(marked.bytes().unwrap(), format!("\u{feff}{}", plain.text));
        assert_eq!(rows(&taken(&bolt, "&platform=taobao")).len(), 1);

        let faults = |query: &str| bolt.get(&format!("{path}?{query}")).problem(400, "bad-parameter")[0].clone();
        assert_eq!(faults("format=xls"), ("format".to_owned(), "not_allowed".to_owned()));
        assert_eq!(faults("bom=true"), ("bom".to_owned(), "contradiction".to_owned()));
        bolt.get(&format!("{path}?format=csv&bom=perhaps")).problem(400, "bad-parameter");
    }

    fn a_workbook_has_the_same_rows_as_the_table_and_its_texts_are_as_they_were_written(engine) {
        let world = World::new(engine);
        file(&world);
        world.key("acme").file(&report("A-2", &["alliance"], &[email("a2@bags.shop")]));
        let taobao = world.key("taobao");
        let path = "/v1/groups/alliance/snapshot?format=xlsx";
        let reply = ask(&taobao, path, "*/*");
        assert_eq!(reply.header("content-type"), WORKBOOK);
        assert_eq!(reply.header("content-disposition"), "attachment; filename=\"alliance-2.xlsx\"");
        let download = |path: &str, accept: &str| {
            let request = taobao.request(Method::GET, path).header("accept", accept);
            let mut answers = std::iter::repeat_with(|| request.try_clone().unwrap().send().unwrap());
            answers.find(|answer| answer.status() != 503).unwrap().bytes().unwrap().to_vec()
        };
        let bytes = download(path, "*/*");
        assert_eq!(bytes, download("/v1/groups/alliance/snapshot", WORKBOOK));
        let workbook = sheet(bytes);
        let table = rows(&taken(&taobao, ""));
        assert_eq!(workbook.len(), table.len() + 1);
        for (cells, row) in workbook[1..].iter().zip(&table) {
            for (name, cell) in workbook[0].iter().zip(cells) {
                // In a CSV an apostrophe says that a cell is text; here the type of the cell does.
                let of_table = row[&name.to_string()].trim_start_matches('\'');
                assert_eq!(cell.to_string(), of_table, "{name}");
            }
        }
        let column = |name: &str| workbook[0].iter().position(|cell| *cell == Data::String(name.to_owned())).unwrap();
        let written = Data::String("=HYPERLINK(\"http://x\"); A \"good\", cheap shop".to_owned());
        let seller = workbook.iter().find(|cells| cells[column("names")] == written).unwrap();
        assert_eq!(seller[column("reports")], Data::Float(1.0), "a number is a number");
        taobao.get(&format!("{path}&bom=true")).problem(400, "bad-parameter");
    }

    fn a_table_marks_what_is_not_for_everybody_and_shows_it_to_nobody_else(engine) {
        let world = World::new(engine);
        let mut narrow = email("jian.li@163.com");
        narrow["audience"] = json!("platforms");
        let identifiers = [shop("https://shop880261.taobao.com"), narrow];
        world.key("acme").file(&report("A-1", &["alliance"], &identifiers));
        let row = |slug: &str| rows(&taken(&world.key(slug), "")).remove(0);
        let (of_platform, of_peer) = (row("taobao"), row("bolt"));
        assert_eq!((of_platform["email"].as_str(), of_platform["narrow_identifiers"].as_str()), ("jian.li@163.com", "jian.li@163.com"));
        assert_eq!((of_peer["email"].as_str(), of_peer["narrow_identifiers"].as_str()), ("", ""));
    }

    fn the_feed_goes_on_from_a_table(engine) {
        let world = World::new(engine);
        file(&world);
        let bolt = world.key("bolt");
        let link = taken(&bolt, "&country=CN").header("link");
        let path = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap().to_owned();
        assert_eq!(bolt.get(&path).expect(200).json()["events"], json!([]));
        world.key("acme").file(&report("A-2", &["alliance"], &[phone("+86 138 1234 0000")]));
        assert_eq!(bolt.get(&path).expect(200).json()["events"].as_array().unwrap().len(), 1);
    }
}
