//! Looks for values in files, as they are and as they might be written otherwise.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};

/// Bytes that a spelling begins with and by which it is looked up.
const HEAD: usize = 6;

/// Bits of the filter that most places fail.
const FILTER_BITS: usize = 1 << 20;

/// Values in every spelling that is looked for.
pub struct Hunter {
    by_head: HashMap<[u8; HEAD], Vec<(Vec<u8>, usize)>>,
    filter: Vec<bool>,
    values: Vec<String>,
}

impl Hunter {
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let mut hunter =
            Self { by_head: HashMap::new(), filter: vec![false; FILTER_BITS], values: Vec::new() };
        for value in values.into_iter().collect::<BTreeSet<_>>() {
            for spelling in spellings(&value) {
                let head =
                    head(&spelling).unwrap_or_else(|| panic!("{value:?} is too short to be looked for"));
                hunter.filter[slot(head)] = true;
                hunter.by_head.entry(head).or_default().push((spelling, hunter.values.len()));
            }
            hunter.values.push(value);
        }
        hunter
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The values that are in these bytes.
    pub fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(HEAD - 1) {
            let Some(head) = head(&bytes[at..]) else { break };
            if !self.filter[slot(head)] {
                continue;
            }
            for (spelling, value) in self.by_head.get(&head).into_iter().flatten() {
                if bytes[at..].starts_with(spelling) {
                    found.insert(self.values[*value].as_str());
                }
            }
        }
        found
    }

    /// The values that are in these files, in their names or contents, by file.
    pub fn in_files(&self, files: &[PathBuf]) -> BTreeMap<PathBuf, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        for file in files {
            let mut bytes = file.to_string_lossy().into_owned().into_bytes();
            bytes.push(b'\n');
            // The server may have dropped it a moment ago.
            bytes.extend(std::fs::read(file).unwrap_or_default());
            let here: BTreeSet<String> = self.in_bytes(&bytes).into_iter().map(str::to_owned).collect();
            if !here.is_empty() {
                found.insert(file.clone(), here);
            }
        }
        found
    }
}

fn head(bytes: &[u8]) -> Option<[u8; HEAD]> {
    bytes.get(..HEAD)?.try_into().ok()
}

fn slot(head: [u8; HEAD]) -> usize {
    let number = head.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44) as usize % FILTER_BITS
}

/// A value as it is, in hexadecimal, in base64 wherever it begins in a longer text, and in UTF-16.
pub fn spellings(value: &str) -> Vec<Vec<u8>> {
    let bytes = value.as_bytes();
    let mut all =
        vec![bytes.to_vec(), HEXLOWER.encode(bytes).into_bytes(), HEXUPPER.encode(bytes).into_bytes()];
    for encoding in [BASE64, BASE64URL] {
        for before in 0..3 {
            let text = encoding.encode(&[&vec![0; before], bytes].concat());
            // The first letters hold bits of what comes before, the last of what comes after.
            let from = [0, 2, 3][before];
            let to = (before + bytes.len()) / 3 * 4;
            all.push(text.as_bytes()[from..to].to_vec());
        }
    }
    all.push(value.encode_utf16().flat_map(u16::to_le_bytes).collect());
    all.push(value.encode_utf16().flat_map(u16::to_be_bytes).collect());
    all
}

/// All files under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(_) => found.push(entry.path()),
            Err(_) => {}
        }
    }
    found
}

#[test]
fn a_value_is_found_in_every_spelling_and_nowhere_else() {
    let value = "Vesperina Quandt, Löwengasse 77";
    let hunter = Hunter::new([value.to_owned(), "another one".to_owned()]);
    let in_base64 = |before: &str| BASE64.encode(format!("{before}{value}, and more").as_bytes());
    let texts = [
        format!("before {value} after").into_bytes(),
        HEXLOWER.encode(format!("before {value} after").as_bytes()).into_bytes(),
        HEXUPPER.encode(value.as_bytes()).into_bytes(),
        in_base64("").into_bytes(),
        in_base64("x").into_bytes(),
        in_base64("xy").into_bytes(),
        in_base64("xyz").into_bytes(),
        format!("x{value}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        format!("x{value}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ];
    for text in &texts {
        assert_eq!(hunter.in_bytes(text).into_iter().collect::<Vec<_>>(), [value]);
    }
    assert!(hunter.in_bytes("Vesperina Quandt, Löwengasse 78".as_bytes()).is_empty());
}
