//! The rule language as analysts write it: row conditions, shared functions, checks.

mod common;

use common::{Workspace, english, exit, findings, helps, marked, verdict};
use rasoat::diagnostic::Code;
use rasoat::exact::Exact;
use rasoat::verdict::Status;

/// The small workspace with a register of its own rows to filter.
fn register() -> Workspace {
    let workspace = Workspace::small();
    workspace.write(
        "datasets/so_ghi.toml",
        "primaryKey = \"so\"\nsubject = \"dòng\"\n\n[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"so\"\ntype = \"integer\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"loai\"\ntype = \"string\"\n\n[[fields]]\nname = \"diem\"\ntype = \"number\"\n\n[[fields]]\nname = \"xong\"\ntype = \"boolean\"\n\n[[fields]]\nname = \"ngay\"\ntype = \"date\"\n\n[[fields]]\nname = \"xa\"\ntype = \"string\"\n\n[[foreignKeys]]\nfields = \"xa\"\nreference = { resource = \"xa\", fields = \"ma\" }\n",
    );
    workspace.write(
        "datasets/so_ghi.csv",
        "so,nam,loai,diem,xong,ngay,xa\n\
         1,2024,a,1.5,true,2024-03-01,01\n\
         2,2024,b,2.25,false,2024-12-11,01\n\
         3,2024,a,,true,2024-12-10,02\n\
         4,2024,Cá,4,,2024-01-31,02\n\
         5,2023,a,9,true,2023-05-05,01\n",
    );
    workspace
}

/// What counting the rows of 2024 that satisfy a condition gives.
fn count(workspace: &Workspace, table: &str) -> Result<Exact, Status> {
    workspace.write(
        "rules/dem.rhai",
        format!(
            "target(\"dem\", #{{ measure: {table}, goal: at_least(1000), every_year: true }});"
        ),
    );
    let checked = workspace.check();
    let verdict = verdict(&checked, "dem");
    // Whether the goal is met can be certain though the number is not.
    let unknown = if verdict.status() == Status::Error { Status::Error } else { Status::NoData };
    verdict.value().cloned().ok_or(unknown)
}

#[test]
fn row_conditions_count_what_they_say() {
    let workspace = register();
    // Row 3 has no points, row 4 does not say whether it is done: conditions on those are
    // unknown there, unless the rest of the condition decides.
    let cases = [
        ("r.loai == \"a\"", Ok(2)),
        ("r.loai != \"a\"", Ok(2)),
        ("r.loai in [\"a\", \"b\"]", Ok(3)),
        ("!(r.loai in [\"a\", \"b\"])", Ok(1)),
        ("r.loai !in [\"a\", \"b\"]", Ok(1)),
        ("r.so in 1..3", Ok(2)),
        ("r.so in 1..=3", Ok(3)),
        ("r.so + 1 == 3", Ok(1)),
        ("r.so * 2 > 5", Ok(2)),
        ("r.so - 5 < -2", Ok(2)),
        ("-r.so < -3", Ok(1)),
        ("r.loai == \"b\" && r.diem > 2.2", Ok(1)),
        ("r.diem >= 2.25", Err(Status::NoData)),
        ("r.diem >= 2.25 && r.so != 3", Ok(2)),
        ("r.diem >= 2.25 || r.so == 3", Ok(3)),
        ("r.xong", Err(Status::NoData)),
        ("r.xong && r.so < 4", Ok(2)),
        ("is_missing(r.diem)", Ok(1)),
        ("!is_missing(r.xong)", Ok(3)),
        ("r.ngay <= date(\"2024-12-10\")", Ok(3)),
        ("month(r.ngay) == 12 && day(r.ngay) > 10", Ok(1)),
        ("r.ngay.year() == 2024", Ok(4)),
        ("r.loai.lower() == \"cá\"", Ok(1)),
        ("r.loai.starts_with(\"C\")", Ok(1)),
        ("len(r.loai) == 2", Ok(1)),
        ("r.xa.ten == \"Phú Lệ\"", Ok(2)),
        ("if r.loai == \"a\" { r.so > 2 } else { r.so == 4 }", Ok(2)),
        ("switch r.loai { \"a\" => r.so == 1, \"b\" => true, _ => false }", Ok(2)),
        ("{ let gap = r.so - 2; gap > 0 }", Ok(2)),
    ];
    for (condition, expected) in cases {
        let found = count(&workspace, &format!("so_ghi.filter(|r| {condition}).count()"));
        assert_eq!(found, expected.map(Exact::int), "{condition}");
    }
}

