use super::super::IdentifierType::Parcel;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn by<'a>(platform: &'a str, value: &'a str) -> RawIdentifier<'a> {
    RawIdentifier { platform: Some(platform).filter(|name| !name.is_empty()), ..raw(Parcel, value) }
}

#[test]
fn spellings_of_one_number_meet_in_one_key() {
    for (platform, typed, key) in [
        ("", "RR473124829GB", "upu/RR473124829GB"),
        ("", "rr 473 124 829 gb", "upu/RR473124829GB"),
        ("Royal Mail", "RR473124829GB", "upu/RR473124829GB"),
        ("中国邮政", "RB123456785CN", "upu/RB123456785CN"),
        ("", "EMS: RB123456785CN", "upu/RB123456785CN"),
        ("yanwen", "RB123456785CN", "upu/RB123456785CN"),
        ("yanwen", "UR473124820CN", "yanwen/UR473124820CN"),
        ("yanwen", "UR473124820YP", "yanwen/UR473124820YP"),
        ("", "1Z5R89390357567127", "ups/1Z5R89390357567127"),
        ("UPS", "1z 879 e93 03 4683 444 0", "ups/1Z879E930346834440"),
        ("", "UPS 1Z5R89390357567127", "ups/1Z5R89390357567127"),
        ("FedEx", "9865 7878 8855", "fedex/986578788855"),
        ("联邦快递", "477179081230", "fedex/477179081230"),
        ("fedex ground", "0414 4176 0228 964", "fedex/041441760228964"),
        ("DHL Express", "33 1881 0025", "dhl/3318810025"),
        ("dhl", "JJD0099999999", "dhl/JJD0099999999"),
        ("SF Express", "SF1357924680135", "sf-express/SF1357924680135"),
        ("", "SF 1357 9246 80135", "sf-express/SF1357924680135"),
        ("", "顺丰单号：SF1357924680135", "sf-express/SF1357924680135"),
        ("顺丰", "135792468013", "sf-express/135792468013"),
        ("usps", "9400 1112 0620 6406 2607 87", "usps/9400111206206406260787"),
        ("Fast Parcels", "fp-00123-x", "fast-parcels/FP00123X"),
    ] {
        let identifier = parsed(&by(platform, typed));
        assert_eq!(identifier.key, key, "{platform:?} {typed:?}");
        assert_eq!(identifier.platform.as_deref(), key.split('/').next());
        assert_stable(&identifier);
    }
    assert_eq!(parsed(&by("", "RR473124829GB")).country.as_deref(), Some("GB"));
}

#[test]
fn an_account_of_a_sender_is_no_tracking_number() {
    let account = RawIdentifier { scheme: Some("Account"), ..by("FedEx", "5100-8781-6") };
    let identifier = parsed(&account);
    assert_eq!(identifier.key, "fedex/account/510087816");
    assert_stable(&identifier);
    let nowhere = RawIdentifier { scheme: Some("account"), ..raw(Parcel, "510087816") };
    assert_eq!(refused(&nowhere), ("platform", "required"));
    let other = RawIdentifier { scheme: Some("customs"), ..by("FedEx", "510087816") };
    assert_eq!(refused(&other), ("scheme", "unknown"));
}

#[test]
fn what_no_carrier_issues_is_refused() {
    for (platform, typed, fault) in [
        ("", "", ("value", "required")),
        ("dhl", "n/a", ("value", "placeholder")),
        ("dhl", "0000000000", ("value", "placeholder")),
        ("dhl", "1234567890", ("value", "placeholder")),
        ("", "135792468013", ("platform", "required")),
        ("", "SF1357924680135", ("platform", "required")),
        ("小蜜蜂", "135792468013", ("platform", "malformed")),
        ("dhl", "UPS 1Z5R89390357567127", ("platform", "mismatch")),
        ("", "RR473124828GB", ("value", "check_digit")),
        ("china post", "RB123456784CN", ("value", "check_digit")),
        ("ups", "1Z5R89390357567128", ("value", "check_digit")),
        ("fedex", "986578788856", ("value", "check_digit")),
        ("fedex", "041441760228965", ("value", "check_digit")),
        ("dhl", "3318810026", ("value", "check_digit")),
        ("", "1Z5R89390357567128", ("platform", "required")),
        ("upu", "135792468013", ("value", "malformed")),
        ("sf", "SF135", ("value", "malformed")),
        ("sf", "SF13579246801", ("value", "malformed")),
        ("dhl", "12345", ("value", "malformed")),
        ("dhl", "运单3318810025", ("value", "malformed")),
        ("dhl", "3318***025", ("value", "malformed")),
    ] {
        assert_eq!(refused(&by(platform, typed)), fault, "{platform:?} {typed:?}");
    }
}

#[test]
fn the_mask_shows_four_at_most_and_hides_four_at_least() {
    for (value, masked) in [("RR473124829GB", "*********29GB"), ("123456", "****56"), ("1234", "****")] {
        assert_eq!(mask(value), masked);
    }
}
