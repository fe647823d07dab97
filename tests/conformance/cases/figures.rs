//! Aggregates over rows of which everything is known.

use crate::suite::Ask::{Date, Number};
use crate::suite::Case;

pub const CASES: &[Case] = &[
    Case {
        name: "rows are counted by year and area",
        rows: &[("so", "so,nam,xa\n1,2024,01\n2,2024,02\n3,2023,01\n4,2024,01\n")],
        rules: &[Number("so.count()")],
        expected: &["q0 2023 Phú Lệ: 1 of 1", "q0 2024 Phú Lệ: 2 of 2", "q0 2024 Nam Xuân: 1 of 1"],
    },
    Case {
        name: "whole numbers add up",
        rows: &[("so", "so,nam,xa,a\n1,2024,01,3\n2,2024,01,-5\n3,2024,02,7\n")],
        rules: &[Number("so.sum(\"a\")")],
        expected: &["q0 2024 Phú Lệ: -2 of 2", "q0 2024 Nam Xuân: 7 of 1"],
    },
    Case {
        name: "decimals of any places add up exactly",
        rows: &[(
            "so",
            "so,nam,xa,x\n1,2024,01,0.1\n2,2024,01,0.2\n3,2024,01,10\n\
             4,2024,01,0.000000000000000001\n",
        )],
        rules: &[Number("so.sum(\"x\")")],
        expected: &["q0 2024 Phú Lệ: 10.300000000000000001 of 4"],
    },
    Case {
        name: "sums beyond 64 bits are exact",
        rows: &[(
            "so",
            "so,nam,xa,a\n1,2024,01,9223372036854775807\n2,2024,01,9223372036854775807\n",
        )],
        rules: &[Number("so.sum(\"a\")")],
        expected: &["q0 2024 Phú Lệ: 18446744073709551614 of 2"],
    },
    Case {
        name: "a mean is a fraction",
        rows: &[("so", "so,nam,xa,x\n1,2024,01,0.5\n2,2024,01,1\n3,2024,01,1\n")],
        rules: &[Number("so.mean(\"x\")")],
        expected: &["q0 2024 Phú Lệ: 5/6 of 3"],
    },
    Case {
        name: "the smallest and largest, by the first row that has them",
        rows: &[("so", "so,nam,xa,x\n1,2024,01,2\n2,2024,01,1.50\n3,2024,01,1.5\n4,2024,01,2.0\n")],
        rules: &[Number("so.min(\"x\")"), Number("so.max(\"x\")")],
        expected: &["q0 2024 Phú Lệ: 1.5 of 4 #2", "q1 2024 Phú Lệ: 2 of 4 #1"],
    },
    Case {
        name: "different texts, numbers, dates and truths",
        rows: &[(
            "so",
            "so,nam,xa,s,x,d,f\n1,2024,01,Lê,1.0,2024-01-02,true\n2,2024,01,lê,1,2024-01-02,true\n\
             3,2024,01,Lê,1.5,2024-01-03,true\n",
        )],
        rules: &[
            Number("so.distinct(\"s\")"),
            Number("so.distinct(\"x\")"),
            Number("so.distinct(\"d\")"),
            Number("so.distinct(\"f\")"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 2 of 3 #1",
            "q1 2024 Phú Lệ: 2 of 3 #1",
            "q2 2024 Phú Lệ: 2 of 3 #1",
            "q3 2024 Phú Lệ: 1 of 3 #1",
        ],
    },
    Case {
        name: "the median lies between the middle two, other quantiles on the line between ranks",
        rows: &[(
            "so",
            "so,nam,xa,x\n1,2024,01,4\n2,2024,01,1\n3,2024,01,2.5\n4,2024,01,3\n5,2024,02,7\n",
        )],
        rules: &[
            Number("so.median(\"x\")"),
            Number("so.quantile(\"x\", 0.9)"),
            Number("so.quantile(\"x\", 0)"),
        ],
        expected: &[
            "q0 2024 Phú Lệ: 2.75 of 4 #1",
            "q0 2024 Nam Xuân: 7 of 1 #5",
            "q1 2024 Phú Lệ: 3.7 of 4 #1",
            "q1 2024 Nam Xuân: 7 of 1 #5",
            "q2 2024 Phú Lệ: 1 of 4 #1",
            "q2 2024 Nam Xuân: 7 of 1 #5",
        ],
    },
    Case {
        name: "evidence is the earliest or latest date up to the run's",
        rows: &[(
            "so",
            "so,nam,xa,d\n1,2024,01,2024-05-06\n2,2024,01,1969-12-31\n3,2024,01,2024-10-01\n\
             4,2024,01,2024-10-02\n",
        )],
        rules: &[Date("so.first(\"d\")"), Date("so.last(\"d\")")],
        expected: &["q0 2024 Phú Lệ: 1969-12-31 of 3 #2", "q1 2024 Phú Lệ: 2024-10-01 of 3 #3"],
    },
    Case {
        name: "nothing is chosen",
        rows: &[("so", "so,nam,xa,x\n1,2024,01,4\n")],
        rules: &[
            Number("so.filter(|r| r.x > 4).count()"),
            Number("so.filter(|r| r.x > 4).sum(\"x\")"),
        ],
        expected: &[],
    },
    Case {
        name: "one measure of two aggregates",
        rows: &[("so", "so,nam,xa,a,b\n1,2024,01,3,4\n2,2024,01,1,5\n")],
        rules: &[Number("percent(so.sum(\"a\"), so.sum(\"b\"))")],
        expected: &["q0 2024 Phú Lệ: 4 of 2", "q0 2024 Phú Lệ: 9 of 2"],
    },
    Case {
        name: "rows without year and area, and rows of another dataset",
        rows: &[("nen", "ma,k,n\n1,A,1\n2,B,2\n3,A,4\n"), ("so", "so,nam,xa\n1,2024,01\n")],
        rules: &[Number("nen.filter(|r| r.k == \"A\").sum(\"n\")"), Number("so.count()")],
        expected: &["q0 always: 5 of 2", "q1 2024 Phú Lệ: 1 of 1"],
    },
];
