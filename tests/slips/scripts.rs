//! Slips in scripts.

use super::{Cure, Slip, tell_all};

const A: &str = "rules/targets/a-lao-dong-an-sinh.rhai";
const T: &str = "\ntarget(\"II.2.1.a.2-1\"";
const LOST: &[&str] = &["II.2.1.a.2-1"];

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
        slip("at_least(68)", "at_least(68))", ")", ["closes nothing", "không đóng ngoặc nào"]),
        slip("at_least(68),", "at_least(68)", ")", ["`,` is missing after", "thiếu `,`"]),
        slip("at_least(68),", "at_least(68);", ";", ["it is written `,`", "viết là `,`"]),
        slip("at_least(68),", "at_least(68),,", ",", ["one too many", "thừa `,`"]),
        slip("2021,\n});", "2021,\n};", "(", ["never closed", "không đóng"]),
        slip("2021,\n});", "2021,\n);", "#{", ["never closed", "không đóng"]),
        Slip {
            lost: &[],
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
