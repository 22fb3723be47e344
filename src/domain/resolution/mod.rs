//! Which reports of one pool speak of the same seller.
//!
//! [`partition`](partition::partition) is the definition: a pure function of the *set* of reports
//! and of what people judged.
//! It works in three strata, each joining the components of the one below:
//!
//! * stratum 0 joins reports that share an id issued by a platform (an anchor);
//! * stratum 1 adds numbers of public company registers, and pairs: two facts of different kinds (a
//!   name and a phone, say) that agree at once;
//! * stratum 2 adds other single values: bank account, e-mail, phone, domain, page, address, and names
//!   with a number or a made-up word in them.
//!
//! A value links only while the number of different components of the stratum below that carry it,
//! its *degree*, is within the cap of its class ([`rules`]): a forwarder's phone stops linking by
//! itself, however often one real ring is reported. A pair links while its two facts are together rare
//! enough not to meet by chance. Links are applied strongest first and refused where they would join
//! contradictory company numbers, or what is at home in two countries. A plain name never links by itself.
//!
//! What people judge stands beside the keys ([`judgement`]): `same` joins two reports before stratum 1 does
//! anything else, `different` keeps them apart in strata 1 and 2.
//!
//! [`engine`] computes the same function incrementally: from a change of some reports it loads the
//! region that can be affected, and nothing else. Ties are broken by content, never by arrival.

pub mod account;
pub mod address_words;
pub mod addresses;
pub mod anchoring;
mod behind;
pub mod carriers;
pub mod comparison;
mod contradiction;
pub mod engine;
pub mod facts;
pub mod given_names;
pub mod grounds;
mod handles;
mod homes;
pub mod identity;
pub mod judgement;
pub mod keys;
mod legal_forms;
pub mod likeness;
mod made_up;
mod merging;
pub mod mistyping;
pub mod names;
mod nearness;
pub mod outcome;
pub mod pairing;
pub mod partition;
pub mod paths;
pub mod people;
pub mod pool;
pub mod review;
pub mod rules;
pub mod rules_file;
pub mod said;
mod scripts;
pub mod sentences;
pub mod settling;
mod spelling;
pub mod stops;
mod syllables;
pub mod tuning;
pub mod upcoming;
pub mod words;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod world;
