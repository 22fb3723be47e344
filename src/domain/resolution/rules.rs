//! The classes of key, with their strata, caps and weights, in one table.
//!
//! Caps and weights are those of the measured specification of the method (stratified key graph):
//! the gap between honest degrees (2–4) and hubs (20 and more) is wide, so caps are insensitive.
//! Weights are bits of evidence as estimated by expectation–maximisation on labelled reports.

use super::super::identifier::IdentifierType;
use super::super::identifier::url::is_of_many_sellers;
use super::super::vocabulary::vocabulary;

/// Raised whenever the keys of a report, their caps or their weights change, or what is kept of them, so that pools
/// which an earlier program resolved are worked out afresh.
pub const RULES_VERSION: i32 = 13;

/// A level of the key graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stratum {
    /// Joined by anchors.
    Accounts,
    /// Accounts joined by company registrations, or by two facts that agree at once.
    Cores,
    /// Cores joined by other single values: the profiles.
    Profiles,
}

vocabulary!(
    /// What a key was made from.
    KeyClass {
        Storefront = "storefront",
        /// The id of a storefront whatever site of its platform it is on.
        AccountId = "account_id",
        CompanyRegistration = "company_registration",
        BankAccount = "bank_account",
        Email = "email",
        Domain = "domain",
        Phone = "phone",
        Url = "url",
        Messaging = "messaging",
        PaymentHandle = "payment_handle",
        Wallet = "wallet",
        /// A parcel, or a sender's account with a carrier.
        Parcel = "parcel",
        /// A picture that the seller shows.
        Image = "image",
        /// A case at a court.
        Docket = "docket",
        Address = "address",
        /// A name with so many digits in it that few would choose the same.
        NumberedName = "numbered_name",
        Name = "name",
        /// Two facts of different kinds that agree at once.
        Pair = "pair",
        /// A name and an address that are nearly the same.
        Likeness = "likeness",
        /// A person's word that two reports are about one seller.
        Judgement = "judgement",
        /// The house and street of an address that names no unit.
        Street = "street",
        /// A name with a word in it whose letters make none, so that few would choose the same.
        CoinedName = "coined_name",
        /// A name that is written as the name of an account.
        Handle = "handle",
        /// A name that few would choose, as what those are known by of which nothing else is known.
        UncommonName = "uncommon_name",
    }
);

/// What kind of fact a key is, where it may be one of two that agree: two names are two spellings of one
/// fact more often than two facts, whatever their class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Name,
    Phone,
    Email,
    Address,
    BankAccount,
    Domain,
    Messaging,
    PaymentHandle,
    Wallet,
    Parcel,
    Image,
    Docket,
    CompanyRegistration,
}

impl Kind {
    /// Whether a forwarder, an agent, a collector of payments or a maker of pictures lends it to sellers.
    pub const fn can_be_hired(self) -> bool {
        !matches!(self, Self::Name | Self::CompanyRegistration | Self::Docket)
    }
}

/// The table as a value, so that a pool can be worked out by another one. What keys a report has, in which stratum
/// each links and what it counts as in a pair are the same in every table: the stored postings rest on them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    rows: [Rule; 24],
    pub pairs: PairRules,
    pub likeness: LikenessRules,
}

/// When two facts that agree at once link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairRules {
    /// Most doublings that the degrees of the two facts may come to together: about 2,000 as a product. Beyond it
    /// the two meet by chance.
    pub doublings_max: u32,
    /// Most doublings of the narrower of two facts that forwarders, agents and collectors lend: as for a value
    /// that links by itself (7 components). In a small pool two of these meet on strangers by chance.
    pub hired_doublings_max: u32,
    /// Most components that may carry a pair of two facts that one forwarder or agent can lend together: as
    /// for one of them alone, since the two are then no more than one.
    pub hired_degree_max: usize,
    /// Components up to which those that carry a fact are counted. A fact with more counts as
    /// `wide_doublings`, so that it agrees only together with one that hardly anybody has.
    ///
    /// Low in the unit tests, so that the laws' small worlds have such facts too.
    pub counted_max: usize,
    /// What a fact that is too wide to count is taken for.
    pub wide_doublings: u32,
}

