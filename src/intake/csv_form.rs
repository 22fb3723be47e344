//! A report as a row of a CSV file: flat columns for what a case list usually has. Several values of
//! one column are separated by `;`.

use std::collections::BTreeSet;

use crate::domain::fault::{Fault, Faults};
use crate::domain::identifier::IdentifierType;
use crate::intake::form::{
    GoodsForm, IdentifierForm, ListingForm, ReportForm, RightForm, SellerForm, StatementForm, ValueForm,
    VerificationForm,
};

/// The columns that a file may have, with what each means.
pub const COLUMNS: &[(&str, &str)] = &[
    ("external_id", "your own key; made from the content if empty"),
    ("share_with", "slugs of sharing groups; empty makes a private draft"),
    ("attribution", "named or anonymous"),
    ("tlp", "TLP 2.0 label"),
    ("evidence_audience", "platforms, authorities"),
    ("infringement_type", "required column"),
    ("seller_name", "display names"),
    ("storefront", "shop URLs, or ids with storefront_platform"),
    ("storefront_platform", "platform of the ids in storefront"),
    ("url", "pages of the seller"),
    ("domain", ""),
    ("email", ""),
    ("phone", "with country code, or with country"),
    ("bank_account", "IBANs, or account numbers with bank_code"),
    ("bank_code", "of the account numbers in bank_account"),
    ("company_registration", "USCC, LEI, or a national number with country"),
    ("person_name", ""),
    ("business_name", ""),
    ("address", "one address: not split at ;"),
    ("messaging", "with the messenger before it, as in wechat: name, or as a link"),
    ("payment_handle", "with the service before it, as in paypal: name, or as a link"),
    ("wallet", ""),
    ("image_hash", "SHA-256, or a perceptual hash of 64 bits"),
    ("parcel", "tracking numbers that show their carrier"),
    ("court_docket", "with country where the number does not show it"),
    ("platforms_only", "columns of identifiers that no peer may see, as in phone; email"),
    ("own_only", "columns of identifiers that nobody else may see"),
    ("country", "ISO 3166-1 alpha-2, for phone, company_registration, address and court_docket"),
    ("marketplace_country", ""),
    ("listing_url", ""),
    ("right_type", "trade_mark by default"),
    ("mark", ""),
    ("registration_number", ""),
    ("nice_classes", "1 to 45"),
    ("brand", ""),
    ("goods_description", ""),
    ("goods_category", ""),
    ("basis", ""),
    ("verification", "suspected, probable or confirmed"),
    ("first_seen", "YYYY-MM-DD"),
    ("last_seen", "YYYY-MM-DD"),
    ("value_currency", "ISO 4217"),
    ("value_method", ""),
    ("sales_minor", "in minor units"),
    ("unsold_minor", "in minor units"),
    ("units", ""),
    ("narrative", "not split at ;"),
    ("good_faith", "true"),
    ("signer", "who signs the statement of good faith"),
    ("signed_on", "YYYY-MM-DD"),
];

/// Columns that every file must have.
const REQUIRED: &[&str] = &["infringement_type"];

/// Checks a header; the faults name the columns.
pub fn check_header(header: &csv::StringRecord) -> Result<(), Vec<Fault>> {
    let mut faults = Faults::default();
    for name in REQUIRED {
        if !header.iter().any(|known| known == *name) {
            faults.add(*name, "missing_column", "The file must have this column.");
        }
    }
    let mut seen = BTreeSet::new();
    for name in header {
        if !COLUMNS.iter().any(|(known, _)| *known == name) {
            faults.add(name, "unknown_column", "There is no such column; see docs/API.md.");
        } else if !seen.insert(name) {
            faults.add(name, "duplicate_column", "This column stands twice.");
        }
        if faults.is_full() {
            break;
        }
    }
    faults.or(Some(()))
}

/// A row read as a form, with the faults of its cells.
pub struct Row {
    pub form: ReportForm,
    pub faults: Vec<Fault>,
    pub places: Places,
}

