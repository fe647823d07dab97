//! Cells that are blank or broken, and rows that share a key.

use crate::suite::Ask::{Check, Date, Each, Number};
use crate::suite::Case;

pub const CASES: &[Case] = &[
    Case {
        name: "the first cells that are unknown are named, broken ones after blank ones",
        rows: &[(
            "so",
            "so,nam,xa,a,x\n1,2024,01,x,1\n2,2024,01,,1\n3,2024,01,,1\n4,2024,01,,\n\
             5,2024,01,2,2\n",
        )],
        rules: &[Number("so.filter(|r| r.a > 0).sum(\"x\")")],
        expected: &[
            "q0 2024 Phú Lệ: 2 of 1, 4 unknown #2 a blank, #3 a blank, #4 a blank, adding 0 to 53",
        ],
    },
    Case {
        name: "an unknown cell adds what its column allows",
        rows: &[("so", "so,nam,xa,x\n1,2024,01,1.5\n2,2024,01,\n3,2024,01,51\n4,2024,02,x\n")],
        rules: &[Number("so.sum(\"x\")"), Number("so.mean(\"x\")"), Number("so.median(\"x\")")],
        expected: &[
            "q0 2024 Phú Lệ: 1.5 of 1, 2 unknown #2 x blank, #3 x broken, adding 0 to 100",
            "q0 2024 Nam Xuân: 0 of 0, 1 unknown #4 x broken, adding 0 to 50",
            "q1 2024 Phú Lệ: 1.5 of 1, 2 unknown #2 x blank, #3 x broken",
            "q1 2024 Nam Xuân: nothing of 0, 1 unknown #4 x broken",
            "q2 2024 Phú Lệ: 1.5 of 1 #1, 2 unknown #2 x blank, #3 x broken",
            "q2 2024 Nam Xuân: nothing of 0, 1 unknown #4 x broken",
        ],
    },
    Case {
        name: "a part lies between nothing and its whole, a whole above its part",
        rows: &[("so", "so,nam,xa,a,b\n1,2024,01,,7\n2,2024,01,2,\n3,2024,01,9,8\n4,2024,02,,\n")],
        rules: &[Number("so.sum(\"a\")"), Number("so.sum(\"b\")")],
        expected: &[
            "q0 2024 Phú Lệ: 2 of 1, 2 unknown #1 a blank, #3 a broken, adding 0 to 15",
            "q0 2024 Nam Xuân: 0 of 0, 1 unknown #4 a blank, adding 0 to …",
            "q1 2024 Phú Lệ: 15 of 2, 1 unknown #2 b blank, adding 2 to …",
            "q1 2024 Nam Xuân: 0 of 0, 1 unknown #4 b blank, adding 0 to …",
        ],
    },
    Case {
        name: "a whole grows with its part beyond what its other parts make it",
        rows: &[(
            "so",
            "so,nam,xa,a,b,c\n1,2024,01,3,,\n2,2024,02,,,2\n3,2023,01,3,20,\n\
             4,2023,02,0,0,\n5,2022,01,9,,\n",
        )],
        rules: &[Number("so.sum(\"c\")"), Number("so.sum(\"a\")")],
        expected: &[
            "q0 2022 Phú Lệ: 0 of 0, 1 unknown #5 c blank, adding 1 to 9",
            "q0 2023 Phú Lệ: 0 of 0, 1 unknown #3 c blank, adding 1 to 9",
            "q0 2023 Nam Động: 0 of 0, 1 unknown #4 c blank, adding … to …",
            "q0 2024 Phú Lệ: 0 of 0, 1 unknown #1 c blank, adding 1 to 9, its whole then 6 more",
            "q0 2024 Nam Xuân: 2 of 1",
            "q1 2022 Phú Lệ: 9 of 1",
            "q1 2023 Phú Lệ: 3 of 1",
            "q1 2023 Nam Động: 0 of 1",
            "q1 2024 Phú Lệ: 3 of 1",
            "q1 2024 Nam Xuân: 0 of 0, 1 unknown #2 a blank, adding 0 to …, its whole then -2 more",
        ],
    },
    Case {
        name: "a row that may not count adds nothing or what it has",
        rows: &[("so", "so,nam,xa,a,b,f\n1,2024,01,3,4,\n2,2024,01,-3,,\n3,2024,01,1,1,true\n")],
        rules: &[Number("so.filter(|r| r.f).sum(\"a\")"), Number("so.filter(|r| r.f).sum(\"b\")")],
        expected: &[
            "q0 2024 Phú Lệ: 1 of 1, 2 unknown #1 f blank, #2 f blank, adding -3 to 3",
            "q1 2024 Phú Lệ: 1 of 1, 2 unknown #1 f blank, #2 f blank, adding 0 to …",
        ],
    },
    Case {
        name: "rows that share a key count for nothing",
        rows: &[(
            "so",
            "so,nam,xa,x\n1,2024,01,1\n2,2024,01,2\n2,2024,02,3\n,2024,01,4\n,2024,01,5\n",
        )],
        rules: &[
            Number("so.count()"),
            Number("so.sum(\"x\")"),
            Number("so.filter(|r| r.so == 1).count()"),
            Check("so", "|r| r.x < 2"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 3 of 3, 1 unknown #2 so doubled, adding … to …",
            "q0 2024 Nam Xuân: 0 of 0, 1 unknown #3 so doubled, adding … to …",
            "q1 2024 Phú Lệ: 10 of 3, 1 unknown #2 so doubled, adding … to …",
            "q1 2024 Nam Xuân: 0 of 0, 1 unknown #3 so doubled, adding … to …",
            "q2 2024 Phú Lệ: 1 of 1, 2 unknown #4 so blank, #5 so blank",
            "q3 5 rows, 2 broken #4 #5, 2 open #2",
        ],
    },
    Case {
        name: "rows of no known area share a key all the same",
        rows: &[(
            "bieu",
            "nam,xa,muc,n\n2024,03,m,1\n2024,03,m,2\n2024,03,h,4\n2024,01,m,8\n2024,01,m,16\n",
        )],
        rules: &[Number("bieu.sum(\"n\")")],
        expected: &[
            "q0 2024 somewhere: 4 of 1, 2 unknown #1 muc doubled, #2 muc doubled, adding … to …",
            "q0 2024 Phú Lệ: 0 of 0, 2 unknown #4 muc doubled, #5 muc doubled, adding … to …",
        ],
    },
    Case {
        name: "evidence without a date",
        rows: &[("so", "so,nam,xa,d\n1,2024,01,2024-05-06\n2,2024,01,\n3,2024,01,2024-02-30\n")],
        rules: &[Date("so.first(\"d\")")],
        expected: &["q0 2024 Phú Lệ: 2024-05-06 of 1 #1, 2 unknown #2 d blank, #3 d broken"],
    },
    Case {
        name: "rows kept apart by the body they belong to, those of nobody known too",
        rows: &[(
            "so",
            "so,nam,xa,a,dv\n1,2024,01,1,A\n2,2024,01,,A\n3,2024,01,1,B\n\
             4,2024,01,1,\n5,2024,02,1,A\n\
             6,2024,02,0,B\n",
        )],
        rules: &[Each("so.filter(|r| r.dv == u.ma && r.a > 0).count() > 0")],
        expected: &[
            "q0 2024 Phú Lệ of nobody known: 1 of 1",
            "q0 2024 Phú Lệ of A: 1 of 1, 1 unknown #2 a blank",
            "q0 2024 Phú Lệ of B: 1 of 1",
            "q0 2024 Nam Xuân of A: 1 of 1",
        ],
    },
    Case {
        name: "rows of an unknown year",
        rows: &[(
            "so",
            "so,nam,xa,a\n1,,01,1\n2,24,01,2\n3,2024,01,4\n4,,02,8\n5,,,16\n6,,03,32\n",
        )],
        rules: &[Number("so.sum(\"a\")")],
        expected: &[
            "q0 some year somewhere: 56 of 3",
            "q0 some year Phú Lệ: 3 of 2",
            "q0 2024 Phú Lệ: 4 of 1",
        ],
    },
];
