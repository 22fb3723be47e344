//! Reads a JSON text into a value, and notes the fields that are given twice.
//!
//! [`Value`] itself keeps the last of them without a word. That is a guess at what the sender meant,
//! and a program on the way that guesses otherwise sees another report in the same text.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::escape;
use crate::domain::fault::{FAULTS_MAX, cut};

/// The value of a text without the fields that are given twice, and the JSON Pointers of those.
pub(super) fn read(text: &[u8]) -> serde_json::Result<(Value, Vec<String>)> {
    let (mut pointer, mut doubled) = (String::new(), Vec::new());
    let walk = Walk { pointer: &mut pointer, doubled: &mut doubled };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = walk.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, doubled))
}

/// Reads one value at a place.
struct Walk<'w> {
    pointer: &'w mut String,
    doubled: &'w mut Vec<String>,
}

impl Walk<'_> {
    /// Notes the place as given twice. A pointer may be as long as the text, so their number and length
    /// are bound before they are kept.
    fn note(&mut self) {
        if self.doubled.len() < FAULTS_MAX {
            self.doubled.push(cut(self.pointer.clone()));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let length = self.pointer.len();
        let mut elements = Vec::new();
        loop {
            self.pointer.push_str(&format!("/{}", elements.len()));
            let inner = Walk { pointer: &mut *self.pointer, doubled: &mut *self.doubled };
            let element = seq.next_element_seed(inner)?;
            self.pointer.truncate(length);
            match element {
                Some(element) => elements.push(element),
                None => return Ok(Value::Array(elements)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        let length = self.pointer.len();
        let (mut fields, mut again) = (Map::new(), BTreeSet::new());
        while let Some(name) = map.next_key::<String>()? {
            self.pointer.push('/');
            self.pointer.push_str(&escape(&name));
            let inner = Walk { pointer: &mut *self.pointer, doubled: &mut *self.doubled };
            let field = map.next_value_seed(inner)?;
            match fields.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(field);
                }
                Entry::Occupied(entry) => {
                    if again.insert(entry.key().clone()) {
                        self.note();
                    }
                }
            }
            self.pointer.truncate(length);
        }
        // None of them is more right than the others.
        for name in &again {
            fields.remove(name);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_says_nothing_twice_is_read_as_it_is() {
        let texts = [
            r#"{"a": [null, true, "x\n真皮", ""], "b": {"c": {}, "d": [[], {"a": 1}]}, "": 0}"#,
            r#"[0, -1, 0.5, -0.0, 1e3, 18446744073709551615, 99999999999999999999]"#,
            r#" "only a text" "#,
        ];
        for text in texts {
            let (value, doubled) = read(text.as_bytes()).expect("readable");
            assert_eq!(value, serde_json::from_str::<Value>(text).expect("readable"));
            assert!(doubled.is_empty(), "{doubled:?}");
        }
    }

    #[test]
    fn a_text_that_is_not_json_is_refused_for_the_same_reason() {
        for text in ["", "{\"a\": 1", "{\"a\": 1e400}", "{} {}", "{,}", &"[".repeat(1_000)] {
            let error = read(text.as_bytes()).expect_err("refused").to_string();
            let expected = serde_json::from_str::<Value>(text).expect_err("refused").to_string();
            assert_eq!(error, expected, "{text}");
        }
    }
}