#[test]
fn tables_aggregate_exactly() {
    let workspace = register();
    let cases = [
        ("so_ghi.count()", "4"),
        ("so_ghi.year(-1).count()", "1"),
        ("so_ghi.year(2023).sum(\"diem\")", "9"),
        ("so_ghi.sum(\"so\")", "10"),
        ("so_ghi.mean(\"so\")", "2.5"),
        ("so_ghi.min(\"so\")", "1"),
        ("so_ghi.max(\"so\").year(-1)", "5"),
        ("so_ghi.distinct(\"loai\")", "3"),
        ("so_ghi.as_of(\"ngay\").count()", "3"),
        ("so_ghi.sum(\"diem\").ignore_missing()", "7.75"),
        ("so_ghi.count() * 3 - so_ghi.sum(\"so\") / 2", "7"),
        ("per(1000, so_ghi.count(), so_ghi.sum(\"so\"))", "400"),
        ("ratio(so_ghi.count(), 8)", "0.5"),
    ];
    for (measure, expected) in cases {
        let expected = Exact::parse(expected).expect("a decimal");
        assert_eq!(count(&workspace, measure), Ok(expected), "{measure}");
    }
    assert_eq!(count(&workspace, "so_ghi.sum(\"diem\")"), Err(Status::NoData));
}

#[test]
fn what_is_left_out_is_told() {
    let workspace = register();
    workspace.write(
        "rules/dem.rhai",
        "target(\"dem\", #{ measure: so_ghi.sum(\"diem\").ignore_missing(), goal: at_least(1), every_year: true });",
    );
    let checked = workspace.check();
    assert_eq!(verdict(&checked, "dem").ignored, 1);
    assert_eq!(findings(&checked, Code::MissingIgnored).len(), 1);
    workspace.write("rules/dem.rhai", "rule(\"k\", #{ title: \"x\", inputs: #{ n: so_ghi.sum(\"diem\").ignore_missing() }, check: |v| v.n == 7.75 });");
    let checked = workspace.check();
    assert_eq!(verdict(&checked, "k").status(), Status::Met);
    assert_eq!(findings(&checked, Code::MissingIgnored).len(), 1);
}

#[test]
fn functions_belong_to_their_file_or_to_the_library() {
    let workspace = register();
    workspace.write("rules/lib/chung.rhai", "fn la_a(r_loai) { r_loai == \"a\" }\nfn dem_a() { so_ghi.filter(|r| la_a(r.loai)).count() }\n");
    assert_eq!(count(&workspace, "dem_a()"), Ok(Exact::int(2)));
    assert_eq!(
        count(&workspace, "so_ghi.filter(|r| la_a(r.loai) && r.so > 1).count()"),
        Ok(Exact::int(1))
    );

    // Two files may use one name for different functions; each check calls its own.
    let rule = |name: &str, limit: i32| {
        format!(
            "fn muc() {{ {limit} }}\nrule(\"{name}\", #{{ title: \"x\", inputs: #{{ n: so_ghi.count() }}, check: |v| if v.n > muc() {{ unmet(\"quá\") }} }});"
        )
    };
    workspace.write("rules/b.rhai", rule("it", 1)).write("rules/c.rhai", rule("nhieu", 100));
    let checked = workspace.check();
    assert_eq!(verdict(&checked, "it").status(), Status::Unmet);
    assert_eq!(verdict(&checked, "nhieu").status(), Status::Met);

    // Twice in one file is a mistake too.
    let doubled = register();
    doubled.write("rules/d.rhai", "fn muc() { 1 }\nfn muc() { 2 }\n");
    assert_eq!(findings(&doubled.check(), Code::ScriptSyntax).len(), 1);

    // A name that is taken is refused, not silently replaced.
    workspace.write("rules/lib/zz.rhai", "fn percent(a, b) { a }\nfn dem_a() { 7 }\n");
    let checked = workspace.check();
    let mut taken: Vec<String> =
        findings(&checked, Code::DuplicateId).iter().map(|f| marked(&checked, f, 0)).collect();
    taken.sort();
    assert_eq!(taken, ["dem_a", "percent"]);
}

