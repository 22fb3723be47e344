//! Twins: two alliances that differ in everything that the lens hides from a peer who reports nothing, and in
//! nothing else. Who reported, what it was worth, the mark, the days of a month, the hidden digits of each personal
//! value, how many reports there are within one band, whether such things were revised meanwhile, and what was
//! proposed. And two for a platform, which differ in who proposed, and in what was taken back.

use fastrand::Rng;

use super::cases::{CONTRADICTORY, Case, Island, PLAIN};
use super::people::Viewer;
use super::plan::Plan;
use super::script::{self, Act, Said, Script, Tick};

struct Twin {
    /// Who plays the parts of the script.
    cast: [&'static str; 4],
    /// Which of two values that are masked alike.
    which: usize,
    /// Whether there are reports and revisions besides that no peer may notice.
    busy: bool,
    rng: Rng,
}

/// The twins that this viewer must not tell one from the other.
pub fn for_viewer(viewer: &Viewer) -> Vec<[Plan; 2]> {
    if viewer.member == Some("taobao") {
        return vec![[0, 1].map(hosted)];
    }
    if !["dora", "emil", "guild", "ebay"].iter().any(|slug| viewer.member == Some(slug)) {
        return Vec::new();
    }
    let twins = || {
        [
            Twin { cast: ["acme", "bolt", "cora", "fern"], which: 0, busy: true, rng: Rng::with_seed(1) },
            Twin { cast: ["cora", "acme", "fern", "bolt"], which: 1, busy: false, rng: Rng::with_seed(2) },
        ]
    };
    vec![
        twins().map(|twin| twin.plan(viewer)),
        twins().map(|twin| {
            let family = twin.cast[..2].to_vec();
            let family_name = ["wing-house", "another-house"][twin.which];
            Plan { family, family_name, ..twin.too_few() }
        }),
        twins().map(|twin| Plan { k: Some(4), ..twin.too_few() }),
    ]
}

fn said(member: &'static str, of: [&str; 2], verdict: &'static str) -> Said {
    let of = of.map(str::to_owned);
    Said { member, group: "alliance", of, verdict, propose: true, reason: 1 }
}

/// Two sellers of a platform, with proposals of which it sees one.
fn hosted(hand: usize) -> Plan {
    let mut twin = Twin { cast: ["bolt"; 4], which: 0, busy: hand == 1, rng: Rng::with_seed(3) };
    let cases = [0, 1].map(|shop| twin.case(0, &format!("shop-{shop}"), 0, &[shop], &[]));
    let proposed = |verdict| said("bolt", ["shop-0", "shop-1"], verdict);
    let mut acts = cases.map(Act::File).to_vec();
    acts.push(Act::Judge(proposed("same")));
    if twin.busy {
        acts.extend([Act::Judge(proposed("unsure")), Act::TakeBack(proposed("unsure"))]);
    }
    let ticks = acts.into_iter().map(|act| Tick { acts: vec![(act, hand)], resolves: true });
    let mut script: Script = ticks.collect();
    script.resize(6, Tick::default());
    Plan { script, ..Plan::default() }
}

impl Twin {
    fn case(
        &mut self,
        part: usize,
        external_id: &str,
        island: Island,
        open: &[usize],
        slots: &[usize],
    ) -> Case {
        Case {
            member: self.cast[part],
            external_id: external_id.to_owned(),
            island,
            shared: vec!["alliance"],
            open: open.to_vec(),
            personal: slots.iter().map(|slot| (*slot, self.which)).collect(),
            months: [3, 4],
            name: Some(1),
            strict: false,
            goods: 1,
            hidden: script::hidden(&mut self.rng),
        }
    }

    fn again(&mut self, case: &Case, external_id: &str) -> Case {
        let hidden = script::hidden(&mut self.rng);
        Case { external_id: external_id.to_owned(), hidden, ..case.clone() }
    }

