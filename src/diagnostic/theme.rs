//! The lines and colours of a drawn finding: those miette draws with by default.

use owo_colors::Style;

/// Left of the excerpt and of a label's text.
pub const BAR: char = '│';
/// Before the place an excerpt is from, and its end.
pub const TOP: char = '╭';
/// Where an excerpt or the stem of a label ends.
pub const BOTTOM: char = '╰';
/// Lines across.
pub const LINE: char = '─';
/// Stands for lines that are left out.
pub const BREAK: char = '·';
/// Where a label's stem leaves its underline.
pub const STEM: char = '┬';

/// Colours, or none.
pub struct Theme {
    /// What is broken or not met.
    pub error: Style,
    /// What should be looked at.
    pub warning: Style,
    /// What is good to know.
    pub advice: Style,
    /// The word before a help.
    pub help: Style,
    /// The place an excerpt is from.
    pub place: Style,
    /// Numbers of lines.
    pub number: Style,
    /// What is said in one sentence.
    pub message: Style,
}

impl Theme {
    /// The colours of a terminal, or none.
    pub fn new(color: bool) -> Theme {
        let style = Style::new();
        if !color {
            let [error, warning, advice, help, place, number, message] = [style; 7];
            return Theme { error, warning, advice, help, place, number, message };
        }
        Theme {
            error: style.red(),
            warning: style.yellow(),
            advice: style.cyan(),
            help: style.cyan(),
            place: style.cyan().underline().bold(),
            number: style.dimmed(),
            message: style.bold(),
        }
    }
}
