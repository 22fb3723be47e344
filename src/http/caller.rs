//! Who is asking: an extractor that turns the `Authorization` header into a [`Viewer`], and refuses
//! whoever may not do what the handler is for.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::blocking;
use super::problem::Problem;
use crate::app::App;
use crate::domain::member::{Scope, Standing};
use crate::domain::time::Timestamp;
use crate::domain::viewer::{Credential, Viewer};
use crate::ops::token;
use crate::store::{Conn, StoreError, keys, sessions, users};

/// What a handler needs its caller to be allowed.
pub trait Permission: 'static {
    /// The scope that is asked for; `None` lets every member in.
    const SCOPE: Option<Scope>;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $scope:expr;)+) => { $(
        $(#[$doc])*
        pub struct $name;
        impl Permission for $name {
            const SCOPE: Option<Scope> = $scope;
        }
    )+ };
}

permissions! {
    /// Any caller in good standing.
    Anyone = None;
    ReadReports = Some(Scope::ReportsRead);
    WriteReports = Some(Scope::ReportsWrite);
    ReadSellers = Some(Scope::SellersRead);
    ReadFeed = Some(Scope::FeedRead);
    ManageKeys = Some(Scope::KeysManage);
    ManageUsers = Some(Scope::UsersManage);
    Operate = Some(Scope::AdminManage);
}

/// A caller who may do what `P` names.
pub struct Caller<P: Permission> {
    pub viewer: Viewer,
    permission: PhantomData<P>,
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<Arc<App>>>().map(|app| app.get_ref().clone());
        let bearer = bearer(request);
        Box::pin(async move {
            let app = app.ok_or_else(|| Problem::internal(&"the server is not set up"))?;
            let viewer = identify(&app, bearer.ok_or_else(Problem::unauthenticated)?).await?;
            match P::SCOPE {
                Some(scope) if !viewer.may(scope) => Err(refusal(&viewer, scope)),
                _ => Ok(Self { viewer, permission: PhantomData }),
            }
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credential) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim().to_owned())
}

fn refusal(viewer: &Viewer, scope: Scope) -> Problem {
    if !scope.fits(viewer.kind) {
        return Problem::forbidden(format!("This is not for members of kind {}.", viewer.kind));
    }
    match viewer.credential {
        Credential::User { .. } => Problem::forbidden(format!("This needs the role {}.", scope.least_role())),
        Credential::Key { .. } => Problem::forbidden(format!("This key lacks the scope {scope}.")),
    }
}

/// Finds out who has a credential. Read from the store at every request, so that suspending and
/// revoking act on the next one.
async fn identify(app: &Arc<App>, bearer: String) -> Result<Viewer, Problem> {
    let now = app.now();
    let viewer = if bearer.starts_with(token::API_KEY_PREFIX) {
        blocking::read(app, move |conn| by_key(conn, &bearer, now)).await?.map(|(viewer, stale)| {
            if stale {
                note_use(app, &viewer, now);
            }
            viewer
        })
    } else {
        let Some((user, session)) = app.access_tokens.check(&bearer, now) else {
            return Err(Problem::unauthenticated());
        };
        blocking::read(app, move |conn| by_token(conn, user, session)).await?
    };
    viewer.ok_or_else(Problem::unauthenticated)
}

fn by_token(
    conn: &mut Conn,
    user: crate::domain::id::UserId,
    session: crate::domain::id::SessionId,
) -> Result<Option<Viewer>, StoreError> {
    let Some((user, member)) = users::find_with_member(conn, user)? else { return Ok(None) };
    let good = user.standing == Standing::Active
        && member.standing == Standing::Active
        && sessions::is_open(conn, session, user.id)?;
    Ok(good.then_some(Viewer {
        member: member.id,
        member_slug: member.slug,
        member_name: member.name,
        kind: member.kind,
        credential: Credential::User { id: user.id, role: user.role, session },
    }))
}

/// How fresh a key's "last used" is kept, in seconds: a write at each request would cost more than
/// the request.
const LAST_USE_SECONDS: i64 = 60;

fn by_key(conn: &mut Conn, text: &str, now: Timestamp) -> Result<Option<(Viewer, bool)>, StoreError> {
    let Some((id, secret)) = token::parse_api_key(text) else { return Ok(None) };
    let Some((key, member)) = keys::find_with_member(conn, id)? else { return Ok(None) };
    let good =
        token::matches(secret, &key.secret_hash) && key.is_good(now) && member.standing == Standing::Active;
    let stale = key.last_used_at.is_none_or(|used| used.plus_seconds(LAST_USE_SECONDS) < now);
    let viewer = Viewer {
        member: member.id,
        member_slug: member.slug,
        member_name: member.name,
        kind: member.kind,
        credential: Credential::Key { id, scopes: key.scopes() },
    };
    Ok(good.then_some((viewer, stale)))
}

fn note_use(app: &Arc<App>, viewer: &Viewer, now: Timestamp) {
    if let Credential::Key { id, .. } = viewer.credential {
        let app = app.clone();
        actix_web::rt::spawn(async move {
            if let Err(problem) = blocking::write(&app, move |conn| keys::touch(conn, id, now)).await {
                tracing::warn!(%problem, "the use of a key could not be noted");
            }
        });
    }
}
