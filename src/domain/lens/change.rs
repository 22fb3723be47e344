//! What a change did to a stored view, found from the two texts alone: by which platforms and countries the profile
//! could be found before, and which fields came out differently. So it can tell nothing that the views do not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::identifier::IdentifierType;
use super::super::resolution::keys::{Key, KeyHasher};
use super::super::risk::Risk;
use super::super::vocabulary::vocabulary;
use super::seller::Projection;

vocabulary!(
    /// A field of a seller's view.
    ViewField {
        Lens = "lens",
        Names = "names",
        Identifiers = "identifiers",
        Countries = "countries",
        FirstSeen = "first_seen",
        LastSeen = "last_seen",
        Reports = "reports",
        Members = "members",
        Risk = "risk",
        Goods = "goods",
        Tlp = "tlp",
        PermittedActions = "permitted_actions",
        Value = "value",
        Contributions = "contributions",
        ContributionsTotal = "contributions_total",
    }
);

/// A stored projection, with its view cut into fields that are not read further.
pub struct Written<'t> {
    view: BTreeMap<&'t str, &'t RawValue>,
    unlisted: Option<&'t str>,
}

#[derive(Deserialize)]
struct Body<'t> {
    #[serde(borrow)]
    view: BTreeMap<&'t str, &'t RawValue>,
    #[serde(default)]
    unlisted: Option<&'t str>,
}

/// What of an identifier makes a profile be found by a platform.
#[derive(Deserialize)]
struct Hosted {
    #[serde(rename = "type")]
    kind: IdentifierType,
    #[serde(default)]
    platform: Option<String>,
}

impl<'t> Written<'t> {
    /// Cuts a [`Projection`] as it is stored.
    pub fn read(body: &'t str) -> serde_json::Result<Self> {
        let Body { view, unlisted } = serde_json::from_str(body)?;
        Ok(Self { view, unlisted })
    }

    /// The fields that are not the same in both.
    pub fn changed(&self, other: &Self) -> BTreeSet<ViewField> {
        let text = |view: &Self, field: &str| view.view.get(field).map(|value| value.get().to_owned());
        let names: BTreeSet<&str> = self.view.keys().chain(other.view.keys()).copied().collect();
        let differing = names.into_iter().filter(|name| text(self, name) != text(other, name));
        let unlisted = (self.unlisted != other.unlisted).then_some(ViewField::Contributions);
        differing.filter_map(ViewField::parse_name).chain(unlisted).collect()
    }

    /// The score of the risk.
    pub fn risk(&self) -> serde_json::Result<u8> {
        let rated =
            self.view.get(ViewField::Risk.as_str()).map(|risk| serde_json::from_str::<Risk>(risk.get()));
        Ok(rated.transpose()?.unwrap_or_default().score)
    }

    /// As [`Projection::words`], of what is stored.
    pub fn words(&self, hasher: &KeyHasher) -> serde_json::Result<BTreeSet<Key>> {
        let read = |field: &str| self.view.get(field).map_or("[]", |value| value.get());
        let hosted: Vec<Hosted> = serde_json::from_str(read(ViewField::Identifiers.as_str()))?;
        let countries: Vec<String> = serde_json::from_str(read(ViewField::Countries.as_str()))?;
        let platforms = hosted.iter().map(|one| (one.kind, one.platform.as_deref()));
        Ok(words(platforms, countries.iter().map(String::as_str), hasher))
    }
}

impl Projection {
    /// The keys of the platforms that host the profile and of its countries: by these those who see it find it.
    pub fn words(&self, hasher: &KeyHasher) -> BTreeSet<Key> {
        let platforms = self.view.identifiers.iter().map(|one| (one.kind, one.platform.as_deref()));
        words(platforms, self.view.countries.iter().map(String::as_str), hasher)
    }
}

