//! Slips in the names of files.

use rasoat::check::{Request, check};
use rasoat::diagnostic::Code;
use rasoat::files::Files as _;
use rasoat::message::Lang;

use super::common::{day, held_bundled};
use super::{Bench, said};

#[test]
fn a_rule_file_under_another_name_is_told_with_what_it_declares() {
    let file = "rules/targets/a-lao-dong-an-sinh.rhai";
    for name in
        ["rules/targets/a-lao-dong-an-sinh.rhai.txt", "rules/targets/a-lao-dong-an-sinh.RHAI"]
    {
        let memory = held_bundled();
        let text = memory.read(&Bench::path(file)).expect("a file");
        memory.remove(Bench::path(file));
        memory.write(Bench::path(name), text.to_vec());
        let request = Request { files: memory, ..Request::new("/w", day("2025-12-10")) };
        let checked = check(&request).expect("a workspace");
        let told = |code| checked.report.findings.iter().filter(move |found| found.code == code);
        let unread: Vec<String> =
            told(Code::ScriptNotRead).map(|found| said(found, Lang::En)).collect();
        assert_eq!(unread.len(), 1, "{unread:?}");
        assert!(unread[0].contains("rename it to a-lao-dong-an-sinh.rhai"), "{unread:?}");
        assert!(unread[0].contains("14 declarations are not judged because of this"), "{unread:?}");
        assert_eq!(told(Code::ClauseWithoutRule).count(), 0);
    }
}
