//! Figures that were wrong once, each with its smallest input.

mod common;

use common::Workspace;
use rasoat::check::Checked;
use rasoat::diagnostic::Code;
use rasoat::message::Lang;
use rasoat::verdict::{Status, Verdict};

/// A workspace of 2025 without areas: dataset d with a year, and the columns and rows given.
fn figures(columns: &str, rows: &str, rules: &str) -> Workspace {
    let workspace = Workspace::small();
    for path in ["rules/plan.toml", "datasets/xa.toml", "datasets/xa.csv", "datasets/so.toml"] {
        workspace.remove(path);
    }
    workspace.remove("datasets/so.csv");
    workspace.write("rasoat.toml", "year = 2025\nas_of = 2025-12-10\n");
    let fields: String = columns
        .split_whitespace()
        .map(|column| {
            let (name, kind) = column.split_once(':').expect("name:type");
            let bounds = match kind {
                "digit" => "constraints = { minimum = 0, maximum = 10 }\n",
                _ => "",
            };
            let kind = if kind == "digit" { "integer" } else { kind };
            format!("\n[[fields]]\nname = \"{name}\"\ntype = \"{kind}\"\n{bounds}")
        })
        .collect();
    workspace.write(
        "datasets/d.toml",
        format!(
            "decimalChar = \".\"\n\n[dimensions]\nyear = \"nam\"\n\n[[fields]]\nname = \"nam\"\ntype = \"year\"\n{fields}"
        ),
    );
    let header: Vec<&str> =
        columns.split_whitespace().filter_map(|column| column.split(':').next()).collect();
    let rows: String =
        rows.split_whitespace().map(|row| format!("2025,{}\n", row.replace('_', ""))).collect();
    workspace.write("datasets/d.csv", format!("nam,{}\n{rows}", header.join(",")));
    workspace.write("rules/a.rhai", rules);
    workspace
}

fn target(measure: &str, goal: &str) -> String {
    format!("target(\"t\", #{{ measure: {measure}, goal: {goal}, every_year: true }});\n")
}

fn one(checked: &Checked) -> &Verdict {
    checked.report.results.iter().find(|verdict| verdict.head.id == "t").expect("the rule")
}

/// The status, and the finding's first sentence in English where there is one.
fn told(workspace: &Workspace) -> (Status, String) {
    let checked = workspace.check();
    let found = one(&checked);
    let told = found.diagnostics().first().map(|finding| finding.message.text(Lang::En));
    (found.status(), told.unwrap_or_default())
}

#[test]
fn a_blank_is_not_certainly_nothing_where_there_are_no_areas() {
    for (measure, goal) in [
        ("percent(d.sum(\"a\"), d.count() * 10)", "none()"),
        ("percent(d.filter(|r| r.a > 3).count(), d.count() * 2)", "at_least(50)"),
    ] {
        let status = told(&figures("a:digit", "_", &target(measure, goal))).0;
        assert_eq!(status, Status::NoData, "{measure} {goal}");
    }
    let rule = "assignment(\"t\", #{ met: percent(d.sum(\"a\"), d.count() * 10) == 0, due: no_deadline() });";
    assert_eq!(told(&figures("a:digit", "_", rule)).0, Status::NoData);
}

#[test]
fn a_product_does_not_add_up_over_areas() {
    let workspace = figures("xa:string a:digit n:integer b:integer", "A,_,2,8 B,0,3,32", "");
    workspace.write("datasets/xa.toml", "primaryKey = \"ma\"\n\n[[fields]]\nname = \"ma\"\ntype = \"string\"\n\n[[fields]]\nname = \"ten\"\ntype = \"string\"\n");
    workspace.write("datasets/xa.csv", "ma,ten\nA,A\nB,B\n");
    workspace.append("rasoat.toml", "\n[areas]\ndataset = \"xa\"\ncode = \"ma\"\nname = \"ten\"\n");
    workspace.replace("datasets/d.toml", "year = \"nam\"\n", "year = \"nam\"\narea = \"xa\"\n");
    workspace.write(
        "rules/a.rhai",
        target("percent(d.sum(\"a\") * d.sum(\"n\"), d.sum(\"b\"))", "at_most(30)"),
    );
    // 0 to 10 times 5, of 40: up to 125 %.
    assert_eq!(told(&workspace).0, Status::NoData);
}

