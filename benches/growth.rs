//! How the cost of a check grows with what is written in its rules.
//!
//! `cargo bench --bench growth` times each kind of thing there may be many of at some number and
//! at eight times as many, interleaved, and prints the median of each and their ratio: 8 is in
//! proportion, 64 would be the square. It covers everything but the start of the process: reading,
//! scripts, binding, scanning, judging, and the report for people and for programs. It prints and
//! never judges a time. Words after `--` choose the kinds whose names hold one of them.
#![allow(clippy::print_stdout)] // printing is what it is for

#[path = "../tests/common/growing.rs"]
mod growing;

use growing::KINDS;

fn main() {
    let chosen: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let full = std::env::args().any(|argument| argument == "--bench");
    let rounds = if full { 5 } else { 1 };
    println!("{:>42} {:>7} {:>10} {:>7} {:>10} {:>6}", "", "number", "ms", "number", "ms", "ratio");
    for kind in &KINDS {
        if !chosen.is_empty() && !chosen.iter().any(|word| kind.name.contains(word.as_str())) {
            continue;
        }
        let folders = [1, 8].map(|times| {
            let folder = tempfile::tempdir().expect("a folder");
            growing::write(folder.path(), kind, kind.few * times);
            (folder, Vec::new())
        });
        let [(few, mut quick), (many, mut slow)] = folders;
        for _ in 0..rounds {
            quick.push(growing::run(few.path()).1.as_secs_f64() * 1e3);
            slow.push(growing::run(many.path()).1.as_secs_f64() * 1e3);
        }
        let (quick, slow) = (median(quick), median(slow));
        let (name, number, ratio) = (kind.name, kind.few, slow / quick);
        println!(
            "{name:>42} {number:>7} {quick:>10.1} {:>7} {slow:>10.1} {ratio:>6.1}",
            number * 8
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
