//! What each audience would see of a report, before it is filed.
//!
//! The views are those of [`project`], from the report alone: as if it were the only one on its seller.
//! So a preview tells nothing about what others reported, and what it shows is what would be read.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::super::group::{ALLIANCE, DROP_BOX_PREFIX, GroupKind, pools};
use super::super::id::{MemberId, ReportId};
use super::super::report::{IdentifierAudience, Report};
use super::super::resolution::keys::KeyHasher;
use super::super::vocabulary::vocabulary;
use super::band::{Count, When};
use super::class::Class;
use super::contribution::Contribution;
use super::seller::{Profile, Projection, SellerView, project};
use super::tally::Tally;
use super::{Field, K, Lens, MATRIX, show};

/// A sharing group that the reporter knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGroup {
    pub slug: String,
    pub kind: GroupKind,
    pub includes_alliance: bool,
}

/// What would be seen of a report, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Preview {
    /// The report as it would be stored: its own member reads all of it.
    pub own: Report,
    /// The groups in whose pools it would be, of those that its member knows of.
    pub pools: Vec<String>,
    /// Everybody else who would see something of it; nobody, of a draft.
    pub audiences: Vec<Audience>,
}

/// Those who would see the report alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Audience {
    /// Their lens class: `peer`, or `platform:<slug>` for a platform that would see it in full. A platform
    /// that neither hosts nor was given the report is among the peers.
    #[schema(example = "peer")]
    pub class: String,
    /// The groups in which they would read it.
    pub groups: Vec<String>,
    /// The custom groups in which this platform would read it, if it may read there: who is in such a group is
    /// not told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub if_listed: Vec<String>,
    /// The profile that they would read if this were the only report on its seller. Ids of reports are
    /// zero: there is none yet.
    pub seller: SellerView,
    /// What that shows of the report, by the rows of the lens matrix; of rows on which the report says
    /// something.
    pub fields: Vec<FieldShown>,
}

/// How one row of the lens matrix comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldShown {
    pub field: Field,
    /// What the row covers.
    pub covers: String,
    pub shown: Shown,
    /// Why: the rule for this audience.
    pub rule: String,
}

vocabulary!(
    /// How much of what a report says is shown.
    Shown {
        Full = "full",
        /// Parts of each value are hidden.
        Masked = "masked",
        /// Months for dates, bands for counts, classes for goods.
        Coarse = "coarse",
        /// Some values, and not those for a narrower audience.
        Partly = "partly",
        LeftOut = "left_out",
    }
);

/// Previews a report of this member. `known` are the groups in which the member has any right.
pub fn preview(
    member: MemberId,
    member_name: &str,
    report: Report,
    known: &[KnownGroup],
    hasher: &KeyHasher,
) -> Preview {
    let pooled: Vec<&KnownGroup> = known
        .iter()
        .filter(|group| {
            pools(&group.slug, group.includes_alliance, report.share_with.iter().map(String::as_str))
        })
        .collect();
    let slugs = |wanted: &dyn Fn(&KnownGroup) -> bool| -> Vec<String> {
        pooled.iter().filter(|group| wanted(group)).map(|group| group.slug.clone()).collect()
    };
    let report_id = ReportId::from_bytes([0; 16]);
    let contribution = Contribution {
        member,
        member_name: member_name.to_owned(),
        report_id,
        revision: 1,
        report: report.clone(),
    };
    let mut tally = Tally::for_reports(1, 1);
    tally.add(&contribution, hasher);
    let reports = BTreeMap::from([(report_id, Box::new(contribution))]);
    let profile = Profile { tally: &tally, owners: &BTreeMap::new(), reports: &reports };
    let seen = |class: &Class| project(profile, class, K, hasher).map(Projection::into_view);
    let mut audiences = Vec::new();

    let read_by_peers = slugs(&|group| group.kind != GroupKind::DropBox);
    if !read_by_peers.is_empty()
        && let Some(view) = seen(&Class::Peer)
    {
        audiences.push(audience(&Class::Peer, read_by_peers, Vec::new(), view, &report));
    }
    for drop_box in known.iter().filter(|group| group.kind == GroupKind::DropBox) {
        let Some(slug) = drop_box.slug.strip_prefix(DROP_BOX_PREFIX) else { continue };
        let class = Class::Platform(slug.to_owned());
        let groups = slugs(&|group| group.slug == ALLIANCE || group.slug == drop_box.slug);
        let if_listed = slugs(&|group| group.kind == GroupKind::Custom);
        if groups.is_empty() && if_listed.is_empty() {
            continue;
        }
        if let Some(view) = seen(&class).filter(|view| !view.contributions.is_empty()) {
            audiences.push(audience(&class, groups, if_listed, view, &report));
        }
    }
    let pools = slugs(&|_| true);
    Preview { own: report, pools, audiences }
}

