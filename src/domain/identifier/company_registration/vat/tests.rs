use super::*;

/// Whether the check digit is right; nothing if the number has no form of its state.
fn check(number: &str) -> Option<bool> {
    let (state, rest) = state(number, None)?;
    state.read(rest).map(|rest| state.is_right(&rest))
}

#[test]
fn one_wrong_digit_is_seen_in_every_state_with_check_digits() {
    for (right, wrong) in [
        ("ATU39099603", "ATU30099603"),
        ("BE0516749286", "BE0526749286"),
        ("BG809060184", "BG800060184"),
        ("CY43109324T", "CY43209324T"),
        ("CZ48720461", "CZ48820461"),
        ("DE783313752", "DE784313752"),
        ("DK41296828", "DK41396828"),
        ("EE581473143", "EE582473143"),
        ("EL593083409", "EL594083409"),
        ("ESA3445382I", "ESA3545382I"),
        ("ESB24188625", "ESB25188625"),
        ("ESQ5399282B", "ESQ5499282B"),
        ("ES79264751N", "ES79364751N"),
        ("ESX3636434L", "ESX3736434L"),
        ("ESY1420322V", "ESY1520322V"),
        ("ESZ7486016G", "ESZ7586016G"),
        ("FI49039432", "FI49139432"),
        ("FR41968052282", "FR41068052282"),
        ("GB377174132", "GB378174132"),
        ("HR80842853228", "HR80942853228"),
        ("HU28412517", "HU28512517"),
        ("IE3835517V", "IE3845517V"),
        ("IE7401058NA", "IE7411058NA"),
        ("IE8A67362G", "IE8A68362G"),
        ("LT421303111", "LT422303111"),
        ("LT893871996416", "LT894871996416"),
        ("LU81928035", "LU81028035"),
        ("LV42124782816", "LV42224782816"),
        ("MT18153449", "MT18253449"),
        ("NL985896619B89", "NL986896619B89"),
        ("PL6547423992", "PL6557423992"),
        ("PT937159859", "PT938159859"),
        ("RO2839549", "RO2849549"),
        ("RO2409848675", "RO2419848675"),
        ("SE329989111301", "SE320989111301"),
        ("SI77002482", "SI77102482"),
        ("SK8728315563", "SK8738315563"),
        ("IT00743110157", "IT00843110157"),
        ("DE136695976", "DE137695976"),
        ("ATU13585627", "ATU14585627"),
        ("GB980780684", "GB981780684"),
        ("NL004495445B01", "NL005495445B01"),
        ("NL002455799B11", "NL002555799B11"),
    ] {
        assert_eq!(check(right), Some(true), "{right}");
        assert_eq!(check(wrong), Some(false), "{wrong}");
    }
}

#[test]
fn numbers_without_a_sure_check_digit_are_taken_by_their_form() {
    for number in [
        "BG7501020018",
        "CZ7401040020",
        "FRK7399859412",
        "LV11111111111",
        "GBGD001",
        "XIHA599",
        "GB980780684001",
    ] {
        assert_eq!(check(number), Some(true), "{number}");
    }
}

#[test]
fn a_number_without_a_form_of_its_state_is_none() {
    for number in [
        "AT13585627",
        "BE12345678",
        "DE12345678",
        "DE1234567890",
        "ES12345678",
        "ESA1234567",
        "FR4030326504",
        "GBGD01",
        "IE12345678",
        "NL004495445A01",
        "NL0044954450",
        "RO1",
        "SE5567890123",
        "US123456789",
        "D",
        "",
        "数1",
    ] {
        assert_eq!(check(number), None, "{number}");
    }
}

#[test]
fn the_letters_or_else_the_country_say_the_state() {
    for (number, country, prefix, rest) in [
        ("DE136695976", None, "DE", "136695976"),
        ("136695976", Some("DE"), "DE", "136695976"),
        ("GR593083409", None, "EL", "593083409"),
        ("593083409", Some("GR"), "EL", "593083409"),
        ("XI980780684", Some("GB"), "XI", "980780684"),
        ("980780684", Some("GB"), "GB", "980780684"),
        ("U13585627", Some("AT"), "AT", "U13585627"),
    ] {
        let found = state(number, country).map(|(state, rest)| (state.prefix, rest));
        assert_eq!(found, Some((prefix, rest)), "{number} {country:?}");
    }
    assert!(state("136695976", Some("CN")).is_none());
    assert!(state("136695976", None).is_none());
}
