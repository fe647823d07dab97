//! Bad input: each kind gets one clear finding at the right place, and loses nothing else.

mod common;

use common::{Workspace, english, exit, findings, helps, is_broken, marked, only, verdict};
use rasoat::diagnostic::Code;
use rasoat::verdict::Status;

#[test]
fn the_small_workspace_is_clean() {
    let checked = Workspace::small().check();
    assert_eq!(exit(&checked), 0, "{:?}", checked.report.findings);
    assert_eq!(verdict(&checked, "1.a").status(), Status::Met);
    assert!(checked.report.findings.is_empty());
}

#[test]
fn no_workspace_is_refused_with_a_hint() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = rasoat::check::Request::new(folder.path(), common::day("2024-12-31"));
    let refused = rasoat::check::check(&request).expect_err("nothing there");
    assert_eq!(refused.diagnostics[0].code, Code::NoWorkspace);
    assert!(helps(&refused.diagnostics[0])[0].contains("rasoat check FOLDER"));
}

#[test]
fn settings_complain_about_everything_at_once() {
    let workspace = Workspace::small();
    workspace.write("rasoat.toml", "yaer = 2024\nyear = 2024\nas_of = \"soon\"\nlang = \"fr\"\n");
    let checked = workspace.check();
    let unknown = only(&checked, Code::UnknownKey);
    assert_eq!(marked(&checked, unknown, 0), "yaer");
    assert_eq!(helps(unknown), ["did you mean `year`?"]);
    let invalid = findings(&checked, Code::InvalidValue);
    let places: Vec<String> = invalid.iter().map(|f| marked(&checked, f, 0)).collect();
    assert_eq!(places, ["\"soon\"", "\"fr\""]);
    assert_eq!(exit(&checked), 2);
    assert_eq!(verdict(&checked, "1.a").status(), Status::Met, "the rest is judged");
}

#[test]
fn a_plan_names_what_exists_and_nothing_twice() {
    let workspace = Workspace::small();
    workspace.append(
        "rules/plan.toml",
        "\n[[clauses]]\nid = \"1.a\"\nsection = \"1\"\nkind = \"target\"\ntitle = \"x\"\n\n[[clauses]]\nid = \"1.b\"\nsection = \"2\"\nkind = \"tagret\"\nlead = \"B\"\ntitle = \"y\"\n",
    );
    let checked = workspace.check();
    let doubled = only(&checked, Code::DuplicateId);
    assert_eq!(doubled.labels.len(), 2, "both places");
    let names: Vec<String> =
        findings(&checked, Code::UnknownName).iter().map(|f| english(f)).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let kind = only(&checked, Code::InvalidValue);
    assert_eq!(helps(kind), ["did you mean `target`?"]);
}

#[test]
fn an_empty_rules_folder_says_so_and_no_clause_is_silent() {
    let workspace = Workspace::small();
    workspace.remove("rules/a.rhai");
    let checked = workspace.check();
    only(&checked, Code::NoRules);
    let lost = only(&checked, Code::ClauseWithoutRule);
    assert_eq!(marked(&checked, lost, 0), "\"1.a\"");
    assert_eq!(verdict(&checked, "1.a").status(), Status::Error);
    assert_eq!(exit(&checked), 2);
}

#[test]
fn a_contract_with_a_mistake_is_not_read_by_halves() {
    let cases = [
        ("year = \"nam\"", "year = \"namm\""),
        ("primaryKey = [\"nam\", \"xa\"]", "primaryKey = [\"nam\", \"xaa\"]"),
        ("name = \"tong\"\ntype = \"integer\"", "name = \"tong\"\ntype = \"int\""),
        ("area = \"xa\"", "area = \"dat\""),
    ];
    for (from, to) in cases {
        let workspace = Workspace::small();
        workspace.replace("datasets/so.toml", from, to);
        let checked = workspace.check();
        assert_eq!(checked.report.findings.len(), 1, "{to}: {:?}", checked.report.findings);
        assert_eq!(verdict(&checked, "1.a").status(), Status::Error, "{to}");
        assert_eq!(exit(&checked), 2, "{to}");
    }
}

#[test]
fn no_plan_and_no_rows_are_said_aloud() {
    let workspace = Workspace::small();
    workspace.remove("rules/plan.toml");
    only(&workspace.check(), Code::NoPlan);

    // A condition on rows that are not there is not met.
    let workspace = Workspace::small();
    workspace.write("datasets/so.csv", "nam,xa,dat,tong\n");
    assert_eq!(verdict(&workspace.check(), "dat-khong-vuot").status(), Status::NoData);
}

