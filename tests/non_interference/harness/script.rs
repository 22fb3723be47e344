//! What happens in an alliance, made from a seed: who files, revises, takes back and judges what, and what else
//! people do meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::cases::{CONTRADICTORY, Case, HOSTS, Hidden, Island, PLAIN, SLOTS, open};
use super::people::{DUO, REPORTERS, may_share};

/// The name of a report: its member's and its own.
pub type Name = (&'static str, String);

/// What one member says of two reports of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    pub member: &'static str,
    pub group: &'static str,
    /// External ids.
    pub of: [String; 2],
    pub verdict: &'static str,
    pub propose: bool,
    pub reason: u32,
}

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Files the report, or revises it.
    File(Case),
    Retract(Name),
    Judge(Said),
    /// Takes back what it said of these two.
    TakeBack(Said),
    /// Looks for all personal values of an island.
    LookUp(&'static str, Island),
    /// Sends something that is refused.
    Blunder(&'static str),
    /// Asks those who reported what this report is about to make themselves known.
    Ask(&'static str, Name),
    /// Grants what somebody asks, or puts it aside.
    Answer {
        member: &'static str,
        to: &'static str,
        grant: bool,
    },
}

impl Act {
    pub fn member(&self) -> &'static str {
        match self {
            Self::File(case) => case.member,
            Self::Retract((member, _)) | Self::LookUp(member, _) | Self::Blunder(member) => member,
            Self::Ask(member, _) | Self::Answer { member, .. } => member,
            Self::Judge(said) | Self::TakeBack(said) => said.member,
        }
    }
}

/// What happens between two ticks of the clock.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tick {
    /// Each with which of the member's two keys it is done.
    pub acts: Vec<(Act, usize)>,
    /// Whether everything that waits is resolved at the end.
    pub resolves: bool,
}

pub type Script = Vec<Tick>;

/// External ids of a member on one island.
const IDS: usize = 3;

/// A script of so many ticks.
pub fn random(seed: u64, ticks: usize) -> Script {
    let mut rng = Rng::with_seed(seed);
    let mut latest: BTreeMap<Name, Case> = BTreeMap::new();
    let mut said: Vec<Said> = Vec::new();
    let mut script = Script::new();
    for at in 0..ticks {
        let mut tick = Tick { acts: Vec::new(), resolves: rng.u32(0..3) > 0 || at + 1 == ticks };
        for _ in 0..1 + rng.usize(..2) {
            let act = act(&mut rng, &latest, &said);
            match &act {
                Act::File(case) => {
                    latest.insert((case.member, case.external_id.clone()), case.clone());
                }
                Act::Judge(one) => said.push(one.clone()),
                _ => {}
            }
            tick.acts.push((act, rng.usize(..2)));
        }
        script.push(tick);
    }
    script
}

fn act(rng: &mut Rng, latest: &BTreeMap<Name, Case>, said: &[Said]) -> Act {
    let any = |rng: &mut Rng| latest.values().nth(rng.usize(..latest.len().max(1)));
    match rng.u32(0..100) {
        50..=59 if !latest.is_empty() => {
            let Some(old) = any(rng) else { return blunder(rng) };
            Act::File(Case { hidden: hidden(rng), ..old.clone() })
        }
        60..=66 if !latest.is_empty() => {
            let Some(old) = any(rng) else { return blunder(rng) };
            Act::File(Case { shared: shared(rng, old.member, old.island), ..old.clone() })
        }
        67..=74 if !latest.is_empty() => {
            let Some(old) = any(rng) else { return blunder(rng) };
            Act::Retract((old.member, old.external_id.clone()))
        }
        75..=88 => judgement(rng, latest).map_or_else(|| filing(rng), Act::Judge),
        89..=93 if !said.is_empty() => Act::TakeBack(said[rng.usize(..said.len())].clone()),
        94..=97 => Act::LookUp(any_of(rng, &REPORTERS), rng.usize(..HOSTS.len())),
        98..=99 => blunder(rng),
        _ => filing(rng),
    }
}

