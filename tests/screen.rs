//! What stands on the screen: the program run in a pseudo-terminal, and the cells of the screen
//! read with their colours.

#![cfg(unix)]

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use vt100::{Color, Parser};

/// Widths people have: a plain terminal, half a screen, a whole one, a very wide one.
const WIDTHS: [u16; 4] = [80, 100, 120, 200];

/// What a run of the program in a terminal of so many columns wrote.
fn run(arguments: &[&str], columns: u16) -> Vec<u8> {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("a terminal");
    unlockpt(&terminal).expect("a terminal");
    let name = ptsname(&terminal, Vec::new()).expect("a name");
    let screen = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("a screen");
    let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&screen, size).expect("a size");
    let screen = File::from(screen);
    let stdio = || Stdio::from(screen.try_clone().expect("a handle"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_rasoat"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("TERM", "xterm-256color").env_remove("NO_COLOR").env_remove("CLICOLOR");
    let mut child =
        command.stdin(stdio()).stdout(stdio()).stderr(stdio()).spawn().expect("the program");
    // The terminal ends when nobody has its screen open any more.
    drop((command, screen));
    let mut written = Vec::new();
    let mut terminal = File::from(terminal);
    let mut buffer = [0; 4096];
    while let Ok(read) = terminal.read(&mut buffer)
        && read > 0
    {
        written.extend_from_slice(&buffer[..read]);
    }
    child.wait().expect("an end");
    written
}

/// The screen after all of it, tall enough to hold every line.
fn screen(written: &[u8], columns: u16) -> Parser {
    let lines = written.iter().filter(|byte| **byte == b'\n').count();
    // Long lines are wrapped by the terminal.
    let rows = u16::try_from(4 * lines + 10).expect("a screen");
    let mut parser = Parser::new(rows, columns, 0);
    parser.process(written);
    parser
}

/// The colour of each occurrence of a word on the screen.
fn colours(parser: &Parser, columns: u16, word: &str) -> Vec<Color> {
    let mut found = Vec::new();
    for (row, line) in parser.screen().rows(0, columns).enumerate() {
        for (at, _) in line.match_indices(word) {
            let column = u16::try_from(line[..at].chars().count()).expect("a column");
            let row = u16::try_from(row).expect("a row");
            found.push(parser.screen().cell(row, column).expect("a cell").fgcolor());
        }
    }
    found
}

#[test]
fn colours_are_colours_at_every_width() {
    for columns in WIDTHS {
        for arguments in [
            &["check", "--lang", "en"][..],
            &["check", "--lang", "vi", "--quiet"],
            &["check", "--lang", "en", "--format", "concise"],
            &["explain", "II.2.1.b.3-3", "--lang", "vi"],
            &["trace", "II.2.1.a.2-1", "--lang", "en"],
            &["check", "--lang", "en", "--select", "no-such-demand"],
        ] {
            let written = run(arguments, columns);
            let parser = screen(&written, columns);
            let text = parser.screen().contents();
            // What is left of a sequence whose beginning was taken for a control character.
            assert!(!text.contains("[0m") && !text.contains("[1m"), "{arguments:?} at {columns}");
            assert!(!text.contains("[3") && !text.contains("[2m"), "{arguments:?} at {columns}");
            assert!(text.trim().lines().count() > 1, "{arguments:?} at {columns}: {text}");
        }
    }
}

#[test]
fn the_closing_line_says_each_status_in_its_colour() {
    let columns = 200;
    let written = run(&["check", "--lang", "en", "--quiet"], columns);
    let parser = screen(&written, columns);
    let closing = parser.screen().contents();
    let closing = closing.trim_end().lines().last().expect("a line");
    assert!(
        closing.starts_with("52 targets, 52 assignments, 18 data rules: 1 error, "),
        "{closing}"
    );
    let (red, yellow, green) = (Color::Idx(1), Color::Idx(3), Color::Idx(2));
    for (words, colour) in [("1 error,", red), ("19 behind,", yellow), ("62 met,", green)] {
        assert_eq!(colours(&parser, columns, words).last(), Some(&colour), "{words}");
    }
    assert_eq!(colours(&parser, columns, "52 targets, ").last(), Some(&Color::Default));
}

#[test]
fn nothing_is_coloured_where_nobody_wants_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_rasoat"))
        .args(["check", "--lang", "en"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program");
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
    assert!(!output.stdout.is_empty());
}
