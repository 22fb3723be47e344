//! Server-sent events as the HTML standard has them: what a browser's `EventSource` reads.

use std::io::{self, Write};

use serde::Serialize;

/// The media type, always UTF-8.
pub const EVENT_STREAM: &str = "text/event-stream";

/// The header in which a client that comes back says how far it came.
pub const LAST_EVENT_ID: &str = "last-event-id";

/// Writes messages, each ended by an empty line.
#[derive(Debug, Default)]
pub struct Messages(Vec<u8>);

impl Messages {
    /// Says how long to wait before coming back.
    pub fn retry(&mut self, milliseconds: u64) -> io::Result<()> {
        write!(self.0, "retry: {milliseconds}\n\n")
    }

    /// A message. `kind` and `id` must have no line break; JSON has none.
    pub fn event<T: Serialize>(&mut self, id: Option<&str>, kind: &str, data: &T) -> io::Result<()> {
        if let Some(id) = id {
            writeln!(self.0, "id: {id}")?;
        }
        write!(self.0, "event: {kind}\ndata: ")?;
        serde_json::to_writer(&mut self.0, data)?;
        self.0.extend_from_slice(b"\n\n");
        Ok(())
    }

    /// Moves where the client comes back to; it sees no event.
    pub fn place(&mut self, id: &str) -> io::Result<()> {
        write!(self.0, "id: {id}\n\n")
    }

    /// A comment, which shows that the stream lives.
    pub fn heartbeat(&mut self) {
        self.0.extend_from_slice(b":\n\n");
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_block_of_lines_whatever_the_data_says() {
        let mut messages = Messages::default();
        messages.retry(2_000).expect("memory");
        messages.event(Some("x1"), "created", &"two\r\nlines\n\nevent: removed").expect("memory");
        messages.place("x2").expect("memory");
        messages.heartbeat();
        messages.event(None, "end", &1).expect("memory");
        let text = String::from_utf8(messages.into_bytes()).expect("text");
        let blocks: Vec<&str> = text.split_terminator("\n\n").collect();
        assert_eq!(
            blocks,
            [
                "retry: 2000",
                "id: x1\nevent: created\ndata: \"two\\r\\nlines\\n\\nevent: removed\"",
                "id: x2",
                ":",
                "event: end\ndata: 1",
            ]
        );
    }
}
