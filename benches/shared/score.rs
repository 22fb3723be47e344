//! What came out, held against the truth: pairwise and B-cubed precision, recall and F1.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde_json::{Value, json};

/// The figures of one source.
pub struct Score {
    pub reports: usize,
    pub profiles: usize,
    pub largest: usize,
    pub pair_precision: f64,
    pub pair_recall: f64,
    pub b3_precision: f64,
    pub b3_recall: f64,
    /// Profiles that hold reports of different sellers.
    mixed: usize,
    has_truth: bool,
}

pub fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

fn pairs(count: usize) -> f64 {
    count as f64 * (count as f64 - 1.0) / 2.0
}

impl Score {
    /// From the profile and the true seller of each report.
    pub fn of<'t, P: Ord>(placed: impl IntoIterator<Item = (P, &'t str)>, has_truth: bool) -> Self {
        let mut profiles: BTreeMap<P, BTreeMap<&str, usize>> = BTreeMap::new();
        let mut sellers: HashMap<&str, usize> = HashMap::new();
        let mut reports = 0;
        for (profile, seller) in placed {
            *profiles.entry(profile).or_default().entry(seller).or_default() += 1;
            *sellers.entry(seller).or_default() += 1;
            reports += 1;
        }
        let size = |cells: &BTreeMap<&str, usize>| cells.values().sum::<usize>();
        let together: f64 = profiles.values().flat_map(BTreeMap::values).map(|count| pairs(*count)).sum();
        let said: f64 = profiles.values().map(|cells| pairs(size(cells))).sum();
        let true_pairs: f64 = sellers.values().map(|count| pairs(*count)).sum();
        let (mut b3_precision, mut b3_recall) = (0.0, 0.0);
        for cells in profiles.values() {
            for (seller, count) in cells {
                let squared = (*count * *count) as f64;
                b3_precision += squared / size(cells) as f64;
                b3_recall += squared / sellers[seller] as f64;
            }
        }
        let ratio = |part: f64, whole: f64| if whole == 0.0 { 1.0 } else { part / whole };
        Self {
            reports,
            profiles: profiles.len(),
            largest: profiles.values().map(size).max().unwrap_or(0),
            pair_precision: ratio(together, said),
            pair_recall: ratio(together, true_pairs),
            b3_precision: ratio(b3_precision, reports as f64),
            b3_recall: ratio(b3_recall, reports as f64),
            mixed: profiles.values().filter(|cells| cells.len() > 1).count(),
            has_truth,
        }
    }

    pub fn json(&self) -> Value {
        let round = |value: f64| (value * 10_000.0).round() / 10_000.0;
        let mut figures = json!({
            "reports": self.reports,
            "profiles": self.profiles,
            "largest": self.largest,
        });
        if self.has_truth {
            figures["mixed_profiles"] = json!(self.mixed);
            figures["pair_precision"] = json!(round(self.pair_precision));
            figures["pair_recall"] = json!(round(self.pair_recall));
            figures["pair_f1"] = json!(round(f1(self.pair_precision, self.pair_recall)));
            figures["b3_precision"] = json!(round(self.b3_precision));
            figures["b3_recall"] = json!(round(self.b3_recall));
            figures["b3_f1"] = json!(round(f1(self.b3_precision, self.b3_recall)));
        }
        figures
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} reports, {} profiles, largest {}", self.reports, self.profiles, self.largest)?;
        if !self.has_truth {
            return Ok(());
        }
        write!(
            f,
            "; {} profiles mix sellers; pairwise P {:.4} R {:.4} F1 {:.4}; B-cubed P {:.4} R {:.4} F1 {:.4}",
            self.mixed,
            self.pair_precision,
            self.pair_recall,
            f1(self.pair_precision, self.pair_recall),
            self.b3_precision,
            self.b3_recall,
            f1(self.b3_precision, self.b3_recall)
        )
    }
}
