//! From objects that were posted to the reports that they make, purely. A report is a STIX `report` with our property
//! extension, in which stands what `POST /v1/reports` takes. What it refers to adds identifiers of the seller.
//!
//! Whatever is not taken is named: an object that means nothing here is refused, not dropped.

use std::collections::BTreeMap;

use super::form::{EnvelopeForm, ObjectForm, REPORT_EXTENSION};
use super::stix::marking;
use crate::domain::fault::Fault;
use crate::domain::handling::Tlp;
use crate::domain::identifier::{IdentifierType, messaging};
use crate::domain::time::Timestamp;
use crate::intake::accept::{Terms, accept};
use crate::intake::form::{IdentifierForm, ReportForm};
use crate::ops::file_reports::consignment::{Fate, Object, Version};

/// What was posted, understood.
#[derive(Debug, PartialEq)]
pub struct Posted {
    pub reports: Vec<Version>,
    pub objects: Vec<Object>,
}

/// Understands what was read with these faults and came at `now`, for the group with this slug. An error is of the
/// envelope; what is wrong with an object is its own.
pub fn understand(
    form: EnvelopeForm,
    faults: Vec<Fault>,
    now: Timestamp,
    (slug, terms): (&str, &Terms),
) -> Result<Posted, Vec<Fault>> {
    let mut of_objects: BTreeMap<usize, Vec<Fault>> = BTreeMap::new();
    let mut of_envelope = Vec::new();
    for fault in faults {
        match place(&fault.pointer) {
            Some((index, rest)) => {
                let fault = Fault { pointer: rest.to_owned(), ..fault };
                of_objects.entry(index).or_default().push(fault);
            }
            None => of_envelope.push(fault),
        }
    }
    if form.objects.is_empty() && of_envelope.is_empty() {
        of_envelope.push(Fault::new("/objects", "required", "Send at least one object."));
    }
    if !of_envelope.is_empty() {
        return Err(of_envelope);
    }
    let objects: Vec<ObjectForm> = form.objects.into_iter().map(|object| object.0).collect();
    let faults = objects.iter().enumerate().map(|(index, object)| {
        let mut faults = of_objects.remove(&index).unwrap_or_default();
        check_head(object, &mut faults);
        faults
    });
    let faults: Vec<Vec<Fault>> = faults.collect();
    let mut reading = Reading::new(&objects, &faults, slug, terms);
    for (object, faults) in objects.iter().zip(&faults) {
        reading.read(object, faults);
    }
    Ok(reading.posted(now))
}

/// The object that a pointer is of, and where in it; `None` of what is of no object or of one as a whole.
fn place(pointer: &str) -> Option<(usize, &str)> {
    let rest = pointer.strip_prefix("/objects/")?;
    let end = rest.find('/')?;
    Some((rest[..end].parse().ok()?, &rest[end..]))
}

/// What is known of an object while the others are read.
enum Read {
    Refused(String),
    /// This one of the reports.
    Made(usize),
    Part,
}

struct Reading<'o> {
    objects: &'o [ObjectForm],
    /// What is wrong with each object by itself.
    faults: &'o [Vec<Fault>],
    by_id: BTreeMap<&'o str, usize>,
    slug: &'o str,
    terms: &'o Terms,
    read: Vec<Read>,
    reports: Vec<Version>,
    /// For each object, the reports that it is part of, and whether another that was refused refers to it.
    parts: Vec<(Vec<usize>, bool)>,
}

impl<'o> Reading<'o> {
    fn new(objects: &'o [ObjectForm], faults: &'o [Vec<Fault>], slug: &'o str, terms: &'o Terms) -> Self {
        let mut by_id = BTreeMap::new();
        for (index, object) in objects.iter().enumerate() {
            if let Some(id) = &object.id {
                by_id.entry(id.as_str()).or_insert(index);
            }
        }
        let parts = vec![(Vec::new(), false); objects.len()];
        Self { objects, faults, by_id, slug, terms, read: Vec::new(), reports: Vec::new(), parts }
    }

    fn read(&mut self, object: &ObjectForm, faults: &[Fault]) {
        let kind = object.kind.as_deref().unwrap_or_default();
        let read = match kind {
            "report" => self.report(object, faults.to_vec()),
            _ if !faults.is_empty() => Read::Refused(told(faults)),
            _ if PARTS.contains(&kind) => Read::Part,
            _ => Read::Refused(format!("Objects of the type {kind:.50} are not taken.")),
        };
        self.read.push(read);
    }

