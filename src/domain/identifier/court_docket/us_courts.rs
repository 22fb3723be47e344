//! The 94 district courts of the United States.
//!
//! Rules: 28 U.S.C. §§ 81-131 and the four territorial courts. The code is the one that the courts' own
//! system (CM/ECF) has in its hosts: `ilnd` is `ecf.ilnd.uscourts.gov`. The short names are the Bluebook's
//! (table T7).

/// The state in codes, its short name without signs, and its districts; `-` is the only one.
const STATES: &[(&str, &str, &str)] = &[
    ("al", "ala", "nms"),
    ("ak", "alaska", "-"),
    ("az", "ariz", "-"),
    ("ar", "ark", "ew"),
    ("ca", "cal", "ncse"),
    ("co", "colo", "-"),
    ("ct", "conn", "-"),
    ("de", "del", "-"),
    ("dc", "dc", "-"),
    ("fl", "fla", "nms"),
    ("ga", "ga", "nms"),
    ("gu", "guam", "-"),
    ("hi", "haw", "-"),
    ("id", "idaho", "-"),
    ("il", "ill", "ncs"),
    ("in", "ind", "ns"),
    ("ia", "iowa", "ns"),
    ("ks", "kan", "-"),
    ("ky", "ky", "ew"),
    ("la", "la", "emw"),
    ("me", "me", "-"),
    ("md", "md", "-"),
    ("ma", "mass", "-"),
    ("mi", "mich", "ew"),
    ("mn", "minn", "-"),
    ("ms", "miss", "ns"),
    ("mo", "mo", "ew"),
    ("mt", "mont", "-"),
    ("ne", "neb", "-"),
    ("nv", "nev", "-"),
    ("nh", "nh", "-"),
    ("nj", "nj", "-"),
    ("nm", "nm", "-"),
    ("ny", "ny", "nesw"),
    ("nc", "nc", "emw"),
    ("nd", "nd", "-"),
    ("nmi", "nmari", "-"),
    ("oh", "ohio", "ns"),
    ("ok", "okla", "enw"),
    ("or", "or", "-"),
    ("pa", "pa", "emw"),
    ("pr", "pr", "-"),
    ("ri", "ri", "-"),
    ("sc", "sc", "-"),
    ("sd", "sd", "-"),
    ("tn", "tenn", "emw"),
    ("tx", "tex", "nesw"),
    ("ut", "utah", "-"),
    ("vt", "vt", "-"),
    ("va", "va", "ew"),
    ("vi", "vi", "-"),
    ("wa", "wash", "ew"),
    ("wv", "wva", "ns"),
    ("wi", "wis", "ew"),
    ("wy", "wyo", "-"),
];

/// The code of a court by its code or its short name, in lower case and without signs: `ndill` is `ilnd`.
pub fn code(name: &str) -> Option<String> {
    districts().find_map(|(code, short)| (code == name || short == name).then_some(code))
}

fn districts() -> impl Iterator<Item = (String, String)> {
    STATES.iter().flat_map(|(state, short, districts)| {
        districts.chars().map(move |district| match district {
            '-' => (format!("{state}d"), format!("d{short}")),
            _ => (format!("{state}{district}d"), format!("{district}d{short}")),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_district_has_one_code_and_one_short_name() {
        let mut names: Vec<String> = districts().flat_map(|(code, short)| [code, short]).collect();
        assert_eq!(names.len(), 2 * 94);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 2 * 94);
    }

    #[test]
    fn a_court_is_found_by_code_and_short_name() {
        for (name, expected) in [
            ("ilnd", Some("ilnd")),
            ("ndill", Some("ilnd")),
            ("sdny", Some("nysd")),
            ("dmass", Some("mad")),
            ("dnmari", Some("nmid")),
            ("ddc", Some("dcd")),
            ("nd", None),
            ("", None),
        ] {
            assert_eq!(code(name).as_deref(), expected, "{name:?}");
        }
    }
}
