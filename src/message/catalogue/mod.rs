//! Every sentence the program says: key, Vietnamese, English. One line an entry, grouped by who
//! says it; `{name}` is an argument. rustfmt leaves the tables alone.

mod drafts;
mod inputs;
mod program;
mod verdicts;

use super::Lang;
use drafts::drafts;
use inputs::inputs;
use program::program;
use verdicts::verdicts;

macro_rules! catalogue {
    (; $($key:ident: $vi:literal | $en:literal,)*) => {
        /// Names one sentence of the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // each is documented by its own texts
        pub enum Key { $($key),* }

        impl Key {
            /// Every key.
            pub const ALL: &[Key] = &[$(Key::$key),*];

            /// The sentence in `lang`, with its placeholders.
            pub fn template(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Key::$key, Lang::Vi) => $vi, (Key::$key, Lang::En) => $en),*
                }
            }
        }
    };
}

// Each table adds its own and calls the next; the last makes them one.
verdicts! { inputs drafts program catalogue ; }
