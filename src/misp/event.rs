//! From what a lens class sees of a profile to a MISP event, purely.
//!
//! Only what the class sees in full becomes an attribute: instances correlate attributes, and a mask would meet every
//! other mask. An instance drops nothing that it was given before: whatever may go away while an event lasts has one
//! place in it, where it comes as deleted. `docs/MISP.md` has the mapping as a table.

use uuid::Uuid;

use super::format::{
    MispAttribute, MispEvent, MispEventFile, MispObject, MispOrganisation, MispSummary, MispTag,
};
use super::forms::{Field, Form, Said, WITHDRAWN, form};
use crate::domain::exchange::{Part, Parts, author, member_uuid, named, open};
use crate::domain::handling::Tlp;
use crate::domain::id::SellerId;
use crate::domain::lens::seller::SellerView;
use crate::domain::resolution::keys::{Key, KeyHasher};
use crate::domain::risk::RISK_MAX;
use crate::domain::time::Timestamp;
use crate::store::exchange::Place;
use crate::store::groups::Group;

/// Not said: a report tells how a seller infringes, and not how dangerous that is.
const THREAT_UNDEFINED: u8 = 4;

/// How far whoever made the event has come.
const ONGOING: u8 = 1;
const COMPLETED: u8 = 2;

/// Who may see the event where a feed is set to inherit that: nobody but the organisation that pulls it.
const OWN_ORGANISATION: &str = "0";

/// Who may see a part of the event: whoever may see the event.
const INHERITED: &str = "5";

/// What an event is of.
pub struct Subject<'s> {
    /// The incarnation of the profile.
    uuid: Uuid,
    seller: SellerId,
    /// The group, as the organisation under whose name everything stands.
    author: Uuid,
    group: &'s str,
    born: Timestamp,
    /// The second that stands for the version.
    second: i64,
}

/// Whether the seller is still there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Living,
    Ended(Option<SellerId>),
}

/// The id of the event of an incarnation.
pub fn event_id(incarnation: Uuid) -> Uuid {
    member_uuid(incarnation, b"misp event")
}

/// What the manifest says of an event; the event says the same.
pub fn summary(subject: &Subject<'_>, tlp: Tlp, standing: Standing) -> MispSummary {
    let seller = subject.seller;
    let info = match standing {
        Standing::Living => {
            format!("Seller {seller}, reported for counterfeits. A report is an allegation, not a finding.")
        }
        Standing::Ended(Some(heir)) => format!("Seller {seller}: withdrawn. It was merged into {heir}."),
        Standing::Ended(None) => format!("Seller {seller}: withdrawn."),
    };
    let organisation = MispOrganisation { uuid: subject.author.to_string(), name: subject.group.to_owned() };
    MispSummary {
        organisation,
        tags: tags(tlp),
        info,
        date: subject.born.date().to_string(),
        analysis: if standing == Standing::Living { ONGOING } else { COMPLETED },
        threat_level_id: THREAT_UNDEFINED,
        timestamp: subject.second,
    }
}

/// The event of a seller that is there.
pub fn living(subject: &Subject<'_>, view: &SellerView, hasher: &KeyHasher) -> MispEventFile {
    let mut made = Made::new(subject, false);
    let told = format!(
        "Reports: {}. Members that reported: {}. First seen {}, last seen {}. Risk: {} of {RISK_MAX}.",
        view.reports, view.members, view.first_seen, view.last_seen, view.risk.score
    );
    made.seller(told);
    made.names(&view.names.iter().map(String::as_str).collect::<Vec<_>>());
    for (identifier, key) in open(view, hasher) {
        made.identifier(&Said::of(identifier), key);
    }
    made.event(summary(subject, view.handling.tlp, Standing::Living))
}

/// The event of one that is gone: every attribute and object that there can have been, deleted, without what it said.
pub fn ended(subject: &Subject<'_>, parts: &Parts, heir: Option<SellerId>) -> MispEventFile {
    let mut made = Made::new(subject, true);
    made.seller("Withdrawn.".to_owned());
    made.names(&[]);
    for Part(kind, key) in &parts.open {
        made.identifier(&Said::withdrawn(*kind), *key);
    }
    made.event(summary(subject, parts.tlp, Standing::Ended(heir)))
}

