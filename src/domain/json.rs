//! Reads a JSON text into a form, and names every place that does not fit.
//!
//! serde stops at the first fault. So on the slow path, taken only for input that is already known
//! to be wrong, the faulty value is noted, taken out, and the rest is read again. That works because
//! a form's fields are all optional; what is required is checked by whoever accepts the form.

mod doubled;

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::Segment;

use super::fault::{Fault, Faults};

/// Deepest nesting of objects and arrays in any input.
pub const DEPTH_MAX: usize = 32;

/// Longest string in any input, in bytes.
pub const STRING_BYTES_MAX: usize = 65_536;

/// Most elements of any array in any input.
pub const ELEMENTS_MAX: usize = 1_000;

/// What could be read of an input.
#[derive(Debug)]
pub struct Reading<T> {
    /// The form, without the parts named in `faults`; `None` if nothing could be read.
    pub form: Option<T>,
    pub faults: Vec<Fault>,
}

impl<T> Reading<T> {
    fn hopeless(fault: Fault) -> Self {
        Self { form: None, faults: vec![fault] }
    }
}

/// A form that only an object is read into. serde would also take a list of values in the order of its fields, which
/// forms that refuse what they do not know refuse themselves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Mapping<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Mapping<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Mapping<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Mapping)
            }
        }

        deserializer.deserialize_map(Object(PhantomData))
    }
}

/// Reads a JSON text. Takes long only for one that is long or faulty: see [`read_plain`].
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Reading<T> {
    read_plain(text).unwrap_or_else(|| read_slowly(text))
}

/// Reads a short text without faults; `None` says that it must be read slowly, for its faults or its length.
pub fn read_plain<T: DeserializeOwned>(text: &[u8]) -> Option<Reading<T>> {
    // serde would take a list of values for the fields of a form, in their order.
    let is_list = text.trim_ascii_start().first() == Some(&b'[');
    // A form that is given a field twice refuses it itself, so a good text is not searched for that.
    if is_list || !is_plain(text) {
        return None;
    }
    let form = serde_json::from_str(std::str::from_utf8(text).ok()?).ok()?;
    Some(Reading { form: Some(form), faults: Vec::new() })
}

/// Reads a text in which a fault may be anywhere.
pub fn read_slowly<T: DeserializeOwned>(text: &[u8]) -> Reading<T> {
    if std::str::from_utf8(text).is_err() {
        return Reading::hopeless(Fault::new("", "invalid_utf8", "The body is not valid UTF-8."));
    }
    if text.trim_ascii_start().first() == Some(&b'[') {
        return Reading::hopeless(Fault::new("", "wrong_type", "The body must be an object, not a list."));
    }
    match doubled::read(text) {
        Ok((value, doubled)) => read_value(value, doubled),
        Err(error) => Reading::hopeless(malformed(&error)),
    }
}

/// Reads a value out of which the fields at the places `doubled` were taken.
fn read_value<T: DeserializeOwned>(mut value: Value, doubled: Vec<String>) -> Reading<T> {
    let mut faults = Faults::default();
    for pointer in doubled {
        faults.add(pointer, "duplicate", "This field is given twice.");
    }
    check_limits(&mut value, &mut String::new(), 1, &mut faults);
    let mut last = String::new();
    // Each round reads the whole value again, so it must pay: none is begun that could not name a fault.
    // Each takes one faulty value out, so this ends; the bound is for the unforeseen.
    for _ in 0..ELEMENTS_MAX {
        if faults.is_full() {
            break;
        }
        match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(form) => return Reading { form: Some(form), faults: faults.into_vec() },
            Err(error) => {
                let pointer = pointer_of(&value, error.path());
                let (code, detail) = describe(error.inner());
                faults.add(pointer.clone(), code, detail);
                if pointer.is_empty() || !take_out(&mut value, &pointer, pointer == last) {
                    break;
                }
                last = pointer;
            }
        }
    }
    Reading { form: None, faults: faults.into_vec() }
}

/// Whether the text is surely within the limits, so that it may be read at once: no escaped or raw
/// NUL, no string or array that could be too long, no deep nesting.
fn is_plain(text: &[u8]) -> bool {
    let (mut depth, mut commas) = (0_usize, 0_usize);
    for byte in text {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => commas += 1,
            0 => return false,
            _ => {}
        }
        if depth > DEPTH_MAX {
            return false;
        }
    }
    let escaped_nul = text.windows(6).any(|window| window == b"\\u0000");
    commas < ELEMENTS_MAX && text.len() <= STRING_BYTES_MAX && !escaped_nul
}

