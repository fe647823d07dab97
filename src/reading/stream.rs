//! Reading a dataset's files in ranges, by as many threads as wanted, batch after batch.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::areas::Areas;
use super::batch::Batch;
use super::cells::{Cells, From};
use super::csv::range::{Range, Ranges};
use super::csv::split::Records;
use super::decode::{Decoder, Setting};
use super::keys::{self, Doubled, KeyLog, UniqueKey};
use super::offence::Offending;
use super::stored::{self, Stored};
use super::text::KnownKeys;
use super::{DataFile, Dataset, Slot};
use crate::contract::FieldId;
use crate::diagnostic::{Code, Diagnostic};
use crate::ids::IdVec;
use crate::message::Arg;
use crate::msg;
use crate::source::Sources;
use crate::source::columnar::Table;

/// Bytes in a range: large enough that starting one costs nothing, small enough that its text and
/// columns stay in a processor's cache.
pub const RANGE_BYTES: usize = 256 << 10;

/// What one thread does with the batches it reads.
pub trait Consumer: Send {
    /// Takes a batch. `grouping` numbers the groups its rows belong to.
    fn take(&mut self, batch: Batch, grouping: &super::group::Grouping);
}

/// Who is told how far reading is, and can end it.
pub trait Meter: std::fmt::Debug + Send + Sync {
    /// So many bytes more are going to be read.
    fn begin(&self, bytes: usize);
    /// So many more have been.
    fn advance(&self, bytes: usize);
    /// Whether to read no further.
    fn stopped(&self) -> bool;
}

/// Nobody.
#[derive(Debug)]
pub struct Unmetered;

impl Meter for Unmetered {
    fn begin(&self, _: usize) {}
    fn advance(&self, _: usize) {}
    fn stopped(&self) -> bool {
        false
    }
}

/// How to read.
pub struct Pace<'a> {
    /// Threads.
    pub threads: usize,
    /// Bytes in a range.
    pub range: usize,
    /// Who is told.
    pub meter: &'a dyn Meter,
}

/// What reading a dataset gave.
pub struct Streamed<C> {
    /// What each thread's consumer holds in the end.
    pub consumers: Vec<C>,
    /// What broke the contract.
    pub findings: Vec<Diagnostic>,
    /// Whether a file could not be read to its end.
    pub unreadable: bool,
}

/// The columns of a dataset whose values must differ.
fn unique(dataset: &Dataset) -> Vec<UniqueKey> {
    let contract = &dataset.contract;
    let mut unique = Vec::new();
    if !contract.primary_key.is_empty() {
        unique.push(UniqueKey { columns: contract.primary_key.clone(), primary: true });
    }
    for (column, field) in contract.fields.enumerate() {
        if field.constraints.unique {
            unique.push(UniqueKey { columns: vec![column], primary: false });
        }
    }
    unique
}

/// Reads a dataset. Where keys turn out to be doubled it is read once more, now knowing which
/// rows must not count.
///
/// The outcome does not depend on the pace, as long as consumers' holdings can be merged in any
/// order.
pub fn read<C: Consumer>(
    dataset: &Dataset,
    sources: &Sources,
    keys: &IdVec<FieldId, Option<KnownKeys>>,
    wanted: &IdVec<FieldId, bool>,
    areas: Option<&Areas>,
    pace: &Pace<'_>,
    make: &(dyn Fn() -> C + Sync),
) -> Streamed<C> {
    let unique = unique(dataset);
    let contract = &*dataset.contract;
    let setting = Setting { contract, keys, wanted, unique: &unique, doubled: None, areas };
    let mut pass = run(dataset, sources, &setting, pace, make);
    let logs = std::mem::take(&mut pass.logs);
    let doubled: Vec<Doubled> = unique
        .iter()
        .zip(logs)
        .map(|(key, logs)| keys::doubled(logs, key, dataset, sources))
        .collect();
    if doubled.iter().any(|doubled| !doubled.is_empty()) {
        pass.consumers.clear();
        let setting = Setting { doubled: Some(&doubled), ..setting };
        pass = run(dataset, sources, &setting, pace, make);
        for (key, doubled) in unique.iter().zip(&doubled) {
            tell_doubled(key, doubled, dataset, sources, &mut pass.offending);
        }
    }
    let mut findings = pass.offending.tell(dataset, sources);
    if let Some((file, error)) = &pass.failure {
        let path = &sources.get(dataset.files[*file].source).name;
        findings.push(
            Diagnostic::of(
                Code::Unreadable,
                msg!(Unreadable, path = path, detail = crate::workspace::reason(error)),
            )
            .help(msg!(UnreadableHelp))
            .nowhere(),
        );
    }
    // What a quote swallows is not read either.
    let unreadable = pass.failure.is_some() || pass.offending.unclosed.count > 0;
    Streamed { consumers: pass.consumers, findings, unreadable }
}

fn tell_doubled(
    key: &UniqueKey,
    doubled: &Doubled,
    dataset: &Dataset,
    sources: &Sources,
    offending: &mut Offending,
) {
    let Some(last) = key.columns.last() else { return };
    for (row, first) in &doubled.later {
        offending.add(Code::DuplicateKey, *last, *row, || {
            let shown = keys::shown(dataset, sources, *row, key);
            let source = sources.get(dataset.files[first.file()].source);
            let (line, _) = source.line_column(source.start_of(first.offset()));
            let why =
                msg!(SameKeyAsLine, key = &shown, line = Arg::from(line), file = &source.name);
            (shown, Some(why))
        });
    }
}

