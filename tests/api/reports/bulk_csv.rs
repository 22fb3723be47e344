//! Filing reports by the file: CSV.

use serde_json::{Value, json};

use super::{CSV, faults_of, outcomes, text, upload};
use crate::api::bad_input::{fault, sight};
use crate::support::on_both_engines;
use crate::support::world::World;

const HEADER: &str = "external_id,share_with,infringement_type,email,narrative,good_faith,signer,signed_on";

/// A row under [`HEADER`]. The cells are put in as they are.
fn row(external_id: &str, address: &str, narrative: &str) -> String {
    format!("{external_id},alliance,counterfeit_goods,{address},{narrative},true,Ada Analyst,2026-05-01")
}

/// A file of one row that is right but for these cells.
fn file_with(cells: &[(&str, &str)]) -> String {
    let right = [
        ("external_id", "C-1"),
        ("share_with", "alliance"),
        ("infringement_type", "counterfeit_goods"),
        ("email", "jian@bags.shop"),
        ("good_faith", "true"),
        ("signer", "Ada Analyst"),
        ("signed_on", "2026-05-01"),
    ];
    let said = |name: &str| cells.iter().find(|(known, _)| *known == name).map(|(_, cell)| *cell);
    let mut row: Vec<(&str, &str)> =
        right.iter().map(|(name, cell)| (*name, said(name).unwrap_or(cell))).collect();
    row.extend(cells.iter().filter(|(name, _)| !right.iter().any(|(known, _)| known == name)));
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = row.iter().map(|(_, cell)| quoted(cell)).collect();
    format!("{}\n{}\n", names.join(","), values.join(","))
}

fn numbers(lines: &[Value]) -> Vec<u64> {
    outcomes(lines).into_iter().map(|(number, _)| number).collect()
}

