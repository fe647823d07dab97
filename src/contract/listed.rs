//! The values a column may have.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::OnceLock;

use crate::contract::matching;

/// Texts in the order a contract lists them, found by any of their spellings. However many they
/// are, each is looked for once.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    texts: Vec<String>,
    exact: OnceLock<HashMap<String, usize>>,
    /// By what spellings share, with case and without: the first text of each.
    spelled: [OnceLock<HashMap<String, usize>>; 2],
}

impl FromIterator<String> for Listed {
    fn from_iter<I: IntoIterator<Item = String>>(texts: I) -> Listed {
        Listed { texts: texts.into_iter().collect(), ..Listed::default() }
    }
}

impl Deref for Listed {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.texts
    }
}

impl Listed {
    /// Whether a text is listed as it is.
    pub fn has(&self, text: &str) -> bool {
        self.exact().contains_key(text)
    }

    /// The listed text a text is, or else the first it is a spelling of.
    pub fn find(&self, text: &str, ignore_case: bool) -> Option<&str> {
        let spelled = || self.spelled(ignore_case).get(&*matching::key(text, ignore_case));
        let at = self.exact().get(text).or_else(spelled)?;
        Some(&self.texts[*at])
    }

    fn exact(&self) -> &HashMap<String, usize> {
        self.exact.get_or_init(|| first_of_each(self.texts.iter().cloned()))
    }

    fn spelled(&self, ignore_case: bool) -> &HashMap<String, usize> {
        self.spelled[usize::from(ignore_case)].get_or_init(|| {
            let key = |text: &String| matching::key(text, ignore_case).into_owned();
            first_of_each(self.texts.iter().map(key))
        })
    }
}

fn first_of_each(texts: impl Iterator<Item = String>) -> HashMap<String, usize> {
    let mut places = HashMap::new();
    for (at, text) in texts.enumerate() {
        places.entry(text).or_insert(at);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_as_it_is_or_by_the_first_of_its_spellings() {
        let listed: Listed = ["Hóa", "hoá", "Hoá", "Lệ"].map(String::from).into_iter().collect();
        assert_eq!(listed.find("Hoá", false), Some("Hoá"));
        assert_eq!(listed.find("Hoa\u{301}", false), Some("Hóa"));
        assert_eq!(listed.find("HOÁ", false), None);
        assert_eq!(listed.find("HOÁ", true), Some("Hóa"));
        assert_eq!(listed.find("Le\u{323}\u{302} ", false), Some("Lệ"));
        assert!(listed.has("hoá") && !listed.has("hóa"));
    }
}
