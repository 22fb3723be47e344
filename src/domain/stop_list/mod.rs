//! The stop-list: values that are real and yet say nothing about who a seller is, such as the phone of a payment
//! service or the mailbox that a registrar puts in the place of its customer's.
//!
//! It holds for the whole installation. What it does to resolution is in [`stops`](super::resolution::stops); what a
//! new installation starts with is in [`shipped`].

pub mod shipped;

use super::identifier::{self, Fault, Identifier, IdentifierType, RawIdentifier, email};
use super::vocabulary::vocabulary;

vocabulary!(
    /// Why a value links nobody.
    StopReason {
        /// Of a service that takes payments for many sellers.
        PaymentAggregator = "payment_aggregator",
        /// Of a company that forwards parcels for many.
        Forwarder = "forwarder",
        /// A mailbox, phone or name that stands in the place of somebody's own.
        ProxyMail = "proxy_mail",
        /// What people or programs fill in when they have no value.
        Placeholder = "placeholder",
        /// The marketplace's own, not the seller's.
        MarketplaceSupport = "marketplace_support",
        Other = "other",
    }
);

vocabulary!(
    /// Where an entry comes from.
    StopOrigin {
        /// Compiled into the program.
        Shipped = "shipped",
        Operator = "operator",
    }
);

/// What an entry stops: one value in all its spellings, or every mailbox of a mail host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    pub kind: IdentifierType,
    /// The normalised form that people read; of a mail host `@` and the host.
    pub value: String,
    /// What is equal for two spellings of one value.
    pub key: String,
    pub platform: Option<String>,
}

impl Target {
    /// Reads what is to be stopped as a report's identifier is read; an e-mail address that begins with `@` is a
    /// mail host. A value that no report can hold is a fault here too.
    pub fn parse(raw: &RawIdentifier<'_>) -> Result<Self, Fault> {
        if raw.kind == IdentifierType::Email
            && let Some(host) = raw.value.trim().strip_prefix('@')
        {
            return Self::mail_host_of(host);
        }
        let Identifier { kind, value, key, platform, .. } = identifier::parse(raw)?;
        Ok(Self { kind, value, key, platform })
    }

    fn mail_host_of(host: &str) -> Result<Self, Fault> {
        // Read as part of an address, so that all names of one host are one.
        let address = format!("mailbox@{host}");
        let raw = RawIdentifier { value: &address, ..RawIdentifier::bare(IdentifierType::Email) };
        let key = email::parse(&raw)?.key;
        let host = key.strip_prefix("mailbox").unwrap_or(&key);
        if psl::domain_str(&host[1..]).is_none() {
            let message = "Anyone can register names below this; give the full host behind the @.";
            return Err(Fault::new("value", "public_suffix", message));
        }
        let host = host.to_owned();
        Ok(Self { kind: IdentifierType::Email, value: host.clone(), key: host, platform: None })
    }

    /// The host, if every mailbox of one is stopped, and of the hosts below it.
    pub fn mail_host(&self) -> Option<&str> {
        // No address has nothing before the @.
        self.key.strip_prefix('@').filter(|_| self.kind == IdentifierType::Email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(kind: IdentifierType, value: &str) -> Result<Target, (&'static str, &'static str)> {
        Target::parse(&RawIdentifier { value, ..RawIdentifier::bare(kind) })
            .map_err(|fault| (fault.field, fault.code))
    }

    #[test]
    fn an_address_without_a_name_is_a_whole_mail_host() {
        for typed in ["@Members.eBay.com", " @members.ebay.com ", "@ｍembers.ebay.com"] {
            let stopped = target(IdentifierType::Email, typed).expect("a mail host");
            assert_eq!(stopped.mail_host(), Some("members.ebay.com"), "{typed:?}");
            assert_eq!(stopped.value, "@members.ebay.com");
        }
        assert_eq!(target(IdentifierType::Email, "@googlemail.com").expect("a host").value, "@gmail.com");
        let one = target(IdentifierType::Email, "Service@PayPal.com").expect("an address");
        assert_eq!((one.value.as_str(), one.mail_host()), ("service@paypal.com", None));
    }

    #[test]
    fn what_no_report_can_hold_cannot_be_stopped() {
        for (kind, value, code) in [
            (IdentifierType::Email, "@", "malformed"),
            (IdentifierType::Email, "@com", "malformed"),
            (IdentifierType::Email, "@co.uk", "public_suffix"),
            (IdentifierType::Email, "@example.com", "placeholder"),
            (IdentifierType::Email, "@a@b.com", "malformed"),
            (IdentifierType::Email, "nobody", "malformed"),
            (IdentifierType::Phone, "+86 13800138000", "placeholder"),
            (IdentifierType::Domain, "facebook.com", "shared_host"),
        ] {
            assert_eq!(target(kind, value), Err(("value", code)), "{value:?}");
        }
    }
}
