use super::super::IdentifierType::Wallet;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn on<'a>(platform: &'a str, value: &'a str) -> RawIdentifier<'a> {
    RawIdentifier { platform: Some(platform).filter(|name| !name.is_empty()), ..raw(Wallet, value) }
}

#[test]
fn spellings_of_one_address_meet_in_one_key() {
    const EVM: &str = "ethereum/0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    const SEGWIT: &str = "bitcoin/bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    const TRON: &str = "tron/TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
    for (platform, typed, key) in [
        ("", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bitcoin/1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("BTC", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "bitcoin/3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        ("", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", SEGWIT),
        ("", "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=0.1", SEGWIT),
        ("", "https://mempool.space/address/bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", SEGWIT),
        (
            "",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "bitcoin/bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ),
        ("", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", EVM),
        ("", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", EVM),
        ("ETH", "0X5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", EVM),
        ("ethereum", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", EVM),
        ("", "ERC20: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", EVM),
        ("", "ethereum:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed@1?value=1", EVM),
        ("bsc", "https://bscscan.com/address/0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed#code", EVM),
        ("", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", TRON),
        ("", "USDT (TRC20): TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", TRON),
        ("", "https://tronscan.org/#/address/TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", TRON),
    ] {
        let identifier = parsed(&on(platform, typed));
        assert_eq!(identifier.key, key, "{platform:?} {typed:?}");
        assert_eq!(identifier.platform.as_deref(), key.split('/').next());
        assert_stable(&identifier);
    }
}

#[test]
fn an_address_of_ethereum_is_shown_with_its_checksum() {
    for checked in [
        "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "52908400098527886E0F7030069857D2E4169EE7",
        "de709f2102306220921060314715629080e2fb77",
    ] {
        assert_eq!(with_checksum(&checked.to_lowercase()), checked);
    }
    assert_eq!(
        parsed(&raw(Wallet, "0xd1220a0cf47c7b9be7a2e6ba89f429762e7b9adb")).value,
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"
    );
}

#[test]
fn what_is_no_address_is_refused() {
    for (platform, typed, fault) in [
        ("", "", ("value", "required")),
        ("", "n/a", ("value", "placeholder")),
        ("bitcoin", "btc: none", ("value", "placeholder")),
        ("", "0x0000000000000000000000000000000000000000", ("value", "placeholder")),
        ("", "0x000000000000000000000000000000000000dEaD", ("value", "placeholder")),
        ("", "1111111111111111111114oLvT2", ("value", "placeholder")),
        ("", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", ("value", "placeholder")),
        ("dogecoin", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", ("platform", "unknown")),
        ("tron", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ("platform", "mismatch")),
        ("bitcoin", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", ("platform", "mismatch")),
        ("", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", ("value", "check_digit")),
        ("", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T", ("value", "check_digit")),
        ("", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", ("value", "check_digit")),
        ("", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", ("value", "check_digit")),
        // Version 1 with the checksum of BIP 173, version 0 with that of BIP 350.
        ("", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", ("value", "check_digit")),
        ("", "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54well", ("value", "check_digit")),
        ("", "bc1qw508d6qejxtdg4y5r3zarvarY0c5xw7kv8f3t4", ("value", "malformed")),
        ("", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", ("value", "malformed")),
        ("", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", ("value", "malformed")),
        ("", "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a", ("value", "malformed")),
        ("", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA", ("value", "malformed")),
        ("ethereum", "jianli.eth", ("value", "malformed")),
        ("", "1A1z***vfNa", ("value", "malformed")),
        ("", "https://mempool.space/tx/4a5e1e4b", ("value", "unsupported_url")),
    ] {
        assert_eq!(refused(&on(platform, typed)), fault, "{platform:?} {typed:?}");
    }
}

#[test]
fn the_mask_shows_the_last_four() {
    for (value, masked) in [("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "***vfNa"), ("abc", "***")] {
        assert_eq!(mask(value), masked);
    }
}
