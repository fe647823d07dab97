//! Slips in rasoat.toml.

use super::{Cure, Lost, Slip, tell_all};

const FILE: &str = "rasoat.toml";

/// A date that cannot be read: the 52 assignments and the 9 targets that ask for a dated document
/// wait for it, and nothing is judged by the day of the run.
const fn date(to: &'static str, marks: &'static str) -> Slip {
    Slip {
        file: FILE,
        at: "as_of",
        from: "2025-12-10",
        to,
        marks,
        says: ["must be a date such as 2024-12-31", "2024-12-31"],
        findings: 1,
        lost: Lost::So(61),
        cure: Cure::Hand("a day and a month may be in either order"),
    }
}

#[test]
fn a_date_that_cannot_be_read_is_not_replaced_by_today() {
    tell_all(&[
        date("10/12/2025", "10/12/2025"),
        date("\"10/12/2025\"", "\"10/12/2025\""),
        date("2025-13-10", "2025-13-10"),
        date("10-12-2025", "10-12-2025"),
    ]);
}

#[test]
fn a_year_that_cannot_be_read_leaves_nothing_judged() {
    tell_all(&[Slip {
        file: FILE,
        at: "\nyear",
        from: "2025",
        to: "\"2025\"",
        marks: "\"2025\"",
        says: ["122 demands are not judged because of this", "vì vậy 122"],
        findings: 1,
        lost: Lost::So(121),
        cure: Cure::Hand("not offered yet"),
    }]);
}