#[test]
fn numbers_in_scripts_are_exact() {
    let cases = [
        ("d.sum(\"a\")", "at_least(25/2)", "12", Status::Unmet),
        ("d.sum(\"a\")", "at_least(25/2)", "13", Status::Met),
        ("d.sum(\"a\") * (1/2)", "exactly(6)", "12", Status::Met),
        ("d.sum(\"a\") * (1.0/3)", "exactly(4)", "12", Status::Met),
        ("d.sum(\"a\") * (7 % 4)", "exactly(36)", "12", Status::Met),
        ("d.sum(\"a\") * 3", "exactly(-(-36))", "12", Status::Met),
        (
            "d.sum(\"a\") + 9223372036854775807 * 4",
            "exactly(36893488147419103240)",
            "12",
            Status::Met,
        ),
        ("d.sum(\"a\")", "less_than(99999999999.999999999999999999)", "99999999999", Status::Met),
        ("d.sum(\"a\")", "more_than(99999999999.999999999999999999)", "100000000000", Status::Met),
        ("d.count()", "less_than(1.0000000000000000000000000000000000000001)", "1", Status::Met),
        (
            "d.filter(|r| r.a < 99999999999.999999999999999999).count()",
            "exactly(1)",
            "99999999999 100000000000",
            Status::Met,
        ),
        (
            "d.filter(|r| r.a in [0.5, 12.000000000000000000000000000001, 7]).count()",
            "exactly(1)",
            "12 7",
            Status::Met,
        ),
    ];
    for (measure, goal, rows, expected) in cases {
        let (status, told) = told(&figures("a:integer", rows, &target(measure, goal)));
        assert_eq!(status, expected, "{measure} {goal} of {rows}: {told}");
    }
}

#[test]
fn checks_reckon_exactly() {
    let check = |condition: &str| {
        let rule = format!(
            "rule(\"t\", #{{ title: \"x\", inputs: #{{ a: d.sum(\"a\"), h: d.mean(\"a\") }}, check: |v| {condition} }});"
        );
        told(&figures("a:integer", "12 13", &rule))
    };
    for holds in [
        "v.a / 2 == 12.5",
        "v.a * (1/2) < 12.51",
        "v.a * (1/2) > 12.49",
        "(1.0/3) * 3 == 1",
        "-v.a == -25",
        "-v.h < 0 - 12.4999999999999999999999999999999",
        "v.a % 2 == 1",
        "v.h - 12.5 == 0",
        "switch v.a { 25 => true, _ => false }",
        "abs(-7/2) == 3.5",
    ] {
        assert_eq!(check(holds), (Status::Met, String::new()), "{holds}");
    }
    // Numbers in texts have the decimal comma, whoever made them.
    let (status, text) = check("unmet(`${1.5} ${1/4} ${v.h} ${v.a}` + 2.25)");
    assert_eq!((status, text.ends_with("1,5 0,25 12,5 252,25")), (Status::Unmet, true), "{text}");
    // What is assigned to stays a whole number: told, not rounded.
    let (status, told) = check("{ let x = v.a; x /= 2; x > 0 }");
    assert_eq!(status, Status::Error);
    assert!(told.contains("x = x / y"), "{told}");
}

#[test]
fn what_is_left_out_leaves_nothing_or_less() {
    let cases = [
        ("d.filter(|r| r.a > 5).count().ignore_missing()", "none()", Status::Met),
        ("d.filter(|r| r.a > 5).sum(\"a\").ignore_missing()", "none()", Status::Met),
        (
            "percent(d.filter(|r| r.a > 5).count(), d.filter(|r| r.a > 0).count()).ignore_missing()",
            "none()",
            Status::Met,
        ),
    ];
    for (measure, goal, expected) in cases {
        let (status, told) = told(&figures("a:integer", "1 2 _", &target(measure, goal)));
        assert_eq!(status, expected, "{measure}: {told}");
    }
}

#[test]
fn a_group_that_may_not_exist_fails_nothing() {
    let rule = |condition: &str| {
        format!(
            "expect(\"t\", #{{ title: \"x\", on: d.filter(|r| r.a > 1).group(\"k\"), row: |g| {condition} }});"
        )
    };
    let workspace = figures("a:integer k:string", "_,q 3,p", &rule("g.k == \"p\""));
    assert_eq!(told(&workspace).0, Status::NoData);
    // There may be no such group, and if there is it does what is asked.
    let workspace = figures("a:integer k:string", "_,q 3,p", &rule("g.k != \"x\""));
    assert_eq!(told(&workspace).0, Status::Met);
    // Where no row is left there is no group that fails, as there is no row that does.
    let workspace = figures("a:integer k:string", "0,q 1,p", &rule("g.k == \"p\""));
    assert_eq!(told(&workspace).0, Status::Met);
}

#[test]
fn a_path_between_two_bounds_ends_at_the_nearer_one() {
    // 45 in 2021, nearer to 40; 30 or 80 in 2024, then to 40 by 2029: 32 or 72 in 2025.
    let rule = |value: &str| {
        format!(
            "target(\"t\", #{{ measure: d.sum(\"a\"), goal: between(40, 60), by: 2029, baseline: 45, baseline_year: 2021, path: milestones(#{{ \"2024\": {value} }}) }});"
        )
    };
    for (milestone, value, expected) in [
        ("30", "32", Status::OnTrack),
        ("30", "31", Status::OffTrack),
        ("80", "72", Status::OnTrack),
    ] {
        let (status, told) = told(&figures("a:integer", value, &rule(milestone)));
        assert_eq!(status, expected, "{milestone} {value}: {told}");
    }
}

#[test]
fn what_was_due_before_the_year_is_judged_without_panic() {
    let rule = "assignment(\"t\", #{ met: d.first(\"a\"), progress: d.sum(\"n\"), due: by_date(\"2024-12-15\") });";
    let workspace = figures("a:date n:integer", "2025-03-01,50", rule);
    workspace.write("rasoat.toml", "year = 2025\nas_of = 2024-12-10\n");
    let checked = workspace.check();
    assert_ne!(one(&checked).status(), Status::Met);
}

