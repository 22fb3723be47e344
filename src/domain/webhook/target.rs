//! Whether a URL may be an endpoint, as far as that can be told without asking who has its name. What the name leads to
//! is looked at each time before it is called.

use std::collections::BTreeSet;
use std::net::IpAddr;

use url::{Host, Url};

use super::address::{Range, refusal};

/// What the operator allows besides the public Internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Hosts, in lower case, that may be called without TLS, at any port and by any kind of name.
    pub hosts: BTreeSet<String>,
    /// Ranges that may be called although they are not public.
    pub ranges: Vec<Range>,
}

/// Where an endpoint is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub url: Url,
    pub at: Place,
}

/// What is to be looked at before it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nobody is asked for it, so it was looked at already.
    Address(IpAddr),
    Name(String),
}

/// Why a URL is refused: a code for programs and a sentence for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    pub code: &'static str,
    pub detail: &'static str,
}

/// Longest URL, in bytes.
pub const URL_BYTES_MAX: usize = 2_048;

/// Ports that may be called with TLS.
const PORTS: [u16; 2] = [443, 8443];

/// Names that lead nowhere in public (RFC 6761, 6762, 8375, 9476; `internal` is reserved by ICANN).
const NOWHERE: &[&str] = &[
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "test",
    "invalid",
    "example",
    "onion",
    "alt",
    "lan",
    "intranet",
];

impl Policy {
    /// Reads a URL that a member gave.
    pub fn read(&self, text: &str) -> Result<Target, Refused> {
        if text.len() > URL_BYTES_MAX {
            return refused("too_long", "At most 2048 bytes.");
        }
        // The parser drops these, and what is called would not be what was read.
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return refused("malformed", "A URL has no spaces, control characters or backslashes.");
        }
        let Ok(url) = Url::parse(text) else {
            return refused("malformed", "Give a URL such as https://hooks.example.com/touchstone.");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refused("credentials", "Messages are signed: a URL must have no user or password.");
        }
        if url.fragment().is_some() {
            return refused("fragment", "A URL must end before `#`.");
        }
        let Some(host) = url.host() else {
            return refused("malformed", "Give a URL such as https://hooks.example.com/touchstone.");
        };
        let name = host.to_string();
        let is_allowed = self.hosts.contains(&name);
        match url.scheme() {
            "https" => {}
            "http" if is_allowed => {}
            _ => return refused("scheme", "Only https is called."),
        }
        if !is_allowed && !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
            return refused("port", "Only the ports 443 and 8443 are called.");
        }
        let at = match host {
            Host::Domain(name) => self.name(name, is_allowed)?,
            Host::Ipv4(address) => self.address(text, &name, IpAddr::V4(address))?,
            Host::Ipv6(address) => self.address(text, &name, IpAddr::V6(address))?,
        };
        Ok(Target { url, at })
    }

    fn name(&self, name: &str, is_allowed: bool) -> Result<Place, Refused> {
        let leads_nowhere = || {
            NOWHERE
                .iter()
                .any(|end| name.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
        };
        if !is_allowed && (name.ends_with('.') || !name.contains('.') || leads_nowhere()) {
            return refused("not_public", "This name does not lead to the public Internet.");
        }
        Ok(Place::Name(name.to_owned()))
    }

    /// The parser also reads `0x7f.1`, `017700000001` and `2130706433` as addresses; who writes one so hides it.
    fn address(&self, text: &str, name: &str, address: IpAddr) -> Result<Place, Refused> {
        let written = text.split_once("://").map(|(_, rest)| rest.to_ascii_lowercase()).unwrap_or_default();
        let ends = |rest: &str| rest.is_empty() || rest.starts_with([':', '/', '?']);
        if !written.strip_prefix(name).is_some_and(ends) {
            return refused("malformed", "Write an address in its usual form.");
        }
        match refusal(address, &self.ranges) {
            None => Ok(Place::Address(address)),
            Some(_) => refused("not_public", "This address is not one of the public Internet."),
        }
    }
}

