use super::super::IdentifierType::Messaging;
use super::super::text::testing::{assert_stable, parsed, raw, refused};
use super::*;

fn at<'a>(platform: &'a str, value: &'a str) -> RawIdentifier<'a> {
    RawIdentifier { platform: Some(platform).filter(|name| !name.is_empty()), ..raw(Messaging, value) }
}

#[test]
fn spellings_of_one_account_meet_in_one_key() {
    for (platform, typed, key) in [
        ("WeChat", "JianLi_88", "wechat/jianli_88"),
        ("微信", "ｊｉａｎｌｉ＿８８", "wechat/jianli_88"),
        ("", "wechat: jianli_88", "wechat/jianli_88"),
        ("", "WeChat ID jianli_88", "wechat/jianli_88"),
        ("", "微信：jianli_88", "wechat/jianli_88"),
        ("", "微信号jianli_88", "wechat/jianli_88"),
        ("weixin", "vx:jianli_88", "wechat/jianli_88"),
        ("wechat", "wxid_7x2kq9p4m1ab22", "wechat/wxid_7x2kq9p4m1ab22"),
        ("", "wxid_7X2kq9p4m1ab22", "wechat/wxid_7x2kq9p4m1ab22"),
        ("wechat", "qq28734651", "wechat/qq28734651"),
        ("QQ", "2873465198", "qq/2873465198"),
        ("", "QQ：2873465198", "qq/2873465198"),
        ("qq", "QQ2873465198", "qq/2873465198"),
        ("qq", "2873465198@qq.com", "qq/2873465198"),
        ("", "http://wpa.qq.com/msgrd?v=3&uin=2873465198&site=qq", "qq/2873465198"),
        ("", "https://user.qzone.qq.com/2873465198/main", "qq/2873465198"),
        ("WhatsApp", "+86 138-1234-1234", "whatsapp/+8613812341234"),
        ("", "WhatsApp +8613812341234", "whatsapp/+8613812341234"),
        ("", "https://wa.me/8613812341234?text=Hi", "whatsapp/+8613812341234"),
        ("whatsapp", "wa.me/+8613812341234", "whatsapp/+8613812341234"),
        ("", "https://api.whatsapp.com/send?phone=8613812341234&text=Hi", "whatsapp/+8613812341234"),
        ("", "whatsapp://send?phone=%2B8613812341234", "whatsapp/+8613812341234"),
        ("whatsapp", "8613812341234@s.whatsapp.net", "whatsapp/+8613812341234"),
        ("Telegram", "@Jian_Li", "telegram/jian_li"),
        ("tg", "jian_li", "telegram/jian_li"),
        ("", "https://t.me/Jian_Li", "telegram/jian_li"),
        ("", "t.me/s/jian_li/42", "telegram/jian_li"),
        ("", "Telegram: https://telegram.me/jian_li", "telegram/jian_li"),
        ("", "tg://resolve?domain=Jian_Li", "telegram/jian_li"),
        ("", "tg://user?id=5123409876", "telegram/5123409876"),
        ("telegram", "5123409876", "telegram/5123409876"),
        ("LINE", "Jian.Li-1", "line/jian.li-1"),
        ("", "LINE ID: jian.li-1", "line/jian.li-1"),
        ("", "https://line.me/ti/p/~jian.li-1", "line/jian.li-1"),
        ("", "https://line.me/R/ti/p/%40812abcde", "line/@812abcde"),
        ("line", "@812ABCDE", "line/@812abcde"),
        ("skype", "Jian.Li,bags", "skype/jian.li,bags"),
        ("", "skype:jian.li,bags?chat", "skype/jian.li,bags"),
        ("", "live:jian.li_1", "skype/live:jian.li_1"),
        ("", "Skype: live:.cid.A1B2c3d4e5f60718", "skype/live:.cid.a1b2c3d4e5f60718"),
        ("KakaoTalk", "jianli88", "kakaotalk/jianli88"),
        ("", "카카오톡: jianli88", "kakaotalk/jianli88"),
        ("zalo", "0912 345 679", "zalo/+84912345679"),
        ("", "https://zalo.me/84912345679", "zalo/+84912345679"),
        ("", "Zalo: +84 912 345 679", "zalo/+84912345679"),
    ] {
        let identifier = parsed(&at(platform, typed));
        assert_eq!(identifier.key, key, "{platform:?} {typed:?}");
        assert_eq!(identifier.platform.as_deref(), key.split('/').next());
        assert_stable(&identifier);
    }
}

