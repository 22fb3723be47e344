//! A report as it is sent: the wire form of `POST /v1/reports`, of an NDJSON line, and of what a CSV
//! row becomes. Every field is optional here, so that [`accept`](super::accept) can name all that is
//! missing at once; the fields that a report must have are marked required in the schema.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::domain::identifier::IdentifierType;

/// Declares forms whose fields may all be absent and whose misspelt fields are refused. Only an object
/// is a form: serde would also take a list of values in the order of the fields.
macro_rules! form {
    ($($(#[$meta:meta])* $name:ident { $($body:tt)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
            #[serde(deny_unknown_fields, default, remote = "Self")]
            pub struct $name { $($body)* }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    Self::serialize(self, serializer)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Object;

                    impl<'de> Visitor<'de> for Object {
                        type Value = $name;

                        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                            f.write_str("an object")
                        }

                        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                            $name::deserialize(MapAccessDeserializer::new(map))
                        }
                    }

                    deserializer.deserialize_map(Object)
                }
            }
        )+
    };
}

form! {
/// A statement that a seller offers counterfeits.
ReportForm {
    /// The member's own key for the report, unique per member. Sending the same report again under
    /// it is safe. Left out, it is made from the content, so that the same content is the same report.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500, pattern = "^[A-Za-z0-9_.:-]+$", example = "CASE-2026-0042")]
    pub external_id: Option<String>,
    /// Slugs of the sharing groups. None makes the report a private draft.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["alliance"]))]
    pub share_with: Vec<String>,
    /// `named` (the default) or `anonymous`: whether platforms get the reporter's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// Who may see narrative, evidence and test purchases: `platforms`, `authorities`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence_audience: Vec<String>,
    /// TLP 2.0 label; the default follows from the widest group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GREEN")]
    pub tlp: Option<String>,
    /// IEP 2.0 permitted actions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permitted_actions: Vec<String>,
    /// The right holder, where the reporter acts for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_authority_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "counterfeit_goods")]
    pub infringement_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<RightForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<GoodsForm>,
    /// Country of the marketplace, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketplace_country: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<ListingForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true)]
    pub seller: Option<SellerForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<VerificationForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub test_purchases: Vec<TestPurchaseForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prior_actions: Vec<PriorActionForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// When the seller was first seen offering the goods; the default follows from the listings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub last_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub retain_until: Option<String>,
    /// Whether the report's value may be summed with others' in a case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_case_pooling: Option<bool>,
    /// Required of a report that is shared with any group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<StatementForm>,
}

/// The seller as the reporter knows it.
SellerForm {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub display_names: Vec<String>,
    /// At least one, here or as a listing's URL.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<IdentifierForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ship_from: Option<String>,
}

/// One identifier of the seller.
IdentifierForm {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(required = true)]
    pub kind: Option<IdentifierType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "https://shop123456.taobao.com")]
    pub value: Option<String>,
    /// Platform of a storefront id; not needed with a shop URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// ISO 3166-1 alpha-2; needed for a phone number without its country code and for a company
    /// number of a national register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// BIC or national bank code, for an account that is not an IBAN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_code: Option<String>,
    /// `uscc`, `lei` or `generic`, for a company registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Where it was learnt; `observed` by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// 0–100: how sure the reporter is that this belongs to the seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<i64>,
    /// Who may see it: `readers` of the report (the default), `platforms` that see the report itself, or `own`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

/// An infringed right.
RightForm {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "trade_mark")]
    pub kind: Option<String>,
    /// WIPO ST.3 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EM")]
    pub office: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nice_classes: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub expires_on: Option<String>,
}

/// What was offered.
GoodsForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "footwear")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nice_class: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hs_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `ordinary` (the default) or `health_safety`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_risk: Option<String>,
}

/// An amount in minor units of an ISO 4217 currency.
MoneyForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, minimum = 0)]
    pub amount_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "CNY")]
    pub currency: Option<String>,
}

/// One offer.
ListingForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true)]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<MoneyForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity_available: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_sold: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub last_seen: Option<String>,
    /// `unknown` (the default), `active` or `down`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// How the goods were found to be counterfeit.
VerificationForm {
    /// `suspected` (the default), `probable` or `confirmed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examiner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub examined_on: Option<String>,
}

/// A purchase made to examine the goods.
TestPurchaseForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub purchased_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid: Option<MoneyForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examiner_report_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notary_ref: Option<String>,
}

/// A file that the reporter holds, named by its digest.
EvidenceForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "screenshot")]
    pub kind: Option<String>,
    /// SHA-256 in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true)]
    pub sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub captured_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
}

/// What the trade is worth, in minor units of one currency.
ValueForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "CNY")]
    pub currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "actual_sale")]
    pub method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sales_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsold_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub illegal_gains_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_minor: Option<i64>,
}

/// A step already taken.
PriorActionForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, example = "warning")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub taken_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The reporter's signed statement.
StatementForm {
    /// The signer believes in good faith that the report is accurate and complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true)]
    pub good_faith: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true)]
    pub signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, format = Date)]
    pub signed_on: Option<String>,
}
}
