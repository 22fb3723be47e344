//! The server without a socket: the same service that a connection would ask, called in the same process.

use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::rt::Runtime;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use futures_util::future::LocalBoxFuture;
use touchstone::app::App;
use touchstone::server;

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
    /// Whether the pages that follow are read too.
    pub walk: bool,
}

/// An answer as it would be written to a connection.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

type Call = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Reply>>;

/// Something to ask, on the thread that made it.
pub struct Server {
    call: Call,
    runtime: Runtime,
}

impl Server {
    pub fn new(app: &Arc<App>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let shared = Data::new(app.clone());
        let service = runtime.block_on(init_service(server::service(shared, true)));
        let service = std::rc::Rc::new(service);
        let call: Call = Box::new(move |request| {
            let service = service.clone();
            Box::pin(async move {
                let response = match service.call(request.to_request()).await {
                    Ok(response) => response.map_into_boxed_body().into_parts().1,
                    Err(error) => error.error_response(),
                };
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let body = to_bytes(response.into_body()).await.expect("a body");
                // What is no text, a workbook, is compared byte for byte like the rest.
                let text = String::from_utf8(body.to_vec())
                    .unwrap_or_else(|bytes| bytes.as_bytes().iter().copied().map(char::from).collect());
                Reply { status, headers, text }
            })
        });
        Self { call, runtime }
    }

    /// Asks with a credential, or none.
    pub fn ask(&self, bearer: Option<&str>, request: &Request, path: &str) -> Reply {
        let mut asking = TestRequest::with_uri(path).method(request.method.clone());
        for (name, value) in &request.headers {
            asking = asking.insert_header((*name, value.as_str()));
        }
        if let Some(bearer) = bearer {
            asking = asking.insert_header(("authorization", format!("Bearer {bearer}")));
        }
        if let Some(body) = &request.body {
            asking = asking.set_payload(body.clone());
        }
        self.runtime.block_on((self.call)(asking))
    }
}
