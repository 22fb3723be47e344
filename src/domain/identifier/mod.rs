//! Identifiers: typed, normalised values that point at a seller. One file per type says how it is
//! parsed, how it is masked, and where its rules come from; this file says what all types share.
//!
//! A parser is strict about what it can check (check digits, shapes) and never guesses: a value
//! that it cannot place is a [`Fault`] naming the field, so that the reporter can mend it.

pub mod address;
pub mod bank_account;
pub mod business_name;
pub mod company_registration;
pub mod court_docket;
pub mod domain;
pub mod email;
pub mod image_hash;
pub mod messaging;
pub mod parcel;
pub mod payment_handle;
pub mod person_name;
pub mod phone;
mod service;
pub mod storefront;
pub mod text;
pub mod url;
pub mod wallet;

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
    /// An account at a messenger.
    Messaging,
    /// An account at a payment service.
    PaymentHandle,
    /// An address on a block chain.
    Wallet,
    /// A hash of an image that the seller shows.
    ImageHash,
    /// A tracking number, or a sender's account with a carrier.
    Parcel,
    /// The number of a case at a court.
    CourtDocket,
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
    /// Name or slug of the platform, messenger, payment service, chain or carrier; required unless the value
    /// says it.
    pub platform: Option<&'a str>,
    /// ISO 3166-1 alpha-2 country, any case.
    pub country: Option<&'a str>,
    /// BIC, CNAPS code or national sort code of an account that is not an IBAN.
    pub bank_code: Option<&'a str>,
    /// Which rules a registration (`uscc`, `lei`, `vat`, `generic`), a hash (`sha256`, `pdq`, `phash`), a
    /// parcel (`tracking`, `account`) or a docket (`cn`, `us_federal`, `generic`) follows; found from the
    /// value when absent.
    pub scheme: Option<&'a str>,
}

impl RawIdentifier<'_> {
    /// Nothing but a type, to fill in.
    pub fn bare(kind: IdentifierType) -> Self {
        Self { kind, value: "", platform: None, country: None, bank_code: None, scheme: None }
    }
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
    /// Slug of the platform (`taobao`), on storefronts and on URLs of a known one; of the messenger, payment
    /// service, chain or carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Scheme of a company registration, a hash, a parcel or a docket; `iban` or `account` of a bank account.
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
    pub const ALL: [Self; 16] = [
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
        Self::Messaging,
        Self::PaymentHandle,
        Self::Wallet,
        Self::ImageHash,
        Self::Parcel,
        Self::CourtDocket,
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
            Self::Messaging => "messaging",
            Self::PaymentHandle => "payment_handle",
            Self::Wallet => "wallet",
            Self::ImageHash => "image_hash",
            Self::Parcel => "parcel",
            Self::CourtDocket => "court_docket",
        }
    }

    /// The words for it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Storefront => "storefront",
            Self::Url => "page",
            Self::Domain => "domain",
            Self::Email => "e-mail address",
            Self::Phone => "phone",
            Self::BankAccount => "bank account",
            Self::CompanyRegistration => "company number",
            Self::PersonName => "person's name",
            Self::BusinessName => "business name",
            Self::Address => "address",
            Self::Messaging => "messenger account",
            Self::PaymentHandle => "payment account",
            Self::Wallet => "wallet",
            Self::ImageHash => "picture",
            Self::Parcel => "parcel or sender's account",
            Self::CourtDocket => "court case",
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
            Self::Messaging => messaging::STRENGTH,
            Self::PaymentHandle => payment_handle::STRENGTH,
            Self::Wallet => wallet::STRENGTH,
            Self::ImageHash => image_hash::STRENGTH,
            Self::Parcel => parcel::STRENGTH,
            Self::CourtDocket => court_docket::STRENGTH,
        }
    }

    /// Whether it points at something on a platform that answers for it.
    pub fn is_hosted(self) -> bool {
        matches!(self, Self::Storefront | Self::Url)
    }

    /// Personal or financial in the sense of the lens matrix: masked for a peer that does not
    /// already hold the value.
    pub fn is_personal(self) -> bool {
        matches!(
            self,
            Self::Email
                | Self::Phone
                | Self::BankAccount
                | Self::PersonName
                | Self::Address
                | Self::Messaging
                | Self::PaymentHandle
                | Self::Wallet
                | Self::Parcel
        )
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
        IdentifierType::Messaging => messaging::parse(raw),
        IdentifierType::PaymentHandle => payment_handle::parse(raw),
        IdentifierType::Wallet => wallet::parse(raw),
        IdentifierType::ImageHash => image_hash::parse(raw),
        IdentifierType::Parcel => parcel::parse(raw),
        IdentifierType::CourtDocket => court_docket::parse(raw),
    }
}

impl Identifier {
    /// The platform that hosts what it points at, if one does: a messenger or a carrier hosts nobody.
    pub fn host(&self) -> Option<&str> {
        self.platform.as_deref().filter(|_| self.kind.is_hosted())
    }

    /// What a viewer without a right to the value sees of it: enough to recognise a value that it
    /// knows, too little to learn one that it does not.
    pub fn masked(&self) -> String {
        match self.kind {
            IdentifierType::Email => email::mask(&self.value),
            IdentifierType::Phone => phone::mask(&self.value),
            IdentifierType::BankAccount => bank_account::mask(&self.value),
            IdentifierType::PersonName => person_name::mask(&self.value),
            IdentifierType::Address => address::mask(self),
            IdentifierType::Messaging => messaging::mask(&self.value),
            IdentifierType::PaymentHandle => payment_handle::mask(&self.value),
            IdentifierType::Wallet => wallet::mask(&self.value),
            IdentifierType::Parcel => parcel::mask(&self.value),
            IdentifierType::Storefront
            | IdentifierType::Url
            | IdentifierType::Domain
            | IdentifierType::CompanyRegistration
            | IdentifierType::BusinessName
            | IdentifierType::ImageHash
            | IdentifierType::CourtDocket => self.value.clone(),
        }
    }
}
