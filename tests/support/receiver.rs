//! Somebody else's server, which webhooks are sent to.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct State {
    /// What is answered next, and what when that is used up.
    answers: VecDeque<u16>,
    usual: u16,
    delay: Duration,
    connections: usize,
    got: Vec<Received>,
}

/// Listens at an address of its own until it is dropped.
pub struct Receiver {
    host: String,
    port: u16,
    state: Arc<Mutex<State>>,
    stopping: Arc<AtomicBool>,
}

impl Received {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The number of the event in it.
    pub fn number(&self) -> i64 {
        self.json()["data"]["number"].as_i64().expect("a number")
    }
}

impl Receiver {
    pub fn at(host: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State { usual: 200, ..State::default() }));
        let stopping = Arc::new(AtomicBool::new(false));
        let (shared, ended) = (state.clone(), stopping.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let shared = shared.clone();
                shared.lock().expect("the state").connections += 1;
                std::thread::spawn(move || stream.map(|stream| answer(stream, &shared)));
            }
        });
        Self { host: host.to_owned(), port, state, stopping }
    }

    pub fn new() -> Self {
        Self::at("127.0.0.1")
    }

    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/in", self.port)
    }

    /// Answers so from now on.
    pub fn answers(&self, usual: u16) {
        self.state.lock().expect("the state").usual = usual;
    }

    /// Answers so first.
    pub fn answers_first(&self, answers: &[u16]) {
        self.state.lock().expect("the state").answers.extend(answers);
    }

    pub fn takes(&self, delay: Duration) {
        self.state.lock().expect("the state").delay = delay;
    }

    pub fn connections(&self) -> usize {
        self.state.lock().expect("the state").connections
    }

    /// How many messages came.
    pub fn count(&self) -> usize {
        self.state.lock().expect("the state").got.len()
    }

    pub fn got(&self) -> Vec<Received> {
        self.state.lock().expect("the state").got.clone()
    }

    /// Waits until so many messages have come, and returns all.
    #[track_caller]
    pub fn wait(&self, count: usize) -> Vec<Received> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let got = self.got();
            if got.len() >= count {
                return got;
            }
            assert!(Instant::now() < deadline, "{} of {count} messages came", got.len());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        drop(TcpStream::connect((self.host.as_str(), self.port)));
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    // What speaks TLS may never come to the end of a line.
    drop(stream.set_read_timeout(Some(Duration::from_secs(2))));
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) => drop(headers.insert(name.to_lowercase(), value.to_owned())),
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    let (status, delay) = {
        let mut state = state.lock().expect("the state");
        state.got.push(Received { headers, body });
        (state.answers.pop_front().unwrap_or(state.usual), state.delay)
    };
    std::thread::sleep(delay);
    // Whoever followed it would come to an address that is not called.
    let answer = format!(
        "HTTP/1.1 {status} So\r\nlocation: http://127.0.0.2:1/\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
    );
    drop(stream.write_all(answer.as_bytes()));
}
