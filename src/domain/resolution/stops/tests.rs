use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::super::identifier::{RawIdentifier, parse};
use super::super::facts::Facts;
use super::super::judgement::Judgements;
use super::super::partition::{EntryId, partition};
use super::super::rules::Rules;
use super::*;
use IdentifierType::{
    Address, BusinessName, CompanyRegistration, Domain, Email, Messaging, PaymentHandle, PersonName, Phone,
    Storefront,
};

fn hasher() -> KeyHasher {
    KeyHasher::new([5; 32])
}

fn raw<'a>(kind: IdentifierType, value: &'a str, platform: Option<&'a str>) -> RawIdentifier<'a> {
    RawIdentifier { value, platform, country: None, ..RawIdentifier::bare(kind) }
}

fn on(kind: IdentifierType, value: &str, platform: Option<&str>) -> Identifier {
    parse(&raw(kind, value, platform)).unwrap_or_else(|fault| panic!("{value}: {fault:?}"))
}

fn identifier(kind: IdentifierType, value: &str) -> Identifier {
    on(kind, value, None)
}

fn list(values: &[(IdentifierType, &str)]) -> StopList {
    let targets: Vec<Target> = values
        .iter()
        .map(|(kind, value)| Target::parse(&raw(*kind, value, None)).expect("a target"))
        .collect();
    StopList::of(&targets, &hasher())
}

fn is_stopped(stops: &StopList, identifier: &Identifier) -> bool {
    stops.stops(&Said::of(identifier, &hasher()))
}

#[test]
fn a_stopped_mailbox_is_stopped_in_every_spelling_and_behind_an_account() {
    let stops = list(&[(Email, "Jian.Li@gmail.com")]);
    assert!(is_stopped(&stops, &identifier(Email, "jianli+shop@googlemail.com")));
    assert!(is_stopped(&stops, &on(PaymentHandle, "jian.li@gmail.com", Some("paypal"))));
    assert!(!is_stopped(&stops, &identifier(Email, "jian.li2@gmail.com")));
    assert!(!is_stopped(&stops, &on(PaymentHandle, "@jianli", Some("paypal"))));
}

#[test]
fn a_stopped_mail_host_stops_all_its_mailboxes_and_those_of_hosts_below_it() {
    let stops = list(&[(Email, "@members.ebay.com")]);
    for mailbox in ["a1b2@members.ebay.com", "c@de.members.ebay.com"] {
        assert!(is_stopped(&stops, &identifier(Email, mailbox)), "{mailbox}");
    }
    assert!(is_stopped(&stops, &on(PaymentHandle, "a1b2@members.ebay.com", Some("paypal"))));
    for mailbox in ["a@ebay.com", "a@xmembers.ebay.com", "members.ebay.com@163.com"] {
        assert!(!is_stopped(&stops, &identifier(Email, mailbox)), "{mailbox}");
    }
    assert!(!is_stopped(&stops, &identifier(Domain, "shop-ebay.com")));
    let qq = list(&[(Email, "@qq.com")]);
    assert!(is_stopped(&qq, &on(Messaging, "2873465198", Some("qq"))));
}

#[test]
fn a_stopped_phone_is_stopped_behind_an_account_and_with_one_mistake_in_it() {
    let stops = list(&[(Phone, "+86 139 1122 3344")]);
    for phone in ["0086 13911223344", "+86 13911223345", "+86 13911232344"] {
        assert!(is_stopped(&stops, &identifier(Phone, phone)), "{phone}");
    }
    assert!(is_stopped(&stops, &on(PaymentHandle, "13911223344", Some("alipay"))));
    assert!(is_stopped(&stops, &on(Messaging, "+86 13911223344", Some("whatsapp"))));
    assert!(!is_stopped(&stops, &identifier(Phone, "+86 139 1122 5566")));
}

#[test]
fn a_stopped_address_stops_no_house_of_that_street_in_another_town() {
    let stops = list(&[(Address, "444 Alaska Avenue, Torrance, CA 90503")]);
    assert!(!is_stopped(&stops, &identifier(Address, "444 Alaska Ave, Boise, ID 83705")));
    assert!(!is_stopped(&stops, &identifier(Address, "444 Alaska Avenue")));
    let stops = list(&[(Address, "444 Alaska Avenue")]);
    assert!(is_stopped(&stops, &identifier(Address, "444 Alaska Ave, Torrance, CA 90503")));
}

