//! How a file writes its numbers: which mark is decimal, which one parts thousands.

use super::grid::Cell;
use crate::exact::Exact;
use crate::message::Message;
use crate::msg;

/// The marks of numbers, as far as the cells tell them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Decimal mark.
    pub decimal: Option<char>,
    /// Thousands mark.
    pub group: Option<char>,
    /// A cell that could be a thousand or a fraction, where no other tells.
    pub ambiguous: Option<String>,
    /// A cell that contradicts the marks.
    pub contrary: Option<String>,
    /// A cell that could be a thousand and by the marks is a fraction.
    pub fraction: Option<String>,
}

/// What one number says of the marks.
enum Says {
    Nothing,
    Decimal(char),
    Group(char),
    /// The first parts thousands, the second is decimal.
    Both(char, char),
    /// A thousand or a fraction.
    Either(char),
}

impl Marks {
    /// The marks that most cells speak for.
    pub fn of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Marks {
        let marks = ['.', ','];
        let (mut decimal, mut group) = ([0_usize; 2], [0_usize; 2]);
        let mut firsts: [[Option<&str>; 2]; 3] = [[None; 2]; 3];
        let at = |mark: char| usize::from(mark == ',');
        for cell in cells.filter(|cell| !cell.native) {
            let text = cell.text.trim();
            let mut note = |which: usize, mark: char| {
                firsts[which][at(mark)].get_or_insert(text);
            };
            match says(text) {
                Says::Nothing => {}
                Says::Decimal(mark) => {
                    decimal[at(mark)] += 1;
                    note(0, mark);
                }
                Says::Group(mark) => {
                    group[at(mark)] += 1;
                    note(1, mark);
                }
                Says::Both(thousands, mark) => {
                    group[at(thousands)] += 1;
                    decimal[at(mark)] += 1;
                    note(0, mark);
                }
                Says::Either(mark) => note(2, mark),
            }
        }
        // A mark that parts thousands leaves the other to be decimal.
        let comma = decimal[1] + group[0];
        let point = decimal[0] + group[1];
        if comma == 0 && point == 0 {
            let either = firsts[2][0].or(firsts[2][1]);
            return Marks { ambiguous: either.map(str::to_owned), ..Marks::default() };
        }
        let own = usize::from(comma > point);
        let other = 1 - own;
        let grouped = group[other] > 0 || firsts[2][other].is_some();
        Marks {
            decimal: Some(marks[own]),
            group: grouped.then_some(marks[other]),
            ambiguous: None,
            contrary: firsts[0][other].or(firsts[1][own]).map(str::to_owned),
            fraction: firsts[2][own].map(str::to_owned),
        }
    }

    /// A cell's number, in percent where it is written with `%`.
    pub fn value(&self, cell: &Cell) -> Option<Exact> {
        let text = cell.text.trim();
        let text = text.strip_suffix('%').map_or(text, str::trim_end);
        let (decimal, group) =
            if cell.native { ('.', None) } else { (self.decimal.unwrap_or('.'), self.group) };
        // Where nothing tells, a thousand or a fraction is a number of either kind.
        let group = group.or_else(|| (self.ambiguous.is_some() && !cell.native).then_some(','));
        let (whole, places) = text.split_once(decimal).unwrap_or((text, ""));
        let plain: String = match group.filter(|mark| whole.contains(*mark)) {
            Some(mark) if is_grouped(whole.trim_start_matches(['-', '+']), mark) => {
                whole.replace(mark, "")
            }
            Some(_) => return None,
            None => whole.to_owned(),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
        if unsigned.is_empty() || !digits(unsigned) || !digits(places) || text.ends_with(decimal) {
            return None;
        }
        Exact::parse(&format!("{plain}.{places}0"))
    }

    /// Whether a cell holds a whole number, written as one: `2.0` is none in a text.
    pub fn is_whole(&self, cell: &Cell) -> bool {
        let marked = |mark: char| !cell.native && cell.text.contains(mark);
        self.value(cell).is_some_and(|number| number.is_integer())
            && !self.decimal.is_some_and(marked)
    }

    /// What is not certain of the marks.
    pub fn remarks(&self) -> Vec<Message> {
        let ambiguous = self.ambiguous.iter().map(|text| {
            let (mark, other) = if text.contains(',') { (",", ".") } else { (".", ",") };
            msg!(DraftAmbiguous, text = text, mark = mark, other = other)
        });
        let contrary = self.contrary.iter().map(|text| {
            let decimal = self.decimal.unwrap_or('.').to_string();
            msg!(DraftContrary, text = text, decimal = decimal)
        });
        let fraction = self.fraction.iter().map(|text| {
            let decimal = self.decimal.unwrap_or('.').to_string();
            msg!(DraftReadAsFraction, text = text, decimal = decimal)
        });
        ambiguous.chain(contrary).chain(fraction).collect()
    }
}

/// One to three digits, then groups of three.
fn is_grouped(whole: &str, mark: char) -> bool {
    let mut groups = whole.split(mark);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && digits(first)
        && groups.all(|group| group.len() == 3 && digits(group))
}

fn says(text: &str) -> Says {
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte)) {
        return Says::Nothing;
    }
    let count = |mark: char| text.matches(mark).count();
    match (count('.'), count(',')) {
        (0, 0) => Says::Nothing,
        (0, 1) | (1, 0) => {
            let mark = if text.contains(',') { ',' } else { '.' };
            let (whole, places) = text.split_once(mark).unwrap_or((text, ""));
            if whole.is_empty() || places.is_empty() {
                Says::Nothing
            } else if is_grouped(text, mark) {
                Says::Either(mark)
            } else {
                Says::Decimal(mark)
            }
        }
        (_, 0) if is_grouped(text, '.') => Says::Group('.'),
        (0, _) if is_grouped(text, ',') => Says::Group(','),
        (points, 1) if points > 0 => both(text, '.', ','),
        (1, commas) if commas > 0 => both(text, ',', '.'),
        _ => Says::Nothing,
    }
}

