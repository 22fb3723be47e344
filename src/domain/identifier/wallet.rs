//! Wallet: an address on a block chain.
//!
//! Rules: Bitcoin: Base58Check with the version 0 (P2PKH) or 5 (P2SH), or a segwit address by BIP 173 and
//! BIP 350 (`bech32`). Ethereum: `0x` and 40 hexadecimal digits; letters of both cases carry the checksum
//! of EIP-55, which must hold. The same address is its owner's on every chain of that family (BNB, Polygon
//! …), so all are `ethereum`. Tron: Base58Check with the version 0x41. Main networks only; the forms
//! exclude each other, so the chain need not be given.
//!
//! Key is `chain/address`, of Ethereum in lower case. Addresses that nobody has the key of are
//! placeholders. Deposit wallets of exchanges are real addresses and are kept; that many sellers share one
//! is for the resolver to see.

use bech32::primitives::decode::{SegwitHrpstring, SegwitHrpstringError};
use sha2::{Digest, Sha256};
use sha3::Keccak256;

use super::service::{self, Given, Service};
use super::{Fault, Identifier, RawIdentifier, Strength, text};

pub const STRENGTH: Strength = Strength::Strong;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Chain {
    Bitcoin,
    Ethereum,
    Tron,
}

static CHAINS: &[Service<Chain>] = &[
    Service {
        kind: Chain::Bitcoin,
        slug: "bitcoin",
        names: &["btc", "xbt", "比特币"],
        hosts: &["mempool.space", "blockstream.info"],
    },
    Service {
        kind: Chain::Ethereum,
        slug: "ethereum",
        names: &[
            "eth",
            "evm",
            "erc20",
            "usdterc20",
            "usdcerc20",
            "以太坊",
            "bsc",
            "bnb",
            "bep20",
            "usdtbep20",
            "polygon",
            "matic",
            "arbitrum",
        ],
        hosts: &["etherscan.io", "bscscan.com", "polygonscan.com"],
    },
    Service {
        kind: Chain::Tron,
        slug: "tron",
        names: &["trx", "trc20", "usdttrc20", "波场"],
        hosts: &["tronscan.org"],
    },
];

/// Bytes of a Base58Check address: version, hash, checksum.
const BASE58_BYTES: usize = 25;

/// Where coins are sent to destroy them.
const BURN: &str = "000000000000000000000000000000000000dead";

struct Address {
    chain: Chain,
    value: String,
    key: String,
}

pub fn parse(raw: &RawIdentifier<'_>) -> Result<Identifier, Fault> {
    let (stated, given) = service::read(CHAINS, raw)?;
    let typed = match given {
        Given::Id(id) => id,
        Given::Link(url) => {
            let place = format!("{}/{}", url.path(), url.fragment().unwrap_or_default());
            let address = place.split('/').skip_while(|segment| *segment != "address").nth(1);
            address.ok_or_else(service::unsupported_link)?.to_owned()
        }
    };
    let Address { chain, value, key } = read(&typed, stated.map(|service| service.kind))?;
    let found = CHAINS.iter().find(|service| service.kind == chain).map_or("", |service| service.slug);
    if let Some(stated) = stated.filter(|service| service.kind != chain) {
        let message = format!("This is an address of {found}, the platform given is {}.", stated.slug);
        return Err(Fault::new("platform", "mismatch", message));
    }
    Ok(Identifier {
        kind: raw.kind,
        value,
        key: format!("{found}/{key}"),
        platform: Some(found.to_owned()),
        country: None,
        scheme: None,
    })
}

/// The last four characters; the first would find the address on its public chain.
pub fn mask(value: &str) -> String {
    let tail = value.char_indices().rev().nth(3).and_then(|(at, _)| value.get(at..));
    format!("***{}", tail.unwrap_or_default())
}

fn read(typed: &str, stated: Option<Chain>) -> Result<Address, Fault> {
    if text::is_placeholder(typed) {
        return Err(Fault::placeholder());
    }
    let prefixed = typed.strip_prefix("0x").or_else(|| typed.strip_prefix("0X"));
    let hex = prefixed.or_else(|| Some(typed).filter(|_| stated == Some(Chain::Ethereum)));
    if let Some(hex) = hex {
        // EIP-681 puts the number of the network behind an `@`.
        return ethereum(hex.split('@').next().unwrap_or_default());
    }
    let begins = typed.get(..3).unwrap_or_default();
    if begins.eq_ignore_ascii_case("bc1") { segwit(typed) } else { base58(typed) }
}

fn ethereum(hex: &str) -> Result<Address, Fault> {
    if hex.len() != 40 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Fault::malformed("An address of Ethereum has 40 hexadecimal digits behind 0x."));
    }
    let lower = hex.to_ascii_lowercase();
    if lower == BURN || lower.bytes().all(|b| b == b'0') {
        return Err(Fault::placeholder());
    }
    let checked = with_checksum(&lower);
    let is_mixed = hex != lower && hex != hex.to_ascii_uppercase();
    if is_mixed && hex != checked {
        return Err(wrong_checksum());
    }
    let (value, key) = (format!("0x{checked}"), format!("0x{lower}"));
    Ok(Address { chain: Chain::Ethereum, value, key })
}

/// A letter is upper case where the hash of the address in lower case has a digit from 8 up.
fn with_checksum(lower: &str) -> String {
    let hash = Keccak256::digest(lower.as_bytes());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    lower
        .chars()
        .zip(nibbles)
        .map(|(c, nibble)| if nibble < 8 { c } else { c.to_ascii_uppercase() })
        .collect()
}

fn segwit(typed: &str) -> Result<Address, Fault> {
    let program = SegwitHrpstring::new(typed).map_err(|error| match error {
        SegwitHrpstringError::Checksum(_) => wrong_checksum(),
        error => Fault::malformed(format!("This is not a segwit address: {error}.")),
    })?;
    if !program.hrp().as_str().eq_ignore_ascii_case("bc") {
        return Err(no_address());
    }
    if program.byte_iter().all(|byte| byte == 0) {
        return Err(Fault::placeholder());
    }
    let lower = typed.to_ascii_lowercase();
    Ok(Address { chain: Chain::Bitcoin, value: lower.clone(), key: lower })
}

fn base58(typed: &str) -> Result<Address, Fault> {
    if !(26..=35).contains(&typed.len()) {
        return Err(no_address());
    }
    let bytes = bs58::decode(typed).into_vec().map_err(|_| no_address())?;
    let [version, hash @ ..] = bytes.as_slice() else { return Err(no_address()) };
    let chain = match version {
        0 | 5 => Chain::Bitcoin,
        0x41 => Chain::Tron,
        _ => return Err(no_address()),
    };
    let (Some(body), Some(checksum)) = (bytes.get(..BASE58_BYTES - 4), bytes.get(BASE58_BYTES - 4..)) else {
        return Err(no_address());
    };
    if bytes.len() != BASE58_BYTES {
        return Err(no_address());
    }
    if !Sha256::digest(Sha256::digest(body)).starts_with(checksum) {
        return Err(wrong_checksum());
    }
    if hash.iter().take(BASE58_BYTES - 5).all(|byte| *byte == 0) {
        return Err(Fault::placeholder());
    }
    Ok(Address { chain, value: typed.to_owned(), key: typed.to_owned() })
}

fn no_address() -> Fault {
    Fault::malformed("This is no address on the main network of Bitcoin, Ethereum or Tron.")
}

fn wrong_checksum() -> Fault {
    Fault::new("value", "check_digit", "The checksum is wrong; a character is mistyped, or its case.")
}

#[cfg(test)]
mod tests;
