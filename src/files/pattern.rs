//! Which files a pattern such as `cap-phep/*.csv` means.

use std::io::Error;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::{Files, Kind};

/// What a pattern means in a tree of files.
#[derive(Debug, Default)]
pub struct Matching {
    /// The files, in order.
    pub files: Vec<PathBuf>,
    /// Folders that could not be looked into.
    pub closed: Vec<(PathBuf, Error)>,
}

/// The files in and below `folder` that a pattern means: `*`, `?` and `[…]` within a name, `**` for
/// any folders. Letters with a mark of the pattern's about them may be capital or not: `*.xlsx`
/// means a file saved as `.XLSX` too.
pub fn matching(files: &dyn Files, folder: &Path, pattern: &str) -> Matching {
    let mut found = Matching::default();
    let from = if pattern.starts_with('/') { Path::new("/") } else { folder };
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
    if !parts.is_empty() {
        find(files, from, &parts, &mut found);
    }
    found.files.sort();
    found.files.dedup();
    found
}

fn find(files: &dyn Files, folder: &Path, parts: &[&str], found: &mut Matching) {
    let [part, rest @ ..] = parts else { return };
    if *part == "**" {
        find(files, folder, rest, found);
    } else if !part.contains(['*', '?', '[']) {
        let path = folder.join(part);
        match files.kind(&path) {
            Some(Kind::File) if rest.is_empty() => found.files.push(path),
            Some(Kind::Folder) => find(files, &path, rest, found),
            _ => {}
        }
        return;
    }
    let entries = match files.list(folder) {
        Ok(entries) => entries,
        Err(error) => {
            found.closed.push((folder.to_owned(), error));
            return;
        }
    };
    if *part == "**" {
        for entry in entries.iter().filter(|entry| entry.kind == Kind::Folder && !entry.is_link) {
            find(files, &entry.path, parts, found);
        }
        return;
    }
    let Ok(wanted) = Pattern::new(part) else { return };
    let options = MatchOptions { case_sensitive: false, ..MatchOptions::new() };
    for entry in entries {
        let name = entry.path.file_name().unwrap_or_default().to_string_lossy();
        if !wanted.matches_with(&name, options) {
            continue;
        }
        match entry.kind {
            Kind::File if rest.is_empty() => found.files.push(entry.path),
            Kind::Folder => find(files, &entry.path, rest, found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;

    #[test]
    fn patterns_mean_files_and_nothing_else() {
        let paths = [
            "/d/a.csv",
            "/d/b.CSV",
            "/d/b.txt",
            "/d/n[1].csv",
            "/d/2024/a.csv",
            "/d/2024/x/c.csv",
            "/d/2025/a.csv",
            "/e/a.csv",
            "/d/.an.csv",
        ];
        let memory = Memory::new(paths.map(|path| (path, b"".as_slice())));
        for (pattern, expected) in [
            ("a.csv", &["/d/a.csv"][..]),
            ("A.csv", &[]),
            ("*.csv", &["/d/.an.csv", "/d/a.csv", "/d/b.CSV", "/d/n[1].csv"]),
            ("?.csv", &["/d/a.csv", "/d/b.CSV"]),
            ("n[[]1[]].csv", &["/d/n[1].csv"]),
            ("20*/a.csv", &["/d/2024/a.csv", "/d/2025/a.csv"]),
            ("20*", &[]),
            ("2024", &[]),
            ("**/c.csv", &["/d/2024/x/c.csv"]),
            ("2024/**/*.csv", &["/d/2024/a.csv", "/d/2024/x/c.csv"]),
            ("../e/*.csv", &["/d/../e/a.csv"]),
            ("/e/*.csv", &["/e/a.csv"]),
            ("./a.csv", &["/d/./a.csv"]),
            ("[", &[]),
            ("", &[]),
        ] {
            let found = matching(&memory, Path::new("/d"), pattern);
            let found: Vec<_> = found.files.iter().map(|path| path.to_str()).collect();
            let expected: Vec<_> = expected.iter().map(|path| Some(*path)).collect();
            assert_eq!(found, expected, "{pattern}");
        }
    }
}
