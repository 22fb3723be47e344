//! What other tools are given to match by: the values of each report, each in one form in which we compare it. So they
//! need not read names in two scripts or numbers in ten spellings.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use serde_json::{Value, json};
use touchstone::domain::identifier::{Identifier, IdentifierType};
use touchstone::domain::report::Report;
use touchstone::domain::resolution::addresses::Forms;
use touchstone::domain::resolution::names;

/// A file of one line a report, if one is asked for.
pub struct Values(Option<BufWriter<File>>);

impl Values {
    pub fn asked_for() -> Self {
        let path = std::env::var_os("RESOLUTION_VALUES");
        Self(path.map(|path| BufWriter::new(File::create(path).expect("a file of values"))))
    }

    /// `report` is none if it could not be filed.
    pub fn note(&mut self, seller: &str, report: Option<&Report>) {
        let Some(file) = &mut self.0 else { return };
        let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for identifier in report.into_iter().flat_map(Report::identifiers) {
            values.entry(identifier.kind.as_str()).or_default().extend(compared(identifier));
        }
        let mut line = json!({ "seller": seller });
        for (kind, values) in values {
            line[kind] = Value::from(values);
        }
        writeln!(file, "{line}").expect("a line of values");
    }

    pub fn end(self) {
        if let Some(mut file) = self.0 {
            file.flush().expect("the values are written");
        }
    }
}

fn compared(identifier: &Identifier) -> Option<String> {
    match identifier.kind {
        IdentifierType::PersonName | IdentifierType::BusinessName => {
            names::read(&identifier.value).map(|name| name.comparable)
        }
        IdentifierType::Address => Forms::of(&identifier.value).fullest(),
        _ => Some(identifier.key.clone()),
    }
}
