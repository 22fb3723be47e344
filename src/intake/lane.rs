//! The group-commit lane: one thread that writes what concurrent requests bring in one transaction.
//!
//! A transaction costs the same for one report as for a hundred, and SQLite has one writer anyway. So
//! requests hand their work to a bounded queue; the thread takes whatever has queued up, commits it
//! together, and answers each request after the commit: an answer means durable. A full queue is
//! refused at once, so that waiting stays short.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::domain::id::MemberId;
use crate::ops::file_reports::{Filing, Order, Outcome, ReportError, file};
use crate::store::{Conn, Db};

struct Job {
    order: Order,
    reply: oneshot::Sender<Outcome>,
}

enum Message {
    Work(Box<Job>),
    /// Finish what is queued, then end.
    Stop,
}

/// Why an order was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("the intake lane is full")]
    Full,
    #[error("the intake lane has stopped")]
    Stopped,
}

/// How much one lane holds and commits at once.
#[derive(Debug, Clone, Copy)]
pub struct LaneLimits {
    /// Orders that may wait.
    pub waiting_max: usize,
    /// Reports of one transaction.
    pub batch_max: usize,
}

impl Default for LaneLimits {
    fn default() -> Self {
        Self { waiting_max: 1_024, batch_max: 512 }
    }
}

/// What the lane needs of the house: where to write, how to make ids and keys, whom to wake.
pub trait Intake: Send + Sync + 'static {
    fn db(&self) -> &Db;
    fn filing(&self) -> &Filing;
    /// Called after a commit that gave the resolver work.
    fn wake_resolver(&self);
    /// Called with the number of reports of each commit.
    fn committed(&self, reports: usize);
    /// Called after a commit in which this member named so many canaries.
    fn alarmed(&self, member: MemberId, canaries: usize);
}

/// The way into the lane.
#[derive(Clone)]
pub struct Lane {
    queue: SyncSender<Message>,
}

impl Lane {
    /// Starts the lane's thread.
    pub fn start(intake: Arc<dyn Intake>, limits: LaneLimits) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (queue, jobs) = sync_channel(limits.waiting_max);
        let thread = std::thread::Builder::new()
            .name("intake-lane".to_owned())
            .spawn(move || run(intake.as_ref(), &jobs, limits.batch_max))?;
        Ok((Self { queue }, thread))
    }

    /// Hands over an order, unless the lane is full.
    pub fn offer(&self, order: Order) -> Result<oneshot::Receiver<Outcome>, NotTaken> {
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send(Message::Work(Box::new(Job { order, reply }))) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(NotTaken::Full),
            Err(TrySendError::Disconnected(_)) => Err(NotTaken::Stopped),
        }
    }

    /// Hands over an order and waits for its outcome, however long: for a thread that may block.
    pub fn submit_blocking(&self, order: Order) -> Outcome {
        let (reply, answer) = oneshot::channel();
        if self.queue.send(Message::Work(Box::new(Job { order, reply }))).is_err() {
            return Err(ReportError::Stopped);
        }
        answer.blocking_recv().unwrap_or(Err(ReportError::Stopped))
    }

    /// Ends the lane's thread after what is queued now; later orders are refused.
    pub fn stop(&self) {
        // If it has ended already there is nothing to stop.
        let _ended = self.queue.send(Message::Stop);
    }
}

fn run(intake: &dyn Intake, messages: &Receiver<Message>, batch_max: usize) {
    let mut stopping = false;
    while !stopping {
        let Ok(Message::Work(first)) = messages.recv() else { return };
        let mut size = first.order.work.size();
        let mut batch = vec![*first];
        while size < batch_max {
            match messages.try_recv() {
                Ok(Message::Work(next)) => {
                    size += next.order.work.size();
                    batch.push(*next);
                }
                Ok(Message::Stop) => {
                    stopping = true;
                    break;
                }
                Err(_) => break,
            }
        }
        commit(intake, batch);
        intake.committed(size);
    }
}

/// Commits a batch together; if that fails, each order on its own, so that one bad order harms none
/// of the others.
fn commit(intake: &dyn Intake, batch: Vec<Job>) {
    let orders: Vec<&Order> = batch.iter().map(|job| &job.order).collect();
    let together = write(intake, &orders);
    let outcomes: Vec<Outcome> = match together {
        Ok(outcomes) => outcomes,
        Err(error) if batch.len() == 1 => vec![Err(error)],
        Err(error) => {
            tracing::warn!(%error, orders = batch.len(), "a batch failed and is retried one by one");
            orders
                .iter()
                .map(|order| match write(intake, &[order]) {
                    Ok(mut outcomes) => outcomes.pop().unwrap_or(Err(ReportError::Stopped)),
                    Err(error) => Err(error),
                })
                .collect()
        }
    };
    intake.wake_resolver();
    for (job, outcome) in batch.into_iter().zip(outcomes) {
        let filed = outcome.iter().flatten().flatten();
        let canaries: usize = filed.map(|filed| filed.canaries).sum();
        if canaries > 0 {
            intake.alarmed(job.order.member, canaries);
        }
        // A client that went away does not undo what is durable.
        drop(job.reply.send(outcome));
    }
}

fn write(intake: &dyn Intake, orders: &[&Order]) -> Result<Vec<Outcome>, ReportError> {
    intake.db().write(|conn: &mut Conn| file(conn, intake.filing(), orders))
}
