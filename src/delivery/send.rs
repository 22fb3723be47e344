//! Sends one message. Of the answer nothing is read but the status.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

use super::Rules;
use super::guard::{Guard, NotAllowed};
use super::message::Message;
use super::sign::signatures;
use crate::domain::time::Timestamp;
use crate::domain::webhook::target::Policy;
use crate::domain::webhook::{Attempt, Failure};
use crate::store::webhooks::Webhook;

/// How long it may take to connect, and to answer.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Calls endpoints.
pub struct Sender {
    /// `None` if there can be none.
    http: Option<Client>,
    policy: Arc<Policy>,
}

impl Sender {
    pub fn new(rules: &Rules) -> Self {
        let builder = || {
            Client::builder()
                .user_agent(concat!("Touchstone/", env!("CARGO_PKG_VERSION")))
                // The address that the guard looked at is called, by nobody else and nothing after it.
                .no_proxy()
                .redirect(redirect::Policy::none())
                .dns_resolver(Guard { names: rules.names.clone(), policy: rules.policy.clone() })
                .pool_max_idle_per_host(0)
                .connect_timeout(CONNECT_WITHIN)
                .timeout(ANSWER_WITHIN)
        };
        // A machine without certificates serves all the same; whoever must be called with TLS is then not trusted.
        let http = builder().build().or_else(|error| {
            tracing::error!(%error, "webhooks cannot be sent with TLS");
            ClientBuilder::build(builder().tls_certs_only([]))
        });
        Self { http: http.ok(), policy: rules.policy.clone() }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sends a message to an endpoint, signed as of `now`.
    pub async fn send(&self, webhook: &Webhook, message: &Message, now: Timestamp) -> Attempt {
        // What may be called may have changed since the URL was given.
        let Ok(target) = self.policy.read(&webhook.url.text()) else {
            return Attempt::failed(Failure::NotAllowed);
        };
        let Some(http) = &self.http else { return Attempt::failed(Failure::Unreachable) };
        let seconds = now.unix_seconds();
        let signed = signatures(&webhook.secrets(now), &message.id, seconds, &message.body);
        let request = http
            .post(target.url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signed)
            .body(message.body.clone());
        match request.send().await {
            Ok(response) => Attempt::answered(response.status().as_u16()),
            Err(error) => Attempt::failed(failure(&error)),
        }
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(one) = cause {
        if one.is::<NotAllowed>() {
            return Failure::NotAllowed;
        }
        cause = one.source();
    }
    if error.is_timeout() { Failure::Timeout } else { Failure::Unreachable }
}
