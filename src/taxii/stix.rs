//! From what a lens class sees of a profile to STIX 2.1 objects, purely.
//!
//! Only what the class sees in full becomes an object that others take for a fact. A masked value stands in the
//! property extension alone, where it is marked as masked. `docs/TAXII.md` has the mapping as a table.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::app::fragments::Fragment;
use crate::domain::exchange::{Part, Parts, member_uuid, named, open};
use crate::domain::handling::Tlp;
use crate::domain::id::SellerId;
use crate::domain::identifier::IdentifierType;
use crate::domain::lens::seller::SellerView;
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::time::Timestamp;

/// The extension by which a threat actor carries a seller's view.
pub const EXTENSION: &str = "extension-definition--b984a8e9-0c11-4854-ba76-2ba7f77c3952";

/// The types of the objects that profiles have.
pub const KINDS: &[&str] = &[
    "domain-name",
    "email-addr",
    "identity",
    "indicator",
    "infrastructure",
    "relationship",
    "sighting",
    "threat-actor",
    "url",
    "user-account",
];

/// What says of a revoked indicator that it matches nothing; `.invalid` is nobody's (RFC 2606).
const NO_PATTERN: &str = "[url:value = 'https://withdrawn.invalid/']";

/// What a mapping is of.
pub struct Subject<'s> {
    pub uuid: Uuid,
    pub seller: SellerId,
    pub group: &'s str,
    /// The identity of the group, under whose name everything stands.
    pub author: &'s str,
    /// When this incarnation of the profile began, and the version of its objects.
    pub created: Timestamp,
    pub modified: Timestamp,
}

/// The objects of a profile, each after those that it names.
pub fn objects(subject: &Subject<'_>, view: &SellerView, hasher: &KeyHasher) -> Vec<Fragment> {
    let mut made = Made::new(subject, marking(view.handling.tlp));
    let actor = made.versioned("threat-actor", b"", actor(subject, view));
    made.versioned("sighting", b"", sighting(&actor, view));
    for (identifier, key) in open(view, hasher) {
        let platform = identifier.platform.as_deref().unwrap_or_default();
        made.identifier(&actor, (identifier.kind, platform, &identifier.value), key);
    }
    made.fragments
}

/// The objects that end with a profile: all that have versions, revoked and without what they said.
pub fn ended(subject: &Subject<'_>, parts: &Parts, heir: Option<SellerId>) -> Vec<Fragment> {
    let mut made = Made::new(subject, marking(parts.tlp));
    made.revoked = true;
    let mut extension = json!({ "extension_type": "property-extension", "seller_id": subject.seller });
    if let Some(heir) = heir {
        extension["merged_into"] = json!(heir);
    }
    let withdrawn = json!({ "name": subject.seller, "extensions": { EXTENSION: extension } });
    let actor = made.versioned("threat-actor", b"", withdrawn);
    made.versioned("sighting", b"", json!({ "sighting_of_ref": actor }));
    for Part(kind, key) in &parts.open {
        made.withdrawn(&actor, *kind, *key);
    }
    made.fragments
}

/// The id of the marking definition of a TLP 2.0 label, as FIRST and OASIS fixed it.
pub fn marking(label: Tlp) -> &'static str {
    match label {
        Tlp::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
        Tlp::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Tlp::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Tlp::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        Tlp::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
}

fn actor(subject: &Subject<'_>, view: &SellerView) -> Value {
    let mut names = view.names.iter();
    let name = names.next().cloned().unwrap_or_else(|| subject.seller.to_string());
    let mut extension = serde_json::to_value(view).unwrap_or_default();
    extension["extension_type"] = json!("property-extension");
    extension["seller_id"] = json!(subject.seller);
    extension["group"] = json!(subject.group);
    let [first_seen, last_seen] = seen(view);
    json!({
        "name": name,
        "aliases": names.collect::<Vec<_>>(),
        "description": "A seller that members reported for counterfeits. A report is an allegation, not a finding.",
        "threat_actor_types": ["unknown"],
        "first_seen": first_seen,
        "last_seen": last_seen,
        "extensions": { EXTENSION: extension },
    })
}

