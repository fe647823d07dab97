//! Duties of many bodies, year by year: who was in time, who was late, and what is told of it.

mod common;

use std::collections::BTreeMap;

use common::{Workspace, day, english, findings, helps, verdict};
use rasoat::check::{check, trace};
use rasoat::diagnostic::Code;
use rasoat::message::Lang;
use rasoat::verdict::Status;
use rasoat::verdict::deadline::Timing;

/// Bodies that report once a year before 10 December, some in time.
fn reports() -> Workspace {
    let workspace = Workspace::small();
    workspace.write(
        "rules/plan.toml",
        "[[units]]\ncode = \"A\"\nname = \"Phòng A\"\n\n[[sections]]\nid = \"1\"\ntitle = \"Mục\"\n\n[[clauses]]\nid = \"1.b\"\nsection = \"1\"\nkind = \"assignment\"\nlead = \"A\"\ntitle = \"Báo cáo\"\ntext = \"Hằng năm.\"\n",
    );
    workspace.write(
        "rules/a.rhai",
        "assignment(\"1.b\", #{ each: xa, due: every_year_before(\"12-10\"), met: |u| bao_cao.filter(|r| r.xa == u.ma).first(\"ngay\") });",
    );
    workspace.write("datasets/bao_cao.toml", "[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"xa\"\ntype = \"string\"\n\n[[fields]]\nname = \"ngay\"\ntype = \"date\"\n");
    workspace.write(
        "datasets/bao_cao.csv",
        "nam,xa,ngay\n2022,01,2022-12-09\n2022,02,2022-12-12\n2023,01,2023-11-30\n2024,01,2024-12-01\n2024,02,2024-12-11\n",
    );
    workspace
}

#[test]
fn deadlines_are_told_for_each_body_and_each_year() {
    let at = |date: &str| {
        let workspace = reports();
        let mut request = workspace.request();
        request.as_of = Some(day(date));
        let checked = check(&request).expect("a workspace");
        let found = verdict(&checked, "1.b").clone();
        let units: BTreeMap<String, Timing> =
            found.units().iter().map(|unit| (unit.code.clone(), unit.timing)).collect();
        (found, units["01"], units["02"])
    };
    let cases = [
        // The evidence of 11 December does not count before that day.
        ("2024-11-30", Status::NotYet, Timing::NotDue, Timing::NotDue),
        ("2024-12-09", Status::NotYet, Timing::OnTime(8), Timing::NotDue),
        ("2024-12-10", Status::Unmet, Timing::OnTime(8), Timing::Overdue(1)),
        ("2024-12-31", Status::Unmet, Timing::OnTime(8), Timing::Late(2)),
    ];
    for (date, status, first, second) in cases {
        let (found, one, two) = at(date);
        assert_eq!((found.status(), one, two), (status, first, second), "{date}");
    }
    let (found, ..) = at("2024-12-31");
    let years: Vec<String> = found.duties().iter().map(|duty| duty.text().text(Lang::En)).collect();
    assert_eq!(
        years,
        ["2022: 1 on time, 1 late", "2023: 1 on time, 1 overdue", "2024: 1 on time, 1 late"]
    );
    assert_eq!(
        found.duties()[1].units[1].timing,
        Timing::Overdue(388),
        "366 days to 9 December 2024 and 22 more"
    );
    let notes: Vec<String> =
        found.diagnostics()[0].notes.iter().map(|note| note.text(Lang::En)).collect();
    assert_eq!(notes, ["earlier years: 2022: 1 on time, 1 late, 2023: 1 on time, 1 overdue"]);
}

#[test]
fn evidence_of_later_days_hides_no_earlier_one() {
    let workspace = reports();
    workspace.replace("rules/a.rhai", ".first(\"ngay\")", ".last(\"ngay\")");
    let rows = "nam,xa,ngay\n2024,01,2024-05-05\n2024,01,2024-12-20\n2024,02,2024-06-06\n";
    workspace.write("datasets/bao_cao.csv", rows);
    let mut request = workspace.request();
    request.as_of = Some(day("2024-12-01"));
    let checked = check(&request).expect("a workspace");
    let found = verdict(&checked, "1.b");
    assert_eq!(found.status(), Status::Met);
    assert_eq!(found.units()[0].date, Some(day("2024-05-05")));
}

#[test]
fn a_body_that_may_have_the_duty_leaves_its_year_open() {
    let workspace = reports();
    workspace.write("datasets/xa.toml", "primaryKey = [\"nam\", \"ma\"]\n\n[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"ma\"\ntype = \"string\"\n\n[[fields]]\nname = \"ten\"\ntype = \"string\"\n\n[[fields]]\nname = \"phai\"\ntype = \"boolean\"\n");
    workspace.write(
        "datasets/xa.csv",
        "nam,ma,ten,phai\n2023,01,A,true\n2023,02,B,\n2024,01,A,true\n2024,02,B,false\n",
    );
    workspace.replace("rules/a.rhai", "each: xa,", "each: xa.filter(|u| u.phai),");
    let checked = workspace.check();
    let found = verdict(&checked, "1.b");
    let years: Vec<(i32, Status)> =
        found.duties().iter().map(|duty| (duty.year, duty.status)).collect();
    assert_eq!(years, [(2023, Status::NoData), (2024, Status::Met)]);
}

