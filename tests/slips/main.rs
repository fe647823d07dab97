//! Slips of the pen, made one at a time in a copy of the bundled workspace: what is said of each,
//! where, what it costs, and whether what is proposed mends it.

#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod files;
mod scripts;
mod settings;
mod tokens;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{day, held_bundled};
use rasoat::check::{Request, Session};
use rasoat::diagnostic::Diagnostic;
use rasoat::diagnostic::resolved::Finding;
use rasoat::files::{Files, Memory};
use rasoat::message::Lang;
use rasoat::report::format::Json;
use rasoat::report::{Options, Report, ReportView};
use rasoat::verdict::Status;

/// A slip, and what should be said of it.
pub struct Slip {
    /// The file, in the workspace.
    pub file: &'static str,
    /// A text before the slip, so that it is made at the right place.
    pub at: &'static str,
    /// What stands there.
    pub from: &'static str,
    /// What the slip makes of it.
    pub to: &'static str,
    /// What the first finding marks, to the letter.
    pub marks: &'static str,
    /// Words of the first finding and its help, in English and in Vietnamese.
    pub says: [&'static str; 2],
    /// How many findings there are that are not there without the slip.
    pub findings: usize,
    /// The demands that cannot be judged any more.
    pub lost: Lost,
    /// What mends it.
    pub cure: Cure,
}

/// Demands that cannot be judged.
pub enum Lost {
    These(&'static [&'static str]),
    So(usize),
}

/// How a slip is mended.
pub enum Cure {
    /// By what the finding offers: put in, the report is as before.
    Fix,
    /// By hand, because of this.
    Hand(&'static str),
}

/// The bundled workspace, in which slips are made and taken back.
pub struct Bench {
    memory: Arc<Memory>,
    session: Session,
    sound: String,
    lost: BTreeSet<String>,
    known: BTreeSet<String>,
}

impl Bench {
    pub fn of_bundled() -> Bench {
        let memory = held_bundled();
        let files: Arc<dyn Files> = memory.clone();
        let mut session = Session::new(Request { files, ..Request::new("/w", day("2025-12-10")) });
        let sound = session.check().expect("a workspace");
        let known = sound.diagnostics().map(words).collect();
        let lost = lost(&sound);
        let sound = document(&sound, &session);
        Bench { memory, session, sound, lost, known }
    }

    /// Whether a report is that without any slip.
    pub fn is_sound(&self, report: &Report) -> bool {
        document(report, &self.session) == self.sound
    }

    pub fn path(file: &str) -> PathBuf {
        Path::new("/w").join(file)
    }

    pub fn text(&self, file: &str) -> String {
        let bytes = self.memory.read(&Bench::path(file)).expect("a file");
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    /// What is found with a file changed, and the demands lost, with the file as before in the end.
    pub fn with(&mut self, file: &str, text: &str) -> Found {
        let before = self.text(file);
        let path = Bench::path(file);
        self.memory.write(&path, text.as_bytes().to_vec());
        let report = self.session.check().expect("a workspace");
        let sources = self.session.sources().expect("sources");
        let findings = report.diagnostics().filter(|finding| !self.known.contains(&words(finding)));
        let findings = findings.map(|finding| Told {
            marked: marked(finding, sources),
            english: said(finding, Lang::En),
            vietnamese: said(finding, Lang::Vi),
            finding: Finding::told(finding.clone(), sources),
        });
        let findings = findings.collect();
        let lost = lost(&report).difference(&self.lost).cloned().collect();
        self.memory.write(&path, before.into_bytes());
        Found { findings, lost, report }
    }
}

fn lost(report: &Report) -> BTreeSet<String> {
    let lost = report.results.iter().filter(|verdict| verdict.status() == Status::Error);
    lost.map(|verdict| verdict.head.id.clone()).collect()
}

fn document(report: &Report, session: &Session) -> String {
    let view = ReportView::new(report.clone(), session.sources().expect("sources"), None);
    common::written(&view, &Json, &Options::new(Lang::En))
}

/// What a slip came to.
pub struct Found {
    pub findings: Vec<Told>,
    pub lost: Vec<String>,
    pub report: Report,
}

/// A finding that is not there without the slip.
pub struct Told {
    pub marked: String,
    pub english: String,
    pub vietnamese: String,
    pub finding: Finding,
}

/// A finding as it is told from others.
fn words(finding: &Diagnostic) -> String {
    format!("{finding}")
}

fn said(finding: &Diagnostic, lang: Lang) -> String {
    let help = finding.help.iter().chain(&finding.notes);
    let all = std::iter::once(&finding.message).chain(help);
    all.map(|message| message.text(lang)).collect::<Vec<_>>().join(" | ")
}

fn marked(finding: &Diagnostic, sources: &rasoat::source::Sources) -> String {
    let Some(label) = finding.labels.first() else { return String::new() };
    let at = sources.locate(label.at);
    String::from_utf8_lossy(&sources.get(at.source).slice(at.span)).into_owned()
}

/// A text with what a finding offers put in.
pub fn mended(text: &str, finding: &Finding) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    let offset = |line: usize, column: usize| {
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        let rest = &text[start..];
        start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at)
    };
    let start = offset(fix.place.line, fix.place.column);
    let end = offset(fix.place.end_line, fix.place.end_column);
    Some([&text[..start], &fix.text, &text[end..]].concat())
}