#[test]
fn a_number_is_dialled_from_the_country_given() {
    let number = RawIdentifier { country: Some("CN"), ..at("whatsapp", "138 1234 1234") };
    let identifier = parsed(&number);
    assert_eq!((identifier.value.as_str(), identifier.country.as_deref()), ("+86 13812341234", Some("CN")));
    let abroad = RawIdentifier { country: Some("CN"), ..at("zalo", "13812341234") };
    assert_eq!(parsed(&abroad).key, "zalo/+8613812341234");
    assert_eq!(refused(&at("whatsapp", "13812341234")), ("country", "required"));
}

#[test]
fn what_is_no_account_is_refused() {
    for (platform, typed, fault) in [
        ("", "", ("value", "required")),
        ("wechat", "n/a", ("value", "placeholder")),
        ("", "wechat: none", ("value", "placeholder")),
        ("wechat", "WeChat ID", ("value", "placeholder")),
        ("qq", "123456", ("value", "placeholder")),
        ("whatsapp", "+86 13800138000", ("value", "placeholder")),
        ("", "jianli_88", ("platform", "required")),
        ("", "@jian_li", ("platform", "required")),
        ("", "13812341234", ("platform", "required")),
        ("pigeon", "jianli_88", ("platform", "unknown")),
        ("telegram", "wechat: jianli_88", ("platform", "mismatch")),
        ("wechat", "https://t.me/jian_li", ("platform", "mismatch")),
        ("wechat", "jian", ("value", "malformed")),
        ("wechat", "8jianli", ("value", "malformed")),
        ("wechat", "13812341234", ("value", "malformed")),
        ("wechat", "jian li 88", ("value", "malformed")),
        ("wechat", "jian***88", ("value", "malformed")),
        ("wechat", "老板", ("value", "malformed")),
        ("wechat", "wxid_1", ("value", "malformed")),
        ("qq", "0873465198", ("value", "malformed")),
        ("qq", "2873", ("value", "malformed")),
        ("qq", "jian@qq.com", ("value", "malformed")),
        ("telegram", "@jian", ("value", "malformed")),
        ("telegram", "@jian.li", ("value", "malformed")),
        ("telegram", "+8613812341234", ("value", "malformed")),
        ("telegram", "8613812341234", ("value", "malformed")),
        ("line", "jian li", ("value", "malformed")),
        ("skype", "jian", ("value", "malformed")),
        ("whatsapp", "jianli", ("value", "malformed")),
        ("", "https://t.me/joinchat/AbCdEf", ("value", "unsupported_url")),
        ("", "https://t.me/+AbCdEf", ("value", "unsupported_url")),
        ("", "https://t.me/", ("value", "unsupported_url")),
        ("", "https://wa.me/message/ABCDEF1", ("value", "unsupported_url")),
        ("", "https://line.me/ti/p/AbCdEf", ("value", "unsupported_url")),
        ("wechat", "https://u.wechat.com/AbCdEf", ("value", "unsupported_url")),
        ("kakaotalk", "https://open.kakao.com/o/abc", ("value", "unsupported_url")),
    ] {
        assert_eq!(refused(&at(platform, typed)), fault, "{platform:?} {typed:?}");
    }
}

#[test]
fn the_mask_keeps_the_first_character_or_the_ends_of_a_number() {
    for (value, masked) in [
        ("jianli_88", "j***"),
        ("2873465198", "2***"),
        ("live:jian.li", "l***"),
        ("+86 13812341234", "+86 138****1234"),
        ("", "***"),
    ] {
        assert_eq!(mask(value), masked);
    }
}
