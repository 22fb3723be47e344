//! What stands for an identifier in an event: an object after one of MISP's templates, or an attribute where no template
//! fits.
//!
//! Sources: MISP/misp-objects and `describeTypes.json` of MISP, November 2026.

use crate::domain::identifier::IdentifierType;
use crate::domain::lens::seller::IdentifierView;

/// What stands in place of a value that is gone.
pub const WITHDRAWN: &str = "withdrawn";

/// A template of MISP, by which an instance knows what an object is.
#[derive(Debug)]
pub struct Template {
    pub name: &'static str,
    pub meta_category: &'static str,
    pub description: &'static str,
    pub uuid: &'static str,
    pub version: &'static str,
}

/// What stands for an identifier: the fields of an object, or, without a template, an attribute of the event itself.
pub struct Form {
    pub template: Option<&'static Template>,
    pub fields: Vec<Field>,
}

/// An attribute to be.
pub struct Field {
    /// Its place among what stands for the identifier.
    pub slot: &'static str,
    pub relation: &'static str,
    pub kind: &'static str,
    pub category: &'static str,
    pub value: String,
    pub comment: String,
    /// Whether two sellers with the same value have something in common.
    pub correlates: bool,
}

/// What an identifier says.
pub struct Said<'i> {
    kind: IdentifierType,
    value: &'i str,
    platform: Option<&'i str>,
    country: Option<&'i str>,
    scheme: Option<&'i str>,
}

const USER_ACCOUNT: Template = Template {
    name: "user-account",
    meta_category: "misc",
    description: "An account at a platform, a messenger or a payment service.",
    uuid: "49606b06-22f0-4ac8-8eee-2f12ad46f3d3",
    version: "6",
};

const URL: Template = Template {
    name: "url",
    meta_category: "network",
    description: "A page.",
    uuid: "60efb77b-40b5-4c46-871b-ed1ed999fce5",
    version: "10",
};

const DOMAIN: Template = Template {
    name: "domain-ip",
    meta_category: "network",
    description: "A domain.",
    uuid: "43b3b146-77eb-4931-b4cc-b66c60f28734",
    version: "11",
};

const PHONE_NUMBER: Template = Template {
    name: "phone-number",
    meta_category: "mobile",
    description: "A phone number.",
    uuid: "c4b5a67c-63d2-11ec-90d6-0242ac120003",
    version: "1",
};

const BANK_ACCOUNT: Template = Template {
    name: "bank-account",
    meta_category: "financial",
    description: "A bank account.",
    uuid: "b4712203-95a8-4883-80e9-b566f5df11c9",
    version: "3",
};

const PERSON: Template = Template {
    name: "person",
    meta_category: "misc",
    description: "A person.",
    uuid: "a15b0477-e9d1-4b9c-9546-abe78a4f4248",
    version: "21",
};

const ORGANIZATION: Template = Template {
    name: "organization",
    meta_category: "misc",
    description: "A business.",
    uuid: "f750e12b-127a-432c-b022-b3f9153c4e2a",
    version: "9",
};

const COIN_ADDRESS: Template = Template {
    name: "coin-address",
    meta_category: "financial",
    description: "An address on a block chain.",
    uuid: "d0e6997e-78da-4815-a6a1-cfc1c1cb8a46",
    version: "7",
};

impl<'i> Said<'i> {
    pub fn of(view: &'i IdentifierView) -> Self {
        Self {
            kind: view.kind,
            value: &view.value,
            platform: view.platform.as_deref(),
            country: view.country.as_deref(),
            scheme: view.scheme.as_deref(),
        }
    }

    /// What is put in place of an identifier that is gone: of a form that an instance takes for its type, so that it does
    /// not keep the old value instead.
    pub fn withdrawn(kind: IdentifierType) -> Self {
        let value = match kind {
            IdentifierType::Url => "https://withdrawn.invalid/",
            IdentifierType::Domain => "withdrawn.invalid",
            IdentifierType::Email => "withdrawn@withdrawn.invalid",
            IdentifierType::Phone => "+0",
            IdentifierType::BankAccount => "withdrawn/000",
            _ => WITHDRAWN,
        };
        Self { kind, value, platform: Some(WITHDRAWN), country: None, scheme: None }
    }
}

impl Field {
    /// A text, of which only its value is known.
    pub fn of_text(slot: &'static str, value: String) -> Self {
        Self::new(slot, "text", ("text", "Other"), value)
    }

    fn new(
        slot: &'static str,
        relation: &'static str,
        (kind, category): (&'static str, &'static str),
        value: impl Into<String>,
    ) -> Self {
        Self { slot, relation, kind, category, value: value.into(), comment: String::new(), correlates: true }
    }

    /// One that says more of another, and is nothing to have in common.
    fn beside(relation: &'static str, category: &'static str, value: impl Into<String>) -> Self {
        Self { correlates: false, ..Self::new("of", relation, ("text", category), value) }
    }
}

