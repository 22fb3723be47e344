//! A report: one member's signed statement that a seller offers counterfeits, after intake has
//! checked and normalised it. The wire form and its checks are in `intake`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::handling::{Handling, PermittedAction, Tlp};
use super::identifier::Identifier;
use super::vocabulary::vocabulary;

vocabulary!(
    /// What the seller is alleged to do. Names follow the EU DSA transparency database's keywords.
    InfringementType {
        CounterfeitGoods = "counterfeit_goods",
        CounterfeitLabelPackaging = "counterfeit_label_packaging",
        TrademarkUse = "trademark_use",
        Copyright = "copyright",
        Design = "design",
        Patent = "patent",
        GeographicalIndication = "geographical_indication",
        GreyMarket = "grey_market",
    }
);

vocabulary!(
    /// The kind of right that is infringed.
    RightType {
        TradeMark = "trade_mark",
        Copyright = "copyright",
        Design = "design",
        Patent = "patent",
        UtilityModel = "utility_model",
        GeographicalIndication = "geographical_indication",
    }
);

vocabulary!(
    /// What the reporter's belief rests on.
    Basis {
        TestPurchase = "test_purchase",
        VisualInspection = "visual_inspection",
        ProductNotMade = "product_not_made",
        PriceOrPackaging = "price_or_packaging",
        SerialOrTrackTraceFail = "serial_or_track_trace_fail",
        CustomsDetention = "customs_detention",
        ConsumerComplaint = "consumer_complaint",
        Admission = "admission",
        CourtOrAuthority = "court_or_authority",
    }
);

vocabulary!(
    /// How sure the reporter is.
    VerificationLevel {
        Suspected = "suspected",
        Probable = "probable",
        Confirmed = "confirmed",
    }
);

vocabulary!(
    /// Whether the health or safety of consumers is at stake.
    CategoryRisk {
        Ordinary = "ordinary",
        HealthSafety = "health_safety",
    }
);

vocabulary!(
    /// Whether a listing could be bought from when it was last seen.
    ListingState {
        Unknown = "unknown",
        Active = "active",
        Down = "down",
    }
);

vocabulary!(
    /// Where an identifier was learnt.
    IdentifierSource {
        Observed = "observed",
        PlatformDisclosed = "platform_disclosed",
        Purchase = "purchase",
        Whois = "whois",
        Shipment = "shipment",
        Court = "court",
    }
);

vocabulary!(
    /// What a piece of evidence is.
    EvidenceKind {
        Screenshot = "screenshot",
        Photo = "photo",
        Order = "order",
        Invoice = "invoice",
        Label = "label",
        Chat = "chat",
        ExpertReport = "expert_report",
        NotarialDeed = "notarial_deed",
    }
);

vocabulary!(
    /// How a value was arrived at.
    ValueMethod {
        ListedPrice = "listed_price",
        ActualSale = "actual_sale",
        GenuinePrice = "genuine_price",
        Estimate = "estimate",
    }
);

vocabulary!(
    /// What the reporter has already done about the seller.
    PriorActionKind {
        Warning = "warning",
        Notice = "notice",
        Takedown = "takedown",
        AdminPenalty = "admin_penalty",
        Civil = "civil",
        Criminal = "criminal",
    }
);

vocabulary!(
    /// Whether readers entitled to the reporter's name get it.
    Attribution {
        Named = "named",
        Anonymous = "anonymous",
    }
);

vocabulary!(
    /// Who besides the reporter may see narrative, evidence and test purchases.
    EvidenceAudience {
        Platforms = "platforms",
        Authorities = "authorities",
    }
);

vocabulary!(
    /// Who besides the reporter may see an identifier, of those who see something of the report.
    #[derive(Default)]
    IdentifierAudience {
        /// All of them, as the lens matrix says.
        #[default]
        Readers = "readers",
        /// Those who see the report itself: a platform that hosts the seller or was given the report, and an
        /// authority to which the case was referred.
        Platforms = "platforms",
        /// Nobody.
        Own = "own",
    }
);

impl IdentifierAudience {
    fn is_readers(&self) -> bool {
        *self == Self::Readers
    }
}

/// An infringed right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Right {
    #[serde(rename = "type")]
    pub kind: RightType,
    /// Registering office as a WIPO ST.3 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Nice classes, 1–45.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nice_classes: Vec<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
}

