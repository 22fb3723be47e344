//! What an alliance is built from, and the same with everything else in place of what one viewer may not see.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use touchstone::domain::lens::K;

use super::cases::{Case, Hidden, Island, PLAIN, Sight};
use super::people::{DUO, MEMBERS, REPORTERS, Viewer, may_share};
use super::script::{self, Act, Name, Said, Script, Tick};

/// An alliance to build.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub script: Script,
    /// Filed when everything was resolved, and left waiting.
    pub late: Vec<Case>,
    /// Names of members and groups other than the usual ones, by slug.
    pub member_names: BTreeMap<&'static str, String>,
    pub group_names: BTreeMap<&'static str, String>,
    /// Whether [`DUO`] was never made.
    pub without_duo: bool,
    /// Members of one owner group, from the beginning on, and what it is called.
    pub family: Vec<&'static str>,
    pub family_name: &'static str,
    /// Who is taken into the owner group when half of everything has happened.
    pub late_relative: Option<&'static str>,
    /// What `k` of the alliance is raised to, before anything else.
    pub k: Option<i32>,
    /// Whether one more person works for `bolt`.
    pub second_user: bool,
    /// Who is suspended when all is done.
    pub suspended: Option<&'static str>,
    /// Whether the operator watches a value.
    pub canary: bool,
}

impl Plan {
    pub fn random(seed: u64, ticks: usize) -> Self {
        let plan =
            Self { script: script::random(seed, ticks), second_user: true, canary: true, ..Self::default() };
        if !seed.is_multiple_of(2) {
            return plan;
        }
        let family = vec!["acme", "bolt"];
        Self { family, family_name: "wing-house", late_relative: Some("cora"), ..plan }
    }

    /// An alliance that this viewer cannot tell from this one.
    pub fn disguised(&self, viewer: &Viewer, seed: u64) -> Self {
        Disguise::new(self, viewer, seed).plan(self)
    }
}

/// Whether a report is of the plain island.
fn is_plain(external_id: &str) -> bool {
    external_id.starts_with(&format!("{PLAIN}-"))
}

/// Everything that is changed for one viewer.
struct Disguise<'v> {
    viewer: &'v Viewer,
    rng: Rng,
    /// What is different in the reasons that people give.
    salt: u32,
    /// Personal values that the viewer sees in full somewhere, by island and slot.
    known: BTreeSet<(Island, usize)>,
    /// Islands on which so few members report, all of them seen as by a peer, that no goods are shown.
    few: BTreeSet<Island>,
    /// Proposals that are taken back in the end, and so nobody's to see.
    taken_back: BTreeSet<Said>,
    /// Who stands for whom on the plain island.
    stands_for: BTreeMap<&'static str, &'static str>,
    /// The reports that the viewer sees something of, as they are now.
    seen: BTreeMap<Name, Case>,
}

impl<'v> Disguise<'v> {
    fn new(plan: &Plan, viewer: &'v Viewer, seed: u64) -> Self {
        let script = &plan.script;
        let mut rng = Rng::with_seed(seed ^ 0x5eed);
        let cases = || {
            script.iter().flat_map(|tick| &tick.acts).filter_map(|(act, _)| match act {
                Act::File(case) => Some((case, case.seen_by(viewer))),
                _ => None,
            })
        };
        let closely = cases().filter(|(_, sight)| *sight > Sight::Peer);
        let known = closely
            .flat_map(|(case, _)| case.personal.iter().map(|(slot, _)| (case.island, *slot)))
            .collect();
        let mut members: BTreeMap<Island, BTreeSet<&str>> = BTreeMap::new();
        for (case, sight) in cases().filter(|(_, sight)| *sight > Sight::Nothing) {
            let is_of_family = plan.family.contains(&case.member);
            let owner = if is_of_family { plan.family_name } else { case.member };
            members.entry(case.island).or_default().insert(owner);
            if sight == Sight::Platform {
                // More than there can be: its goods show.
                members.entry(case.island).or_default().extend(MEMBERS.map(|(slug, _)| slug));
            }
        }
        let few = members.iter().filter(|(_, of)| of.len() <= K).map(|(island, _)| *island).collect();
        let named = cases().any(|(case, sight)| case.island == PLAIN && sight == Sight::Platform);
        let taken_back = script.iter().flat_map(|tick| &tick.acts).filter_map(|(act, _)| match act {
            Act::TakeBack(said) if said.propose => Some(said.clone()),
            _ => None,
        });
        let taken_back = taken_back.collect();
        // Where people part what is alike in all else, a keyed hash of who reported says which link is applied
        // (docs/PRIVACY.md admits it), and not everybody may judge everywhere: nobody stands in there without a trace.
        let judged = script.iter().flat_map(|tick| &tick.acts).any(|(act, _)| match act {
            Act::Judge(said) => viewer.pools.contains(&said.group) && is_plain(&said.of[0]),
            _ => false,
        });
        let mut stands_for = BTreeMap::new();
        if !named && !judged {
            // Who is of a family stands for its own: how many owners there are shows.
            let kin = |slug: &&str| (plan.family.contains(slug), plan.late_relative == Some(*slug));
            for one in REPORTERS {
                let others = REPORTERS.into_iter().filter(|slug| Some(*slug) != viewer.member);
                let others: Vec<&str> = others.filter(|slug| kin(slug) == kin(&one)).collect();
                let mut shuffled = others.clone();
                rng.shuffle(&mut shuffled);
                stands_for.extend(others.into_iter().zip(shuffled));
            }
        }
        let salt = rng.u32(..);
        Self { viewer, rng, salt, known, taken_back, few, stands_for, seen: BTreeMap::new() }
    }

