//! One endpoint's turn: what is to be sent to it next, if it may still be sent.

use super::message::Message;
use crate::domain::member::Standing;
use crate::domain::resolution::keys::KeyHasher;
use crate::domain::viewer::Credential;
use crate::domain::webhook::WebhookState;
use crate::feed::Reader;
use crate::feed::follow::Filter;
use crate::store::webhooks::{self, Key, Webhook};
use crate::store::{Conn, Result, deliveries, groups, members};

/// What is to be done next at an endpoint.
pub enum Turn {
    /// Nothing that this node may do now.
    Nothing,
    /// The member may not read the group any more.
    NoAccess,
    Send(Box<Parcel>),
}

/// An event for an endpoint.
pub struct Parcel {
    pub webhook: Webhook,
    pub number: i64,
    /// Whether it is a dead letter, out of its turn.
    pub recalled: bool,
    pub message: Message,
}

/// Finds out what is next. Everything is read anew before each event, since a member may have been suspended, have left
/// the group or have changed its mind.
pub fn next(conn: &mut Conn, hasher: &KeyHasher, (node, key): (&[u8], Key)) -> Result<Turn> {
    let Some(webhook) = webhooks::of_key(conn, key)?.filter(|webhook| is_due(webhook, node)) else {
        return Ok(Turn::Nothing);
    };
    let member = members::find(conn, webhook.member_id)?;
    let Some(member) = member.filter(|member| member.standing == Standing::Active) else {
        return Ok(Turn::Nothing);
    };
    let viewer = member.viewer(Credential::Unattended);
    let Some(group) = groups::find(conn, webhook.group_id)? else { return Ok(Turn::NoAccess) };
    let seated = groups::seat(conn, &viewer, &group.slug)?;
    if !seated.is_some_and(|(_, seat)| seat.rights.read) {
        return Ok(Turn::NoAccess);
    }
    let recalled = if webhook.recalled { deliveries::first_recalled(conn, key)? } else { None };
    let after = recalled.map_or(webhook.position, |number| number - 1);
    let stretch = Reader::new(&viewer, &group).follow(conn, &Filter::default(), hasher, after, 1)?;
    let Some(event) = stretch.events.first() else { return Ok(Turn::Nothing) };
    let message = Message::of(webhook.id, &group.slug, event)?;
    let number = event.number;
    Ok(Turn::Send(Box::new(Parcel { webhook, number, recalled: recalled.is_some(), message })))
}

fn is_due(webhook: &Webhook, node: &[u8]) -> bool {
    webhook.state == WebhookState::Active && webhook.leased_by == node
}