#[test]
fn checks_must_answer() {
    let answers = [
        ("v.n > 100", Status::Unmet),
        ("v.n < 100", Status::Met),
        ("if v.n > 3 { unmet(`có ${v.n}`) }", Status::Unmet),
        ("if v.n > 100 { unmet(\"x\") }", Status::Met),
        ("met()", Status::Met),
        ("\"sai rồi\"", Status::Error),
        ("v.n", Status::Error),
        ("v.m > 1", Status::Error),
        ("v.n / 0 > 1", Status::Error),
        ("loop { }", Status::Error),
    ];
    for (body, expected) in answers {
        let workspace = register();
        workspace.write("rules/b.rhai", format!("rule(\"k\", #{{ title: \"x\", inputs: #{{ n: so_ghi.count() }}, check: |v| {{ {body} }} }});\nrule(\"sau\", #{{ title: \"x\", inputs: #{{ n: so_ghi.count() }}, check: |v| v.n == 4 }});"));
        let checked = workspace.check();
        assert_eq!(verdict(&checked, "k").status(), expected, "{body}");
        assert_eq!(
            verdict(&checked, "sau").status(),
            Status::Met,
            "{body}: the next one is judged"
        );
        if expected == Status::Error {
            assert_eq!(exit(&checked), 2, "{body}");
            assert!(!verdict(&checked, "k").diagnostics()[0].labels.is_empty(), "{body}");
        }
    }
    // Each check of a loop keeps the value its own round had.
    let workspace = register();
    workspace.write("rules/b.rhai", "for c in [\"mot\", \"hai\"] { rule(c, #{ title: c, inputs: #{ n: so_ghi.count() }, check: |v| unmet(c) }); }");
    let checked = workspace.check();
    assert!(english(&verdict(&checked, "mot").diagnostics()[0]).ends_with(": mot"));
    assert!(english(&verdict(&checked, "hai").diagnostics()[0]).ends_with(": hai"));
}

#[test]
fn comparisons_that_would_be_silently_false_are_refused() {
    for condition in [
        "so_ghi > 3",
        "so_ghi.filter(|r| r.xong) == 3",
        "at_least(3) == 3",
        "so_ghi.count() == \"4\"",
        "(so_ghi.count() > 1) == true",
    ] {
        let workspace = register();
        workspace.replace(
            "rules/a.rhai",
            "goal: at_least(50)",
            &format!("applies: {condition}, not_applicable: \"không\", goal: at_least(50)"),
        );
        let checked = workspace.check();
        assert_eq!(
            findings(&checked, Code::TypeMismatch).len(),
            1,
            "{condition}: {:?}",
            checked.report.findings
        );
        assert_eq!(verdict(&checked, "1.a").status(), Status::Error, "{condition}");
    }
}

#[test]
fn expectations_can_be_about_one_year() {
    let workspace = register();
    let status = |on: &str| {
        workspace.write(
            "rules/b.rhai",
            format!("expect(\"e\", #{{ title: \"x\", on: {on}, row: |r| r.so < 5 }});"),
        );
        verdict(&workspace.check(), "e").status()
    };
    assert_eq!(status("so_ghi"), Status::Unmet, "all years");
    assert_eq!(status("so_ghi.year(0)"), Status::Met);
    assert_eq!(status("so_ghi.year(2023)"), Status::Unmet);
    assert_eq!(status("so_ghi.year(2023).year(1)"), Status::Met, "the year after 2023");
}

#[test]
fn conditions_on_nothing_are_unknown() {
    // The largest of no rows is nothing: neither above a bound nor not above it.
    for condition in [
        "so_ghi.filter(|r| r.so > 99).max(\"so\") > 1",
        "!(so_ghi.filter(|r| r.so > 99).max(\"so\") > 1)",
    ] {
        let workspace = register();
        workspace.replace(
            "rules/a.rhai",
            "goal: at_least(50)",
            &format!("applies: {condition}, not_applicable: \"không\", goal: at_least(50)"),
        );
        assert_eq!(verdict(&workspace.check(), "1.a").status(), Status::NoData, "{condition}");
    }
}