impl<'s> Subject<'s> {
    pub fn of(place: &Place, group: &'s Group) -> Self {
        Self {
            uuid: place.uuid(),
            seller: place.profile_id,
            author: author(group.id),
            group: &group.name,
            born: place.born,
            second: place.second(),
        }
    }

    /// The id of the event.
    pub fn event(&self) -> Uuid {
        event_id(self.uuid)
    }
}

impl Standing {
    pub fn of(place: &Place) -> Self {
        if place.ended { Self::Ended(place.heir) } else { Self::Living }
    }
}

/// The label; what the event is about; and that nobody who passes it on has judged whether it is true.
fn tags(tlp: Tlp) -> Vec<MispTag> {
    let colour = match tlp {
        Tlp::Clear => "#ffffff",
        Tlp::Green => "#33ff00",
        Tlp::Amber | Tlp::AmberStrict => "#ffc000",
        Tlp::Red => "#ff2b2b",
    };
    let plain = "#7e7eae";
    let tags = [
        (format!("tlp:{}", tlp.as_str().to_lowercase()), colour),
        ("content-classification:illegal-markets=\"counterfeiting\"".to_owned(), plain),
        ("admiralty-scale:information-credibility=\"6\"".to_owned(), plain),
    ];
    let tag = |(name, colour)| MispTag { name, colour, local: false, relationship_type: "" };
    tags.map(tag).into()
}

/// An event as it is made.
struct Made<'s> {
    subject: &'s Subject<'s>,
    ended: bool,
    attributes: Vec<MispAttribute>,
    objects: Vec<MispObject>,
}

impl<'s> Made<'s> {
    fn new(subject: &'s Subject<'s>, ended: bool) -> Self {
        Self { subject, ended, attributes: Vec::new(), objects: Vec::new() }
    }

    /// Which seller it is: there for as long as the event, so that whoever has its id finds what became of it.
    fn seller(&mut self, comment: String) {
        let field = Field {
            category: "Internal reference",
            comment,
            ..Field::of_text("seller", self.subject.seller.to_string())
        };
        let attribute = self.attribute(b"misp seller", field, false, false);
        self.attributes.push(attribute);
    }

    /// All names in one place: they come and go while the event lasts.
    fn names(&mut self, names: &[&str]) {
        let value = if names.is_empty() { WITHDRAWN.to_owned() } else { names.join(", ") };
        let comment = "Names under which it sells.".to_owned();
        let field =
            Field { category: "Attribution", comment, correlates: false, ..Field::of_text("names", value) };
        let attribute = self.attribute(b"misp names", field, false, names.is_empty());
        self.attributes.push(attribute);
    }

    fn identifier(&mut self, said: &Said<'_>, key: Key) {
        let Some(Form { template, fields }) = form(said) else { return };
        let is_part = template.is_some();
        let attributes = fields.into_iter().map(|field| {
            let name = named(&format!("misp {}", field.slot), key);
            self.attribute(&name, field, is_part, self.ended)
        });
        let attributes: Vec<_> = attributes.collect();
        let Some(template) = template else { return self.attributes.extend(attributes) };
        self.objects.push(MispObject {
            uuid: member_uuid(self.subject.uuid, &named("misp object", key)).to_string(),
            name: template.name,
            meta_category: template.meta_category,
            description: template.description,
            template_uuid: template.uuid,
            template_version: template.version,
            comment: "",
            distribution: INHERITED,
            timestamp: self.subject.second.to_string(),
            deleted: self.ended,
            attributes,
        });
    }

    fn attribute(&self, name: &[u8], field: Field, is_part: bool, deleted: bool) -> MispAttribute {
        MispAttribute {
            uuid: member_uuid(self.subject.uuid, name).to_string(),
            object_relation: is_part.then_some(field.relation),
            kind: field.kind,
            category: field.category,
            value: field.value,
            comment: if deleted { String::new() } else { field.comment },
            to_ids: false,
            disable_correlation: !field.correlates,
            distribution: INHERITED,
            timestamp: self.subject.second.to_string(),
            deleted,
        }
    }

