//! Texts that are not UTF-8: how their bytes become letters, and what they probably are where
//! nobody says.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// How a text's letters are kept as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first ("Unicode text" of spreadsheets).
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// The code page of Vietnamese Windows: letters and tones apart.
    Windows1258,
    /// TCVN 5712 ("ABC" fonts, .VnTime).
    Tcvn3,
    /// VNI for Windows (VNI-Times): a letter, then its marks.
    Vni,
}

impl Encoding {
    /// The names contracts use, each with its encoding; the first of an encoding is its own.
    pub const NAMES: [(&'static str, Encoding); 9] = [
        ("utf-8", Encoding::Utf8),
        ("utf-16le", Encoding::Utf16Le),
        ("utf-16", Encoding::Utf16Le),
        ("utf-16be", Encoding::Utf16Be),
        ("windows-1258", Encoding::Windows1258),
        ("cp1258", Encoding::Windows1258),
        ("tcvn3", Encoding::Tcvn3),
        ("abc", Encoding::Tcvn3),
        ("vni", Encoding::Vni),
    ];

    /// The encoding of this name, capital letters or not.
    pub fn parse(name: &str) -> Option<Encoding> {
        let name = name.trim().to_ascii_lowercase().replace('_', "-");
        let name = match name.as_str() {
            "utf8" | "utf-8-sig" | "ascii" | "us-ascii" => "utf-8",
            name => name,
        };
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, encoding)| *encoding)
    }

    /// The name contracts use.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }

    /// A text in Unicode's composed form (NFC). What is no letter of the encoding becomes U+FFFD,
    /// so that cells with it are found out.
    pub fn decode(self, bytes: &[u8]) -> String {
        let text: Cow<'_, str> = match self {
            Encoding::Utf8 => String::from_utf8_lossy(bytes),
            Encoding::Utf16Le => encoding_rs::UTF_16LE.decode_with_bom_removal(bytes).0,
            Encoding::Utf16Be => encoding_rs::UTF_16BE.decode_with_bom_removal(bytes).0,
            Encoding::Windows1258 => encoding_rs::WINDOWS_1258.decode_without_bom_handling(bytes).0,
            Encoding::Tcvn3 => bytes.iter().map(|byte| tcvn(*byte)).collect::<String>().into(),
            Encoding::Vni => vni(bytes).into(),
        };
        text.nfc().collect()
    }
}

/// What a text is taken for although nothing says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The encoding.
    pub encoding: Encoding,
    /// Of a hundred words with marks, how many are Vietnamese syllables so; less where another
    /// encoding makes some of them too.
    pub confidence: usize,
    /// Whether the file begins with a mark that says so.
    pub is_marked: bool,
}

/// Words with marks that a guess takes at least.
const FEWEST_WORDS: usize = 3;
/// Of a hundred words with marks, how many must be syllables.
const LEAST_CONFIDENCE: usize = 60;
/// Of a hundred words with marks, how many must be syllables for a declared encoding to be
/// doubted.
const SURE: usize = 90;

/// What the beginning of a text says it is: UTF-8 and what has a byte order mark for certain, the
/// rest by how many of its words would be Vietnamese. `None` when it is UTF-8, be it with errors.
pub fn detect(sample: &[u8]) -> Option<Guess> {
    if let Some(encoding) = marked(sample) {
        return Some(certain(encoding)).filter(|_| encoding != Encoding::Utf8);
    }
    // Every other byte of UTF-16 in Latin letters is 0; nearly all texts are UTF-8 and have none.
    if memchr::memchr(0, sample).is_none() && std::str::from_utf8(sample).is_ok() {
        return None;
    }
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    if half >= 4 && (even > half / 3 || odd > half / 3) {
        let encoding = if odd > even { Encoding::Utf16Le } else { Encoding::Utf16Be };
        let confidence = even.max(odd) * 100 / half;
        return Some(Guess { encoding, confidence, is_marked: false });
    }
    if is_utf8(sample) {
        return None;
    }
    let mut guesses = legacy(sample);
    guesses.sort_by_key(|(guess, found)| std::cmp::Reverse((*found, guess.confidence)));
    let ((best, found), (second, others)) = (guesses[0], guesses[1]);
    // Where two encodings do equally well, nothing tells which it is.
    let tie = (found, best.confidence) == (others, second.confidence);
    let told = found >= FEWEST_WORDS && best.confidence >= LEAST_CONFIDENCE && !tie;
    // Another that makes syllables of some of the words too takes its share of certainty: each
    // word weighs for both, so that shares go by the squares.
    let shared = found * found * 100 / (found * found + others * others).max(1);
    let confidence = best.confidence.min(shared);
    told.then_some(Guess { confidence, ..best })
}

