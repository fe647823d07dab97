//! The reference page says what the program does: it is made from what is registered.

use rasoat::script::reference;

#[test]
fn the_page_is_current() {
    let page = reference::page().unwrap_or_else(|problems| panic!("{problems}"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md");
    if std::env::var_os("RASOAT_UPDATE").is_some() {
        std::fs::write(path, &page).expect("written");
    }
    let stored = std::fs::read_to_string(path).expect("docs/reference.md");
    assert!(
        stored == page,
        "docs/reference.md is old: RASOAT_UPDATE=1 cargo test --test reference"
    );
}
