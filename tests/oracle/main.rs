//! Oracles: what rules should come to, worked out from the documents alone, over random
//! workspaces, and compared with what the program reports.
//!
//! Nothing here uses the program's own numbers, goals, intervals or paths. What is compared is
//! what a user gets: statuses, exact values and printed texts. `CONTRIBUTING.md` says how to judge
//! more cases and how to repeat one.

// In Kleene's logic what is unknown does not end a search, and a tree of measures is no hot spot.
#![allow(clippy::manual_try_fold, clippy::large_enum_variant)]

mod complete;
mod data;
mod goals;
mod groups;
mod harness;
mod invent;
mod judge_conditions;
mod judge_dates;
mod judge_gaps;
mod judge_measures;
mod judge_printing;
mod judge_rows;
mod judge_unknown;
mod measure_of;
mod measures;
mod number;
mod phrase;
mod random;
mod rows;
mod unknown;

#[test]
fn conditions_on_rows_and_groups() {
    harness::compare(60, judge_rows::case);
}

#[test]
fn measures_and_what_follows_from_their_values() {
    harness::compare(200, judge_measures::case);
}

#[test]
fn gaps_and_the_areas_that_decide() {
    harness::compare(60, judge_gaps::case);
}

#[test]
fn what_unknown_measures_can_be() {
    harness::compare(150, judge_unknown::case);
}

#[test]
fn conditions_over_unknown_measures() {
    harness::compare(100, judge_conditions::case);
}

#[test]
fn printed_numbers_are_in_the_order_of_their_values() {
    harness::compare(40, judge_printing::case);
}

#[test]
fn dates_of_evidence() {
    harness::compare(20, judge_dates::case);
}