/// What was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Goods {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Broad category, as a slug (`footwear`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nice_class: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hs_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub category_risk: CategoryRisk,
}

/// An amount of money in minor units (cents, fen) of an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Money {
    pub amount_minor: i64,
    pub currency: String,
}

/// One offer on a platform or site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listing {
    /// The URL as the reporter saw it.
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_available: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units_sold: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<NaiveDate>,
    pub state: ListingState,
}

/// An identifier as it stands in a report: understood, with where it was learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportedIdentifier {
    #[serde(flatten)]
    pub identifier: Identifier,
    /// As the reporter typed it, where that differs from the normalised value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_reported: Option<String>,
    pub source: IdentifierSource,
    /// 0–100: how sure the reporter is that this value belongs to the seller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// `readers` if absent. A narrower one keeps the value from everybody else, and from resolution.
    #[serde(default, skip_serializing_if = "IdentifierAudience::is_readers")]
    pub audience: IdentifierAudience,
}

/// The seller as one report describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportedSeller {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display_names: Vec<String>,
    pub identifiers: Vec<ReportedIdentifier>,
    /// Country that goods ship from, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_from: Option<String>,
}

/// How the goods were found to be counterfeit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    pub level: VerificationLevel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examiner: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examined_on: Option<NaiveDate>,
}

/// A purchase made to examine the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestPurchase {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchased_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examiner_report_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notary_ref: Option<String>,
}

/// A file that the reporter holds, named by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// SHA-256 of the file, 64 lower-case hexadecimal digits.
    pub sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
}

/// What the seller's infringing trade is worth. All amounts are minor units of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Value {
    pub currency: String,
    pub method: ValueMethod,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_minor: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsold_minor: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub illegal_gains_minor: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<i64>,
    /// The range that the reporter stands for, where it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_minor: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high_minor: Option<i64>,
}

/// A step that the reporter has already taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriorAction {
    pub kind: PriorActionKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The reporter's signed statement of good faith (EU DSA art. 16(2)(d); 17 U.S.C. § 512(c)(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    /// The signer believes in good faith that the report is accurate and complete.
    pub good_faith: bool,
    pub signer: String,
    pub signed_on: NaiveDate,
}

/// A whole report, checked and normalised. Serialised, it is what the store keeps and what its
/// digest is taken over, so the order of fields here is part of the format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    pub external_id: String,
    /// Slugs of the sharing groups, sorted; none makes it a private draft.
    pub share_with: Vec<String>,
    pub attribution: Attribution,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence_audience: Vec<EvidenceAudience>,
    pub tlp: Tlp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permitted_actions: Vec<PermittedAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_authority_ref: Option<String>,
    pub infringement_type: InfringementType,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<Right>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<Goods>,
    /// Country of the marketplace, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketplace_country: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Listing>,
    pub seller: ReportedSeller,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Basis>,
    pub verification: Verification,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test_purchases: Vec<TestPurchase>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior_actions: Vec<PriorAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// When the seller was first and last seen offering the goods.
    pub first_seen: NaiveDate,
    pub last_seen: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_until: Option<NaiveDate>,
    pub consent_case_pooling: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
}

impl Report {
    /// The report's handling terms.
    pub fn handling(&self) -> Handling {
        Handling { tlp: self.tlp, permitted_actions: self.permitted_actions.iter().copied().collect() }
    }

    /// The identifiers that the report pools, each value once. One with a narrower audience than the report's is none
    /// of them: it neither resolves nor counts, and unmasks nothing.
    pub fn identifiers(&self) -> impl Iterator<Item = &Identifier> {
        self.identifiers_for(IdentifierAudience::Readers)
    }

    /// The identifiers that are for this audience, which is one of those who see the report.
    pub fn identifiers_for(&self, audience: IdentifierAudience) -> impl Iterator<Item = &Identifier> {
        let wide = self.seller.identifiers.iter().filter(move |reported| reported.audience <= audience);
        wide.map(|reported| &reported.identifier)
    }

    /// Platforms that host one of the report's storefronts or listings, of those that a platform may be told of.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        let told =
            if leak!(HostedByOwnValues) { IdentifierAudience::Own } else { IdentifierAudience::Platforms };
        self.identifiers_for(told).filter_map(Identifier::host)
    }
}

/// A report with the proof of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub report: Report,
    /// SHA-256 over what was sent (canonical field order), in hexadecimal.
    pub digest: String,
}