/// The small workspace with households and their members.
fn households() -> Workspace {
    let workspace = Workspace::small();
    let year_and_area = "[dimensions]\nyear = \"nam\"\narea = \"xa\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n\n[[fields]]\nname = \"xa\"\ntype = \"string\"\n\n";
    workspace.write(
        "datasets/ho.toml",
        format!("primaryKey = \"ma\"\nsubject = \"hộ\"\n\n{year_and_area}[[fields]]\nname = \"ma\"\ntype = \"string\"\n\n[[fields]]\nname = \"so_nguoi\"\ntype = \"integer\"\n"),
    );
    workspace
        .write("datasets/ho.csv", "nam,xa,ma,so_nguoi\n2024,01,a,3\n2024,01,b,2\n2024,02,c,1\n");
    workspace.write(
        "datasets/nguoi.toml",
        format!("subject = \"người\"\n\n{year_and_area}[[fields]]\nname = \"ho\"\ntype = \"string\"\n\n[[fields]]\nname = \"chu\"\ntype = \"boolean\"\n\n[[fields]]\nname = \"tuoi\"\ntype = \"integer\"\n\n[[fields]]\nname = \"nang\"\ntype = \"number\"\n\n[[fields]]\nname = \"den\"\ntype = \"date\"\n\n[[fields]]\nname = \"di\"\ntype = \"date\"\n\n[[foreignKeys]]\nfields = \"ho\"\nreference = {{ resource = \"ho\", fields = \"ma\" }}\n"),
    );
    workspace.write(
        "datasets/nguoi.csv",
        "nam,xa,ho,chu,tuoi,nang,den,di\n\
         2024,01,a,true,40,60.5,2024-01-01,2024-03-01\n\
         2024,01,b,true,30,50,2024-02-28,2024-03-01\n\
         2024,01,a,false,10,30.25,2024-02-28,2024-02-28\n\
         2024,01,b,true,70,48,2023-12-31,2024-01-01\n\
         2024,01,a,false,4,16,2024-01-01,2024-01-01\n\
         2024,02,c,false,20,55,2024-01-01,2025-01-01\n",
    );
    workspace
}

#[test]
fn measures_over_members_and_groups() {
    let workspace = households();
    let cases = [
        // Household b has two heads, c has none.
        ("nguoi.group(\"ho\").count()", Ok(Exact::int(3))),
        (
            "nguoi.group(\"ho\").filter(|g| g.filter(|r| r.chu).count() == 1).count()",
            Ok(Exact::int(1)),
        ),
        ("nguoi.group(\"ho\").filter(|g| g.count() == g.ho.so_nguoi).count()", Ok(Exact::int(3))),
        (
            "nguoi.group(\"ho\").filter(|g| g.sum(\"tuoi\") == 100 && g.ho == \"b\").count()",
            Ok(Exact::int(1)),
        ),
        (
            "nguoi.group(\"ho\").filter(|g| g.max(\"nang\") - g.min(\"nang\") > 44).count()",
            Ok(Exact::int(1)),
        ),
        (
            "nguoi.group(\"ho\").filter(|g| g.first(\"den\") < date(\"2024-01-01\")).count()",
            Ok(Exact::int(1)),
        ),
        ("nguoi.group(\"ho\", \"chu\").count()", Err(Status::Error)),
        ("nguoi.group(\"ho\", \"tuoi\").count()", Ok(Exact::int(6))),
        (
            "nguoi.filter(|r| r.tuoi >= 18).group(\"ho\").filter(|g| g.count() >= 2).count()",
            Ok(Exact::int(1)),
        ),
        (
            "nguoi.group(\"ho\").filter(|g| { let n = g.filter(|r| r.tuoi < 18).count(); n * 2 > g.count() }).count()",
            Ok(Exact::int(1)),
        ),
        (
            "nguoi.group(\"ho\").filter(|g| { let n = 35; g.filter(|r| r.tuoi > n).count() == 1 }).count()",
            Ok(Exact::int(2)),
        ),
        (
            "{ let n = 35; nguoi.group(\"ho\").filter(|g| g.filter(|r| r.tuoi > n).count() == 1).count() }",
            Ok(Exact::int(2)),
        ),
        ("nguoi.median(\"tuoi\")", Ok(Exact::int(25))),
        ("nguoi.quantile(\"tuoi\", 0.25)", Exact::ratio(25, 2).ok_or(Status::Error)),
        ("nguoi.quantile(\"nang\", 1)", Exact::ratio(605, 10).ok_or(Status::Error)),
        ("nguoi.filter(|r| r.di - r.den > 60).count()", Ok(Exact::int(1))),
        ("nguoi.filter(|r| r.di - r.den in [0, 2, 60]).count()", Ok(Exact::int(4))),
        ("nguoi.filter(|r| r.tuoi in []).count()", Ok(Exact::ZERO)),
        // Beyond 128 bits: said, not wrapped.
        (
            "nguoi.filter(|r| r.tuoi * 9_000_000_000_000_000_000 * 9_000_000_000_000_000_000 * 9 > 1).count()",
            Err(Status::Error),
        ),
        // Beyond 64 bits, still exact.
        (
            "nguoi.filter(|r| r.tuoi * 9_000_000_000_000_000_000 > 500_000_000_000_000_000_000).count()",
            Ok(Exact::int(1)),
        ),
    ];
    for (measure, expected) in cases {
        assert_eq!(count(&workspace, measure), expected, "{measure}");
    }
}

