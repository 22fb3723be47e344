//! Which addresses webhooks may be sent to: those of the public Internet, and what the operator allows besides.
//!
//! An endpoint's URL is a member's to choose, and the server that calls it may stand where members cannot reach. So
//! whatever is not for everybody is refused: the ranges of the registries of special addresses of the IANA
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>, as of November 2026), multicast, forms that carry
//! another address inside, and of IPv6 all that was never assigned.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses of one family, written `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    first: IpAddr,
    bits: u8,
}

/// The text is no range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a range of addresses such as 10.0.0.0/8")]
pub struct NotARange;

/// A range that is not for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Special {
    pub range: Range,
    /// What it is for.
    pub name: &'static str,
    /// Where that is said.
    pub source: &'static str,
}

const fn v4([a, b, c, d]: [u8; 4], bits: u8, name: &'static str, source: &'static str) -> Special {
    Special { range: Range { first: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }, name, source }
}

const fn v6(first: [u16; 4], bits: u8, name: &'static str, source: &'static str) -> Special {
    let [a, b, c, d] = first;
    Special { range: Range { first: IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)), bits }, name, source }
}

const fn v6_low(low: [u16; 3], bits: u8, name: &'static str, source: &'static str) -> Special {
    let [f, g, h] = low;
    Special { range: Range { first: IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, f, g, h)), bits }, name, source }
}

/// What is refused. Of several that hold an address the first names it.
pub const SPECIAL: &[Special] = &[
    v4([0, 0, 0, 0], 8, "this network", "RFC 791"),
    v4([10, 0, 0, 0], 8, "private", "RFC 1918"),
    v4([100, 64, 0, 0], 10, "carrier-grade NAT", "RFC 6598"),
    v4([127, 0, 0, 0], 8, "loopback", "RFC 1122"),
    v4([168, 63, 129, 16], 32, "metadata of a cloud", "Microsoft, What is IP address 168.63.129.16"),
    v4([169, 254, 0, 0], 16, "link-local", "RFC 3927"),
    v4([172, 16, 0, 0], 12, "private", "RFC 1918"),
    v4([192, 0, 0, 0], 24, "protocol assignments", "RFC 6890"),
    v4([192, 0, 2, 0], 24, "documentation", "RFC 5737"),
    v4([192, 31, 196, 0], 24, "AS112", "RFC 7535"),
    v4([192, 52, 193, 0], 24, "AMT", "RFC 7450"),
    v4([192, 88, 99, 0], 24, "6to4 relays", "RFC 7526"),
    v4([192, 168, 0, 0], 16, "private", "RFC 1918"),
    v4([192, 175, 48, 0], 24, "AS112", "RFC 7534"),
    v4([198, 18, 0, 0], 15, "benchmarks", "RFC 2544"),
    v4([198, 51, 100, 0], 24, "documentation", "RFC 5737"),
    v4([203, 0, 113, 0], 24, "documentation", "RFC 5737"),
    v4([224, 0, 0, 0], 4, "multicast", "RFC 5771"),
    v4([255, 255, 255, 255], 32, "broadcast", "RFC 919"),
    v4([240, 0, 0, 0], 4, "reserved", "RFC 1112"),
    v6_low([0, 0, 0], 128, "unspecified", "RFC 4291"),
    v6_low([0, 0, 1], 128, "loopback", "RFC 4291"),
    v6_low([0xffff, 0, 0], 96, "IPv4-mapped", "RFC 4291"),
    v6_low([0, 0, 0], 96, "IPv4-compatible", "RFC 4291"),
    v6([0x64, 0xff9b, 0, 0], 96, "NAT64", "RFC 6052"),
    v6([0x64, 0xff9b, 1, 0], 48, "NAT64", "RFC 8215"),
    v6([0x100, 0, 0, 0], 64, "discard", "RFC 6666"),
    v6([0x100, 0, 0, 1], 64, "dummy", "RFC 9780"),
    v6([0x2001, 0, 0, 0], 32, "Teredo", "RFC 4380"),
    v6([0x2001, 2, 0, 0], 48, "benchmarks", "RFC 5180"),
    v6([0x2001, 0, 0, 0], 23, "protocol assignments", "RFC 2928"),
    v6([0x2001, 0xdb8, 0, 0], 32, "documentation", "RFC 3849"),
    v6([0x2002, 0, 0, 0], 16, "6to4", "RFC 3056"),
    v6([0x2620, 0x4f, 0x8000, 0], 48, "AS112", "RFC 7534"),
    v6([0x3fff, 0, 0, 0], 20, "documentation", "RFC 9637"),
    v6([0x5f00, 0, 0, 0], 16, "segment routing", "RFC 9602"),
    v6([0xfc00, 0, 0, 0], 7, "unique local", "RFC 4193"),
    v6([0xfe80, 0, 0, 0], 10, "link-local", "RFC 4291"),
    v6([0xfec0, 0, 0, 0], 10, "site-local", "RFC 3879"),
    v6([0xff00, 0, 0, 0], 8, "multicast", "RFC 4291"),
];