/// What all threads together have gathered.
struct Pass<C> {
    consumers: Vec<C>,
    offending: Offending,
    /// For each key, what each thread has seen.
    logs: Vec<Vec<KeyLog>>,
    /// The file that could not be read, and why.
    failure: Option<(usize, std::io::Error)>,
}

/// A piece of a file that one thread reads.
enum Piece {
    /// A range of a text.
    Range(usize),
    /// Rows of a table.
    Rows(std::ops::Range<usize>),
}

/// A file that is read in pieces.
enum File<'a> {
    Text(Ranges<'a>),
    Table(&'a Table),
}

impl<'a> File<'a> {
    fn new(file: &DataFile, sources: &'a Sources, pace: &Pace<'_>) -> File<'a> {
        let source = sources.get(file.source);
        match source.table() {
            Some(table) => File::Table(table),
            None => File::Text(Ranges::new(source, file.body, pace.range, file.delimiter)),
        }
    }

    fn pieces(&self, threads: usize) -> Vec<Piece> {
        match self {
            File::Text(ranges) => (0..ranges.count()).map(Piece::Range).collect(),
            File::Table(table) => {
                stored::pieces(table, threads).into_iter().map(Piece::Rows).collect()
            }
        }
    }
}

/// One thread's reading.
struct Worker<'a, C> {
    dataset: &'a Dataset,
    pace: &'a Pace<'a>,
    consumer: C,
    decoder: Decoder<'a>,
    range: Range,
    records: Records,
}

impl<C: Consumer> Worker<'_, C> {
    fn read(&mut self, number: usize, file: &File<'_>, piece: &Piece) -> std::io::Result<()> {
        match (file, piece) {
            (File::Text(ranges), Piece::Range(index)) => self.range(number, ranges, *index),
            (File::Table(table), Piece::Rows(rows)) => self.rows(number, table, rows.clone()),
            _ => Ok(()),
        }
    }

    fn range(&mut self, file: usize, ranges: &Ranges<'_>, index: usize) -> std::io::Result<()> {
        ranges.fetch(index, &mut self.range)?;
        let own = &self.dataset.files[file];
        self.records.split(&self.range, own.width, own.delimiter);
        let cells = Cells::of_text(&self.range, &self.records, file);
        let batch = self.decoder.decode(cells, own);
        self.consumer.take(batch, &self.decoder.grouping);
        self.pace.meter.advance(self.range.size);
        Ok(())
    }

    fn rows(
        &mut self,
        file: usize,
        table: &Table,
        rows: std::ops::Range<usize>,
    ) -> std::io::Result<()> {
        let own = &self.dataset.files[file];
        let slots = own.slots.iter().filter_map(|slot| match slot {
            Slot::At(slot) => Some(*slot),
            _ => None,
        });
        let slots: Vec<usize> = slots.collect();
        let most = stored::batch_rows(table, self.pace.range);
        let mut stored = Stored::new(table, rows.start);
        let mut start = rows.start;
        loop {
            let end = rows.end.min(start + most);
            let order = stored.read(start..end, &slots)?;
            let batch = self.decoder.decode(Cells { from: From::Table(&stored), file, order }, own);
            self.consumer.take(batch, &self.decoder.grouping);
            self.pace.meter.advance(table.share(start..end));
            start = end;
            if start >= rows.end || self.pace.meter.stopped() {
                return Ok(());
            }
        }
    }
}

fn run<C: Consumer>(
    dataset: &Dataset,
    sources: &Sources,
    setting: &Setting<'_>,
    pace: &Pace<'_>,
    make: &(dyn Fn() -> C + Sync),
) -> Pass<C> {
    let files: Vec<File<'_>> =
        dataset.files.iter().map(|file| File::new(file, sources, pace)).collect();
    let pieces: Vec<(usize, Piece)> = files
        .iter()
        .enumerate()
        .flat_map(|(at, file)| file.pieces(pace.threads).into_iter().map(move |piece| (at, piece)))
        .collect();
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<(usize, std::io::Error)>> = Mutex::new(None);
    let failed = AtomicBool::new(false);
    let work = || {
        let mut worker = Worker {
            dataset,
            pace,
            consumer: make(),
            decoder: Decoder::new(setting),
            range: Range::default(),
            records: Records::default(),
        };
        while !failed.load(Ordering::Relaxed) && !pace.meter.stopped() {
            let Some((file, piece)) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) else {
                break;
            };
            if let Err(error) = worker.read(*file, &files[*file], piece) {
                failed.store(true, Ordering::Relaxed);
                let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                failure.get_or_insert((*file, error));
                break;
            }
        }
        (worker.consumer, worker.decoder.offending, worker.decoder.logs)
    };
    let threads = pace.threads.min(pieces.len()).max(1);
    let done: Vec<_> = if threads == 1 {
        vec![work()]
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers.into_iter().map(join).collect()
        })
    };
    let mut pass = Pass {
        consumers: Vec::new(),
        offending: Offending::default(),
        logs: setting.unique.iter().map(|_| Vec::new()).collect(),
        failure: failure.into_inner().unwrap_or_else(PoisonError::into_inner),
    };
    for (consumer, offending, logs) in done {
        pass.consumers.push(consumer);
        pass.offending.merge(offending);
        for (at, log) in logs.into_iter().enumerate() {
            pass.logs[at].push(log);
        }
    }
    pass
}
