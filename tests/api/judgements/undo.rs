//! Taking a judgement back.

use super::{PATH, file, judge, propose, rebuild, seller_of, text, undo};
use crate::support::forms::{email, phone, shop};
use crate::support::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    fn a_merge_that_a_person_asked_for_comes_apart_when_it_is_taken_back(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let one = file(&acme, "A-1", &[email("a@bags.shop")]);
        let other = file(&acme, "A-2", &[phone("+86 138 1234 5678")]);
        let before = (seller_of(&acme, &one), seller_of(&acme, &other));
        let made = judge(&acme, &one, &other, "same").expect(201).json();
        assert_eq!(seller_of(&acme, &one), seller_of(&acme, &other));
        undo(&acme, &made);
        assert_eq!((seller_of(&acme, &one), seller_of(&acme, &other)), before);
        // Twice is as once.
        undo(&acme, &made);
        let listed = acme.all(PATH);
        assert_eq!(listed.len(), 1);
        assert!(listed[0]["undone_at"].is_string() && listed[0]["undone_by"].is_string(), "{listed:?}");
        assert_eq!(rebuild(&world), 0);
    }

    fn two_that_were_parted_come_together_again_when_it_is_taken_back(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let one = file(&acme, "A-1", &[email("a@bags.shop")]);
        let other = file(&acme, "A-2", &[email("a@bags.shop")]);
        let together = seller_of(&acme, &one);
        let made = judge(&acme, &one, &other, "different").expect(201).json();
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
        undo(&acme, &made);
        assert_eq!((seller_of(&acme, &one), seller_of(&acme, &other)), (together.clone(), together));
        assert_eq!(rebuild(&world), 0);
    }

    fn taking_the_newest_back_lets_the_one_before_it_count_again(engine) {
        let world = World::new(engine);
        let acme = world.key("acme");
        let one = file(&acme, "A-1", &[email("a@bags.shop")]);
        let other = file(&acme, "A-2", &[phone("+86 138 1234 5678")]);
        let first = judge(&acme, &one, &other, "same").expect(201).json();
        let second = judge(&acme, &one, &other, "different").expect(201).json();
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
        undo(&acme, &second);
        assert_eq!(seller_of(&acme, &one), seller_of(&acme, &other));
        undo(&acme, &first);
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
    }

    fn only_its_own_member_takes_a_judgement_back(engine) {
        let world = World::new(engine);
        let (acme, taobao) = (world.key("acme"), world.key("taobao"));
        let shop = |n: u32| shop(&format!("https://shop1100223{n}.taobao.com"));
        let (one, other) = (file(&acme, "A-1", &[shop(1)]), file(&acme, "A-2", &[shop(2)]));
        let made = judge(&acme, &one, &other, "same").expect(201).json();
        let proposed = propose(&acme, &one, &other, "unsure").expect(201).json();
        let path = |judgement| format!("{PATH}/{}", text(judgement, "id"));
        world.key("bolt").delete(&path(&made)).problem(404, "not-found");
        world.key("bolt").delete(&path(&proposed)).problem(404, "not-found");
        // taobao sees the proposal, and so knows of it.
        taobao.delete(&path(&made)).problem(404, "not-found");
        taobao.delete(&path(&proposed)).problem(403, "forbidden");
        world.user("acme", "reader").delete(&path(&made)).problem(403, "forbidden");
        assert_eq!(seller_of(&acme, &one), seller_of(&acme, &other));
        world.user("acme", "analyst").delete(&path(&made)).expect(204);
        acme.wait_until_pooled();
        assert_ne!(seller_of(&acme, &one), seller_of(&acme, &other));
    }
}
