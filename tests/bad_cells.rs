//! Bad rows and cells: each is told at its place, and is unknown to what is computed, never 0.

mod common;

use common::{Workspace, english, exit, findings, helps, marked, only, verdict};
use rasoat::diagnostic::Code;
use rasoat::message::Lang;
use rasoat::verdict::Status;

#[test]
fn a_broken_cell_is_not_a_blank_one() {
    // `is_missing` of a cell that holds something unreadable is unknown, not true.
    let workspace = Workspace::small();
    workspace.replace("rules/a.rhai", "r.dat <= r.tong", "!is_missing(r.dat)");
    workspace.replace("datasets/so.csv", "2024,02,20,50", "2024,02,abc,50");
    assert_eq!(verdict(&workspace.check(), "dat-khong-vuot").status(), Status::NoData);
    workspace.replace("datasets/so.csv", "2024,02,abc,50", "2024,02,,50");
    assert_eq!(verdict(&workspace.check(), "dat-khong-vuot").status(), Status::Unmet);
}

#[test]
fn broken_cells_point_at_themselves_and_count_as_unknown() {
    // (cell, code): every one makes the year's share unknown, never a wrong number.
    let cases = [
        ("abc", Code::BadCell),
        ("1.5", Code::BadCell),
        ("68%", Code::BadCell),
        ("1.234", Code::AmbiguousNumber),
        ("-3", Code::OutOfRange),
        ("Khoảng 4", Code::BadCell),
        ("60-62", Code::BadCell),
    ];
    for (cell, code) in cases {
        let workspace = Workspace::small();
        workspace.replace("datasets/so.csv", "2024,02,20,50", &format!("2024,02,{cell},50"));
        let checked = workspace.check();
        assert_eq!(marked(&checked, only(&checked, code), 0), cell);
        let verdict = verdict(&checked, "1.a");
        assert_eq!(verdict.status(), Status::NoData, "{cell}");
        assert_eq!(marked(&checked, &verdict.diagnostics()[0], 0), cell, "names the cell");
        assert_eq!(exit(&checked), 1, "{cell}: a finding, nothing broken");
    }
}

#[test]
fn a_blank_is_unknown_and_only_in_its_year() {
    let workspace = Workspace::small();
    workspace.replace("datasets/so.csv", "2023,02,20,40", "2023,02,,40");
    assert_eq!(verdict(&workspace.check(), "1.a").status(), Status::Met, "2024 is complete");
    workspace.replace("datasets/so.csv", "2024,02,20,50", "2024,02,,50");
    let checked = workspace.check();
    let verdict = verdict(&checked, "1.a");
    assert_eq!(verdict.status(), Status::NoData);
    assert!(english(&verdict.diagnostics()[0]).contains("a blank cell in dat for Nam Động"));
    assert_eq!(exit(&checked), 0, "a warning by default");
    let mut request = workspace.request();
    request.strict = true;
    let strict = rasoat::check::check(&request).expect("a report");
    assert_eq!(exit(&strict), 1, "an error with --strict");
}

#[test]
fn ragged_rows_doubled_keys_and_strange_codes() {
    let cases = [
        ("2024,02,20,50", "2024,02,20", Code::RaggedRow),
        ("2024,02,20,50", "2024,02,20,5,0", Code::RaggedRow),
        ("2024,02,20,50", "2024,02,20,50\n2024,02,21,50", Code::DuplicateKey),
        ("2024,02,20,50", "2024,03,20,50", Code::UnknownForeignKey),
        ("2024,02,20,50\n", "", Code::MissingRow),
    ];
    for (from, to, code) in cases {
        let workspace = Workspace::small();
        workspace.replace("datasets/so.csv", from, to);
        let checked = workspace.check();
        only(&checked, code);
        assert_eq!(verdict(&checked, "1.a").status(), Status::NoData, "{to}");
        assert_eq!(exit(&checked), 1, "{to}");
    }
}

#[test]
fn invalid_utf8_spoils_its_cell_only() {
    let workspace = Workspace::small();
    workspace.write("datasets/xa.csv", b"ma,ten\n01,Ph\xfa L\xea\n02,Nam\n".as_slice());
    let checked = workspace.check();
    only(&checked, Code::InvalidText);
    assert_eq!(verdict(&checked, "1.a").status(), Status::Met, "names are not needed");
}

#[test]
fn a_year_without_rows_and_a_denominator_of_zero() {
    let workspace = Workspace::small();
    let mut request = workspace.request();
    request.year = Some(2019);
    let checked = rasoat::check::check(&request).expect("a report");
    let absent = only(&checked, Code::YearAbsent);
    assert!(helps(absent)[0].contains("2023, 2024"));
    assert_eq!(verdict(&checked, "1.a").status(), Status::NoData);
    assert!(verdict(&checked, "1.a").diagnostics().is_empty(), "one cause is told once");
    assert_eq!(exit(&checked), 2, "nothing could be judged");

    // Another dataset has the year: then the one that lacks it is named.
    workspace.write(
        "datasets/khac.toml",
        "[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n",
    );
    workspace.write("datasets/khac.csv", "nam\n2019\n");
    workspace.append("rules/a.rhai", "\nrule(\"co-khac\", #{ title: \"x\", inputs: #{ n: khac.count() }, check: |v| v.n == 1 });\n");
    let checked = rasoat::check::check(&request).expect("a report");
    assert!(
        english(&verdict(&checked, "1.a").diagnostics()[0]).contains("so has no rows for 2019")
    );
    assert_eq!(verdict(&checked, "co-khac").status(), Status::Met);
    let workspace = Workspace::small();

    workspace.write("datasets/so.csv", "nam,xa,dat,tong\n2024,01,0,0\n2024,02,0,0\n");
    let checked = workspace.check();
    let zero = verdict(&checked, "1.a");
    assert_eq!(zero.status(), Status::NoData);
    assert!(english(&zero.diagnostics()[0]).contains("the denominator is 0"));
}

