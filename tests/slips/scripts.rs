//! Slips in scripts.

use super::{Bench, Cure, Lost, Slip, tell_all};

const A: &str = "rules/targets/a-lao-dong-an-sinh.rhai";
const T: &str = "\ntarget(\"II.2.1.a.2-1\"";
const LOST: Lost = Lost::These(&["II.2.1.a.2-1"]);

/// A slip in the declaration of II.2.1.a.2-1 that costs that demand and that the fix mends.
const fn slip(
    from: &'static str,
    to: &'static str,
    marks: &'static str,
    says: [&'static str; 2],
) -> Slip {
    Slip { file: A, at: T, from, to, marks, says, findings: 1, lost: LOST, cure: Cure::Fix }
}

#[test]
fn brackets_quotes_and_separators() {
    tell_all(&[
        slip("(\"luc_luong\")),", "(\"luc_luong\"),", "(", ["never closed", "không đóng"]),
        slip("at_least(68)", "at_least(68", "(", ["never closed", "thêm `)` sau `at_least(68`"]),
        slip("at_least(68)", "at_least 68)", "at_least", ["`(` is missing after", "thiếu `(`"]),
        slip("at_least(68)", "at_least(68))", ")", ["one too many", "thừa `)`"]),
        slip("at_least(68),", "at_least(68)", ")", ["`,` is missing after", "thiếu `,`"]),
        slip("at_least(68),", "at_least(68);", ";", ["it is written `,`", "viết là `,`"]),
        slip("at_least(68),", "at_least(68),,", ",", ["one too many", "thừa `,`"]),
        slip("2021,\n});", "2021,\n};", "(", ["never closed", "không đóng"]),
        slip("2021,\n});", "2021,\n);", "#{", ["never closed", "không đóng"]),
        Slip {
            lost: Lost::These(&[]),
            ..slip("2021,\n});", "2021,\n})", ")", ["`;` is missing after", "thiếu `;`"])
        },
        slip("#{", "{", "{", ["open with `#{`", "mở bằng `#{`"]),
        slip("by:  ", "by ", "by", ["`:` is missing after", "thiếu `:`"]),
        slip("by:  ", "by = ", "=", ["it is written `:`", "viết là `:`"]),
        slip("2-1\"", "2-1", "\"", ["never closed", "`\"II.2.1.a.2-1\"`"]),
        slip("\"II.2", "II.2", "II.2.1.a.2-1\"", ["before this is missing", "`\"II.2.1.a.2-1\"`"]),
        slip("\"luc_luong\"", "'luc_luong'", "'luc_luong'", ["double quotes", "nháy kép"]),
        slip("\"II.2.1.a.2-1\"", "“II.2.1.a.2-1”", "“", ["“ (U+201C)", "`“ (U+201C)`"]),
    ]);
}

#[test]
fn characters_and_signs_that_scripts_do_not_have() {
    tell_all(&[
        slip("goal: ", "\u{a0}goal: ", "\u{a0}", ["U+00A0", "U+00A0"]),
        slip("lao_dong.sum", "lao_dong\u{200b}.sum", "\u{200b}", ["U+200B", "U+200B"]),
        slip("at_least(68)", ">= 68", ">= 68", ["`at_least(68)`", "`at_least(68)`"]),
        slip("at_least(68)", "≥ 68", "≥ 68", ["`at_least(68)`", "`at_least(68)`"]),
        slip("at_least(68)", "at_least(68%)", "%", ["no percent sign", "không viết dấu %"]),
        slip("at_least(68)", "at_least（68）", "（", ["（ (U+FF08)", "`(`"]),
    ]);
}

#[test]
fn keys_and_values_of_declarations() {
    tell_all(&[
        slip("goal:", "gaol:", "gaol", ["did you mean `goal`", "`goal`"]),
        slip("measure:", "mesure:", "mesure", ["did you mean `measure`", "`measure`"]),
        slip("by:  ", "years:  ", "years", ["did you mean `by`", "`by`"]),
        slip("at_least(68)", "68", "68", ["write `at_least(68)`", "viết `at_least(68)`"]),
        slip("2030", "\"2030\"", "\"2030\"", ["write `2030`", "viết `2030`"]),
        slip("2021", "\"2021\"", "\"2021\"", ["write `2021`", "viết `2021`"]),
        slip("target(", "assignment(", "assignment", ["this is a `target`", "đây là `target`"]),
        slip("target(", "target target(", "target", ["one too many", "thừa `target`"]),
        slip("target(", "(", "(", ["lacks its first word", "thiếu chữ `target`"]),
        slip("at_least(68)", "at_last(68)", "at_last", ["`at_least`", "`at_least`"]),
        Slip {
            file: "rules/quality/ho-dan-cu.rhai",
            at: "so-ban-khop-diem-dan-cu",
            lost: Lost::These(&["so-ban-khop-diem-dan-cu"]),
            ..slip("|r| ", "", "r", ["names the row first: `|r| r.…`", "đặt tên cho dòng"])
        },
        slip("lao_dong.sum", "lao_dog.sum", "lao_dog", ["`lao_dong`", "`lao_dong`"]),
        slip("qua_dao_tao", "qua_dao_toa", "qua_dao_toa", ["`qua_dao_tao`", "`qua_dao_tao`"]),
    ]);
}

const LIB: &str = "rules/lib/nhiem_vu.rhai";

#[test]
fn a_slip_in_a_shared_function_is_told_once_with_all_that_it_costs() {
    let shared = |at, from, to, marks, says, lost| Slip {
        file: LIB,
        at,
        from,
        to,
        marks,
        says,
        findings: 1,
        lost: Lost::So(lost),
        cure: Cure::Fix,
    };
    tell_all(&[
        shared(
            "fn bang_chung(ma)",
            ".first(\"ngay_van_ban\")",
            ".first(\"ngay_van_ban\"",
            "(",
            ["36 declarations are not judged", "vì vậy 36 khai báo"],
            36,
        ),
        shared(
            "fn tien_do(ma)",
            "\"tien_do\"",
            "\"tien_od\"",
            "tien_od",
            ["declarations are not judged", "vì vậy"],
            36,
        ),
    ]);
}

#[test]
fn declarations_that_nobody_hears_are_told_where_they_stand() {
    let unheard = |file, at, from, to, marks, says, lost| Slip {
        file,
        at,
        from,
        to,
        marks,
        says,
        findings: 1,
        lost: Lost::So(lost),
        cure: Cure::Hand(
            "where a comment should end, or what should call a function, is not known",
        ),
    };
    tell_all(&[
        // The comment above the first declaration; 14 declarations stand in the file.
        unheard(
            A,
            "\ntarget(\"II.2.1.a.1-1\"",
            "\ntarget(",
            "\n/*\ntarget(",
            "/*",
            ["never closed and swallows 14 declarations", "nuốt mất 14 khai báo"],
            14,
        ),
    ]);
}

#[test]
fn a_declaration_in_a_function_nobody_calls_is_told_at_the_function() {
    let mut bench = Bench::of_bundled();
    let text = bench.text(A);
    let last = text.find("target(\"II.2.1.a.4-5\"").expect("the last declaration");
    let found = bench.with(A, &format!("{}fn tao() {{\n{}}}\n", &text[..last], &text[last..]));
    let told: Vec<(&str, &str)> =
        found.findings.iter().map(|told| (told.marked.as_str(), told.english.as_str())).collect();
    let [(marked, said)] = told[..] else { panic!("{told:?}") };
    assert_eq!(marked, "tao");
    assert!(said.contains("declares 1 clause and nobody calls it: II.2.1.a.4-5"), "{said}");
    assert!(said.contains("call `tao();` below it"), "{said}");
    assert_eq!(found.lost, ["II.2.1.a.4-5"]);
}
