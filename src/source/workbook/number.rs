//! Numbers of spreadsheets, which are binary fractions, as the decimals their authors see.

/// A number as digits: the shortest that stand for it, to at most fifteen significant ones as
/// spreadsheets show them, without exponent.
pub fn plain(value: f64) -> String {
    let shortest = format!("{value}");
    let digits = shortest.bytes().filter(u8::is_ascii_digit);
    if digits.skip_while(|digit| *digit == b'0').count() <= 15 {
        return shortest;
    }
    // Fifteen digits: one before the point and fourteen after it.
    let rounded = format!("{value:.14e}").parse::<f64>().unwrap_or(value);
    format!("{rounded}")
}

/// A hundred times a number, by moving its decimal point.
pub fn hundredfold(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{fraction:0<2}");
    let (moved, rest) = padded.split_at(2);
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// Whether a number format shows percentages: a `%` that is neither quoted nor escaped.
pub fn is_percent(format: &str) -> bool {
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => return true,
            '\\' | '_' | '*' => {
                letters.next();
            }
            '"' => {
                letters.by_ref().find(|letter| *letter == '"');
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_spreadsheets_do() {
        let cases = [
            (68.0, "68"),
            (7.4, "7.4"),
            (0.1 + 0.2, "0.3"),
            (280.0 / 3.0, "93.3333333333333"),
            (-1e-7, "-0.0000001"),
            (1e20, "100000000000000000000"),
            (123_456_789_012_345.0, "123456789012345"),
            (0.0, "0"),
        ];
        for (value, shown) in cases {
            assert_eq!(plain(value), shown);
        }
    }

    #[test]
    fn percentages_are_exact() {
        let cases = [
            ("0.68", "68"),
            ("0.555", "55.5"),
            ("1", "100"),
            ("0.004", "0.4"),
            ("0.07", "7"),
            ("-0.125", "-12.5"),
            ("0", "0"),
            ("12.3", "1230"),
        ];
        for (share, percent) in cases {
            assert_eq!(hundredfold(share), percent);
        }
    }

    #[test]
    fn percent_formats_are_told() {
        for format in ["0%", "0.00%", "#,##0.0 %;[Red]-0.0 %"] {
            assert!(is_percent(format), "{format}");
        }
        for format in ["General", "0.00", "0\\%", "0\" %\"", "dd/mm/yyyy"] {
            assert!(!is_percent(format), "{format}");
        }
    }
}
