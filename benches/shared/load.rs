//! A load generator that costs little, for it shares the cores with what it measures: one thread, a
//! task for each connection, plain HTTP/1.1 on connections that are kept.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The middle of an odd number of measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

struct Load<F> {
    request: F,
    next: AtomicU64,
    good: AtomicU64,
    bad: AtomicU64,
    stop: AtomicBool,
}

/// Answers per second that `connections` get in `length`, and how many were not of 2xx. `request`
/// makes the bytes of the n-th request.
pub fn rate(
    address: SocketAddr,
    connections: usize,
    length: Duration,
    request: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
) -> (f64, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let load = Arc::new(Load {
        request,
        next: AtomicU64::new(0),
        good: AtomicU64::new(0),
        bad: AtomicU64::new(0),
        stop: AtomicBool::new(false),
    });
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, async {
        let clients: Vec<_> =
            (0..connections).map(|_| tokio::task::spawn_local(client(address, load.clone()))).collect();
        let started = Instant::now();
        tokio::time::sleep(length).await;
        load.stop.store(true, Ordering::Relaxed);
        let answered = load.good.load(Ordering::Relaxed);
        let seconds = started.elapsed().as_secs_f64();
        for client in clients {
            client.await.expect("a client ends");
        }
        (answered as f64 / seconds, load.bad.load(Ordering::Relaxed))
    })
}

async fn client(address: SocketAddr, load: Arc<Load<impl Fn(u64) -> Vec<u8>>>) {
    let stream = TcpStream::connect(address).await.expect("the server accepts");
    stream.set_nodelay(true).expect("a socket option");
    let mut stream = BufReader::with_capacity(1 << 16, stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    while !load.stop.load(Ordering::Relaxed) {
        let bytes = (load.request)(load.next.fetch_add(1, Ordering::Relaxed));
        stream.write_all(&bytes).await.expect("the server reads");
        let status = read_answer(&mut stream, &mut line, &mut body).await;
        let counter = if (200..300).contains(&status) { &load.good } else { &load.bad };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

async fn read_answer(stream: &mut BufReader<TcpStream>, line: &mut String, body: &mut Vec<u8>) -> u16 {
    line.clear();
    stream.read_line(line).await.expect("a status line");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(line).await.expect("a header");
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    body.resize(length, 0);
    stream.read_exact(body).await.expect("a body");
    status
}

/// A request with a JSON body.
pub fn post(path: &str, bearer: &str, body: &str) -> Vec<u8> {
    post_as(path, bearer, "application/json", body)
}

/// A request with a body of this type.
pub fn post_as(path: &str, bearer: &str, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\nContent-Type: {content_type}\r\n\
         Prefer: return=minimal\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request without one.
pub fn get(path: &str, bearer: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\n\r\n").into_bytes()
}
