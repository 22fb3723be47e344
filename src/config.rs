//! Configuration: flags and `TOUCHSTONE_*` variables, validated once, every fault named. Secrets are
//! wrapped so that they cannot be printed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::probing::Limits;
use crate::domain::webhook::address::Range;
use crate::domain::webhook::target::Policy;
use crate::store::vault::MasterKeys;
use crate::store::{Engine, Place};
use crate::telemetry::Filter;

/// Where the data is: what every command needs.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Folder for the embedded database and what belongs to it
    #[arg(
        long,
        global = true,
        env = "TOUCHSTONE_DATA_DIR",
        default_value = "./touchstone-data",
        value_name = "DIR"
    )]
    pub data_dir: PathBuf,

    /// A `postgres://` URL; without it the embedded SQLite database in the data folder is used
    #[arg(long, global = true, env = "TOUCHSTONE_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<SecretString>,

    /// Database connections kept open [default: 4 on SQLite, 10 on PostgreSQL]
    #[arg(long, global = true, env = "TOUCHSTONE_DATABASE_CONNECTIONS", value_name = "N")]
    pub database_connections: Option<u32>,

    /// File of master keys, the newest first, under which the database is sealed [default: master.key in the data folder, made by the first start]
    #[arg(
        long,
        global = true,
        env = "TOUCHSTONE_MASTER_KEY_FILE",
        value_name = "FILE",
        conflicts_with = "master_key"
    )]
    pub master_key_file: Option<PathBuf>,

    /// The master keys themselves in base64, the newest first; better as a variable, which the list of processes does not show
    #[arg(long, global = true, env = "TOUCHSTONE_MASTER_KEY", hide_env_values = true, value_name = "KEYS")]
    pub master_key: Option<SecretString>,

    /// What is logged, as filter directives of `tracing` [default: info,actix_server=warn for serve, else warn]
    #[arg(long, global = true, env = "TOUCHSTONE_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub data: DataArgs,

    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "TOUCHSTONE_BIND", default_value = "127.0.0.1:8080", value_name = "ADDR:PORT")]
    pub bind: String,

    /// The server's address as clients see it, for links; follows from --bind if left out
    #[arg(long, env = "TOUCHSTONE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// How log lines are written
    #[arg(long, env = "TOUCHSTONE_LOG_FORMAT", default_value = "pretty", value_name = "FORMAT")]
    pub log_format: String,

    /// Threads that answer requests [default: one per core]
    #[arg(long, env = "TOUCHSTONE_WORKERS", value_name = "N")]
    pub workers: Option<usize>,

    /// Seconds that running requests get when the server is told to stop
    #[arg(long, env = "TOUCHSTONE_DRAIN_SECONDS", default_value_t = 30, value_name = "N")]
    pub drain_seconds: u64,

    #[command(flatten)]
    pub limits: LimitArgs,

    #[command(flatten)]
    pub webhooks: WebhookArgs,
}

/// What webhooks may call besides the public Internet with TLS.
#[derive(Debug, Clone, Default, Args)]
pub struct WebhookArgs {
    /// Hosts that webhooks may call without TLS and at any port, with commas between them
    #[arg(long, env = "TOUCHSTONE_WEBHOOK_HOSTS", value_delimiter = ',', value_name = "HOSTS")]
    pub webhook_hosts: Vec<String>,

    /// Ranges of addresses that webhooks may call though they are not public, such as 10.1.0.0/16
    #[arg(long, env = "TOUCHSTONE_WEBHOOK_RANGES", value_delimiter = ',', value_name = "RANGES")]
    pub webhook_ranges: Vec<String>,
}

/// What members may ask, and how often.
#[derive(Debug, Clone, Copy, Args)]
pub struct LimitArgs {
    /// Look-ups that one key or person may make in a minute, on each node
    #[arg(long, env = "TOUCHSTONE_LOOK_UPS_PER_KEY", default_value_t = Limits::default().per_key, value_name = "N")]
    pub look_ups_per_key: u32,

    /// Look-ups that one member may make in a minute, on each node
    #[arg(long, env = "TOUCHSTONE_LOOK_UPS_PER_MEMBER", default_value_t = Limits::default().per_member, value_name = "N")]
    pub look_ups_per_member: u32,

    /// Values that one member may look up in a day, on all nodes together
    #[arg(long, env = "TOUCHSTONE_LOOK_UP_BUDGET", default_value_t = Limits::default().daily, value_name = "N")]
    pub look_up_budget: u32,
}

/// The data part, validated.
#[derive(Debug, Clone)]
pub struct DataConfig {
    pub data_dir: PathBuf,
    pub place: Place,
    pub masters: MasterKeys,
    /// What is logged, if it was said.
    pub log: Option<Filter>,
}

