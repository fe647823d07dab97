//! Random rows and rules, in the words of files and scripts.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::suite;

/// Texts put together of others.
type Words = BoxedStrategy<String>;

/// The files of a workspace that a case makes up, and its rules.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub so: String,
    pub han: String,
    pub rules: String,
    /// Whether there is a list of areas.
    pub listed: bool,
}

/// Random workspaces.
pub fn drawn() -> impl Strategy<Value = Drawn> {
    // Many of few places are sorted by these as they are read.
    let so = prop_oneof![9 => vec(person(), 0..30), 1 => vec(person(), 150..200)];
    let han = vec(dated(), 0..6);
    (so, han, vec(rule(), 1..10), prop::bool::weighted(0.8)).prop_map(|(so, han, rules, listed)| {
        let rules = rules.into_iter().enumerate().map(|(at, rule)| rule.script(at));
        Drawn {
            so: format!("so,nam,xa,ho,a,b,x,s,d,f,k,dv,c\n{}", so.concat()),
            han: format!("ma,xa,n,tu,den\n{}", han.concat()),
            rules: rules.collect(),
            listed,
        }
    })
}

/// One of several texts, divided by blanks; `_` stands for a blank cell.
fn one(of: &'static str) -> Words {
    let cell = |cell: &str| if cell == "_" { String::new() } else { cell.to_owned() };
    select(of.split(' ').map(cell).collect::<Vec<_>>()).boxed()
}

fn person() -> impl Strategy<Value = String> {
    let place = (1..60u8, one("2024 2024 2024 2023 2022 24 _"), one("01 01 02 02 03 99 _"));
    let figures = (
        one("0 1 2 3 -4 x _"),
        one("0 2 3 5 _"),
        one("0 0.5 1.50 1.5 12 49.75 51 _"),
        one("0 1 2 9 _"),
    );
    let rest = (
        one("h1 h1 h2 h2 h3 _"),
        one("Lê lê Phú- -Phú _ -"),
        one("2024-01-02 2023-12-31 2024-10-01 2024-10-02 1969-12-31 2023-02-29 _"),
        one("true false false x _"),
        one("A B B C C X _"),
        one("A A B C _"),
    );
    (place, figures, rest).prop_map(|((so, nam, xa), (a, b, x, c), (ho, s, d, f, k, dv))| {
        let s = s.replace('-', " ");
        format!("{so},{nam},{xa},{ho},{a},{b},{x},{s},{d},{f},{k},{dv},{c}\n")
    })
}

fn dated() -> impl Strategy<Value = String> {
    let cells = (
        one("01 02 03 _"),
        one("1 2 3 _"),
        one("2024-01-01 2024-12-31 2025-01-01 x _ _"),
        one("2024-12-30 2024-12-31 x _ _ _"),
    );
    cells.prop_map(|(xa, n, tu, den)| format!("m,{xa},{n},{tu},{den}\n"))
}

/// A rule in words, once it has a number.
#[derive(Clone, Debug)]
enum Rule {
    Number(String),
    Date(String),
    Check(String, String),
    Each(String),
}

impl Rule {
    fn script(&self, at: usize) -> String {
        match self {
            Rule::Number(measure) => suite::target(at, measure),
            Rule::Date(measure) => suite::evidence(at, measure),
            Rule::Check(on, row) => suite::check(at, on, row),
            Rule::Each(met) => suite::each(at, met),
        }
    }
}

