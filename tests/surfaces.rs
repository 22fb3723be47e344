//! No surface reaches around the lens. Views can be made nowhere else, by type; what types cannot say is read here in
//! the source: which rows and reports a surface names, and what is written into logs and errors.

use crate::architecture::{all, room};

/// Who answers others: whatever they send was made from projections.
const SURFACES: [&str; 5] = ["api", "console", "http", "misp", "taxii"];

/// What is made of a profile before the lens, or is the lens's own to make. `feed` hands out what a surface may send.
const BEHIND_THE_LENS: &[&str] = &[
    "Contribution",
    "Projection",
    "project",
    "ViewRow",
    "TermRow",
    "ReportedIdentifier",
    "by_external_ids",
    "explanations",
    "identifier_view",
    "live_after",
    "live_of_member",
    "of_member",
    "shared_terms",
    "unnest",
];

/// What is read of reports by their own member, which is asked for with it as the viewer.
const OWN_REPORTS: &[&str] = &["Report", "Stored", "Superseded"];

/// Where a surface answers a member with its own reports.
const OF_OWN_REPORTS: &str = "api/reports/";

/// Views, which only the lens makes.
const VIEWS: &[&str] = &["SellerView", "ContributionView", "IdentifierView"];

/// What says something of a report or a seller, and so is nothing for a log or the text of an error.
const TOLD: &[&str] = &[
    "Accepted",
    "Contribution",
    "Evidence",
    "Identifier",
    "IdentifierForm",
    "IdentifierView",
    "Projection",
    "RawIdentifier",
    "Report",
    "ReportForm",
    "ReportedIdentifier",
    "SellerForm",
    "SellerView",
    "Stored",
    "Superseded",
    "ViewRow",
];

/// What a log line may write of a value; everything else must be a number.
const LOGGED: &[&str] = &["cause", "error", "group", "id", "member", "method", "problem"];

/// A source without comments, and without what is in its strings but for the quotes.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            code.push_str("\"\"");
            let body = hashes + 2;
            rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len())
        } else if next == '"' {
            code.push_str("\"\"");
            string(rest)
        } else if let Some(length) = character(rest) {
            length
        } else {
            code.push(next);
            next.len_utf8()
        };
        rest = &rest[skipped..];
    }
    code
}

/// The hashes of the raw string that a text begins with.
fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// How long the string is that a text begins with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// How long the character is that a text begins with; none of a lifetime.
fn character(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let c = rest.chars().next()?;
    if c == '\\' {
        return rest[2..].find('\'').map(|at| at + 4);
    }
    rest[c.len_utf8()..].starts_with('\'').then(|| c.len_utf8() + 2)
}

/// The words of a source, with where each ends.
fn words(code: &str) -> Vec<(&str, usize)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(start) = code[at..].find(is_part).map(|found| at + found) {
        let end = code[start..].find(|c| !is_part(c)).map_or(code.len(), |found| start + found);
        words.push((&code[start..end], end));
        at = end;
    }
    words
}

/// Whether what follows this is the variant of a type: `Judged::Report` is no report.
fn is_of_another(before: &str) -> bool {
    let Some(path) = before.strip_suffix("::") else { return false };
    let start = path.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    path[start..].starts_with(|c: char| c.is_uppercase())
}

/// What of a file reaches around the lens.
fn reaches(file: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let words = words(&code);
    let is_surface = SURFACES.contains(&room(file));
    let is_lens = file.starts_with("domain/lens/");
    let mut wrong = Vec::new();
    for (word, end) in &words {
        let before = code[..end - word.len()].trim_end();
        let is_behind = BEHIND_THE_LENS.contains(word);
        let is_report = OWN_REPORTS.contains(word) && !file.starts_with(OF_OWN_REPORTS);
        if is_surface && (is_behind || is_report) && !is_of_another(before) {
            wrong.push(format!("{file} names {word}"));
        }
        if is_lens || !VIEWS.contains(word) || !code[*end..].trim_start().starts_with('{') {
            continue;
        }
        // `Self {` in an `impl` of one would be caught by the type.
        let is_pattern = code[*end..].split_once('}').is_some_and(|(fields, _)| fields.contains(".."));
        let is_declared = ["struct", "impl", "for", "->"].into_iter().any(|kind| before.ends_with(kind));
        if !is_pattern && !is_declared {
            wrong.push(format!("{file} makes a {word}"));
        }
    }
    wrong
}