#[test]
fn a_stopped_address_holds_every_unit_at_it() {
    let stops = list(&[(Address, "444 Alaska Avenue, Torrance, CA 90503")]);
    for address in [
        "444 Alaska Ave, Torrance CA 90503",
        "444 Alaska Avenue, Suite P209-47, Torrance, California 90503, USA",
        "Room 12, 444 Alaska Avenue, 90503 Torrance",
    ] {
        assert!(is_stopped(&stops, &identifier(Address, address)), "{address}");
    }
    for address in ["445 Alaska Avenue, Torrance, CA 90503", "444 Hawaii Avenue, Torrance, CA 90503"] {
        assert!(!is_stopped(&stops, &identifier(Address, address)), "{address}");
    }
}

#[test]
fn the_list_is_the_same_in_whatever_order_it_was_made() {
    let values = [(Email, "@qq.com"), (Phone, "+86 139 1122 3344"), (Domain, "bags.shop")];
    let mut turned = values;
    turned.reverse();
    assert_eq!(list(&values), list(&turned));
}

#[test]
fn a_stopped_company_number_contradicts_nothing() {
    let said = [identifier(CompanyRegistration, "91350100M000100Y43")];
    let facts = |stops: &StopList| Facts::said(said.iter(), 1, &hasher(), stops);
    assert_eq!(facts(&StopList::default()).exclusive.len(), 1);
    let without = facts(&list(&[(CompanyRegistration, "91350100M000100Y43")]));
    assert!(without.exclusive.is_empty() && without.keys.is_empty());
}

/// What the reports of random worlds say.
fn values() -> Vec<Identifier> {
    let mut all: Vec<Identifier> = [
        (Email, "jian@bags.shop"),
        (Email, "a1b2@members.ebay.com"),
        (Phone, "+86 139 1122 3344"),
        (Phone, "+86 139 1122 3345"),
        (Domain, "cheap-bags.shop"),
        (PersonName, "Jian Li"),
        (BusinessName, "Shenzhen Xinda Trading Co., Ltd."),
        (Address, "Room 501, Bldg. 3, No.12 Renmin Road, Shenzhen, China"),
        (Address, "444 Alaska Avenue, Suite 47, Torrance, CA 90503"),
        (CompanyRegistration, "91350100M000100Y43"),
        (CompanyRegistration, "91330100799655058B"),
        (Storefront, "https://shop11002233.taobao.com"),
    ]
    .map(|(kind, value)| identifier(kind, value))
    .into();
    all.push(on(PaymentHandle, "jian@bags.shop", Some("paypal")));
    all
}

/// What may be stopped of them.
const STOPPABLE: [(IdentifierType, &str); 9] = [
    (Email, "jian@bags.shop"),
    (Email, "@members.ebay.com"),
    (Phone, "+86 139 1122 3344"),
    (Domain, "cheap-bags.shop"),
    (PersonName, "Li Jian"),
    (BusinessName, "深圳市鑫达贸易有限公司"),
    (Address, "444 Alaska Ave, Torrance, CA 90503"),
    (CompanyRegistration, "91350100M000100Y43"),
    (Storefront, "https://shop11002233.taobao.com"),
];

proptest! {
    /// The partition is a function of the reports and the list: stopping is leaving out.
    #[test]
    fn reports_resolve_under_a_stop_list_as_if_they_had_never_given_what_is_on_it(
        reports in proptest::collection::vec(proptest::collection::btree_set(0usize..13, 1..5), 1..12),
        stopped in proptest::sample::subsequence(STOPPABLE.to_vec(), 0..6),
    ) {
        let (values, stops, nothing) = (values(), list(&stopped), StopList::default());
        let facts = |stops: &StopList, kept: &dyn Fn(&Identifier) -> bool| -> BTreeMap<EntryId, Facts> {
            let of = |(id, given): (EntryId, &std::collections::BTreeSet<usize>)| {
                let given = given.iter().map(|at| &values[*at]).filter(|one| kept(one));
                (id, Facts::said(given, id, &hasher(), stops))
            };
            (1..).zip(&reports).map(of).collect()
        };
        let under = facts(&stops, &|_| true);
        let without = facts(&nothing, &|one| !is_stopped(&stops, one));
        prop_assert_eq!(&under, &without);
        let profiles = |facts: &BTreeMap<EntryId, Facts>| {
            let [.., profiles] = partition(facts, Rules::shipped(), &Judgements::new());
            profiles.components
        };
        prop_assert_eq!(profiles(&under), profiles(&without));
        for component in profiles(&under) {
            for link in component.links {
                let both = [link.from, link.to].map(|id| &under[&id]);
                prop_assert!(both.iter().all(|facts| !facts.keys.iter().any(|fact| stops.keys.contains(&fact.key))));
            }
        }
    }
}
