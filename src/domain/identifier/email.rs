//! E-mail address.
//!
//! Rules: one `@`; a local part of 1 to 64 of the characters of RFC 5322's dot-atom and letters of any
//! script (RFC 6531), no quoting; a full host name by UTS #46 behind it. All is lower case: RFC 5321
//! leaves the case of the local part to the host, no provider uses it.
//!
//! The key joins what reaches one mailbox by the provider's own rules: Gmail ignores dots and `+tag` and
//! has two domains (support.google.com/mail/answer/7436150), the providers in `TAGGED` ignore `+tag`.
//! Mailboxes of a role or a platform are real addresses and are kept; that many sellers share them is
//! for the resolver to see.

use super::{Fault, Identifier, RawIdentifier, Strength, domain, text};

pub const STRENGTH: Strength = Strength::Strong;

const LOCAL_BYTES_MAX: usize = 64;

/// Providers that deliver `name+tag` to `name`.
const TAGGED: &str = "fastmail.com fastmail.fm hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr \
    hotmail.it icloud.com live.co.uk live.com live.de live.fr live.it live.nl mac.com me.com msn.com outlook.com \
    outlook.de outlook.es outlook.fr outlook.it pm.me proton.me protonmail.ch protonmail.com yandex.com yandex.ru";

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let address = bare(&given);
    let (local, host) = address
        .split_once('@')
        .filter(|(_, host)| !host.contains('@'))
        .ok_or_else(|| Fault::malformed("An e-mail address has one @."))?;
    if local.is_empty() || local.len() > LOCAL_BYTES_MAX || !local.chars().all(is_local) {
        return Err(Fault::malformed("This is not the part before the @ of an e-mail address."));
    }
    let host = domain::ascii(host)
        .ok_or_else(|| Fault::malformed("What stands behind the @ is not a full domain name."))?;
    if is_placeholder(local, &host) {
        return Err(Fault::placeholder());
    }
    let key = mailbox(local, &host).ok_or_else(|| Fault::malformed("The address has a tag and no name."))?;
    Ok(Identifier {
        kind: raw.kind,
        value: format!("{local}@{host}"),
        key,
        platform: None,
        country: None,
        scheme: None,
    })
}

/// `j***@163.com`.
pub fn mask(value: &str) -> String {
    match value.split_once('@').and_then(|(local, host)| Some((local.chars().next()?, host))) {
        Some((first, host)) => format!("{first}***@{host}"),
        None => "***".to_owned(),
    }
}

/// The address in lower case, out of `Name <address>`, `mailto:address?subject=…` or `name (at) host`.
fn bare(given: &str) -> String {
    let given = text::fold(given);
    let inner =
        given.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')).map_or(given.as_str(), |(_, a)| a);
    let address = match inner.trim().strip_prefix("mailto:") {
        Some(link) => link.split('?').next().unwrap_or_default(),
        None => inner,
    };
    let address = address.replace(" (at) ", "@").replace("(at)", "@").replace("[at]", "@");
    address.trim().to_owned()
}

fn is_local(c: char) -> bool {
    // Not `*`, which the rules allow: an address with one is a masked address.
    c.is_alphanumeric() || "!#$%&'+-/=?^_`{|}~.".contains(c)
}

/// `test@test.com`, anything at a domain that never exists, QQ numbers such as 123456.
fn is_placeholder(local: &str, host: &str) -> bool {
    let label = host.split('.').next().unwrap_or_default();
    domain::is_example(host) || (text::is_placeholder(local) && (label == local || host == "qq.com"))
}

/// One key for all spellings of a mailbox.
fn mailbox(local: &str, host: &str) -> Option<String> {
    let name = local.split('+').next().unwrap_or_default();
    let (name, host) = match host {
        "gmail.com" | "googlemail.com" => (name.replace('.', ""), "gmail.com"),
        _ if TAGGED.split_ascii_whitespace().any(|tagged| tagged == host) => (name.to_owned(), host),
        _ => (local.to_owned(), host),
    };
    (!name.is_empty()).then(|| format!("{name}@{host}"))
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::Email;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};
    use super::*;

    #[test]
    fn spellings_of_one_mailbox_meet_in_one_key() {
        for (typed, key) in [
            ("Jian.Li@163.com", "jian.li@163.com"),
            (" JIAN.LI@163.COM ", "jian.li@163.com"),
            ("ｊｉａｎ．ｌｉ＠１６３．ｃｏｍ", "jian.li@163.com"),
            ("mailto:jian.li@163.com?subject=Bags", "jian.li@163.com"),
            ("Li Jian <jian.li@163.com>", "jian.li@163.com"),
            ("jian.li (at) 163.com", "jian.li@163.com"),
            ("j.i.a.n+shop@gmail.com", "jian@gmail.com"),
            ("JIAN@googlemail.com", "jian@gmail.com"),
            ("jian.li+x@outlook.com", "jian.li@outlook.com"),
            ("jian+x@bags.shop", "jian+x@bags.shop"),
            ("1234567@163.com", "1234567@163.com"),
            ("2873465198@qq.com", "2873465198@qq.com"),
            ("info@bücher.de", "info@xn--bcher-kva.de"),
            ("no-reply@amazon.com", "no-reply@amazon.com"),
            ("test@bags.shop", "test@bags.shop"),
        ] {
            let identifier = parsed(&raw(Email, typed));
            assert_eq!(identifier.key, key, "{typed:?}");
            assert_stable(&identifier);
        }
        assert_eq!(parsed(&raw(Email, "J.Ian+Shop@GMail.com")).value, "j.ian+shop@gmail.com");
    }

    #[test]
    fn what_is_no_mailbox_is_refused() {
        for (typed, code) in [
            ("", "required"),
            ("n/a", "placeholder"),
            ("test@test.com", "placeholder"),
            ("None@none.com", "placeholder"),
            ("info@example.com", "placeholder"),
            ("a@shop.test", "placeholder"),
            ("123456@qq.com", "placeholder"),
            ("jian.li", "malformed"),
            ("@163.com", "malformed"),
            ("jian@li@163.com", "malformed"),
            ("jian li@163.com", "malformed"),
            ("a@163.com, b@163.com", "malformed"),
            ("j***@163.com", "malformed"),
            ("jian@localhost", "malformed"),
            ("jian@-163.com", "malformed"),
            ("jian@163..com", "malformed"),
            ("+tag@gmail.com", "malformed"),
            ("\"a b\"@163.com", "malformed"),
        ] {
            assert_eq!(refused(&raw(Email, typed)), ("value", code), "{typed:?}");
        }
        let long = format!("{}@163.com", "a".repeat(65));
        assert_eq!(refused(&raw(Email, &long)), ("value", "malformed"));
    }

    #[test]
    fn the_mask_keeps_the_first_character_and_the_host() {
        for (value, masked) in
            [("jian.li@163.com", "j***@163.com"), ("李@163.com", "李***@163.com"), ("odd", "***")]
        {
            assert_eq!(mask(value), masked);
        }
    }
}
