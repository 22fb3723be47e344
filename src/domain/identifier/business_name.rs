//! Name under which a seller does business: a company, a brand of a shop.
//!
//! Rules: ours. As for the name of a person; legal forms (`Ltd`, `有限公司`) stay in the key, since two
//! companies may differ in nothing else. A name alone is weak.

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Weak;

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    text::parse_name(raw)
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::BusinessName;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};

    #[test]
    fn spellings_of_one_name_meet_in_one_key() {
        for (typed, key) in [
            ("Best Bags Co., Ltd.", "best bags co ltd"),
            ("BEST  BAGS CO LTD", "best bags co ltd"),
            ("★Best Bags Co. Ltd★", "best bags co ltd"),
            ("深圳市贝斯特贸易有限公司", "深圳市贝斯特贸易有限公司"),
            ("深圳市 贝斯特（贸易）有限公司", "深圳市贝斯特贸易有限公司"),
            ("Łódzka Moda s.c.", "łódzka moda s c"),
        ] {
            let identifier = parsed(&raw(BusinessName, typed));
            assert_eq!(identifier.key, key, "{typed:?}");
            assert_stable(&identifier);
        }
        assert_eq!(parsed(&raw(BusinessName, " Best  Bags ")).value, "Best Bags");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "袋".repeat(201);
        for (typed, code) in [
            ("", "required"),
            ("unknown", "placeholder"),
            ("暂无", "placeholder"),
            ("000000", "placeholder"),
            ("2024-11", "malformed"),
            (long.as_str(), "malformed"),
        ] {
            assert_eq!(refused(&raw(BusinessName, typed)), ("value", code), "{typed:?}");
        }
    }
}
