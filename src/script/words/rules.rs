//! Declarations, and what they are written with: goals, schedules, checks.

use super::{Family, Word};

/// Declarations.
pub const DECLARATIONS: Family = Family {
    vi: "Khai báo",
    en: "Declarations",
    words: &[
        Word {
            name: "target",
            forms: &[r#"target("MÃ", #{ measure: M, goal: …, by: 2030 });"#],
            vi: "Một chỉ tiêu của kế hoạch: chỉ số `measure` phải tới mục tiêu `goal`, từ năm \
                 `by` trở đi hoặc mỗi năm (`every_year: true`). Trước hạn, chỉ số được so với \
                 đường thẳng từ năm gốc `baseline` đến đích.",
            en: "A target of the plan: the measure `measure` must reach the goal `goal`, from \
                 the year `by` on or every year (`every_year: true`). Before it is due it is \
                 compared with the straight path from `baseline` to the goal.",
        },
        Word {
            name: "assignment",
            forms: &[r#"assignment("MÃ", #{ met: …, due: …, each: T });"#],
            vi: "Một nhiệm vụ của kế hoạch: `met` là ngày của bằng chứng hoặc một điều kiện, \
                 `due` là hạn. Có `each` thì mỗi dòng của bảng ấy là một đơn vị phải làm.",
            en: "An assignment of the plan: `met` is a date of evidence or a condition, `due` \
                 the deadline. With `each`, every row of that table is a body that must do \
                 it.",
        },
        Word {
            name: "expect",
            forms: &[
                r#"expect("MÃ", #{ title: "…", on: T, row: |r| … });"#,
                r#"expect("MÃ", #{ title: "…", on: T.group("khoa"), row: |g| … });"#,
            ],
            vi: "Mọi dòng (hoặc mọi nhóm) của `on` phải thoả điều kiện `row`, ở mọi năm nếu \
                 bảng không chọn năm. Có dòng không thoả là chưa đạt; có dòng không kết luận \
                 được là thiếu số liệu.",
            en: "Every row (or group) of `on` must satisfy `row`, in all years unless the \
                 table chooses one. A row that breaks it makes it unmet; one that cannot be \
                 decided, no data.",
        },
        Word {
            name: "rule",
            forms: &[r#"rule("MÃ", #{ title: "…", inputs: #{ a: M, b: M }, check: |v| … });"#],
            vi: "Một phép kiểm tra tự viết: `check` nhận giá trị chính xác của các chỉ số \
                 trong `inputs` ở năm báo cáo. Một giá trị chưa biết thì kết quả là thiếu số \
                 liệu.",
            en: "A check of your own: `check` is given the exact values of the measures in \
                 `inputs`, for the reporting year. One unknown value makes it no data.",
        },
    ],
};

/// Goals.
pub const GOALS: Family = Family {
    vi: "Mục tiêu",
    en: "Goals",
    words: &[
        Word {
            name: "at_least",
            forms: &["at_least(68)"],
            vi: "Từ 68 trở lên.",
            en: "68 or more.",
        },
        Word {
            name: "more_than",
            forms: &["more_than(95)"],
            vi: "Trên 95; đúng 95 là chưa đạt.",
            en: "More than 95; 95 itself does not meet it.",
        },
        Word { name: "at_most", forms: &["at_most(12)"], vi: "Không quá 12.", en: "12 or less." },
        Word {
            name: "less_than",
            forms: &["less_than(12)"],
            vi: "Dưới 12; đúng 12 là chưa đạt.",
            en: "Less than 12; 12 itself does not meet it.",
        },
        Word {
            name: "exactly",
            forms: &["exactly(15)"],
            vi: "Đúng 15, so bằng phân số chính xác.",
            en: "15, compared as exact fractions.",
        },
        Word {
            name: "between",
            forms: &["between(1, 2)"],
            vi: "Từ 1 đến 2, kể cả hai đầu.",
            en: "From 1 to 2, both included.",
        },
        Word {
            name: "about",
            forms: &["about(75, 1)"],
            vi: "Khoảng 75: từ 74 đến 76, kể cả hai đầu. Sai số cho phép là bắt buộc.",
            en: "About 75: from 74 to 76, both included. The tolerance is required.",
        },
        Word {
            name: "all",
            forms: &["all()"],
            vi: "100 %, chỉ dùng với `percent(…)`.",
            en: "100 %, of a `percent(…)` only.",
        },
        Word {
            name: "none",
            forms: &["none()"],
            vi: "Bằng 0: không còn gì. Dùng với số đếm, tổng hoặc `percent(…)`.",
            en: "0: nothing is left. Of a count, a sum or a `percent(…)`.",
        },
    ],
};

/// The way to a goal.
pub const PATHS: Family = Family {
    vi: "Lộ trình",
    en: "Paths",
    words: &[Word {
        name: "milestones",
        forms: &[r#"path: milestones(#{ "2025": 62, "2027": 65 })"#, "path: linear"],
        vi: "Các mốc phải qua trên đường từ năm gốc tới mục tiêu; giữa hai mốc là đường thẳng. \
             Năm viết trong ngoặc kép. `linear` là không có mốc nào, như khi không viết `path:`.",
        en: "Values to be reached on the way from the baseline to the goal; between two of them \
             the path is straight. Years stand in quotes. `linear` is a path without any, as \
             without `path:`.",
    }],
};

/// Schedules and dates.
pub const SCHEDULES_AND_DATES: Family = Family {
    vi: "Hạn và ngày",
    en: "Schedules and dates",
    words: &[
        Word {
            name: "every_year_before",
            forms: &[r#"every_year_before("12-10")"#],
            vi: "Trước ngày 10 tháng 12 của năm báo cáo: ngày cuối cùng là 9 tháng 12. Viết \
                 tháng trước, ngày sau.",
            en: "Before 10 December of the reporting year: the last day is the 9th. Month \
                 first, then day.",
        },
        Word {
            name: "every_year_by",
            forms: &[r#"every_year_by("12-31")"#],
            vi: "Đến hết ngày 31 tháng 12 của năm báo cáo. Viết tháng trước, ngày sau.",
            en: "By 31 December of the reporting year, that day included. Month first, then \
                 day.",
        },
        Word {
            name: "before",
            forms: &[r#"before("2025-12-31")"#],
            vi: "Trước ngày ấy: ngày cuối cùng là hôm trước đó. Nhận cả `date(…)`.",
            en: "Before that date: the last day is the one before it. Also takes `date(…)`.",
        },
        Word {
            name: "by_date",
            forms: &[r#"by_date("2025-12-31")"#],
            vi: "Đến hết ngày ấy. Nhận cả `date(…)`.",
            en: "By that date, the day included. Also takes `date(…)`.",
        },
        Word {
            name: "no_deadline",
            forms: &["no_deadline()"],
            vi: "Không có hạn: không bao giờ quá hạn. Tiến độ so với phần đã qua của năm báo \
                 cáo.",
            en: "No deadline: never overdue. Progress is compared with the part of the \
                 reporting year that has passed.",
        },
        Word {
            name: "date",
            forms: &[r#"date("2024-12-31")"#],
            vi: "Một ngày, viết năm-tháng-ngày; ngày phải có thật.",
            en: "A date, written year-month-day; it must exist.",
        },
    ],
};

/// Checks.
pub const CHECKS: Family = Family {
    vi: "Phép kiểm tra",
    en: "Checks",
    words: &[
        Word {
            name: "met",
            forms: &["met()"],
            vi: "Trả lời của `check`: đạt. Không trả lời gì, hoặc `true`, cũng là đạt.",
            en: "The answer of a `check`: met. So are no answer and `true`.",
        },
        Word {
            name: "unmet",
            forms: &[r#"unmet("lý do")"#, r#"unmet("lý do", "reason")"#],
            vi: "Trả lời của `check`: chưa đạt, với lý do bằng tiếng Việt và có thể thêm \
                 tiếng Anh. `false` cũng là chưa đạt, không có lý do riêng.",
            en: "The answer of a `check`: unmet, with the reason in Vietnamese and, if given, \
                 in English. So is `false`, without a reason of its own.",
        },
        Word {
            name: "+",
            forms: &["v.a + v.b"],
            vi: "Tổng hai số, chính xác, dài đến 20 nghìn chữ số. Nối với chữ thì thành chữ.",
            en: "The sum of two numbers, exact, of up to 20 thousand digits. With \
                 a text it gives a text.",
        },
        Word {
            name: "-",
            forms: &["v.a - v.b"],
            vi: "Hiệu hai số, chính xác, dài đến 20 nghìn chữ số.",
            en: "The difference of two numbers, exact, of up to 20 thousand digits.",
        },
        Word {
            name: "*",
            forms: &["v.a * v.b"],
            vi: "Tích hai số, chính xác, dài đến 20 nghìn chữ số.",
            en: "The product of two numbers, exact, of up to 20 thousand digits.",
        },
        Word {
            name: "/",
            forms: &["v.a / v.b"],
            vi: "Thương hai số, là phân số chính xác; chia cho 0 là lỗi.",
            en: "The quotient of two numbers, an exact fraction; dividing by 0 is an error.",
        },
        Word {
            name: "==",
            forms: &["v.a == v.b"],
            vi: "Hai số bằng nhau, so chính xác; so với giá trị không phải số là lỗi.",
            en: "The two numbers are equal, exactly; comparing with what is no number is an \
                 error.",
        },
        Word {
            name: "!=",
            forms: &["v.a != v.b"],
            vi: "Hai số khác nhau, so chính xác; so với giá trị không phải số là lỗi.",
            en: "The two numbers differ, exactly; comparing with what is no number is an \
                 error.",
        },
        Word {
            name: "<",
            forms: &["v.a < v.b"],
            vi: "Số bên trái nhỏ hơn, so chính xác; so với giá trị không phải số là lỗi.",
            en: "The left number is smaller, exactly; comparing with what is no number is an \
                 error.",
        },
        Word {
            name: "<=",
            forms: &["v.a <= v.b"],
            vi: "Số bên trái nhỏ hơn hoặc bằng, so chính xác; so với giá trị không phải số là \
                 lỗi.",
            en: "The left number is smaller or equal, exactly; comparing with what is no \
                 number is an error.",
        },
        Word {
            name: ">",
            forms: &["v.a > v.b"],
            vi: "Số bên trái lớn hơn, so chính xác; so với giá trị không phải số là lỗi.",
            en: "The left number is larger, exactly; comparing with what is no number is an \
                 error.",
        },
        Word {
            name: ">=",
            forms: &["v.a >= v.b"],
            vi: "Số bên trái lớn hơn hoặc bằng, so chính xác; so với giá trị không phải số là \
                 lỗi.",
            en: "The left number is larger or equal, exactly; comparing with what is no \
                 number is an error.",
        },
        Word {
            name: "abs",
            forms: &["abs(v.a - v.b)", "v.a.abs()"],
            vi: "Giá trị tuyệt đối.",
            en: "The number without its sign.",
        },
        Word {
            name: "to_string",
            forms: &["v.a.to_string()", "`${v.a}`"],
            vi: "Số viết thành chữ: tối đa hai chữ số lẻ, dấu phẩy thập phân.",
            en: "The number as text: up to two decimals, with a decimal comma.",
        },
        Word {
            name: "to_debug",
            forms: &["v.a.to_debug()"],
            vi: "Như `to_string`.",
            en: "The same as `to_string`.",
        },
    ],
};