/// What makes a text's declared encoding doubtful: the mark of another, or words that only
/// another makes Vietnamese.
pub fn contradiction(declared: Encoding, sample: &[u8]) -> Option<Guess> {
    if let Some(encoding) = marked(sample) {
        return (encoding != declared).then(|| certain(encoding));
    }
    match declared {
        Encoding::Windows1258 | Encoding::Tcvn3 | Encoding::Vni => {}
        // Letters of UTF-8 are whatever others make of them.
        Encoding::Utf8 => return detect(sample),
        // Latin letters of UTF-16 have zeros beside them, and nothing else has any.
        Encoding::Utf16Le | Encoding::Utf16Be => {
            let plain = Guess { encoding: Encoding::Utf8, confidence: 100, is_marked: false };
            let foreign = sample.len() >= 4 && !sample.contains(&0);
            return foreign.then(|| detect(sample).unwrap_or(plain));
        }
    }
    // The last letter of a sample may be cut.
    let valid = match std::str::from_utf8(sample) {
        Ok(text) => text.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => 0,
    };
    if !sample[..valid].is_ascii() {
        return Some(Guess { encoding: Encoding::Utf8, confidence: 100, is_marked: false });
    }
    let guesses = legacy(sample);
    let (own, _) = guesses.iter().find(|(guess, _)| guess.encoding == declared)?;
    let (best, found) = guesses.iter().max_by_key(|(guess, found)| (*found, guess.confidence))?;
    let better = own.confidence < LEAST_CONFIDENCE
        && best.confidence >= SURE
        && *found >= FEWEST_WORDS
        && best.encoding != declared;
    better.then_some(*best)
}

fn certain(encoding: Encoding) -> Guess {
    Guess { encoding, confidence: 100, is_marked: true }
}

/// The encoding whose mark a text begins with.
fn marked(sample: &[u8]) -> Option<Encoding> {
    match sample {
        [0xff, 0xfe, ..] => Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => Some(Encoding::Utf16Be),
        [0xef, 0xbb, 0xbf, ..] => Some(Encoding::Utf8),
        _ => None,
    }
}

/// For each encoding of one byte a letter: how sure it is by itself, and of how many words.
fn legacy(sample: &[u8]) -> [(Guess, usize); 3] {
    [Encoding::Windows1258, Encoding::Tcvn3, Encoding::Vni].map(|encoding| {
        let (words, syllables) = syllables(&encoding.decode(sample));
        let confidence = (syllables * 100).checked_div(words).unwrap_or(0);
        (Guess { encoding, confidence, is_marked: false }, syllables)
    })
}

