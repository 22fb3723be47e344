//! The words that the sample is made of. Trade names are put together from characters that companies
//! rarely use side by side, streets are invented.

/// First character of a Chinese trade name, and its pinyin.
pub const FIRST: [(&str, &str); 16] = [
    ("霁", "ji"),
    ("沅", "yuan"),
    ("翀", "chong"),
    ("骞", "qian"),
    ("楸", "qiu"),
    ("砚", "yan"),
    ("澧", "li"),
    ("桓", "huan"),
    ("蓥", "ying"),
    ("珂", "ke"),
    ("岫", "xiu"),
    ("渌", "lu"),
    ("铂", "bo"),
    ("衡", "heng"),
    ("瑾", "jin"),
    ("鹤", "he"),
];

/// Second character of a Chinese trade name, and its pinyin.
pub const SECOND: [(&str, &str); 16] = [
    ("岚", "lan"),
    ("桐", "tong"),
    ("屿", "yu"),
    ("芷", "zhi"),
    ("泊", "bo"),
    ("湄", "mei"),
    ("栎", "li"),
    ("墨", "mo"),
    ("野", "ye"),
    ("舟", "zhou"),
    ("汀", "ting"),
    ("禾", "he"),
    ("苇", "wei"),
    ("柚", "you"),
    ("黛", "dai"),
    ("穗", "sui"),
];

/// First word of an English shop name.
pub const ADJECTIVES: [&str; 16] = [
    "Copper", "Amber", "Velvet", "Silver", "Lunar", "Cedar", "Crimson", "Coral", "Willow", "Ivory", "Maple",
    "Indigo", "Saffron", "Misty", "Golden", "Quiet",
];

/// Second word of an English shop name.
pub const NOUNS: [&str; 16] = [
    "Heron", "Finch", "Lantern", "Fox", "Orchard", "Sparrow", "Meadow", "Pebble", "Otter", "Harbor", "Comet",
    "Thistle", "Kite", "Marlin", "Badger", "Tulip",
];

/// What a shop calls itself behind its name: in Chinese, in English, in a handle.
pub const SHOP_TAILS: [(&str, &str, &str); 6] = [
    ("外贸仓", "Outlet", "_outlet"),
    ("潮品馆", "Trends", "_trends"),
    ("好物店", "Store", "store"),
    ("精品铺", "Boutique", "_boutique"),
    ("折扣仓", "Factory Deals", "_deals"),
    ("优选", "Select", "select88"),
];

/// What a company deals in: in Chinese and in English.
pub const TRADES: [(&str, &str); 6] = [
    ("鞋业", "Footwear"),
    ("皮具", "Leather Goods"),
    ("贸易", "Trading"),
    ("电子商务", "E-Commerce"),
    ("日化", "Personal Care"),
    ("服饰", "Apparel"),
];

