//! The program as it is started: exit statuses, output files, edits without compiling.

mod common;

use std::process::{Command, Output};

use common::Workspace;

fn rasoat(workspace: &Workspace, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rasoat"))
        .args(arguments)
        .current_dir(workspace.path())
        .env_remove("NO_COLOR")
        .output()
        .expect("started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("an exit status")
}

#[test]
fn a_threshold_is_edited_and_the_verdict_changes() {
    let workspace = Workspace::bundled();
    let file = "rules/targets/b-giao-duc-y-te.rhai";
    let before = rasoat(&workspace, &["check", "--select", "II.2.1.b.3-4", "--format", "concise"]);
    assert!(text(&before.stdout).contains("[unmet] II.2.1.b.3-4"));
    assert_eq!(status(&before), 1);
    workspace.replace(file, "goal:       more_than(95)", "goal:       more_than(94)");
    let after = rasoat(&workspace, &["check", "--select", "II.2.1.b.3-4", "--format", "concise"]);
    assert!(!text(&after.stdout).contains("[unmet]"), "{}", text(&after.stdout));
    assert_eq!(status(&after), 0);
}

#[test]
fn a_misspelt_column_is_one_finding_and_the_rest_is_judged() {
    let workspace = Workspace::bundled();
    workspace.replace(
        "rules/targets/a-lao-dong-an-sinh.rhai",
        "lao_dong.sum(\"qua_dao_tao\"), lao_dong",
        "lao_dong.sum(\"qua_dao_toa\"), lao_dong",
    );
    let output = rasoat(&workspace, &["check", "--lang", "en", "--color", "never"]);
    let report = text(&output.stdout);
    assert_eq!(report.matches("[unknown-column]").count(), 1);
    assert!(report.contains("did you mean `qua_dao_tao`?"));
    assert!(report.contains("1 rule could not be evaluated"), "{report}");
    assert!(report.contains("52 targets, 52 assignments"));
    assert_eq!(status(&output), 2);
}

#[test]
fn letters_in_a_number_cell_point_at_the_cell() {
    let workspace = Workspace::bundled_in(2024);
    workspace.replace("datasets/tiem_chung.csv", "2024,14884,40,29", "2024,14884,40,abc");
    let output = rasoat(&workspace, &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let bad = report["diagnostics"]
        .as_array()
        .and_then(|all| all.iter().find(|d| d["code"] == "bad-cell"))
        .expect("the finding");
    assert_eq!(bad["labels"][0]["file"], "datasets/tiem_chung.csv");
    assert_eq!(bad["labels"][0]["column"], 15);
    let of = |id: &str| {
        let results = report["results"].as_array().expect("results");
        results.iter().find(|r| r["id"] == id).expect("a result")["status"].clone()
    };
    assert_eq!(of("II.2.1.b.3-4"), "no_data");
    assert_eq!(of("II.2.1.b.3-1"), "met", "the rest is judged");
    assert_eq!(status(&output), 1);
}

#[test]
fn exit_statuses_follow_fail_on() {
    let workspace = Workspace::small();
    let at = |level: &str| status(&rasoat(&workspace, &["check", "-q", "--fail-on", level]));
    assert_eq!(at("error"), 0);
    workspace.replace("rules/a.rhai", "every_year: true", "by: 2030, baseline: 2023");
    workspace.replace("rules/a.rhai", "at_least(50)", "at_least(90)");
    // 37.5 % in 2023, 50 % in 2024, the line asks for 45: on track, which is advice.
    assert_eq!((at("error"), at("warning"), at("advice")), (0, 0, 1));
    workspace.replace("datasets/so.csv", "2024,01,30,50", "2024,01,20,50");
    // 40 %: better than 2023, below the line: behind, a warning.
    assert_eq!((at("error"), at("warning"), at("advice")), (0, 1, 1));
}

#[test]
fn several_outputs_in_one_run() {
    let workspace = Workspace::bundled();
    let output = rasoat(
        &workspace,
        &[
            "check",
            "--format",
            "concise",
            "--format",
            "json:a.json",
            "--output",
            "b.txt",
            "--format",
            "text",
        ],
    );
    assert_eq!(status(&output), 1);
    let json: serde_json::Value =
        serde_json::from_str(&workspace.read("a.json")).expect("a JSON file");
    assert_eq!(json["version"], 1);
    let concise = workspace.read("b.txt");
    assert!(concise.lines().all(|line| line.contains(": ")), "the first format without a file");
    assert!(text(&output.stdout).contains("Theo mục của kế hoạch"));
    let missing = rasoat(&workspace, &["check", "-q", "--output", "no/such/folder.json"]);
    assert_eq!(status(&missing), 2);
    assert!(text(&missing.stderr).contains("không ghi được"));
}

#[test]
fn colours_are_for_terminals() {
    let workspace = Workspace::small();
    workspace.replace("rules/a.rhai", "at_least(50)", "at_least(90)");
    let colored =
        |arguments: &[&str]| text(&rasoat(&workspace, arguments).stdout).contains('\u{1b}');
    assert!(!colored(&["check"]), "a pipe");
    assert!(colored(&["check", "--color", "always"]));
    assert!(!colored(&["check", "--color", "never"]));
    let no_color = Command::new(env!("CARGO_BIN_EXE_rasoat"))
        .args(["check"])
        .current_dir(workspace.path())
        .env("NO_COLOR", "1")
        .output()
        .expect("started");
    assert!(!text(&no_color.stdout).contains('\u{1b}'));
}

#[test]
fn wrong_usage_is_told_in_the_users_language() {
    let workspace = Workspace::small();
    let vi = rasoat(&workspace, &["check", "--strct"]);
    assert_eq!(status(&vi), 2);
    assert!(text(&vi.stderr).contains("không có tuỳ chọn `--strct`"), "{}", text(&vi.stderr));
    assert!(text(&vi.stderr).contains("--strict"));
    let en = rasoat(&workspace, &["chek", "--lang", "en"]);
    assert!(text(&en.stderr).contains("there is no command `chek`"));
    let nothing = rasoat(&workspace, &["check", "--select", "9.z", "--lang", "en"]);
    assert_eq!(status(&nothing), 2);
    assert!(text(&nothing.stderr).contains("no rule matches 9.z"));
    for half in [["--select", "1.a,9.z"], ["--lead", "A,B"]] {
        let output = rasoat(&workspace, &["check", half[0], half[1]]);
        assert_eq!(status(&output), 2, "{half:?}: a part that matches nothing is not dropped");
    }
    let date = rasoat(&workspace, &["--lang", "en", "check", "--as-of", "10/12/2024"]);
    assert_eq!(status(&date), 2);
    assert!(text(&date.stderr).contains("write the date as 2024-12-10"));
}

#[test]
fn trace_lays_one_rule_open() {
    let workspace = Workspace::bundled_in(2024);
    let shown = rasoat(&workspace, &["trace", "II.2.1.b.3-4", "--lang", "en"]);
    assert_eq!(status(&shown), 0);
    let shown = text(&shown.stdout);
    for part in ["100 × 790 ÷ 840 = 94.0476", "datasets/tiem_chung.csv:52", "Verdict\n  unmet"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let machine = rasoat(&workspace, &["trace", "II.2.1.b.3-4", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&machine.stdout).expect("JSON");
    assert_eq!(document["parts"][0]["tree"]["children"][0]["number_exact"], "790");
    let several = rasoat(&workspace, &["trace", "II.2.1.b.3", "--lang", "en"]);
    assert_eq!(status(&several), 2);
    assert!(text(&several.stderr).contains("is the beginning of several ids"));
    let unknown = rasoat(&workspace, &["trace", "II.2.1.z", "--lang", "en"]);
    assert_eq!(status(&unknown), 2);
    assert!(text(&unknown.stderr).contains("did you mean"));
    // A rule that could not be read is told like in the report.
    workspace.replace(
        "rules/targets/b-giao-duc-y-te.rhai",
        "goal:       more_than(95)",
        "goal:       95",
    );
    let broken = rasoat(&workspace, &["trace", "II.2.1.b.3-4", "--lang", "en"]);
    assert_eq!(status(&broken), 2);
    assert!(text(&broken.stdout).contains("`goal` must be a goal"), "{}", text(&broken.stdout));
}

#[test]
fn schema_check_looks_at_data_alone() {
    let workspace = Workspace::small();
    let clean = rasoat(&workspace, &["schema", "check", "--lang", "en"]);
    assert_eq!(
        text(&clean.stdout),
        "2 datasets checked against their contracts: 0 errors, 0 warnings\n"
    );
    assert_eq!(status(&clean), 0);
    // Rules are not looked at, however broken.
    workspace.append("rules/a.rhai", "\ntarget(\n");
    workspace.write("rules/waivers.toml", "[[waivers]]\nrule = \"9.z\"\n");
    workspace.replace("datasets/so.csv", "2024,02,20,50", "2024,02,abc,50");
    let broken = rasoat(&workspace, &["schema", "check", "--lang", "en"]);
    assert_eq!(status(&broken), 1);
    let told = text(&broken.stdout);
    assert!(told.contains("error[bad-cell]") && told.contains("datasets/so.csv:5:9"), "{told}");
    assert!(!told.contains("rules/a.rhai"), "{told}");
    // A column that is not there: nothing can be said of it.
    workspace.replace("datasets/so.csv", "nam,xa,dat,tong", "nam,xa,dat,tongg");
    let lost = rasoat(&workspace, &["schema", "check", "--lang", "en"]);
    assert_eq!(status(&lost), 2, "{}", text(&lost.stdout));
    let help = text(&rasoat(&workspace, &["schema", "check", "--help", "--lang", "en"]).stdout);
    assert!(help.contains("Check the datasets against their contracts, and no rule."), "{help}");
    assert!(help.contains("rasoat schema check [FOLDER]"), "{help}");
}

#[test]
fn list_and_explain() {
    let workspace = Workspace::bundled_in(2024);
    let list = text(&rasoat(&workspace, &["list", "--select", "II.2.1.a"]).stdout);
    assert_eq!(list.lines().count(), 14);
    assert!(list.contains("rules/targets/a-lao-dong-an-sinh.rhai:"));
    let rule = text(&rasoat(&workspace, &["explain", "II.2.1.b.3-4", "--lang", "en"]).stdout);
    for part in ["94.05 %", "more than 95 %", "72.5 %", "more_than(95)", "2021: "] {
        assert!(rule.contains(part), "{part} in {rule}");
    }
    let code = rasoat(&workspace, &["explain", "no-data", "--lang", "en"]);
    assert!(text(&code.stdout).contains("A blank never counts as 0"));
    let typo = rasoat(&workspace, &["explain", "no-dta", "--lang", "en"]);
    assert_eq!(status(&typo), 2);
    assert!(text(&typo.stderr).contains("did you mean `no-data`?"));
}

#[test]
fn help_is_in_both_languages() {
    let workspace = Workspace::small();
    let vi = text(&rasoat(&workspace, &["check", "--help"]).stdout);
    let en = text(&rasoat(&workspace, &["check", "--help", "--lang", "en"]).stdout);
    assert!(vi.contains("năm báo cáo") && en.contains("the reporting year"));
    for option in [
        "--year",
        "--as-of",
        "--select",
        "--lead",
        "--format",
        "--output",
        "--fail-on",
        "--strict",
        "--lang",
        "--color",
        "--quiet",
        "--verbose",
    ] {
        assert!(vi.contains(option) && en.contains(option), "{option}");
    }
}

#[test]
fn schema_infer_writes_a_contract_once() {
    let workspace = Workspace::small();
    let contract = workspace.read("datasets/so.toml");
    let there = rasoat(&workspace, &["schema", "infer", "datasets/so.csv", "--lang", "en"]);
    assert_eq!(status(&there), 2);
    assert!(text(&there.stderr).contains("datasets/so.toml is there already"));
    assert_eq!(workspace.read("datasets/so.toml"), contract, "nothing is written over");

    let printed = rasoat(&workspace, &["schema", "infer", "datasets/so.csv", "--stdout"]);
    assert_eq!(status(&printed), 0);
    workspace.remove("datasets/so.toml");
    let written = rasoat(&workspace, &["schema", "infer", "datasets/so.csv", "--lang", "en"]);
    assert_eq!(status(&written), 0);
    assert!(text(&written.stdout).contains("datasets/so.toml written: 4 columns"));
    // The comments are in the workspace's language unless another is asked for.
    assert_ne!(workspace.read("datasets/so.toml"), text(&printed.stdout));
    let check = rasoat(&workspace, &["check", "--select", "1.a", "--lang", "en"]);
    assert_eq!(status(&check), 0, "{}", text(&check.stdout));

    // Contracts stand in the datasets folder, wherever in it the data is.
    workspace.write("datasets/huyen/Biểu [1].csv", "nam,xa,so\n2024,01,5\n");
    let nested = rasoat(&workspace, &["schema", "infer", "datasets/huyen/Biểu [1].csv"]);
    assert_eq!(status(&nested), 0, "{}", text(&nested.stderr));
    assert!(workspace.read("datasets/bieu_1.toml").contains("path = \"huyen/Biểu [[]1[]].csv\""));
    workspace.write("datasets/HO.CSV", "nam,xa,so\n2024,01,5\n2024,02,6\n");
    assert_eq!(status(&rasoat(&workspace, &["schema", "infer", "datasets/HO.CSV"])), 0);
    let check = rasoat(&workspace, &["schema", "check", "--lang", "en", "--fail-on", "advice"]);
    let told = text(&check.stdout);
    assert!(!told.contains("-contract") && !told.contains("without"), "{told}");

    // The list of areas is described first, whatever the order.
    for name in ["so", "xa"] {
        workspace.remove(&format!("datasets/{name}.toml"));
    }
    let all = ["schema", "infer", "datasets/so.csv", "datasets/xa.csv"];
    assert_eq!(status(&rasoat(&workspace, &all)), 0);
    let drafted = workspace.read("datasets/so.toml");
    assert!(drafted.contains("reference = { resource = \"xa\", fields = \"ma\" }"), "{drafted}");

    workspace.write("rules/x/note.md", "");
    for (path, told) in [
        ("datasets/none.csv", "cannot read datasets/none.csv"),
        ("rasoat.toml", "rasoat.toml is of no kind that is read"),
        ("rules/x", "there is no table in rules/x"),
        ("datasets", "datasets is the folder of all datasets"),
    ] {
        let refused = rasoat(&workspace, &["schema", "infer", path, "--lang", "en"]);
        assert_eq!(status(&refused), 2, "{path}");
        let complaint = text(&refused.stderr);
        assert!(complaint.contains(told) && complaint.contains("help:"), "{complaint}");
    }
}

#[test]
fn schema_export_describes_the_datasets_for_other_programs() {
    let workspace = Workspace::small();
    let printed = rasoat(&workspace, &["schema", "export"]);
    assert_eq!(status(&printed), 0);
    let package: serde_json::Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    let resource = &package["resources"][0];
    assert_eq!((&resource["name"], &resource["path"]), (&"so".into(), &"so.csv".into()));
    assert_eq!(resource["schema"]["foreignKeys"][0]["reference"]["resource"], "xa");
    assert_eq!(resource["rasoat"]["dimensions"]["year"], "nam");

    let written = rasoat(&workspace, &["schema", "export", "-o", "datapackage.json"]);
    assert_eq!(status(&written), 0, "{}", text(&written.stderr));
    let package: serde_json::Value =
        serde_json::from_str(&workspace.read("datapackage.json")).expect("JSON");
    assert_eq!(package["resources"][0]["path"], "datasets/so.csv", "from the package's folder");

    // Nothing is written over, nor half of it.
    workspace.write("datapackage.json", "mine");
    let there = rasoat(&workspace, &["schema", "export", "-o", "datapackage.json", "--lang", "en"]);
    assert_eq!(status(&there), 2);
    assert!(text(&there.stderr).contains("datapackage.json is there already"));
    assert_eq!(workspace.read("datapackage.json"), "mine");
    let contract = workspace.read("datasets/so.toml");
    workspace.write("datasets/so.toml", "fields = 3\n");
    let broken = rasoat(&workspace, &["schema", "export", "-o", "p.json"]);
    assert_eq!(status(&broken), 2);
    assert!(!workspace.path().join("p.json").exists());
    assert_eq!(text(&rasoat(&workspace, &["schema", "export"]).stdout), "");
    workspace.write("datasets/so.toml", contract);

    let outside = rasoat(&workspace, &["schema", "export", "-o", "rules/p.json", "--lang", "en"]);
    assert_eq!(status(&outside), 2);
    assert!(text(&outside.stderr).contains("is not in the folder of rules/p.json"));
}

/// What has to be said of figures is said of a target that is met, too, though it has no finding.
#[test]
fn a_target_that_is_met_is_explained_with_its_remarks() {
    let rest = "goal: at_least(50), by: 2030, baseline: 2021";
    let workspace = common::over_years("2021,60,100 2024,70,100", rest);
    let output = rasoat(&workspace, &["explain", "1.a", "--lang", "en"]);
    let told = text(&output.stdout);
    assert!(told.contains("\nStatus: met\n"), "{told}");
    assert!(
        told.contains("\nRemark: the baseline year 2021 met the goal already (60 %)"),
        "{told}"
    );
    assert!(
        told.contains("linear trend (Destatis): achieved"),
        "the goal itself says so, however few the years: {told}"
    );
}

/// The script of a rule is shown to its end, whatever is written in it, and to the end of its piece
/// where it is broken.
#[test]
fn an_explained_rule_is_shown_as_it_is_written() {
    let workspace = Workspace::small();
    let rule = "expect(\"e\", #{ title: \"t\", on: so, note: #\"a\", (\"#,\n    row: |r| r.dat !in [')', '\"'] })";
    let broken = "expect(\"b\", #{ title: \"t\",\n    row: |r| r.dat > 1 );";
    for (text, id, shown) in [
        (format!("{rule};\nlet x = 1;\n"), "e", rule),
        (format!("{broken}\nlet x = 1;\n"), "b", broken),
        (format!("let x = `a;\n{broken}\nlet y = `;\n{rule};\nlet z = (;\n"), "b", broken),
        (format!("let x = `a;\n{rule};\n"), "e", rule),
    ] {
        workspace.write("rules/b.rhai", &text);
        let output = String::from_utf8(rasoat(&workspace, &["explain", id]).stdout).expect("UTF-8");
        let script = shown.lines().map(|line| format!("  {line}\n")).collect::<String>();
        let (_, after) = output.split_once(&script).unwrap_or_else(|| panic!("{text}\n{output}"));
        assert!(!after.starts_with("  "), "{text}\n{output}");
    }
}