fn rule() -> BoxedStrategy<Rule> {
    let number =
        (table(), aggregate()).prop_map(|(table, aggregate)| format!("{table}{aggregate}"));
    let date = (table(), one("first last"));
    let date = date.prop_map(|(table, which)| format!("{table}.{which}(\"d\")"));
    let groups = (table(), group()).prop_flat_map(|(table, (keys, about))| {
        let filter = about.clone();
        (Just(table), Just(keys), filter, about)
    });
    let groups = groups.boxed();
    let counted = groups.clone().prop_map(|(table, keys, about, _)| {
        Rule::Number(format!("{table}.group({keys}).filter(|g| {about}).count()"))
    });
    let held = groups.prop_map(|(table, keys, filter, about)| {
        let on = format!("{table}.group({keys}).filter(|g| {filter})");
        Rule::Check(on, format!("|g| {about}"))
    });
    let rows = (table(), one("_ _ .year(-1) .year(2023)"), truth(2))
        .prop_map(|(table, year, row)| Rule::Check(format!("{table}{year}"), format!("|r| {row}")));
    let each = (truth(2), aggregate()).prop_map(|(truth, aggregate)| {
        Rule::Each(format!("so.filter(|r| r.dv == u.ma && {truth}){aggregate} > 1"))
    });
    let han = select(vec![
        Rule::Number("han.filter(|r| r.n > 1).sum(\"n\")".to_owned()),
        Rule::Number("han.filter(|r| !is_missing(r.tu)).count()".to_owned()),
        Rule::Number("han.group(\"xa\").filter(|g| g.count() > 1).count()".to_owned()),
        Rule::Check("han.filter(|r| r.xa != \"03\")".to_owned(), "|r| r.n > 1".to_owned()),
        Rule::Check("han.group(\"ma\")".to_owned(), "|g| g.sum(\"n\") > 3".to_owned()),
    ]);
    prop_oneof![
        4 => number.prop_map(Rule::Number),
        1 => date.prop_map(Rule::Date),
        2 => counted,
        1 => held,
        2 => rows,
        1 => each,
        1 => han,
    ]
    .boxed()
}

fn table() -> Words {
    let filtered = truth(3).prop_map(|truth| format!("so.filter(|r| {truth})"));
    prop_oneof![1 => Just("so".to_owned()), 4 => filtered, 1 => Just("so.as_of(\"d\")".to_owned())]
        .boxed()
}

fn aggregate() -> Words {
    let numbers = (one("sum sum mean min max median"), one("a b c x"));
    let distinct = one("a x s d f k").prop_map(|column| format!(".distinct(\"{column}\")"));
    prop_oneof![
        3 => Just(".count()".to_owned()),
        6 => numbers.prop_map(|(name, column)| format!(".{name}(\"{column}\")")),
        1 => (one("a x"), one("0 0.3 1"))
            .prop_map(|(column, share)| format!(".quantile(\"{column}\", {share})")),
        1 => distinct,
    ]
    .boxed()
}

/// Keys of groups, and what may be asked of those.
fn group() -> impl Strategy<Value = (String, Words)> {
    let (ho, k) = ("\"ho\"", "\"k\"");
    let keys = vec![
        (ho.to_owned(), "g.ho == \"h1\""),
        (k.to_owned(), "g.k.w > 1"),
        (k.to_owned(), "g.k.ten.starts_with(\"b\")"),
        (format!("{ho}, \"dv\""), "g.dv != \"A\""),
        (format!("{ho}, \"dv\""), "is_missing(g.dv)"),
        (format!("\"d\", {ho}"), "g.d > date(\"2024-01-01\")"),
        ("\"so\"".to_owned(), "g.so in [1, 2, 3]"),
    ];
    select(keys).prop_map(|(keys, own)| {
        let about = prop_oneof![1 => Just(own.to_owned()), 5 => members()];
        let pairs = (about.clone(), one("&& ||"), about.clone());
        let both = pairs.prop_map(|(a, by, b)| format!("{a} {by} {b}"));
        (keys, prop_oneof![3 => about, 1 => both].boxed())
    })
}

/// A condition on what is computed of a group's members.
fn members() -> Words {
    let chosen = prop_oneof![
        2 => Just("g".to_owned()),
        1 => truth(1).prop_map(|truth| format!("g.filter(|r| {truth})")),
    ];
    let computed = one("count() sum(\"a\") sum(\"x\") min(\"x\") max(\"a\") distinct(\"s\")");
    let number = (chosen.clone(), computed.clone(), one("== > <= !="), 0..4u8)
        .prop_map(|(of, what, by, number)| format!("{of}.{what} {by} {number}"));
    let dates = (chosen.clone(), one("first last"))
        .prop_map(|(of, which)| format!("{of}.{which}(\"d\") < date(\"2024-01-02\")"));
    let missing = (chosen, computed).prop_map(|(of, what)| format!("is_missing({of}.{what})"));
    prop_oneof![6 => number, 1 => dates, 1 => missing].boxed()
}