fn sighting(actor: &str, view: &SellerView) -> Value {
    use crate::domain::lens::band::Count;
    let [first_seen, last_seen] = seen(view);
    let mut sighting = json!({
        "sighting_of_ref": actor, "first_seen": first_seen, "last_seen": last_seen, "summary": true,
    });
    // STIX has no bands, and the least of one would be taken for the number.
    if let Count::Exact(count) = view.reports {
        sighting["count"] = json!(count);
    }
    sighting
}

/// First and last seen as moments: the beginning of the day, or of the month where that is all that is shown.
fn seen(view: &SellerView) -> [String; 2] {
    let text = |when: &Value| {
        let text = when.as_str().unwrap_or_default();
        let day = if text.len() == 7 { "-01" } else { "" };
        format!("{text}{day}T00:00:00.000Z")
    };
    [&view.first_seen, &view.last_seen].map(|when| text(&json!(when)))
}

/// Objects as they are made.
struct Made<'s> {
    subject: &'s Subject<'s>,
    marking: &'static str,
    revoked: bool,
    fragments: Vec<Fragment>,
}

impl<'s> Made<'s> {
    fn new(subject: &'s Subject<'s>, marking: &'static str) -> Self {
        Self { subject, marking, revoked: false, fragments: Vec::new() }
    }

    /// The objects of an identifier; at most `OBJECTS_PER_PART` of them.
    fn identifier(&mut self, actor: &str, (kind, platform, value): (IdentifierType, &str, &str), key: Key) {
        match kind {
            IdentifierType::Storefront => {
                let account = json!({ "account_type": platform, "user_id": value });
                let account = self.observed("user-account", key, account);
                let name = format!("{value} on {platform}");
                let shop = json!({ "name": name, "infrastructure_types": ["online-storefront"] });
                let shop = self.of_part("infrastructure", key, shop);
                self.relationship(key, &shop, "consists-of", &account);
                self.relationship(key, actor, "owns", &shop);
            }
            IdentifierType::Url => self.pattern(actor, "url", value, key),
            IdentifierType::Domain => self.pattern(actor, "domain-name", value, key),
            IdentifierType::Email => {
                let email = self.observed("email-addr", key, json!({ "value": value }));
                self.relationship(key, actor, "related-to", &email);
            }
            IdentifierType::Messaging => {
                let account = json!({ "account_type": platform, "user_id": value });
                let account = self.observed("user-account", key, account);
                self.relationship(key, actor, "related-to", &account);
            }
            IdentifierType::BusinessName | IdentifierType::PersonName => {
                let person = kind == IdentifierType::PersonName;
                let class = if person { "individual" } else { "organization" };
                let identity = json!({ "name": value, "identity_class": class });
                let identity = self.of_part("identity", key, identity);
                self.relationship(key, actor, "attributed-to", &identity);
            }
            // In the extension alone: STIX has no object for them.
            IdentifierType::Phone
            | IdentifierType::BankAccount
            | IdentifierType::CompanyRegistration
            | IdentifierType::Address
            | IdentifierType::PaymentHandle
            | IdentifierType::Wallet
            | IdentifierType::ImageHash
            | IdentifierType::Parcel
            | IdentifierType::CourtDocket => {}
        }
    }

    /// What can be looked for: the observable, and an indicator of it.
    fn pattern(&mut self, actor: &str, kind: &str, value: &str, key: Key) {
        let observed = self.observed(kind, key, json!({ "value": value }));
        self.relationship(key, actor, "related-to", &observed);
        let quoted = value.replace('\\', "\\\\").replace('\'', "\\'");
        let indicator = self.indicator(key, value, &format!("[{kind}:value = '{quoted}']"));
        self.relationship(key, &indicator, "indicates", actor);
    }

    fn indicator(&mut self, key: Key, name: &str, pattern: &str) -> String {
        let indicator = json!({
            "name": name,
            "indicator_types": ["unknown"],
            "pattern": pattern,
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": self.subject.created,
        });
        self.of_part("indicator", key, indicator)
    }

