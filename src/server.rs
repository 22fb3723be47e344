//! Composes the surfaces into one server and runs it until it is told to stop.

use std::any::Any;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, Condition, from_fn};
#[cfg(target_os = "linux")]
use actix_web::rt::net::TcpStream;
use actix_web::{App as ActixApp, Error, HttpRequest, HttpResponse, HttpServer, web};
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tracing_actix_web::TracingLogger;
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

use crate::api::{self, ApiDoc, Problems};
use crate::app::App;
use crate::console::invitation;
use crate::http::envelope::{RequestSpan, envelope};
use crate::misp::{self, MispDoc};
use crate::taxii::{self, TaxiiDoc};

/// How the server runs.
#[derive(Debug, Clone, Copy)]
pub struct ServerOptions {
    /// Threads that answer requests; one per core if not said.
    pub workers: Option<usize>,
    pub drain_seconds: u64,
    /// Whether answers are compressed for clients that ask.
    pub compress: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { workers: None, drain_seconds: 30, compress: true }
    }
}

/// Takes the address; port 0 takes a free port.
pub fn bind(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Everything that answers requests, composed: what the server runs for each of its threads, and what a test
/// can ask without a socket.
pub fn service(
    shared: web::Data<Arc<App>>,
    compress: bool,
) -> ActixApp<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let (actix, mut document) = ActixApp::new()
        .into_utoipa_app()
        .openapi(ApiDoc::openapi().merge_from(TaxiiDoc::openapi()).merge_from(MispDoc::openapi()))
        .app_data(shared)
        // A request goes through them in this order: first what machines poll.
        .configure(taxii::routes)
        .configure(misp::routes)
        .configure(api::routes)
        .split_for_parts();
    Problems.modify(&mut document);
    taxii::describe_failures(&mut document);
    actix
        .service(api::health::metrics)
        .service(invitation::page)
        .service(invitation::script)
        .service(SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", document))
        .service(web::redirect("/docs", "/docs/"))
        .default_service(web::to(nothing_here))
        .wrap(Condition::new(compress, Compress::default()))
        .wrap(from_fn(envelope))
        .wrap(TracingLogger::<RequestSpan>::new())
}

/// What is at no route, in the way of the surface that it would be of.
async fn nothing_here(request: HttpRequest) -> HttpResponse {
    if taxii::is_ours(&request) { taxii::nothing_here() } else { api::nothing_here() }
}

/// Starts answering. The server drains on SIGTERM, SIGINT, or its handle's `stop`.
pub fn start(app: Arc<App>, listener: TcpListener, options: ServerOptions) -> std::io::Result<Server> {
    let (heads, taken_within) = (app.heads.clone(), app.pace.taken_within);
    let shared = web::Data::new(app);
    let server = HttpServer::new(move || service(shared.clone(), options.compress))
        // Before the address: it is taken with what is set by then.
        .on_connect(move |connection, _| bound_patience(connection, taken_within))
        .listen(listener)?
        // Answers are written in one piece; without this a compressed page waits 40 ms for an ACK.
        .tcp_nodelay(true)
        .shutdown_timeout(options.drain_seconds)
        .shutdown_signal(async move {
            asked_to_stop().await;
            // Who waits for news would hold the drain up to the end of its wait.
            heads.end_waits();
        });
    let server = match options.workers {
        Some(workers) => server.workers(workers),
        None => server,
    };
    Ok(server.run())
}

/// Ends a connection whose client takes nothing of what it is sent for so long. A body is asked for its next piece when
/// the one before has gone out, so it is never asked while a client reads nothing at all, and cannot end by itself: only
/// the system can tell. A client that is merely quiet, or to whom nothing is to be said, is left alone.
#[cfg(target_os = "linux")]
fn bound_patience(connection: &dyn Any, longest: Duration) {
    if let Some(stream) = connection.downcast_ref::<TcpStream>()
        && let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(longest))
    {
        tracing::warn!(%error, "a client that reads nothing will keep its connection");
    }
}

/// Other systems have no such bound: there a client that reads nothing keeps its connection.
#[cfg(not(target_os = "linux"))]
fn bound_patience(_: &dyn Any, _: Duration) {}

/// Resolves when the process is asked to stop: both signals drain.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be awaited");
            drop(interrupt.await);
            return;
        }
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
