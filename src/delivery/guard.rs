//! Looks at addresses where they are found: what the connection is made to is what was looked at, since nobody asks for
//! the name again.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::webhook::address::refusal;
use crate::domain::webhook::target::Policy;

/// Says which addresses a name has.
pub trait Names: Send + Sync {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Asks as the machine is set up to.
pub struct SystemNames;

impl Names for SystemNames {
    fn addresses(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || {
                (name.as_str(), 0).to_socket_addrs().map(|found| found.map(|one| one.ip()).collect())
            });
            found.await.map_err(io::Error::other)?
        })
    }
}

/// A name that leads to an address which is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to an address that is not called: {0}")]
pub struct NotAllowed(pub &'static str);

/// Resolves names to addresses that may be called, or to none.
pub(super) struct Guard {
    pub names: Arc<dyn Names>,
    pub policy: Arc<Policy>,
}

/// All of a name's addresses, if every one may be called: who mixes others among them is up to something.
pub fn allowed(found: Vec<IpAddr>, policy: &Policy) -> Result<Vec<SocketAddr>, NotAllowed> {
    match found.iter().find_map(|address| refusal(*address, &policy.ranges)) {
        Some(why) => Err(NotAllowed(why)),
        None => Ok(found.into_iter().map(|address| SocketAddr::new(address, 0)).collect()),
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, policy) = (self.names.addresses(name.as_str().to_owned()), self.policy.clone());
        Box::pin(async move {
            let addresses = allowed(found.await?, &policy)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
