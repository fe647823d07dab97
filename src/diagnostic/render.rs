//! Findings as text for a terminal. Only this file knows miette.
//!
//! miette lays out one source a diagnostic; a finding of ours shows data, rule and clause as one.
//! So each finding is adapted to miette's protocol — its first excerpt as the diagnostic's own,
//! the others as related ones — and [`Drawing`], a report handler of our own, draws them one after
//! another with one header and one list of helps.

use std::fmt::{self, Display, Formatter, Write as _};

use miette::{
    LabeledSpan, MietteError, MietteSpanContents, ReportHandler, SourceCode, SourceSpan,
    SpanContents,
};
use owo_colors::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Severity;
use super::resolved::{Excerpt, Finding, Mark as Marked};
use super::theme::{BAR, BOTTOM, BREAK, LINE, STEM, TOP, Theme};
use crate::message::{Lang, Message};
use crate::msg;

/// Columns a line of source may take before it is cut around its label.
const MAX_SOURCE_COLUMNS: usize = 96;

/// Columns a tab takes.
const TAB: usize = 4;

/// Draws a finding, of what it points at the excerpts it has.
pub fn render(finding: &Finding, lang: Lang, color: bool) -> String {
    let adapted = Adapted::new(finding, lang);
    let layout = Drawing { theme: Theme::new(color), lang };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(text, "{}", Drawn { adapted: &adapted, layout: &layout });
    text
}

struct Drawn<'a> {
    adapted: &'a Adapted<'a>,
    layout: &'a Drawing,
}

impl Display for Drawn<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.layout.draw(self.adapted, f)
    }
}

/// The lines of an excerpt behind miette's protocol: one after another, as if they were a file.
#[derive(Debug)]
struct ExcerptText<'a> {
    excerpt: &'a Excerpt,
    /// Where each line begins.
    starts: Vec<usize>,
    /// The place that heads the excerpt.
    place: String,
}

impl<'a> ExcerptText<'a> {
    fn new(finding: &Finding, excerpt: &'a Excerpt) -> ExcerptText<'a> {
        let mut next = 0;
        let mut starts = Vec::with_capacity(excerpt.lines.len());
        for line in &excerpt.lines {
            starts.push(next);
            next += line.text.len() + 1;
        }
        let first = excerpt.marks.first().and_then(|mark| finding.labels.get(mark.label));
        let place = first.map(|label| label.place.to_string()).unwrap_or_default();
        ExcerptText { excerpt, starts, place }
    }

    /// The excerpt's marks as miette's labels, in the order of the finding's labels.
    fn labels(&self, finding: &Finding, lang: Lang) -> Vec<LabeledSpan> {
        let label = |mark: &Marked| {
            let text = finding.labels.get(mark.label).and_then(|label| label.text.as_ref());
            let text = text.map(|text| text.text(lang));
            let start = self.starts.get(mark.line)? + mark.span.start;
            Some(LabeledSpan::new(text, start, mark.span.len()))
        };
        self.excerpt.marks.iter().filter_map(label).collect()
    }
}

impl SourceCode for ExcerptText<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let after = self.starts.partition_point(|start| *start <= span.offset());
        let at = after.checked_sub(1).ok_or(MietteError::OutOfBounds)?;
        let line = &self.excerpt.lines[at];
        Ok(Box::new(MietteSpanContents::new_named(
            self.place.clone(),
            line.text.as_bytes(),
            (self.starts[at], line.text.len()).into(),
            line.number.saturating_sub(1),
            0,
            1,
        )))
    }
}

/// A finding behind miette's protocol: one of these for each excerpt.
#[derive(Debug)]
struct Adapted<'a> {
    message: String,
    code: &'static str,
    severity: Severity,
    help: Option<String>,
    text: Option<ExcerptText<'a>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Adapted<'a>>,
}

