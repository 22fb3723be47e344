//! Values that nobody else has, as reports give them.

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use touchstone::ops::token::random;

/// What was planted, to be hunted.
#[derive(Default)]
pub struct Planted {
    pub values: Vec<String>,
    count: u64,
}

impl Planted {
    /// A word that nobody has ever written.
    pub fn word(&mut self) -> String {
        let letters = HEXLOWER.encode(&random::<6>());
        letters.bytes().map(|digit| char::from(b'a' + (digit % 16))).collect()
    }

    /// Notes a value to be hunted.
    pub fn plant(&mut self, value: impl Into<String>) -> String {
        let value = value.into();
        self.values.push(value.clone());
        value
    }

    /// A report with ten values in it, each in a place of its own.
    pub fn report(&mut self, external_id: &str, groups: &[&str]) -> Value {
        self.count += 1;
        let n = self.count;
        let [mailbox, name, second, street, narrative, signer, handle, owner] =
            std::array::from_fn(|_| self.word());
        let subscriber = format!("{:08}", u32::from_be_bytes(random::<4>()) % 100_000_000);
        let iban = iban(&format!("{:018}", u64::from_be_bytes(random::<8>()) % 1_000_000_000_000_000_000));
        let wallet = HEXLOWER.encode(&random::<20>());
        for value in [&mailbox, &name, &second, &street, &narrative, &signer, &handle, &owner] {
            // Some are written with a capital.
            self.plant(&value[1..]);
        }
        self.plant(format!("138{subscriber}"));
        self.plant(&iban[4..]);
        self.plant(wallet.as_str());
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        json!({
            "external_id": external_id,
            "share_with": groups,
            "infringement_type": "counterfeit_goods",
            "seller": { "identifiers": [
                { "type": "email", "value": format!("{mailbox}@bags.shop") },
                { "type": "phone", "value": format!("+86 138{subscriber}") },
                { "type": "person_name", "value": format!("{} {}", capital(&name), capital(&second)) },
                { "type": "address", "value": format!("{n} {} Road, Exeter EX1 1AA", capital(&street)), "country": "GB" },
                { "type": "bank_account", "value": iban },
                { "type": "wallet", "value": format!("0x{wallet}") },
                { "type": "messaging", "platform": "telegram", "value": format!("@{handle}") },
            ] },
            "narrative": format!("The parcel was packed by {narrative} in a cellar; {owner} paid."),
            "first_seen": "2026-03-10",
            "last_seen": "2026-04-20",
            "statement": { "good_faith": true, "signer": format!("Ada {}", capital(&signer)), "signed_on": "2026-05-01" },
        })
    }
}

/// A German IBAN of these 18 digits, with its check digits.
fn iban(account: &str) -> String {
    // D and E are 13 and 14, and the check digits count as 00 while they are worked out.
    let rest =
        format!("{account}131400").bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{account}", 98 - rest)
}
