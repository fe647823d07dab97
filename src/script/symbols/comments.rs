//! The comment that belongs to a statement.

use crate::script::pieces;
use crate::script::position::{ScriptText, slice};
use crate::source::Span;

/// The comment above what begins at a byte as the first thing in its line, without its marks;
/// nothing where there is none.
pub fn above(text: &ScriptText, start: usize) -> Option<String> {
    let line = slice(text, (0..start).into()).rfind('\n').map_or(0, |end| end + 1);
    if !slice(text, (line..start).into()).trim().is_empty() {
        return None;
    }
    let from = pieces::above(text, text.tokens(), line);
    let all = &text.tokens().comments;
    let first = all.partition_point(|comment| comment.span.start < from);
    let own = all[first..].iter().take_while(|comment| comment.span.start < line);
    let lines: Vec<&str> = own.flat_map(|comment| lines(text, comment.span)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The lines of a comment, without its marks.
fn lines(text: &str, span: Span) -> impl Iterator<Item = &str> {
    let written = slice(text, span);
    let inside = match written.strip_prefix("/*") {
        Some(rest) => rest.strip_suffix("*/").unwrap_or(rest).trim_start_matches('*').trim(),
        None => written.trim_start_matches('/').trim_start_matches('!'),
    };
    inside.lines().map(str::trim)
}
