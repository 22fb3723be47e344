//! Accepts a form as a report, whole or not at all: every rule of the report schema that its shape
//! cannot say, each fault with its place.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use aws_lc_rs::digest;
use chrono::NaiveDate;
use data_encoding::HEXLOWER;

use super::check::{Check, LIST_MAX, When};
use super::form::{
    EvidenceForm, GoodsForm, IdentifierForm, ListingForm, PriorActionForm, ReportForm, RightForm, SellerForm,
    StatementForm, TestPurchaseForm, ValueForm, VerificationForm,
};
use crate::domain::fault::{Fault, Faults};
use crate::domain::handling::{PermittedAction, Tlp, default_label};
use crate::domain::identifier::{self, IdentifierType, RawIdentifier};
use crate::domain::report::{
    Accepted, Attribution, Basis, CategoryRisk, Evidence, EvidenceAudience, EvidenceKind, Goods,
    IdentifierAudience, IdentifierSource, InfringementType, Listing, ListingState, PriorAction,
    PriorActionKind, Report, ReportedIdentifier, ReportedSeller, Right, RightType, Statement, TestPurchase,
    Value, ValueMethod, Verification, VerificationLevel,
};

/// Most identifiers of one report.
pub const IDENTIFIERS_MAX: usize = 200;
/// Longest external id, in characters (as the EU DSA transparency database's PUID).
pub const EXTERNAL_ID_CHARS_MAX: usize = 500;
/// Longest narrative, in characters.
const NARRATIVE_CHARS_MAX: usize = 20_000;

/// What accepting depends on besides the form.
#[derive(Debug, Clone)]
pub struct Terms {
    /// No date of a report may lie after this one.
    pub today: NaiveDate,
    /// Slugs of the groups that the reporter may contribute to.
    pub may_share_with: Vec<String>,
    /// The external id of a form that gives none: of a revision, that of its report.
    pub external_id: Option<String>,
}

/// Accepts a form that was read with the faults `read`.
pub fn accept(form: Option<ReportForm>, read: Vec<Fault>, terms: &Terms) -> Result<Accepted, Vec<Fault>> {
    let mut check = Check { faults: Faults::starting_with(read), today: terms.today };
    let Some(form) = form else { return Err(check.faults.into_vec()) };
    let mut form = form;
    // The external id names the content and is no part of it.
    let external_id = form.external_id.take();
    let digest = digest_of(&form);
    form.external_id = external_id.or_else(|| terms.external_id.clone());
    let report = check.report(form, terms, &digest);
    check.faults.or(report).map(|report| Accepted { report, digest })
}

fn digest_of(form: &ReportForm) -> String {
    // A form is plain data with string keys: it always serialises.
    let bytes = serde_json::to_vec(form).unwrap_or_default();
    HEXLOWER.encode(digest::digest(&digest::SHA256, &bytes).as_ref())
}