/// What is not as it should be about a slip.
fn wrong(bench: &mut Bench, slip: &Slip) -> Vec<String> {
    let text = bench.text(slip.file);
    let at = text.find(slip.at).unwrap_or_else(|| panic!("{:?} in {}", slip.at, slip.file));
    let from = text[at..].find(slip.from).unwrap_or_else(|| panic!("{:?}", slip.from)) + at;
    let slipped = [&text[..from], slip.to, &text[from + slip.from.len()..]].concat();
    let found = bench.with(slip.file, &slipped);
    let mut wrong = Vec::new();
    if found.findings.len() != slip.findings {
        wrong.push(format!("{} findings", found.findings.len()));
        for told in &found.findings {
            wrong.push(format!("   {} [{}]", told.english, told.marked));
        }
    }
    let is_so = match slip.lost {
        Lost::These(ids) => found.lost == ids,
        Lost::So(many) => found.lost.len() == many,
    };
    if !is_so {
        wrong.push(format!("lost {}: {:?}", found.lost.len(), found.lost));
    }
    let Some(first) = found.findings.first() else { return wrong };
    if first.marked != slip.marks {
        wrong.push(format!("marks {:?}", first.marked));
    }
    for (words, told) in slip.says.iter().zip([&first.english, &first.vietnamese]) {
        if !told.contains(words) {
            wrong.push(format!("says {told:?}"));
        }
    }
    if let Cure::Fix = slip.cure {
        match mended(&slipped, &first.finding) {
            None => wrong.push("offers nothing".to_owned()),
            Some(mended) if mended == text => {}
            Some(mended) => {
                let found = bench.with(slip.file, &mended);
                if !bench.is_sound(&found.report) {
                    let fix = first.finding.fix.as_ref();
                    wrong.push(format!("is not mended by {fix:?}"));
                    wrong.extend(found.findings.iter().map(|told| told.english.clone()));
                }
            }
        }
    }
    wrong
}

/// Every slip of a table is told as it says.
pub fn tell_all(slips: &[Slip]) {
    let mut bench = Bench::of_bundled();
    let mut all = String::new();
    for slip in slips {
        let wrong = wrong(&mut bench, slip);
        if !wrong.is_empty() {
            let (from, to) = (slip.from, slip.to);
            all.push_str(&format!(
                "{}: {from:?} -> {to:?}\n    {}\n",
                slip.file,
                wrong.join("\n    ")
            ));
        }
        if let Cure::Hand(why) = slip.cure {
            assert!(!why.is_empty(), "why {:?} cannot be mended", slip.to);
        }
    }
    assert!(all.is_empty(), "\n{all}");
}
