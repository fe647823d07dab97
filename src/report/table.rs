//! Aligned columns and small drawings for reports read in a terminal.

use unicode_width::UnicodeWidthStr;

use crate::message::{Lang, localise_number};
use crate::verdict::PathPoint;
use crate::verdict::published::approximate;

/// A cell of a table, with the colour codes around it kept apart from its text.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    paint: owo_colors::Style,
    right: bool,
}

impl Cell {
    /// A text, at the left of its column.
    pub fn left(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    /// A number, at the right of its column.
    pub fn right(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), right: true, ..Cell::default() }
    }

    /// Painted.
    pub fn painted(self, paint: owo_colors::Style) -> Cell {
        Cell { paint, ..self }
    }
}

/// Rows with their columns aligned, two spaces between them; columns empty throughout are left out.
pub fn aligned(rows: &[Vec<Cell>], indent: &str) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::from(indent);
        let mut pending = 0;
        for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            let pad = width - cell.text.width();
            let (before, after) = if cell.right { (pad, 0) } else { (0, pad) };
            line.push_str(&" ".repeat(pending + before));
            line.push_str(&cell.paint.style(&cell.text).to_string());
            pending = after + 2;
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A text cut to a width, with a sign that something is missing.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for character in text.chars() {
        short.push(character);
        if short.width() >= width {
            short.pop();
            break;
        }
    }
    format!("{}…", short.trim_end())
}

/// The height of a value between the lowest and the highest, from 0 to `steps` − 1.
fn height(value: f64, (low, high): (f64, f64), steps: usize) -> usize {
    if high <= low {
        return steps / 2;
    }
    let share = (value - low) / (high - low);
    // From 0 to 1, so within the steps.
    (share * (steps - 1) as f64).round() as usize
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range: Option<(f64, f64)>, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

/// How values went over the years, a bar for each; a dot where there is none.
pub fn spark(values: &[Option<f64>]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let Some(range) = range(values.iter().flatten().copied()) else { return String::new() };
    values
        .iter()
        .map(|value| value.map_or('·', |value| BARS[height(value, range, BARS.len())]))
        .collect()
}

/// What was found and what is required, year by year: one column a year, higher is more. `goal` is
/// a line across.
pub fn chart(points: &[PathPoint], goal: Option<f64>, lang: Lang) -> String {
    const ROWS: usize = 9;
    let found = |point: &PathPoint| point.value.as_ref().and_then(approximate);
    let required = |point: &PathPoint| point.required.as_ref().and_then(approximate);
    let values = points.iter().flat_map(|point| [found(point), required(point)]).flatten();
    let Some(range) = range(values.chain(goal)) else { return String::new() };
    let step = if points.len() <= 14 { 6 } else { 3 };
    let mut grid = vec![vec![' '; points.len() * step]; ROWS];
    let row = |value: f64| ROWS - 1 - height(value, range, ROWS);
    if let Some(goal) = goal {
        grid[row(goal)].fill('┄');
    }
    for (at, point) in points.iter().enumerate() {
        let column = at * step + step / 2;
        if let Some(value) = required(point) {
            grid[row(value)][column] = '○';
        }
        if let Some(value) = found(point) {
            let cell = &mut grid[row(value)][column];
            *cell = if *cell == '○' { '◉' } else { '●' };
        }
    }
    let label = |value: f64| localise_number(&format!("{value:.2}"), lang);
    let mut labels = vec![String::new(); ROWS];
    labels[ROWS - 1] = label(range.0);
    labels[0] = label(range.1);
    let width = labels.iter().map(|label| label.width()).max().unwrap_or(0);
    let mut text = String::new();
    for (label, cells) in labels.iter().zip(&grid) {
        let cells: String = cells.iter().collect();
        text.push_str(&format!("  {label:>width$} ┤{}\n", cells.trim_end()));
    }
    text.push_str(&format!("  {} └{}\n", " ".repeat(width), "─".repeat(points.len() * step)));
    // Where columns are narrow every second year has a label.
    let every = if step > 4 { 1 } else { 2 };
    let wide = step * every;
    let years: String =
        points.iter().step_by(every).map(|point| format!("{:^wide$}", point.year)).collect();
    text.push_str(&format!("  {}  {}\n", " ".repeat(width), years.trim_end()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::Exact;

    #[test]
    fn columns_line_up_by_what_is_seen() {
        let rows = vec![
            vec![Cell::left("Xã Phú Lệ"), Cell::left(""), Cell::right("7,5")],
            vec![Cell::left("Xã"), Cell::left(""), Cell::right("100")],
        ];
        assert_eq!(aligned(&rows, " "), " Xã Phú Lệ  7,5\n Xã         100\n");
    }

    #[test]
    fn long_titles_are_cut_where_they_are_seen_to_end() {
        assert_eq!(cut("Tỷ lệ lao động", 14), "Tỷ lệ lao động");
        assert_eq!(cut("Tỷ lệ lao động", 9), "Tỷ lệ la…");
    }

    #[test]
    fn sparks_show_what_is_missing() {
        assert_eq!(spark(&[Some(1.0), None, Some(8.0), Some(4.5)]), "▁·█▅");
        assert_eq!(spark(&[Some(2.0)]), "▅");
        assert_eq!(spark(&[None]), "");
    }

    #[test]
    fn a_chart_has_a_column_a_year() {
        let point = |year: i32, required: i128, value: Option<i128>| PathPoint {
            year,
            required: Some(Exact::int(required)),
            value: value.map(Exact::int),
        };
        let points = [point(2021, 0, Some(0)), point(2022, 4, Some(2)), point(2023, 8, None)];
        let drawn = chart(&points, None, Lang::En);
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines[0], "  8.00 ┤               ○");
        assert_eq!(lines[4], "       ┤         ○");
        assert_eq!(lines[6], "       ┤         ●");
        assert_eq!(lines[8], "  0.00 ┤   ◉");
        assert_eq!(lines[10], "         2021  2022  2023");
    }
}
