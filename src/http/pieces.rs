//! A body in two pieces: a short one that is the caller's alone, and a long one that many share and nobody copies.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

/// One piece and then the other.
pub struct Pieces {
    own: Bytes,
    shared: Bytes,
}

impl Pieces {
    pub fn new(own: String, shared: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self { own: own.into(), shared: Bytes::from_owner(shared) }
    }
}

impl MessageBody for Pieces {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized((self.own.len() + self.shared.len()) as u64)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let this = self.get_mut();
        let next = [&mut this.own, &mut this.shared].into_iter().find(|piece| !piece.is_empty());
        Poll::Ready(next.map(|piece| Ok(std::mem::take(piece))))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[test]
    fn the_pieces_come_in_their_order_and_an_empty_one_ends_nothing() {
        for (own, shared) in [("ab", "cd"), ("", "abcd"), ("abcd", ""), ("", "")] {
            let pieces = Pieces::new(own.to_owned(), shared);
            let expected = format!("{own}{shared}");
            assert_eq!(pieces.size(), BodySize::Sized(expected.len() as u64));
            let sent = actix_web::rt::System::new().block_on(to_bytes(pieces)).unwrap();
            assert_eq!(sent, expected.as_bytes());
        }
    }
}
