//! What the files of a MISP feed consist of. Numbers of an event are texts, as MISP itself writes them.

use serde::Serialize;
use utoipa::ToSchema;

/// What the manifest says of an event.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MispSummary {
    #[serde(rename = "Orgc")]
    pub organisation: MispOrganisation,
    #[serde(rename = "Tag")]
    pub tags: Vec<MispTag>,
    pub info: String,
    /// The day on which the seller was first there.
    #[schema(format = "date")]
    pub date: String,
    pub analysis: u8,
    pub threat_level_id: u8,
    /// Seconds since 1970: greater for each version of the event.
    pub timestamp: i64,
}

/// An event, as a file of a feed has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MispEventFile {
    #[serde(rename = "Event")]
    pub event: MispEvent,
}

/// A seller.
#[derive(Debug, Serialize, ToSchema)]
pub struct MispEvent {
    #[schema(format = "uuid")]
    pub uuid: String,
    pub info: String,
    #[schema(format = "date")]
    pub date: String,
    pub analysis: String,
    pub threat_level_id: String,
    pub distribution: &'static str,
    pub published: bool,
    pub timestamp: String,
    pub publish_timestamp: String,
    pub extends_uuid: &'static str,
    #[serde(rename = "Orgc")]
    pub organisation: MispOrganisation,
    #[serde(rename = "Tag")]
    pub tags: Vec<MispTag>,
    #[serde(rename = "Attribute")]
    pub attributes: Vec<MispAttribute>,
    #[serde(rename = "Object")]
    pub objects: Vec<MispObject>,
}

/// The group, behind which contributors stay unseen.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MispOrganisation {
    #[schema(format = "uuid")]
    pub uuid: String,
    pub name: String,
}

/// A tag of a taxonomy.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MispTag {
    pub name: String,
    pub colour: &'static str,
    pub local: bool,
    pub relationship_type: &'static str,
}

/// One value.
#[derive(Debug, Serialize, ToSchema)]
pub struct MispAttribute {
    #[schema(format = "uuid")]
    pub uuid: String,
    /// What it is in its object's template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_relation: Option<&'static str>,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub category: &'static str,
    pub value: String,
    pub comment: String,
    /// Never: an allegation is nothing to block by itself.
    pub to_ids: bool,
    pub disable_correlation: bool,
    pub distribution: &'static str,
    pub timestamp: String,
    pub deleted: bool,
}

/// What an identifier stands for, after a template of MISP.
#[derive(Debug, Serialize, ToSchema)]
pub struct MispObject {
    #[schema(format = "uuid")]
    pub uuid: String,
    pub name: &'static str,
    #[serde(rename = "meta-category")]
    pub meta_category: &'static str,
    pub description: &'static str,
    pub template_uuid: &'static str,
    pub template_version: &'static str,
    pub comment: &'static str,
    pub distribution: &'static str,
    pub timestamp: String,
    pub deleted: bool,
    #[serde(rename = "Attribute")]
    pub attributes: Vec<MispAttribute>,
}