#[test]
fn composed_and_decomposed_letters_are_the_same() {
    let workspace = Workspace::small();
    workspace.replace(
        "datasets/so.toml",
        "name = \"tong\"\ntype = \"integer\"",
        "name = \"tong\"\ntype = \"integer\"\n\n[[fields]]\nname = \"kq\"\ntype = \"string\"\nconstraints = { enum = [\"đạt\"] }",
    );
    workspace.write(
        "datasets/so.csv",
        "nam,xa,dat,tong,kq\n2024,01,30,50,đa\u{323}t\n2024,02,30,50,đạt\n",
    );
    workspace.replace("rules/a.rhai", "r.dat <= r.tong", "r.kq == \"đa\u{323}t\"");
    let checked = workspace.check();
    assert!(checked.report.findings.is_empty(), "{:?}", checked.report.findings);
    assert_eq!(verdict(&checked, "dat-khong-vuot").status(), Status::Met);
}

#[test]
fn a_syntax_error_loses_its_own_declaration_only() {
    let workspace = Workspace::small();
    workspace.replace("rules/a.rhai", "goal: at_least(50),", "goal: at_least(50,");
    let checked = workspace.check();
    let error = only(&checked, Code::ScriptSyntax);
    let line = common::line_column(&checked, error, 0).0;
    assert!((3..=5).contains(&line), "line {line}");
    assert_eq!(verdict(&checked, "1.a").status(), Status::Error);
    assert_eq!(verdict(&checked, "dat-khong-vuot").status(), Status::Met);
    assert_eq!(exit(&checked), 2);

    // A function of the same file is still there for the declarations that are whole.
    workspace.append("rules/a.rhai", "\nfn nguong() { 50 }\n\ntarget(\"1.b\", #{\n    measure: so.sum(\"dat\"),\n    goal: at_least(nguong()),\n    every_year: true,\n});\n");
    let checked = workspace.check();
    assert_eq!(verdict(&checked, "1.b").status(), Status::Met);
}

#[test]
fn misspellings_get_a_caret_and_a_suggestion() {
    // (from, to, code, marked, help)
    let cases = [
        ("so.sum(\"dat\")", "so.sum(\"dta\")", Code::UnknownColumn, "dta", "did you mean `dat`?"),
        (
            "r.dat <= r.tong",
            "r.dat <= r.tonng",
            Code::UnknownColumn,
            "tonng",
            "did you mean `tong`?",
        ),
        ("on: so", "on: sso", Code::UnknownName, "sso", "did you mean `so`?"),
        (
            "every_year: true",
            "evry_year: true",
            Code::UnknownKey,
            "evry_year",
            "did you mean `every_year`?",
        ),
        ("at_least(50)", "atleast(50)", Code::UnknownName, "atleast", "did you mean `at_least`?"),
        ("percent(so", "pecent(so", Code::UnknownName, "pecent", "did you mean `percent`?"),
        (
            "every_year: true",
            "every_year: true, lead: \"AB\"",
            Code::UnknownName,
            "\"AB\"",
            "did you mean `A`?",
        ),
        ("\"1.a\"", "\"1.aa\"", Code::UnknownName, "\"1.aa\"", "did you mean `1.a`?"),
    ];
    for (from, to, code, word, help) in cases {
        let workspace = Workspace::small();
        workspace.replace("rules/a.rhai", from, to);
        let checked = workspace.check();
        let found: Vec<_> = findings(&checked, code)
            .into_iter()
            .filter(|finding| marked(&checked, finding, 0) == word)
            .collect();
        assert_eq!(found.len(), 1, "{to}: {:?}", checked.report.findings);
        assert_eq!(helps(found[0])[0], help, "{to}");
        assert_eq!(exit(&checked), 2, "{to}");
        // The other declaration is judged all the same.
        let other =
            if to.contains("tonng") || to.contains("sso") { "1.a" } else { "dat-khong-vuot" };
        assert_eq!(verdict(&checked, other).status(), Status::Met, "{to}");
    }
}

#[test]
fn carets_are_right_after_a_byte_order_mark_and_with_windows_line_ends() {
    let workspace = Workspace::small();
    let rules = workspace.read("rules/a.rhai").replace("r.tong", "r.tonng").replace('\n', "\r\n");
    workspace.write("rules/a.rhai", format!("\u{feff}// ghi chú\r\n{rules}"));
    let checked = workspace.check();
    assert_eq!(marked(&checked, only(&checked, Code::UnknownColumn), 0), "tonng");
    assert_eq!(verdict(&checked, "1.a").status(), Status::Met);
}