/// Which column each place of a form came from.
#[derive(Default)]
pub struct Places(Vec<(String, &'static str)>);

impl Row {
    /// Reads a row under a header that was checked.
    pub fn read(header: &csv::StringRecord, record: &csv::StringRecord) -> Self {
        let mut cells = Cells { header, record, faults: Vec::new(), places: Places::default() };
        if record.len() != header.len() {
            let detail = format!("The row has {} cells, the header {}.", record.len(), header.len());
            cells.faults.push(Fault::new("", "cell_count", detail));
        }
        cells.check_formulas();
        let form = cells.form();
        Self { form, faults: cells.faults, places: cells.places }
    }
}

impl Places {
    /// Names faults by column instead of by place in the form.
    pub fn by_column(&self, faults: Vec<Fault>) -> Vec<Fault> {
        let rename = |fault: Fault| {
            let column = self.0.iter().rev().find(|(place, _)| {
                fault
                    .pointer
                    .strip_prefix(place.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            match column {
                Some((_, column)) => Fault { pointer: (*column).to_owned(), ..fault },
                None => fault,
            }
        };
        faults.into_iter().map(rename).collect()
    }
}

struct Cells<'r> {
    header: &'r csv::StringRecord,
    record: &'r csv::StringRecord,
    faults: Vec<Fault>,
    places: Places,
}

impl Cells<'_> {
    /// A cell that a spreadsheet program would run is not a value (CWE-1236).
    fn check_formulas(&mut self) {
        for (name, cell) in self.header.iter().zip(self.record.iter()) {
            let cell = cell.trim_start();
            let formula = match cell.chars().next() {
                Some('=' | '@') => true,
                // Numbers and phone numbers begin so too; they call nothing and refer to nothing.
                Some('+' | '-') => !is_numeral(cell),
                _ => false,
            };
            if formula {
                self.faults.push(Fault::new(name, "formula", "The cell looks like a spreadsheet formula."));
            }
        }
    }

    fn cell(&mut self, place: &str, column: &'static str) -> Option<String> {
        self.places.0.push((place.to_owned(), column));
        let index = self.header.iter().position(|name| name == column)?;
        let cell = self.record.get(index)?.trim();
        (!cell.is_empty()).then(|| cell.to_owned())
    }

    fn cells(&mut self, place: &str, column: &'static str) -> Vec<String> {
        let cell = self.cell(place, column).unwrap_or_default();
        cell.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    fn number(&mut self, place: &str, column: &'static str) -> Option<i64> {
        let text = self.cell(place, column)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.faults.push(Fault::new(column, "wrong_type", "Give a whole number."));
        }
        number
    }

    fn form(&mut self) -> ReportForm {
        ReportForm {
            external_id: self.cell("/external_id", "external_id"),
            share_with: self.cells("/share_with", "share_with"),
            attribution: self.cell("/attribution", "attribution"),
            tlp: self.cell("/tlp", "tlp"),
            evidence_audience: self.cells("/evidence_audience", "evidence_audience"),
            infringement_type: self.cell("/infringement_type", "infringement_type"),
            marketplace_country: self.cell("/marketplace_country", "marketplace_country"),
            rights: self.rights(),
            goods: self.goods(),
            listings: self.listings(),
            seller: Some(self.seller()),
            basis: self.cells("/basis", "basis"),
            verification: self.verification(),
            value: self.value(),
            narrative: self.cell("/narrative", "narrative"),
            first_seen: self.cell("/first_seen", "first_seen"),
            last_seen: self.cell("/last_seen", "last_seen"),
            statement: self.statement(),
            ..ReportForm::default()
        }
    }

    fn rights(&mut self) -> Vec<RightForm> {
        let mark = self.cell("/rights/0/mark", "mark");
        let registration_number = self.cell("/rights/0/registration_number", "registration_number");
        let kind = self.cell("/rights/0/type", "right_type");
        let classes = self.cells("/rights/0/nice_classes", "nice_classes");
        let nice_classes: Vec<i64> = classes.iter().filter_map(|class| class.parse().ok()).collect();
        if nice_classes.len() != classes.len() {
            self.faults.push(Fault::new("nice_classes", "wrong_type", "Give whole numbers from 1 to 45."));
        }
        if mark.is_none() && registration_number.is_none() && nice_classes.is_empty() {
            return Vec::new();
        }
        let kind = kind.or_else(|| Some("trade_mark".to_owned()));
        vec![RightForm { kind, mark, registration_number, nice_classes, ..RightForm::default() }]
    }

    fn goods(&mut self) -> Vec<GoodsForm> {
        let description = self.cell("/goods/0/description", "goods_description");
        let category = self.cell("/goods/0/category", "goods_category");
        let brand = self.cell("/goods/0/brand", "brand");
        if description.is_none() && category.is_none() && brand.is_none() {
            return Vec::new();
        }
        vec![GoodsForm { description, category, brand, ..GoodsForm::default() }]
    }

    fn listings(&mut self) -> Vec<ListingForm> {
        let urls = self.cells("/listings", "listing_url");
        urls.into_iter().map(|url| ListingForm { url: Some(url), ..ListingForm::default() }).collect()
    }

    fn seller(&mut self) -> SellerForm {
        let country = self.cell("/seller/country", "country");
        let platform = self.cell("/seller/platform", "storefront_platform");
        let bank_code = self.cell("/seller/bank_code", "bank_code");
        let narrow = [("own", self.types("own_only")), ("platforms", self.types("platforms_only"))];
        let mut identifiers: Vec<IdentifierForm> = Vec::new();
        for kind in IdentifierType::ALL {
            // Each type has a column of its own name.
            let column = kind.as_str();
            let values = if kind == IdentifierType::Address {
                self.cell("/seller/address", column).into_iter().collect()
            } else {
                self.cells(&format!("/seller/{column}"), column)
            };
            for value in values {
                let at = format!("/seller/identifiers/{}", identifiers.len());
                self.places.0.push((at.clone(), column));
                if kind == IdentifierType::BankAccount {
                    self.places.0.push((format!("{at}/bank_code"), "bank_code"));
                }
                self.places.0.push((format!("{at}/country"), "country"));
                self.places.0.push((format!("{at}/platform"), "storefront_platform"));
                identifiers.push(IdentifierForm {
                    kind: Some(kind),
                    value: Some(value),
                    platform: platform.clone().filter(|_| kind == IdentifierType::Storefront),
                    bank_code: bank_code.clone().filter(|_| kind == IdentifierType::BankAccount),
                    country: country.clone().filter(|_| {
                        use IdentifierType::{Address, CompanyRegistration, CourtDocket, Phone};
                        matches!(kind, Address | CompanyRegistration | CourtDocket | Phone)
                    }),
                    audience: narrow
                        .iter()
                        .find(|(_, types)| types.contains(&kind))
                        .map(|(who, _)| (*who).to_owned()),
                    ..IdentifierForm::default()
                });
            }
        }
        let display_names = self.cells("/seller/display_names", "seller_name");
        SellerForm { display_names, identifiers, ship_from: None }
    }

    /// The types of identifiers that a cell names by their columns.
    fn types(&mut self, column: &'static str) -> Vec<IdentifierType> {
        let mut types = Vec::new();
        for name in self.cells(&format!("/seller/{column}"), column) {
            match IdentifierType::parse_name(&name) {
                Some(kind) => types.push(kind),
                None => {
                    let detail = format!("There is no column of identifiers named {name}.");
                    self.faults.push(Fault::new(column, "not_allowed", detail));
                }
            }
        }
        types
    }

    fn verification(&mut self) -> Option<VerificationForm> {
        let level = self.cell("/verification/level", "verification")?;
        Some(VerificationForm { level: Some(level), ..VerificationForm::default() })
    }

    fn value(&mut self) -> Option<ValueForm> {
        let value = ValueForm {
            currency: self.cell("/value/currency", "value_currency"),
            method: self.cell("/value/method", "value_method"),
            sales_minor: self.number("/value/sales_minor", "sales_minor"),
            unsold_minor: self.number("/value/unsold_minor", "unsold_minor"),
            units: self.number("/value/units", "units"),
            ..ValueForm::default()
        };
        (value != ValueForm::default()).then_some(value)
    }

    fn statement(&mut self) -> Option<StatementForm> {
        self.places.0.push(("/statement".to_owned(), "good_faith"));
        let good_faith = self
            .cell("/statement/good_faith", "good_faith")
            .map(|text| matches!(text.to_lowercase().as_str(), "true" | "yes" | "1"));
        let statement = StatementForm {
            good_faith,
            signer: self.cell("/statement/signer", "signer"),
            signed_on: self.cell("/statement/signed_on", "signed_on"),
        };
        (statement != StatementForm::default()).then_some(statement)
    }
}

/// Whether a cell that begins with a sign is a number or a phone number, perhaps with a remark behind
/// it, and calls or refers to nothing.
fn is_numeral(cell: &str) -> bool {
    let digits = cell.chars().take_while(|c| !c.is_alphabetic()).filter(char::is_ascii_digit).count();
    let all = cell.chars().filter(|c| c.is_alphabetic()).count();
    let call = cell.as_bytes().windows(2).any(|two| matches!(two, [a, b'('] if a.is_ascii_alphabetic()));
    // A dash before a space begins a remark.
    let remark = cell.chars().nth(1).is_some_and(char::is_whitespace);
    !call && !cell.contains(['=', '|', '!', '@']) && (remark || all == 0 || digits >= 5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fault::FAULTS_MAX;

    fn record(cells: &[&str]) -> csv::StringRecord {
        csv::StringRecord::from(cells.to_vec())
    }

    #[test]
    fn a_row_says_which_of_its_identifiers_are_for_platforms_or_for_nobody_else() {
        let header = record(&["email", "phone", "domain", "platforms_only", "own_only"]);
        let row = Row::read(
            &header,
            &record(&["a@b.example", "+8613812341234", "b.example", "email; phone", "phone"]),
        );
        assert!(row.faults.is_empty(), "{:?}", row.faults);
        let seller = row.form.seller.expect("a seller");
        let audience = |kind| {
            seller
                .identifiers
                .iter()
                .find(|one| one.kind == Some(kind))
                .and_then(|one| one.audience.as_deref())
        };
        assert_eq!(audience(IdentifierType::Email), Some("platforms"));
        assert_eq!(audience(IdentifierType::Phone), Some("own"), "of two the narrower");
        assert_eq!(audience(IdentifierType::Domain), None);

        let row = Row::read(&header, &record(&["a@b.example", "", "", "mail", ""]));
        assert_eq!(row.faults.len(), 1);
        assert_eq!(
            (row.faults[0].pointer.as_str(), row.faults[0].code.as_ref()),
            ("platforms_only", "not_allowed")
        );
    }

    #[test]
    fn every_type_of_identifier_has_its_column() {
        for kind in IdentifierType::ALL {
            assert!(COLUMNS.iter().any(|(name, _)| *name == kind.as_str()), "{}", kind.as_str());
        }
    }

    #[test]
    fn a_header_with_missing_and_unknown_columns_is_refused_whole() {
        let faults = check_header(&record(&["email", "e-mail", "email"])).expect_err("refused");
        let codes: Vec<_> = faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(codes, ["unknown_column", "duplicate_column", "missing_column"]);
    }

    #[test]
    fn of_a_header_that_is_all_wrong_not_every_column_is_named() {
        let header: Vec<String> = (0..50_000).map(|n| format!("column-{n}")).collect();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        assert_eq!(check_header(&record(&header)).expect_err("refused").len(), FAULTS_MAX);
        let again = vec!["email"; 50_000];
        assert_eq!(check_header(&record(&again)).expect_err("refused").len(), 2);
    }

    #[test]
    fn a_row_becomes_a_form_and_its_faults_name_columns() {
        let header = record(&["infringement_type", "email", "phone", "country", "sales_minor"]);
        let row =
            Row::read(&header, &record(&["counterfeit_goods", "a@x.com; b@x.com", "=1+1", "CN", "many"]));
        let identifiers = row.form.seller.as_ref().map(|seller| seller.identifiers.len());
        assert_eq!(identifiers, Some(3));
        let pointers: Vec<_> = row.faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["phone", "sales_minor"]);
        let named = row.places.by_column(vec![Fault::new("/seller/identifiers/1/value", "malformed", "")]);
        assert_eq!(named.first().map(|fault| fault.pointer.as_str()), Some("email"));
    }

    #[test]
    fn a_phone_number_may_begin_with_a_plus() {
        let header = record(&["infringement_type", "phone"]);
        let row = Row::read(&header, &record(&["counterfeit_goods", "+86 138 1234 1234"]));
        assert_eq!(row.faults, []);
    }
}