#[test]
fn a_member_that_is_unknown_makes_its_group_unknown() {
    let workspace = households();
    workspace.replace("datasets/nguoi.csv", "2024,01,b,true,70,", "2024,01,b,,70,");
    let one_head = "nguoi.group(\"ho\").filter(|g| g.filter(|r| r.chu).count() == 1).count()";
    assert_eq!(count(&workspace, one_head), Err(Status::NoData));
    let checked = workspace.check();
    let finding = findings(&checked, Code::NoData)[0];
    assert_eq!(english(finding), "dem: cannot be decided: a blank cell in chu for Phú Lệ");
    // Without doubt there are three.
    assert_eq!(count(&workspace, "nguoi.group(\"ho\").count()"), Ok(Exact::int(3)));
}

#[test]
fn a_row_that_may_belong_to_any_group_leaves_all_of_them_open() {
    let large = "nguoi.group(\"ho\").filter(|g| g.count() > 2).count()";
    let cases = [
        ("2024,02,c,", "2024,02,,", "a blank cell in ho for Nam Động"),
        ("2024,02,c,", "2024,,c,", "a blank or invalid cell in xa"),
        ("2024,02,c,", ",02,c,", "a blank or invalid cell in nam"),
    ];
    for (from, to, told) in cases {
        let workspace = households();
        workspace.replace("datasets/nguoi.csv", from, to);
        for measure in ["nguoi.group(\"ho\").count()", large] {
            assert_eq!(count(&workspace, measure), Err(Status::NoData), "{to} {measure}");
            let finding = english(findings(&workspace.check(), Code::NoData)[0]);
            assert!(finding.contains(told), "{to} {measure}: {finding}");
        }
    }
    // A row without a household in one commune leaves those of the other as they are.
    let workspace = households();
    workspace.replace("datasets/nguoi.csv", "2024,02,c,", "2024,02,,");
    let checked = {
        count(&workspace, large).expect_err("unknown");
        workspace.check()
    };
    let areas: Vec<_> =
        verdict(&checked, "dem").areas().iter().map(|area| area.value.clone()).collect();
    assert_eq!(areas, [Some(Exact::ONE), None]);
    // And nobody is blamed for a household of blanks.
    workspace.write(
        "rules/ho.rhai",
        "expect(\"it\", #{ title: \"Ít\", on: nguoi.group(\"ho\"), row: |g| g.count() < 4 });",
    );
    assert_eq!(verdict(&workspace.check(), "it").status(), Status::NoData);
}

#[test]
fn what_is_broken_in_a_group_is_not_missing() {
    let workspace = households();
    workspace.replace("datasets/nguoi.csv", ",70,48,", ",bad,48,");
    let missing = "nguoi.group(\"ho\").filter(|g| is_missing(g.sum(\"tuoi\"))).count()";
    assert_eq!(count(&workspace, missing), Err(Status::NoData));
    let none =
        "nguoi.group(\"ho\").filter(|g| is_missing(g.filter(|r| r.chu).min(\"nang\"))).count()";
    assert_eq!(count(&workspace, none), Ok(Exact::ONE));
    let nothing = "nguoi.group(\"ho\").filter(|g| g.filter(|r| r.chu).min(\"nang\") > 3).count()";
    assert_eq!(count(&workspace, nothing), Err(Status::NoData));
    let finding = english(findings(&workspace.check(), Code::NoData)[0]);
    assert!(finding.contains("a group of nguoi with nothing to compute from"), "{finding}");
}

