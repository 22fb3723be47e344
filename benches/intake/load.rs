//! A load generator that costs little: threads that keep a connection and speak plain HTTP/1.1.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Answers per second that `connections` get in `length`, and how many were not of 2xx. `request`
/// makes the bytes of the n-th request.
pub fn rate(
    address: SocketAddr,
    connections: usize,
    length: Duration,
    request: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
) -> (f64, u64) {
    let request = Arc::new(request);
    let (next, good, bad) =
        (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let (request, next, good, bad, stop) =
                (request.clone(), next.clone(), good.clone(), bad.clone(), stop.clone());
            std::thread::spawn(move || {
                let stream = TcpStream::connect(address).expect("the server accepts");
                stream.set_nodelay(true).expect("a socket option");
                let mut reader = BufReader::with_capacity(1 << 16, stream.try_clone().expect("a handle"));
                let mut writer = stream;
                while !stop.load(Ordering::Relaxed) {
                    let bytes = request(next.fetch_add(1, Ordering::Relaxed));
                    writer.write_all(&bytes).expect("the server reads");
                    let status = read_answer(&mut reader);
                    let counter = if (200..300).contains(&status) { &good } else { &bad };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    std::thread::sleep(length);
    stop.store(true, Ordering::Relaxed);
    let seconds = started.elapsed().as_secs_f64();
    let answered = good.load(Ordering::Relaxed);
    for thread in threads {
        thread.join().expect("a client thread ends");
    }
    (answered as f64 / seconds, bad.load(Ordering::Relaxed))
}

fn read_answer(reader: &mut impl BufRead) -> u16 {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a status line");
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).expect("a header");
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    status
}

/// A request with a JSON body.
pub fn post(path: &str, bearer: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\nContent-Type: application/json\r\n\
         Prefer: return=minimal\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request without one.
pub fn get(path: &str, bearer: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\n\r\n").into_bytes()
}
