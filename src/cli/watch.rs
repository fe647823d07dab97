//! What the user sees of a long scan, and how to end it: a bar on the terminal, Ctrl-C.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::Display;
use super::output::complain;
use super::refused;
use crate::check::{Checked, Refused, Request, check, open};
use crate::files::{Disk, Files};
use crate::message::Lang;
use crate::msg;
use crate::reading::stream::{Meter, Unmetered};

/// Scans shorter than this show nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// Exit status of a program that was interrupted, as shells give it.
const INTERRUPTED: u8 = 130;

/// Set by Ctrl-C.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// A bar on standard error, where that is a terminal; Ctrl-C ends the scan it watches.
#[derive(Debug)]
struct Bar {
    /// The language asked for.
    lang: Option<Lang>,
    /// The folder of the workspace, whose language is spoken otherwise.
    workspace: Option<PathBuf>,
    started: OnceLock<(Instant, ProgressBar)>,
}

impl Bar {
    fn new(lang: Option<Lang>, workspace: Option<&Path>) -> Bar {
        Bar { lang, workspace: workspace.map(Path::to_owned), started: OnceLock::new() }
    }

    /// The settings are read for it once more, but only where a bar is shown.
    fn lang(&self) -> Lang {
        let spoken = || {
            let files: Arc<dyn Files> = Arc::new(Disk);
            open(&files, self.workspace.as_deref()?).ok()?.made.config.lang
        };
        self.lang.or_else(spoken).unwrap_or_default()
    }

    /// What it looks like.
    fn style(&self) -> Option<ProgressStyle> {
        let word = msg!(ReadingData).text(self.lang());
        let template = format!("{word} {{bar:32}} {{bytes}}/{{total_bytes}}  {{eta}}");
        Some(ProgressStyle::with_template(&template).ok()?.progress_chars("━╸ "))
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        if let Some((_, bar)) = self.started.get() {
            bar.finish_and_clear();
        }
    }
}

impl Meter for Bar {
    fn begin(&self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        if let Some((_, bar)) = self.started.get() {
            bar.inc_length(bytes as u64);
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
        let bar = ProgressBar::with_draw_target(Some(bytes as u64), ProgressDrawTarget::hidden());
        let _ = self.started.set((Instant::now(), bar));
    }

    fn advance(&self, bytes: usize) {
        let Some((started, bar)) = self.started.get() else { return };
        bar.inc(bytes as u64);
        if bar.is_hidden() && started.elapsed() > PATIENCE && std::io::stderr().is_terminal() {
            if let Some(style) = self.style() {
                bar.set_style(style);
            }
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn stopped(&self) -> bool {
        STOPPED.load(Ordering::Relaxed)
    }
}

/// Runs a check with a bar on the terminal; what keeps it from ending is told, and the exit status
/// of that returned.
pub fn watched(request: &mut Request, display: &Display, quiet: bool) -> Result<Checked, u8> {
    let workspace = request.workspace.clone();
    with_bar(display, quiet, Some(&workspace), |meter| {
        request.meter = meter;
        check(request)
    })
}

/// Runs anything that reads data of a workspace with a bar on the terminal, like [`watched`].
pub fn with_bar<T>(
    display: &Display,
    quiet: bool,
    workspace: Option<&Path>,
    run: impl FnOnce(Arc<dyn Meter>) -> Result<T, Box<Refused>>,
) -> Result<T, u8> {
    let lang = display.lang();
    let bar = Arc::new(Bar::new(lang, workspace));
    let done = if quiet { run(Arc::new(Unmetered)) } else { run(bar.clone()) };
    bar.clear();
    done.map_err(|reason| {
        if bar.stopped() {
            let lang = lang.or(reason.lang).unwrap_or_default();
            complain(&format!("{}\n", msg!(Interrupted).text(lang)));
            return INTERRUPTED;
        }
        refused(&reason, lang, display.color())
    })
}
