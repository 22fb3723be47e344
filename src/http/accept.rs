//! In which form a caller wants its answer.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header};

/// JSON objects, one a line.
pub const NDJSON: &str = "application/x-ndjson";

/// A table.
pub const CSV: &str = "text/csv";

/// A workbook of the Office Open XML formats.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Of the media types offered, the one that the `Accept` header wants most; of those that it wants alike, and where it
/// wants none of them, the first.
pub fn preferred<'o>(request: &HttpRequest, offered: &[&'o str]) -> &'o str {
    let wanted = Accept::parse(request).map(|accept| accept.ranked()).unwrap_or_default();
    let found = wanted.iter().find_map(|wanted| {
        offered.iter().find(|offered| {
            let (kind, subtype) = offered.split_once('/').unwrap_or((offered, ""));
            (wanted.type_() == "*" || wanted.type_() == kind)
                && (wanted.essence_str().ends_with("/*")
                    || wanted.essence_str() == format!("{kind}/{subtype}"))
        })
    });
    found.or(offered.first()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_form_that_is_wanted_most_is_chosen_and_else_the_first() {
        let offered = ["application/json", NDJSON, "text/csv"];
        let chosen = |accept: &str| {
            preferred(&TestRequest::get().insert_header(("accept", accept)).to_http_request(), &offered)
        };
        assert_eq!(chosen("application/x-ndjson"), NDJSON);
        assert_eq!(chosen("text/csv;q=0.5, application/x-ndjson;q=0.4"), "text/csv");
        assert_eq!(chosen("text/html, text/csv, */*;q=0.1"), "text/csv");
        assert_eq!(chosen("text/html,*/*"), "application/json");
        assert_eq!(chosen("text/html"), "application/json");
        assert_eq!(chosen("nonsense"), "application/json");
        assert_eq!(preferred(&TestRequest::get().to_http_request(), &offered), "application/json");
    }
}
