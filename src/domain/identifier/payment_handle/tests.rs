use super::super::IdentifierType::PaymentHandle;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn at<'a>(platform: &'a str, value: &'a str) -> RawIdentifier<'a> {
    RawIdentifier { platform: Some(platform).filter(|name| !name.is_empty()), ..raw(PaymentHandle, value) }
}

#[test]
fn spellings_of_one_account_meet_in_one_key() {
    for (platform, typed, key) in [
        ("Alipay", "Jian.Li@163.com", "alipay/jian.li@163.com"),
        ("", "支付宝：jian.li@163.com", "alipay/jian.li@163.com"),
        ("支付宝", "138 1234 1234", "alipay/+8613812341234"),
        ("", "Alipay account: +86 13812341234", "alipay/+8613812341234"),
        ("alipay", "2088102146225135", "alipay/2088102146225135"),
        ("", "PayPal j.i.a.n+shop@gmail.com", "paypal/jian@gmail.com"),
        ("paypal", "jian@googlemail.com", "paypal/jian@gmail.com"),
        ("", "https://www.paypal.me/JianLi/25USD", "paypal/paypal.me/jianli"),
        ("", "https://www.paypal.com/paypalme/JianLi?country.x=US", "paypal/paypal.me/jianli"),
        ("PayPal", "@jianli", "paypal/paypal.me/jianli"),
        ("paypal", "paypal.me/jianli", "paypal/paypal.me/jianli"),
        ("paypal", "7e7mgxcwttkk2", "paypal/7E7MGXCWTTKK2"),
        ("", "paypal.me/7E7MGXCWTTKK2", "paypal/paypal.me/7e7mgxcwttkk2"),
        ("WeChat Pay", "1230000109", "wechat-pay/1230000109"),
        ("", "微信支付商户号：1230000109", "wechat-pay/1230000109"),
        ("payoneer", "jian.li@163.com", "payoneer/jian.li@163.com"),
        ("", "Payoneer ID: 30512876", "payoneer/30512876"),
        ("wise", "@JianL12", "wise/@jianl12"),
        ("", "https://wise.com/pay/me/jianl12", "wise/@jianl12"),
        ("", "wise.com/pay/business/BestBags?amount=1", "wise/wise.com/pay/business/bestbags"),
        ("TransferWise", "jian.li@163.com", "wise/jian.li@163.com"),
        ("venmo", "@Jian-Li-1", "venmo/@jian-li-1"),
        ("Venmo", "jian-li-1", "venmo/@jian-li-1"),
        ("", "https://account.venmo.com/u/Jian-Li-1", "venmo/@jian-li-1"),
        ("", "venmo.com/Jian-Li-1", "venmo/@jian-li-1"),
        ("", "$JianLi", "cash-app/$jianli"),
        ("CashApp", "jianli", "cash-app/$jianli"),
        ("", "https://cash.app/$JianLi/20", "cash-app/$jianli"),
    ] {
        let identifier = parsed(&at(platform, typed));
        assert_eq!(identifier.key, key, "{platform:?} {typed:?}");
        assert_eq!(identifier.platform.as_deref(), key.split('/').next());
        assert_stable(&identifier);
    }
}

#[test]
fn a_mobile_of_alipay_is_chinese_unless_the_country_says_otherwise() {
    let identifier = parsed(&at("alipay", "13812341234"));
    assert_eq!((identifier.value.as_str(), identifier.country.as_deref()), ("+86 13812341234", Some("CN")));
    let abroad = RawIdentifier { country: Some("HK"), ..at("alipay", "5123 4568") };
    assert_eq!(parsed(&abroad).key, "alipay/+85251234568");
}

#[test]
fn what_is_no_account_is_refused() {
    for (platform, typed, fault) in [
        ("", "", ("value", "required")),
        ("paypal", "n/a", ("value", "placeholder")),
        ("", "paypal: none", ("value", "placeholder")),
        ("paypal", "PayPal", ("value", "placeholder")),
        ("paypal", "test@test.com", ("value", "placeholder")),
        ("", "jian.li@163.com", ("platform", "required")),
        ("", "2088102146225135", ("platform", "required")),
        ("stripe", "jian.li@163.com", ("platform", "unknown")),
        ("alipay", "paypal: jian.li@163.com", ("platform", "mismatch")),
        ("venmo", "https://cash.app/$jianli", ("platform", "mismatch")),
        ("alipay", "2088 1021", ("value", "malformed")),
        ("alipay", "jianli", ("value", "malformed")),
        ("alipay", "j***@163.com", ("value", "malformed")),
        ("paypal", "jianli", ("value", "malformed")),
        ("paypal", "@jian_li", ("value", "malformed")),
        ("paypal", "7E7MGXCWTTKO0", ("value", "malformed")),
        ("paypal", "4111 1111 1111 1111", ("value", "malformed")),
        ("wechat-pay", "jianli_88", ("value", "malformed")),
        ("payoneer", "305", ("value", "malformed")),
        ("wise", "jianl12", ("value", "malformed")),
        ("venmo", "jian", ("value", "malformed")),
        ("cash app", "$2025", ("value", "malformed")),
        ("", "https://www.paypal.com/donate?id=1", ("value", "unsupported_url")),
        ("alipay", "https://qr.alipay.com/fkx12345", ("value", "unsupported_url")),
    ] {
        assert_eq!(refused(&at(platform, typed)), fault, "{platform:?} {typed:?}");
    }
}

#[test]
fn the_mask_keeps_the_first_character_and_the_place() {
    for (value, masked) in [
        ("jian.li@163.com", "j***@163.com"),
        ("+86 13812341234", "+86 138****1234"),
        ("2088102146225135", "2***"),
        ("paypal.me/jianli", "paypal.me/j***"),
        ("@jianl12", "@j***"),
        ("$jianli", "$j***"),
    ] {
        assert_eq!(mask(value), masked);
    }
}