    fn plan(mut self, plan: &Plan) -> Plan {
        let script = &plan.script;
        let ticks = script.iter().map(|tick| self.tick(tick)).collect();
        let late = (0..3).map(|n| self.unseen(format!("late-{n}"))).collect();
        let operator = self.viewer.is_operator();
        // Who reports is told to platforms by name, but for the anonymous.
        let renamed = |slug: &&str| {
            let is_told = REPORTERS.contains(slug) && self.named_to_viewer(script, slug);
            !operator && Some(*slug) != self.viewer.member && !is_told
        };
        let members = MEMBERS.map(|(slug, _)| slug).into_iter().filter(renamed);
        let groups = ["luxury", "ring", DUO].into_iter().filter(|slug| !self.viewer.knows.contains(slug));
        Plan {
            script: ticks,
            late,
            member_names: members.map(|slug| (slug, format!("{slug} by another name"))).collect(),
            group_names: groups.map(|slug| (slug, format!("{slug} by another name"))).collect(),
            without_duo: !operator,
            family: plan.family.clone(),
            family_name: if operator { plan.family_name } else { "another-house" },
            late_relative: plan.late_relative,
            k: plan.k,
            second_user: false,
            suspended: (!operator).then_some("fern"),
            canary: operator,
        }
    }

    /// Whether the viewer ever gets this reporter's name.
    fn named_to_viewer(&self, script: &Script, slug: &str) -> bool {
        script.iter().flat_map(|tick| &tick.acts).any(|(act, _)| match act {
            Act::File(case) => {
                case.member == slug && case.seen_by(self.viewer) == Sight::Platform && !case.hidden.anonymous
            }
            _ => false,
        })
    }

    fn tick(&mut self, tick: &Tick) -> Tick {
        let mut acts = Vec::new();
        for (act, hand) in &tick.acts {
            // Who looked something up, and with which key, is on record for the operator.
            let is_told = self.viewer.is_operator() && matches!(act, Act::LookUp(..));
            if Some(act.member()) == self.viewer.member || is_told {
                acts.push((act.clone(), *hand));
                continue;
            }
            if self.rng.u32(0..3) == 0 {
                let more = self.more();
                acts.push((more, self.rng.usize(..2)));
            }
            let act = self.act(act);
            acts.extend(act.map(|act| (act, self.rng.usize(..2))));
        }
        Tick { acts, resolves: tick.resolves }
    }

    /// Something that the viewer does not notice.
    fn more(&mut self) -> Act {
        let seen: Vec<Case> = self.seen.values().cloned().collect();
        match self.rng.u32(0..3) {
            0 if !seen.is_empty() => {
                let case = seen[self.rng.usize(..seen.len())].clone();
                Act::File(self.retold(case))
            }
            1 => {
                let id = format!("more-{}", self.rng.u32(..4));
                Act::File(self.unseen(id))
            }
            _ if self.viewer.is_operator() => Act::Blunder(self.other()),
            _ => Act::LookUp(self.other(), self.rng.usize(..4)),
        }
    }

    /// What happens instead of what somebody else did.
    fn act(&mut self, act: &Act) -> Option<Act> {
        let drop = self.rng.bool();
        match act {
            Act::File(case) => self.file(case, drop),
            Act::Retract((member, id)) => {
                let name = (self.stand_in(member, id), id.clone());
                match self.seen.remove(&name) {
                    Some(case) if drop => Some(Act::File(self.away(case))),
                    _ => Some(Act::Retract(name)),
                }
            }
            Act::Judge(said) if self.is_noticed(said) => Some(Act::Judge(self.resaid(said))),
            Act::TakeBack(said) if self.is_noticed(said) => Some(Act::TakeBack(self.resaid(said))),
            Act::Judge(said) => (!drop).then(|| Act::Judge(self.resaid(said))),
            Act::TakeBack(said) => (!drop).then(|| Act::TakeBack(self.resaid(said))),
            Act::LookUp(..) | Act::Blunder(_) => (!drop).then(|| act.clone()),
            // Who is asked follows from who reported: only twins do it, where that is hidden by other means.
            Act::Ask(..) | Act::Answer { .. } => Some(act.clone()),
        }
    }

