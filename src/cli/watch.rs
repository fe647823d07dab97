//! What the user sees of a long scan, and how to end it: a bar on the terminal, Ctrl-C.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::data::stream::Watch;
use crate::message::Lang;
use crate::msg;

/// Scans shorter than this show nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// Exit status of a program that was interrupted, as shells give it.
pub const INTERRUPTED: u8 = 130;

/// Set by Ctrl-C.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// A bar on standard error, where that is a terminal; Ctrl-C ends the scan it watches.
#[derive(Debug)]
pub struct Bar {
    /// The language asked for, or else the workspace's.
    lang: OnceLock<Lang>,
    started: OnceLock<(Instant, ProgressBar)>,
}

impl Bar {
    /// A bar that speaks a language; without one, the workspace's.
    pub fn new(lang: Option<Lang>) -> Bar {
        let lang = lang.map_or_else(OnceLock::new, OnceLock::from);
        Bar { lang, started: OnceLock::new() }
    }

    fn lang(&self) -> Lang {
        self.lang.get().copied().unwrap_or_default()
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        if let Some((_, bar)) = self.started.get() {
            bar.finish_and_clear();
        }
    }
}

impl Watch for Bar {
    fn speak(&self, lang: Lang) {
        // The first word counts: what was asked for on the command line.
        let _ = self.lang.set(lang);
    }

    fn begin(&self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        // The first Ctrl-C ends the scan in good order, so that no file is left half-written; a
        // second one ends the program. Without a handler Ctrl-C just does what it always does.
        #[allow(clippy::disallowed_methods)] // whatever keeps main from ending must not keep this
        let _ = ctrlc::set_handler(|| {
            if STOPPED.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
        });
        let word = msg!(ReadingData).text(self.lang());
        let style = ProgressStyle::with_template(&format!(
            "{word} {{bar:32}} {{bytes}}/{{total_bytes}}  {{eta}}"
        ));
        let bar = ProgressBar::with_draw_target(Some(bytes as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("━╸ "));
        }
        let _ = self.started.set((Instant::now(), bar));
    }

    fn advance(&self, bytes: usize) {
        let Some((started, bar)) = self.started.get() else { return };
        bar.inc(bytes as u64);
        if bar.is_hidden() && started.elapsed() > PATIENCE && std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn stopped(&self) -> bool {
        STOPPED.load(Ordering::Relaxed)
    }
}