    fn event(self, summary: MispSummary) -> MispEventFile {
        let MispSummary { organisation, tags, info, date, analysis, threat_level_id, timestamp } = summary;
        let event = MispEvent {
            uuid: self.subject.event().to_string(),
            info,
            date,
            analysis: analysis.to_string(),
            threat_level_id: threat_level_id.to_string(),
            distribution: OWN_ORGANISATION,
            published: true,
            timestamp: timestamp.to_string(),
            publish_timestamp: timestamp.to_string(),
            extends_uuid: "",
            organisation,
            tags,
            attributes: self.attributes,
            objects: self.objects,
        };
        MispEventFile { event }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::identifier::IdentifierType;

    fn subject(second: i64) -> Subject<'static> {
        let (uuid, author) = (Uuid::from_bytes([5; 16]), Uuid::from_bytes([6; 16]));
        Subject { uuid, seller: SellerId([1; 16]), author, group: "The alliance", born: Timestamp(1), second }
    }

    /// Every attribute and object, with whether it is deleted.
    fn all(event: &MispEvent) -> BTreeMap<&str, bool> {
        let of_objects = event.objects.iter().flat_map(|object| {
            let own = (object.uuid.as_str(), object.deleted);
            object.attributes.iter().map(|one| (one.uuid.as_str(), one.deleted)).chain([own])
        });
        event.attributes.iter().map(|one| (one.uuid.as_str(), one.deleted)).chain(of_objects).collect()
    }

    #[test]
    fn all_that_an_event_ever_had_is_deleted_when_it_ends_but_which_seller_it_was() {
        let open: Vec<Part> =
            IdentifierType::ALL.iter().enumerate().map(|(n, kind)| Part(*kind, Key(n as i64))).collect();
        let (before, after) = (subject(7), subject(8));
        let mut made = Made::new(&before, false);
        made.seller("Reports: 1-2.".to_owned());
        made.names(&["Bags", "More bags"]);
        for Part(kind, key) in &open {
            made.identifier(&Said::withdrawn(*kind), *key);
        }
        let living = made.event(summary(&before, Tlp::Green, Standing::Living)).event;
        let ended = ended(&after, &Parts { tlp: Tlp::Green, open }, Some(SellerId([2; 16]))).event;
        assert_eq!(living.uuid, ended.uuid);
        let (was, is) = (all(&living), all(&ended));
        let seller = living.attributes[0].uuid.as_str();
        assert!(was.values().all(|deleted| !deleted) && was.len() > 2 * 16, "{was:?}");
        assert_eq!(was.keys().collect::<Vec<_>>(), is.keys().collect::<Vec<_>>());
        assert!(is.iter().all(|(uuid, deleted)| *deleted == (*uuid != seller)), "{is:?}");
        assert!(ended.info.contains(&SellerId([2; 16]).to_string()), "{}", ended.info);
        let said = serde_json::to_string(&ended).expect("JSON");
        assert!(!said.contains("Bags") && !said.contains("Reports: "), "{said}");
    }

    #[test]
    fn names_that_are_gone_are_deleted_where_they_stood() {
        let subject = subject(7);
        let names = |names: &[&str]| {
            let mut made = Made::new(&subject, false);
            made.names(names);
            made.attributes.remove(0)
        };
        let (some, none) = (names(&["Bags", "More bags"]), names(&[]));
        assert_eq!((some.uuid, some.value.as_str(), some.deleted), (none.uuid, "Bags, More bags", false));
        assert_eq!((none.value.as_str(), none.deleted), (WITHDRAWN, true));
    }

    #[test]
    fn a_label_is_the_tag_of_the_taxonomy() {
        let tags: Vec<String> = Tlp::ALL.iter().map(|label| tags(*label).remove(0).name).collect();
        assert_eq!(tags, ["tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red"]);
    }
}