    fn file(&mut self, case: &Case, drop: bool) -> Option<Act> {
        let mut case = case.clone();
        let sight = case.seen_by(self.viewer);
        case.member = self.stand_in(case.member, &case.external_id);
        let name = (case.member, case.external_id.clone());
        let before = self.seen.remove(&name);
        if sight == Sight::Nothing {
            return match before {
                Some(_) if drop => Some(Act::Retract(name)),
                None if drop => None,
                _ => Some(Act::File(self.away(case))),
            };
        }
        let told = self.retold(case);
        let same = before.is_some_and(|before| self.looks_like(&before, &told, sight));
        self.seen.insert(name, told.clone());
        // A revision of what the viewer does not see may as well not happen.
        (!same || !drop).then_some(Act::File(told))
    }

    /// Whether the viewer could not tell one version of a report from the other.
    fn looks_like(&self, one: &Case, other: &Case, sight: Sight) -> bool {
        let plain = |case: &Case| {
            let mut plain = case.clone();
            plain.shared.retain(|group| self.viewer.pools.contains(group));
            if sight == Sight::Peer {
                plain.hidden = Hidden { days: [1, 1], ..other.hidden };
            }
            plain
        };
        plain(one) == plain(other)
    }

    /// The same report with other hidden parts, and shared with other groups that the viewer does not read.
    fn retold(&mut self, mut case: Case) -> Case {
        let sight = case.seen_by(self.viewer);
        let new = script::hidden(&mut self.rng);
        let old = case.hidden;
        case.hidden = match sight {
            Sight::Own => old,
            Sight::Nothing | Sight::Peer => new,
            Sight::Platform => Hidden {
                signer: if old.anonymous { new.signer } else { old.signer },
                story: if old.for_platforms { old.story } else { new.story },
                examiner: new.examiner,
                ..old
            },
        };
        if sight == Sight::Peer && self.few.contains(&case.island) {
            case.goods = self.rng.u32(..3);
        }
        for (slot, which) in &mut case.personal {
            *which = usize::from(!self.known.contains(&(case.island, *slot)));
        }
        case.shared.retain(|group| self.viewer.pools.contains(group));
        case.shared.extend(self.unread(case.member, case.island));
        case
    }

    /// The report where the viewer sees nothing of it, with anything in it.
    fn away(&mut self, case: Case) -> Case {
        let shared = self.unread(case.member, case.island);
        let new = script::case(&mut self.rng, case.member, case.island);
        Case { external_id: case.external_id, shared, ..new }
    }

    /// A report of somebody else that the viewer sees nothing of.
    fn unseen(&mut self, external_id: String) -> Case {
        let member = self.other();
        let island = self.rng.usize(..4);
        let shared = self.unread(member, island);
        Case { external_id, shared, ..script::case(&mut self.rng, member, island) }
    }

    /// Some of the groups that a member may contribute to and the viewer does not read.
    fn unread(&mut self, member: &str, island: Island) -> Vec<&'static str> {
        let mut may = may_share(member);
        may.retain(|group| {
            let is_there = *group != DUO || self.viewer.is_operator();
            let is_plain = island != PLAIN || *group == "alliance" || group.starts_with("platform:");
            is_there && is_plain && !self.viewer.pools.contains(group) && self.rng.u32(0..3) == 0
        });
        // What is shared with `alliance` is in the viewer's pools that include it.
        if !self.viewer.pools.is_empty() {
            may.retain(|group| *group != "alliance");
        }
        may
    }

    fn other(&mut self) -> &'static str {
        let others: Vec<&str> =
            REPORTERS.into_iter().filter(|slug| Some(*slug) != self.viewer.member).collect();
        others[self.rng.usize(..others.len())]
    }

    fn stand_in(&self, member: &'static str, external_id: &str) -> &'static str {
        if !is_plain(external_id) {
            return member;
        }
        self.stands_for.get(member).copied().unwrap_or(member)
    }

    /// Whether the viewer may notice a judgement: what counts in a pool that it reads, and there an open proposal
    /// if it is a platform, which may judge what it sees in full.
    fn is_noticed(&self, said: &Said) -> bool {
        let is_open = self.viewer.is_platform() && !self.taken_back.contains(said);
        self.viewer.pools.contains(&said.group) && (!said.propose || is_open)
    }

    fn resaid(&self, said: &Said) -> Said {
        let is_read = said.propose && self.is_noticed(said);
        Said {
            member: self.stand_in(said.member, &said.of[0]),
            reason: if is_read { said.reason } else { said.reason ^ self.salt },
            ..said.clone()
        }
    }
}