/// The arguments of each call of these macros.
fn arguments<'c>(code: &'c str, macros: &[&str]) -> Vec<&'c str> {
    let mut found = Vec::new();
    for name in macros {
        for (at, call) in code.match_indices(name) {
            let start = at + call.len();
            let mut depth = 1;
            let inside = code[start..].char_indices().find(|(_, c)| {
                match c {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            found.push(&code[start..inside.map_or(code.len(), |(end, _)| start + end)]);
        }
    }
    found
}

const LOGS: &[&str] = &[
    "tracing::error!(",
    "tracing::warn!(",
    "tracing::info!(",
    "tracing::debug!(",
    "tracing::trace!(",
    "_span!(",
];

/// What of a file writes something of a report into a log or an error.
fn tells(file: &str, text: &str) -> Vec<String> {
    // A string may write a variable by its name.
    let mut wrong = Vec::new();
    let whole: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    for call in arguments(&whole, LOGS) {
        for (at, _) in call.match_indices(['%', '?', '{']) {
            let rest = &call[at + 1..];
            let written = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            if !written.is_empty() && !LOGGED.contains(&written) {
                wrong.push(format!("{file} logs {written}"));
            }
        }
    }
    let code = code(text);
    for call in arguments(&code, LOGS) {
        let named = words(call).into_iter().filter(|(word, _)| TOLD.contains(word));
        wrong.extend(named.map(|(word, _)| format!("{file} logs a {word}")));
    }
    // What an error holds, it can print.
    for part in code.split("thiserror::Error").skip(1) {
        let body = part.split("\n}").next().unwrap_or_default();
        // A variant of that name is followed by what it holds.
        let held = words(body).into_iter().filter(|(_, end)| !body[*end..].starts_with('('));
        let held = held.filter(|(word, _)| TOLD.contains(word));
        wrong.extend(held.map(|(word, _)| format!("an error of {file} holds a {word}")));
    }
    wrong
}

#[test]
fn no_surface_reaches_around_the_lens() {
    let wrong: Vec<String> = all().iter().flat_map(|(file, text)| reaches(file, text)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_log_line_and_no_error_tells_what_a_report_says() {
    let wrong: Vec<String> = all().iter().flat_map(|(file, text)| tells(file, text)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whoever_reaches_around_the_lens_is_named() {
    let samples = [
        ("api/groups/seller.rs", "use crate::domain::lens::seller::Contribution;", "names Contribution"),
        ("http/problem.rs", "fn of(report: &Report) {}", "names Report"),
        ("console/seller.rs", "let rows: Vec<ViewRow> = profiles::views_of(conn)?;", "names ViewRow"),
        ("taxii/stix.rs", "use crate::store::reports::Stored;", "names Stored"),
        ("api/reports/get.rs", "reports::live_after(conn, None, 1)", "names live_after"),
        ("feed/mod.rs", "let view = SellerView { lens, names };", "makes a SellerView"),
        ("api/groups/links.rs", "IdentifierView {\n kind,\n }", "makes a IdentifierView"),
    ];
    for (file, text, expected) in samples {
        assert_eq!(reaches(file, text), [format!("{file} {expected}")]);
    }
    let fine = [
        ("api/reports/get.rs", "fn out(stored: &Stored) -> ReportOut {}"),
        (
            "api/groups/seller.rs",
            "// A Contribution is not for us.\nlet text = \"a Contribution\"; let c = '\"';",
        ),
        ("api/groups/seller.rs", "let raw = r#\"Contribution \"quoted\" \"#; /* Projection */ fn f<'a>() {}"),
        ("domain/lens/seller.rs", "SellerView { lens }"),
        ("feed/near.rs", "let IdentifierView { kind, .. } = view;"),
        ("http/problem.rs", "GroupError::Report(error) => error.into(),"),
    ];
    for (file, text) in fine {
        assert_eq!(reaches(file, text), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn whoever_logs_what_a_report_says_is_named() {
    let samples = [
        ("tracing::warn!(?report, \"refused\");", "logs report"),
        ("tracing::info!(%identifier, \"found\");", "logs identifier"),
        ("tracing::info!(\"found {phone}\");", "logs phone"),
        ("tracing::debug!(size = Report::size(&it), \"filed\");", "logs a Report"),
    ];
    for (text, expected) in samples {
        assert_eq!(tells("intake/lane.rs", text), [format!("intake/lane.rs {expected}")]);
    }
    let error =
        "#[derive(Debug, thiserror::Error)]\npub enum Bad {\n #[error(\"no\")]\n Refused(Report),\n}\n";
    assert_eq!(tells("ops/file.rs", error), ["an error of ops/file.rs holds a Report"]);
    assert!(
        tells("intake/lane.rs", "tracing::warn!(%error, reports = all.len(), \"a batch failed\");")
            .is_empty()
    );
}
