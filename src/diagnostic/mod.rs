//! A finding: what is wrong, where (data, rule, plan), and what to do.
//!
//! Core functions return errors without a place; the caller adds one with [`At::at`]. Before it is
//! told a finding is [`resolved`]: its places are looked up. Only [`render`] knows miette.

mod code;
pub mod render;
pub mod resolved;
mod theme;
mod told;

pub use code::{Class, Code};
pub use told::{Findings, Told};

use crate::message::{Lang, Message};
use crate::source::Place;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Advice,
    /// Should be looked at.
    Warning,
    /// Not met, or broken.
    Error,
}

impl Severity {
    /// The name used on the command line, in rules and in machine formats.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Advice => "advice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity of this name.
    pub fn parse(name: &str) -> Option<Severity> {
        [Severity::Advice, Severity::Warning, Severity::Error]
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// One place a finding points at, and what is to be seen there.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place.
    pub at: Place,
    /// What is to be seen there; nothing when the caret says it all.
    pub text: Option<Message>,
}

/// What would mend a finding, as a program can do it: a text in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Where; at the finding's first place if not said.
    pub at: Option<Place>,
    /// The part of what stands there that is replaced: its first occurrence. Everything if not
    /// said; what is not there cannot be replaced, and then there is no fix.
    pub part: Option<String>,
    /// What to put there.
    pub text: String,
}

impl Fix {
    /// A text in place of all that stands somewhere.
    pub fn at(at: impl Into<Place>, text: impl Into<String>) -> Fix {
        Fix { at: Some(at.into()), part: None, text: text.into() }
    }
}

/// What would mend a finding: in words, and perhaps as a program can do it.
#[derive(Clone, Debug, PartialEq)]
pub struct Help {
    /// In words.
    pub text: Message,
    /// For a program.
    pub fix: Option<Fix>,
}

impl From<Message> for Help {
    fn from(text: Message) -> Help {
        Help { text, fix: None }
    }
}

/// A finding, complete and independent of language and output format.
///
/// It is made by [`Diagnostic::of`] and a place, or by saying that there is none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: Message,
    /// The rule or clause concerned, shown before the message.
    pub subject: Option<String>,
    /// Where, most important first. The first label of each source leads its excerpt.
    pub labels: Vec<Label>,
    /// What would mend it.
    pub help: Vec<Message>,
    /// What would mend it, as a program can do it.
    pub fix: Option<Fix>,
    /// What else a reader should know.
    pub notes: Vec<Message>,
}

/// A finding that does not point anywhere yet: it becomes a [`Diagnostic`] by its first place, or
/// by saying that there is none.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it has to be given a place, or to say that it has none"]
pub struct Unplaced(Diagnostic);

impl Unplaced {
    /// Points at a place, and says what is to be seen there.
    pub fn label(self, at: impl Into<Place>, text: Message) -> Diagnostic {
        self.0.label(at, text)
    }

    /// Points at a place without a word.
    pub fn mark(self, at: impl Into<Place>) -> Diagnostic {
        self.0.mark(at)
    }

    /// Points at a place without a word; where there is none, nowhere.
    pub fn mark_or_nowhere(self, at: Option<impl Into<Place>>) -> Diagnostic {
        match at {
            Some(at) => self.mark(at),
            None => self.nowhere(),
        }
    }

    /// Points at places of the data, as many as there are, before one that is always there.
    pub fn lead(mut self, places: impl IntoIterator<Item = (Place, Message)>) -> Unplaced {
        for (at, text) in places {
            self.0 = self.0.label(at, text);
        }
        self
    }

    /// Points at each of the rows or cells that are wrong; nowhere if there are none.
    pub fn mark_each_or_nowhere(
        self,
        places: impl IntoIterator<Item = (Place, Option<Message>)>,
    ) -> Diagnostic {
        let mut found = self.0;
        found.labels.extend(places.into_iter().map(|(at, text)| Label { at, text }));
        found
    }

    /// Points nowhere: what is wrong is in no file, or in none that can be shown.
    pub fn nowhere(self) -> Diagnostic {
        self.0
    }

    /// Says what would mend it.
    pub fn help(self, help: impl Into<Help>) -> Unplaced {
        Unplaced(self.0.help(help))
    }

    /// Says what would mend it, if there is anything to say.
    pub fn maybe_help(self, help: Option<impl Into<Help>>) -> Unplaced {
        Unplaced(self.0.maybe_help(help))
    }

    /// Offers what a program can mend it by.
    pub fn fix(self, fix: Fix) -> Unplaced {
        Unplaced(self.0.fix(fix))
    }

    /// Adds a remark.
    pub fn note(self, note: Message) -> Unplaced {
        Unplaced(self.0.note(note))
    }

    /// Names the rule or clause concerned.
    pub fn subject(self, id: impl Into<String>) -> Unplaced {
        Unplaced(self.0.subject(id))
    }

    /// Changes the severity.
    pub fn severity(self, severity: Severity) -> Unplaced {
        Unplaced(self.0.severity(severity))
    }
}