#[test]
fn every_group_must_satisfy_its_condition() {
    let workspace = households();
    workspace.write(
        "rules/ho.rhai",
        "expect(\"mot-chu\", #{ title: \"Mỗi hộ một chủ\", on: nguoi.group(\"ho\"), row: |g| g.filter(|r| r.chu).count() == 1 });",
    );
    let checked = workspace.check();
    let broken = findings(&checked, Code::RowViolation)[0];
    assert_eq!(english(broken), "Mỗi hộ một chủ: 2 of 3 groups of nguoi (by ho) break it");
    // Each group is shown by its first row.
    let line = |label: usize| common::line_column(&checked, broken, label).0;
    assert_eq!([0, 1].map(line), [3, 7]);
    assert_eq!(exit(&checked), 1);
}

#[test]
fn what_groups_cannot_do_is_said_where_it_stands() {
    let cases = [
        ("nguoi.group(\"nang\").count()", "nang"),
        ("nguoi.group(\"hoo\").count()", "hoo"),
        ("nguoi.group(\"ho\").sum(\"tuoi\")", "sum(\"tuoi\")"),
        ("nguoi.group(\"ho\").group(\"xa\").count()", "group(\"xa\")"),
        ("nguoi.group(\"ho\").filter(|g| g.tuoi > 3).count()", "tuoi"),
        ("nguoi.group(\"ho\").filter(|g| g.mean(\"tuoi\") > 3).count()", "g.mean(\"tuoi\")"),
        ("nguoi.group(\"ho\").filter(|g| g.sum(tuoi) > 3).count()", "tuoi"),
        ("nguoi.group(\"ho\").filter(|g| g.sum(\"chu\") > 3).count()", "\"chu\""),
        ("nguoi.filter(|r| r.count() > 3).count()", "r.count()"),
        ("nguoi.filter(|r| r.filter(|x| x.chu) > 3).count()", "r.filter(|x| x.chu)"),
        ("nguoi.quantile(\"tuoi\", 90)", "90"),
        ("nguoi.median(\"ho\")", "ho"),
        ("nguoi.filter(|r| r.di + r.den > 3).count()", "r.di"),
    ];
    for (measure, place) in cases {
        let workspace = households();
        assert_eq!(count(&workspace, measure), Err(Status::Error), "{measure}");
        let checked = workspace.check();
        let finding = checked
            .report
            .diagnostics()
            // The small plan has no such clause, which is said too.
            .find(|finding| finding.is_broken() && !english(finding).starts_with("plan"))
            .unwrap_or_else(|| panic!("nothing said of {measure}"));
        assert_eq!(marked(&checked, finding, 0), place, "{measure}: {}", english(finding));
    }
}

#[test]
fn a_value_no_list_has_is_a_slip_and_a_spelling_of_one_is_none() {
    let workspace = Workspace::small();
    workspace.replace(
        "datasets/so.toml",
        "name = \"tong\"\ntype = \"integer\"",
        "name = \"tong\"\ntype = \"integer\"\n\n[[fields]]\nname = \"loai\"\ntype = \"string\"\nconstraints = { enum = [\"Hoá\", \"khác\"] }",
    );
    workspace
        .write("datasets/so.csv", "nam,xa,dat,tong,loai\n2024,01,30,50,Hóa\n2024,02,20,50,khác\n");
    let rules = workspace.read("rules/a.rhai");
    let with = |condition: &str| {
        let rule = format!(
            "\nexpect(\"e\", #{{ title: \"e\", on: so.filter(|r| {condition}), row: |r| r.dat == 30 }});\n"
        );
        workspace.write("rules/a.rhai", format!("{rules}{rule}"));
        workspace.check()
    };
    // The file's Hóa is the list's Hoá, and so is the rule's, however it is spelt.
    for condition in ["r.loai == \"Hoá\"", "r.loai == \"Hóa\"", "r.loai in [\"Ho\u{301}a\"]"] {
        let checked = with(condition);
        assert_eq!(findings(&checked, Code::UnlistedValue).len(), 0, "{condition}");
        assert_eq!(verdict(&checked, "e").status().name(), "met", "{condition}");
        assert!(verdict(&checked, "e").diagnostics().is_empty());
    }
    let checked = with("r.loai != \"khac\"");
    let told = findings(&checked, Code::UnlistedValue);
    assert_eq!(marked(&checked, told[0], 0), "\"khac\"");
    assert_eq!(helps(told[0]), ["did you mean `khác`?"]);
    assert_eq!(verdict(&checked, "e").status().name(), "error");
}
