mod engine;
mod places;
mod tables;

use std::path::{Path, PathBuf};

use super::*;
use crate::source::Sources;

fn source() -> SourceId {
    Sources::of_texts().add(Path::new("/a"), *b"")
}

fn read(text: &str) -> Symbols {
    Symbols::of(source(), text, &Surroundings::default())
}

/// The bundled rule files.
fn bundled() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rhai") {
                let text = std::fs::read_to_string(&path).expect("a text");
                files.push((path, text));
            }
        }
    }
    files.sort();
    assert!(files.len() > 15);
    files
}
