//! Operations of the MISP feed.

use touchstone::misp::event::event_id;

use super::super::people::{GROUPS, Viewer};
use super::super::service::Request;
use super::super::worlds::Known;
use super::{get, with};

pub(super) fn of_misp(operation: &str, viewer: &Viewer, known: &Known) -> Option<Vec<Request>> {
    let (_, path) = operation.split_once(' ')?;
    let groups = GROUPS.iter().copied().chain([known.den.as_str(), "nosuch"]);
    let nothing = "00000000-0000-5000-8000-000000000000".to_owned();
    // Of every group and lens class, asked for in each feed that the viewer reads and some of the others.
    let events = |group: &str| {
        let most = if known.reads(viewer, group) { usize::MAX } else { 2 };
        let incarnations = known.objects.iter().filter_map(|(_, id)| id.split_once("--")?.1.parse().ok());
        incarnations
            .take(most)
            .map(|id| event_id(id).to_string())
            .chain([nothing.clone()])
            .collect::<Vec<_>>()
    };
    match operation {
        "get /misp/{group}/manifest.json" => {
            let paths: Vec<String> = groups.map(|group| path.replace("{group}", group)).collect();
            let known_already = paths.iter().map(|path| with(get(path.clone()), "if-none-match", "*"));
            Some(paths.iter().map(|path| get(path.clone())).chain(known_already).collect())
        }
        "get /misp/{group}/{event}.json" => {
            let at = |group: &str, id: &str| get(path.replace("{group}", group).replace("{event}", id));
            let requests = groups.flat_map(|group| events(group).into_iter().map(move |id| at(group, &id)));
            Some(requests.collect())
        }
        _ => None,
    }
}