    fn report(&mut self, object: &ObjectForm, mut faults: Vec<Fault>) -> Read {
        let version = version(object, &mut faults);
        let parts: Vec<usize> =
            object.object_refs.iter().filter_map(|id| self.by_id.get(id.as_str()).copied()).collect();
        let withdrawn = object.revoked == Some(true);
        let accepted = match withdrawn {
            true => None,
            false => self.accepted(object, &mut faults).map(Box::new),
        };
        let (Some(version), Some(id), true) = (version, object.id.clone(), faults.is_empty()) else {
            parts.into_iter().for_each(|part| self.parts[part].1 = true);
            return Read::Refused(told(&faults));
        };
        let report = self.reports.len();
        parts.into_iter().for_each(|part| self.parts[part].0.push(report));
        self.reports.push(Version { external_id: id, version, accepted });
        Read::Made(report)
    }

    fn accepted(
        &self,
        object: &ObjectForm,
        faults: &mut Vec<Fault>,
    ) -> Option<crate::domain::report::Accepted> {
        let carried = object.extensions.as_ref().and_then(|all| all.0.report.as_ref()).map(|one| &one.0);
        let within = |pointer: &str| format!("/extensions/{REPORT_EXTENSION}{pointer}");
        let Some(extension) = carried else {
            let detail = "A report carries what it says in this extension.";
            faults.push(Fault::new(within(""), "required", detail));
            return None;
        };
        if extension.extension_type.as_deref() != Some("property-extension") {
            let detail = "This is property-extension.";
            faults.push(Fault::new(within("/extension_type"), "unknown_value", detail));
        }
        let Some(form) = &extension.report else {
            faults.push(Fault::new(within("/report"), "required", "This field is required."));
            return None;
        };
        let mut form = form.clone();
        if form.external_id.is_some() {
            let detail = "The id of the object is the external id.";
            faults.push(Fault::new(within("/report/external_id"), "not_allowed", detail));
        }
        if !form.share_with.iter().any(|slug| slug == self.slug) {
            form.share_with.push(self.slug.to_owned());
        }
        form.external_id = object.id.clone();
        self.label(object, &mut form, faults);
        let seller = form.seller.get_or_insert_default();
        for (index, reference) in object.object_refs.iter().enumerate() {
            match self.identifier(reference) {
                Ok(identifier) => seller.identifiers.extend(identifier),
                Err(detail) => {
                    faults.push(Fault::new(format!("/object_refs/{index}"), "unfit_reference", detail));
                }
            }
        }
        match accept(Some(form), Vec::new(), self.terms) {
            Ok(accepted) => Some(accepted),
            Err(found) => {
                let at =
                    |fault: Fault| Fault { pointer: within(&format!("/report{}", fault.pointer)), ..fault };
                faults.extend(found.into_iter().map(at));
                None
            }
        }
    }

    /// The markings of a report and of what it refers to: one label of TLP 2.0 for all of it, or none.
    fn label(&self, object: &ObjectForm, form: &mut ReportForm, faults: &mut Vec<Fault>) {
        let parts = object.object_refs.iter().filter_map(|id| self.by_id.get(id.as_str()));
        let parts = parts.map(|index| &self.objects[*index]).filter(|part| is_part(part));
        let marked: Vec<&ObjectForm> = std::iter::once(object).chain(parts).collect();
        if marked.iter().any(|one| !one.granular_markings.is_empty()) {
            let detail = "Markings of single properties are not understood.";
            faults.push(Fault::new("/granular_markings", "not_allowed", detail));
        }
        let mut label = form.tlp.clone();
        for id in marked.iter().flat_map(|one| &one.object_marking_refs) {
            let Some(found) = Tlp::ALL.iter().find(|tlp| marking(**tlp) == id) else {
                let detail = "No markings but the labels of TLP 2.0 are understood.";
                faults.push(Fault::new("/object_marking_refs", "unknown_value", detail));
                return;
            };
            let found = found.as_str().to_owned();
            if label.as_ref().is_some_and(|label| !label.eq_ignore_ascii_case(&found)) {
                let detail = "A report and what it refers to have one label.";
                faults.push(Fault::new("/object_marking_refs", "contradiction", detail));
                return;
            }
            label = Some(found);
        }
        form.tlp = label;
    }

