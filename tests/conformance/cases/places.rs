//! Areas through time, rows that hold for a time, and groups of rows.

use crate::suite::Ask::{Check, Each, Number};
use crate::suite::Case;

pub const CASES: &[Case] = &[
    Case {
        name: "a code means the area that has it in the row's year",
        rows: &[(
            "so",
            "so,nam,xa\n1,2023,02\n2,2024,02\n3,2023,03\n4,2024,03\n5,2024,99\n\
             6,2024,\n7,2023,01\n",
        )],
        rules: &[
            Number("so.count()"),
            Number("so.filter(|r| r.xa == \"03\").count()"),
            Number("so.filter(|r| r.xa.ten == \"Nam Xuân\").count()"),
        ],
        expected: &[
            "q0 2023 Phú Lệ: 1 of 1",
            "q0 2023 Nam Động: 1 of 1",
            "q0 2023 Hồi Xuân: 1 of 1",
            "q0 2024 somewhere: 3 of 3",
            "q0 2024 Nam Xuân: 1 of 1",
            "q1 2023 Hồi Xuân: 1 of 1",
            "q1 2024 somewhere: 0 of 0, 3 unknown #6 xa blank, #4 xa broken, #5 xa broken",
            "q2 2024 somewhere: 0 of 0, 3 unknown #6 xa blank, #4 xa broken, #5 xa broken",
            "q2 2024 Nam Xuân: 1 of 1",
        ],
    },
    Case {
        name: "areas by their names",
        rows: &[(
            "ten",
            "nam,xa,n\n2023,Nam Động,1\n2024,Nam Xuân,2\n2024,Nam Động,4\n2024,02,8\n\
             2023,Phú Lệ,16\n",
        )],
        rules: &[Number("ten.sum(\"n\")")],
        expected: &[
            "q0 2023 Phú Lệ: 16 of 1",
            "q0 2023 Nam Động: 1 of 1",
            "q0 2024 somewhere: 12 of 2",
            "q0 2024 Nam Xuân: 2 of 1",
        ],
    },
    Case {
        name: "rows that hold on the last day of the reporting year",
        rows: &[(
            "han",
            "ma,xa,n,tu,den\n1,01,1,,\n2,02,2,2024-12-31,\n3,02,4,2025-01-01,\n4,01,8,,2024-12-30\n\
             5,01,16,,2024-12-31\n6,03,32,,\n7,02,64,x,\n",
        )],
        rules: &[Number("han.sum(\"n\")"), Check("han", "|r| r.n < 3")],
        expected: &[
            "q0 always somewhere: 32 of 1",
            "q0 always Phú Lệ: 17 of 2",
            "q0 always Nam Xuân: 66 of 2",
            "q1 7 rows, 5 broken #3 #4 #5",
        ],
    },
    Case {
        name: "rows of a year that hold for a time",
        rows: &[(
            "co",
            "nam,n,tu,den\n2024,1,,\n2024,2,,2024-06-30\n2023,4,,\n2023,8,2025-01-01,\n",
        )],
        rules: &[
            Number("co.sum(\"n\")"),
            Check("co", "|r| r.n > 9"),
            Check("co.year(-1)", "|r| r.n > 9"),
            Number("co.group(\"nam\").filter(|g| g.count() == 1).count()"),
        ],
        expected: &[
            "q0 2023: 4 of 1",
            "q0 2024: 1 of 1",
            "q1 4 rows, 4 broken #1 #2 #3",
            "q2 1 rows, 1 broken #3",
            "q3 2023: 1 of 1",
            "q3 2024: 1 of 1",
        ],
    },
    Case {
        name: "groups by year, area and key, each shown by its first row",
        rows: &[(
            "so",
            "so,nam,xa,ho,a,x\n1,2024,01,h1,1,1.5\n2,2024,01,h2,2,1\n\
             3,2024,01,h1,3,2.25\n4,2023,01,h1,4,1\n\
             5,2024,02,h1,5,1\n",
        )],
        rules: &[
            Number("so.group(\"ho\").count()"),
            Number("so.group(\"ho\").filter(|g| g.count() == 2).count()"),
            Number("so.group(\"ho\").filter(|g| g.sum(\"x\") > 3.7 && g.max(\"a\") == 3).count()"),
            Number("so.filter(|r| r.a > 1).group(\"ho\").filter(|g| g.count() == 1).count()"),
            Number("so.group(\"ho\", \"so\").count()"),
            Check("so.group(\"ho\")", "|g| g.filter(|r| r.a > 1).count() == g.count()"),
            Check("so.group(\"ho\").year(-1)", "|g| g.ho == \"h1\" && g.min(\"a\") < 4"),
        ],
        expected: &[
            "q0 2023 Phú Lệ: 1 of 1",
            "q0 2024 Phú Lệ: 2 of 2",
            "q0 2024 Nam Xuân: 1 of 1",
            "q1 2024 Phú Lệ: 1 of 1",
            "q2 2024 Phú Lệ: 1 of 1",
            "q3 2023 Phú Lệ: 1 of 1",
            "q3 2024 Phú Lệ: 2 of 2",
            "q3 2024 Nam Xuân: 1 of 1",
            "q4 2023 Phú Lệ: 1 of 1",
            "q4 2024 Phú Lệ: 3 of 3",
            "q4 2024 Nam Xuân: 1 of 1",
            "q5 4 rows, 1 broken #1",
            "q6 1 rows, 1 broken #4",
        ],
    },
    Case {
        name: "a member of which something is unknown, and a group with nothing to compute from",
        rows: &[(
            "so",
            "so,nam,xa,ho,a,d\n1,2024,01,h1,1,2024-01-02\n2,2024,01,h1,,2024-01-01\n\
             3,2024,01,h2,3,\n",
        )],
        rules: &[
            Number("so.group(\"ho\").filter(|g| g.sum(\"a\") > 1).count()"),
            Number("so.group(\"ho\").filter(|g| g.first(\"d\") < date(\"2024-01-02\")).count()"),
            Number(
                "so.group(\"ho\")\
                 .filter(|g| is_missing(g.filter(|r| r.so > 2).min(\"a\"))).count()",
            ),
            Number("so.group(\"ho\").filter(|g| g.filter(|r| r.so > 2).min(\"a\") > 2).count()"),
            Number("so.group(\"ho\").filter(|g| g.distinct(\"a\") == 1).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 1 of 1, 1 unknown #2 a blank",
            "q1 2024 Phú Lệ: 1 of 1, 1 unknown #3 d blank",
            "q2 2024 Phú Lệ: 1 of 1",
            "q3 2024 Phú Lệ: 1 of 1, 1 unknown #1 ho group",
            "q4 2024 Phú Lệ: 1 of 1, 1 unknown #2 a blank",
        ],
    },
    Case {
        name: "a row of no known group may be of any in its year and area",
        rows: &[(
            "so",
            "so,nam,xa,ho,a\n1,2024,01,h1,1\n2,2024,01,,2\n3,2024,02,h1,3\n\
             4,2023,,h1,4\n5,2023,01,h1,5\n\
             6,2022,01,h1,6\n6,2022,01,h2,7\n7,2022,01,h1,8\n",
        )],
        rules: &[
            Number("so.group(\"ho\").count()"),
            Number("so.group(\"ho\").filter(|g| g.sum(\"a\") > 4).count()"),
            Check("so.group(\"ho\")", "|g| g.count() == 1"),
        ],
        expected: &[
            "q0 2022 Phú Lệ: 1 of 1, 1 unknown #6 so doubled",
            "q0 2023 somewhere: 0 of 0, 1 unknown #4 xa either",
            "q0 2023 Phú Lệ: 1 of 1",
            "q0 2024 Phú Lệ: 1 of 1, 1 unknown #2 ho blank",
            "q0 2024 Nam Xuân: 1 of 1",
            "q1 2022 Phú Lệ: 0 of 0, 2 unknown #6 so doubled, #6 so doubled",
            "q1 2023 somewhere: 0 of 0, 1 unknown #4 xa either",
            "q1 2023 Phú Lệ: 0 of 0, 1 unknown #4 xa either",
            "q1 2024 Phú Lệ: 0 of 0, 2 unknown #2 ho blank, #2 ho blank",
            "q2 4 rows, 6 open #1",
        ],
    },
    Case {
        name: "a group of rows that may not be gathered may be none",
        rows: &[(
            "so",
            "so,nam,xa,ho,f\n1,2024,01,h1,\n2,2024,01,h1,false\n3,2024,01,h2,\n4,2024,01,h2,true\n",
        )],
        rules: &[
            Number("so.filter(|r| r.f).group(\"ho\").count()"),
            Number("so.filter(|r| r.f).group(\"ho\").filter(|g| g.count() < 2).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 1 of 1, 1 unknown #1 f blank",
            "q1 2024 Phú Lệ: 0 of 0, 2 unknown #1 f blank, #3 f blank",
        ],
    },
    Case {
        name: "a row of an unknown year may be of any group",
        rows: &[("so", "so,nam,xa,ho,a\n1,2024,01,h1,1\n2,,01,h1,2\n3,2023,02,h2,3\n")],
        rules: &[
            Number("so.group(\"ho\").count()"),
            Number("so.group(\"ho\").filter(|g| g.count() > 1).count()"),
        ],
        expected: &[
            "q0 some year Phú Lệ: 0 of 0, 1 unknown #2 nam either",
            "q0 2023 Nam Động: 1 of 1",
            "q0 2024 Phú Lệ: 1 of 1",
            "q1 some year Phú Lệ: 0 of 0, 1 unknown #2 nam either",
            "q1 2023 Nam Động: 0 of 0, 1 unknown #2 nam either",
            "q1 2024 Phú Lệ: 0 of 0, 1 unknown #2 nam either",
        ],
    },
    Case {
        name: "a group of no known key stands for one that has all its keys",
        rows: &[(
            "so",
            "so,nam,xa,ho,dv\n1,2024,01,h1,A\n2,2024,01,,A\n3,2024,02,h1,\n4,2023,01,h2,B\n",
        )],
        rules: &[
            Number("so.group(\"ho\", \"dv\").filter(|g| !is_missing(g.dv)).count()"),
            Number("so.filter(|r| !is_missing(r.ho)).group(\"ho\").count()"),
        ],
        expected: &[
            "q0 2023 Phú Lệ: 1 of 1",
            "q0 2024 Phú Lệ: 1 of 1, 1 unknown #2 ho blank",
            "q0 2024 Nam Xuân: 0 of 0, 1 unknown #3 dv blank",
            "q1 2023 Phú Lệ: 1 of 1",
            "q1 2024 Phú Lệ: 1 of 1",
            "q1 2024 Nam Xuân: 1 of 1",
        ],
    },
    Case {
        name: "where nobody listed the areas, figures are of all together and groups of each",
        rows: &[
            ("rasoat.toml", ""),
            (
                "so",
                "so,nam,xa,ho,a\n1,2024,01,h1,1\n2,2024,02,h1,2\n3,2024,01,h1,4\n4,2024,,h2,8\n",
            ),
        ],
        rules: &[
            Number("so.sum(\"a\")"),
            Number("so.group(\"ho\").count()"),
            Number("so.group(\"ho\").filter(|g| g.count() == 2).count()"),
        ],
        expected: &[
            "q0 2024: 15 of 4",
            "q1 2024: 2 of 2, 1 unknown #4 xa blank",
            "q2 2024: 0 of 0, 3 unknown #4 xa blank, #4 xa blank, #4 xa blank",
        ],
    },
    Case {
        name: "groups by what their key meant in their year, and by the body they belong to",
        rows: &[(
            "so",
            "so,nam,xa,k,dv\n1,2024,01,B,A\n2,2023,01,B,A\n3,2023,01,A,B\n4,2023,01,B,B\n",
        )],
        rules: &[
            Number("so.group(\"k\").filter(|g| g.k.w == 2).count()"),
            Each("so.group(\"dv\").filter(|g| g.dv == u.ma && g.count() > 1).count() > 0"),
        ],
        expected: &["q0 2023 Phú Lệ: 1 of 1", "q1 2023 Phú Lệ of B: 1 of 1"],
    },
    Case {
        name: "a group whose key leads to nothing known is told by that key",
        rows: &[("so", "so,nam,xa,k\n1,2024,01,C\n2,2024,01,A\n")],
        rules: &[
            Number("so.group(\"k\").filter(|g| g.k.w == 2).count()"),
            Number("so.group(\"xa\", \"k\").filter(|g| g.k.w == 1).count()"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 0 of 0, 1 unknown #1 k blank",
            "q1 2024 Phú Lệ: 1 of 1, 1 unknown #1 k blank",
        ],
    },
];
