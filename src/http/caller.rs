//! Who is asking: an extractor that turns the `Authorization` header into a [`Viewer`], and refuses
//! whoever may not do what the handler is for.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use data_encoding::BASE64;
use futures_util::future::LocalBoxFuture;

use super::blocking;
use super::problem::Problem;
use crate::app::App;
use crate::domain::id::KeyId;
use crate::domain::member::{Scope, Standing};
use crate::domain::time::Timestamp;
use crate::domain::viewer::{Credential, Viewer};
use crate::ops::token;
use crate::store::keys;

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
    Judge = Some(Scope::JudgementsWrite);
    AskIntroductions = Some(Scope::IntroductionsWrite);
    ManageKeys = Some(Scope::KeysManage);
    ManageUsers = Some(Scope::UsersManage);
    ManageGroups = Some(Scope::GroupsManage);
    ManageWebhooks = Some(Scope::WebhooksManage);
    ReadAudit = Some(Scope::AuditRead);
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
        Box::pin(Self::let_in(request, bearer(request)))
    }
}

impl<P: Permission> Caller<P> {
    /// As the extractor does; also lets in whoever sends the credential as the password of HTTP Basic, which is all
    /// that some clients know. The name beside it is not looked at: the credential says whose it is.
    pub fn by_bearer_or_basic(request: &HttpRequest) -> impl Future<Output = Result<Self, Problem>> + use<P> {
        let caller = Self::let_in(request, bearer(request).or_else(|| basic(request)));
        async { caller.await.map_err(Problem::offering_basic) }
    }

    fn let_in(
        request: &HttpRequest,
        credential: Option<String>,
    ) -> impl Future<Output = Result<Self, Problem>> + use<P> {
        let app = request.app_data::<web::Data<Arc<App>>>().map(|app| app.get_ref().clone());
        async move {
            let app = app.ok_or_else(|| Problem::internal(&"the server is not set up"))?;
            let viewer = identify(&app, &credential.ok_or_else(Problem::unauthenticated)?).await?;
            match P::SCOPE {
                Some(scope) if !viewer.may(scope) => Err(refusal(&viewer, scope)),
                _ => Ok(Self { viewer, permission: PhantomData }),
            }
        }
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    authorization(request, "bearer")
}

/// The password of HTTP Basic (RFC 7617).
fn basic(request: &HttpRequest) -> Option<String> {
    let encoded = authorization(request, "basic")?;
    let pair = String::from_utf8(BASE64.decode(encoded.as_bytes()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

fn authorization(request: &HttpRequest, wanted: &str) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credential) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| credential.trim().to_owned())
}

fn refusal(viewer: &Viewer, scope: Scope) -> Problem {
    if !scope.fits(viewer.kind) {
        return Problem::forbidden(format!("This is not for members of kind {}.", viewer.kind));
    }
    match viewer.credential {
        Credential::User { .. } => Problem::forbidden(format!("This needs the role {}.", scope.least_role())),
        Credential::Key { .. } | Credential::Unattended => {
            Problem::forbidden(format!("This key lacks the scope {scope}."))
        }
    }
}

/// Finds out who has a credential. Read from the store at every request, so that suspending and
/// revoking act on the next one.
async fn identify(app: &Arc<App>, bearer: &str) -> Result<Viewer, Problem> {
    let now = app.now();
    let viewer = if bearer.starts_with(token::API_KEY_PREFIX) {
        by_key(app, bearer, now).await?
    } else {
        by_token(app, bearer, now).await?
    };
    viewer.ok_or_else(Problem::unauthenticated)
}

async fn by_token(app: &App, text: &str, now: Timestamp) -> Result<Option<Viewer>, Problem> {
    let Some((id, session)) = app.access_tokens.check(text, now) else { return Ok(None) };
    let Some(owner) = app.gate.session(session).await? else { return Ok(None) };
    let (user, member) = owner.as_ref();
    let good = user.id == id && user.standing == Standing::Active && member.standing == Standing::Active;
    Ok(good.then(|| member.viewer(Credential::User { id, role: user.role, session })))
}

/// How fresh a key's "last used" is kept, in seconds: a write at each request would cost more than
/// the request.
const LAST_USE_SECONDS: i64 = 60;

async fn by_key(app: &Arc<App>, text: &str, now: Timestamp) -> Result<Option<Viewer>, Problem> {
    let Some((id, secret)) = token::parse_api_key(text) else { return Ok(None) };
    let Some(owner) = app.gate.key(id).await? else { return Ok(None) };
    let (key, member) = owner.as_ref();
    if !token::matches(secret, &key.secret_hash) || !key.is_good(now) || member.standing != Standing::Active {
        return Ok(None);
    }
    if key.last_used_at.is_none_or(|used| used.plus_seconds(LAST_USE_SECONDS) < now) {
        note_use(app, id, now);
    }
    Ok(Some(member.viewer(Credential::Key { id, scopes: key.scopes() })))
}

fn note_use(app: &Arc<App>, id: KeyId, now: Timestamp) {
    let app = app.clone();
    actix_web::rt::spawn(async move {
        if let Err(problem) = blocking::write(&app, move |conn| keys::touch(conn, id, now)).await {
            tracing::warn!(%problem, "the use of a key could not be noted");
        }
    });
}