    /// The identifier that an object stands for; none of one that is not of the seller.
    fn identifier(&self, id: &str) -> Result<Option<IdentifierForm>, String> {
        let kind = id.split_once("--").map_or("", |(kind, _)| kind);
        if !PARTS.contains(&kind) {
            return Ok(None);
        }
        let Some(index) = self.by_id.get(id) else {
            return Err("The object must be sent along: identifiers are read from it.".to_owned());
        };
        if !self.faults[*index].is_empty() {
            return Err("The object has faults of its own.".to_owned());
        }
        let object = &self.objects[*index];
        let missing = |name: &str| format!("The object has no {name}.");
        let bare = |kind: IdentifierType, value: &Option<String>, name: &str| {
            let value = value.clone().ok_or_else(|| missing(name))?;
            Ok(Some(IdentifierForm { kind: Some(kind), value: Some(value), ..IdentifierForm::default() }))
        };
        match kind {
            "url" => bare(IdentifierType::Url, &object.value, "value"),
            "domain-name" => bare(IdentifierType::Domain, &object.value, "value"),
            "email-addr" => bare(IdentifierType::Email, &object.value, "value"),
            "identity" => match object.identity_class.as_deref() {
                Some("individual") => bare(IdentifierType::PersonName, &object.name, "name"),
                Some("organization") => bare(IdentifierType::BusinessName, &object.name, "name"),
                _ => Err("Of identities, only individuals and organizations are taken.".to_owned()),
            },
            _ => {
                let platform = object.account_type.clone().ok_or_else(|| missing("account_type"))?;
                let kind = match messaging::is_messenger(&platform) {
                    true => IdentifierType::Messaging,
                    false => IdentifierType::Storefront,
                };
                let value = object.user_id.clone().or_else(|| object.account_login.clone());
                let account = bare(kind, &value, "user_id")?;
                Ok(account.map(|account| IdentifierForm { platform: Some(platform), ..account }))
            }
        }
    }

    fn posted(self, now: Timestamp) -> Posted {
        let fate = |read: Read, (reports, beside_refused): (Vec<usize>, bool)| match read {
            Read::Refused(why) => Fate::Refused(why),
            Read::Made(report) => Fate::PartOf(vec![report]),
            Read::Part if !reports.is_empty() => Fate::PartOf(reports),
            Read::Part if beside_refused => {
                Fate::Refused("The report that refers to it was not taken.".to_owned())
            }
            Read::Part => Fate::Refused("No report that came with it refers to it.".to_owned()),
        };
        let objects = self.objects.iter().zip(self.read).zip(self.parts);
        let objects = objects.map(|((object, read), parts)| Object {
            id: object.id.clone().unwrap_or_default(),
            version: object.modified.as_deref().and_then(Timestamp::parse).unwrap_or(now),
            fate: fate(read, parts),
        });
        Posted { objects: objects.collect(), reports: self.reports }
    }
}

/// Types of objects that say something of a seller.
const PARTS: [&str; 5] = ["domain-name", "email-addr", "identity", "url", "user-account"];

fn is_part(object: &ObjectForm) -> bool {
    object.kind.as_deref().is_some_and(|kind| PARTS.contains(&kind))
}

/// What every object must have.
fn check_head(object: &ObjectForm, faults: &mut Vec<Fault>) {
    let mut required = |name: &str, there: bool| {
        if !there && !faults.iter().any(|fault| fault.pointer == format!("/{name}")) {
            faults.push(Fault::new(format!("/{name}"), "required", "This field is required."));
        }
    };
    required("type", object.kind.is_some());
    required("id", object.id.is_some());
    required("spec_version", object.spec_version.is_some());
    if object.spec_version.as_deref().is_some_and(|version| version != "2.1") {
        faults.push(Fault::new("/spec_version", "unknown_value", "Objects of STIX 2.1 are taken."));
    }
    if let (Some(kind), Some(id)) = (&object.kind, &object.id) {
        let uuid = id.strip_prefix(kind.as_str()).and_then(|rest| rest.strip_prefix("--"));
        // The short form alone: others would be other ids of the same object.
        let fits = |text: &str| uuid::Uuid::try_parse(text).is_ok_and(|uuid| uuid.to_string() == text);
        if !uuid.is_some_and(fits) {
            faults.push(Fault::new("/id", "malformed", "The type, two hyphens and a lower-case UUID."));
        }
    }
}