/// All that was assigned of IPv6 for everybody.
const GLOBAL_UNICAST: Special = v6([0x2000, 0, 0, 0], 3, "global unicast", "RFC 4291");

/// Why an address is refused: what it is; `None` if it is public, or in one of the ranges that are allowed besides.
pub fn refusal(address: IpAddr, allowed: &[Range]) -> Option<&'static str> {
    if allowed.iter().any(|range| range.holds(address)) {
        return None;
    }
    let special = SPECIAL.iter().find(|special| special.range.holds(address));
    match (special, address) {
        (Some(special), _) => Some(special.name),
        (None, IpAddr::V6(_)) if !GLOBAL_UNICAST.range.holds(address) => Some("unassigned"),
        (None, _) => None,
    }
}

impl Range {
    /// Whether an address is in it. One that only carries an address inside is not: each form is asked for by itself.
    pub fn holds(&self, address: IpAddr) -> bool {
        let differs = match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                u128::from(u32::from(first) ^ u32::from(address)) << 96
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => u128::from(first) ^ u128::from(address),
            _ => return false,
        };
        self.bits == 0 || differs >> (128 - u32::from(self.bits)) == 0
    }
}

impl FromStr for Range {
    type Err = NotARange;

    /// An address alone is the range that holds it and no other.
    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (first, bits) = text.split_once('/').map_or((text, None), |(first, bits)| (first, Some(bits)));
        let first: IpAddr = first.parse().map_err(|_| NotARange)?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| NotARange)?;
        if bits > most {
            return Err(NotARange);
        }
        Ok(Self { first, bits })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first and the last address of each range, its neighbours, and what hides in other forms.
    const REFUSED: &[(&str, &str)] = &[
        ("0.0.0.0", "this network"),
        ("0.255.255.255", "this network"),
        ("10.0.0.0", "private"),
        ("10.255.255.255", "private"),
        ("100.64.0.0", "carrier-grade NAT"),
        ("100.100.100.200", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("127.0.0.0", "loopback"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.255", "loopback"),
        ("168.63.129.16", "metadata of a cloud"),
        ("169.254.0.0", "link-local"),
        ("169.254.169.254", "link-local"),
        ("169.254.170.2", "link-local"),
        ("169.254.255.255", "link-local"),
        ("172.16.0.0", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.0", "protocol assignments"),
        ("192.0.0.192", "protocol assignments"),
        ("192.0.0.255", "protocol assignments"),
        ("192.0.2.0", "documentation"),
        ("192.0.2.255", "documentation"),
        ("192.31.196.7", "AS112"),
        ("192.52.193.1", "AMT"),
        ("192.88.99.0", "6to4 relays"),
        ("192.88.99.255", "6to4 relays"),
        ("192.168.0.0", "private"),
        ("192.168.255.255", "private"),
        ("192.175.48.1", "AS112"),
        ("198.18.0.0", "benchmarks"),
        ("198.19.255.255", "benchmarks"),
        ("198.51.100.0", "documentation"),
        ("198.51.100.255", "documentation"),
        ("203.0.113.0", "documentation"),
        ("203.0.113.255", "documentation"),
        ("224.0.0.0", "multicast"),
        ("224.0.0.251", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.0", "reserved"),
        ("255.255.255.254", "reserved"),
        ("255.255.255.255", "broadcast"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::2", "IPv4-compatible"),
        ("::127.0.0.1", "IPv4-compatible"),
        ("::8.8.8.8", "IPv4-compatible"),
        ("::ffff:0:0", "IPv4-mapped"),
        ("::ffff:127.0.0.1", "IPv4-mapped"),
        ("::ffff:169.254.169.254", "IPv4-mapped"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("::ffff:0:127.0.0.1", "unassigned"),
        ("64:ff9b::", "NAT64"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b::169.254.169.254", "NAT64"),
        ("64:ff9b:1::a00:1", "NAT64"),
        ("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "NAT64"),
        ("64:ff9b:2::1", "unassigned"),
        ("100::1", "discard"),
        ("100:0:0:1::1", "dummy"),
        ("100:0:0:2::1", "unassigned"),
        ("1fff:ffff::1", "unassigned"),
        ("2001::1", "Teredo"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"),
        ("2001:2::1", "benchmarks"),
        ("2001:1::1", "protocol assignments"),
        ("2001:3::1", "protocol assignments"),
        ("2001:4:112::1", "protocol assignments"),
        ("2001:10::1", "protocol assignments"),
        ("2001:20::1", "protocol assignments"),
        ("2001:1ff:ffff:ffff::1", "protocol assignments"),
        ("2001:db8::1", "documentation"),
        ("2001:db8:ffff:ffff::1", "documentation"),
        ("2002::1", "6to4"),
        ("2002:7f00:1::1", "6to4"),
        ("2002:a9fe:a9fe::1", "6to4"),
        ("2620:4f:8000::1", "AS112"),
        ("3fff::1", "documentation"),
        ("3fff:fff:ffff::1", "documentation"),
        ("4000::1", "unassigned"),
        ("5f00::1", "segment routing"),
        ("8000::1", "unassigned"),
        ("fbff::1", "unassigned"),
        ("fc00::1", "unique local"),
        ("fd00:ec2::254", "unique local"),
        ("fd20:ce::254", "unique local"),
        ("fdff:ffff::1", "unique local"),
        ("fe00::1", "unassigned"),
        ("fe80::1", "link-local"),
        ("febf:ffff::1", "link-local"),
        ("fec0::1", "site-local"),
        ("feff::1", "site-local"),
        ("ff02::1", "multicast"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast"),
    ];

    const PUBLIC: &[&str] = &[
        "1.0.0.0",
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "93.184.215.14",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2606:4700:4700::1111",
        "2620:4f:7fff::1",
        "2620:4f:8001::1",
        "2a00:1450:4001:81b::200e",
        "3ffe::1",
        "3fff:1000::1",
    ];

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_public_addresses_pass() {
        for (text, name) in REFUSED {
            assert_eq!(refusal(address(text), &[]), Some(*name), "{text}");
        }
        for text in PUBLIC {
            assert_eq!(refusal(address(text), &[]), None, "{text}");
        }
        assert!(REFUSED.len() + PUBLIC.len() >= 120, "{}", REFUSED.len() + PUBLIC.len());
    }

    #[test]
    fn every_special_range_refuses_its_own() {
        for special in SPECIAL {
            assert!(refusal(special.range.first, &[]).is_some(), "{}", special.range);
            assert!(!special.source.is_empty());
        }
    }

    #[test]
    fn what_the_operator_allows_passes_in_the_form_that_it_was_allowed_in() {
        let allowed: Vec<Range> =
            ["10.1.0.0/16", "fd00::/8", "192.168.7.7"].iter().map(|text| text.parse().expect(text)).collect();
        for text in ["10.1.0.0", "10.1.255.255", "fd12::1", "192.168.7.7"] {
            assert_eq!(refusal(address(text), &allowed), None, "{text}");
        }
        for text in ["10.0.255.255", "10.2.0.0", "fc00::1", "192.168.7.8", "::ffff:10.1.0.1", "::10.1.0.1"] {
            assert!(refusal(address(text), &allowed).is_some(), "{text}");
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "x", "10.0.0.0/-1", "0x7f.1/8"] {
            assert_eq!(text.parse::<Range>(), Err(NotARange), "{text}");
        }
        let all: Range = "0.0.0.0/0".parse().expect("a range");
        assert!(all.holds(address("127.0.0.1")) && !all.holds(address("::1")));
    }
}
