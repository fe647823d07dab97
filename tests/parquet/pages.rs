//! How much of a Parquet file is asked for at once, and in all.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rasoat::check::{ReadingOptions, check};
use rasoat::exact::Exact;
use rasoat::files::{Disk, Files, FolderEntry, ReadAt, Stamp};

use super::common::{Workspace, verdict};
use super::written::Writing;
use super::{of_numbers, of_text, small};

/// The files of this machine, and the most bytes of one that were asked for at once, and all.
#[derive(Debug, Default)]
struct Counting {
    most: Arc<AtomicU64>,
    all: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Counted {
    file: Arc<dyn ReadAt>,
    most: Arc<AtomicU64>,
    all: Arc<AtomicU64>,
}

impl ReadAt for Counted {
    fn len(&self) -> u64 {
        self.file.len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
        self.most.fetch_max(buffer.len() as u64, Ordering::Relaxed);
        self.all.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.file.read_at(buffer, offset)
    }
}

impl Files for Counting {
    fn list(&self, folder: &Path) -> std::io::Result<Vec<FolderEntry>> {
        Disk.list(folder)
    }

    fn read(&self, path: &Path) -> std::io::Result<Arc<[u8]>> {
        assert!(path.extension() != Some("parquet".as_ref()), "read as a whole");
        Disk.read(path)
    }

    fn open(&self, path: &Path) -> std::io::Result<Arc<dyn ReadAt>> {
        let file = Disk.open(path)?;
        if path.extension() != Some("parquet".as_ref()) {
            return Ok(file);
        }
        Ok(Arc::new(Counted { file, most: Arc::clone(&self.most), all: Arc::clone(&self.all) }))
    }

    fn resolve(&self, path: &Path) -> std::io::Result<std::path::PathBuf> {
        Disk.resolve(path)
    }

    fn stamp(&self, path: &Path) -> std::io::Result<Stamp> {
        Disk.stamp(path)
    }
}

#[test]
fn a_page_at_a_time_is_read_and_each_once() {
    let count = 200_000;
    let numbers = |of: &dyn Fn(i64) -> i64| (0..count).map(of).collect::<Vec<i64>>();
    let areas: Vec<&str> = (0..count).map(|at| if at % 3 == 0 { "01" } else { "02" }).collect();
    let columns = [
        of_numbers("nam", &numbers(&|at| 2023 + at % 2)),
        of_text("xa", &areas),
        of_numbers("dat", &numbers(&|at| at)),
        of_numbers("tong", &numbers(&|at| 2 * at)),
    ];
    // Groups that one thread reads, and one that several share.
    for group in [10_000, 200_000] {
        let writing = Writing { group, page: 500, dictionary: false, ..Writing::PLAIN };
        read_by_pages(&small(&columns, &writing));
    }
}

fn read_by_pages(workspace: &Workspace) {
    workspace.replace("datasets/so.toml", "primaryKey = [\"nam\", \"xa\"]\n", "");
    let size =
        std::fs::metadata(workspace.path().join("datasets/so.parquet")).expect("there").len();
    let files = Arc::new(Counting::default());
    let (most, all) = (Arc::clone(&files.most), Arc::clone(&files.all));
    let mut request = workspace.request();
    request.files = files;
    request.reading = ReadingOptions { threads: 3, held: 0, ..ReadingOptions::default() };
    let checked = check(&request).expect("a workspace");
    assert_eq!(verdict(&checked, "1.a").value().cloned(), Some(Exact::int(50)));
    // A page of 500 numbers, or what the file says of itself.
    let (most, all) = (most.load(Ordering::Relaxed), all.load(Ordering::Relaxed));
    assert!(most < 16 << 10, "{most} of {size} bytes");
    assert!(size > 500_000 && all < 2 * size, "{all} of {size} bytes");
}