/// A condition on a row, some levels deep at most.
fn truth(depth: u32) -> Words {
    if depth == 0 {
        return one("r.f true r.a>1 r.s==\"Lê\"");
    }
    let compared = prop_oneof![
        4 => pair(number, depth),
        2 => pair(text, depth),
        2 => pair(date, depth),
    ];
    let compared =
        (compared, one("== != < <= > >=")).prop_map(|((a, b), by)| format!("{a} {by} {b}"));
    let logic = (truth(depth - 1), one("&& ||"), truth(depth - 1))
        .prop_map(|(a, by, b)| format!("({a} {by} {b})"));
    let listed = (number(depth - 1), one("in !in"), vec(number(0), 0..4))
        .prop_map(|(a, how, items)| format!("{a} {how} [{}]", items.join(", ")));
    let texts = (text(depth - 1), one("\"A\",\"h1\" \"Lê\" \"B\",\"Phú\""))
        .prop_map(|(a, items)| format!("{a} in [{items}]"));
    let tests = (one("starts_with ends_with contains"), text(depth - 1), text(0))
        .prop_map(|(test, a, b)| format!("{test}({a}, {b})"));
    let any = prop_oneof![number(depth - 1), text(depth - 1), date(depth - 1), Just("r.f".into())];
    prop_oneof![
        1 => Just("r.f".to_owned()),
        6 => compared,
        4 => logic,
        1 => truth(depth - 1).prop_map(|a| format!("!({a})")),
        1 => listed,
        1 => texts,
        1 => tests,
        2 => any.prop_map(|a| format!("is_missing({a})")),
        1 => choice(truth, depth),
    ]
    .boxed()
}

fn number(depth: u32) -> Words {
    let leaf = one("r.a r.b r.x r.so r.nam r.k.w r.k.w 0 1 2 1.5 0.25 (-4)");
    if depth == 0 {
        return leaf;
    }
    let computed = (number(depth - 1), one("+ - *"), number(depth - 1))
        .prop_map(|(a, by, b)| format!("({a} {by} {b})"));
    let days = pair(date, depth).prop_map(|(a, b)| format!("({a} - {b})"));
    let part = (one("year month day"), date(depth - 1)).prop_map(|(f, a)| format!("{f}({a})"));
    let length = text(depth - 1).prop_map(|a| format!("len({a})"));
    let negative = number(depth - 1).prop_map(|a| format!("(-{a})"));
    prop_oneof![5 => leaf, 2 => computed, 1 => days, 1 => part, 1 => length, 1 => negative,
        1 => choice(number, depth)]
    .boxed()
}

fn text(depth: u32) -> Words {
    let leaf = one("r.s r.ho r.k r.xa r.dv r.k.ten r.xa.ten \"Lê\" \"A\" \"h1\" \"\"");
    if depth == 0 {
        return leaf;
    }
    let changed = (one("lower trim"), text(depth - 1)).prop_map(|(f, a)| format!("{f}({a})"));
    prop_oneof![5 => leaf, 1 => changed, 1 => choice(text, depth)].boxed()
}

fn date(depth: u32) -> Words {
    let leaf = one("r.d r.d date(\"2024-01-02\") date(\"2023-12-31\")");
    if depth == 0 { leaf } else { prop_oneof![4 => leaf, 1 => choice(date, depth)].boxed() }
}

fn pair(of: fn(u32) -> Words, depth: u32) -> BoxedStrategy<(String, String)> {
    (of(depth - 1), of(depth - 1)).boxed()
}

fn choice(of: fn(u32) -> Words, depth: u32) -> Words {
    let parts = (truth(depth - 1), of(depth - 1), of(depth - 1));
    parts.prop_map(|(c, a, b)| format!("(if {c} {{ {a} }} else {{ {b} }})")).boxed()
}
