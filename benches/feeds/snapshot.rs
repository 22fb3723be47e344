//! A whole group at one moment: how fast it comes, and what it costs the server in memory.

use std::io::Read;
use std::time::Instant;

use crate::house::House;
use crate::program::Program;

pub struct Figures {
    pub mb_per_s: f64,
    /// Most memory above what the server had before, in MiB.
    pub peak_mib: f64,
}

#[expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
pub fn run(sellers: usize) -> Figures {
    println!("snapshot: filing {sellers} reports on as many sellers …");
    let started = Instant::now();
    let house = House::with_sellers(sellers);
    println!("snapshot: they are worked in after {:.0} s", started.elapsed().as_secs_f64());
    let program = house.serve();
    let client = reqwest::blocking::Client::builder().timeout(None).build().expect("a client");
    let base = format!("http://{}", program.address);
    let page = client.get(format!("{base}/v1/groups/alliance/feed?limit=1")).bearer_auth(&house.reader);
    assert!(page.send().expect("an answer").status().is_success());
    let mut figures = Vec::new();
    for (form, encoding) in
        [("ndjson", "identity"), ("ndjson", "zstd"), ("csv", "identity"), ("xlsx", "identity")]
    {
        let idle = program.memory_mib("VmRSS:");
        forget_peak(&program);
        let started = Instant::now();
        let url = format!("{base}/v1/groups/alliance/snapshot?format={form}");
        let request = client.get(url).bearer_auth(&house.reader).header("accept-encoding", encoding);
        let mut answer = request.send().expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        let (mut piece, mut bytes, mut end) = (vec![0; 1 << 20], 0_usize, Vec::new());
        loop {
            let read = answer.read(&mut piece).expect("the answer is whole");
            if read == 0 {
                break;
            }
            bytes += read;
            end = piece[read.saturating_sub(200)..read].to_vec();
        }
        let seconds = started.elapsed().as_secs_f64();
        if (form, encoding) == ("ndjson", "identity") {
            let end = String::from_utf8_lossy(&end);
            assert!(end.contains(&format!("\"sellers\":{sellers}}}")), "not all sellers came: {end}");
        }
        let mb_per_s = bytes as f64 / 1e6 / seconds;
        let peak_mib = program.peak_mib() - idle;
        println!(
            "snapshot as {form}, {encoding}: {:.0} MB in {seconds:.1} s, {mb_per_s:.1} MB/s, {:.0} sellers/s, \
             peak {peak_mib:.0} MiB above {idle:.0} MiB",
            bytes as f64 / 1e6,
            sellers as f64 / seconds,
        );
        figures.push(Figures { mb_per_s, peak_mib });
    }
    figures.remove(0)
}

/// Begins to measure the peak of the server anew.
fn forget_peak(program: &Program) {
    // proc(5): 5 sets the peak to what is used now.
    std::fs::write(format!("/proc/{}/clear_refs", program.child.id()), "5")
        .expect("Linux, and a process of ours");
}
