//! Bank account: an IBAN, or an account number with the code of its bank.
//!
//! Rules: IBAN by ISO 13616 and the SWIFT registry (`iban_validate`): check digits and the country's
//! form. Anything else needs a bank code, since account numbers repeat between banks: a BIC (ISO 9362,
//! with or without the branch `XXX`), a CNAPS code, a national sort code.
//!
//! A number of 13 to 19 digits with a right Luhn digit (ISO/IEC 7812) and no bank code is taken for a
//! payment card and refused: card numbers are never stored.
//!
//! The value of an account is `bank/account`, because an [`Identifier`] has no field for the bank.

use iban::{Iban, IbanLike, ParseBaseIbanError, ParseIbanError};

use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Strong;

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let given = text::given(raw.value)?;
    let country = text::country_field(raw.country)?;
    let stated = raw.bank_code.map(compact).filter(|code| !code.is_empty());
    let (bank, account) = match given.split_once('/') {
        Some((bank, account))
            if stated.as_ref().is_none_or(|stated| bic8(stated) == bic8(&compact(bank))) =>
        {
            (Some(compact(bank)), compact(account))
        }
        _ => (stated, compact(&given)),
    };
    let account =
        account.strip_prefix("IBAN").map_or(account.clone(), |rest| rest.trim_start_matches(':').to_owned());
    if text::is_placeholder(&account) {
        return Err(Fault::placeholder());
    }
    if looks_like_iban(&account)
        && let Some(iban) = read_iban(&account, bank.is_some())?
    {
        return Ok(from_iban(raw, &iban));
    }
    if bank.is_none() && (13..=19).contains(&account.len()) && passes_luhn(&account) {
        let message = "This is a card number; card numbers are never stored. Give the account behind it.";
        return Err(Fault::new("value", "card_number", message));
    }
    if !(4..=34).contains(&account.len()) || !is_code(&account) {
        return Err(Fault::malformed(
            "An account number has 4 to 34 letters and digits, none of them hidden.",
        ));
    }
    let bank = bank.ok_or_else(|| {
        let message = "An account that is no IBAN needs the code of its bank: BIC, CNAPS or sort code.";
        Fault::new("bank_code", "required", message)
    })?;
    if !(3..=15).contains(&bank.len()) || !is_code(&bank) {
        let message = "A bank code has 3 to 15 letters and digits.";
        return Err(Fault::new("bank_code", "malformed", message));
    }
    let bank = bic8(&bank);
    Ok(Identifier {
        kind: raw.kind,
        value: format!("{bank}/{account}"),
        key: format!("account/{bank}/{account}"),
        platform: None,
        country: country.or_else(|| country_of_bic(bank)),
        scheme: Some("account".to_owned()),
    })
}

/// The first and last four of an IBAN; of an account the last four, and at least four are hidden.
pub fn mask(value: &str) -> String {
    let (account, head) = match value.split_once('/') {
        Some((_, account)) => (account, 0),
        None => (value, 4),
    };
    let count = account.chars().count();
    let tail = count.saturating_sub(head + 4).min(4);
    let hidden = count.saturating_sub(head + tail);
    let start = account.chars().take(head);
    start.chain(std::iter::repeat_n('*', hidden)).chain(account.chars().skip(head + hidden)).collect()
}

/// Upper case without the spaces and dashes that people group digits with.
fn compact(typed: &str) -> String {
    text::clean(typed)
        .to_uppercase()
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '\u{2010}'..='\u{2015}'))
        .collect()
}

fn is_code(code: &str) -> bool {
    code.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn looks_like_iban(account: &str) -> bool {
    let begins = matches!(account.as_bytes(), [a, b, c, d, ..]
        if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit());
    let country = account.get(..2).unwrap_or_default();
    // Kosovo has IBANs and, so far, no ISO code.
    let is_country = text::country(country).is_some() || country == "XK";
    begins && is_country && (15..=34).contains(&account.len()) && is_code(account)
}

/// The IBAN; nothing if it is none but may be an account of the bank that is given.
fn read_iban(account: &str, has_bank: bool) -> Result<Option<Iban>, Fault> {
    match account.parse::<Iban>() {
        Ok(iban) => Ok(Some(iban)),
        Err(ParseIbanError::UnknownCountry(_)) if has_bank => Ok(None),
        Err(ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidChecksum }) => {
            let message = "The check digits of this IBAN are wrong; a digit is mistyped or missing.";
            Err(Fault::new("value", "check_digit", message))
        }
        Err(error) => Err(Fault::malformed(format!("This is not an IBAN: {error}."))),
    }
}

fn from_iban(raw: &RawIdentifier<'_>, iban: &Iban) -> Identifier {
    let electronic = iban.electronic_str();
    Identifier {
        kind: raw.kind,
        value: electronic.to_owned(),
        key: format!("iban/{electronic}"),
        platform: None,
        country: text::country(iban.country_code()),
        scheme: Some("iban".to_owned()),
    }
}

/// `BKCHCNBJXXX` is the head office, which `BKCHCNBJ` is too.
fn bic8(bank: &str) -> &str {
    bank.strip_suffix("XXX").filter(|short| country_of_bic(short).is_some()).unwrap_or(bank)
}