impl Check {
    fn report(&mut self, form: ReportForm, terms: &Terms, digest: &str) -> Option<Report> {
        let external_id = self.external_id(form.external_id, digest);
        let share_with = self.share_with(&form.share_with, terms);
        let shared = !form.share_with.is_empty();
        let attribution = self.word(
            form.attribution,
            "/attribution",
            Attribution::Named,
            Attribution::parse_name,
            Attribution::names,
        );
        let evidence_audience = self.words(
            &form.evidence_audience,
            "/evidence_audience",
            EvidenceAudience::parse_name,
            EvidenceAudience::names,
        );
        let default_tlp = default_label(share_with.iter().map(String::as_str));
        let tlp = self.word(form.tlp, "/tlp", default_tlp, Tlp::parse_name, Tlp::names);
        let permitted_actions = self.words(
            &form.permitted_actions,
            "/permitted_actions",
            PermittedAction::parse_name,
            PermittedAction::names,
        );
        let infringement_type = self.must(
            form.infringement_type,
            "/infringement_type",
            InfringementType::parse_name,
            InfringementType::names,
        );
        let basis = self.words(&form.basis, "/basis", Basis::parse_name, Basis::names);
        let rights = self.list(form.rights, "/rights", Self::right);
        let goods = self.list(form.goods, "/goods", Self::goods);
        let listings = self.list(form.listings, "/listings", Self::listing);
        let seller = self.seller(form.seller, &listings);
        let verification = self.verification(form.verification.unwrap_or_default());
        let test_purchases = self.list(form.test_purchases, "/test_purchases", Self::test_purchase);
        let evidence = self.list(form.evidence, "/evidence", Self::evidence);
        let value = form.value.and_then(|value| self.value(value));
        let prior_actions = self.list(form.prior_actions, "/prior_actions", Self::prior_action);
        let statement = self.statement(form.statement, shared);
        let marketplace_country = self.country(form.marketplace_country, "/marketplace_country");
        let narrative = self.text(form.narrative, "/narrative", NARRATIVE_CHARS_MAX);
        let on_behalf_of = self.line(form.on_behalf_of, "/on_behalf_of");
        let agent_authority_ref = self.line(form.agent_authority_ref, "/agent_authority_ref");
        let retain_until = self.date(form.retain_until, "/retain_until", When::AnyTime);
        let first_seen = self.date(form.first_seen, "/first_seen", When::Past);
        let last_seen = self.date(form.last_seen, "/last_seen", When::Past);
        self.in_order(first_seen, last_seen, "/last_seen");
        let (first_seen, last_seen) = seen(first_seen, last_seen, &listings, self.today);
        Some(Report {
            external_id: external_id?,
            share_with,
            attribution,
            evidence_audience,
            tlp,
            permitted_actions,
            on_behalf_of,
            agent_authority_ref,
            infringement_type: infringement_type?,
            rights,
            goods,
            marketplace_country,
            listings,
            seller: seller?,
            basis,
            verification,
            test_purchases,
            evidence,
            value,
            prior_actions,
            narrative,
            first_seen,
            last_seen,
            retain_until,
            consent_case_pooling: form.consent_case_pooling.unwrap_or(false),
            statement,
        })
    }