    /// The objects of an identifier that have versions, revoked: the same ids as `identifier` gives them.
    fn withdrawn(&mut self, actor: &str, kind: IdentifierType, key: Key) {
        let name = self.subject.seller.to_string();
        let observed = |of: &Self, kind: &str| of.id(kind, &named(kind, key));
        match kind {
            IdentifierType::Storefront => {
                let shop = self.of_part("infrastructure", key, json!({ "name": name }));
                let account = observed(self, "user-account");
                self.relationship(key, &shop, "consists-of", &account);
                self.relationship(key, actor, "owns", &shop);
            }
            IdentifierType::Url | IdentifierType::Domain => {
                let seen = if kind == IdentifierType::Url { "url" } else { "domain-name" };
                let seen = observed(self, seen);
                self.relationship(key, actor, "related-to", &seen);
                let indicator = self.indicator(key, &name, NO_PATTERN);
                self.relationship(key, &indicator, "indicates", actor);
            }
            IdentifierType::Email => {
                let seen = observed(self, "email-addr");
                self.relationship(key, actor, "related-to", &seen);
            }
            IdentifierType::Messaging => {
                let seen = observed(self, "user-account");
                self.relationship(key, actor, "related-to", &seen);
            }
            IdentifierType::BusinessName | IdentifierType::PersonName => {
                let identity = self.of_part("identity", key, json!({ "name": name }));
                self.relationship(key, actor, "attributed-to", &identity);
            }
            _ => {}
        }
    }

    fn of_part(&mut self, kind: &str, key: Key, properties: Value) -> String {
        self.versioned(kind, &named(kind, key), properties)
    }

    fn relationship(&mut self, key: Key, source: &str, verb: &str, target: &str) {
        let properties = json!({ "relationship_type": verb, "source_ref": source, "target_ref": target });
        self.versioned("relationship", &named(verb, key), properties);
    }

    /// An object with versions; the one without a name of its own is the profile's.
    fn versioned(&mut self, kind: &str, name: &[u8], mut properties: Value) -> String {
        properties["created"] = json!(self.subject.created);
        properties["modified"] = json!(self.subject.modified);
        properties["created_by_ref"] = json!(self.subject.author);
        if self.revoked {
            properties["revoked"] = json!(true);
        }
        let name = if name.is_empty() { kind.as_bytes() } else { name };
        let id = if kind == "threat-actor" {
            format!("{kind}--{}", self.subject.uuid)
        } else {
            self.id(kind, name)
        };
        self.add(kind, id, self.subject.modified, properties)
    }

    /// An observable, which has no versions: its id stands for its value.
    fn observed(&mut self, kind: &str, key: Key, properties: Value) -> String {
        let id = self.id(kind, &named(kind, key));
        self.add(kind, id, self.subject.created, properties)
    }

    fn id(&self, kind: &str, name: &[u8]) -> String {
        format!("{kind}--{}", member_uuid(self.subject.uuid, name))
    }

    fn add(&mut self, kind: &str, id: String, version: Timestamp, mut properties: Value) -> String {
        properties["type"] = json!(kind);
        properties["spec_version"] = json!("2.1");
        properties["id"] = json!(id);
        properties["object_marking_refs"] = json!([self.marking]);
        let text = pruned(properties).to_string();
        self.fragments.push(Fragment { id: id.clone(), version, text });
        id
    }
}

