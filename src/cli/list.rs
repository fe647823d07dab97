//! `rasoat list`: every rule, one line each.

use unicode_width::UnicodeWidthStr;

use super::args::{Display, ListArgs};
use super::output::print;
use super::watch::with_bar;
use crate::check::list;
use crate::diagnostic::resolved::Position;

/// Runs the command.
pub fn run(args: &ListArgs, display: &Display) -> u8 {
    let mut request = args.common.request(args.workspace.clone());
    request.select.clone_from(&args.select);
    request.lead.clone_from(&args.lead);
    let lang = display.lang();
    let listed = with_bar(display, false, Some(&args.workspace), |meter| {
        request.meter = meter;
        list(&request)
    });
    let listed = match listed {
        Ok(listed) => listed,
        Err(status) => return status,
    };
    let lang = lang.or(listed.config.lang).unwrap_or_default();
    let rows: Vec<[String; 5]> = listed
        .heads
        .iter()
        .map(|head| {
            let place = Position::of(head.at, &listed.sources);
            [
                head.id.clone(),
                head.kind.name().to_owned(),
                head.lead.clone().unwrap_or_default(),
                head.title.get(lang).to_owned(),
                format!("{}:{}", place.file, place.line),
            ]
        })
        .collect();
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    print(&text);
    0
}
