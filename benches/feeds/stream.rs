//! Many readers of server-sent events on one node: what each costs, and how long the last one waits for an event.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::house::{House, report};
use crate::load::{self, median};

/// Events of which each reader is told.
const EVENTS: usize = 5;

/// Longest wait for all readers.
const PATIENCE: Duration = Duration::from_secs(120);

/// What each reader costs the server, in KiB.
#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
pub fn run(readers: usize) -> f64 {
    let house = House::with_sellers(1);
    let program = house.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        // One reader before, so that what the server keeps for all of them is there already.
        let (told, mut telling) = mpsc::unbounded_channel();
        let ready = Arc::new(AtomicUsize::new(0));
        let open = |address| reader(address, house.reader.clone(), ready.clone(), told.clone());
        tokio::spawn(open(program.address));
        wait_for(&ready, 1).await;
        let before = program.memory_mib("VmRSS:");
        for _ in 0..readers {
            tokio::spawn(open(program.address));
        }
        wait_for(&ready, readers + 1).await;
        let each = (program.memory_mib("VmRSS:") - before) * 1024.0 / readers as f64;
        let mut last = Vec::new();
        for number in 0..EVENTS {
            let body = report(10_000 + number).to_string();
            let started = Instant::now();
            let mut stream = TcpStream::connect(program.address).await.expect("the server accepts");
            let bytes = load::post("/v1/reports", &house.reporter, &body);
            stream.write_all(&bytes).await.expect("the server reads");
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.expect("an answer");
            assert_eq!(&answer, b"HTTP/1.1 201", "{}", String::from_utf8_lossy(&answer));
            let durable = started.elapsed();
            for _ in 0..=readers {
                let told = tokio::time::timeout(PATIENCE, telling.recv()).await;
                told.expect("all readers are told").expect("readers are there");
            }
            let all = started.elapsed();
            last.push((all - durable).as_secs_f64() * 1e3);
        }
        println!(
            "streams: {readers} readers, {each:.1} KiB each; from the answer to who filed until the last reader has the event: {:.0} ms",
            median(last)
        );
        each
    })
}

async fn wait_for(ready: &AtomicUsize, count: usize) {
    let started = Instant::now();
    while ready.load(Ordering::Relaxed) < count {
        assert!(
            started.elapsed() < PATIENCE,
            "{} of {count} readers are let in",
            ready.load(Ordering::Relaxed)
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Reads events from now on, and tells of each.
async fn reader(
    address: SocketAddr,
    bearer: String,
    ready: Arc<AtomicUsize>,
    told: mpsc::UnboundedSender<()>,
) {
    let mut stream = TcpStream::connect(address).await.expect("the server accepts");
    let request = format!(
        "GET /v1/groups/alliance/feed?since=2100-01-01T00:00:00Z HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\
         Authorization: Bearer {bearer}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let (mut text, mut piece, mut is_ready, mut seen) = (String::new(), vec![0; 4096], false, 0);
    loop {
        let read = stream.read(&mut piece).await.unwrap_or(0);
        assert!(read > 0, "a stream ended: {text}");
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
        if !is_ready && text.contains("retry:") {
            is_ready = true;
            ready.fetch_add(1, Ordering::Relaxed);
        }
        let events = text.matches("event: created").count();
        for _ in seen..events {
            told.send(()).expect("somebody counts");
        }
        seen = events;
    }
}