    /// Four members on one seller, whose goods differ between the twins: too few to show them if two are of one owner,
    /// or if `alliance` asks for more.
    fn too_few(mut self) -> Plan {
        let goods = u32::try_from(self.which).expect("a twin");
        let cases: Vec<Case> =
            (0..4).map(|part| Case { goods, ..self.case(part, "four", PLAIN, &[1], &[]) }).collect();
        let ticks = cases.into_iter().map(|case| Tick { acts: vec![(Act::File(case), 0)], resolves: true });
        let mut script: Script = ticks.collect();
        // As many as the stop-list is changed at.
        script.resize(6, Tick { acts: Vec::new(), resolves: true });
        Plan { script, ..Plan::default() }
    }

    /// What the viewer asks of those who reported a seller, and what others ask meanwhile. Whoever plays the parts, and
    /// whether they put it aside or say nothing, the viewer gets the same.
    fn introductions(&self, viewer: &Viewer, about: &Case) -> Vec<Option<Act>> {
        let Some(viewer) = viewer.member else { return Vec::new() };
        let other = if viewer == "emil" { "dora" } else { "emil" };
        let name = (about.member, about.external_id.clone());
        let busy = |act: Act| self.busy.then_some(act);
        let [first, second] = [self.cast[0], self.cast[2]];
        vec![
            Some(Act::Ask(viewer, name.clone())),
            busy(Act::Ask(other, name)),
            busy(Act::Answer { member: first, to: viewer, grant: false }),
            busy(Act::Answer { member: first, to: other, grant: true }),
            busy(Act::Answer { member: second, to: other, grant: false }),
        ]
    }

    fn plan(mut self, viewer: &Viewer) -> Plan {
        let mut acts: Vec<Option<Act>> = Vec::new();
        let first = self.case(0, "first", PLAIN, &[0], &[0, 3, 4]);
        let second = self.case(1, "second", PLAIN, &[], &[0, 1]);
        let third = self.case(2, "third", PLAIN, &[0], &[]);
        acts.extend([first.clone(), second, third].map(|case| Some(Act::File(case))));
        let hidden = self.again(&first, "first");
        acts.push(self.busy.then_some(Act::File(hidden)));
        // Four members: their classes of goods show, and they are the same.
        for part in 0..4 {
            let case = self.case(part, "four", PLAIN, &[1], &[]);
            acts.push(Some(Act::File(case)));
        }
        // A merge that comes apart again.
        let lone = self.case(1, "lone", PLAIN, &[2], &[]);
        let bridge = self.case(3, "bridge", PLAIN, &[0, 2], &[]);
        let name = (bridge.member, bridge.external_id.clone());
        acts.extend([Act::File(lone), Act::File(bridge), Act::Retract(name)].map(Some));
        // Two companies that share a site, which shows, and two that may share a mailbox, which does not.
        let site =
            [1, 2].map(|company| self.case(0, &format!("site-{company}"), CONTRADICTORY, &[0, company], &[]));
        acts.extend(site.map(|case| Some(Act::File(case))));
        // Two that share a name, which is no more than worth a look.
        let name =
            [7, 8].map(|company| self.case(1, &format!("name-{company}"), CONTRADICTORY, &[6, company], &[]));
        acts.extend(name.map(|case| Some(Act::File(case))));
        let mut mail =
            [4, 5].map(|company| self.case(2, &format!("mail-{company}"), CONTRADICTORY, &[company], &[1]));
        mail[1].personal[0].1 = 0;
        acts.extend(mail.map(|case| Some(Act::File(case))));
        acts.extend(self.introductions(viewer, &first));
        let proposal = said(self.cast[0], ["site-1", "site-2"], "same");
        acts.push(self.busy.then_some(Act::Judge(proposal)));
        // New reports come last: a seller's id follows from the place of its first report in the pool.
        for n in 0..2 {
            let more = self.again(&first, &format!("more-{n}"));
            acts.push(self.busy.then_some(Act::File(more)));
        }
        let ticks = acts
            .into_iter()
            .map(|act| Tick { acts: act.into_iter().map(|act| (act, 0)).collect(), resolves: true });
        Plan { script: ticks.collect(), ..Plan::default() }
    }
}
