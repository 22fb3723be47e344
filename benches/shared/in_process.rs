//! The real server in the process of the benchmark, so that it can be held against something else there.

use std::net::SocketAddr;
use std::sync::Arc;

use touchstone::app::App;
use touchstone::server::{self, ServerOptions};

/// Serves for as long as the benchmark runs.
pub fn serve(app: Arc<App>) -> SocketAddr {
    let (listener, address) = server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    std::thread::spawn(move || {
        let options = ServerOptions { workers: Some(2), ..ServerOptions::default() };
        actix_web::rt::System::new()
            .block_on(async move { server::start(app, listener, options).expect("starts").await })
            .expect("the server runs");
    });
    address
}