/// When two reports are nearly the same. Most components that may share a key of what is compared, and still be
/// compared, is the `degree_max` of the class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikenessRules {
    /// Fewest bits at which two reports are nearly the same.
    pub bits_min: f64,
    /// Fewest bits at which two that are not are worth a person's look.
    pub review_bits_min: f64,
    /// What two different numbers of one register cost two people who are nearly the same, in tenths of a bit.
    pub registration_differs_decibits: i32,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub class: KeyClass,
    /// Where a key of this class links alone; none if it never does.
    pub stratum: Option<Stratum>,
    /// What it counts as in a pair; none if it stands in none.
    pub kind: Option<Kind>,
    /// Most components of the stratum below that may carry a key which still links; an anchor has
    /// none.
    pub degree_max: usize,
    /// Whether strangers share it often enough that agreement proves nothing against people of other names, or
    /// company numbers that differ by a mere slip.
    pub weak: bool,
    /// Whether the branches of one organisation share it.
    pub central: bool,
    /// Links of a lower rank are applied first, so that what they join is known when the others might
    /// contradict it: by how seldom two sellers share such a value (`docs/RESOLUTION.md`).
    pub rank: u8,
    /// Evidence of agreement, in tenths of a bit, before the degree is taken off.
    pub decibits: i32,
}

const ROWS: [Rule; 24] = {
    use KeyClass::*;
    use Stratum::*;
    const fn rule(
        class: KeyClass,
        (stratum, degree_max): (Option<Stratum>, usize),
        kind: Option<Kind>,
        rank: u8,
        decibits: i32,
    ) -> Rule {
        let weak = matches!(class, Phone | Address | Parcel | Likeness | Handle | UncommonName);
        let central = matches!(class, Phone | Email | Domain | Url);
        Rule { class, stratum, kind, degree_max, weak, central, rank, decibits }
    }
    [
        rule(Storefront, (Some(Accounts), usize::MAX), None, 0, 123),
        rule(AccountId, (Some(Cores), 7), None, 0, 123),
        rule(CompanyRegistration, (Some(Cores), 15), Some(Kind::CompanyRegistration), 0, 110),
        rule(BankAccount, (Some(Profiles), 7), Some(Kind::BankAccount), 0, 121),
        rule(Email, (Some(Profiles), 7), Some(Kind::Email), 1, 120),
        rule(Domain, (Some(Profiles), 7), Some(Kind::Domain), 0, 116),
        rule(Phone, (Some(Profiles), 7), Some(Kind::Phone), 3, 119),
        rule(Url, (Some(Profiles), 7), None, 0, 116),
        rule(Messaging, (Some(Profiles), 7), Some(Kind::Messaging), 1, 120),
        rule(PaymentHandle, (Some(Profiles), 7), Some(Kind::PaymentHandle), 0, 121),
        rule(Wallet, (Some(Profiles), 7), Some(Kind::Wallet), 0, 121),
        rule(Parcel, (Some(Profiles), 3), Some(Kind::Parcel), 2, 116),
        rule(Image, (None, 0), Some(Kind::Image), 1, 116),
        rule(Docket, (None, 0), Some(Kind::Docket), 1, 116),
        rule(Address, (Some(Profiles), 3), Some(Kind::Address), 2, 120),
        rule(NumberedName, (Some(Profiles), 7), Some(Kind::Name), 1, 116),
        rule(Name, (None, 0), Some(Kind::Name), 1, 116),
        rule(Pair, (Some(Cores), 31), None, 1, 240),
        rule(Likeness, (Some(Profiles), LIKENESS_DEGREE_MAX), None, 4, 320),
        // Applied before all that have a key, and worth more than any of them.
        rule(Judgement, (None, 0), None, 0, 1_000),
        rule(Street, (None, 0), Some(Kind::Address), 2, 120),
        rule(CoinedName, (Some(Profiles), 3), Some(Kind::Name), 1, 116),
        rule(Handle, (Some(Profiles), 3), None, 2, 116),
        rule(UncommonName, (Some(Profiles), 2), None, 2, 116),
    ]
};