fn check_limits(value: &mut Value, pointer: &mut String, depth: usize, faults: &mut Faults) {
    if faults.is_full() {
        return;
    }
    let length = pointer.len();
    match value {
        Value::String(text) => {
            if text.contains('\0') {
                faults.add(pointer.clone(), "nul_character", "Text must not contain NUL characters.");
                *value = Value::Null;
            } else if text.len() > STRING_BYTES_MAX {
                faults.add(
                    pointer.clone(),
                    "too_long",
                    format!("Text is limited to {STRING_BYTES_MAX} bytes."),
                );
                *value = Value::Null;
            }
        }
        Value::Array(_) | Value::Object(_) if depth > DEPTH_MAX => {
            faults.add(pointer.clone(), "too_deep", format!("Nesting is limited to {DEPTH_MAX} levels."));
            *value = Value::Null;
        }
        Value::Array(elements) if elements.len() > ELEMENTS_MAX => {
            let detail =
                format!("A list is limited to {ELEMENTS_MAX} elements; this one has {}.", elements.len());
            faults.add(pointer.clone(), "too_many", detail);
            *value = Value::Null;
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter_mut().enumerate() {
                pointer.push_str(&format!("/{index}"));
                check_limits(element, pointer, depth + 1, faults);
                pointer.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                pointer.push('/');
                pointer.push_str(&escape(name));
                check_limits(field, pointer, depth + 1, faults);
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Escapes a field name for a JSON Pointer (RFC 6901 §3).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn pointer_of(value: &Value, path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let next = match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        // A path may end in a name that is not a field of this text (a flattened or missing one).
        if value.pointer(&format!("{pointer}{next}")).is_none() {
            break;
        }
        pointer.push_str(&next);
    }
    pointer
}

/// Takes a faulty value out: a field is removed, an element of a list becomes an empty value, so that
/// the places of the others keep their numbers. Said twice, the whole list goes.
fn take_out(value: &mut Value, pointer: &str, again: bool) -> bool {
    let Some((parent_pointer, token)) = pointer.rsplit_once('/') else { return false };
    let Some(parent) = value.pointer_mut(parent_pointer) else { return false };
    match parent {
        Value::Object(fields) => fields.remove(&token.replace("~1", "/").replace("~0", "~")).is_some(),
        Value::Array(elements) if !again => {
            let element = token.parse::<usize>().ok().and_then(|index| elements.get_mut(index));
            element.map(|element| *element = Value::Object(serde_json::Map::new())).is_some()
        }
        Value::Array(elements) => {
            elements.clear();
            true
        }
        _ => false,
    }
}

fn malformed(error: &serde_json::Error) -> Fault {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_eof() {
        Fault::new("", "truncated", format!("The JSON text ends too early, at {place}."))
    } else {
        Fault::new("", "malformed_json", format!("The body is not valid JSON: {error}."))
    }
}

fn describe(error: &serde_json::Error) -> (&'static str, String) {
    let text = error.to_string();
    let sentence = text.split(" at line ").next().unwrap_or(&text);
    let code = if sentence.starts_with("unknown field") {
        "unknown_field"
    } else if sentence.starts_with("unknown variant") {
        "not_allowed"
    } else if sentence.starts_with("invalid value") {
        "invalid_value"
    } else if sentence.starts_with("missing field") {
        "required"
    } else {
        "wrong_type"
    };
    let mut detail = sentence.to_owned();
    if let Some(first) = detail.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    // A form has many fields; the list of them belongs in the documentation.
    if code == "unknown_field"
        && let Some((head, _)) = detail.split_once(", expected")
    {
        detail = head.to_owned();
    }
    (code, format!("{detail}."))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde::Deserialize;

    use super::*;
    use crate::domain::fault::FAULTS_MAX;

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Inner {
        n: Option<u8>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Outer {
        name: Option<String>,
        list: Vec<Inner>,
    }

    fn faults(text: &str) -> Vec<(String, String)> {
        read::<Outer>(text.as_bytes()).faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    /// Asserts that these are the faults of a text, however it is read.
    #[track_caller]
    fn expect(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
        assert_eq!(faults(text), expected, "{text}");
        let long = format!("{text}{}", " ".repeat(STRING_BYTES_MAX));
        assert_eq!(faults(&long), expected, "{text} and spaces");
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let text = r#"{"name": 5, "nmae": "x", "list": [{"n": 300}, 7, {"m/x": 1}]}"#;
        let expected = [
            ("/list/0/n", "invalid_value"),
            ("/list/1", "wrong_type"),
            ("/list/2/m~1x", "unknown_field"),
            ("/name", "wrong_type"),
            ("/nmae", "unknown_field"),
        ];
        let found = faults(text);
        let found: Vec<_> = found.iter().map(|(pointer, code)| (pointer.as_str(), code.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_right_is_kept_beside_what_is_wrong() {
        let reading = read::<Outer>(br#"{"name": "a", "list": [{"n": 1}], "x": 1}"#);
        let form = reading.form.expect("readable");
        assert_eq!(form.name.as_deref(), Some("a"));
        assert_eq!(form.list.first().and_then(|inner| inner.n), Some(1));
    }

    #[test]
    fn texts_that_are_not_json_have_one_fault() {
        assert_eq!(faults(r#"{"name": "#), [(String::new(), "truncated".to_owned())]);
        assert_eq!(faults(r#"{"name": }"#), [(String::new(), "malformed_json".to_owned())]);
        let reading = read::<Outer>(&[b'"', 0xff, b'"']);
        assert_eq!(reading.faults.first().map(|fault| fault.code.as_str()), Some("invalid_utf8"));
    }

    #[test]
    fn limits_are_named_where_they_are_passed() {
        assert_eq!(faults("{\"name\": \"a\\u0000b\"}"), [("/name".to_owned(), "nul_character".to_owned())]);
        let many = format!(r#"{{"list": [{}]}}"#, vec!["{}"; ELEMENTS_MAX + 1].join(","));
        assert_eq!(faults(&many), [("/list".to_owned(), "too_many".to_owned())]);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let deep = format!(r#"{{"name": {deep}}}"#);
        assert!(faults(&deep).iter().any(|(_, code)| code == "too_deep"));
    }

    #[test]
    fn a_field_that_is_given_twice_is_named() {
        expect(r#"{"name": "a", "name": "b"}"#, &[("/name", "duplicate")]);
        expect(r#"{"name": "a", "name": "a", "name": "a"}"#, &[("/name", "duplicate")]);
        expect(r#"{"name": "a", "n\u0061me": null}"#, &[("/name", "duplicate")]);
        expect(r#"{"list": [{}, {"n": 1, "n": 1}]}"#, &[("/list/1/n", "duplicate")]);
        expect(r#"{"list": [{"n": 1}, {"n": 1}]}"#, &[]);
    }

    #[test]
    fn all_fields_that_are_given_twice_are_named_beside_the_other_faults() {
        let text = r#"{"name": 5, "list": [{"n": 1, "n": 2}, {"n": 300}], "name": "a", "nmae": 1}"#;
        let expected = [
            ("/list/0/n", "duplicate"),
            ("/list/1/n", "invalid_value"),
            ("/name", "duplicate"),
            ("/nmae", "unknown_field"),
        ];
        expect(text, &expected);
        let nested = r#"{"list": [{"n": 1, "n": 2}], "list": [{"n": 300}]}"#;
        expect(nested, &[("/list", "duplicate"), ("/list/0/n", "duplicate")]);
        let unknown = r#"{"a/b": {"~": 1, "~": [2]}}"#;
        expect(unknown, &[("/a~1b", "unknown_field"), ("/a~1b/~0", "duplicate")]);
    }

    #[test]
    fn a_field_that_is_given_twice_is_not_part_of_the_form() {
        let reading = read::<Outer>(br#"{"name": "a", "list": [{"n": 1}], "name": "b"}"#);
        let form = reading.form.expect("readable");
        assert_eq!((form.name, form.list.len()), (None, 1));
    }

    #[test]
    fn of_very_many_faults_no_more_are_looked_for_than_are_named() {
        static TRIED: AtomicUsize = AtomicUsize::new(0);

        #[derive(Debug)]
        struct Never;

        impl<'de> Deserialize<'de> for Never {
            fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
                TRIED.fetch_add(1, Ordering::SeqCst);
                Err(serde::de::Error::custom("never good"))
            }
        }

        let many: Vec<String> = (0..FAULTS_MAX * 5).map(|n| format!(r#""{n}": 1"#)).collect();
        let text = format!("{{{}}}", many.join(","));
        let reading = read_slowly::<BTreeMap<String, Never>>(text.as_bytes());
        assert_eq!(reading.faults.len(), FAULTS_MAX);
        assert!(reading.form.is_none());
        assert_eq!(TRIED.load(Ordering::SeqCst), FAULTS_MAX);
    }

    #[test]
    fn of_very_many_fields_that_are_given_twice_not_all_are_named() {
        let many: Vec<String> = (0..FAULTS_MAX * 2).map(|n| format!(r#""{n}": 1, "{n}": 2"#)).collect();
        let found = faults(&format!("{{{}}}", many.join(",")));
        assert_eq!(found.len(), FAULTS_MAX);
        assert!(found.iter().all(|(_, code)| code == "duplicate"));
    }
}
