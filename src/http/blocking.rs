//! The one door from the asynchronous surfaces to the blocking store.

use std::sync::Arc;

use actix_web::web;

use super::problem::Problem;
use crate::app::App;
use crate::store::groups::Directory;
use crate::store::{Conn, Retry, StoreError};

/// Reads from the store on a thread that may block.
pub async fn read<T, E, F>(app: &Arc<App>, f: F) -> Result<T, Problem>
where
    T: Send + 'static,
    E: From<StoreError> + Into<Problem> + Send + 'static,
    F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
{
    let db = app.db.clone();
    run(move || db.read(f).map_err(Into::into)).await?
}

/// Writes to the store in one transaction, on a thread that may block.
pub async fn write<T, E, F>(app: &Arc<App>, f: F) -> Result<T, Problem>
where
    T: Send + 'static,
    E: From<StoreError> + Retry + Into<Problem> + Send + 'static,
    F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
{
    let db = app.db.clone();
    run(move || db.write(f).map_err(Into::into)).await?
}

/// The sharing groups and who may do what in them.
pub async fn directory(app: &Arc<App>) -> Result<Arc<Directory>, Problem> {
    if let Some(known) = app.directory.known() {
        return Ok(known);
    }
    let app = app.clone();
    Ok(run(move || app.directory.read(&app.db)).await??)
}

/// Runs anything that blocks.
pub async fn run<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    web::block(f).await.map_err(|error| Problem::internal(&error))
}

/// Runs a password hash, a few at a time: each takes tens of megabytes and a core.
pub async fn hash<T: Send + 'static>(
    app: &Arc<App>,
    f: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let permit = app.password_permits.acquire();
    let wait = std::time::Duration::from_secs(5);
    let Ok(Ok(_permit)) = tokio::time::timeout(wait, permit).await else { return Err(Problem::busy()) };
    run(f).await
}
