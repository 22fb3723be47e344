//! The way of reports into the intake lane, the same at every surface.

use std::sync::Arc;

use super::blocking;
use super::problem::Problem;
use crate::app::App;
use crate::domain::viewer::Viewer;
use crate::intake::accept::Terms;
use crate::intake::lane::NotTaken;
use crate::ops::file_reports::{Filed, Order, ReportError, Work};

/// What the viewer's reports are accepted under.
pub async fn terms(app: &Arc<App>, viewer: &Viewer) -> Result<Terms, Problem> {
    let may_share_with = blocking::directory(app).await?.may_share_with(viewer.member, viewer.kind);
    Ok(Terms { today: app.now().date(), may_share_with, external_id: None })
}

/// Work as the viewer asks for it now.
pub fn order(app: &App, viewer: &Viewer, work: Work) -> Order {
    Order { member: viewer.member, actor: viewer.actor(), at: app.now(), work }
}

/// Sends work through the lane and waits until it is durable.
pub async fn file(app: &App, order: Order) -> Result<Vec<Result<Filed, ReportError>>, Problem> {
    let answer = app.lane.offer(order).map_err(|refusal| match refusal {
        NotTaken::Full | NotTaken::Stopped => Problem::busy(),
    })?;
    Ok(answer.await.map_err(|_| Problem::busy())??)
}

/// The same of one report.
pub async fn file_one(app: &App, order: Order) -> Result<Filed, Problem> {
    let outcome = file(app, order).await?.pop().unwrap_or(Err(ReportError::Stopped));
    Ok(outcome?)
}