fn audience(
    class: &Class,
    groups: Vec<String>,
    if_listed: Vec<String>,
    seller: SellerView,
    report: &Report,
) -> Audience {
    let lens = if seller.contributions.is_empty() { Lens::Peer } else { Lens::Platform };
    let fields = MATRIX.iter().filter_map(|(field, _)| {
        Some(FieldShown {
            field: *field,
            covers: field.title(),
            shown: shown(*field, report, &seller)?,
            rule: show(*field, lens).to_string(),
        })
    });
    Audience { class: class.to_string(), groups, if_listed, fields: fields.collect(), seller }
}

/// What a view shows of a field, read from the view itself; `None` where the report says nothing of it.
fn shown(field: Field, report: &Report, view: &SellerView) -> Option<Shown> {
    let one = view.contributions.first();
    let if_there = |says: bool, there: bool| says.then_some(if there { Shown::Full } else { Shown::LeftOut });
    match field {
        Field::PublicIdentifiers | Field::PersonalIdentifiers => {
            let personal = field == Field::PersonalIdentifiers;
            let all = report.identifiers_for(IdentifierAudience::Own);
            let says = all.filter(|one| one.kind.is_personal() == personal).count();
            let these = view.identifiers.iter().filter(|one| one.kind.is_personal() == personal);
            let there = these.clone().count();
            match (says, there) {
                (0, _) => None,
                (_, 0) => Some(Shown::LeftOut),
                _ if these.clone().any(|one| one.masked) => Some(Shown::Masked),
                _ if there < says => Some(Shown::Partly),
                _ => Some(Shown::Full),
            }
        }
        Field::Reporter => if_there(true, one.is_some_and(|one| one.reporter.is_some())),
        Field::Goods => {
            let says = !report.goods.is_empty() || !report.rights.is_empty();
            let there = one.is_some_and(|one| one.goods == report.goods && one.rights == report.rights);
            let by_class = says && !there && view.goods.is_some();
            if by_class { Some(Shown::Coarse) } else { if_there(says, there) }
        }
        Field::Value => if_there(
            report.value.is_some() || !report.listings.is_empty(),
            one.is_some_and(|one| one.value == report.value && one.listings == report.listings),
        ),
        Field::Narrative => if_there(
            report.narrative.is_some() || !report.evidence.is_empty() || !report.test_purchases.is_empty(),
            one.is_some_and(|one| {
                one.narrative == report.narrative
                    && one.evidence.len() == report.evidence.len()
                    && one.test_purchases == report.test_purchases
            }),
        ),
        Field::Dates => {
            let exact = view.first_seen == When::exact(report.first_seen)
                && view.last_seen == When::exact(report.last_seen);
            Some(if exact { Shown::Full } else { Shown::Coarse })
        }
        Field::Counts => Some(match view.reports {
            Count::Exact(_) => Shown::Full,
            Count::Band(_) => Shown::Coarse,
        }),
        Field::Handling => if_there(true, view.handling == report.handling()),
    }
}
