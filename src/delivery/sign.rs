//! Signatures of messages, as the specification has them: whoever has the secret can tell that a message is ours, which
//! it is, and when it was sent.

use aws_lc_rs::hmac;
use data_encoding::BASE64;

/// What a secret begins with when it is shown.
const SECRET_PREFIX: &str = "whsec_";

/// A secret as a receiver configures it.
pub fn secret_text(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", BASE64.encode(secret))
}

/// The value of the header `webhook-signature`: one signature for each secret, with spaces between them.
pub fn signatures(secrets: &[&[u8]], id: &str, seconds: i64, body: &[u8]) -> String {
    let one = |secret: &&[u8]| {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
        context.update(format!("{id}.{seconds}.").as_bytes());
        context.update(body);
        format!("v1,{}", BASE64.encode(context.sign().as_ref()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        // The example of its reference libraries.
        let secret = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        assert_eq!(secret_text(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed =
            signatures(&[&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signatures(&[&secret, &[1; 24]], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{}");
        assert_eq!(both.split(' ').count(), 2);
    }
}
