//! Measures and conditions on them.

use super::{Family, Word};

/// Measures.
pub const MEASURES: Family = Family {
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
};

/// Conditions.
pub const CONDITIONS: Family = Family {
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
};
