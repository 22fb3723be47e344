//! The widest path from one report to another: the one whose weakest link is the strongest.

use std::collections::{BTreeSet, HashMap};

use super::facts::Fact;
use super::partition::{EntryId, Link, NodeId};
use super::rules::Stratum;

/// A key between those that carry it.
pub(super) struct Edge {
    pub fact: Fact,
    pub degree: usize,
    pub score_decibits: i32,
    pub holders: Vec<EntryId>,
}

impl Edge {
    /// What it is worth in a path: one account is one seller however many report it, so an account is not
    /// weakened by its degree.
    pub fn strength(&self) -> i32 {
        let settles = self.fact.class.rule().stratum == Some(Stratum::Accounts);
        if settles { self.fact.class.rule().decibits } else { self.score_decibits }
    }
}

/// The widest path over edges that are sorted, the strongest first.
pub(super) fn widest(edges: &[Edge], from: EntryId, to: EntryId) -> Option<Vec<Link>> {
    if from == to {
        return Some(Vec::new());
    }
    let mut leader: HashMap<EntryId, EntryId> = HashMap::new();
    // Each look-up halves the way for the next one.
    fn find(leader: &mut HashMap<EntryId, EntryId>, id: EntryId) -> EntryId {
        let mut at = id;
        while let Some(next) = leader.get(&at).copied().filter(|next| *next != at) {
            let further = leader.get(&next).copied().unwrap_or(next);
            leader.insert(at, further);
            at = further;
        }
        at
    }
    let mut weakest = None;
    for edge in edges {
        for other in edge.holders.iter().skip(1) {
            let (a, b) = (find(&mut leader, edge.holders[0]), find(&mut leader, *other));
            leader.insert(a.max(b), a.min(b));
        }
        if find(&mut leader, from) == find(&mut leader, to) {
            weakest = Some(edge.strength());
            break;
        }
    }
    let weakest = weakest?;
    let edges: Vec<&Edge> = edges.iter().take_while(|edge| edge.strength() >= weakest).collect();
    let mut at: HashMap<EntryId, Vec<usize>> = HashMap::new();
    for (index, edge) in edges.iter().enumerate() {
        for id in &edge.holders {
            at.entry(*id).or_default().push(index);
        }
    }
    let mut came: HashMap<EntryId, (EntryId, usize)> = HashMap::new();
    let mut used = BTreeSet::new();
    let mut frontier = vec![from];
    while !frontier.is_empty() && !came.contains_key(&to) {
        let mut next = Vec::new();
        for id in frontier {
            for index in at.get(&id).into_iter().flatten().filter(|index| used.insert(**index)) {
                for other in &edges[*index].holders {
                    if *other != from && !came.contains_key(other) {
                        came.insert(*other, (id, *index));
                        next.push(*other);
                    }
                }
            }
        }
        frontier = next;
    }
    let mut links = Vec::new();
    let mut id = to;
    while id != from {
        let (before, index) = *came.get(&id)?;
        let Edge { fact, degree, score_decibits, .. } = *edges[index];
        links.push(Link { from: before, to: id, fact, degree, score_decibits });
        id = before;
    }
    links.reverse();
    Some(links)
}

/// The path between two reports over links that form a tree of their accounts; empty if there is none, or if they
/// are of one account. What joins the reports of one account is not told.
pub fn in_tree(
    links: &[Link],
    account_of: impl Fn(EntryId) -> Option<NodeId>,
    from: EntryId,
    to: EntryId,
) -> Vec<Link> {
    let ends = |link: &Link| Some([account_of(link.from)?, account_of(link.to)?]);
    let joins: HashMap<[NodeId; 2], &Link> =
        links.iter().filter_map(|link| ends(link).map(|[a, b]| ([a.min(b), a.max(b)], link))).collect();
    let mut edges: Vec<Edge> = joins
        .iter()
        .map(|(ends, link)| Edge {
            fact: link.fact,
            degree: link.degree,
            score_decibits: link.score_decibits,
            holders: ends.to_vec(),
        })
        .collect();
    edges.sort_by_key(|edge| (std::cmp::Reverse(edge.strength()), edge.holders.clone()));
    let (Some(from), Some(to)) = (account_of(from), account_of(to)) else { return Vec::new() };
    let path = widest(&edges, from, to).unwrap_or_default();
    let link = |step: &Link| joins.get(&[step.from.min(step.to), step.from.max(step.to)]).copied().copied();
    path.iter().filter_map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::super::keys::Key;
    use super::super::rules::KeyClass;
    use super::*;

    #[test]
    fn the_path_goes_from_account_to_account_over_whichever_reports_speak_for_them() {
        let link = |from, to, key| {
            let fact = Fact { key: Key(key), class: KeyClass::Email };
            Link { from, to, fact, degree: 2, score_decibits: 110 }
        };
        // Reports 1 and 2 are of one account, 3 and 4 of another, 5 of a third and 6 of a fourth.
        let account_of = |entry| {
            [(1, 10), (2, 10), (3, 20), (4, 20), (5, 30), (6, 40)]
                .into_iter()
                .find_map(|(report, account)| (report == entry).then_some(account))
        };
        let links = [link(2, 3, 7), link(4, 5, 8), link(1, 6, 9)];
        assert_eq!(in_tree(&links, account_of, 1, 5), [links[0], links[1]]);
        assert_eq!(in_tree(&links, account_of, 6, 4), [links[2], links[0]]);
        assert_eq!(in_tree(&links, account_of, 1, 2), []);
        assert_eq!(in_tree(&links, account_of, 1, 99), []);
    }
}
