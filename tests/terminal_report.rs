//! What people read: whole findings as they are drawn, in both languages.

mod common;

use common::Workspace;
use rasoat::diagnostic::resolved::Finding;
use rasoat::diagnostic::{Diagnostic, render};
use rasoat::message::Lang;
use rasoat::report::{Options, ReportView, summary, trace};

/// Findings drawn without colours, one after another.
fn drawn<'d>(
    checked: &rasoat::check::Checked,
    findings: impl IntoIterator<Item = &'d Diagnostic>,
    lang: Lang,
) -> String {
    findings
        .into_iter()
        .map(|finding| {
            render::render(&Finding::drawn(finding.clone(), &checked.sources), lang, false)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn verdicts_on_the_bundled_plan() {
    let checked = Workspace::bundled_in(2024).check();
    let ids = [
        "II.2.1.b.3-4", // every year, missed
        "II.2.1.b.3-3", // a blank cell
        "II.2.1.b.1-2", // a share above 100 %
        "II.2.1.c.1-1", // a falling count, behind
        "IV.1-2",       // one body late, one missing
        "III.2.5",      // waived
        "III.4.1",      // collective, unfinished
    ];
    for (lang, name) in [(Lang::Vi, "verdicts_vi"), (Lang::En, "verdicts_en")] {
        let findings = ids.iter().flat_map(|id| common::verdict(&checked, id).diagnostics());
        insta::assert_snapshot!(name, drawn(&checked, findings, lang));
    }
}

#[test]
fn calculations_laid_open() {
    let cases = [
        ("II.2.1.a.3-2", Lang::Vi, 2024), // dated, at its strict bound
        ("II.2.1.b.3-3", Lang::En, 2024), // decided though a cell is blank
        ("II.2.1.b.3-5", Lang::En, 2024), // rows of persons
        ("II.2.1.c.1-4", Lang::Vi, 2024), // about, nothing counted
        ("IV.1-2", Lang::En, 2024),       // every body, every year
        ("tieu-hoc-khong-vuot-dan-so", Lang::Vi, 2024), // a check in Rhai
        ("II.2.1.b.2-2", Lang::Vi, 2025), // communes that were merged
    ];
    let mut drawn = String::new();
    for (id, lang, year) in cases {
        let workspace = Workspace::bundled_in(year);
        let (view, judged, trace) = common::traced(&workspace, id);
        drawn.push_str(&trace::render(&view, &judged, &trace, &Options::new(lang)));
        drawn.push_str("\n---\n\n");
    }
    insta::assert_snapshot!(drawn);
}

#[test]
fn the_summary_says_it_all_in_a_line_a_target() {
    let checked = Workspace::bundled().check();
    let view = ReportView::new(checked.report.clone(), &checked.sources, None);
    insta::assert_snapshot!(summary::render(&view, &Options::new(Lang::En)));
}

#[test]
fn broken_rules_and_data() {
    let workspace = Workspace::small();
    workspace.replace("datasets/so.csv", "2024,02,20,50", "2024,02,abc,50");
    workspace.replace("rules/a.rhai", "r.dat <= r.tong", "r.dat <= r.tonng");
    workspace.append(
        "rules/a.rhai",
        "\ntarget(\"1.b\", #{\n    measure: percent(so.sum(\"dat\"), so.sum(\"tong\"),\n    goal: at_least(50),\n});\n",
    );
    workspace.append("rasoat.toml", "langg = \"vi\"\n");
    let checked = workspace.check();
    let findings = checked.report.diagnostics();
    insta::assert_snapshot!(drawn(&checked, findings, Lang::Vi));
}

#[test]
fn carets_stand_under_their_words_whatever_stands_before() {
    // Decomposed letters, a tab, wide characters and a line too long to print whole.
    let workspace = Workspace::small();
    let long = "x".repeat(150);
    workspace.write(
        "rules/a.rhai",
        format!("\texpect(\"e\", #{{ title: \"đa\u{323}t 漢字 Phú\", on: so, row: |r| r.dta > 0 }}); // {long}\n"),
    );
    let checked = workspace.check();
    let finding = common::findings(&checked, rasoat::diagnostic::Code::UnknownColumn)[0];
    insta::assert_snapshot!(drawn(&checked, [finding], Lang::En));
}