pub const SURNAMES: [(&str, &str); 12] = [
    ("陈", "Chen"),
    ("林", "Lin"),
    ("黄", "Huang"),
    ("郑", "Zheng"),
    ("吴", "Wu"),
    ("蔡", "Cai"),
    ("许", "Xu"),
    ("王", "Wang"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("周", "Zhou"),
    ("叶", "Ye"),
];

pub const GIVEN_NAMES: [(&str, &str); 12] = [
    ("志强", "Zhiqiang"),
    ("美玲", "Meiling"),
    ("建国", "Jianguo"),
    ("晓红", "Xiaohong"),
    ("伟", "Wei"),
    ("丽娜", "Lina"),
    ("海峰", "Haifeng"),
    ("春燕", "Chunyan"),
    ("俊杰", "Junjie"),
    ("秀英", "Xiuying"),
    ("明辉", "Minghui"),
    ("雪梅", "Xuemei"),
];

#[derive(Debug, Clone, Copy, Default)]
pub struct City {
    /// With its province.
    pub region: &'static str,
    pub han: &'static str,
    pub latin: &'static str,
    /// Code of the administrative division (GB/T 2260), a part of a company's credit code.
    pub division: &'static str,
    pub district_han: &'static str,
    pub district_latin: &'static str,
}

pub const CITIES: [City; 8] = [
    City {
        region: "广东省深圳市",
        han: "深圳市",
        latin: "Shenzhen",
        division: "440300",
        district_han: "龙岗区",
        district_latin: "Longgang",
    },
    City {
        region: "广东省广州市",
        han: "广州市",
        latin: "Guangzhou",
        division: "440100",
        district_han: "白云区",
        district_latin: "Baiyun",
    },
    City {
        region: "广东省东莞市",
        han: "东莞市",
        latin: "Dongguan",
        division: "441900",
        district_han: "虎门镇",
        district_latin: "Humen",
    },
    City {
        region: "福建省莆田市",
        han: "莆田市",
        latin: "Putian",
        division: "350300",
        district_han: "荔城区",
        district_latin: "Licheng",
    },
    City {
        region: "福建省泉州市",
        han: "泉州市",
        latin: "Quanzhou",
        division: "350500",
        district_han: "丰泽区",
        district_latin: "Fengze",
    },
    City {
        region: "浙江省杭州市",
        han: "杭州市",
        latin: "Hangzhou",
        division: "330100",
        district_han: "余杭区",
        district_latin: "Yuhang",
    },
    City {
        region: "浙江省温州市",
        han: "温州市",
        latin: "Wenzhou",
        division: "330300",
        district_han: "鹿城区",
        district_latin: "Lucheng",
    },
    City {
        region: "浙江省义乌市",
        han: "义乌市",
        latin: "Yiwu",
        division: "330782",
        district_han: "福田街道",
        district_latin: "Futian",
    },
];

pub const STREETS: [(&str, &str); 6] = [
    ("云栎路", "Yunli Road"),
    ("望舟街", "Wangzhou Street"),
    ("青砚大道", "Qingyan Avenue"),
    ("鹤汀路", "Heting Road"),
    ("苇野巷", "Weiye Lane"),
    ("霁湄路", "Jimei Road"),
];

/// Titles of listings.
pub const TITLES: [&str; 8] = [
    "{mark} {goods} 1:1 original quality",
    "{mark} {goods} 官网同款 高版本",
    "Luxury {goods} {mark} AAA+ factory outlet",
    "{mark} style {goods} 外贸尾单 清仓",
    "2026 new {mark} {goods} with box and card",
    "{mark} {goods} 专柜品质 支持验货",
    "{goods} {mark} wholesale, dropshipping welcome",
    "原单 {mark} {goods} 一件代发",
];

pub const NARRATIVES_SUSPECTED: [&str; 5] = [
    "The {goods} is offered at a fifth of the retail price, in colours that we never made.",
    "A customer complained of a {goods} bought here: poor finish, no serial number.",
    "Pictures are taken from our own site and mirrored; the seller declined to show the label.",
    "店铺以远低于正品的价格销售 {goods}，图片盗用官方网站。",
    "New shop with the photographs and wording of one that was closed in spring.",
];

pub const NARRATIVES_PROBABLE: [&str; 5] = [
    "Stitching, logo spacing and packaging of the {goods} differ from ours on every picture.",
    "The seller confirmed in chat that the {goods} is a 'top copy' and offered wholesale prices.",
    "客服在聊天中承认 {goods} 为高仿，并提供批发价格。",
    "The {goods} carries a batch code that was used for another model and another year.",
    "Second report on this seller: the listing came back under a new item number after a takedown.",
];

pub const NARRATIVES_CONFIRMED: [&str; 5] = [
    "Test purchase of a {goods}; our laboratory confirmed that it is counterfeit.",
    "试购的 {goods} 经鉴定为假冒商品，序列号不在我司系统中。",
    "Two {goods} bought four weeks apart carry the same serial number.",
    "Test purchase examined: materials and construction of the {goods} are not ours.",
    "公证购买 {goods} 一件，鉴定结论为非我司生产。",
];
