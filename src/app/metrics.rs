//! Figures for Prometheus. They tell the operator how the server does, never who reported what.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::domain::webhook::Failure;

/// What a request is counted under. The route is the pattern, never the path with its ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
    status: u16,
}

/// What an attempt to deliver is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// The server's figures. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Route, Counter>,
    seconds: Histogram,
    committed: Counter,
    commits: Counter,
    resolved: Counter,
    batch_seconds: Histogram,
    waiting: Gauge<i64, AtomicI64>,
    looked_up: Counter,
    refused: Counter,
    alerts: Counter,
    attempts: Family<Outcome, Counter>,
    ended: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("touchstone");
        let metrics = Self {
            requests: Family::default(),
            seconds: Histogram::new(exponential_buckets(0.001, 2.0, 14)),
            committed: Counter::default(),
            commits: Counter::default(),
            resolved: Counter::default(),
            batch_seconds: Histogram::new(exponential_buckets(0.001, 2.0, 16)),
            waiting: Gauge::default(),
            looked_up: Counter::default(),
            refused: Counter::default(),
            alerts: Counter::default(),
            attempts: Family::default(),
            ended: Counter::default(),
            registry: Arc::new(Registry::default()),
        };
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        registry.register("http_request_seconds", "Time to answer a request", metrics.seconds.clone());
        registry.register(
            "intake_reports",
            "Reports committed by the intake lane",
            metrics.committed.clone(),
        );
        registry.register("intake_commits", "Transactions of the intake lane", metrics.commits.clone());
        registry.register("resolver_reports", "Reports worked into pools", metrics.resolved.clone());
        registry.register(
            "resolver_batch_seconds",
            "Time of a resolver batch",
            metrics.batch_seconds.clone(),
        );
        registry.register("resolver_waiting", "Reports waiting to be worked in", metrics.waiting.clone());
        registry.register("looked_up_values", "Values that members tested", metrics.looked_up.clone());
        registry.register(
            "refused_look_ups",
            "Requests refused because a limit was reached",
            metrics.refused.clone(),
        );
        registry.register("canary_alerts", "Canaries that members named", metrics.alerts.clone());
        registry.register("webhook_attempts", "Attempts to deliver an event", metrics.attempts.clone());
        registry.register(
            "disabled_webhooks",
            "Webhooks that the server disabled because they failed or were gone",
            metrics.ended.clone(),
        );
        Self { registry: Arc::new(registry), ..metrics }
    }
}

impl Metrics {
    pub fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let label = Route { method: method.to_owned(), route: route.to_owned(), status };
        self.requests.get_or_create(&label).inc();
        self.seconds.observe(seconds);
    }

    pub fn committed(&self, reports: usize) {
        self.committed.inc_by(reports as u64);
        self.commits.inc();
    }

    pub fn resolved(&self, reports: usize, seconds: f64) {
        self.resolved.inc_by(reports as u64);
        self.batch_seconds.observe(seconds);
    }

    pub fn looked_up(&self, values: usize) {
        self.looked_up.inc_by(values as u64);
    }

    pub fn refused(&self) {
        self.refused.inc();
    }

    pub fn alarmed(&self, canaries: usize) {
        self.alerts.inc_by(canaries as u64);
    }

    pub fn attempted(&self, failure: Option<Failure>) {
        let outcome = failure.map_or("delivered", Failure::as_str);
        self.attempts.get_or_create(&Outcome { outcome }).inc();
    }

    pub fn webhook_ended(&self) {
        self.ended.inc();
    }

    /// The figures in OpenMetrics text, with the length of the resolver's queue as it is now.
    pub fn text(&self, waiting: i64) -> String {
        self.waiting.set(waiting);
        let mut text = String::new();
        let _cannot_fail = encode(&mut text, &self.registry);
        text
    }
}
