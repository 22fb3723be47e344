//! Filing while the lane is full.

use std::sync::mpsc;
use std::time::Duration;

use diesel::RunQueryDsl;
use touchstone::intake::lane::LaneLimits;
use touchstone::store::{Conn, StoreError};

use crate::support::app::Options;
use crate::support::forms::{email, report};
use crate::support::on_both_engines;
use crate::support::world::World;

/// Keeps everybody else from writing reports until `release` says so.
fn hold(conn: &mut Conn, held: &mpsc::Sender<()>, release: &mpsc::Receiver<()>) -> Result<(), StoreError> {
    // On SQLite the transaction itself does it.
    if let Conn::Postgres(inner) = conn {
        diesel::sql_query("LOCK TABLE reports IN ACCESS EXCLUSIVE MODE").execute(inner)?;
    }
    held.send(()).unwrap();
    release.recv_timeout(Duration::from_secs(20)).unwrap();
    Ok(())
}

on_both_engines! {
    fn what_a_full_lane_cannot_take_is_refused_at_once_and_is_taken_when_sent_again(engine) {
        let lane = LaneLimits { waiting_max: 1, batch_max: 1 };
        let world = World::with(engine, Options { lane, ..Options::default() });
        let db = world.app.app.db.clone();
        let (held, is_held) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let holder = std::thread::spawn(move || db.write(|conn| hold(conn, &held, &released)).unwrap());
        is_held.recv_timeout(Duration::from_secs(20)).unwrap();

        // One is being committed, one waits: there is no place for the others.
        let (answered, answers) = mpsc::channel();
        let senders: Vec<_> = (0..4)
            .map(|n| {
                let (acme, answered) = (world.key("acme"), answered.clone());
                std::thread::spawn(move || {
                    let form = report(&format!("A-{n}"), &["alliance"], &[email("jian@bags.shop")]);
                    answered.send((acme.post("/v1/reports", &form), form)).unwrap();
                })
            })
            .collect();
        let next = || answers.recv_timeout(Duration::from_secs(20)).unwrap();
        let refused = [next(), next()];
        for (reply, _) in &refused {
            assert!(reply.problem(503, "busy").is_empty());
            assert_eq!(reply.header("retry-after"), "1");
        }
        release.send(()).unwrap();
        let rest = [next(), next()];
        assert!(rest.iter().any(|(reply, _)| reply.status == 201), "{rest:?}");
        for (_, form) in refused.iter().chain(&rest) {
            let status = world.key("acme").post("/v1/reports", form).status;
            assert!(matches!(status, 200 | 201), "{status}");
        }
        assert_eq!(world.key("acme").all("/v1/reports").len(), 4);
        for thread in senders {
            thread.join().unwrap();
        }
        holder.join().unwrap();
    }
}