impl<'a> Adapted<'a> {
    fn new(finding: &'a Finding, lang: Lang) -> Adapted<'a> {
        let mut excerpts = finding.excerpts.iter();
        let mut first = Adapted::part(finding, excerpts.next(), lang);
        first.related = excerpts.map(|part| Adapted::part(finding, Some(part), lang)).collect();
        first.message = match &finding.subject {
            Some(subject) => format!("{subject} {}", finding.message.text(lang)),
            None => finding.message.text(lang),
        };
        let told = |word: Message, texts: &[Message]| -> Vec<String> {
            let word = word.text(lang);
            texts.iter().map(|text| format!("{word}: {}", text.text(lang))).collect()
        };
        let lines = [told(msg!(Help), &finding.help), told(msg!(Note), &finding.notes)].concat();
        first.help = (!lines.is_empty()).then(|| lines.join("\n"));
        first
    }

    fn part(finding: &Finding, excerpt: Option<&'a Excerpt>, lang: Lang) -> Adapted<'a> {
        let text = excerpt.map(|excerpt| ExcerptText::new(finding, excerpt));
        Adapted {
            message: String::new(),
            code: finding.code.name(),
            severity: finding.severity,
            help: None,
            labels: text.as_ref().map(|text| text.labels(finding, lang)).unwrap_or_default(),
            text,
            related: Vec::new(),
        }
    }
}

impl Display for Adapted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Adapted<'_> {}

impl miette::Diagnostic for Adapted<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn Display + 'b>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Advice => miette::Severity::Advice,
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn Display + 'b>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.text.as_ref().map(|text| text as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn miette::Diagnostic> + 'b>> {
        Some(Box::new(self.related.iter().map(|part| part as &dyn miette::Diagnostic)))
    }
}

/// Draws a diagnostic and its related ones as one finding.
struct Drawing {
    theme: Theme,
    lang: Lang,
}

impl ReportHandler for Drawing {
    fn debug(&self, error: &dyn miette::Diagnostic, f: &mut Formatter<'_>) -> fmt::Result {
        self.draw(error, f)
    }
}

/// A label on one line of an excerpt, in display columns.
struct DrawnMark {
    start: usize,
    width: usize,
    text: String,
}

/// One line of an excerpt with its marks.
struct DrawnLine {
    number: usize,
    text: String,
    marks: Vec<DrawnMark>,
}

impl Drawing {
    fn draw(&self, error: &dyn miette::Diagnostic, f: &mut Formatter<'_>) -> fmt::Result {
        let (word, style) = match error.severity() {
            Some(miette::Severity::Advice) => (msg!(WordAdvice), self.theme.advice),
            Some(miette::Severity::Warning) => (msg!(WordWarning), self.theme.warning),
            _ => (msg!(WordError), self.theme.error),
        };
        let code = error.code().map(|code| format!("[{code}]")).unwrap_or_default();
        let head = format!("{}{code}", word.text(self.lang));
        writeln!(f, "{} {}", style.style(head), self.theme.message.style(error))?;
        let mut excerpts = Vec::new();
        excerpts.extend(self.excerpt(error));
        for part in error.related().into_iter().flatten() {
            excerpts.extend(self.excerpt(part));
        }
        let numbers = excerpts.iter().flat_map(|(_, lines)| lines.iter().map(|line| line.number));
        let gutter = numbers.max().unwrap_or(1).to_string().len().max(3);
        for (place, lines) in &excerpts {
            self.draw_excerpt(f, gutter, place, lines, style)?;
        }
        if let Some(help) = error.help() {
            for line in help.to_string().lines() {
                let (word, rest) = line.split_once(':').unwrap_or(("", line));
                writeln!(f, "  {}:{rest}", self.theme.help.style(word))?;
            }
        }
        Ok(())
    }

    /// The lines a diagnostic's labels stand on; the place of the first label heads them.
    fn excerpt(&self, error: &dyn miette::Diagnostic) -> Option<(String, Vec<DrawnLine>)> {
        let source = error.source_code()?;
        let mut place = None;
        let mut lines: Vec<DrawnLine> = Vec::new();
        for label in error.labels()? {
            let contents = source.read_span(label.inner(), 0, 0).ok()?;
            place.get_or_insert_with(|| contents.name().unwrap_or_default().to_owned());
            let text = std::str::from_utf8(contents.data()).ok()?;
            let start = label.offset() - contents.span().offset();
            let mark = DrawnMark {
                start: width(text.get(..start).unwrap_or(text)),
                width: width(text.get(start..start + label.len()).unwrap_or_default()).max(1),
                text: label.label().unwrap_or_default().to_owned(),
            };
            let number = contents.line() + 1;
            // A row of a spreadsheet is one line, whatever its cells hold.
            match lines.iter_mut().find(|line| line.number == number) {
                Some(line) => line.marks.push(mark),
                None => lines.push(DrawnLine { number, text: expand(text), marks: vec![mark] }),
            }
        }
        lines.sort_by_key(|line| line.number);
        for line in &mut lines {
            line.marks.sort_by_key(|mark| mark.start);
            cut(line);
        }
        Some((place?, lines))
    }