fn both(text: &str, thousands: char, decimal: char) -> Says {
    match text.split_once(decimal) {
        Some((whole, places)) if is_grouped(whole, thousands) && !places.contains(thousands) => {
            Says::Both(thousands, decimal)
        }
        // One of each, the other way round.
        _ => match text.split_once(thousands) {
            Some((whole, places)) if is_grouped(whole, decimal) && !places.contains(decimal) => {
                Says::Both(decimal, thousands)
            }
            _ => Says::Nothing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(texts: &[&str]) -> Marks {
        let cells: Vec<Cell> =
            texts.iter().map(|text| Cell { text: (*text).to_owned(), native: false }).collect();
        Marks::of(cells.iter())
    }

    #[test]
    fn the_cells_tell_the_marks() {
        let cases: [(&[&str], Option<char>, Option<char>); 12] = [
            (&["12", "7"], None, None),
            (&["7,4", "12"], Some(','), None),
            (&["7.4", "12"], Some('.'), None),
            (&["1.234,5"], Some(','), Some('.')),
            (&["1,234.5"], Some('.'), Some(',')),
            (&["1.234.567"], Some(','), Some('.')),
            (&["1,234,567"], Some('.'), Some(',')),
            // The one that tells decides for the one that does not.
            (&["1.234", "7,4"], Some(','), Some('.')),
            (&["1.234", "7.4"], Some('.'), None),
            (&["1,234", "7.4"], Some('.'), Some(',')),
            (&["0,125"], Some(','), None),
            (&["68,5%", "1.234"], Some(','), Some('.')),
        ];
        for (texts, decimal, group) in cases {
            let found = marks(texts);
            assert_eq!((found.decimal, found.group), (decimal, group), "{texts:?}");
            assert_eq!((found.ambiguous, found.contrary), (None, None), "{texts:?}");
        }
        assert_eq!(marks(&["1.234", "56"]).ambiguous.as_deref(), Some("1.234"));
        assert_eq!(marks(&["7,4", "8,25", "1.5"]).contrary.as_deref(), Some("1.5"));
    }

    #[test]
    fn numbers_are_read_by_the_marks() {
        let vietnamese = marks(&["1.234,5"]);
        let value = |text: &str, native| {
            let cell = Cell { text: text.to_owned(), native };
            vietnamese.value(&cell).map(|number| number.exact_text())
        };
        for (text, number) in [
            ("1.234,5", Some("1234.5")),
            ("-7", Some("-7")),
            ("68,5 %", Some("68.5")),
            ("1.5", None),
            ("60-62", None),
            ("", None),
            ("12,", None),
        ] {
            assert_eq!(value(text, false).as_deref(), number, "{text}");
        }
        assert_eq!(value("1.234", true).as_deref(), Some("1.234"));
    }
}
