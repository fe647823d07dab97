//! Areas that are merged, and codes that come to mean other areas: a code means what it meant in
//! its row's year, and years are compared on the areas of the reporting year.

mod common;

use std::collections::BTreeMap;

use common::{Workspace, findings, verdict};
use rasoat::check::Checked;
use rasoat::diagnostic::Code;
use rasoat::exact::Exact;
use rasoat::message::Lang;

fn number(text: &str) -> Exact {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let number = |text: &str| Exact::parse(text).expect("a number");
    number(above).checked_div(&number(below)).expect("a quotient")
}

/// The numbers of an area, or of all: the part, the whole, and the value.
type Numbers = (Option<Exact>, Option<Exact>, Option<Exact>);

/// `merged-2024.csv` was computed by a separate script: the figures of 2024 for the communes of
/// 2025, from the rows of the communes they were merged from, and for all from either.
fn merged() -> BTreeMap<(String, String), Numbers> {
    let path = common::root().join("tests/merged-2024.csv");
    let mut reader = csv::Reader::from_path(path).expect("the table");
    let rows = reader.records().map(|row| {
        let row = row.expect("a row");
        let cell = |at: usize| (!row[at].is_empty()).then(|| number(&row[at]));
        let area = if row[1].is_empty() { row[2].to_owned() } else { row[1].to_owned() };
        ((row[0].to_owned(), area), (cell(3), cell(4), cell(5)))
    });
    rows.collect()
}

#[test]
fn the_year_before_is_that_of_the_areas_it_was_merged_from() {
    let now = Workspace::bundled_in(2025).check();
    let mut compared = 0;
    for ((id, area), (part, whole, value)) in merged() {
        let Some(area) = verdict(&now, &id).areas().iter().find(|now| now.code == area) else {
            continue;
        };
        let Some(before) = &area.before else {
            assert_eq!(value, None, "{id} {}", area.code);
            continue;
        };
        assert_eq!(before.year, 2024);
        assert_eq!(before.value, value, "{id} {}", area.code);
        if let Some(fraction) = before.fraction.clone() {
            assert_eq!((Some(fraction.part), Some(fraction.whole)), (part, whole), "{id}");
        }
        compared += usize::from(value.is_some());
    }
    assert_eq!(compared, 287, "37 targets in 8 communes, 9 of which are unknown");
}

/// What the areas of a verdict make together: parts and wholes, or values.
fn total(checked: &Checked, id: &str, before: bool) -> Option<(Exact, Exact)> {
    let mut areas = verdict(checked, id).areas().iter();
    areas.try_fold((Exact::ZERO, Exact::ZERO), |(parts, wholes), area| {
        let (value, fraction) = match (&area.before, before) {
            (Some(before), true) => (before.value.clone(), before.fraction.clone()),
            (None, true) => (None, None),
            (_, false) => (area.value.clone(), area.fraction.clone()),
        };
        let own = fraction.map(|own| (own.part, own.whole));
        let (part, whole) = own.or_else(|| value.map(|value| (value, Exact::ZERO)))?;
        Some((parts.checked_add(&part)?, wholes.checked_add(&whole)?))
    })
}

/// The district in 2024 is the same whether its figures are added up from the 15 communes of 2024
/// or from the 8 of 2025.
#[test]
fn the_district_is_the_same_from_old_and_from_merged_areas() {
    let (then, now) = (Workspace::bundled_in(2024).check(), Workspace::bundled_in(2025).check());
    let mut compared = 0;
    for found in &then.report.results {
        if found.areas().is_empty() {
            continue;
        }
        assert_eq!((found.areas().len(), verdict(&now, &found.head.id).areas().len()), (15, 8));
        let old = total(&then, &found.head.id, false);
        assert_eq!(old, total(&now, &found.head.id, true), "{}", found.head.id);
        // And both are the district's own.
        let years = verdict(&now, &found.head.id).years();
        let district =
            years.iter().find(|(year, _)| *year == 2024).and_then(|(_, value)| value.clone());
        assert_eq!(district, found.value().cloned(), "{}", found.head.id);
        compared += usize::from(old.is_some());
    }
    assert_eq!(compared, 35, "the targets kept by area whose figures are all known");
}

