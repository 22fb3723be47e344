//! Identifiers: typed, normalised values that point at a seller. One file per type says how it is
//! parsed, how it is masked, and where its rules come from; this file says what all types share.
//!
//! A parser is strict about what it can check (check digits, shapes) and never guesses: a value
//! that it cannot place is a [`Fault`] naming the field, so that the reporter can mend it.

pub mod address;
pub mod bank_account;
pub mod business_name;
pub mod company_registration;
pub mod domain;
pub mod email;
pub mod person_name;
pub mod phone;
pub mod storefront;
pub mod text;
pub mod url;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kinds of identifier that the server understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierType {
    /// A shop on a platform: platform and the id that the platform issued.
    Storefront,
    /// A web page, usually one listing.
    Url,
    /// A registrable domain.
    Domain,
    Email,
    Phone,
    /// An IBAN, or an account number with a bank code.
    BankAccount,
    /// A number in a public register of companies.
    CompanyRegistration,
    PersonName,
    BusinessName,
    /// A postal address.
    Address,
}

/// How much agreement on one value says about two reports. The resolver's table of weights and
/// caps (`domain::resolution::rules`) refines this; the order here is the order of trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Supports a candidate, never a merge.
    Weak,
    /// Links two reports unless the value turns out to be generic.
    Strong,
    /// Strong, and a seller has one: two different values contradict each other.
    Exclusive,
    /// Issued by a platform to one account: always links.
    Anchor,
}

/// An identifier as a reporter typed it.
#[derive(Debug, Clone, Copy)]
pub struct RawIdentifier<'a> {
    pub kind: IdentifierType,
    pub value: &'a str,
    /// Platform name or slug; required for a storefront that is not given as a URL.
    pub platform: Option<&'a str>,
    /// ISO 3166-1 alpha-2 country, any case.
    pub country: Option<&'a str>,
    /// BIC, CNAPS code or national sort code of an account that is not an IBAN.
    pub bank_code: Option<&'a str>,
    /// Register scheme: `uscc`, `lei` or `generic`; found from the value when absent.
    pub scheme: Option<&'a str>,
}

/// An identifier that was understood.
///
/// `value` is the normalised form that people read; `key` is what must be equal for two values of
/// one type to be the same, so it carries everything that tells values apart (platform, country,
/// bank code) and nothing that does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct Identifier {
    #[serde(rename = "type")]
    pub kind: IdentifierType,
    pub value: String,
    pub key: String,
    /// Platform slug (`taobao`), on storefronts and on URLs of a known platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Register scheme of a company registration; `iban` or `account` of a bank account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
}

/// Why an identifier was refused: which of its fields, a stable code, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub code: &'static str,
    pub message: String,
}

impl Fault {
    pub fn new(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { field, code, message: message.into() }
    }

    /// A value that does not have the shape of its type.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new("value", "malformed", message)
    }

    /// A value that people type when they have none, such as `n/a` or `000000`.
    pub fn placeholder() -> Self {
        Self::new("value", "placeholder", "This is a placeholder, not a value; leave the identifier out.")
    }
}

impl IdentifierType {
    pub const ALL: [Self; 10] = [
        Self::Storefront,
        Self::Url,
        Self::Domain,
        Self::Email,
        Self::Phone,
        Self::BankAccount,
        Self::CompanyRegistration,
        Self::PersonName,
        Self::BusinessName,
        Self::Address,
    ];

    /// The name used in JSON, CSV and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Storefront => "storefront",
            Self::Url => "url",
            Self::Domain => "domain",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::BankAccount => "bank_account",
            Self::CompanyRegistration => "company_registration",
            Self::PersonName => "person_name",
            Self::BusinessName => "business_name",
            Self::Address => "address",
        }
    }

    pub fn parse_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    pub fn strength(self) -> Strength {
        match self {
            Self::Storefront => storefront::STRENGTH,
            Self::Url => url::STRENGTH,
            Self::Domain => domain::STRENGTH,
            Self::Email => email::STRENGTH,
            Self::Phone => phone::STRENGTH,
            Self::BankAccount => bank_account::STRENGTH,
            Self::CompanyRegistration => company_registration::STRENGTH,
            Self::PersonName => person_name::STRENGTH,
            Self::BusinessName => business_name::STRENGTH,
            Self::Address => address::STRENGTH,
        }
    }

    /// Personal or financial in the sense of the lens matrix: masked for a peer that does not
    /// already hold the value.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Email | Self::Phone | Self::BankAccount | Self::PersonName | Self::Address)
    }
}

/// Parses one identifier, or says what is wrong with it.
pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    match raw.kind {
        IdentifierType::Storefront => storefront::parse(raw),
        IdentifierType::Url => url::parse(raw),
        IdentifierType::Domain => domain::parse(raw),
        IdentifierType::Email => email::parse(raw),
        IdentifierType::Phone => phone::parse(raw),
        IdentifierType::BankAccount => bank_account::parse(raw),
        IdentifierType::CompanyRegistration => company_registration::parse(raw),
        IdentifierType::PersonName => person_name::parse(raw),
        IdentifierType::BusinessName => business_name::parse(raw),
        IdentifierType::Address => address::parse(raw),
    }
}

impl Identifier {
    /// What a viewer without a right to the value sees of it: enough to recognise a value that it
    /// knows, too little to learn one that it does not.
    pub fn masked(&self) -> String {
        match self.kind {
            IdentifierType::Email => email::mask(&self.value),
            IdentifierType::Phone => phone::mask(&self.value),
            IdentifierType::BankAccount => bank_account::mask(&self.value),
            IdentifierType::PersonName => person_name::mask(&self.value),
            IdentifierType::Address => address::mask(self),
            IdentifierType::Storefront
            | IdentifierType::Url
            | IdentifierType::Domain
            | IdentifierType::CompanyRegistration
            | IdentifierType::BusinessName => self.value.clone(),
        }
    }
}
