//! Report forms, as small as they may be.

use serde_json::{Value, json};

/// A valid report shared with `groups`, about a seller with these identifiers.
pub fn report(external_id: &str, groups: &[&str], identifiers: &[Value]) -> Value {
    json!({
        "external_id": external_id,
        "share_with": groups,
        "infringement_type": "counterfeit_goods",
        "seller": { "identifiers": identifiers },
        "first_seen": "2026-03-10",
        "last_seen": "2026-04-20",
        "statement": { "good_faith": true, "signer": "Ada Analyst", "signed_on": "2026-05-01" },
    })
}

pub fn domain(value: &str) -> Value {
    json!({ "type": "domain", "value": value })
}

pub fn email(value: &str) -> Value {
    json!({ "type": "email", "value": value })
}

pub fn phone(value: &str) -> Value {
    json!({ "type": "phone", "value": value })
}

pub fn shop(value: &str) -> Value {
    json!({ "type": "storefront", "value": value })
}

/// A USCC; give 17 characters and a right check character.
pub fn uscc(value: &str) -> Value {
    json!({ "type": "company_registration", "value": value, "scheme": "uscc" })
}

/// A number in a country's register.
pub fn company(country: &str, number: &str) -> Value {
    json!({ "type": "company_registration", "value": number, "country": country, "scheme": "generic" })
}