/// Two communes of 2024 make one of 2025, which keeps the code of the first.
fn merging() -> Workspace {
    let workspace = Workspace::small();
    workspace.write("rasoat.toml", SETTINGS);
    workspace.write(
        "datasets/xa.csv",
        "ma,ten,tu,den\n01,Phú Lệ,,2025-06-30\n02,Nam Động,,2025-06-30\n01,Phú Động,2025-07-01,\n",
    );
    workspace.replace("datasets/xa.toml", "primaryKey = \"ma\"", LISTED);
    workspace.append("datasets/xa.toml", DAYS);
    workspace.write("datasets/sap_nhap.csv", "cu,moi,ngay\n01,01,2025-07-01\n02,01,2025-07-01\n");
    workspace.write("datasets/sap_nhap.toml", MERGED);
    workspace
        .write("datasets/so.csv", "nam,xa,dat,tong\n2024,01,30,50\n2024,02,10,30\n2025,01,50,90\n");
    workspace
}

const SETTINGS: &str = r#"year = 2025
as_of = 2025-12-10

[areas]
dataset = "xa"
code = "ma"
name = "ten"
successors = { dataset = "sap_nhap", from = "cu", to = "moi", date = "ngay" }
"#;

const LISTED: &str = r#"primaryKey = ["ma", "tu"]

[dimensions]
valid_from = "tu"
valid_to = "den""#;

const DAYS: &str = r#"
[[fields]]
name = "tu"
type = "date"

[[fields]]
name = "den"
type = "date"
"#;

const MERGED: &str = r#"
[[fields]]
name = "cu"
type = "string"

[[fields]]
name = "moi"
type = "string"

[[fields]]
name = "ngay"
type = "date"
"#;

fn messages(checked: &Checked, code: Code) -> Vec<String> {
    findings(checked, code).iter().map(|finding| finding.message.text(Lang::En)).collect()
}

#[test]
fn a_code_means_the_area_of_its_year() {
    let checked = merging().check();
    let [area] = verdict(&checked, "1.a").areas() else { panic!("one area in 2025") };
    assert_eq!((area.name.as_str(), area.value.clone()), ("Phú Động", Some(number("500/9"))));
    let before = area.before.as_ref().expect("2024");
    // 30 + 10 of 50 + 30, not the 30 of 50 that have the same code.
    assert_eq!(before.value, Some(Exact::int(50)));
    let codes: Vec<&str> = before.merged.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(codes, ["Phú Lệ", "Nam Động"]);
    assert_eq!(messages(&checked, Code::AreaCodeAlone), [""; 0]);
}

/// 01 takes 02 in and goes on.
fn taking_in() -> Workspace {
    let workspace = merging();
    workspace.write(
        "datasets/xa.csv",
        "ma,ten,tu,den\n01,Phú Lệ,,\n02,Nam Động,,2025-06-30\n03,Trung Sơn,,\n",
    );
    workspace.write("datasets/sap_nhap.csv", "cu,moi,ngay\n02,01,2025-07-01\n");
    workspace.write(
        "datasets/so.csv",
        "nam,xa,dat,tong\n2024,01,45,50\n2024,02,5,50\n2024,03,7,10\n2025,01,60,100\n2025,03,8,10\n",
    );
    workspace
}

#[test]
fn an_area_that_took_another_in_was_both_the_year_before() {
    let workspace = taking_in();
    let rules = workspace.read("rules/a.rhai");
    workspace.write(
        "rules/plan.toml",
        workspace.read("rules/plan.toml")
            + "\n[[clauses]]\nid = \"1.b\"\nsection = \"1\"\nkind = \"target\"\nlead = \"A\"\ntitle = \"Tăng\"\ntext = \"Tăng.\"\n",
    );
    workspace.write(
        "rules/a.rhai",
        format!(
            "{rules}\nlet a = so.sum(\"dat\");\ntarget(\"1.b\", #{{ measure: a - a.year(-1), goal: at_least(1), every_year: true }});\n"
        ),
    );
    let checked = workspace.check();
    assert_eq!(messages(&checked, Code::AreaEnds), [""; 0]);
    let [taker, other] = verdict(&checked, "1.a").areas() else { panic!("two areas in 2025") };
    // 45 + 5 of 50 + 50, not its own 45 of 50.
    let before = taker.before.as_ref().expect("2024");
    assert_eq!(before.value, Some(Exact::int(50)));
    let merged: Vec<&str> = before.merged.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(merged, ["01", "02"]);
    let before = other.before.as_ref().expect("2024");
    assert_eq!((before.value.clone(), &before.merged[..]), (Some(Exact::int(70)), &[][..]));
    // 60 − (45 + 5) and 8 − 7 make what all together grew by: 68 − 57.
    let grown = verdict(&checked, "1.b");
    let by_area: Vec<Option<Exact>> = grown.areas().iter().map(|area| area.value.clone()).collect();
    assert_eq!(by_area, [Some(Exact::int(10)), Some(Exact::int(1))]);
    assert_eq!(grown.value().cloned(), Some(Exact::int(11)));
}

