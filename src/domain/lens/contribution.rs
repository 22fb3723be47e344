//! One report of a profile, as who is entitled to the report itself sees it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::handling::Handling;
use super::super::id::{MemberId, ReportId};
use super::super::report::{
    Attribution, Basis, Evidence, EvidenceAudience, Goods, InfringementType, Listing, PriorAction, Report,
    Right, Statement, TestPurchase, Value, VerificationLevel,
};
use super::band::When;
use super::class::Class;
use super::seller::Seal;
use super::{Field, Lens, Show, show};

/// One pooled report of a profile, as the projection needs it.
#[derive(Debug, Clone)]
pub struct Contribution {
    pub member: MemberId,
    pub member_name: String,
    pub report_id: ReportId,
    pub revision: i32,
    pub report: Report,
}

/// One report of the profile, as an entitled platform sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContributionView {
    pub report_id: ReportId,
    /// The reporting member's name; absent if it chose to be anonymous.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    pub infringement_type: InfringementType,
    pub verification: VerificationLevel,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Basis>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rights: Vec<Right>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<Goods>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listings: Vec<Listing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior_actions: Vec<PriorAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test_purchases: Vec<TestPurchase>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
    pub first_seen: When,
    pub last_seen: When,
    /// The report's own handling terms.
    #[serde(flatten)]
    pub handling: Handling,
    #[serde(skip)]
    pub(super) seal: Seal,
}

/// Shows a report to a class, if it sees it: because it sees every report of the profile, or was given this one.
pub fn seen(one: &Contribution, class: &Class, sees_every: bool) -> Option<ContributionView> {
    let drop_box = class.drop_box();
    let given = one.report.share_with.iter().any(|group| Some(group) == drop_box.as_ref());
    (sees_every || given || leak!(ContributionsToPeers)).then(|| contribution_view(one))
}

/// Shows a report through the platforms' lens.
pub(super) fn contribution_view(one: &Contribution) -> ContributionView {
    let report = one.report.clone();
    let handling = report.handling();
    let named = match show(Field::Reporter, Lens::Platform) {
        Show::NameUnlessAnonymous => report.attribution == Attribution::Named,
        _ => false,
    };
    let evidence = match show(Field::Narrative, Lens::Platform) {
        Show::IfAudienceHasPlatforms => report.evidence_audience.contains(&EvidenceAudience::Platforms),
        _ => false,
    };
    ContributionView {
        report_id: one.report_id,
        reporter: (named || leak!(NameOfAnonymous)).then(|| one.member_name.clone()),
        // A principal or a signer would give an anonymous reporter away.
        on_behalf_of: report.on_behalf_of.filter(|_| named || leak!(PrincipalOfAnonymous)),
        statement: report.statement.filter(|_| named || leak!(SignerOfAnonymous)),
        infringement_type: report.infringement_type,
        verification: report.verification.level,
        basis: report.basis,
        rights: report.rights,
        goods: report.goods,
        listings: report.listings,
        value: report.value,
        prior_actions: report.prior_actions,
        narrative: report.narrative.filter(|_| evidence || leak!(NarrativeToAll)),
        evidence: if evidence || leak!(EvidenceToAll) {
            exhibits(report.evidence, named)
        } else {
            Vec::new()
        },
        test_purchases: if evidence || leak!(PurchasesToAll) { report.test_purchases } else { Vec::new() },
        first_seen: When::exact(report.first_seen),
        last_seen: When::exact(report.last_seen),
        handling,
        seal: Seal::default(),
    }
}

/// Evidence as a platform sees it: who captured it would give an anonymous reporter away.
fn exhibits(mut evidence: Vec<Evidence>, named: bool) -> Vec<Evidence> {
    for exhibit in &mut evidence {
        exhibit.captured_by = exhibit.captured_by.take().filter(|_| named || leak!(CapturerOfAnonymous));
    }
    evidence
}