/// Most components that may share a likeness key and still be compared. Low in the unit tests, as
/// [`PairRules::counted_max`] is.
const LIKENESS_DEGREE_MAX: usize = if cfg!(test) { 4 } else { 7 };

static SHIPPED: Rules = Rules {
    rows: ROWS,
    pairs: PairRules {
        doublings_max: 11,
        hired_doublings_max: 2,
        hired_degree_max: 7,
        counted_max: if cfg!(test) { 5 } else { 255 },
        wide_doublings: 10,
    },
    likeness: LikenessRules { bits_min: 14.0, review_bits_min: 10.0, registration_differs_decibits: 54 },
};

/// How often one must be doubled, rounded down, to come to a degree.
pub const fn doublings(degree: usize) -> u32 {
    match degree.checked_ilog2() {
        Some(doublings) => doublings,
        None => 0,
    }
}

impl Rules {
    /// The table that is compiled in, by which every pool is resolved.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    pub const fn of(&self, class: KeyClass) -> &Rule {
        &self.rows[class as usize]
    }

    pub const fn row_mut(&mut self, class: KeyClass) -> &mut Rule {
        &mut self.rows[class as usize]
    }

    /// The score of a link over a key of this class and degree: what agreement is worth, less one
    /// bit for every doubling of the number of components that carry the value.
    pub fn score_decibits(&self, class: KeyClass, degree: usize) -> i32 {
        less(self.of(class).decibits, doublings(degree))
    }

    /// How many doublings a fact of this degree counts as in a pair.
    pub const fn pair_doublings(&self, degree: usize) -> u32 {
        if degree > self.pairs.counted_max { self.pairs.wide_doublings } else { doublings(degree) }
    }

    /// The score of a link over a pair of facts of these kinds, each of so many doublings; none if it may
    /// not link.
    pub fn pair_score_decibits(
        &self,
        kinds: [Option<Kind>; 2],
        degree: usize,
        of_facts: [u32; 2],
    ) -> Option<i32> {
        let PairRules { hired_degree_max, hired_doublings_max, .. } = self.pairs;
        let narrow = degree <= hired_degree_max && of_facts[0].min(of_facts[1]) <= hired_doublings_max;
        let rule = self.of(KeyClass::Pair);
        let links = degree >= 2
            && degree <= rule.degree_max
            && (!is_hired(kinds) || narrow)
            && self.pair_may_link(of_facts);
        links.then(|| less(rule.decibits, doublings(degree) + of_facts[0] + of_facts[1]))
    }

    /// Whether two facts, each of so many doublings, meet by more than chance.
    pub fn pair_may_link(&self, [a, b]: [u32; 2]) -> bool {
        a + b <= self.pairs.doublings_max
    }
}

impl KeyClass {
    /// The row that is compiled in.
    pub fn rule(self) -> &'static Rule {
        Rules::shipped().of(self)
    }

    /// The class of the key that an identifier of this type and value makes; a name with many digits in it is a
    /// [`KeyClass::NumberedName`], one with a made-up word a [`KeyClass::CoinedName`].
    pub fn of_kind(kind: IdentifierType, value: &str) -> Option<Self> {
        match kind {
            IdentifierType::Storefront => Some(Self::Storefront),
            IdentifierType::CompanyRegistration => Some(Self::CompanyRegistration),
            IdentifierType::BankAccount => Some(Self::BankAccount),
            IdentifierType::Email => Some(Self::Email),
            IdentifierType::Domain => Some(Self::Domain),
            IdentifierType::Phone => Some(Self::Phone),
            IdentifierType::Url if is_of_many_sellers(value) => None,
            IdentifierType::Url => Some(Self::Url),
            IdentifierType::Address => Some(Self::Address),
            IdentifierType::Messaging => Some(Self::Messaging),
            IdentifierType::PaymentHandle => Some(Self::PaymentHandle),
            IdentifierType::Wallet => Some(Self::Wallet),
            IdentifierType::Parcel => Some(Self::Parcel),
            IdentifierType::ImageHash => Some(Self::Image),
            IdentifierType::CourtDocket => Some(Self::Docket),
            IdentifierType::PersonName | IdentifierType::BusinessName => Some(Self::Name),
        }
    }

    /// How those that carry nothing but names count for the degree of a key of this class.
    pub const fn bare(self) -> Bare {
        match self {
            Self::NumberedName | Self::CoinedName | Self::Handle => Bare::AsOne,
            Self::UncommonName => Bare::AsOneAlways,
            _ => Bare::Each,
        }
    }

    /// The degree of a key of this class that so many components carry of which more than names is known, and so many
    /// of which nothing else is.
    pub fn degree(self, known: usize, bare: usize) -> usize {
        known
            + match self.bare() {
                Bare::Each => bare,
                Bare::AsOne => bare.min(1),
                Bare::AsOneAlways => 1,
            }
    }
}