/// A whole, valid configuration.
#[derive(Debug, Clone)]
pub struct Config {
    pub data: DataConfig,
    pub bind: SocketAddr,
    pub public_url: Option<String>,
    pub log_json: bool,
    pub workers: Option<usize>,
    pub drain_seconds: u64,
    pub limits: Limits,
    pub webhooks: Policy,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not valid:\n{}", .0.iter().map(|fault| format!("  - {fault}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl DataArgs {
    fn check(&self, faults: &mut Vec<String>) -> DataConfig {
        let url = match &self.database_url {
            Some(url) => {
                if Engine::of(url.expose_secret()) != Engine::Postgres {
                    faults.push(
                        "--database-url must begin with postgres:// (leave it out for SQLite)".to_owned(),
                    );
                }
                url.clone()
            }
            None => self.data_dir.join("touchstone.db").to_string_lossy().into_owned().into(),
        };
        let default = if self.database_url.is_some() { 10 } else { 4 };
        let connections = self.database_connections.unwrap_or(default);
        if !(2..=1_000).contains(&connections) {
            faults.push("--database-connections must be between 2 and 1000".to_owned());
        }
        let log = self.log.as_deref().map(Filter::parse).transpose().unwrap_or_else(|error| {
            faults.push(format!("--log must be filter directives such as info,touchstone=debug: {error}"));
            None
        });
        let masters = match (&self.master_key, &self.master_key_file) {
            (Some(keys), _) => {
                faults.extend(MasterKeys::fault(keys).map(|fault| format!("--master-key: {fault}")));
                MasterKeys::Given(keys.clone())
            }
            (None, Some(path)) => MasterKeys::File { path: path.clone(), make: false },
            (None, None) => MasterKeys::File { path: self.data_dir.join("master.key"), make: true },
        };
        DataConfig { data_dir: self.data_dir.clone(), place: Place { url, connections }, masters, log }
    }

    /// Validates the part that commands without a server need.
    pub fn validate(&self) -> Result<DataConfig, ConfigError> {
        let mut faults = Vec::new();
        let config = self.check(&mut faults);
        if faults.is_empty() { Ok(config) } else { Err(ConfigError(faults)) }
    }
}

impl LimitArgs {
    const fn limits(self) -> Limits {
        Limits {
            per_key: self.look_ups_per_key,
            per_member: self.look_ups_per_member,
            daily: self.look_up_budget,
        }
    }
}

impl WebhookArgs {
    fn check(&self, faults: &mut Vec<String>) -> Policy {
        let given = |list: &[String]| -> Vec<String> {
            list.iter().map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty()).collect()
        };
        let mut ranges = Vec::new();
        for text in given(&self.webhook_ranges) {
            match text.parse::<Range>() {
                Ok(range) => ranges.push(range),
                Err(error) => faults.push(format!("--webhook-ranges: {text:?} is {error}")),
            }
        }
        Policy { hosts: given(&self.webhook_hosts).into_iter().collect(), ranges }
    }
}

impl ServeArgs {
    /// Validates everything at once.
    pub fn validate(&self) -> Result<Config, ConfigError> {
        let mut faults = Vec::new();
        let data = self.data.check(&mut faults);
        let bind = self.bind.parse::<SocketAddr>().ok();
        if bind.is_none() {
            faults.push(format!("--bind must be ADDRESS:PORT, such as 127.0.0.1:8080, not {:?}", self.bind));
        }
        if let Some(url) = &self.public_url
            && !url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        {
            faults.push("--public-url must be an http or https URL".to_owned());
        }
        if !matches!(self.log_format.as_str(), "pretty" | "json") {
            faults.push(format!("--log-format must be pretty or json, not {:?}", self.log_format));
        }
        if self.workers.is_some_and(|workers| !(1..=256).contains(&workers)) {
            faults.push("--workers must be between 1 and 256".to_owned());
        }
        if self.limits.look_ups_per_key == 0 || self.limits.look_ups_per_member == 0 {
            faults.push("--look-ups-per-key and --look-ups-per-member must be at least 1".to_owned());
        }
        let webhooks = self.webhooks.check(&mut faults);
        match bind {
            Some(bind) if faults.is_empty() => Ok(Config {
                data,
                bind,
                public_url: self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
                log_json: self.log_format == "json",
                workers: self.workers,
                drain_seconds: self.drain_seconds,
                limits: self.limits.limits(),
                webhooks,
            }),
            _ => Err(ConfigError(faults)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_configuration_is_named_and_no_secret_shown() {
        let args = ServeArgs {
            data: DataArgs {
                data_dir: "x".into(),
                database_url: Some("mysql://user:hunter2@host/db".to_owned().into()),
                database_connections: Some(1),
                master_key_file: None,
                master_key: Some("aHVudGVyMg==".to_owned().into()),
                log: Some("touchstone=loud".to_owned()),
            },
            bind: "nowhere".to_owned(),
            public_url: Some("ftp://x".to_owned()),
            log_format: "xml".to_owned(),
            workers: Some(0),
            drain_seconds: 1,
            limits: LimitArgs { look_ups_per_key: 0, look_ups_per_member: 1, look_up_budget: 0 },
            webhooks: WebhookArgs {
                webhook_hosts: Vec::new(),
                webhook_ranges: vec!["10.0.0.0/99".to_owned()],
            },
        };
        let error = args.validate().expect_err("invalid");
        assert_eq!(error.0.len(), 10, "{error}");
        assert!(!error.to_string().contains("hunter2"));
        assert!(!format!("{args:?}").contains("hunter2"));
        assert!(!format!("{error} {args:?}").contains("aHVudGVyMg"));
        let url = "postgres://user:hunter2@host/db".to_owned();
        let data = DataArgs {
            database_url: Some(url.into()),
            database_connections: None,
            master_key: None,
            log: Some("warn,touchstone=debug".to_owned()),
            ..args.data
        };
        assert!(!format!("{:?}", data.validate().expect("valid")).contains("hunter2"));
    }
}