    fn draw_excerpt(
        &self,
        f: &mut Formatter<'_>,
        gutter: usize,
        place: &str,
        lines: &[DrawnLine],
        style: Style,
    ) -> fmt::Result {
        let blank = " ".repeat(gutter);
        let place = self.theme.place.style(place);
        writeln!(f, "{blank} {TOP}{LINE}[{place}]")?;
        let mut last: Option<usize> = None;
        for line in lines {
            if last.is_some_and(|last| line.number > last + 1) {
                writeln!(f, "{blank} {BREAK}")?;
            }
            last = Some(line.number);
            let number = format!("{:>gutter$}", line.number);
            let number = self.theme.number.style(number);
            writeln!(f, "{number} {BAR} {}", line.text)?;
            self.draw_marks(f, &blank, &line.marks, style)?;
        }
        writeln!(f, "{blank} {BOTTOM}{}", LINE.to_string().repeat(4))
    }

    /// The underlines of a line, then its texts, the rightmost first.
    fn draw_marks(
        &self,
        f: &mut Formatter<'_>,
        blank: &str,
        marks: &[DrawnMark],
        style: Style,
    ) -> fmt::Result {
        let lead = format!("{blank} {BREAK} ");
        let mut underline = String::new();
        let mut column = 0;
        for mark in marks {
            if mark.start < column {
                continue;
            }
            underline.push_str(&" ".repeat(mark.start - column));
            let middle = if mark.text.is_empty() { usize::MAX } else { stem(mark) - mark.start };
            for at in 0..mark.width {
                underline.push(if at == middle { STEM } else { LINE });
            }
            column = mark.start + mark.width;
        }
        writeln!(f, "{lead}{}", style.style(underline))?;
        let told: Vec<&DrawnMark> = marks.iter().filter(|mark| !mark.text.is_empty()).collect();
        for (at, mark) in told.iter().enumerate().rev() {
            let mut row = String::new();
            let mut column = 0;
            for other in &told[..at] {
                let stem = stem(other);
                if stem < column {
                    continue;
                }
                row.push_str(&" ".repeat(stem - column));
                row.push(BAR);
                column = stem + 1;
            }
            row.push_str(&" ".repeat(stem(mark).saturating_sub(column)));
            row.push(BOTTOM);
            writeln!(f, "{lead}{} {}", style.style(row), style.style(&mark.text))?;
        }
        Ok(())
    }
}

/// The column the text of a mark hangs from.
fn stem(mark: &DrawnMark) -> usize {
    mark.start + (mark.width - 1) / 2
}

/// Display columns of a text, tabs included.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c == '\t' { TAB } else { c.width().unwrap_or(0) }).sum()
}

/// The text as it is printed: tabs as spaces, control characters gone.
fn expand(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c {
            '\t' => vec![' '; TAB],
            c if c.is_control() => Vec::new(),
            c => vec![c],
        })
        .collect()
}

/// Cuts a long line to what surrounds its marks.
fn cut(line: &mut DrawnLine) {
    if line.text.width() <= MAX_SOURCE_COLUMNS {
        return;
    }
    let first = line.marks.first().map_or(0, |mark| mark.start);
    let from = first.saturating_sub(MAX_SOURCE_COLUMNS / 3);
    let mut text = String::new();
    let (mut column, mut dropped) = (0, 0);
    for c in line.text.chars() {
        let wide = c.width().unwrap_or(0);
        if column < from {
            dropped = column + wide;
        } else if column - from < MAX_SOURCE_COLUMNS - 2 {
            text.push(c);
        } else {
            text.push('…');
            break;
        }
        column += wide;
    }
    let lead = usize::from(from > 0);
    if lead == 1 {
        text.insert(0, '…');
    }
    for mark in &mut line.marks {
        mark.start = mark.start.saturating_sub(dropped) + lead;
        mark.width = mark.width.min(MAX_SOURCE_COLUMNS.saturating_sub(mark.start).max(1));
    }
    line.marks.retain(|mark| mark.start < MAX_SOURCE_COLUMNS);
    line.text = text;
}