#[test]
fn a_year_in_which_nobody_reported_is_told_too() {
    let workspace = reports();
    workspace.write(
        "datasets/bao_cao.csv",
        "nam,xa,ngay\n2021,01,2021-12-01\n2021,02,2021-12-02\n2024,01,2024-12-01\n2024,02,2024-12-11\n",
    );
    let years = |workspace: &Workspace| -> Vec<String> {
        let checked = workspace.check();
        let duties = verdict(&checked, "1.b").duties();
        duties.iter().map(|duty| duty.text().text(Lang::En)).collect()
    };
    let told = years(&workspace);
    assert_eq!(told[0], "2021: 2 on time");
    assert_eq!(told[1..3], ["2022: 2 not known", "2023: 2 not known"]);
    assert_eq!(told.len(), 4);
    // Where a year without rows is one in which nothing was done, nothing was done.
    workspace.replace(
        "datasets/bao_cao.toml",
        "year = \"nam\"\n",
        "year = \"nam\"\nempty = \"zero\"\n",
    );
    assert_eq!(years(&workspace)[1..3], ["2022: 2 overdue", "2023: 2 overdue"]);
}

#[test]
fn what_is_not_known_this_year_hides_no_earlier_one() {
    let workspace = reports();
    workspace.replace("datasets/bao_cao.csv", "2024,02,2024-12-11", "2024,02,");
    let checked = workspace.check();
    let finding = &verdict(&checked, "1.b").diagnostics()[0];
    assert_eq!(finding.code, Code::NoData);
    assert_eq!(helps(finding)[0], "not known for Nam Động");
    assert_eq!(
        common::notes(finding),
        ["earlier years: 2022: 1 on time, 1 late, 2023: 1 on time, 1 overdue"]
    );
    // Whoever stands first in the file.
    workspace.write("datasets/xa.csv", "ma,ten\n02,Nam Động\n01,Phú Lệ\n");
    workspace.replace("datasets/bao_cao.csv", "2024,01,2024-12-01", "2024,01,");
    let checked = workspace.check();
    let told = helps(&verdict(&checked, "1.b").diagnostics()[0]);
    assert_eq!(told[0], "not known for Phú Lệ, Nam Động");
}

/// Who was late has reported, and who has nothing stands worse.
#[test]
fn only_those_who_have_nothing_are_reminded() {
    let cases = [
        // One late, one in time.
        ("2024,01,2024-12-01\n2024,02,2024-12-11\n", "1 late of 2", None),
        ("2024,01,2024-12-11\n", "1 missing, 1 late of 2", Some("remind Nam Động")),
        ("2024,02,2024-12-05\n", "1 missing of 2", Some("remind Phú Lệ")),
    ];
    for (rows, counts, reminded) in cases {
        let workspace = reports();
        workspace.write("datasets/bao_cao.csv", format!("nam,xa,ngay\n{rows}"));
        let mut request = workspace.request();
        request.as_of = Some(day("2024-12-31"));
        let (checked, laid_open) = trace(&request, "1.b").expect("a workspace");
        let finding = findings(&checked, Code::Unmet)[0];
        assert_eq!(english(finding), format!("Báo cáo: {counts} (last day 2024-12-09)"));
        let remind = helps(finding).into_iter().find(|help| help.starts_with("remind"));
        assert_eq!(remind.as_deref(), reminded, "{rows}");
        if let Some(reminded) = reminded {
            let shown = laid_open.as_ref().expect("a trace").parts[0].role.text(Lang::En);
            let name = reminded.trim_start_matches("remind ");
            assert_eq!(shown, format!("Evidence, for example of {name}"));
        }
    }
}

#[test]
fn a_day_that_is_not_in_every_year_is_no_yearly_deadline() {
    for word in ["every_year_by", "every_year_before"] {
        let workspace = reports();
        workspace.replace(
            "rules/a.rhai",
            "every_year_before(\"12-10\")",
            &format!("{word}(\"02-29\")"),
        );
        let checked = workspace.check();
        let finding = findings(&checked, Code::InvalidValue)[0];
        assert_eq!(english(finding), "`02-29` is not a day of every year");
        assert_eq!(common::marked(&checked, finding, 0), "\"02-29\"");
        assert_eq!(verdict(&checked, "1.b").status(), Status::Error);
    }
}

/// What is demanded of evidence is what the rule says of it, not what some register has.
#[test]
fn what_is_wanted_is_told_as_the_rule_has_it() {
    let workspace = reports();
    let help = |met: &str| {
        workspace.write(
            "rules/a.rhai",
            format!("assignment(\"1.b\", #{{ due: by_date(\"2025-06-30\"), met: {met} }});"),
        );
        let checked = workspace.check();
        helps(&verdict(&checked, "1.b").diagnostics()[0])[0].clone()
    };
    let dated = help("bao_cao.filter(|r| r.xa == \"03\").first(\"ngay\")");
    assert_eq!(dated, "needs evidence dated no later than 2024-12-10 (see `met` of the rule)");
    let condition = help("bao_cao.count() > 2");
    assert_eq!(condition, "the condition `met` of the rule does not hold yet");
}