#[test]
fn what_is_taken_in_later_changes_neither_the_whole_nor_the_year_itself() {
    let workspace = taking_in();
    let report = workspace.check();
    let found = verdict(&report, "1.a");
    assert_eq!(found.years()[0], (2024, Some(number("5700/110"))));
    // In 2024 itself nothing has been taken in.
    workspace.replace("rasoat.toml", "year = 2025", "year = 2024");
    let then = workspace.check();
    let values: Vec<Option<Exact>> =
        verdict(&then, "1.a").areas().iter().map(|area| area.value.clone()).collect();
    assert_eq!(values, [Some(Exact::int(90)), Some(Exact::int(10)), Some(Exact::int(70))]);
}

#[test]
fn a_rule_that_goes_by_the_code_alone_is_warned_of() {
    let workspace = merging();
    let rules = workspace.read("rules/a.rhai");
    let with = |rule: &str| {
        workspace.write("rules/a.rhai", format!("{rules}\n{rule}\n"));
        workspace.check()
    };
    let checked =
        with("expect(\"e\", #{ title: \"e\", on: so, row: |r| r.xa != \"01\" || r.dat > 0 });");
    let told = messages(&checked, Code::AreaCodeAlone);
    assert_eq!(
        told,
        ["the code `01` has meant several areas: Phú Lệ until 2025-06-30, Phú Động since \
             2025-07-01; comparing years by it compares different places"]
    );
    assert_eq!(
        common::marked(&checked, findings(&checked, Code::AreaCodeAlone)[0], 0),
        "r.xa != \"01\""
    );
    // A code that has meant one area only is as good as its name.
    let checked =
        with("expect(\"e\", #{ title: \"e\", on: so, row: |r| r.xa != \"02\" || r.dat > 0 });");
    assert_eq!(messages(&checked, Code::AreaCodeAlone), [""; 0]);
    // Rows of last year found by a code of this year.
    workspace.write(
        "rules/plan.toml",
        workspace.read("rules/plan.toml")
            + "\n[[clauses]]\nid = \"1.b\"\nsection = \"1\"\nkind = \"assignment\"\nlead = \"A\"\ntitle = \"Giao\"\ntext = \"Làm.\"\n",
    );
    let joined = |year: &str| {
        with(&format!(
            "assignment(\"1.b\", #{{ each: xa, met: |u| so{year}.filter(|r| r.xa == u.ma).count() > 0, due: every_year_by(\"12-31\") }});"
        ))
    };
    assert_eq!(messages(&joined(""), Code::AreaCodeAlone), [""; 0]);
    let told = messages(&joined(".year(-1)"), Code::AreaCodeAlone);
    assert!(told.len() == 1 && told[0].contains("joined to `xa` by code alone"), "{told:?}");
}

#[test]
fn a_row_of_an_area_that_is_no_more_counts_for_none_and_is_told() {
    let workspace = merging();
    workspace.append("datasets/so.csv", "2025,02,5,5\n");
    let checked = workspace.check();
    let told = &findings(&checked, Code::UnknownArea)[0];
    assert_eq!(common::marked(&checked, told, 0), "02");
    let label = told.labels[0].text.as_ref().expect("a reason").text(Lang::En);
    assert_eq!(label, "Nam Động, until 2025-06-30; since then 01 Phú Động");
    let found = verdict(&checked, "1.a");
    assert_eq!(found.status().name(), "no_data", "nobody can say whose the 5 are");
}

#[test]
fn a_divided_area_has_no_past() {
    let workspace = merging();
    workspace.write(
        "datasets/xa.csv",
        "ma,ten,tu,den\n01,Phú Lệ,,2025-06-30\n02,Nam Động,,\n03,Phú Thượng,2025-07-01,\n04,Phú Hạ,2025-07-01,\n",
    );
    workspace.write("datasets/sap_nhap.csv", "cu,moi,ngay\n01,03,2025-07-01\n01,04,2025-07-01\n");
    workspace.write(
        "datasets/so.csv",
        "nam,xa,dat,tong\n2024,01,30,50\n2024,02,10,30\n2025,02,50,90\n2025,03,1,1\n2025,04,1,1\n",
    );
    let checked = workspace.check();
    let found = verdict(&checked, "1.a");
    let past: Vec<(&str, bool)> =
        found.areas().iter().map(|area| (area.code.as_str(), area.before.is_some())).collect();
    assert_eq!(past, [("02", true), ("03", false), ("04", false)]);
    // The whole does not depend on how it was divided.
    assert_eq!(found.years()[0], (2024, Some(Exact::int(50))));
}

