//! Which files are data, and which describe it: told by their endings.

use std::path::{Path, PathBuf};

use crate::files::{Files, Kind};

/// What the name of a Table Schema beside a data file ends in.
pub const SCHEMA_ENDING: &str = ".schema.json";

/// Endings of data files.
const ENDINGS: [&str; 10] =
    [".csv", ".csv.gz", ".csv.zst", ".parquet", ".xlsx", ".xlsm", ".xls", ".ods", ".tsv", ".txt"];

/// The files of a folder, in order of name.
pub fn list(files: &dyn Files, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = files.list(folder)?.into_iter();
    let paths = entries.filter(|entry| entry.kind == Kind::File).map(|entry| entry.path);
    Ok(paths.filter(|path| !is_lock(path)).collect())
}

/// The data files of a folder that are not hidden, in order of name.
pub fn data_in(files: &dyn Files, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let hidden =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    Ok(list(files, folder)?.into_iter().filter(|path| is_data(path) && !hidden(path)).collect())
}

/// Whether a file is what a spreadsheet program leaves beside a file it has open.
pub fn is_lock(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("~$") || name.starts_with(".~lock.")
}

/// Whether a path ends like this, in capital letters or not.
pub fn has_ending(path: &Path, ending: &str) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let end = name.len().checked_sub(ending.len()).map(|start| &name[start..]);
    end.is_some_and(|end| end.eq_ignore_ascii_case(ending.as_bytes()))
}

/// Whether a file is of a kind that is read as data.
pub fn is_data(path: &Path) -> bool {
    ENDINGS.iter().any(|ending| has_ending(path, ending))
}

/// Whether a file nobody describes was probably meant to be described.
pub fn is_stray(path: &Path) -> bool {
    is_data(path) && !has_ending(path, ".txt")
}

/// A file's name without its endings.
pub fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ending =
        ENDINGS.iter().chain(&[".toml", SCHEMA_ENDING]).find(|ending| has_ending(path, ending));
    // Endings are plain letters, as long in one case as in the other.
    ending.map_or(name.clone(), |ending| name[..name.len() - ending.len()].to_owned())
}
