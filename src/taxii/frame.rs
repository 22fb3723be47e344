//! What each collection begins with, so that nothing in it refers to what is not there: who speaks, what the extension
//! means, and the TLP 2.0 labels.

use serde_json::{Value, json};
use uuid::{Builder, Uuid};

use super::stix::{EXTENSION, marking};
use crate::app::fragments::Fragment;
use crate::domain::exchange::{self, uuid_of};
use crate::domain::handling::Tlp;
use crate::domain::id::GroupId;
use crate::domain::time::Timestamp;
use crate::store::groups::Group;

/// Who defined the extension.
const PROJECT: &str = "identity--e65c3e65-e12c-4609-9132-4361361c5864";

/// The identity under whose name a group's objects stand.
pub fn author(group: GroupId) -> String {
    format!("identity--{}", exchange::author(group))
}

/// The id of a group's collection. TAXII wants it to look random.
pub fn collection_id(group: GroupId) -> Uuid {
    Builder::from_random_bytes(uuid_of(group.as_bytes(), b"collection").into_bytes()).into_uuid()
}

/// The objects, each with its moment.
pub fn objects(group: &Group) -> Vec<(Timestamp, Fragment)> {
    let written = "2026-11-26T00:00:00.000000Z";
    let mut all = vec![
        json!({
            "type": "identity", "id": PROJECT, "created": written, "modified": written, "name": "Touchstone",
            "identity_class": "organization", "description": "Makes the data-sharing server of that name.",
        }),
        json!({
            "type": "extension-definition", "id": EXTENSION, "created": written, "modified": written,
            "created_by_ref": PROJECT, "name": "Touchstone seller", "version": "1.0.0",
            "description": "What a sharing group knows of a seller, as the reader of the collection may see it.",
            "schema": "docs/stix/touchstone-seller.schema.json in the source of Touchstone",
            "extension_types": ["property-extension"],
        }),
        json!({
            "type": "identity", "id": author(group.id), "created": group.created_at,
            "modified": group.created_at, "created_by_ref": PROJECT, "name": group.name,
            "identity_class": "group",
        }),
    ];
    all.extend(Tlp::ALL.iter().map(|label| {
        json!({
            "type": "marking-definition", "id": marking(*label), "created": "2022-10-01T00:00:00.000Z",
            "name": format!("TLP:{label}"),
            "extensions": {
                "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":
                    { "extension_type": "property-extension", "tlp_2_0": label.as_str().to_lowercase() }
            },
        })
    }));
    let at = |index: usize| Timestamp(group.created_at.micros() + i64::try_from(index).unwrap_or(i64::MAX));
    all.into_iter().enumerate().map(|(index, object)| (at(index), fragment(object))).collect()
}

fn fragment(mut object: Value) -> Fragment {
    object["spec_version"] = json!("2.1");
    let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
    let version = [text("modified"), text("created")].iter().find_map(|time| Timestamp::parse(time));
    Fragment { id: text("id"), version: version.unwrap_or_default(), text: object.to_string() }
}