#[test]
fn an_area_that_ends_without_a_successor_leaves_the_past_of_the_new_ones_open() {
    let workspace = merging();
    let told = |successions: &str| {
        workspace.write("datasets/sap_nhap.csv", format!("cu,moi,ngay\n{successions}"));
        let checked = workspace.check();
        let [area] = verdict(&checked, "1.a").areas() else { panic!("one area in 2025") };
        (
            messages(&checked, Code::AreaEnds),
            area.before.as_ref().and_then(|before| before.value.clone()),
        )
    };
    let (lost, before) = told("01,01,2025-07-01\n02,01,2025-07-01\n");
    assert_eq!((lost, before), (Vec::new(), Some(Exact::int(50))));
    // Without the second, or with a day that cannot be, 30 of 50 would pass for the whole.
    let ends = "Nam Động (02) ends on 2025-06-30 and the successors do not say what became of it; \
                earlier years of the new areas are unknown";
    for successions in ["01,01,2025-07-01\n", "01,01,2025-07-01\n02,01,\n"] {
        assert_eq!(told(successions), (vec![ends.to_owned()], None), "{successions}");
    }
    let (lost, before) = told("01,01,2025-07-01\n02,01,2025-06-01\n");
    assert_eq!((lost, before), (vec![ends.to_owned()], None));
    let checked = workspace.check();
    let unfit = &findings(&checked, Code::UnknownArea)[0];
    assert_eq!(common::marked(&checked, unfit, 0), "02");
    assert!(common::english(unfit).contains("does not fit the list"));
}

#[test]
fn a_code_that_means_two_areas_at_once_is_told() {
    let workspace = merging();
    workspace.replace("datasets/xa.csv", "01,Phú Lệ,,2025-06-30", "01,Phú Lệ,,2026-06-30");
    let checked = workspace.check();
    assert_eq!(
        messages(&checked, Code::AreaOverlap),
        ["`01` means two areas at the same time: Phú Lệ and Phú Động"]
    );
    // An area whose days cannot be read is none, and no row can be its.
    workspace.replace("datasets/xa.csv", "01,Phú Lệ,,2026-06-30", "01,Phú Lệ,,30-06");
    let checked = workspace.check();
    assert_eq!(findings(&checked, Code::BadCell).len(), 1);
    assert_eq!(messages(&checked, Code::AreaOverlap), [""; 0]);
    assert_eq!(findings(&checked, Code::UnknownArea).len(), 2, "2024's row, and the succession");
}

#[test]
fn rows_that_hold_for_a_time_are_not_counted_in_another_year() {
    let workspace = merging();
    let rules = workspace.read("rules/a.rhai");
    workspace.write(
        "rules/a.rhai",
        format!(
            "{rules}\nexpect(\"e\", #{{ title: \"e\", on: xa.year(2024), row: |r| r.ma != \"\" }});\nrule(\"r\", #{{ title: \"r\", inputs: #{{ n: xa.year(-1).count() }}, check: |v| v.n > 0 }});\n"
        ),
    );
    let checked = workspace.check();
    let told = findings(&checked, Code::TypeMismatch);
    assert_eq!(told.len(), 2);
    for found in told {
        assert!(common::english(found).starts_with("`xa` has times of validity"));
    }
    for id in ["e", "r"] {
        assert_eq!(verdict(&checked, id).status().name(), "error");
    }
}

#[test]
fn a_key_of_a_group_refers_to_what_it_meant_in_the_year_of_the_group() {
    let workspace = merging();
    let rules = workspace.read("rules/a.rhai");
    let rule = |id: &str, year: &str, name: &str| {
        format!(
            "\nrule(\"{id}\", #{{ title: \"{id}\", inputs: #{{ n: so.year({year}).group(\"xa\").filter(|g| g.xa.ten == \"{name}\").count() }}, check: |v| v.n == 1 }});"
        )
    };
    workspace.write(
        "rules/a.rhai",
        [&*rules, &rule("then", "2024", "Phú Lệ"), &rule("now", "2025", "Phú Động")].concat(),
    );
    let checked = workspace.check();
    for id in ["then", "now"] {
        assert_eq!(verdict(&checked, id).status().name(), "met", "{id}");
    }
}