fn refused<T>(code: &'static str, detail: &'static str) -> Result<T, Refused> {
    Err(Refused { code, detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &[(&str, &str)] = &[
        ("", "malformed"),
        ("hooks.bolt.com", "malformed"),
        ("https://", "malformed"),
        ("https:///path", "not_public"),
        ("http://hooks.bolt.com/", "scheme"),
        ("ftp://hooks.bolt.com/", "scheme"),
        ("file:///etc/passwd", "malformed"),
        ("gopher://hooks.bolt.com/", "scheme"),
        ("javascript:alert(1)", "malformed"),
        ("unix:/var/run/docker.sock", "malformed"),
        ("https://user@hooks.bolt.com/", "credentials"),
        ("https://user:pw@hooks.bolt.com/", "credentials"),
        ("https://hooks.bolt.com@127.0.0.1/", "credentials"),
        ("https://hooks.bolt.com/#x", "fragment"),
        ("https://hooks.bolt.com:80/", "port"),
        ("https://hooks.bolt.com:22/", "port"),
        ("https://hooks.bolt.com:25/", "port"),
        ("https://hooks.bolt.com:6379/", "port"),
        ("https://hooks.bolt.com:0/", "port"),
        ("https://hooks.bolt.com:65536/", "malformed"),
        ("https://hooks bolt.com/", "malformed"),
        ("https://hooks.bolt.com/\n", "malformed"),
        ("https://127.0.0.1\t.bolt.com/", "malformed"),
        ("https:\\\\127.0.0.1\\", "malformed"),
        ("https://bolt.com\\@127.0.0.1/", "malformed"),
        ("https://localhost/", "not_public"),
        ("https://LOCALHOST/", "not_public"),
        ("https://localhost./", "not_public"),
        ("https://a.localhost/", "not_public"),
        ("https://printer.local/", "not_public"),
        ("https://metadata.google.internal/computeMetadata/v1/", "not_public"),
        ("https://router.home.arpa/", "not_public"),
        ("https://intranet/", "not_public"),
        ("https://db/", "not_public"),
        ("https://hooks.bolt.com./", "not_public"),
        ("https://127.0.0.1/", "not_public"),
        ("https://127.0.0.1:8443/", "not_public"),
        ("https://10.0.0.1/", "not_public"),
        ("https://169.254.169.254/latest/meta-data/", "not_public"),
        ("https://[::1]/", "not_public"),
        ("https://[::]/", "not_public"),
        ("https://[::ffff:127.0.0.1]/", "malformed"),
        ("https://[::ffff:7f00:1]/", "not_public"),
        ("https://[fe80::1]/", "not_public"),
        ("https://[fe80::1%25eth0]/", "malformed"),
        ("https://[fd00:ec2::254]/", "not_public"),
        ("https://[64:ff9b::7f00:1]/", "not_public"),
        ("https://[2002:7f00:1::]/", "not_public"),
        ("https://2130706433/", "malformed"),
        ("https://0x7f000001/", "malformed"),
        ("https://0x7f.0.0.1/", "malformed"),
        ("https://0177.0.0.1/", "malformed"),
        ("https://017700000001/", "malformed"),
        ("https://127.1/", "malformed"),
        ("https://127.0.1/", "malformed"),
        ("https://0/", "malformed"),
        ("https://0.0.0.0/", "not_public"),
        ("https://127.0.0.1./", "malformed"),
        ("https://１２７.０.０.１/", "malformed"),
        ("https://①②⑦.⓪.⓪.①/", "malformed"),
        ("https://127。0。0。1/", "malformed"),
        ("https://%31%32%37.0.0.1/", "malformed"),
        ("https://0x08080808/", "malformed"),
        ("https://134744072/", "malformed"),
        ("https://1.2.3.4.5/", "malformed"),
        ("https://256.1.1.1/", "malformed"),
        ("https:127.0.0.1/", "malformed"),
        ("https:/127.0.0.1/", "malformed"),
        ("https:///127.0.0.1/", "malformed"),
    ];

    const GOOD: &[&str] = &[
        "https://hooks.bolt.com/",
        "https://hooks.bolt.com",
        "https://HOOKS.bolt.com/in?tenant=7",
        "https://hooks.bolt.com:443/",
        "https://hooks.bolt.com:8443/in",
        "https://xn--bcher-kva.de/",
        "https://bücher.de/",
        "https://8.8.8.8/in",
        "https://8.8.8.8:8443",
        "https://[2606:4700:4700::1111]/",
        "https://localhost.bolt.com/",
    ];

    #[test]
    fn only_a_plain_https_url_of_a_public_place_passes() {
        let policy = Policy::default();
        for (text, code) in REFUSED {
            let read = policy.read(text);
            assert_eq!(read.as_ref().err().map(|refused| refused.code), Some(*code), "{text}: {read:?}");
        }
        for text in GOOD {
            assert!(policy.read(text).is_ok(), "{text}: {:?}", policy.read(text));
        }
        let long = format!("https://hooks.bolt.com/{}", "x".repeat(URL_BYTES_MAX));
        assert_eq!(policy.read(&long).err().map(|refused| refused.code), Some("too_long"));
    }

    #[test]
    fn what_the_operator_allows_is_allowed_to_its_hosts_and_ranges_alone() {
        let policy = Policy {
            hosts: ["siem", "127.0.0.1"].map(str::to_owned).into(),
            ranges: vec!["127.0.0.0/8".parse().expect("a range")],
        };
        for good in ["http://siem:8080/in", "https://siem/", "http://127.0.0.1:9999/", "https://127.0.0.2/"] {
            assert!(policy.read(good).is_ok(), "{good}: {:?}", policy.read(good));
        }
        for bad in [
            "http://siem.bolt.com/",
            "http://127.0.0.2/",
            "http://127.1:9999/",
            "https://10.0.0.1/",
            "http://user@siem/",
        ] {
            assert!(policy.read(bad).is_err(), "{bad}");
        }
        // A host that is allowed without TLS is not by that allowed to be anywhere.
        let policy = Policy { hosts: ["10.0.0.1".to_owned()].into(), ranges: Vec::new() };
        assert!(policy.read("http://10.0.0.1/").is_err());
    }
}
