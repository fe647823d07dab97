//! What every word of the rule language means, in both languages: for the reference page, for
//! suggestions and for `rasoat explain`.

/// Words that belong together.
pub struct Family {
    /// What they are, in Vietnamese.
    pub vi: &'static str,
    /// What they are, in English.
    pub en: &'static str,
    /// The words.
    pub words: &'static [Word],
}

/// A word: how it is written, and what it gives.
pub struct Word {
    /// The name as registered; an operator's symbol.
    pub name: &'static str,
    /// As written, e.g. `T.filter(|r| …)`.
    pub forms: &'static [&'static str],
    /// What it gives, in Vietnamese.
    pub vi: &'static str,
    /// What it gives, in English.
    pub en: &'static str,
}

/// The family of what stands inside `|r| …`: it is translated, not registered.
pub const ROW_CONDITIONS: &str = "Row conditions";

/// Every word, by family. A name may occur in several: the year of a table, of a measure, of a
/// date.
pub const FAMILIES: &[Family] = &[
    Family {
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
    },
    Family {
        vi: "Bảng",
        en: "Tables",
        words: &[
            Word {
                name: "filter",
                forms: &["T.filter(|r| …)"],
                vi: "Những dòng thoả điều kiện; gọi nhiều lần thì phải thoả tất cả. Dòng mà điều \
                     kiện chưa biết làm chỉ số thành chưa biết.",
                en: "The rows for which the condition holds; several filters must all hold. A row \
                     for which it is unknown makes the measure unknown.",
            },
            Word {
                name: "as_of",
                forms: &[r#"T.as_of("ngay")"#],
                vi: "Những dòng có ngày ở cột này không sau ngày xét (`--as-of`). Ô ngày trống là \
                     chưa biết, nên lọc bỏ trước.",
                en: "The rows whose date in this column is not after the run's date (`--as-of`). \
                     A blank date is unknown, so filter blanks out first.",
            },
            Word {
                name: "year",
                forms: &["T.year(-1)", "T.year(2021)"],
                vi: "Các dòng của năm trước, của năm 2021. Số từ 1000 trở lên là năm dương lịch, \
                     số nhỏ hơn tính từ năm đang xét.",
                en: "The rows of the year before, of 2021. Numbers from 1000 up are calendar \
                     years, smaller ones count from the year being judged.",
            },
        ],
    },
    Family {
        vi: "Nhóm",
        en: "Groups",
        words: &[
            Word {
                name: "group",
                forms: &[r#"T.group("khoa")"#, r#"T.group("a", "b")"#, r#"T.group("a", "b", "c")"#],
                vi: "Gộp các dòng cùng năm, cùng khu vực có cùng giá trị ở một đến ba cột (chữ, \
                     số nguyên, năm hoặc ngày) thành nhóm. Dòng có khoá chưa biết có thể thuộc \
                     bất kỳ nhóm nào cùng năm, cùng khu vực, nên số nhóm và mọi giá trị tính trên \
                     nhóm là chưa biết.",
                en: "Gathers the rows of one year and area that have the same values in one to \
                     three columns (text, whole numbers, years or dates). A row whose key is \
                     unknown may belong to any group of its year and area: how many there are, \
                     and what is computed of their members, is then unknown.",
            },
            Word {
                name: "filter",
                forms: &["T.group(…).filter(|g| …)", "g.filter(|r| …)"],
                vi: "Sau `group`: những nhóm thoả điều kiện. Trong `|g|`: những dòng của nhóm \
                     thoả điều kiện, đứng trước `count`, `sum`…",
                en: "After `group`: the groups for which the condition holds. Inside `|g|`: the \
                     members for which it does, before `count`, `sum` and so on.",
            },
            Word {
                name: "count",
                forms: &["T.group(…).count()", "g.count()"],
                vi: "Số nhóm; trong `|g|` là số dòng của nhóm.",
                en: "Number of groups; inside `|g|`, number of members.",
            },
            Word {
                name: "sum",
                forms: &[r#"g.sum("cot")"#],
                vi: "Tổng một cột số trên các dòng của nhóm; không có dòng nào thì bằng 0. Một ô \
                     chưa biết làm tổng thành chưa biết.",
                en: "Sum of a column of numbers over the members; 0 where there are none. One \
                     unknown cell makes it unknown.",
            },
            Word {
                name: "min",
                forms: &[r#"g.min("cot")"#],
                vi: "Số nhỏ nhất trong các dòng của nhóm; chưa biết nếu không có dòng nào hoặc có \
                     ô chưa biết.",
                en: "The smallest number of the members; unknown where there are none or a cell \
                     is unknown.",
            },
            Word {
                name: "max",
                forms: &[r#"g.max("cot")"#],
                vi: "Số lớn nhất trong các dòng của nhóm; chưa biết nếu không có dòng nào hoặc có \
                     ô chưa biết.",
                en: "The largest number of the members; unknown where there are none or a cell is \
                     unknown.",
            },
            Word {
                name: "distinct",
                forms: &[r#"g.distinct("cot")"#],
                vi: "Số giá trị khác nhau trong các dòng của nhóm, cột kiểu nào cũng được; chưa \
                     biết nếu có ô chưa biết.",
                en: "Number of different values among the members, of a column of any type; \
                     unknown where a cell is unknown.",
            },
            Word {
                name: "first",
                forms: &[r#"g.first("ngay")"#],
                vi: "Ngày sớm nhất trong các dòng của nhóm; chưa biết nếu không có dòng nào hoặc \
                     có ô chưa biết.",
                en: "The earliest date of the members; unknown where there are none or a cell is \
                     unknown.",
            },
            Word {
                name: "last",
                forms: &[r#"g.last("ngay")"#],
                vi: "Ngày muộn nhất trong các dòng của nhóm; chưa biết nếu không có dòng nào hoặc \
                     có ô chưa biết.",
                en: "The latest date of the members; unknown where there are none or a cell is \
                     unknown.",
            },
        ],
    },
    Family {
        vi: "Chỉ số",
        en: "Measures",
        words: &[
            Word { name: "count", forms: &["T.count()"], vi: "Số dòng.", en: "Number of rows." },
            Word {
                name: "sum",
                forms: &[r#"T.sum("cot")"#],
                vi: "Tổng một cột số; không có dòng nào được chọn thì bằng 0.",
                en: "Sum of a column of numbers; 0 where no row is chosen.",
            },
            Word {
                name: "mean",
                forms: &[r#"T.mean("cot")"#],
                vi: "Trung bình cộng của một cột số, là một phân số chính xác. Không có dòng nào \
                     được chọn thì không có giá trị.",
                en: "Mean of a column of numbers, an exact fraction. Without a chosen row there \
                     is no value.",
            },
            Word {
                name: "min",
                forms: &[r#"T.min("cot")"#],
                vi: "Số nhỏ nhất của một cột số. Không có dòng nào được chọn thì không có giá trị.",
                en: "The smallest number of a column. Without a chosen row there is no value.",
            },
            Word {
                name: "max",
                forms: &[r#"T.max("cot")"#],
                vi: "Số lớn nhất của một cột số. Không có dòng nào được chọn thì không có giá trị.",
                en: "The largest number of a column. Without a chosen row there is no value.",
            },
            Word {
                name: "median",
                forms: &[r#"T.median("cot")"#],
                vi: "Trung vị của một cột số: như `quantile` với 0.5. Không có dòng nào được chọn \
                     thì không có giá trị.",
                en: "The median of a column of numbers: `quantile` at 0.5. Without a chosen row \
                     there is no value.",
            },
            Word {
                name: "quantile",
                forms: &[r#"T.quantile("cot", 0.9)"#],
                vi: "Phân vị của một cột số ở tỷ lệ từ 0 đến 1; giữa hai thứ hạng gần nhất thì \
                     nội suy tuyến tính, chính xác (như PERCENTILE.INC của bảng tính).",
                en: "The quantile of a column of numbers at a share from 0 to 1; between the two \
                     nearest ranks by linear interpolation, exactly (PERCENTILE.INC of \
                     spreadsheets).",
            },
            Word {
                name: "distinct",
                forms: &[r#"T.distinct("cot")"#],
                vi: "Số giá trị khác nhau của một cột kiểu bất kỳ; không có dòng nào được chọn \
                     thì bằng 0.",
                en: "Number of different values of a column of any type; 0 where no row is chosen.",
            },
            Word {
                name: "first",
                forms: &[r#"T.first("ngay")"#],
                vi: "Ngày sớm nhất của một cột ngày; dùng làm bằng chứng trong `met`.",
                en: "The earliest date of a date column; serves as evidence in `met`.",
            },
            Word {
                name: "last",
                forms: &[r#"T.last("ngay")"#],
                vi: "Ngày muộn nhất của một cột ngày; dùng làm bằng chứng trong `met`.",
                en: "The latest date of a date column; serves as evidence in `met`.",
            },
            Word {
                name: "percent",
                forms: &["percent(M, M)"],
                vi: "100 · tử số / mẫu số, tính theo %. Tử số nằm trong mẫu số: quá 100 % là số \
                     liệu sai. Mẫu số bằng 0 thì chưa biết.",
                en: "100 · part / whole, in %. The part is among the whole: above 100 % the data \
                     is wrong. Unknown where the whole is 0.",
            },
            Word {
                name: "ratio",
                forms: &["ratio(M, M)"],
                vi: "Thương a / b, có thể lớn hơn 1. Mẫu số bằng 0 thì chưa biết.",
                en: "The quotient a / b, which may be above 1. Unknown where b is 0.",
            },
            Word {
                name: "per",
                forms: &["per(10_000, M, M)"],
                vi: "n · a / b: có bao nhiêu a trên mỗi n của b, như số bác sĩ trên 10.000 dân; n \
                     là số dương. Mẫu số bằng 0 thì chưa biết.",
                en: "n · a / b: how many of a for every n of b, such as doctors for 10 000 \
                     people; n is a positive number. Unknown where b is 0.",
            },
            Word {
                name: "year",
                forms: &["M.year(-1)", "M.year(2021)"],
                vi: "Cả chỉ số ấy ở năm trước, ở năm 2021; gọi nhiều lần thì cộng dồn.",
                en: "The whole measure in the year before, in 2021; shifts add up.",
            },
            Word {
                name: "ignore_missing",
                forms: &["M.ignore_missing()"],
                vi: "Bỏ qua ô chưa biết và dòng thiếu, không để chúng làm chỉ số thành chưa biết; \
                     báo cáo nói đã bỏ bao nhiêu. Năm không có dòng nào vẫn là chưa biết.",
                en: "Leaves unknown cells and missing rows out instead of making the measure \
                     unknown; the report says how many. A year without any row stays unknown.",
            },
            Word {
                name: "+",
                forms: &["M + M"],
                vi: "Tổng hai chỉ số, hoặc chỉ số và số; chưa biết nếu một vế chưa biết.",
                en: "The sum of two measures, or of a measure and a number; unknown where either \
                     is.",
            },
            Word {
                name: "-",
                forms: &["M - M"],
                vi: "Hiệu hai chỉ số, hoặc chỉ số và số; chưa biết nếu một vế chưa biết.",
                en: "The difference of two measures, or of a measure and a number; unknown where \
                     either is.",
            },
            Word {
                name: "*",
                forms: &["M * M"],
                vi: "Tích hai chỉ số, hoặc chỉ số và số; chưa biết nếu một vế chưa biết.",
                en: "The product of two measures, or of a measure and a number; unknown where \
                     either is.",
            },
            Word {
                name: "/",
                forms: &["M / M"],
                vi: "Thương hai chỉ số, hoặc chỉ số và số; chưa biết nếu một vế chưa biết hoặc \
                     chia cho 0.",
                en: "The quotient of two measures, or of a measure and a number; unknown where \
                     either is, or where it divides by 0.",
            },
        ],
    },
    Family {
        vi: "Điều kiện",
        en: "Conditions",
        words: &[
            Word {
                name: "==",
                forms: &["M == M"],
                vi: "Hai chỉ số bằng nhau; một vế có thể là số. Chưa biết nếu một vế chưa biết \
                     hoặc không có dòng nào để tính.",
                en: "The two measures are equal; one of them may be a number. Unknown where \
                     either is, or has no rows to compute from.",
            },
            Word {
                name: "!=",
                forms: &["M != M"],
                vi: "Hai chỉ số khác nhau; một vế có thể là số. Chưa biết nếu một vế chưa biết \
                     hoặc không có dòng nào để tính.",
                en: "The two measures differ; one of them may be a number. Unknown where either \
                     is, or has no rows to compute from.",
            },
            Word {
                name: "<",
                forms: &["M < M"],
                vi: "Chỉ số bên trái nhỏ hơn; một vế có thể là số. Chưa biết nếu một vế chưa biết \
                     hoặc không có dòng nào để tính.",
                en: "The left measure is smaller; one of them may be a number. Unknown where \
                     either is, or has no rows to compute from.",
            },
            Word {
                name: "<=",
                forms: &["M <= M"],
                vi: "Chỉ số bên trái nhỏ hơn hoặc bằng; một vế có thể là số. Chưa biết nếu một vế \
                     chưa biết hoặc không có dòng nào để tính.",
                en: "The left measure is smaller or equal; one of them may be a number. Unknown \
                     where either is, or has no rows to compute from.",
            },
            Word {
                name: ">",
                forms: &["M > M"],
                vi: "Chỉ số bên trái lớn hơn; một vế có thể là số. Chưa biết nếu một vế chưa biết \
                     hoặc không có dòng nào để tính.",
                en: "The left measure is larger; one of them may be a number. Unknown where \
                     either is, or has no rows to compute from.",
            },
            Word {
                name: ">=",
                forms: &["M >= M"],
                vi: "Chỉ số bên trái lớn hơn hoặc bằng; một vế có thể là số. Chưa biết nếu một vế \
                     chưa biết hoặc không có dòng nào để tính.",
                en: "The left measure is larger or equal; one of them may be a number. Unknown \
                     where either is, or has no rows to compute from.",
            },
            Word {
                name: "all_of",
                forms: &["all_of([C, C])"],
                vi: "Mọi điều kiện trong danh sách đều đúng. Một cái sai là sai, dù cái khác chưa \
                     biết; danh sách trống là đúng.",
                en: "All conditions of the list hold. One that is false makes it false, whatever \
                     is unknown; of none it is true.",
            },
            Word {
                name: "any_of",
                forms: &["any_of([C, C])"],
                vi: "Ít nhất một điều kiện đúng. Một cái đúng là đúng, dù cái khác chưa biết; \
                     danh sách trống là sai.",
                en: "At least one condition holds. One that is true makes it true, whatever is \
                     unknown; of none it is false.",
            },
            Word {
                name: "none_of",
                forms: &["none_of([C, C])"],
                vi: "Không điều kiện nào đúng. Một cái đúng là sai, dù cái khác chưa biết; danh \
                     sách trống là đúng.",
                en: "No condition holds. One that is true makes it false, whatever is unknown; of \
                     none it is true.",
            },
            Word {
                name: "&",
                forms: &["C & C"],
                vi: "Cả hai điều kiện đúng, như `all_of`. Giữa các điều kiện không dùng `&&`.",
                en: "Both conditions hold, as `all_of`. `&&` does not work between conditions.",
            },
            Word {
                name: "|",
                forms: &["C | C"],
                vi: "Ít nhất một trong hai điều kiện đúng, như `any_of`. Giữa các điều kiện không \
                     dùng `||`.",
                en: "At least one of the two holds, as `any_of`. `||` does not work between \
                     conditions.",
            },
            Word {
                name: "!",
                forms: &["!C"],
                vi: "Điều kiện không đúng; chưa biết thì vẫn chưa biết.",
                en: "The condition does not hold; unknown stays unknown.",
            },
        ],
    },
    Family {
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
            Word {
                name: "at_most",
                forms: &["at_most(12)"],
                vi: "Không quá 12.",
                en: "12 or less.",
            },
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
    },
    Family {
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
    },
    Family {
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
    },
    Family {
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
                vi: "Tổng hai số, chính xác; không vừa 128 bit là lỗi. Nối với chữ thì thành chữ.",
                en: "The sum of two numbers, exact; what does not fit 128 bits is an error. With \
                     a text it gives a text.",
            },
            Word {
                name: "-",
                forms: &["v.a - v.b"],
                vi: "Hiệu hai số, chính xác; không vừa 128 bit là lỗi.",
                en: "The difference of two numbers, exact; what does not fit 128 bits is an error.",
            },
            Word {
                name: "*",
                forms: &["v.a * v.b"],
                vi: "Tích hai số, chính xác; không vừa 128 bit là lỗi.",
                en: "The product of two numbers, exact; what does not fit 128 bits is an error.",
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
    },
];