/// Letters five and six of a BIC.
fn country_of_bic(bank: &str) -> Option<String> {
    let is_bic = matches!(bank.len(), 8 | 11) && bank.bytes().take(6).all(|b| b.is_ascii_uppercase());
    if is_bic { text::country(bank.get(4..6)?) } else { None }
}

/// ISO/IEC 7812: digits only, the last of them the check digit.
pub fn passes_luhn(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().rev().map(|c| c.to_digit(10)).collect();
    digits.is_some_and(|digits| {
        let sum: u32 = digits
            .iter()
            .enumerate()
            .map(|(place, digit)| if place % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 })
            .sum();
        sum.is_multiple_of(10)
    })
}

#[cfg(test)]
mod tests {
    use super::super::IdentifierType::BankAccount;
    use super::super::text::testing::{assert_stable, parsed, raw, refused};
    use super::*;

    fn at<'a>(bank: &'a str, value: &'a str) -> RawIdentifier<'a> {
        RawIdentifier { bank_code: Some(bank), ..raw(BankAccount, value) }
    }

    #[test]
    fn spellings_of_one_iban_meet_in_one_key() {
        for (typed, key, country) in [
            ("DE89370400440532013000", "iban/DE89370400440532013000", "DE"),
            ("de89 3704 0044 0532 0130 00", "iban/DE89370400440532013000", "DE"),
            ("IBAN: DE89-3704-0044-0532-0130-00", "iban/DE89370400440532013000", "DE"),
            ("ＤＥ８９３７０４００４４０５３２０１３０００", "iban/DE89370400440532013000", "DE"),
            ("GB82 WEST 1234 5698 7654 32", "iban/GB82WEST12345698765432", "GB"),
            ("FR14 2004 1010 0505 0001 3M02 606", "iban/FR1420041010050500013M02606", "FR"),
        ] {
            let identifier = parsed(&raw(BankAccount, typed));
            assert_eq!(identifier.key, key, "{typed:?}");
            assert_eq!(identifier.country.as_deref(), Some(country));
            assert_eq!(identifier.scheme.as_deref(), Some("iban"));
            assert_stable(&identifier);
        }
    }

    #[test]
    fn spellings_of_one_account_meet_in_one_key() {
        for (bank, typed, key, country) in [
            ("BKCHCNBJ", "6222 0212 3456 7890 128", "account/BKCHCNBJ/6222021234567890128", Some("CN")),
            ("bkchcnbjxxx", "6222021234567890128", "account/BKCHCNBJ/6222021234567890128", Some("CN")),
            ("BKCHCNBJ110", "0012-3456", "account/BKCHCNBJ110/00123456", Some("CN")),
            ("20-00-00", "55779911", "account/200000/55779911", None),
            ("104100000004", "ab 12345", "account/104100000004/AB12345", None),
            ("BKCHCNBJ", "BKCHCNBJXXX/00123457", "account/BKCHCNBJ/00123457", Some("CN")),
        ] {
            let identifier = parsed(&at(bank, typed));
            assert_eq!(identifier.key, key, "{bank:?} {typed:?}");
            assert_eq!(identifier.country.as_deref(), country);
            assert_eq!(identifier.scheme.as_deref(), Some("account"));
            assert_stable(&identifier);
        }
        let hinted = RawIdentifier { country: Some("gb"), ..at("200000", "55779911") };
        assert_eq!(parsed(&hinted).country.as_deref(), Some("GB"));
    }

    #[test]
    fn what_is_no_account_is_refused() {
        for (typed, fault) in [
            ("", ("value", "required")),
            ("n/a", ("value", "placeholder")),
            ("0000 0000 0000 0000", ("value", "placeholder")),
            ("DE88370400440532013000", ("value", "check_digit")),
            ("DE8937040044053201300", ("value", "check_digit")),
            ("4111 1111 1111 1111", ("value", "card_number")),
            ("6222021234567890128", ("value", "card_number")),
            ("6222021234567890123", ("bank_code", "required")),
            ("55779911", ("bank_code", "required")),
            ("****1234", ("value", "malformed")),
            ("123", ("value", "malformed")),
            ("pay@bags.shop", ("value", "malformed")),
        ] {
            assert_eq!(refused(&raw(BankAccount, typed)), fault, "{typed:?}");
        }
        for (bank, typed, fault) in [
            ("x!", "55779911", ("bank_code", "malformed")),
            ("12", "55779911", ("bank_code", "malformed")),
            ("BKCHCNBJ", "ICBKCNBJ/55779911", ("value", "malformed")),
            (" ", "55779911", ("bank_code", "required")),
        ] {
            assert_eq!(refused(&at(bank, typed)), fault, "{bank:?} {typed:?}");
        }
        let hinted = RawIdentifier { country: Some("XX"), ..at("200000", "55779911") };
        assert_eq!(refused(&hinted), ("country", "unknown"));
    }

    #[test]
    fn the_mask_hides_the_middle_and_the_bank() {
        for (value, masked) in [
            ("DE89370400440532013000", "DE89**************3000"),
            ("BKCHCNBJ/6222021234567890128", "***************0128"),
            ("200000/55779911", "****9911"),
            ("200000/557799", "****99"),
            ("200000/5577", "****"),
        ] {
            assert_eq!(mask(value), masked);
        }
    }
}