/// The same without empty lists and objects, which STIX forbids.
fn pruned(value: Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(items) => {
            Value::Array(items.into_iter().map(pruned).filter(|item| !is_empty(item)).collect())
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, pruned(value)));
            Value::Object(fields.filter(|(_, value)| !is_empty(value)).collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use utoipa::{PartialSchema, ToSchema};

    use super::*;

    /// The extension's JSON Schema, made from the view that it carries.
    fn schema() -> Value {
        let mut parts = Vec::new();
        SellerView::schemas(&mut parts);
        parts.push(("SellerView".to_owned(), SellerView::schema()));
        parts.push(("SellerId".to_owned(), SellerId::schema()));
        let parts: Map<String, Value> = parts
            .into_iter()
            .map(|(name, part)| (name, without_empty(serde_json::to_value(part).expect("a schema"))))
            .collect();
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Touchstone seller, version 1.0.0",
            "description": "Property extension of a STIX 2.1 threat actor. One that is revoked has no more than \
                the seller's id and the seller into which it was merged. Empty lists are left out.",
            "type": "object",
            "required": ["extension_type", "seller_id"],
            "properties": {
                "extension_type": { "const": "property-extension" },
                "seller_id": { "$ref": "#/$defs/SellerId" },
                "group": { "type": "string", "description": "Slug of the sharing group." },
                "merged_into": { "$ref": "#/$defs/SellerId" },
            },
            "anyOf": [{ "$ref": "#/$defs/SellerView" }, { "not": { "required": ["lens"] } }],
            "$defs": parts,
        });
        let text = schema.to_string().replace("#/components/schemas/", "#/$defs/");
        serde_json::from_str(&text).expect("JSON")
    }

    /// A schema in which no list is required: STIX has no empty ones.
    fn without_empty(schema: Value) -> Value {
        match schema {
            Value::Array(items) => items.into_iter().map(without_empty).collect(),
            Value::Object(mut fields) => {
                let lists: Vec<String> = fields
                    .get("properties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                    .filter(|(_, field)| field["type"] == "array")
                    .map(|(name, _)| name.clone())
                    .collect();
                if let Some(Value::Array(required)) = fields.get_mut("required") {
                    required.retain(|name| !lists.iter().any(|list| name == list));
                }
                fields.into_iter().map(|(name, field)| (name, without_empty(field))).collect()
            }
            other => other,
        }
    }

    #[test]
    fn the_published_schema_is_that_of_the_view() {
        let published = include_str!("../../docs/stix/touchstone-seller.schema.json");
        let wanted = serde_json::to_string_pretty(&schema()).expect("JSON");
        assert!(published.trim_end() == wanted, "docs/stix/touchstone-seller.schema.json must be:\n{wanted}");
    }

    fn subject() -> Subject<'static> {
        Subject {
            uuid: Uuid::from_bytes([5; 16]),
            seller: SellerId([1; 16]),
            group: "alliance",
            author: "identity--x",
            created: Timestamp(1),
            modified: Timestamp(2),
        }
    }

    #[test]
    fn every_kind_of_identifier_has_its_objects_and_all_that_have_versions_end_with_the_profile() {
        use crate::domain::exchange::{OBJECTS_OF_PROFILE, OBJECTS_PER_PART};
        let subject = subject();
        for kind in IdentifierType::ALL {
            let mut alive = Made::new(&subject, marking(Tlp::Green));
            alive.identifier("threat-actor--x", (kind, "taobao", r"it's \ x"), Key(7));
            let ended = ended(&subject, &Parts { tlp: Tlp::Green, open: vec![Part(kind, Key(7))] }, None);
            assert!(alive.fragments.len() as i64 <= OBJECTS_PER_PART, "{kind:?}");
            assert!(ended.len() as i64 <= OBJECTS_OF_PROFILE + OBJECTS_PER_PART, "{kind:?}");
            for object in &alive.fragments {
                let type_of = object.id.split("--").next().expect("a type");
                assert!(KINDS.contains(&type_of), "{type_of}");
                let value: Value = serde_json::from_str(&object.text).expect("JSON");
                let revoked =
                    ended.iter().any(|one| one.id == object.id && one.text.contains("\"revoked\":true"));
                assert_eq!(value.get("modified").is_some(), revoked, "{kind:?}: {}", object.text);
            }
        }
    }

    #[test]
    fn a_pattern_quotes_what_would_end_it() {
        let subject = subject();
        let mut made = Made::new(&subject, marking(Tlp::Green));
        made.pattern("threat-actor--x", "url", r"http://x/'\", Key(1));
        let indicator = made.fragments.iter().find(|one| one.id.starts_with("indicator")).expect("one");
        let indicator: Value = serde_json::from_str(&indicator.text).expect("JSON");
        assert_eq!(indicator["pattern"], r"[url:value = 'http://x/\'\\']");
    }
}
