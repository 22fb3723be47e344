//! What is stopped on a new installation: public facts about services that many sellers share. The operator lifts
//! what is wrong for its alliance, and adds the rest.
//!
//! Nothing is here because it is often seen: what is merely common, resolution finds out by itself. Left out on
//! purpose are mailboxes of relays that one person has for good (Firefox Relay, DuckDuckGo, SimpleLogin), since two
//! reports that give one do speak of one person.

use super::super::identifier::{Fault, IdentifierType, RawIdentifier};
use super::{StopReason, Target};

/// One row, with where it can be looked up.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    pub kind: IdentifierType,
    pub value: &'static str,
    pub country: Option<&'static str>,
    pub reason: StopReason,
    /// What it is, and the source.
    pub note: &'static str,
}

impl Shipped {
    pub fn target(&self) -> Result<Target, Fault> {
        let raw =
            RawIdentifier { value: self.value, country: self.country, ..RawIdentifier::bare(self.kind) };
        Target::parse(&raw)
    }
}

/// Every shipped target. One that this program cannot read is left out; a test holds that there is none.
pub fn targets() -> Vec<Target> {
    SHIPPED.iter().filter_map(|row| row.target().ok()).collect()
}

macro_rules! rows {
    ($($kind:ident, $reason:ident, $note:literal: [$($value:literal $(in $country:literal)?),+ $(,)?];)+) => {
        &[$($(Shipped {
            kind: IdentifierType::$kind,
            value: $value,
            country: rows!(@ $($country)?),
            reason: StopReason::$reason,
            note: $note,
        }),+),+]
    };
    (@ $country:literal) => { Some($country) };
    (@) => { None };
}

