//! Every token of the bundled rules removed, doubled or changed, one at a time.

use super::Bench;

/// The rule files that the plan's demands are declared in, and the functions they share.
const FILES: [&str; 18] = [
    "rules/targets/a-lao-dong-an-sinh.rhai",
    "rules/targets/b-giao-duc-y-te.rhai",
    "rules/targets/c-nha-o-moi-truong.rhai",
    "rules/targets/d-van-hoa-thong-tin.rhai",
    "rules/targets/tam-nhin-2045.rhai",
    "rules/assignments/iii-1-tuyen-truyen.rhai",
    "rules/assignments/iii-2-quan-ly-nha-nuoc.rhai",
    "rules/assignments/iii-3-nguoi-co-cong.rhai",
    "rules/assignments/iii-4-lao-dong-viec-lam.rhai",
    "rules/assignments/iii-5-an-sinh.rhai",
    "rules/assignments/iii-6-phuc-loi.rhai",
    "rules/assignments/iii-7-dich-vu-xa-hoi.rhai",
    "rules/assignments/iii-8-hop-tac-quoc-te.rhai",
    "rules/assignments/iii-9-hdnd-mttq.rhai",
    "rules/assignments/iv-to-chuc-thuc-hien.rhai",
    "rules/quality/dan-so-giao-duc-y-te.rhai",
    "rules/quality/ho-dan-cu.rhai",
    "rules/quality/so-theo-doi.rhai",
];

/// One in so many tokens is tried in a usual run; all with `RASOAT_SLIPS=all`.
const ONE_IN: usize = 23;

/// Where tokens stand in a script, by a reader of this test's own.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(text) = rest.strip_prefix('"') {
            1 + text.find('"').expect("an end") + 1
        } else if let Some(two) =
            ["#{", "&&", "||", "==", "!=", ">=", "<="].iter().find(|two| rest.starts_with(**two))
        {
            two.len()
        } else {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            if word == 0 { rest.chars().next().map_or(1, char::len_utf8) } else { word }
        };
        if !rest.starts_with("//") && !rest.starts_with(char::is_whitespace) {
            found.push(at..at + length);
        }
        at += length;
    }
    found
}

/// The ways a token is written wrongly.
fn changed(token: &str) -> Vec<String> {
    let other = match token {
        "," => ";",
        ";" => ",",
        ":" => "=",
        "(" => "[",
        ")" => "]",
        "}" => ")",
        "#{" => "{",
        "==" => "=",
        "&&" => "&",
        "." => ",",
        "|" => "/",
        _ => "?",
    };
    vec![String::new(), format!("{token} {token}"), other.to_owned()]
}

#[test]
fn a_token_written_wrongly_is_told_where_it_is_and_costs_its_declaration_only() {
    let all = std::env::var("RASOAT_SLIPS").is_ok_and(|which| which == "all");
    let mut bench = Bench::of_bundled();
    let (mut tried, mut silent) = (0, 0);
    let (mut far, mut lossy, mut repaired) = (Vec::new(), Vec::new(), 0);
    let mut count = 0;
    for file in FILES {
        let text = bench.text(file);
        for token in tokens(&text) {
            for other in changed(&text[token.clone()]) {
                count += 1;
                if !all && count % ONE_IN != 0 {
                    continue;
                }
                tried += 1;
                let slipped = [&text[..token.start], &other, &text[token.end..]].concat();
                let found = bench.with(file, &slipped);
                let line = 1 + text[..token.start].matches('\n').count();
                let what = format!("{file}:{line}: {:?} -> {other:?}", &text[token.clone()]);
                let Some(first) = found.findings.first() else {
                    silent += usize::from(!bench.is_sound(&found.report));
                    continue;
                };
                let place = first.finding.labels.first().map(|label| &label.place);
                let is_near = place
                    .is_some_and(|place| file.ends_with(&place.file) || place.file == file)
                    && place.is_some_and(|place| place.line.abs_diff(line) <= 1);
                if !is_near {
                    far.push(format!("{what}\n    {} {:?}", first.english, place.map(|p| p.line)));
                }
                // What a variable is needed for is lost with it.
                let before = text[..token.start].rsplit('\n').next().unwrap_or_default();
                let is_shared =
                    before.starts_with("let ") || text[token.start..].starts_with("let ");
                if found.lost.len() > 1 && !is_shared {
                    lossy.push(format!("{what}\n    {:?} {}", found.lost, first.english));
                }
                repaired += usize::from(first.finding.fix.is_some());
            }
        }
    }
    let shown = |all: &[String]| all.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(far.len() * 100 <= tried * 5, "{} of {tried} far:\n{}", far.len(), shown(&far));
    assert!(lossy.len() * 100 <= tried, "{} of {tried} lossy:\n{}", lossy.len(), shown(&lossy));
    assert!(silent * 1000 <= tried, "{silent} of {tried} told not at all");
    assert!(repaired * 2 >= tried, "{repaired} of {tried} with a fix");
}