    fn external_id(&mut self, given: Option<String>, digest: &str) -> Option<String> {
        let Some(id) = given else { return Some(format!("sha256:{digest}")) };
        let plain = id.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c));
        if id.is_empty() || id.len() > EXTERNAL_ID_CHARS_MAX || !plain {
            let detail =
                format!("Use 1 to {EXTERNAL_ID_CHARS_MAX} letters, digits and the characters _ . : -");
            self.faults.add("/external_id", "malformed", detail);
            return None;
        }
        Some(id)
    }

    fn share_with(&mut self, slugs: &[String], terms: &Terms) -> Vec<String> {
        self.limit(slugs.len(), "/share_with", LIST_MAX);
        let mut groups = Vec::new();
        for (index, slug) in slugs.iter().enumerate().take(LIST_MAX) {
            if terms.may_share_with.contains(slug) {
                groups.push(slug.clone());
            } else {
                let detail = "There is no such group that you may contribute to.";
                self.faults.add(format!("/share_with/{index}"), "unknown_group", detail);
            }
        }
        groups.sort();
        groups.dedup();
        groups
    }

    fn seller(&mut self, form: Option<SellerForm>, listings: &[Listing]) -> Option<ReportedSeller> {
        let form = self.faults.required(form, "/seller")?;
        self.limit(form.display_names.len(), "/seller/display_names", LIST_MAX);
        let mut display_names = Vec::new();
        for (index, name) in form.display_names.into_iter().enumerate().take(LIST_MAX) {
            display_names.extend(self.line(Some(name), &format!("/seller/display_names/{index}")));
        }
        let count = form.identifiers.len();
        self.limit(count, "/seller/identifiers", IDENTIFIERS_MAX);
        let mut identifiers: Vec<ReportedIdentifier> = Vec::new();
        for (index, one) in form.identifiers.into_iter().enumerate().take(IDENTIFIERS_MAX) {
            identifiers.extend(self.identifier(one, &format!("/seller/identifiers/{index}")));
        }
        identifiers.extend(listings.iter().filter_map(listing_identifier));
        let identifiers = each_once(identifiers);
        if count == 0 && listings.is_empty() {
            let detail = "Give at least one identifier or one listing.";
            self.faults.add("/seller/identifiers", "required", detail);
        }
        let ship_from = self.country(form.ship_from, "/seller/ship_from");
        Some(ReportedSeller { display_names, identifiers, ship_from })
    }

    fn identifier(&mut self, form: IdentifierForm, at: &str) -> Option<ReportedIdentifier> {
        let kind = self.faults.required(form.kind, format!("{at}/type"));
        let value = self.faults.required(form.value, format!("{at}/value"));
        let source = self.word(
            form.source,
            &format!("{at}/source"),
            IdentifierSource::Observed,
            IdentifierSource::parse_name,
            IdentifierSource::names,
        );
        let confidence = self.within(form.confidence, &format!("{at}/confidence"), 0, 100);
        let audience = self.word(
            form.audience,
            &format!("{at}/audience"),
            IdentifierAudience::Readers,
            IdentifierAudience::parse_name,
            IdentifierAudience::names,
        );
        let (kind, value) = (kind?, value?);
        let raw = RawIdentifier {
            kind,
            value: &value,
            platform: form.platform.as_deref(),
            country: form.country.as_deref(),
            bank_code: form.bank_code.as_deref(),
            scheme: form.scheme.as_deref(),
        };
        match identifier::parse(&raw) {
            Ok(identifier) => {
                let as_reported = (value != identifier.value).then_some(value);
                let confidence = confidence.and_then(|confidence| u8::try_from(confidence).ok());
                Some(ReportedIdentifier { identifier, as_reported, source, confidence, audience })
            }
            Err(fault) => {
                self.faults.add(format!("{at}/{}", fault.field), fault.code, fault.message);
                None
            }
        }
    }

    fn right(&mut self, form: RightForm, at: &str) -> Option<Right> {
        let kind = self.must(form.kind, &format!("{at}/type"), RightType::parse_name, RightType::names);
        let office = self.line(form.office, &format!("{at}/office")).map(|office| office.to_uppercase());
        if office
            .as_ref()
            .is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()))
        {
            let detail = "Give the office as its two-letter WIPO ST.3 code, such as CN, EM or WO.";
            self.faults.add(format!("{at}/office"), "malformed", detail);
        }
        let mut nice_classes = Vec::new();
        for (index, class) in form.nice_classes.into_iter().enumerate().take(LIST_MAX) {
            nice_classes.extend(self.nice_class(Some(class), &format!("{at}/nice_classes/{index}")));
        }
        nice_classes.sort_unstable();
        nice_classes.dedup();
        Some(Right {
            office,
            registration_number: self.line(form.registration_number, &format!("{at}/registration_number")),
            mark: self.line(form.mark, &format!("{at}/mark")),
            nice_classes,
            territory: self.line(form.territory, &format!("{at}/territory")),
            expires_on: self.date(form.expires_on, &format!("{at}/expires_on"), When::AnyTime),
            kind: kind?,
        })
    }

    fn goods(&mut self, form: GoodsForm, at: &str) -> Option<Goods> {
        Some(Goods {
            description: self.text(form.description, &format!("{at}/description"), NARRATIVE_CHARS_MAX),
            category: self.line(form.category, &format!("{at}/category")).map(|slug| slug.to_lowercase()),
            nice_class: self.nice_class(form.nice_class, &format!("{at}/nice_class")),
            hs_code: self.line(form.hs_code, &format!("{at}/hs_code")),
            gtin: self.line(form.gtin, &format!("{at}/gtin")),
            brand: self.line(form.brand, &format!("{at}/brand")),
            model: self.line(form.model, &format!("{at}/model")),
            category_risk: self.word(
                form.category_risk,
                &format!("{at}/category_risk"),
                CategoryRisk::Ordinary,
                CategoryRisk::parse_name,
                CategoryRisk::names,
            ),
        })
    }

    fn listing(&mut self, form: ListingForm, at: &str) -> Option<Listing> {
        let url = self.faults.required(form.url, format!("{at}/url"));
        if let Some(url) = &url
            && let Err(fault) = identifier::parse(&page(url))
        {
            self.faults.add(format!("{at}/url"), fault.code, fault.message);
        }
        let first_seen = self.date(form.first_seen, &format!("{at}/first_seen"), When::Past);
        let last_seen = self.date(form.last_seen, &format!("{at}/last_seen"), When::Past);
        self.in_order(first_seen, last_seen, &format!("{at}/last_seen"));
        Some(Listing {
            item_id: self.line(form.item_id, &format!("{at}/item_id")),
            title: self.line(form.title, &format!("{at}/title")),
            price: form.price.and_then(|price| self.money(price, &format!("{at}/price"))),
            quantity_available: self.amount(form.quantity_available, &format!("{at}/quantity_available")),
            units_sold: self.amount(form.units_sold, &format!("{at}/units_sold")),
            first_seen,
            last_seen,
            state: self.word(
                form.state,
                &format!("{at}/state"),
                ListingState::Unknown,
                ListingState::parse_name,
                ListingState::names,
            ),
            url: url?,
        })
    }

    fn verification(&mut self, form: VerificationForm) -> Verification {
        Verification {
            level: self.word(
                form.level,
                "/verification/level",
                VerificationLevel::Suspected,
                VerificationLevel::parse_name,
                VerificationLevel::names,
            ),
            examiner: self.line(form.examiner, "/verification/examiner"),
            method: self.line(form.method, "/verification/method"),
            examined_on: self.date(form.examined_on, "/verification/examined_on", When::Past),
        }
    }

    fn test_purchase(&mut self, form: TestPurchaseForm, at: &str) -> Option<TestPurchase> {
        Some(TestPurchase {
            order_number: self.line(form.order_number, &format!("{at}/order_number")),
            purchased_on: self.date(form.purchased_on, &format!("{at}/purchased_on"), When::Past),
            paid: form.paid.and_then(|paid| self.money(paid, &format!("{at}/paid"))),
            payee: self.line(form.payee, &format!("{at}/payee")),
            tracking_number: self.line(form.tracking_number, &format!("{at}/tracking_number")),
            sender_address: self.line(form.sender_address, &format!("{at}/sender_address")),
            examiner_report_ref: self.line(form.examiner_report_ref, &format!("{at}/examiner_report_ref")),
            notary_ref: self.line(form.notary_ref, &format!("{at}/notary_ref")),
        })
    }

    fn evidence(&mut self, form: EvidenceForm, at: &str) -> Option<Evidence> {
        let kind = self.must(form.kind, &format!("{at}/kind"), EvidenceKind::parse_name, EvidenceKind::names);
        let sha256 = self.faults.required(form.sha256, format!("{at}/sha256")).map(|hex| hex.to_lowercase());
        if let Some(hex) = &sha256
            && HEXLOWER.decode(hex.as_bytes()).map_or(true, |bytes| bytes.len() != 32)
        {
            let detail = "Give the SHA-256 digest as 64 hexadecimal digits.";
            self.faults.add(format!("{at}/sha256"), "malformed", detail);
        }
        Some(Evidence {
            size_bytes: self.amount(form.size_bytes, &format!("{at}/size_bytes")),
            captured_on: self.date(form.captured_on, &format!("{at}/captured_on"), When::Past),
            captured_by: self.line(form.captured_by, &format!("{at}/captured_by")),
            tool: self.line(form.tool, &format!("{at}/tool")),
            source_url: self.line(form.source_url, &format!("{at}/source_url")),
            kind: kind?,
            sha256: sha256?,
        })
    }

    fn value(&mut self, form: ValueForm) -> Option<Value> {
        let currency = self.currency(form.currency, "/value/currency");
        let method = self.must(form.method, "/value/method", ValueMethod::parse_name, ValueMethod::names);
        let low_minor = self.amount(form.low_minor, "/value/low_minor");
        let high_minor = self.amount(form.high_minor, "/value/high_minor");
        if low_minor.zip(high_minor).is_some_and(|(low, high)| low > high) {
            self.faults.add("/value/high_minor", "out_of_order", "The high end is below the low end.");
        }
        Some(Value {
            sales_minor: self.amount(form.sales_minor, "/value/sales_minor"),
            unsold_minor: self.amount(form.unsold_minor, "/value/unsold_minor"),
            illegal_gains_minor: self.amount(form.illegal_gains_minor, "/value/illegal_gains_minor"),
            units: self.amount(form.units, "/value/units"),
            low_minor,
            high_minor,
            currency: currency?,
            method: method?,
        })
    }

    fn prior_action(&mut self, form: PriorActionForm, at: &str) -> Option<PriorAction> {
        let kind =
            self.must(form.kind, &format!("{at}/kind"), PriorActionKind::parse_name, PriorActionKind::names);
        Some(PriorAction {
            taken_on: self.date(form.taken_on, &format!("{at}/taken_on"), When::Past),
            reference: self.line(form.reference, &format!("{at}/reference")),
            kind: kind?,
        })
    }

    fn statement(&mut self, form: Option<StatementForm>, shared: bool) -> Option<Statement> {
        if form.is_none() && shared {
            let detail = "A report that is shared needs a statement of good faith.";
            self.faults.add("/statement", "required", detail);
        }
        let form = form?;
        let good_faith = self.faults.required(form.good_faith, "/statement/good_faith");
        if good_faith == Some(false) {
            let detail = "A report can only be made in good faith.";
            self.faults.add("/statement/good_faith", "not_allowed", detail);
        }
        let signer = self.line(form.signer, "/statement/signer");
        let signer = self.faults.required(signer, "/statement/signer");
        let signed_on = self.date(form.signed_on, "/statement/signed_on", When::Past);
        let signed_on = self.faults.required(signed_on, "/statement/signed_on");
        Some(Statement { good_faith: good_faith?, signer: signer?, signed_on: signed_on? })
    }
}

