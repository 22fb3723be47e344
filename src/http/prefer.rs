//! What a caller prefers of how it is answered.

use std::time::Duration;

use actix_web::HttpRequest;

/// What the `Prefer` header asks for (RFC 7240).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preferences {
    pub wait: Option<Duration>,
    pub minimal: bool,
}

/// Longest wait that is granted, in seconds.
const WAIT_SECONDS_MAX: u64 = 30;

/// Reads the header.
pub fn preferences(request: &HttpRequest) -> Preferences {
    let mut preferences = Preferences::default();
    for value in request.headers().get_all("prefer") {
        for preference in value.to_str().unwrap_or_default().split([',', ';']) {
            match preference.trim().split_once('=') {
                Some(("wait", seconds)) => {
                    let seconds = seconds.trim_matches('"').parse::<u64>().ok();
                    preferences.wait =
                        seconds.map(|seconds| Duration::from_secs(seconds.min(WAIT_SECONDS_MAX)));
                }
                Some(("return", kind)) => preferences.minimal = kind.trim_matches('"') == "minimal",
                _ => {}
            }
        }
    }
    preferences
}
