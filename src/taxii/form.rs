//! What is posted, as it is read. Every field is optional, so that what is missing can be told of each object.

use serde::Deserialize;

use crate::domain::json::Mapping;
use crate::intake::form::ReportForm;

/// The extension by which a STIX report carries what we take for one.
pub const REPORT_EXTENSION: &str = "extension-definition--2d06d678-f69e-4f47-b3cf-91e8e88e6282";

/// What is posted (TAXII 2.1 §3.7). Other fields mean nothing here.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EnvelopeForm {
    pub objects: Vec<Mapping<ObjectForm>>,
}

/// An object, with what is looked at of any type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ObjectForm {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub id: Option<String>,
    pub spec_version: Option<String>,
    pub modified: Option<String>,
    pub revoked: Option<bool>,
    pub object_refs: Vec<String>,
    pub object_marking_refs: Vec<String>,
    pub granular_markings: Vec<serde::de::IgnoredAny>,
    pub extensions: Option<Mapping<Extensions>>,
    pub value: Option<String>,
    pub account_type: Option<String>,
    pub user_id: Option<String>,
    pub account_login: Option<String>,
    pub name: Option<String>,
    pub identity_class: Option<String>,
}

/// The extensions of an object, of which one is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Extensions {
    #[serde(rename = "extension-definition--2d06d678-f69e-4f47-b3cf-91e8e88e6282")]
    pub report: Option<Mapping<ReportExtension>>,
}

/// The property extension of a STIX report.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportExtension {
    pub extension_type: Option<String>,
    pub report: Option<ReportForm>,
}