on_both_engines! {
    fn a_file_with_byte_order_mark_quotes_and_windows_line_ends_is_read(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let file = [
            HEADER.to_owned(),
            row("C-1", "jian@bags.shop", "\"She said \"\"genuine\"\", twice,\nand sold it.\""),
            row("\"C-2\"", "\" wei@bags.shop; lin@bags.shop \"", "真皮"),
            row("C-3", "\"jian@bags.shop\"", ""),
        ];
        let lines = upload(&acme, CSV, format!("\u{feff}{}\r\n", file.join("\r\n")));
        let statuses: Vec<&str> = outcomes(&lines).into_iter().map(|(_, status)| status).collect();
        assert_eq!(statuses, ["created", "created", "created"], "{lines:?}");
        let read = |line: &Value| acme.get(&format!("/v1/reports/{}", text(line, "id"))).expect(200).json();
        let (first, second, third) = (read(&lines[0]), read(&lines[1]), read(&lines[2]));
        assert_eq!(first["external_id"], "C-1");
        assert_eq!(first["narrative"], "She said \"genuine\", twice,\nand sold it.");
        assert_eq!(first["statement"]["good_faith"], true);
        assert_eq!(first["statement"]["signed_on"], "2026-05-01");
        assert_eq!((&second["external_id"], &second["narrative"]), (&json!("C-2"), &json!("真皮")));
        let values: Vec<&Value> =
            second["seller"]["identifiers"].as_array().unwrap().iter().map(|one| &one["value"]).collect();
        assert_eq!(values, ["wei@bags.shop", "lin@bags.shop"]);
        assert_eq!((third.get("narrative"), &third["share_with"]), (None, &json!(["alliance"])));
    }

    fn sending_a_csv_file_again_changes_nothing(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let (named, nameless) = (row("C-1", "jian@bags.shop", ""), row("", "wei@bags.shop", ""));
        let file = format!("{HEADER}\n{named}\n{nameless}\n");
        let first = upload(&acme, CSV, file.clone());
        assert_eq!(outcomes(&first), [(2, "created"), (3, "created")]);
        let listed = acme.all("/v1/reports");
        let again = upload(&acme, CSV, file.replace('\n', "\r\n"));
        assert!(again.iter().all(|line| line["status"] == "unchanged"), "{again:?}");
        assert_eq!((&again[0]["id"], &again[1]["id"]), (&first[0]["id"], &first[1]["id"]));
        assert_eq!(acme.all("/v1/reports"), listed);
    }

    fn rows_are_numbered_by_the_line_that_they_begin_on(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let (long, short) = (row("C-1", "jian@bags.shop", "\"two\nlines\""), row("C-2", "wei@bags.shop", ""));
        assert_eq!(numbers(&upload(&acme, CSV, format!("{HEADER}\n{short}\n{long}\n"))), [2, 3]);
        assert_eq!(numbers(&upload(&acme, CSV, format!("{HEADER}\n{long}\n{short}"))), [2, 4]);
    }

    fn rows_are_numbered_the_same_with_windows_line_ends(engine) {
        let world = World::new(engine);
        let rows = [HEADER.to_owned(), row("C-1", "jian@bags.shop", ""), row("C-2", "wei@bags.shop", "")];
        assert_eq!(numbers(&upload(&world.key("acme"), CSV, rows.join("\r\n"))), [2, 3]);
    }

    fn empty_lines_are_counted_and_get_no_result(engine) {
        let world = World::new(engine);
        let (first, second) = (row("C-1", "jian@bags.shop", ""), row("C-2", "wei@bags.shop", ""));
        let file = format!("{HEADER}\n\n{first}\n\n\n{second}\n\n");
        assert_eq!(numbers(&upload(&world.key("acme"), CSV, file)), [3, 6]);
    }

    fn a_cell_that_a_spreadsheet_would_run_is_refused_by_the_name_of_its_column(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let link = "=HYPERLINK(\"http://x.shop\")";
        for formula in ["=1+1", link, " =1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-A1", "+=1"] {
            let lines = upload(&acme, CSV, file_with(&[("narrative", formula)]));
            assert_eq!(outcomes(&lines), [(2, "invalid")], "{formula}");
            assert_eq!(faults_of(&lines[0]), [fault("narrative", "formula")], "{formula}");
        }
        let lines = upload(&acme, CSV, file_with(&[("seller_name", "=A1"), ("goods_description", "@A1")]));
        let both = [fault("goods_description", "formula"), fault("seller_name", "formula")];
        assert_eq!(faults_of(&lines[0]), both);
        assert!(acme.all("/v1/reports").is_empty());
        // What only looks alike is no formula.
        let plain =
            [("phone", "+86 138 1234 1234"), ("narrative", "1 = 1, mail me @ home"), ("seller_name", "- Bags -")];
        assert_eq!(outcomes(&upload(&acme, CSV, file_with(&plain))), [(2, "created")]);
    }

    fn a_formula_that_begins_like_a_number_is_refused_too(engine) {
        let world = World::new(engine);
        for formula in ["-2+3+cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-(A1)"] {
            let lines = upload(&world.key("acme"), CSV, file_with(&[("narrative", formula)]));
            assert_eq!(faults_of(&lines[0]), [fault("narrative", "formula")], "{formula}");
        }
    }

    fn a_header_with_a_missing_or_unknown_column_is_refused_before_anything_is_stored(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        let good = format!("{HEADER}\n{}\n", row("C-1", "jian@bags.shop", ""));
        let missing = good.replacen("infringement_type,", "", 1).replace("counterfeit_goods,", "");
        let cases = [
            (missing.clone(), vec![fault("infringement_type", "missing_column")]),
            (good.replacen("email", "e-mail", 1), vec![fault("e-mail", "unknown_column")]),
            (good.replacen("narrative", "email", 1), vec![fault("email", "duplicate_column")]),
            (
                missing.replacen("email", "E-Mail", 1),
                vec![fault("E-Mail", "unknown_column"), fault("infringement_type", "missing_column")],
            ),
            (String::new(), vec![fault("infringement_type", "missing_column")]),
        ];
        for (file, expected) in cases {
            let reply = acme.post_raw("/v1/reports/bulk", CSV, file);
            let mut found = reply.problem(422, "invalid");
            found.sort();
            assert_eq!(found, expected);
            assert_eq!(sight(&acme), before);
        }
        let unreadable = [b"infringement_type,em\xffail\n".as_slice(), good.as_bytes()].concat();
        let reply = acme.post_raw("/v1/reports/bulk", CSV, unreadable);
        assert_eq!(reply.problem(422, "invalid"), [fault("", "invalid_utf8")]);
        assert_eq!(outcomes(&upload(&acme, CSV, good)), [(2, "created")]);
    }

    fn the_faults_of_a_row_name_its_columns(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let before = sight(&acme);
        type Case<'c> = (&'c [(&'c str, &'c str)], &'c str, &'c str);
        let cases: [Case<'_>; 14] = [
            (&[("email", "not an address")], "email", "malformed"),
            (&[("phone", "13812341234")], "country", "required"),
            (&[("bank_account", "DE89370400440532013001")], "bank_account", "check_digit"),
            (&[("value_currency", "RMB"), ("value_method", "estimate")], "value_currency", "unknown_currency"),
            (
                &[("value_currency", "CNY"), ("value_method", "estimate"), ("sales_minor", "many")],
                "sales_minor",
                "wrong_type",
            ),
            (&[("first_seen", "yesterday")], "first_seen", "malformed"),
            (&[("nice_classes", "25;46")], "nice_classes", "out_of_range"),
            (&[("share_with", "no-such-group")], "share_with", "unknown_group"),
            (&[("good_faith", "no")], "good_faith", "not_allowed"),
            (&[("good_faith", ""), ("signer", ""), ("signed_on", "")], "good_faith", "required"),
            (&[("infringement_type", "fakes")], "infringement_type", "not_allowed"),
            (&[("infringement_type", "")], "infringement_type", "required"),
            (&[("verification", "sure")], "verification", "not_allowed"),
            (&[("external_id", "C 1")], "external_id", "malformed"),
        ];
        for (cells, column, code) in cases {
            let lines = upload(&acme, CSV, file_with(cells));
            assert_eq!(outcomes(&lines), [(2, "invalid")], "{cells:?}");
            assert_eq!(faults_of(&lines[0]), [fault(column, code)], "{cells:?}");
        }
        assert_eq!(sight(&acme), before);
    }

    fn a_row_that_is_too_long_does_not_stop_the_rest(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let long = row("C-1", "jian@bags.shop", &format!("\"{}\n\"", "x".repeat(1 << 20)));
        let wordy = row("C-2", "jian@bags.shop", &"x".repeat(20_001));
        let good = row("C-3", "jian@bags.shop", "");
        let lines = upload(&acme, CSV, format!("{HEADER}\n{long}\n{wordy}\n{good}\n"));
        assert_eq!(outcomes(&lines), [(2, "invalid"), (4, "invalid"), (5, "created")]);
        assert_eq!(faults_of(&lines[0]), [fault("", "too_long")]);
        assert_eq!(faults_of(&lines[1]), [fault("narrative", "too_long")]);
        assert_eq!(acme.all("/v1/reports").len(), 1);
    }

    fn a_quote_that_is_never_closed_makes_one_refused_row_of_the_rest(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let good = row("C-1", "jian@bags.shop", "");
        let open = row("C-2", "jian@bags.shop", "\"never closed");
        let rest = format!("{}\n", row("C-3", "jian@bags.shop", "")).repeat(20_000);
        let before = sight(&acme);
        let reply = acme.post_raw("/v1/reports/bulk", CSV, format!("\"{HEADER}\n{good}\n{rest}"));
        assert_eq!(reply.problem(422, "invalid"), [fault("", "too_long")]);
        assert_eq!(sight(&acme), before);

        let lines = upload(&acme, CSV, format!("{HEADER}\n{good}\n{open}\n{rest}"));
        assert_eq!(outcomes(&lines), [(2, "created"), (3, "invalid")]);
        assert_eq!(faults_of(&lines[1]), [fault("", "too_long")]);
        assert_eq!(acme.all("/v1/reports").len(), 1);
    }

    fn a_row_of_another_length_or_of_no_text_does_not_stop_the_rest(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let mut file = format!("{HEADER}\n{},one too many\n", row("C-1", "jian@bags.shop", "")).into_bytes();
        file.extend(b"C-2,alliance\n");
        file.extend(b"C-3,alliance,counterfeit_goods,\xff\xfe,,true,Ada Analyst,2026-05-01\n");
        file.extend(row("C-4", "jian@bags.shop", "").bytes());
        let lines = upload(&acme, CSV, file);
        assert_eq!(outcomes(&lines), [(2, "invalid"), (3, "invalid"), (4, "invalid"), (5, "created")]);
        assert_eq!(faults_of(&lines[0]), [fault("", "cell_count")]);
        assert!(faults_of(&lines[1]).contains(&fault("", "cell_count")), "{}", lines[1]);
        assert_eq!(faults_of(&lines[2]), [fault("", "invalid_utf8")]);
        assert_eq!(acme.all("/v1/reports").len(), 1);
    }
}
