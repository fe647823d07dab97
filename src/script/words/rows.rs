//! Row conditions.

use super::{Family, ROW_CONDITIONS, Word};

/// Row conditions.
pub const WORDS: Family = Family {
    vi: "Điều kiện theo dòng",
    en: ROW_CONDITIONS,
    words: &[
        Word {
            name: ".",
            forms: &["r.cot", "r.xa.ten"],
            vi: "Ô của dòng ở một cột; qua khoá ngoài thì là cột của bảng được tham chiếu. \
                 Trong `|g|` là khoá của nhóm.",
            en: "The row's cell in a column; through a foreign key, of the dataset referred \
                 to. Inside `|g|`, a key of the group.",
        },
        Word {
            name: "==",
            forms: &["r.a == r.b", "r.cot == u.cot"],
            vi: "Bằng nhau, giữa hai số, hai chữ, hai ngày hoặc hai giá trị true/false; chữ \
                 so từng ký tự, kể cả hoa thường và dấu. Với dòng `u` của `each` chỉ dùng \
                 dạng này.",
            en: "Equal, between two numbers, texts, dates or truth values; texts exactly, \
                 capitals and accents included. The row `u` of an `each` is used in this form \
                 only.",
        },
        Word {
            name: "!=",
            forms: &["r.a != r.b"],
            vi: "Khác nhau; chưa biết nếu một vế chưa biết.",
            en: "Different; unknown where either side is.",
        },
        Word {
            name: "<",
            forms: &["r.a < r.b"],
            vi: "Nhỏ hơn; ngày thì sớm hơn, chữ thì đứng trước theo mã ký tự. Chưa biết nếu \
                 một vế chưa biết.",
            en: "Smaller; of dates earlier, of texts first by character codes. Unknown where \
                 either side is.",
        },
        Word {
            name: "<=",
            forms: &["r.a <= r.b"],
            vi: "Nhỏ hơn hoặc bằng; chưa biết nếu một vế chưa biết.",
            en: "Smaller or equal; unknown where either side is.",
        },
        Word {
            name: ">",
            forms: &["r.a > r.b"],
            vi: "Lớn hơn; ngày thì muộn hơn. Chưa biết nếu một vế chưa biết.",
            en: "Larger; of dates later. Unknown where either side is.",
        },
        Word {
            name: ">=",
            forms: &["r.a >= r.b"],
            vi: "Lớn hơn hoặc bằng; chưa biết nếu một vế chưa biết.",
            en: "Larger or equal; unknown where either side is.",
        },
        Word {
            name: "+",
            forms: &["r.a + r.b"],
            vi: "Tổng hai số, chính xác đến 38 chữ số; chưa biết nếu một ô chưa biết.",
            en: "The sum of two numbers, exact up to 38 digits; unknown where a cell is.",
        },
        Word {
            name: "-",
            forms: &["r.a - r.b", "r.di - r.den", "-r.a"],
            vi: "Hiệu hai số, chính xác đến 38 chữ số; giữa hai ngày là số ngày, số nguyên; \
                 đứng một mình là đổi dấu. Chưa biết nếu một ô chưa biết.",
            en: "The difference of two numbers, exact up to 38 digits; of two dates, a whole \
                 number of days; alone, the sign. Unknown where a cell is.",
        },
        Word {
            name: "*",
            forms: &["r.a * r.b"],
            vi: "Tích hai số, chính xác đến 38 chữ số; chưa biết nếu một ô chưa biết. Thay \
                 phép chia thì nhân chéo: `r.a > 0.5 * r.b`.",
            en: "The product of two numbers, exact up to 38 digits; unknown where a cell is. \
                 Instead of dividing, multiply across: `r.a > 0.5 * r.b`.",
        },
        Word {
            name: "in",
            forms: &[r#"r.cot in ["a", "b"]"#, "r.so in 0..5", "r.so in 0..=5"],
            vi: "Là một trong danh sách, hoặc nằm trong khoảng: `0..5` đến 4, `0..=5` đến 5. \
                 Trong `[]` thì luôn sai, kể cả ô chưa biết.",
            en: "One of a list, or in a range: `0..5` up to 4, `0..=5` up to 5. In `[]` \
                 nothing is, not even an unknown cell.",
        },
        Word {
            name: "!in",
            forms: &[r#"r.cot !in ["a", "b"]"#],
            vi: "Không nằm trong danh sách hoặc khoảng; chưa biết khi `in` chưa biết.",
            en: "In none of a list or range; unknown where `in` is.",
        },
        Word {
            name: "&&",
            forms: &["… && …"],
            vi: "Cả hai vế đúng. Một vế sai là sai, dù vế kia chưa biết.",
            en: "Both sides hold. One that is false makes it false, even if the other is \
                 unknown.",
        },
        Word {
            name: "||",
            forms: &["… || …"],
            vi: "Ít nhất một vế đúng. Một vế đúng là đúng, dù vế kia chưa biết.",
            en: "At least one side holds. One that is true makes it true, even if the other \
                 is unknown.",
        },
        Word {
            name: "!",
            forms: &["!…"],
            vi: "Không đúng; chưa biết thì vẫn chưa biết.",
            en: "Does not hold; unknown stays unknown.",
        },
        Word {
            name: "if",
            forms: &["if … { … } else { … }"],
            vi: "Chọn một trong hai giá trị cùng kiểu; phải có `else`. Điều kiện chưa biết \
                 thì kết quả chưa biết.",
            en: "One of two values of the same type; `else` is required. An unknown condition \
                 makes the choice unknown.",
        },
        Word {
            name: "switch",
            forms: &[r#"switch r.cot { "a" => …, "b" | "c" => …, _ => … }"#],
            vi: "Chọn theo hằng số bằng với giá trị; phải có nhánh `_`. Giá trị chưa biết thì \
                 kết quả chưa biết.",
            en: "A choice by the constant that equals the value; a `_` branch is required. An \
                 unknown value makes it unknown.",
        },
        Word {
            name: "let",
            forms: &["{ let x = …; … }"],
            vi: "Đặt tên cho một giá trị để dùng lại, đứng trước biểu thức cuối. Không đặt \
                 tên được cho danh sách.",
            en: "Names a value for use further on, before the last expression. Lists cannot \
                 be named here.",
        },
        Word {
            name: "date",
            forms: &[r#"date("2024-12-31")"#],
            vi: "Một ngày cố định, viết năm-tháng-ngày.",
            en: "A fixed date, written year-month-day.",
        },
        Word {
            name: "year",
            forms: &["r.ngay.year()", "year(r.ngay)"],
            vi: "Năm của một ngày, là số.",
            en: "The year of a date, a number.",
        },
        Word {
            name: "month",
            forms: &["r.ngay.month()", "month(r.ngay)"],
            vi: "Tháng của một ngày, từ 1 đến 12.",
            en: "The month of a date, 1 to 12.",
        },
        Word {
            name: "day",
            forms: &["r.ngay.day()", "day(r.ngay)"],
            vi: "Ngày trong tháng, từ 1 đến 31.",
            en: "The day of the month, 1 to 31.",
        },
        Word {
            name: "is_missing",
            forms: &["is_missing(r.cot)", "r.cot.is_missing()"],
            vi: "Đúng nếu ô trống; chưa biết nếu ô sai hợp đồng dữ liệu. Với giá trị tính \
                 trên nhóm, đúng nếu không có dòng nào để tính; với biểu thức khác, đúng nếu \
                 không có giá trị.",
            en: "True where the cell is blank, unknown where it breaks its contract. Of what \
                 is computed of a group's members, true where there is none to take it from; \
                 of any other expression, true where it has no known value.",
        },
        Word {
            name: "lower",
            forms: &["r.cot.lower()", "lower(r.cot)"],
            vi: "Chữ viết thường.",
            en: "The text in lower case.",
        },
        Word {
            name: "trim",
            forms: &["r.cot.trim()", "trim(r.cot)"],
            vi: "Chữ bỏ khoảng trắng ở hai đầu; ô của bảng thì đã bỏ sẵn khi đọc.",
            en: "The text without spaces at either end; cells have lost theirs when they are \
                 read.",
        },
        Word {
            name: "len",
            forms: &["r.cot.len()", "len(r.cot)"],
            vi: "Số ký tự của chữ.",
            en: "Number of characters of a text.",
        },
        Word {
            name: "starts_with",
            forms: &[r#"r.cot.starts_with("a")"#, r#"starts_with(r.cot, "a")"#],
            vi: "Chữ bắt đầu bằng đoạn này, đúng cả hoa thường và dấu.",
            en: "Whether the text begins so, capitals and accents included.",
        },
        Word {
            name: "ends_with",
            forms: &[r#"r.cot.ends_with("a")"#, r#"ends_with(r.cot, "a")"#],
            vi: "Chữ kết thúc bằng đoạn này, đúng cả hoa thường và dấu.",
            en: "Whether the text ends so, capitals and accents included.",
        },
        Word {
            name: "contains",
            forms: &[r#"r.cot.contains("a")"#, r#"contains(r.cot, "a")"#],
            vi: "Chữ có chứa đoạn này, đúng cả hoa thường và dấu.",
            en: "Whether the text contains this, capitals and accents included.",
        },
    ],
};