pub static SHIPPED: &[Shipped] = rows! {
    // Mail that a platform passes on under an address made for one conversation.
    Email, ProxyMail, "Apple's private e-mail relay; developer.apple.com, \"Communicating using the private \
        email relay service\"": ["@privaterelay.appleid.com"];
    Email, ProxyMail, "Amazon's anonymised addresses of buyers and sellers; sellercentral.amazon.com, \
        \"Buyer-Seller Messaging Service\"": [
        "@marketplace.amazon.com", "@marketplace.amazon.ca", "@marketplace.amazon.com.mx",
        "@marketplace.amazon.com.br", "@marketplace.amazon.co.uk", "@marketplace.amazon.de",
        "@marketplace.amazon.fr", "@marketplace.amazon.it", "@marketplace.amazon.es", "@marketplace.amazon.nl",
        "@marketplace.amazon.in", "@marketplace.amazon.co.jp", "@marketplace.amazon.com.au",
    ];
    Email, ProxyMail, "eBay's aliases of members; ebay.com, \"Member-to-member contact policy\"": [
        "@members.ebay.com", "@members.ebay.co.uk", "@members.ebay.de",
    ];

    // What stands in WHOIS in the place of a registrant.
    Email, ProxyMail, "Domains By Proxy, for customers of GoDaddy; domainsbyproxy.com": ["@domainsbyproxy.com"];
    Email, ProxyMail, "Withheld for Privacy and WhoisGuard, for customers of Namecheap; \
        withheldforprivacy.com": ["@withheldforprivacy.com", "@whoisguard.com"];
    Email, ProxyMail, "Contact Privacy, for customers of Tucows; contactprivacy.com": ["@contactprivacy.com"];
    Email, ProxyMail, "PrivacyGuardian, for customers of NameSilo; privacyguardian.org":
        ["@privacyguardian.org"];
    Email, ProxyMail, "Privacy Protect, for customers of PDR; privacyprotect.org": ["@privacyprotect.org"];
    Email, ProxyMail, "Alibaba Cloud's privacy protection of domains (yin si bao hu)":
        ["@yinsibaohu.aliyun.com"];
    Email, ProxyMail, "IONOS private registration": ["@1and1-private-registration.com"];
    Email, ProxyMail, "DreamHost's domain privacy": ["@proxy.dreamhost.com"];
    Email, ProxyMail, "Gandi's forwarding addresses of registrants": ["@contact.gandi.net"];
    BusinessName, ProxyMail, "A privacy service of a registrar, named in WHOIS as the registrant": [
        "Domains By Proxy, LLC", "Contact Privacy Inc.", "Privacy service provided by Withheld for Privacy ehf",
        "WhoisGuard, Inc.", "See PrivacyGuardian.org", "PrivacyGuardian.org llc", "Private by Design, LLC",
        "Domain Protection Services, Inc.", "Super Privacy Service LTD c/o Dynadot",
    ];
    Phone, ProxyMail, "Domains By Proxy, as in WHOIS": ["+1 480 624 2599"];
    Phone, ProxyMail, "Withheld for Privacy, as in WHOIS": ["+354 421 2434"];
    Phone, ProxyMail, "PrivacyGuardian, as in WHOIS": ["+1 347 871 7726"];
    Address, ProxyMail, "Domains By Proxy, as in WHOIS, now and before": [
        "2155 E Warner Rd, Tempe, AZ 85284" in "US", "14455 N. Hayden Road, Scottsdale, AZ 85260" in "US",
    ];
    Address, ProxyMail, "Withheld for Privacy, as in WHOIS": ["Kalkofnsvegur 2, 101 Reykjavik" in "IS"];
    Address, ProxyMail, "PrivacyGuardian, as in WHOIS":
        ["1928 E. Highland Ave. Ste F104 PMB# 255, Phoenix, AZ" in "US"];

    // Services that take payments: their own mailboxes and phones, which stand on every receipt.
    Email, PaymentAggregator, "PayPal's own mail; nobody else has a mailbox there": ["@paypal.com"];
    Email, PaymentAggregator, "Stripe's own mail; nobody else has a mailbox there": ["@stripe.com"];
    Email, PaymentAggregator, "Alipay's own mail; nobody else has a mailbox there": ["@alipay.com"];
    Email, PaymentAggregator, "Payoneer's own mail; nobody else has a mailbox there": ["@payoneer.com"];
    Phone, PaymentAggregator, "PayPal's customer service, from the United States and from abroad; paypal.com, \
        \"Contact us\"": ["+1 888 221 1161", "+1 402 935 2050"];

    // Marketplaces: their own mailboxes and phones.
    Email, MarketplaceSupport, "Amazon's own mail; nobody else has a mailbox there": [
        "@amazon.com", "@amazon.co.uk", "@amazon.de", "@amazon.fr", "@amazon.it", "@amazon.es", "@amazon.co.jp",
    ];
    Email, MarketplaceSupport, "eBay's own mail; nobody else has a mailbox there": ["@ebay.com"];
    Email, MarketplaceSupport, "Etsy's own mail; nobody else has a mailbox there": ["@etsy.com"];
    Phone, MarketplaceSupport, "Amazon's customer service in the United States; amazon.com, \"Contact us\"":
        ["+1 888 280 4331"];

    // What is filled in where there is no value.
    PersonName, Placeholder, "What registration data says in the place of what it withholds; ICANN, \
        \"Registration Data Policy\"": ["REDACTED FOR PRIVACY", "Redacted for GDPR"];
    PersonName, Placeholder, "What registrars say in the place of a registrant": [
        "Registration Private", "Data Protected", "Not Disclosed", "Statutory Masking Enabled",
        "Domain Administrator", "Domain Admin",
    ];
    Phone, Placeholder, "Area code 555 is given to nobody; NANPA": ["+1 555 123 4567", "+1 555 555 1234"];
    Phone, Placeholder, "Kept for films and plays; Ofcom, \"Telephone numbers for use in TV and radio drama \
        programmes\"": ["+44 20 7946 0958", "+44 7700 900123"];
    Phone, Placeholder, "Kept for films and plays; ACMA, \"Phone numbers for use in TV shows, films and creative \
        works\"": ["+61 491 570 156", "+61 491 570 157", "+61 491 570 158", "+61 491 570 159"];
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_can_be_read_says_what_it_is_and_stands_once() {
        let mut seen = BTreeSet::new();
        for row in SHIPPED {
            let target = row.target().unwrap_or_else(|fault| panic!("{}: {fault:?}", row.value));
            assert!(seen.insert((target.kind, target.key)), "{} stands twice", row.value);
            assert!(row.note.len() > 10 && !row.note.contains("  "), "{}", row.note);
        }
        assert_eq!(targets().len(), SHIPPED.len());
    }

    #[test]
    fn no_provider_of_mailboxes_is_stopped() {
        let hosts: Vec<Target> = targets().into_iter().filter(|one| one.mail_host().is_some()).collect();
        for provider in
            "qq.com 163.com gmail.com outlook.com yahoo.com icloud.com proton.me aliyun.com duck.com"
                .split(' ')
        {
            let is_over = |host: &str| provider == host || provider.ends_with(&format!(".{host}"));
            assert!(!hosts.iter().filter_map(Target::mail_host).any(is_over), "{provider}");
        }
    }
}
