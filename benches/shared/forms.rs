//! From the data sets' reports to forms as a member would file them. What the server would refuse (a
//! placeholder, a number with a wrong check digit) a member leaves out; so does the mapping, and counts.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use touchstone::domain::identifier::{self, IdentifierType, RawIdentifier};

/// A report with these identifiers.
pub fn form(external_id: &str, identifiers: &[Value]) -> Value {
    json!({
        "external_id": external_id,
        "share_with": ["alliance"],
        "infringement_type": "counterfeit_goods",
        "seller": { "identifiers": identifiers },
        "statement": { "good_faith": true, "signer": "Import", "signed_on": "2026-01-01" },
    })
}

/// Keeps identifiers that the server accepts.
#[derive(Default)]
pub struct Sieve {
    pub left_out: BTreeMap<String, usize>,
}

impl Sieve {
    pub fn keep(&mut self, form: Value) -> Option<Value> {
        let text = |name: &str| form[name].as_str();
        let kind = IdentifierType::parse_name(text("type")?)?;
        let raw = RawIdentifier {
            kind,
            value: text("value")?,
            platform: text("platform"),
            country: text("country"),
            bank_code: text("bank_code"),
            scheme: text("scheme"),
        };
        if identifier::parse(&raw).is_err() {
            *self.left_out.entry(kind.as_str().to_owned()).or_default() += 1;
            return None;
        }
        Some(form)
    }
}

/// An id of the data as an external id.
pub fn external_id(report_id: &str) -> String {
    report_id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// The country that a reporter would name: the report's, or the one that its identifiers speak of. A report of
/// the data often leaves it out, where a form asks for it beside a number that is dialled at home.
pub fn country_of(report: &Value) -> String {
    if let Some(country) = report["country"].as_str().filter(|country| !country.is_empty()) {
        return country.to_owned();
    }
    let identifiers: Vec<(&str, &str)> = report["identifiers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["type"].as_str()?, one["value"].as_str()?)))
        .collect();
    let said = identifiers.iter().find_map(|(kind, value)| {
        let kind = match *kind {
            "phone" => IdentifierType::Phone,
            "bank_account" => IdentifierType::BankAccount,
            "company_reg" => IdentifierType::CompanyRegistration,
            _ => return None,
        };
        identifier::parse(&raw(kind, value)).ok()?.country
    });
    let is_han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    let is_chinese = |(kind, value): &(&str, &str)| match *kind {
        "name" | "address" => value.chars().any(is_han),
        "phone" => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
        }
        _ => false,
    };
    said.or_else(|| identifiers.iter().any(is_chinese).then(|| "CN".to_owned())).unwrap_or_default()
}

fn raw(kind: IdentifierType, value: &str) -> RawIdentifier<'_> {
    RawIdentifier { kind, value, platform: None, country: None, bank_code: None, scheme: None }
}

/// An identifier of the data as one of a form.
pub fn map(one: &Value, country: &str, sieve: &mut Sieve) -> Option<Value> {
    let value = one["value"].as_str()?;
    match one["type"].as_str()? {
        "storefront" => {
            sieve.keep(json!({ "type": "storefront", "value": value, "platform": one["platform"].as_str()? }))
        }
        "email" => sieve.keep(json!({ "type": "email", "value": value })),
        "phone" => sieve.keep(json!({ "type": "phone", "value": value, "country": country })),
        "company_reg" => {
            sieve.keep(json!({ "type": "company_registration", "value": value, "country": country }))
        }
        "bank_account" if value.contains('@') => sieve.keep(json!({
            "type": "payment_handle",
            "platform": "paypal",
            "value": value.replace(' ', ""),
        })),
        "bank_account" => {
            // The data names no banks: all accounts are taken to be of one.
            sieve.keep(json!({ "type": "bank_account", "value": value, "bank_code": "000" }))
        }
        "name" => sieve.keep(json!({ "type": "business_name", "value": value })),
        "address" => sieve.keep(json!({ "type": "address", "value": value, "country": country })),
        // The generator's URLs are pages of the seller's own site.
        "url" => sieve.keep(json!({ "type": "domain", "value": value })),
        _ => None,
    }
}
