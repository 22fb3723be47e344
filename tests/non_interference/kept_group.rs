//! A group that its members keep: what is done in it, and what of that each viewer may notice.

use super::script::{Step, Viewer};
use crate::support::forms;

/// What bolt asks the group's slug to begin with, and what reports and viewers call it here.
pub const DEN: &str = "den";

/// Something that a member does.
#[derive(Debug, Clone)]
pub enum Deed {
    /// bolt founds the group.
    Found,
    Invite(&'static str),
    Accept(&'static str),
    Decline(&'static str),
    Leave(&'static str),
    Share(Step),
}

/// All that is done, one deed at each tick: emil stays, cora leaves, guild has not answered, dora declined, and
/// there is no member of the name `nobody`.
pub fn deeds() -> Vec<Option<Deed>> {
    use Deed::{Accept, Decline, Found, Invite, Leave};
    let share = |member, external_id: &str, groups: &[&str], shop: &str| {
        let mut report =
            forms::report(external_id, groups, &[forms::shop(shop), forms::email("jian.li2@163.com")]);
        report["tlp"] = serde_json::json!("AMBER");
        Deed::Share(Step { member, external_id: external_id.to_owned(), report: Some(report) })
    };
    let deeds = [
        Found,
        Invite("cora"),
        Accept("cora"),
        Invite("guild"),
        Invite("nobody"),
        share("bolt", "bolt-den-1", &[DEN, "alliance"], "https://shop880241.taobao.com/"),
        Invite("dora"),
        Invite("emil"),
        Accept("emil"),
        Decline("dora"),
        share("cora", "cora-den-1", &[DEN], "https://shop880242.taobao.com/"),
        share("cora", "cora-den-2", &[DEN, "alliance"], "https://shop880243.taobao.com/"),
        share("bolt", "bolt-den-2", &[DEN], "https://www.ebay.com/usr/fake_bags_1"),
        Leave("cora"),
        share("bolt", "bolt-den-3", &[DEN], "https://www.ebay.com/usr/fake_bags_2"),
    ];
    deeds.into_iter().map(Some).collect()
}

/// The deeds without those that this viewer may not notice.
pub fn part_of(deeds: &[Option<Deed>], viewer: &Viewer) -> Vec<Option<Deed>> {
    let noticed = |deed: &Deed| {
        let own = |member: &str| viewer.member == Some(member);
        // Who is or was in the group, or is invited, knows that it is there; the operator knows of every group and
        // who is in it.
        let knows = ["bolt", "cora", "emil", "guild", "dora", "operator"].into_iter().any(own);
        let counts = own("bolt") || own("emil") || own("operator");
        let kept = match deed {
            Deed::Found => knows,
            Deed::Invite(member) => {
                own("bolt") || own(member) || (counts && ["cora", "emil"].contains(member))
            }
            Deed::Accept(member) | Deed::Leave(member) => own(member) || counts,
            Deed::Decline(member) => own(member),
            Deed::Share(step) => return Some(Deed::Share(viewer.part_of_step(step))).filter(is_filed),
        };
        kept.then(|| deed.clone())
    };
    deeds.iter().map(|deed| deed.as_ref().and_then(noticed)).collect()
}

fn is_filed(deed: &Deed) -> bool {
    matches!(deed, Deed::Share(Step { report: Some(_), .. }))
}