impl Diagnostic {
    /// What is found, of the code's usual severity: it has to be given a place.
    pub fn of(code: Code, message: Message) -> Unplaced {
        Unplaced(Diagnostic {
            code,
            severity: code.severity(),
            message,
            subject: None,
            labels: Vec::new(),
            help: Vec::new(),
            fix: None,
            notes: Vec::new(),
        })
    }

    /// Points at a place.
    pub fn label(mut self, at: impl Into<Place>, text: Message) -> Diagnostic {
        self.labels.push(Label { at: at.into(), text: Some(text) });
        self
    }

    /// Points at a place without a word.
    pub fn mark(mut self, at: impl Into<Place>) -> Diagnostic {
        self.labels.push(Label { at: at.into(), text: None });
        self
    }

    /// Says what would mend it. The first way that a program can go is the one offered to it.
    pub fn help(mut self, help: impl Into<Help>) -> Diagnostic {
        let help = help.into();
        self.help.push(help.text);
        self.fix = self.fix.or(help.fix);
        self
    }

    /// Says what would mend it, if there is anything to say.
    pub fn maybe_help(self, help: Option<impl Into<Help>>) -> Diagnostic {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Offers what a program can mend it by.
    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fix = Some(fix);
        self
    }

    /// Adds a remark.
    pub fn note(mut self, note: Message) -> Diagnostic {
        self.notes.push(note);
        self
    }

    /// Names the rule or clause concerned.
    pub fn subject(mut self, id: impl Into<String>) -> Diagnostic {
        self.subject = Some(id.into());
        self
    }

    /// Changes the severity.
    pub fn severity(mut self, severity: Severity) -> Diagnostic {
        self.severity = severity;
        self
    }

    /// Whether this keeps something from being evaluated (exit status 2).
    pub fn is_broken(&self) -> bool {
        self.code.class() == Class::Broken && self.severity == Severity::Error
    }
}

impl std::fmt::Display for Diagnostic {
    /// In English, without its places: for programs that pass errors on.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}[{}]: ", self.severity.name(), self.code.name())?;
        if let Some(subject) = &self.subject {
            write!(f, "{subject} ")?;
        }
        f.write_str(&self.message.text(Lang::En))
    }
}

impl std::error::Error for Diagnostic {}

/// Gives an error that knows no place the one the caller knows.
pub trait At<T> {
    /// Marks `place` on the error.
    fn at(self, place: impl Into<Place>) -> Result<T, Box<Diagnostic>>;
}

impl<T> At<T> for Result<T, Unplaced> {
    fn at(self, place: impl Into<Place>) -> Result<T, Box<Diagnostic>> {
        self.map_err(|error| Box::new(error.mark(place)))
    }
}

/// The candidate most like `name`, if one is near enough to be what was meant.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let (letters, own) = (Letters::of(&lower), name.chars().count());
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let most = 1.max(candidate.chars().count().max(own) / 3);
            let other = candidate.to_lowercase();
            // Nearly all are far from it, which is told much faster than how far.
            if letters.apart(&Letters::of(&other)) > most {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&lower, &other);
            (distance <= most).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// How often each letter occurs in a word; some letters are counted as one.
struct Letters([i16; 32]);

impl Letters {
    fn of(word: &str) -> Letters {
        let mut counts = [0i16; 32];
        for letter in word.chars() {
            let count = &mut counts[(u32::from(letter) % 32) as usize];
            *count = count.saturating_add(1);
        }
        Letters(counts)
    }

    /// Changes that are needed at the least to make one word of the other: one adds a letter,
    /// takes one away, puts one in place of another, or has two change places.
    fn apart(&self, other: &Letters) -> usize {
        let (mut more, mut less) = (0u32, 0u32);
        for (a, b) in self.0.iter().zip(other.0) {
            more += u32::try_from(i32::from(*a) - i32::from(b)).unwrap_or(0);
            less += u32::try_from(i32::from(b) - i32::from(*a)).unwrap_or(0);
        }
        more.max(less) as usize
    }
}

/// "Did you mean …?", where there is something to suggest: it would stand where the name does.
pub fn suggestion<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Help> {
    did_you_mean(name, candidates).map(|found| suggested(name, found))
}

/// "Did you mean …?" of what would stand where a name does.
pub fn suggested(name: &str, meant: &str) -> Help {
    let fix = Fix { at: None, part: Some(name.to_owned()), text: meant.to_owned() };
    Help { text: crate::msg!(DidYouMean, name = meant), fix: Some(fix) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_or_absent() {
        let columns = ["qua_dao_tao", "luc_luong", "nam", "xa"];
        assert_eq!(did_you_mean("qua_dao_toa", columns), Some("qua_dao_tao"));
        assert_eq!(did_you_mean("Luc_luong", columns), Some("luc_luong"));
        assert_eq!(did_you_mean("ma", ["xa", "nam"]), Some("xa"));
        assert_eq!(did_you_mean("hoan_toan_khac", columns), None);
    }
}