/// Whether a text is UTF-8, apart from a few broken bytes and the end, where it may be cut.
fn is_utf8(sample: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in sample.utf8_chunks() {
        whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken <= whole.max(1)
}

/// Words with letters beyond ASCII, and how many of them are Vietnamese syllables.
fn syllables(text: &str) -> (usize, usize) {
    let words = text.split(|letter: char| letter.is_ascii() && !letter.is_ascii_alphabetic());
    let marked = words.filter(|word| !word.is_ascii());
    marked.fold((0, 0), |(words, found), word| (words + 1, found + usize::from(is_syllable(word))))
}

/// Consonants a syllable may begin with, longer ones first.
const ONSETS: [&str; 27] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g",
    "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x",
];
/// Vowels of a syllable, without tones.
const VOWELS: [&str; 56] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây",
    "eo", "êu", "ia", "iê", "iêu", "iu", "oa", "oai", "oao", "oay", "oă", "oe", "oeo", "oi", "oo",
    "ôi", "ơi", "ua", "uâ", "uây", "uê", "ui", "uô", "uôi", "uơ", "uy", "uya", "uyê", "uyu", "ưa",
    "ưi", "ươ", "ươi", "ươu", "ưu", "yê", "yêu", "ya",
];
/// Consonants a syllable may end with.
const CODAS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// Whether a word is one Vietnamese syllable with at most one tone, all capital, all small, or
/// capital at the beginning.
fn is_syllable(word: &str) -> bool {
    let capitals = word.chars().skip(1).filter(|letter| letter.is_uppercase()).count();
    if capitals > 0 && capitals < word.chars().count() - 1 {
        return false;
    }
    let is_tone =
        |mark: &char| matches!(mark, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    let apart: String = word.to_lowercase().nfd().collect();
    if apart.chars().filter(is_tone).count() > 1 {
        return false;
    }
    let plain: String = apart.chars().filter(|mark| !is_tone(mark)).nfc().collect();
    let ends = |rest: &str| {
        VOWELS
            .iter()
            .any(|vowels| rest.strip_prefix(vowels).is_some_and(|coda| CODAS.contains(&coda)))
    };
    ends(&plain) || ONSETS.iter().filter_map(|onset| plain.strip_prefix(onset)).any(ends)
}

/// The letter of a TCVN 5712-1 byte. ABC files keep capital letters with tones as small ones of
/// another font, which nothing in the text tells.
fn tcvn(byte: u8) -> char {
    const CONTROLS: [(u8, char); 12] = [
        (0x01, 'Ú'),
        (0x02, 'Ụ'),
        (0x04, 'Ừ'),
        (0x05, 'Ử'),
        (0x06, 'Ữ'),
        (0x11, 'Ứ'),
        (0x12, 'Ự'),
        (0x13, 'Ỳ'),
        (0x14, 'Ỷ'),
        (0x15, 'Ỹ'),
        (0x16, 'Ý'),
        (0x17, 'Ỵ'),
    ];
    const UPPER: [char; 128] = [
        'À', 'Ả', 'Ã', 'Á', 'Ạ', 'Ặ', 'Ậ', 'È', 'Ẻ', 'Ẽ', 'É', 'Ẹ', 'Ệ', 'Ì', 'Ỉ', 'Ĩ', 'Í', 'Ị',
        'Ò', 'Ỏ', 'Õ', 'Ó', 'Ọ', 'Ộ', 'Ờ', 'Ở', 'Ỡ', 'Ớ', 'Ợ', 'Ù', 'Ủ', 'Ũ', '\u{a0}', 'Ă', 'Â',
        'Ê', 'Ô', 'Ơ', 'Ư', 'Đ', 'ă', 'â', 'ê', 'ô', 'ơ', 'ư', 'đ', 'Ằ', '\u{300}', '\u{309}',
        '\u{303}', '\u{301}', '\u{323}', 'à', 'ả', 'ã', 'á', 'ạ', 'Ẳ', 'ằ', 'ẳ', 'ẵ', 'ắ', 'Ẵ',
        'Ắ', 'Ầ', 'Ẩ', 'Ẫ', 'Ấ', 'Ề', 'ặ', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ', 'è', 'Ể', 'ẻ', 'ẽ', 'é', 'ẹ',
        'ề', 'ể', 'ễ', 'ế', 'ệ', 'ì', 'ỉ', 'Ễ', 'Ế', 'Ồ', 'ĩ', 'í', 'ị', 'ò', 'Ổ', 'ỏ', 'õ', 'ó',
        'ọ', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ', 'ù', 'Ỗ', 'ủ', 'ũ', 'ú', 'ụ', 'ừ',
        'ử', 'ữ', 'ứ', 'ự', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ', 'Ố',
    ];
    match byte {
        0x80.. => UPPER[usize::from(byte - 0x80)],
        _ => CONTROLS
            .iter()
            .find(|(control, _)| *control == byte)
            .map_or(char::from(byte), |(_, letter)| *letter),
    }
}

/// A VNI text: letters that have marks stand as a letter and a byte for its marks; a few have a
/// byte of their own.
fn vni(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        let alone = match byte {
            0xd1 => 'Đ',
            0xf1 => 'đ',
            0xd4 => 'Ơ',
            0xf4 => 'ơ',
            0xd6 => 'Ư',
            0xf6 => 'ư',
            0xcd => 'Í',
            0xed => 'í',
            0xcc => 'Ì',
            0xec => 'ì',
            0xc6 => 'Ỉ',
            0xe6 => 'ỉ',
            0xd3 => 'Ĩ',
            0xf3 => 'ĩ',
            0xd2 => 'Ị',
            0xf2 => 'ị',
            0xce => 'Ỵ',
            0xee => 'ỵ',
            0x00..=0x7f => char::from(*byte),
            // Capital marks go with capital letters; both are the same marks.
            _ => {
                match marks(*byte | 0x20) {
                    Some(marks) if text.ends_with(|last: char| last.is_alphabetic()) => {
                        text.push_str(marks);
                    }
                    _ => text.push('\u{fffd}'),
                }
                continue;
            }
        };
        text.push(alone);
    }
    text
}

/// The marks of a VNI byte, as combining letters.
fn marks(byte: u8) -> Option<&'static str> {
    Some(match byte {
        0xf9 => "\u{301}",
        0xf8 => "\u{300}",
        0xfb => "\u{309}",
        0xf5 => "\u{303}",
        0xef => "\u{323}",
        0xe2 => "\u{302}",
        0xe1 => "\u{302}\u{301}",
        0xe0 => "\u{302}\u{300}",
        0xe5 => "\u{302}\u{309}",
        0xe3 => "\u{302}\u{303}",
        0xe4 => "\u{302}\u{323}",
        0xea => "\u{306}",
        0xe9 => "\u{306}\u{301}",
        0xe8 => "\u{306}\u{300}",
        0xfa => "\u{306}\u{309}",
        0xfc => "\u{306}\u{303}",
        0xeb => "\u{306}\u{323}",
        _ => return None,
    })
}
