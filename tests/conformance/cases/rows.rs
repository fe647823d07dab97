//! Conditions on rows, and checks of each row.

use crate::suite::Ask::{Check, Number};
use crate::suite::Case;

pub const CASES: &[Case] = &[
    Case {
        name: "both, either and not, where something is unknown",
        rows: &[(
            "so",
            "so,nam,xa,a,f\n1,2024,01,1,true\n2,2024,01,,true\n3,2024,01,,false\n4,2024,01,1,\n",
        )],
        rules: &[
            Number("so.filter(|r| r.a == 1 && r.f).count()"),
            Number("so.filter(|r| r.a == 1 || r.f).count()"),
            Number("so.filter(|r| !(r.a == 1 && r.f)).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 1 of 1, 2 unknown #2 a blank, #4 f blank",
            "q1 2024 Phú Lệ: 3 of 3, 1 unknown #3 a blank",
            "q2 2024 Phú Lệ: 1 of 1, 2 unknown #2 a blank, #4 f blank",
        ],
    },
    Case {
        name: "one of several",
        rows: &[("so", "so,nam,xa,a,s\n1,2024,01,1,a\n2,2024,01,5,b\n3,2024,01,,c\n")],
        rules: &[
            Number("so.filter(|r| r.a in [1, 2]).count()"),
            Number("so.filter(|r| r.a in [1, r.so]).count()"),
            Number("so.filter(|r| r.s !in [\"a\", \"c\"]).count()"),
            Number("so.filter(|r| !(r.a in [])).count()"),
            Number("so.filter(|r| r.a in 0..5).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 1 of 1, 1 unknown #3 a blank",
            "q1 2024 Phú Lệ: 1 of 1, 1 unknown #3 a blank",
            "q2 2024 Phú Lệ: 1 of 1",
            "q3 2024 Phú Lệ: 3 of 3",
            "q4 2024 Phú Lệ: 1 of 1, 1 unknown #3 a blank",
        ],
    },
    Case {
        name: "a choice, unknown where its condition is",
        rows: &[(
            "so",
            "so,nam,xa,a,b,f\n1,2024,01,1,9,true\n2,2024,01,2,9,false\n3,2024,01,9,9,\n",
        )],
        rules: &[Number("so.filter(|r| (if r.f { r.a } else { r.b }) == 9).count()")],
        expected: &["q0 2024 Phú Lệ: 1 of 1, 1 unknown #3 f blank"],
    },
    Case {
        name: "blank is missing, broken is neither",
        rows: &[("so", "so,nam,xa,a\n1,2024,01,1\n2,2024,01,\n3,2024,01,-\n4,2024,01,x\n")],
        rules: &[
            Number("so.filter(|r| is_missing(r.a)).count()"),
            Number("so.filter(|r| !is_missing(r.a)).count()"),
            Number("so.filter(|r| is_missing(r.a + 1)).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 2 of 2, 1 unknown #4 a broken",
            "q1 2024 Phú Lệ: 1 of 1, 1 unknown #4 a broken",
            "q2 2024 Phú Lệ: 3 of 3",
        ],
    },
    Case {
        name: "arithmetic is exact, and comparison beyond any column",
        rows: &[("so", "so,nam,xa,a,x\n1,2024,01,3,0.3\n2,2024,01,9223372036854775807,0.1\n")],
        rules: &[
            Number("so.filter(|r| r.x * 10 == 3).count()"),
            Number("so.filter(|r| r.a * 2 > 18446744073709551613).count()"),
            Number("so.filter(|r| r.x - 0.1 > 0.199999999999999999999).count()"),
            Number("so.filter(|r| -r.a < -3).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 1 of 1",
            "q1 2024 Phú Lệ: 1 of 1",
            "q2 2024 Phú Lệ: 1 of 1",
            "q3 2024 Phú Lệ: 1 of 1",
        ],
    },
    Case {
        name: "texts",
        rows: &[(
            "so",
            "so,nam,xa,s\n1,2024,01,Phú Lệ\n2,2024,01,phú\n3,2024,01,Lệ Phú\n4,2024,01,\n",
        )],
        rules: &[
            Number("so.filter(|r| r.s.starts_with(\"Phú\")).count()"),
            Number("so.filter(|r| r.s.ends_with(\"Phú\")).count()"),
            Number("so.filter(|r| r.s.lower().contains(\"phú\")).count()"),
            Number("so.filter(|r| len(r.s) == 3).count()"),
            Number("so.filter(|r| r.s > \"a\").count()"),
            Number("so.filter(|r| r.s == trim(\" Phú Lệ \")).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 1 of 1, 1 unknown #4 s blank",
            "q1 2024 Phú Lệ: 1 of 1, 1 unknown #4 s blank",
            "q2 2024 Phú Lệ: 3 of 3, 1 unknown #4 s blank",
            "q3 2024 Phú Lệ: 1 of 1, 1 unknown #4 s blank",
            "q4 2024 Phú Lệ: 1 of 1, 1 unknown #4 s blank",
            "q5 2024 Phú Lệ: 1 of 1, 1 unknown #4 s blank",
        ],
    },
    Case {
        name: "dates",
        rows: &[(
            "so",
            "so,nam,xa,d\n1,2024,01,2024-02-29\n2,2024,01,2023-12-31\n3,2024,01,2024-11-01\n",
        )],
        rules: &[
            Number("so.filter(|r| year(r.d) == 2024 && month(r.d) == 2 && day(r.d) == 29).count()"),
            Number("so.filter(|r| r.d - date(\"2023-12-31\") == 60).count()"),
            Number("so.as_of(\"d\").count()"),
        ],
        expected: &["q0 2024 Phú Lệ: 1 of 1", "q1 2024 Phú Lệ: 1 of 1", "q2 2024 Phú Lệ: 2 of 2"],
    },
    Case {
        name: "a key leads to what it meant in the row's year",
        rows: &[(
            "so",
            "so,nam,xa,k\n1,2024,01,A\n2,2024,01,B\n3,2023,01,B\n4,,01,B\n5,2024,01,X\n",
        )],
        rules: &[
            Number("so.filter(|r| r.k.w >= 2).count()"),
            Number("so.filter(|r| r.k.ten == \"bán trú\").count()"),
        ],
        expected: &[
            "q0 some year Phú Lệ: 0 of 0, 1 unknown #4 nam blank",
            "q0 2023 Phú Lệ: 1 of 1",
            "q0 2024 Phú Lệ: 1 of 1, 1 unknown #5 k broken",
            "q1 some year Phú Lệ: 0 of 0, 1 unknown #4 nam blank",
            "q1 2023 Phú Lệ: 1 of 1",
            "q1 2024 Phú Lệ: 0 of 0, 1 unknown #5 k broken",
        ],
    },
    Case {
        name: "a key without a year leads to what it means in the reporting year",
        rows: &[("nen", "ma,k,n\n1,A,1\n2,B,2\n3,,4\n")],
        rules: &[Number("nen.filter(|r| r.k.ten == \"bình thường\").sum(\"n\")")],
        expected: &["q0 always: 2 of 1, 1 unknown #3 k blank, adding 0 to 4"],
    },
    Case {
        name: "of rows with one key the last is meant",
        rows: &[
            ("loai", "ma,ten,w,tu,den\nA,,1,,\nA,,2,,\nA,,3,2025-01-01,\n"),
            ("so", "so,nam,xa,k\n1,2024,01,A\n2,2025,01,A\n"),
        ],
        rules: &[Number("so.filter(|r| r.k.w == 2).count()")],
        expected: &["q0 2024 Phú Lệ: 1 of 1"],
    },
    Case {
        name: "what a key leads to may be unknown, and is then missing whatever the reason",
        rows: &[(
            "so",
            "so,nam,xa,k\n1,2024,01,A\n2,2023,01,B\n3,2024,01,C\n4,2024,01,X\n5,2024,01,\n",
        )],
        rules: &[Number("so.filter(|r| is_missing(r.k.w)).count()"), Check("so", "|r| r.k.w > 1")],
        expected: &["q0 2024 Phú Lệ: 3 of 3", "q1 5 rows, 1 broken #1, 3 open #3"],
    },
    Case {
        name: "checks name the first rows that break them and the first that is open",
        rows: &[(
            "so",
            "so,nam,xa,a,b\n1,2024,01,3,2\n2,2024,01,,2\n3,2023,01,1,\n4,2024,01,9,8\n\
             5,2024,02,4,5\n6,2024,02,-1,-3\n7,2024,02,-1,-2\n",
        )],
        rules: &[Check("so", "|r| r.b > 4"), Check("so.filter(|r| r.so != 4)", "|r| r.b > 4")],
        expected: &[
            "q0 7 rows, 4 broken #1 #2 #6, 1 open #3",
            "q1 6 rows, 4 broken #1 #2 #6, 1 open #3",
        ],
    },
    Case {
        name: "the first open row is the first in the file, in whatever order they are scanned",
        rows: &[(
            "so",
            "so,nam,xa,a\n1,2024,01,1\n2,2024,02,\n3,2024,01,\n4,2024,01,1\n\
             5,2024,01,1\n6,2024,01,1\n\
             7,2024,01,1\n8,2024,01,1\n9,2024,01,1\n10,2024,01,1\n11,2024,01,1\n12,2024,01,1\n\
             13,2024,01,1\n14,2024,01,1\n15,2024,01,1\n16,2024,01,1\n",
        )],
        rules: &[Check("so", "|r| r.a > 0")],
        expected: &["q0 16 rows, 2 open #2"],
    },
    Case {
        name: "a row that may be meant and does what is asked decides nothing",
        rows: &[(
            "so",
            "so,nam,xa,a,b\n1,2024,01,,5\n2,2024,01,,1\n3,2024,01,,\n4,2024,01,0,\n5,2024,01,1,5\n",
        )],
        rules: &[Check("so.filter(|r| r.a > 0)", "|r| r.b > 4")],
        expected: &["q0 1 rows, 2 open #2"],
    },
    Case {
        name: "checks of another year",
        rows: &[(
            "so",
            "so,nam,xa,a\n1,2024,01,1\n2,2023,01,1\n3,2022,01,9\n4,,01,1\n5,,01,9\n6,2023,01,9\n",
        )],
        rules: &[
            Check("so.year(-1)", "|r| r.a > 4"),
            Check("so.year(2022)", "|r| r.a > 4"),
            Check("nen.year(-1)", "|r| r.n > 4"),
        ],
        expected: &[
            "q0 2 rows, 1 broken #2, 1 open #4",
            "q1 1 rows, 1 open #4",
            "q2 1 rows, 1 broken #1",
        ],
    },
];