/// What components of which nothing but names is known come to in a degree. A seller known by its shop's name alone is
/// reported by that name often, and each report would count against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bare {
    Each,
    AsOne,
    /// As one even where there is none: the key tells whose they are, and does not join those of which more is known.
    AsOneAlways,
}

/// Whether both of a pair can come from one forwarder, agent or collector of payments.
fn is_hired(kinds: [Option<Kind>; 2]) -> bool {
    kinds.iter().all(|kind| kind.is_some_and(Kind::can_be_hired))
}

/// Whether strangers share a pair of such facts often enough for [`Rule::weak`]: both hired, or one an address, at
/// which an agent founds companies of one name with neighbouring numbers.
pub fn is_weak_pair(kinds: [Option<Kind>; 2]) -> bool {
    is_hired(kinds) || kinds.contains(&Some(Kind::Address))
}

fn less(decibits: i32, doublings: u32) -> i32 {
    decibits - 10 * i32::try_from(doublings).unwrap_or(i32::MAX / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_stands_at_its_own_place_in_the_table() {
        for rule in &Rules::shipped().rows {
            assert_eq!(rule.class.rule().class, rule.class);
        }
    }

    #[test]
    fn those_of_names_alone_count_as_much_as_the_class_of_the_key_says() {
        for (class, [none, one, many]) in
            [(KeyClass::Email, [2, 3, 7]), (KeyClass::Handle, [2, 3, 3]), (KeyClass::UncommonName, [3, 3, 3])]
        {
            assert_eq!([0, 1, 5].map(|bare| class.degree(2, bare)), [none, one, many], "{class}");
        }
    }

    #[test]
    fn a_widely_carried_value_is_worth_less() {
        let rules = Rules::shipped();
        assert_eq!(rules.score_decibits(KeyClass::Email, 1), 120);
        assert_eq!(rules.score_decibits(KeyClass::Email, 2), 110);
        assert_eq!(rules.score_decibits(KeyClass::Email, 7), 100);
    }

    #[test]
    fn a_pair_links_while_its_facts_meet_by_more_than_chance() {
        let rules = Rules::shipped();
        let own = [Some(Kind::Name), Some(Kind::Phone)];
        assert_eq!(rules.pair_score_decibits(own, 1, [0, 0]), None);
        assert_eq!(rules.pair_score_decibits(own, 2, [0, 0]), Some(230));
        assert_eq!(rules.pair_score_decibits(own, 15, [2, 9]), Some(100));
        assert_eq!(rules.pair_score_decibits(own, 32, [0, 0]), None);
        let names = [Some(Kind::Name), Some(Kind::Name)];
        assert_eq!(rules.pair_score_decibits(names, 2, [5, 6]), Some(120));
        assert_eq!(rules.pair_score_decibits(own, 2, [2, 10]), None);
        let hired = [Some(Kind::Address), Some(Kind::Phone)];
        assert_eq!(rules.pair_score_decibits(hired, 7, [0, 0]), Some(220));
        assert_eq!(rules.pair_score_decibits(hired, 8, [0, 0]), None);
        assert_eq!(rules.pair_score_decibits(hired, 2, [3, 3]), None);
        let PairRules { counted_max, wide_doublings, .. } = rules.pairs;
        assert_eq!(rules.pair_doublings(counted_max), doublings(counted_max));
        assert_eq!(rules.pair_doublings(counted_max + 1), wide_doublings);
    }
}
