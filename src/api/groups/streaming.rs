//! The feed as a stream of server-sent events, which goes on as the feed does.
//!
//! Nothing is kept for a reader but where it is: the next events are read when it has taken the last ones, so that one
//! that reads slowly costs what one piece takes. One that is very slow is told so and let go, and comes back from
//! where it was.

use std::io;
use std::time::{Duration, Instant};

use actix_web::ResponseError;
use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use serde::Serialize;

use super::following::Following;
use crate::app::heads::{Pace, Waiter, Woken};
use crate::feed::follow::Stretch;
use crate::http::event_stream::Messages;
use crate::http::problem::Problem;

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum StreamEnding {
    /// As many events as were asked for were sent.
    Limit,
    /// No event came for as long as the caller would wait.
    TimeUp,
    /// The caller may not read the group any more; a request says why.
    Refused,
    /// The server stops: another, or the next, goes on.
    Draining,
    /// The reader took too long over what it was sent.
    Slow,
    Failed,
}

/// The data of the last event, `end`. Without it the stream broke off; either way a client comes back with the last id.
#[derive(Debug, Serialize)]
struct StreamEnd {
    reason: StreamEnding,
    /// Where to go on.
    next: String,
}

/// Events read for one piece.
const TOGETHER: i64 = 50;

/// How long a client waits before it comes back.
const RETRY_MILLISECONDS: u64 = 2_000;

/// A reader and where it is.
struct Streaming {
    following: Following,
    waiter: Waiter,
    pace: Pace,
    reached: i64,
    left: i64,
    /// How long it waits for an event before the stream ends; for ever if it did not say.
    patience: Option<Duration>,
    quiet_since: Instant,
    given: Instant,
    /// Whether the caller was found to be let in since it last waited or was given something.
    admitted: bool,
    next: Next,
}

/// What is to be done for the next piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing was sent yet.
    Begin,
    Read,
    Wait,
    Nothing,
}

/// The events after `after`, and those that come, up to `limit`.
pub fn all_events(
    following: Following,
    after: i64,
    limit: i64,
    patience: Option<Duration>,
) -> impl Stream<Item = io::Result<Bytes>> {
    let now = Instant::now();
    let streaming = Streaming {
        waiter: following.waiter(),
        pace: following.pace(),
        following,
        reached: after,
        left: limit,
        patience,
        quiet_since: now,
        given: now,
        admitted: true,
        next: Next::Begin,
    };
    stream::try_unfold(streaming, |mut streaming| async move {
        if streaming.next == Next::Nothing {
            return Ok(None);
        }
        let piece = streaming.piece().await?;
        streaming.given = Instant::now();
        Ok(Some((Bytes::from(piece.into_bytes()), streaming)))
    })
}

impl Streaming {
    async fn piece(&mut self) -> io::Result<Messages> {
        let mut messages = Messages::default();
        if self.next == Next::Begin {
            messages.retry(RETRY_MILLISECONDS)?;
            self.next = Next::Read;
        } else if self.given.elapsed() > self.pace.taken_within {
            return self.end(messages, StreamEnding::Slow);
        }
        loop {
            if self.waiter.is_ending() {
                return self.end(messages, StreamEnding::Draining);
            }
            if !self.admitted
                && let Err(problem) = self.following.admit_again().await
            {
                return self.end(messages, ending_for(&problem));
            }
            self.admitted = true;
            if self.next == Next::Read {
                let stretch = match self.following.stretch(self.reached, self.left.min(TOGETHER)).await {
                    Ok(stretch) => stretch,
                    Err(problem) => return self.end(messages, ending_for(&problem)),
                };
                self.tell(&mut messages, &stretch)?;
                if self.left == 0 {
                    return self.end(messages, StreamEnding::Limit);
                }
            } else if let Some(ending) = self.wait(&mut messages).await {
                return self.end(messages, ending);
            }
            if !messages.is_empty() {
                return Ok(messages);
            }
        }
    }

    fn tell(&mut self, messages: &mut Messages, stretch: &Stretch) -> io::Result<()> {
        for event in &stretch.events {
            let id = self.following.cursor(event.number);
            messages.event(Some(&id), event.kind.as_str(), event)?;
        }
        let last = stretch.events.last().map_or(self.reached, |event| event.number);
        if last < stretch.reached {
            // What was looked at and left out need not be looked at again.
            messages.place(&self.following.cursor(stretch.reached))?;
        }
        if !stretch.events.is_empty() {
            self.quiet_since = Instant::now();
        }
        self.left -= stretch.events.len() as i64;
        self.reached = stretch.reached;
        self.next = if stretch.more { Next::Read } else { Next::Wait };
        self.admitted = !stretch.more;
        Ok(())
    }

    /// Waits for events or the next heartbeat, and says whether that was the end.
    async fn wait(&mut self, messages: &mut Messages) -> Option<StreamEnding> {
        let patience = self.patience.map(|patience| patience.saturating_sub(self.quiet_since.elapsed()));
        let longest = patience.map_or(self.pace.heartbeat, |patience| patience.min(self.pace.heartbeat));
        self.admitted = false;
        match self.waiter.beyond(self.reached, longest).await {
            Woken::More => self.next = Next::Read,
            Woken::Ending => return Some(StreamEnding::Draining),
            Woken::TimeUp if patience.is_some_and(|patience| patience <= longest) => {
                return Some(StreamEnding::TimeUp);
            }
            Woken::TimeUp => messages.heartbeat(),
        }
        None
    }

    fn end(&mut self, mut messages: Messages, reason: StreamEnding) -> io::Result<Messages> {
        self.next = Next::Nothing;
        let next = self.following.cursor(self.reached);
        messages.event(Some(&next), "end", &StreamEnd { reason, next: next.clone() })?;
        Ok(messages)
    }
}

fn ending_for(problem: &Problem) -> StreamEnding {
    if problem.status_code().is_server_error() { StreamEnding::Failed } else { StreamEnding::Refused }
}