#[test]
fn a_share_above_its_whole_is_wrong_data_not_a_triumph() {
    let workspace = Workspace::small();
    workspace.replace("datasets/so.csv", "2024,02,20,50", "2024,02,90,50");
    let checked = workspace.check();
    assert_eq!(verdict(&checked, "1.a").status(), Status::Error);
    only(&checked, Code::ShareAboveWhole);
    let rows = only(&checked, Code::RowViolation);
    assert_eq!(marked(&checked, rows, 0), "90");
    assert_eq!(exit(&checked), 1);
}

/// What people write in place of a number or a date is said beside the cell, and never read as one.
#[test]
fn what_is_no_number_or_date_is_called_what_it_is() {
    let cases = [
        ("dat", "60-62", "a range, not a number"),
        ("dat", "60–62", "a range, not a number"),
        ("dat", "Khoảng 4", "an estimate or a bound, not a number"),
        ("dat", "Dưới 3", "an estimate or a bound, not a number"),
        ("dat", "~12", "an estimate or a bound, not a number"),
        ("dat", ">5", "an estimate or a bound, not a number"),
        (
            "dat",
            "68%",
            "with a percent sign: declare `scale = \"percent\"` for the column in so.toml",
        ),
        (
            "dat",
            "1 234",
            "there are spaces between the digits; if they group thousands, declare `decimalChar` and `groupChar = \" \"`",
        ),
        ("dat", "60 đến 62", "a range, not a number"),
        ("dat", ">= 3", "an estimate or a bound, not a number"),
        ("dat", "ước 5", "an estimate or a bound, not a number"),
        ("dat", "\u{2212}5", "the minus is a typographic one: type it again as `-`"),
        ("dat", "(5)", "a negative number in brackets? Write it with `-`"),
        (
            "dat",
            "5\u{200b}",
            "the cell holds an invisible character (U+200B): type the number again",
        ),
        ("dat", "５", "the digits are not plain 0–9 (U+FF15): type the number again"),
        (
            "dat",
            "5 người",
            "words beside the number: write the number alone, the unit goes into the header",
        ),
        ("ngay", "2024", "a year only, without day and month"),
        (
            "ngay",
            "12/31/2024",
            "is the month written first? Declare `format = \"%m/%d/%Y\"` if it is",
        ),
        ("dat", "\"7,4\"", "a decimal comma? Declare `decimalChar = \",\"` in so.toml"),
        (
            "dat",
            "1.234.567",
            "digits in groups? Declare both `decimalChar` and `groupChar` in so.toml",
        ),
        ("dat", "7.4", "a fraction in a column of whole numbers"),
        (
            "dat",
            "-",
            "`-` seems to mean missing: add it to the contract's `missingValues` if it does",
        ),
        (
            "dat",
            "…",
            "`…` seems to mean missing: add it to the contract's `missingValues` if it does",
        ),
        (
            "ngay",
            "31/12/2024",
            "a date in another form: declare `format = \"%d/%m/%Y\"` for the column",
        ),
        (
            "ngay",
            "45292",
            "a spreadsheet's number of days: 2024-01-01? Declare `format = \"serial\"` for the column if that is right",
        ),
        ("ngay", "2024-02-30", "there is no such day in the calendar"),
        ("ngay", "31/02/2024", "there is no such day in the calendar"),
        (
            "ngay",
            "x",
            "`x` seems to mean missing: add it to the contract's `missingValues` if it does",
        ),
    ];
    for (column, cell, expected) in cases {
        let workspace = Workspace::small();
        workspace.append("datasets/so.toml", "\n[[fields]]\nname = \"ngay\"\ntype = \"date\"\n");
        let (dat, ngay) = if column == "dat" { (cell, "") } else { ("20", cell) };
        workspace.write(
            "datasets/so.csv",
            format!("nam,xa,dat,tong,ngay\n2024,01,30,50,\n2024,02,{dat},50,{ngay}\n"),
        );
        let checked = workspace.check();
        let told: Vec<String> = findings(&checked, Code::BadCell)
            .iter()
            .flat_map(|finding| &finding.labels)
            .filter_map(|label| label.text.as_ref().map(|text| text.text(Lang::En)))
            .collect();
        assert!(told.iter().any(|told| told == expected), "{cell}: {told:?}");
        let known = verdict(&checked, "1.a").value().is_some();
        assert_eq!(known, column == "ngay", "{cell} is not read as a number");
    }
}
