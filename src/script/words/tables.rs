//! Tables and groups of their rows.

use super::{Family, Word};

/// Tables.
pub const TABLES: Family = Family {
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
};

/// Groups.
pub const GROUPS: Family = Family {
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
};
