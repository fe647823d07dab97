//! What every backend must do alike: cases told by hand, random rows and rules, and plans and
//! tallies that are sent.
//!
//! A new backend is a line in [`BACKENDS`].

#[path = "../common/mod.rs"]
mod common;

mod asked;
mod beyond;
mod cases;
mod datasets;
mod naive;
mod parts;
mod plain;
mod random;
mod sent;
mod suite;
mod world;

use std::sync::Arc;

use proptest::prelude::*;
use rasoat::verdict::bound::Resolved;

use naive::Naive;
use random::{Drawn, drawn};
use suite::{Make, csv};
use world::{InRanges, RANGE, World};

/// The backends under test, each by its name.
const BACKENDS: &[(&str, Make<'static>)] = &[
    ("local", &|world| Box::new(world.local(&world.datasets))),
    ("in small ranges", &|world| Box::new(InRanges::new(world, RANGE))),
    ("in large ranges", &|world| Box::new(InRanges::new(world, RANGE << 10))),
    ("naive", &|world| Box::new(Naive { tables: &world.tables })),
];

#[test]
fn every_backend_gives_what_is_told_by_hand() {
    let run = |(name, make): &(&str, Make<'_>)| {
        let wrong = cases::ALL.iter().map(|cases| suite::run(make, cases)).collect::<String>();
        (!wrong.is_empty()).then(|| format!("{name}\n{wrong}"))
    };
    let wrong: Vec<String> = BACKENDS.iter().filter_map(run).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The world of a random case.
fn world(Drawn { so, han, rules, listed }: &Drawn) -> World {
    let files = [(csv("so"), &**so), (csv("han"), han)];
    let unlisted = (!listed).then(|| (csv("rasoat.toml"), ""));
    suite::world(files.into_iter().chain(unlisted), rules)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn every_backend_gives_the_same_of_random_rows_and_rules(drawn in drawn()) {
        let world = world(&drawn);
        let is_bound = |rule: &Arc<Resolved>| rule.bound.is_some();
        prop_assert!(world.bound.rules.iter().all(is_bound), "{:?}\n{drawn:?}", world.complaints);
        for (name, make) in BACKENDS {
            let found = make(&world).scan(&world.plan, world.parameters).made;
            if let Err(wrong) = suite::compare(&world, &found) {
                let Drawn { so, han, rules, .. } = &drawn;
                prop_assert!(false, "{name}: {wrong}\n{so}\n{han}\n{rules}");
            }
        }
    }

    #[test]
    fn what_later_rules_need_is_added_to_what_was_scanned_for(
        drawn in drawn(),
        first in any::<prop::sample::Index>(),
    ) {
        let world = world(&drawn);
        for (name, make) in BACKENDS {
            let first = first.index(world.rules.len() + 1);
            let compared = beyond::compare(&world, first, &*make(&world));
            prop_assert!(compared.is_ok(), "{name}: {}\n{drawn:?}", compared.unwrap_err());
        }
    }

    #[test]
    fn parts_of_random_rows_come_to_the_whole(
        drawn in drawn(),
        by in 1usize..5,
        pieces in 2usize..4,
    ) {
        let compared = parts::compare(&world(&drawn), pieces, &|row| row * by % pieces);
        prop_assert!(compared.is_ok(), "{}\n{drawn:?}", compared.unwrap_err());
    }
}