/// What stands for an identifier; `None` where an instance would not take it. The slots of the fields depend on nothing
/// but the kind, so that all are found again when the identifier is gone.
pub fn form(said: &Said<'_>) -> Option<Form> {
    let value = said.value;
    let object = |template, fields| Some(Form { template: Some(template), fields });
    let one = |template, relation, kind| object(template, vec![Field::new("value", relation, kind, value)]);
    match said.kind {
        IdentifierType::Storefront | IdentifierType::Messaging | IdentifierType::PaymentHandle => {
            let account = Field::new("value", "user-id", ("text", "Other"), value);
            let at = said.platform.map(|platform| Field::beside("account-type", "Other", platform));
            object(&USER_ACCOUNT, std::iter::once(account).chain(at).collect())
        }
        IdentifierType::Url => one(&URL, "url", ("url", "Network activity")),
        IdentifierType::Domain => one(&DOMAIN, "domain", ("domain", "Network activity")),
        IdentifierType::Phone => {
            let digits: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            let kind = ("phone-number", "Person");
            object(&PHONE_NUMBER, vec![Field::new("value", "phone-number", kind, digits)])
        }
        IdentifierType::BankAccount => bank_account(value),
        IdentifierType::PersonName => one(&PERSON, "full-name", ("full-name", "Person")),
        IdentifierType::BusinessName => one(&ORGANIZATION, "name", ("text", "Other")),
        IdentifierType::Wallet => {
            let address = Field::new("value", "address-crypto", ("text", "Financial fraud"), value);
            let symbol = said.platform.map(|chain| match chain {
                "bitcoin" => "BTC",
                "ethereum" => "ETH",
                "tron" => "TRX",
                other => other,
            });
            let symbol = symbol.map(|symbol| Field::beside("symbol", "Financial fraud", symbol));
            object(&COIN_ADDRESS, std::iter::once(address).chain(symbol).collect())
        }
        IdentifierType::Email => alone("Mailbox", ("email", "Attribution"), said),
        IdentifierType::ImageHash if said.scheme == Some("sha256") => {
            alone("Picture", ("sha256", "External analysis"), said)
        }
        IdentifierType::ImageHash => alone("Picture", ("text", "External analysis"), said),
        IdentifierType::CompanyRegistration => {
            alone("Number in a register of companies", ("text", "Attribution"), said)
        }
        IdentifierType::Address => alone("Postal address", ("text", "Attribution"), said),
        IdentifierType::Parcel => alone("Parcel", ("text", "Other"), said),
        IdentifierType::CourtDocket => alone("Court case", ("text", "External analysis"), said),
    }
}

/// An IBAN, or an account behind its bank's code. MISP takes account numbers of digits alone.
fn bank_account(value: &str) -> Option<Form> {
    let category = "Financial fraud";
    let fields = match value.split_once('/') {
        None => vec![Field::new("value", "iban", ("iban", category), value)],
        Some((bank, account)) if account.bytes().all(|byte| byte.is_ascii_digit()) => vec![
            Field::new("value", "account", ("bank-account-nr", category), account),
            Field::beside("institution-code", category, bank),
        ],
        Some(_) => return None,
    };
    Some(Form { template: Some(&BANK_ACCOUNT), fields })
}

/// An attribute of the event itself, which says in words what it is.
fn alone(what: &str, kind: (&'static str, &'static str), said: &Said<'_>) -> Option<Form> {
    let more: Vec<&str> = [said.platform, said.country, said.scheme].into_iter().flatten().collect();
    let comment = if more.is_empty() { format!("{what}.") } else { format!("{what} ({}).", more.join(", ")) };
    let field = Field { comment, ..Field::new("value", "text", kind, said.value) };
    Some(Form { template: None, fields: vec![field] })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn slots(form: &Form) -> (Option<&'static str>, BTreeSet<&'static str>) {
        (form.template.map(|template| template.name), form.fields.iter().map(|field| field.slot).collect())
    }

    #[test]
    fn what_stood_for_an_identifier_is_found_again_when_it_is_gone() {
        for kind in IdentifierType::ALL {
            for value in ["x", "DE89370400440532013000", "CITIUS33/12345678", "CITIUS33/12AB"] {
                for (platform, scheme) in
                    [(None, None), (Some("taobao"), Some("sha256")), (None, Some("pdq"))]
                {
                    let said = Said { kind, value, platform, country: Some("CN"), scheme };
                    let Some(living) = form(&said) else { continue };
                    let gone = form(&Said::withdrawn(kind)).expect("a form");
                    let ((template, was), (again, found)) = (slots(&living), slots(&gone));
                    assert!(
                        template == again && was.is_subset(&found),
                        "{kind:?} {value}: {was:?} {found:?}"
                    );
                    assert_eq!(was.len(), living.fields.len(), "{kind:?}: two fields have one slot");
                }
            }
        }
    }

    #[test]
    fn a_number_is_written_as_an_instance_takes_it() {
        let said = |kind, value| Said { kind, value, platform: None, country: None, scheme: None };
        let values = |kind, value| -> Vec<(&str, String)> {
            let fields = form(&said(kind, value)).map(|form| form.fields).unwrap_or_default();
            fields.into_iter().map(|field| (field.relation, field.value)).collect()
        };
        let bank = IdentifierType::BankAccount;
        assert_eq!(
            values(IdentifierType::Phone, "+86 13812341234"),
            [("phone-number", "+8613812341234".to_owned())]
        );
        assert_eq!(values(bank, "DE89370400440532013000"), [("iban", "DE89370400440532013000".to_owned())]);
        let account = [("account", "12345678".to_owned()), ("institution-code", "CITIUS33".to_owned())];
        assert_eq!(values(bank, "CITIUS33/12345678"), account);
        assert!(values(bank, "CITIUS33/12AB").is_empty(), "an instance would drop it");
    }
}
