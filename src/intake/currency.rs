//! ISO 4217 currency codes in use (list one, as amended to 2025), without funds, metals and test
//! codes: amounts of trade are stated in money.

const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ \
GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL \
LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN \
PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// The currency code in capitals, if there is such a currency.
pub fn parse(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    CODES.split_ascii_whitespace().any(|known| known == code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_currencies_that_exist_are_accepted() {
        assert_eq!(parse("cny").as_deref(), Some("CNY"));
        for wrong in ["XXX", "RMB", "EURO", "", "DEM"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