#[test]
fn rules_that_make_no_sense_are_told_why() {
    let cases = [
        (
            "percent(so.sum(\"dat\"), so.sum(\"tong\"))",
            "so.count()",
            "goal: at_least(50)",
            "goal: all()",
            Code::GoalUnit,
        ),
        ("so.sum(\"dat\")", "so.sum(\"xa\")", "", "", Code::TypeMismatch),
        ("r.dat <= r.tong", "r.xa > 3", "", "", Code::TypeMismatch),
        ("r.dat <= r.tong", "r.dat / r.tong <= 1", "", "", Code::UnsupportedInRow),
        ("r.dat <= r.tong", "r[\"dat\"] <= 1", "", "", Code::UnsupportedInRow),
        ("r.dat <= r.tong", "nguong < r.dat", "", "", Code::UnknownName),
        ("at_least(50)", "about(50)", "", "", Code::InvalidValue),
        ("every_year: true", "by: 2030, every_year: true", "", "", Code::InvalidValue),
        ("every_year: true,", "", "", "", Code::MissingKey),
        ("at_least(50)", "\"50\"", "", "", Code::InvalidValue),
        ("at_least(50)", "at_least(\"50\")", "", "", Code::TypeMismatch),
    ];
    for (from, to, second_from, second_to, code) in cases {
        let workspace = Workspace::small();
        workspace.replace("rules/a.rhai", from, to);
        if !second_from.is_empty() {
            workspace.replace("rules/a.rhai", second_from, second_to);
        }
        let checked = workspace.check();
        let found = findings(&checked, code);
        assert_eq!(found.len(), 1, "{to}: {:?}", checked.report.findings);
        assert!(!found[0].labels.is_empty(), "{to} points somewhere");
        assert_eq!(exit(&checked), 2, "{to}");
    }
}

#[test]
fn a_doubled_rule_points_at_both() {
    let workspace = Workspace::small();
    let rules = workspace.read("rules/a.rhai");
    workspace.write("rules/b.rhai", rules.replace("at_least(50)", "at_least(99)"));
    let checked = workspace.check();
    let found = findings(&checked, Code::DuplicateId);
    assert_eq!(found.len(), 2, "the target and the expectation");
    assert_eq!(found[0].labels.len(), 2);
    assert_eq!(verdict(&checked, "1.a").status(), Status::Met, "the first declaration counts");
}

#[test]
fn datasets_and_contracts_come_in_pairs() {
    let workspace = Workspace::small();
    workspace.write("datasets/le.csv", "a,b\n1,2\n");
    workspace.write("datasets/mot_minh.toml", "[[fields]]\nname = \"a\"\ntype = \"integer\"\n");
    let checked = workspace.check();
    assert!(english(only(&checked, Code::DatasetWithoutContract)).contains("datasets/le.csv"));
    assert!(english(only(&checked, Code::ContractWithoutDataset)).contains("mot_minh"));
    assert!(is_broken(&checked));
    assert_eq!(verdict(&checked, "1.a").status(), Status::Met);
}

#[test]
fn one_missing_column_is_one_finding() {
    let workspace = Workspace::small();
    workspace.replace("datasets/so.csv", "nam,xa,dat,tong", "nam,xa,daat,tong");
    let checked = workspace.check();
    let missing = only(&checked, Code::MissingColumn);
    assert_eq!(helps(missing), ["rename the column `daat` to `dat`?"]);
    only(&checked, Code::ExtraColumn);
    for id in ["1.a", "dat-khong-vuot"] {
        assert_eq!(verdict(&checked, id).status(), Status::Error);
        assert!(verdict(&checked, id).diagnostics().is_empty(), "the cause is told once");
    }
    assert_eq!(exit(&checked), 2);
}

#[test]
fn empty_files_and_headers_alone() {
    let workspace = Workspace::small();
    workspace.write("datasets/so.csv", "");
    let checked = workspace.check();
    only(&checked, Code::DatasetEmpty);
    assert_eq!(verdict(&checked, "1.a").status(), Status::Error);

    let workspace = Workspace::small();
    workspace.write("datasets/so.csv", "nam,xa,dat,tong\n");
    let checked = workspace.check();
    only(&checked, Code::DatasetNoRows);
    assert_eq!(verdict(&checked, "1.a").status(), Status::NoData);
}

#[test]
fn the_same_data_in_other_clothes_gives_the_same_verdict() {
    let workspace = Workspace::small();
    let plain = workspace.read("datasets/so.csv");
    let clothes = [
        format!("\u{feff}{plain}"),
        plain.replace('\n', "\r\n"),
        plain.trim_end().to_owned(),
        plain.replace("2024,01,30,50", "\"2024\",\"01\",\" 30 \",50"),
        plain.replace('\n', "\n\n"),
    ];
    for text in clothes {
        workspace.write("datasets/so.csv", &text);
        let checked = workspace.check();
        assert!(checked.report.findings.is_empty(), "{text:?}: {:?}", checked.report.findings);
        assert_eq!(verdict(&checked, "1.a").status(), Status::Met, "{text:?}");
    }
}