fn page(url: &str) -> RawIdentifier<'_> {
    RawIdentifier {
        kind: IdentifierType::Url,
        value: url,
        platform: None,
        country: None,
        bank_code: None,
        scheme: None,
    }
}

/// Each value once, as it was given first, for the narrowest audience that it was given for.
fn each_once(identifiers: Vec<ReportedIdentifier>) -> Vec<ReportedIdentifier> {
    let mut once: Vec<ReportedIdentifier> = Vec::with_capacity(identifiers.len());
    let mut places: BTreeMap<(IdentifierType, String), usize> = BTreeMap::new();
    for one in identifiers {
        match places.entry((one.identifier.kind, one.identifier.key.clone())) {
            Entry::Vacant(place) => {
                place.insert(once.len());
                once.push(one);
            }
            Entry::Occupied(place) => {
                if let Some(known) = once.get_mut(*place.get()) {
                    known.audience = known.audience.max(one.audience);
                }
            }
        }
    }
    once
}

/// A listing's page points at its seller like any other identifier.
fn listing_identifier(listing: &Listing) -> Option<ReportedIdentifier> {
    let identifier = identifier::parse(&page(&listing.url)).ok()?;
    let as_reported = (listing.url != identifier.value).then(|| listing.url.clone());
    Some(ReportedIdentifier {
        identifier,
        as_reported,
        source: IdentifierSource::Observed,
        confidence: None,
        audience: IdentifierAudience::Readers,
    })
}

/// When the seller was seen: as stated, or by its listings, or today.
fn seen(
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
    listings: &[Listing],
    today: NaiveDate,
) -> (NaiveDate, NaiveDate) {
    let dates = || listings.iter().flat_map(|listing| [listing.first_seen, listing.last_seen]).flatten();
    let last = last.or_else(|| dates().max()).or(first).unwrap_or(today);
    let first = first.or_else(|| dates().min()).unwrap_or(last).min(last);
    (first, last)
}