fn filing(rng: &mut Rng) -> Act {
    let member = any_of(rng, &REPORTERS);
    // Judgements and what nearly was one seller need many reports on one island.
    let island = any_of(rng, &[0, 1, PLAIN, CONTRADICTORY, CONTRADICTORY]);
    Act::File(case(rng, member, island))
}

fn blunder(rng: &mut Rng) -> Act {
    Act::Blunder(any_of(rng, &REPORTERS))
}

fn any_of<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.usize(..all.len())]
}

/// Two reports of one member on one island, in a group.
fn judgement(rng: &mut Rng, latest: &BTreeMap<Name, Case>) -> Option<Said> {
    let pairs: Vec<(&Case, &Case)> = latest
        .values()
        .flat_map(|a| latest.values().map(move |b| (a, b)))
        .filter(|(a, b)| a.member == b.member && a.island == b.island && a.external_id < b.external_id)
        .collect();
    let (a, b) = *pairs.get(rng.usize(..pairs.len().max(1)))?;
    let mut groups = vec!["alliance", "luxury", "ring", DUO];
    groups.retain(|group| a.is_in(group) && b.is_in(group));
    Some(Said {
        member: a.member,
        group: groups.get(rng.usize(..groups.len().max(1)))?,
        of: [a.external_id.clone(), b.external_id.clone()],
        verdict: any_of(rng, &["same", "different", "same", "unsure"]),
        propose: rng.bool(),
        reason: rng.u32(..),
    })
}

/// A report of a member on an island.
pub fn case(rng: &mut Rng, member: &'static str, island: Island) -> Case {
    let all = open(island).len();
    // On the contradictory island a site and one of two companies; elsewhere one or two of anything.
    let open: BTreeSet<usize> = match island {
        CONTRADICTORY => [rng.usize(..2) * 3, 1 + rng.usize(..2)].into(),
        _ => (0..1 + rng.usize(..2)).map(|_| rng.usize(..all)).collect(),
    };
    let personal: BTreeSet<usize> = (0..rng.usize(..3)).map(|_| rng.usize(..SLOTS)).collect();
    Case {
        member,
        external_id: format!("{island}-{}", rng.usize(..IDS)),
        island,
        shared: shared(rng, member, island),
        open: open.into_iter().collect(),
        personal: personal.into_iter().map(|slot| (slot, 0)).collect(),
        months: [rng.u32(1..=3), rng.u32(4..=5)],
        name: rng.bool().then(|| rng.u32(1..=3)),
        strict: rng.bool(),
        goods: rng.u32(..3),
        hidden: hidden(rng),
    }
}

pub fn hidden(rng: &mut Rng) -> Hidden {
    Hidden {
        days: [rng.u32(1..=28), rng.u32(1..=28)],
        sales_minor: rng.u32(1..1_000_000),
        mark: rng.u32(..1_000),
        level: rng.usize(..3),
        anonymous: rng.bool(),
        for_platforms: rng.bool(),
        signer: rng.u32(..1_000),
        story: rng.u32(..1_000),
        examiner: rng.u32(..1_000),
    }
}

/// Groups that this member may contribute to; none makes a draft.
pub fn shared(rng: &mut Rng, member: &str, island: Island) -> Vec<&'static str> {
    let mut may = may_share(member);
    if island == PLAIN {
        may.retain(|group| *group == "alliance" || group.starts_with("platform:"));
    }
    let any = |rng: &mut Rng| may[rng.usize(..may.len())];
    match rng.u32(0..10) {
        0..=5 => vec!["alliance"],
        6 | 7 => vec![any(rng)],
        8 => {
            let both: BTreeSet<&str> = [any(rng), any(rng)].into();
            both.into_iter().collect()
        }
        _ => vec![],
    }
}