fn version(object: &ObjectForm, faults: &mut Vec<Fault>) -> Option<Timestamp> {
    let version = object.modified.as_deref().and_then(Timestamp::parse);
    if version.is_none() && !faults.iter().any(|fault| fault.pointer == "/modified") {
        faults.push(Fault::new("/modified", "required", "Give the version as an RFC 3339 time in UTC."));
    }
    version
}

/// Faults as a status tells them, which has one text for each object.
fn told(faults: &[Fault]) -> String {
    let each = faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail));
    each.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};
    use utoipa::{PartialSchema, ToSchema};

    use super::*;
    use crate::domain::json;
    use crate::domain::time::parse_date;

    /// The extension's JSON Schema, made from the form that it carries.
    fn schema() -> Value {
        let mut parts = Vec::new();
        ReportForm::schemas(&mut parts);
        parts.push(("ReportForm".to_owned(), ReportForm::schema()));
        let mut parts: Map<String, Value> = parts
            .into_iter()
            .map(|(name, part)| (name, serde_json::to_value(part).expect("a schema")))
            .collect();
        // The id of the object says it.
        let form = parts.get_mut("ReportForm").and_then(Value::as_object_mut).expect("the form");
        form["properties"].as_object_mut().expect("properties").remove("external_id").expect("the field");
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Touchstone report, version 1.0.0",
            "description": "Property extension of a STIX 2.1 report: a statement that a seller offers counterfeits.",
            "type": "object",
            "required": ["extension_type", "report"],
            "properties": {
                "extension_type": { "const": "property-extension" },
                "report": { "$ref": "#/$defs/ReportForm" },
            },
            "additionalProperties": false,
            "$defs": parts,
        });
        let text = schema.to_string().replace("#/components/schemas/", "#/$defs/");
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn the_published_schema_is_that_of_the_form() {
        let published = include_str!("../../docs/stix/touchstone-report.schema.json");
        let wanted = serde_json::to_string_pretty(&schema()).expect("JSON");
        assert!(published.trim_end() == wanted, "docs/stix/touchstone-report.schema.json must be:\n{wanted}");
    }

    fn posted(envelope: &Value) -> Result<Posted, Vec<Fault>> {
        let reading = json::read::<EnvelopeForm>(envelope.to_string().as_bytes());
        let today = parse_date("2026-06-01").expect("a date");
        let terms = Terms { today, may_share_with: vec!["alliance".to_owned()], external_id: None };
        let form = reading.form.ok_or(reading.faults.clone())?;
        understand(form, reading.faults, Timestamp(1), ("alliance", &terms))
    }

    #[test]
    fn objects_are_told_of_in_the_order_in_which_they_came_and_each_by_its_own_faults() {
        let url = |n: u32| json!({ "type": "url", "id": format!("url--00000000-0000-4000-8000-{n:012}") });
        let mut versioned = url(3);
        versioned["spec_version"] = json!(2.1);
        let all = posted(&json!({ "objects": [url(1), url(2), versioned] })).expect("an envelope");
        let why = |object: &Object| match &object.fate {
            Fate::Refused(why) => why.clone(),
            Fate::PartOf(_) => String::new(),
        };
        let whys: Vec<String> = all.objects.iter().map(why).collect();
        assert!(whys.iter().all(|why| why.starts_with("/spec_version: ")), "{whys:?}");
        assert!(whys[0].contains("required") && !whys[2].contains("required"), "{whys:?}");
        assert_eq!(
            all.objects.iter().map(|one| one.id.ends_with('2')).collect::<Vec<_>>(),
            [false, true, false]
        );
    }

    #[test]
    fn a_list_is_no_object_and_what_is_no_object_spoils_the_envelope() {
        for objects in [json!([["report"]]), json!([1]), json!([null]), json!({}), json!([])] {
            assert!(posted(&json!({ "objects": objects })).is_err(), "{objects}");
        }
    }
}
