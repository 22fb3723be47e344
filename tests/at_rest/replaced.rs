//! Keys that are missing.

use super::BRAND;
use super::house::House;
use crate::support::on_both_engines;

on_both_engines! {
    fn a_database_whose_key_file_is_missing_is_refused_and_no_other_key_is_made(engine) {
        let house = House::new(engine);
        house.member("acme", "brand", &BRAND);
        std::fs::remove_file(house.path("data/master.key")).unwrap();
        let refused = house.run(&["member", "list"]);
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("there is no master key"));
        assert!(!house.path("data/master.key").exists());
    }
}
