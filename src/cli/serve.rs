//! `touchstone serve`

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use secrecy::ExposeSecret;

use super::{CliResult, announce, demo, open_with};
use crate::app::{Parts, production};
use crate::config::ServeArgs;
use crate::console::invitation;
use crate::delivery::Rules;
use crate::ops::invite_first_operator::invite_first_operator;
use crate::server::{self, ServerOptions};
use crate::telemetry::{self, Filter};

/// Run the server
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    args: ServeArgs,

    /// Fill an empty database with a sample alliance and print how to sign in
    #[arg(long)]
    demo: bool,
}

impl Serve {
    pub fn run(&self) -> CliResult {
        let config = self.args.validate()?;
        telemetry::start(&config.data.log.clone().unwrap_or_else(Filter::of_server), config.log_json);
        let (listener, address) = server::bind(config.bind)?;
        let (app, background) = open_with(
            &config.data,
            Parts {
                limits: config.limits,
                webhooks: Rules {
                    policy: Arc::new(config.webhooks),
                    berth: Some(config.data.data_dir.join("webhooks.run")),
                    ..Rules::default()
                },
                ..production::parts(config.data.masters.clone())
            },
        )?;
        let base_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        if self.demo {
            demo::prepare(&app, &config.data.data_dir, &base_url)?;
        } else if let Some(token) = invite_first_operator(&app.db, app.ids.as_ref(), app.now())? {
            announce(&format!(
                "There is no operator yet. Open this link once, within seven days, to become it; the next start \
                 prints another in its place:\n  {base_url}{}#{}\n",
                invitation::PATH,
                token.expose_secret()
            ));
        }
        announce(&format!(
            "Touchstone is at {base_url}\nThe API is documented at {base_url}/docs/ (OpenAPI 3.1: {base_url}/openapi.json)\n"
        ));
        let options = ServerOptions {
            workers: config.workers,
            drain_seconds: config.drain_seconds,
            ..ServerOptions::default()
        };
        let shared = app.clone();
        actix_web::rt::System::new()
            .block_on(async move { server::start(shared, listener, options)?.await })?;
        tracing::info!("drained; stopping");
        background.stop(&app);
        Ok(ExitCode::SUCCESS)
    }
}