#[test]
fn bounds_are_told_as_written_and_values_beside_them_as_they_compare() {
    let cases = [
        ("50.116", "at_least(50.1234567)", "50.12 , must be at least 50.1234567"),
        ("0.127", "at_least(0.127001)", "0.127 , must be at least 0.127001"),
        ("0.13", "exactly(0.1300001)", "0.13 , must be exactly 0.1300001"),
        ("8.33333", "at_least(25/3)", "8.33 , must be at least 25/3"),
    ];
    for (value, goal, expected) in cases {
        let (_, told) = told(&figures("a:number", value, &target("d.sum(\"a\")", goal)));
        assert!(told.replace("  ", " ").contains(&expected.replace(" ,", ",")), "{told}");
    }
    // What the path requires is rounded too, but not so far that it would read as more.
    let rule = "target(\"t\", #{ measure: d.sum(\"a\"), goal: at_least(100), by: 2029, baseline: 0, baseline_year: 2022 });";
    let (status, told) = told(&figures("a:number", "42.8572", rule));
    assert_eq!(status, Status::OnTrack);
    // 300/7 = 42.857142… is required; 42.86 would be so much as is shown of the value.
    assert!(told.contains("42.86, on the path (at least 42.857 needed"), "{told}");
}

#[test]
fn what_is_missing_is_told_to_its_last_digit() {
    let help = |goal: &str| {
        let workspace = figures("a:number", "10 _", &target("d.sum(\"a\")", goal));
        workspace.replace(
            "datasets/d.toml",
            "name = \"a\"\ntype = \"number\"\n",
            "name = \"a\"\ntype = \"number\"\nconstraints = { minimum = 0 }\n",
        );
        let checked = workspace.check();
        let found = one(&checked);
        assert_eq!(found.status(), Status::NoData, "{goal}");
        found.diagnostics()[0].help[1].text(Lang::En)
    };
    assert_eq!(help("more_than(10)"), "met once what is missing comes to more than 0 units");
    assert_eq!(help("at_most(10.001)"), "met if what is missing comes to no more than 0.001 units");
    assert_eq!(help("less_than(10.5)"), "met if what is missing comes to less than 0.5 units");
}

#[test]
fn sums_means_and_medians_are_exact_beyond_128_bits() {
    let long = "99999999999999999999.123456789012345678";
    let rows = format!("{long} {long} {long}");
    for (measure, goal) in [
        ("d.sum(\"a\")", "exactly(299999999999999999997.370370367037037034)"),
        ("d.median(\"a\")", "exactly(99999999999999999999.123456789012345678)"),
        ("d.mean(\"a\")", "exactly(99999999999999999999.123456789012345678)"),
        ("percent(d.sum(\"a\"), d.sum(\"a\"))", "all()"),
        ("ratio(d.sum(\"a\") * d.sum(\"a\"), d.sum(\"a\"))", "at_least(299999999999999999997.37)"),
    ] {
        let (status, told) = told(&figures("a:number", &rows, &target(measure, goal)));
        assert_eq!(status, Status::Met, "{measure}: {told}");
    }
}

#[test]
fn a_count_of_groups_with_an_unknown_key_is_at_least_those_that_are_known() {
    let workspace = figures("k:string", "p q _", &target("d.group(\"k\").count()", "at_least(2)"));
    assert_eq!(told(&workspace).0, Status::Met);
    let workspace = figures("k:string", "p q _", &target("d.group(\"k\").count()", "at_least(3)"));
    assert_eq!(told(&workspace).0, Status::NoData);
}

#[test]
fn a_part_of_another_dataset_is_at_most_its_whole_in_every_area_where_that_is_declared() {
    let workspace = Workspace::small();
    workspace
        .write("datasets/dan.toml", workspace.read("datasets/so.toml").replace("dat", "nguoi"));
    workspace.write("datasets/dan.csv", "nam,xa,nguoi,tong\n2024,01,50,1\n2024,02,50,1\n");
    workspace.write("datasets/so.csv", "nam,xa,dat,tong\n2024,01,30,50\n2024,02,,50\n");
    workspace.write(
        "rules/a.rhai",
        "target(\"1.a\", #{ measure: percent(so.sum(\"dat\"), dan.sum(\"nguoi\")), goal: at_least(90), every_year: true });",
    );
    let status = |workspace: &Workspace| common::judge(workspace).status();
    // It could be a slip of any size.
    assert_eq!(status(&workspace), Status::NoData);
    workspace.append("datasets/so.toml", "\n[[parts]]\npart = \"dat\"\nwhole = \"dan.nguoi\"\n");
    assert_eq!(status(&workspace), Status::Unmet, "80 % at most");
    workspace.replace("datasets/so.toml", "dan.nguoi", "dan.nguoii");
    let checked = workspace.check();
    assert_eq!(common::findings(&checked, Code::UnknownColumn).len(), 1);
}