fn words<'w>(
    identifiers: impl Iterator<Item = (IdentifierType, Option<&'w str>)>,
    countries: impl Iterator<Item = &'w str>,
    hasher: &KeyHasher,
) -> BTreeSet<Key> {
    let platforms: BTreeSet<&str> =
        identifiers.filter(|(kind, _)| kind.is_hosted()).filter_map(|(_, platform)| platform).collect();
    let platforms = platforms.into_iter().map(|slug| hasher.word("platform", slug));
    platforms.chain(countries.map(|country| hasher.word("country", country))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::handling::{Handling, Tlp};
    use super::super::band::{Count, When};
    use super::super::seller::{GoodsClasses, IdentifierView, Seal, SellerView, ValueSum};
    use super::*;
    use crate::domain::time::parse_date;

    fn projection() -> Projection {
        let date = parse_date("2026-03-10").expect("a date");
        let identifier = |kind, platform: Option<&str>| IdentifierView {
            kind,
            value: "x \"y\" 张".to_owned(),
            masked: false,
            platform: platform.map(str::to_owned),
            country: None,
            scheme: None,
            audience: None,
            seal: Seal::default(),
        };
        let view = SellerView {
            lens: "peer".to_owned(),
            names: BTreeSet::from(["a".to_owned()]),
            identifiers: vec![
                identifier(IdentifierType::Storefront, Some("taobao")),
                identifier(IdentifierType::Email, None),
                identifier(IdentifierType::PersonName, Some("ebay")),
            ],
            countries: BTreeSet::from(["CN".to_owned(), "GB".to_owned()]),
            first_seen: When::exact(date),
            last_seen: When::exact(date),
            reports: Count::exact(1),
            members: Count::exact(1),
            risk: Risk::default(),
            goods: Some(GoodsClasses { nice_classes: BTreeSet::new(), categories: BTreeSet::new() }),
            handling: Handling { tlp: Tlp::Green, permitted_actions: BTreeSet::new() },
            value: vec![ValueSum {
                currency: "CNY".to_owned(),
                sales_minor: 1,
                unsold_minor: 0,
                illegal_gains_minor: 0,
                units: 0,
                reports: 1,
            }],
            contributions: Vec::new(),
            contributions_total: 1,
            seal: Seal::default(),
        };
        Projection { view, keys: vec![Key(1), Key(2), Key(3)], order_date: date, unlisted: None }
    }

    fn written(projection: &Projection) -> String {
        serde_json::to_string(projection).expect("JSON")
    }

    #[test]
    fn every_field_of_a_view_has_its_name() {
        let body = written(&projection());
        let view = Written::read(&body).expect("a view").view;
        let unnamed: Vec<_> = view.keys().filter(|name| ViewField::parse_name(name).is_none()).collect();
        assert!(
            unnamed.is_empty(),
            "ViewField lacks {unnamed:?}: a change of it would reach nobody who asks"
        );
    }

    #[test]
    fn what_is_read_from_the_text_is_what_the_projection_says() {
        let hasher = KeyHasher::new([3; 32]);
        let projection = projection();
        let body = written(&projection);
        let words = Written::read(&body).expect("a view").words(&hasher).expect("words");
        assert_eq!(words, projection.words(&hasher));
        let expected = [("platform", "taobao"), ("country", "CN"), ("country", "GB")];
        assert_eq!(words, expected.map(|(space, word)| hasher.word(space, word)).into());
    }

    #[test]
    fn a_change_is_told_by_the_fields_that_differ_also_of_one_that_is_gone() {
        let old = projection();
        let mut new = old.clone();
        new.view.names.insert("b".to_owned());
        new.view.goods = None;
        // Nobody sees it.
        new.keys = vec![Key(9), Key(2), Key(3)];
        let (old, new) = (written(&old), written(&new));
        let (old, new) = (Written::read(&old).expect("a view"), Written::read(&new).expect("a view"));
        assert_eq!(old.changed(&new), BTreeSet::from([ViewField::Names, ViewField::Goods]));
        assert_eq!(new.changed(&old), BTreeSet::from([ViewField::Names, ViewField::Goods]));
        assert!(old.changed(&old).is_empty());
    }
}