#[test]
fn a_newline_inside_quotes_is_one_row_and_positions_stay_true() {
    let workspace = Workspace::small();
    workspace.write("datasets/xa.csv", "ma,ten\r\n01,\"Phú\r\nLệ\"\r\n02,Nam Động\r\n");
    workspace.write("datasets/so.csv", "nam,xa,dat,tong\n2024,01,30,50\n2024,02,abc,50\n");
    let checked = workspace.check();
    let bad = only(&checked, Code::BadCell);
    assert_eq!(marked(&checked, bad, 0), "abc");
    assert_eq!(findings(&checked, Code::UnknownForeignKey).len(), 0);
}

#[test]
fn waivers_need_an_end_and_expired_ones_are_listed() {
    let workspace = Workspace::small();
    workspace.replace("rules/a.rhai", "at_least(50)", "at_least(90)");
    let waiver = |until: &str| {
        let text =
            format!("[[waivers]]\nrule = \"1.a\"\nreason = \"chờ\"\ndocument = \"1/QĐ\"\n{until}");
        workspace.write("rules/waivers.toml", text);
        workspace.check()
    };
    let checked = waiver("until = 2025-06-30\n");
    let waived = verdict(&checked, "1.a");
    assert_eq!(waived.status(), Status::Waived);
    assert_eq!(waived.status_unwaived(), Some(Status::Unmet), "judged all the same");
    assert!(waived.value().is_some());
    assert_eq!(exit(&checked), 0);

    let checked = waiver("until = 2024-12-10\n");
    assert_eq!(verdict(&checked, "1.a").status(), Status::Waived, "the last day still counts");

    let checked = waiver("until = 2024-12-09\n");
    assert_eq!(verdict(&checked, "1.a").status(), Status::Unmet);
    only(&checked, Code::WaiverExpired);

    workspace.write(
        "rules/waivers.toml",
        "[[waivers]]\nrule = \"1.a\"\nreason = \"\"\ndocument = \" \"\nuntil = 2025-06-30\n",
    );
    let checked = workspace.check();
    assert_eq!(findings(&checked, Code::InvalidValue).len(), 2, "both must say something");
    assert_eq!(verdict(&checked, "1.a").status(), Status::Unmet);

    let checked = waiver("");
    only(&checked, Code::MissingKey);
    assert_eq!(verdict(&checked, "1.a").status(), Status::Unmet);
    assert_eq!(exit(&checked), 2);
}

#[test]
fn scripts_cannot_run_away() {
    let attacks = [
        "loop { }",
        "let s = \"x\"; loop { s += s; }",
        "let a = []; loop { a.push(1); }",
        "let m = #{}; let i = 0; loop { m[`k${i}`] = i; i += 1; }",
        "fn f(x) { f(x + 1) } f(0);",
        "eval(\"1\");",
        "import \"x\" as y;",
        "throw \"x\";",
        "let x = 1 / 0;",
        "let x = nothing_there; let y = x + 1; let z = y;",
        "let c = so.count(); for i in 0..40 { c = c + c; } target(\"1.z\", #{ measure: c, goal: at_least(1), by: 2030 });",
        "let c = so.count(); for i in 0..100000 { c = c + 1; }",
        "let c = so.count() > 0; for i in 0..32 { c = c & c; }",
        "let c = so.count() > 0; for i in 0..100000 { c = !c; }",
        "let t = so; for i in 0..20000 { t = t.filter(|r| r.dat > 0); }",
        "fn a(x) { x + x } fn b(x) { a(a(a(a(a(x))))) } fn c(x) { b(b(b(b(b(x))))) } expect(\"e\", #{ title: \"e\", on: so, row: |r| c(r.dat) > 0 });",
        "let s = \"x\"; for i in 0..18 { s += s; } let m = #{}; let i = 0; loop { m[`k${i}`] = s + i; i += 1; }",
        "let x = ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))));",
    ];
    for attack in attacks {
        let workspace = Workspace::small();
        workspace.append("rasoat.toml", "\n[limits]\nmilliseconds = 2000\noperations = 300000\n");
        workspace.write("rules/zz.rhai", attack);
        let started = std::time::Instant::now();
        let checked = workspace.check();
        assert!(started.elapsed().as_secs() < 20, "{attack}");
        assert!(is_broken(&checked), "{attack}");
        assert_eq!(verdict(&checked, "1.a").status(), Status::Met, "{attack}: the rest is judged");
    }
}
