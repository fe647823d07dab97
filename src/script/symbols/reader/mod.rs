//! Reading a script's tokens into nodes, whatever is wrong with it: what cannot be read is passed
//! over token by token, and a bracket that can be read is left where it ends.

mod worded;

use super::tree::{Entry, Link, Node, What};
use crate::script::position::slice;
use crate::script::tokens::{Bracket, TokenKind, Tokens};

/// How deep statements and expressions are read. The engine takes no expression deeper than 64.
const MAX_DEPTH: usize = 128;

/// Words of the language, which are no names.
const RESERVED: [&str; 26] = [
    "let", "const", "fn", "private", "if", "else", "switch", "for", "in", "while", "loop", "do",
    "until", "return", "break", "continue", "throw", "try", "catch", "true", "false", "import",
    "export", "as", "global", "this",
];

/// The reader, and how far it has come.
pub struct Reader<'t> {
    text: &'t str,
    tokens: &'t Tokens,
    at: usize,
    /// Where what encloses it ends.
    end: usize,
    /// Whether the bracket around it is closed.
    closed: bool,
    depth: usize,
}

impl<'t> Reader<'t> {
    /// A reader of a whole text.
    pub fn new(text: &'t str, tokens: &'t Tokens) -> Reader<'t> {
        Reader { text, tokens, at: 0, end: tokens.list.len(), closed: true, depth: 0 }
    }

    /// Reads statements to the end.
    pub fn statements(&mut self) -> Vec<Node> {
        let mut statements = Vec::new();
        while self.at < self.end {
            let before = self.at;
            statements.extend(self.statement());
            self.go_on(before);
        }
        statements
    }

    /// Where nothing has been read, passes over the token there, with all that it encloses.
    fn go_on(&mut self, before: usize) {
        if self.at == before {
            self.at = self.tokens.list[before].next.min(self.end);
        }
    }

    fn kind(&self, number: usize) -> Option<TokenKind> {
        (number < self.end).then(|| self.tokens.list[number].kind)
    }

    /// The text of a token; nothing beyond the end.
    fn written(&self, number: usize) -> &'t str {
        if number < self.end { slice(self.text, self.tokens.list[number].span) } else { "" }
    }

    fn is_word(&self, word: &str) -> bool {
        self.kind(self.at) == Some(TokenKind::Word) && self.written(self.at) == word
    }

    fn opens(&self, bracket: Bracket) -> bool {
        self.kind(self.at) == Some(TokenKind::Open(bracket))
    }

    /// Whether a block begins here. A map does not.
    fn opens_block(&self) -> bool {
        self.opens(Bracket::Curly) && self.written(self.at) == "{"
    }

    /// Passes over a token that is written like this.
    fn eat(&mut self, written: &str) -> bool {
        let eaten = self.written(self.at) == written;
        self.at += usize::from(eaten);
        eaten
    }

    /// A name, passed over.
    fn name(&mut self) -> Option<usize> {
        let is_name = self.kind(self.at) == Some(TokenKind::Word) && !self.is_reserved(self.at);
        is_name.then(|| {
            self.at += 1;
            self.at - 1
        })
    }

    fn is_reserved(&self, number: usize) -> bool {
        RESERVED.contains(&self.written(number))
    }

    fn node(&self, start: usize, what: What) -> Node {
        Node { tokens: start..self.at.max(start + 1), what }
    }

    /// Reads what a bracket encloses, and goes on behind it; where nothing closes it, behind what
    /// has been read.
    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let open = self.tokens.list[self.at];
        let end = std::mem::replace(&mut self.end, open.next - usize::from(open.closed));
        let closed = std::mem::replace(&mut self.closed, open.closed);
        self.at += 1;
        let made = read(self);
        if open.closed {
            self.at = open.next;
        }
        self.at = self.at.min(end);
        (self.end, self.closed) = (end, closed);
        made
    }

    fn block(&mut self) -> Option<Box<Node>> {
        self.opens_block().then(|| {
            let start = self.at;
            let statements = self.inside(Reader::statements);
            Box::new(self.node(start, What::Block(statements)))
        })
    }

    fn statement(&mut self) -> Option<Node> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let statement = match self.kind(self.at)? {
            TokenKind::Word => self.worded(),
            _ => self.assignment(),
        };
        self.depth -= 1;
        statement
    }

    fn worded(&mut self) -> Option<Node> {
        let start = self.at;
        let what = match self.written(start) {
            word @ ("let" | "const") => {
                self.at += 1;
                let name = self.name()?;
                let value = if self.eat("=") { self.expression(0).map(Box::new) } else { None };
                What::Let { constant: word == "const", name, value }
            }
            "fn" => {
                self.at += 1;
                let name = self.name()?;
                let parameters =
                    if self.opens(Bracket::Round) { self.parameters() } else { Vec::new() };
                What::Function { name, parameters, body: self.block() }
            }
            "try" => {
                self.at += 1;
                let tried = self.block();
                self.eat("catch");
                let caught =
                    if self.opens(Bracket::Round) { self.parameters() } else { Vec::new() };
                What::Try(tried, caught.first().copied(), self.block())
            }
            "return" | "break" | "continue" | "throw" => {
                self.at += 1;
                What::Leave(self.expression(0).map(Box::new))
            }
            _ => return self.assignment(),
        };
        Some(self.node(start, what))
    }

    /// The names in brackets.
    fn parameters(&mut self) -> Vec<usize> {
        self.inside(Reader::names)
    }

    /// Names with commas between them.
    fn names(&mut self) -> Vec<usize> {
        let mut names = Vec::new();
        while let Some(name) = self.name() {
            names.push(name);
            self.eat(",");
        }
        names
    }

    fn assignment(&mut self) -> Option<Node> {
        let start = self.at;
        let left = self.expression(0)?;
        let operator = self.written(self.at);
        if self.kind(self.at) != Some(TokenKind::Other) || !is_assignment(operator) {
            return Some(left);
        }
        self.at += 1;
        let right = self.expression(0).map(Box::new);
        Some(self.node(start, What::Assign(Box::new(left), right)))
    }

    /// Expressions with commas between them, or without.
    fn items(&mut self) -> Vec<Node> {
        let mut items = Vec::new();
        while self.at < self.end {
            let before = self.at;
            // An entry of a map: of the one around where this bracket should be closed before, or of
            // one whose beginning is missing.
            if self.kind(self.at + 1) == Some(TokenKind::Colon) {
                if !self.closed {
                    break;
                }
                self.at += 2;
            }
            items.extend(self.expression(0));
            self.go_on(before);
        }
        items
    }

    /// An expression of operators that bind at least as tightly.
    fn expression(&mut self, tightness: u8) -> Option<Node> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let expression = self.operations(tightness);
        self.depth -= 1;
        expression
    }

    fn operations(&mut self, tightness: u8) -> Option<Node> {
        let start = self.at;
        let mut left = self.operand()?;
        while let Some(level) = self.precedence().filter(|level| *level >= tightness) {
            let (mut operands, mut operators) = (vec![left], Vec::new());
            while self.precedence() == Some(level) {
                operators.push(self.at);
                self.at += 1;
                // Powers of powers are read from the right.
                let right = if level == POWER { level } else { level + 1 };
                let Some(operand) = self.expression(right) else { break };
                operands.push(operand);
            }
            left = self.node(start, What::Operation(operands, operators));
        }
        Some(left)
    }

    /// How tightly the operator here binds, where there is one.
    fn precedence(&self) -> Option<u8> {
        match self.kind(self.at)? {
            TokenKind::Bar | TokenKind::Other => precedence(self.written(self.at)),
            TokenKind::Word if self.is_word("in") => precedence("in"),
            _ => None,
        }
    }

    fn operand(&mut self) -> Option<Node> {
        let start = self.at;
        if self.kind(start)? == TokenKind::Other && is_prefix(self.written(start)) {
            self.at += 1;
            let operand = self.nested_operand().map(Box::new);
            return Some(self.node(start, What::Prefix(start, operand)));
        }
        let base = self.primary()?;
        if matches!(base.what, What::Block(_) | What::If(_) | What::Switch(..) | What::Loop(..)) {
            return Some(base);
        }
        let links = self.links();
        if links.is_empty() {
            return Some(base);
        }
        Some(self.node(start, What::Chain(Box::new(base), links)))
    }

    fn nested_operand(&mut self) -> Option<Node> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let operand = self.operand();
        self.depth -= 1;
        operand
    }

    fn links(&mut self) -> Vec<Link> {
        let mut links = Vec::new();
        loop {
            if self.opens(Bracket::Square) {
                let inside = self.inside(Reader::items);
                links.push(Link::Index(inside, self.at));
            } else if matches!(self.written(self.at), "." | "?.") {
                self.at += 1;
                let Some(name) = self.member() else { break };
                if self.opens(Bracket::Round) {
                    let arguments = self.inside(Reader::items);
                    links.push(Link::Method(name, arguments, self.at));
                } else {
                    links.push(Link::Property(name));
                }
            } else {
                break;
            }
        }
        links
    }

    /// The name behind a dot; nothing behind one that somebody has just written, where the next
    /// entry or the next declaration follows.
    fn member(&mut self) -> Option<usize> {
        let start = self.tokens.list.get(self.at)?.span.start;
        let first_column = slice(self.text, (0..start).into()).ends_with('\n');
        if first_column || self.is_key() { None } else { self.name() }
    }

    fn primary(&mut self) -> Option<Node> {
        let start = self.at;
        let what = match self.kind(start)? {
            TokenKind::Word => return self.word(),
            TokenKind::Number => {
                self.at += 1;
                What::Number
            }
            TokenKind::Text => self.string(),
            TokenKind::Open(Bracket::Round) => What::Group(self.inside(Reader::items)),
            TokenKind::Open(Bracket::Square) => What::List(self.inside(Reader::items)),
            TokenKind::Open(Bracket::Curly) if self.opens_block() => {
                return self.block().map(|it| *it);
            }
            TokenKind::Open(Bracket::Curly) => {
                let (entries, strays) = self.inside(Reader::entries);
                What::Map(entries, strays)
            }
            TokenKind::Bar => self.closure(),
            TokenKind::Other if self.written(start) == "||" => {
                self.at += 1;
                What::Closure(Vec::new(), self.statement().map(Box::new))
            }
            _ => return None,
        };
        Some(self.node(start, what))
    }

    fn string(&mut self) -> What {
        let start = self.at;
        let end = self.tokens.list[start].next.min(self.end);
        let (mut blocks, outer) = (Vec::new(), self.end);
        self.at += 1;
        while self.at < end {
            if self.opens(Bracket::Curly) {
                blocks.push(self.inside(Reader::statements));
            } else {
                self.at += 1;
            }
        }
        (self.at, self.end) = (end, outer);
        if blocks.is_empty() { What::Text(start) } else { What::Template(blocks) }
    }

    fn closure(&mut self) -> What {
        self.at += 1;
        let parameters = self.names();
        self.eat("|");
        What::Closure(parameters, self.statement().map(Box::new))
    }

    fn entries(&mut self) -> (Vec<Entry>, Vec<Node>) {
        let (mut entries, mut strays) = (Vec::new(), Vec::new());
        while self.at < self.end {
            let before = self.at;
            let key = self.tokens.list[before];
            let is_key = matches!(key.kind, TokenKind::Word | TokenKind::Text | TokenKind::Number);
            if is_key && self.kind(key.next) == Some(TokenKind::Colon) {
                self.at = key.next + 1;
                let value = if self.is_key() { None } else { self.expression(0) };
                entries.push(Entry { key: before, value });
            } else if key.kind != TokenKind::Word || self.tokens.called(before).is_some() {
                strays.extend(self.expression(0));
            }
            self.go_on(before);
        }
        (entries, strays)
    }

    /// Whether the key of the next entry stands where a value should.
    fn is_key(&self) -> bool {
        self.kind(self.at) == Some(TokenKind::Word)
            && self.kind(self.at + 1) == Some(TokenKind::Colon)
    }
}

/// Of the operator that is read from the right.
const POWER: u8 = 190;

/// How tightly the engine's operators bind.
fn precedence(operator: &str) -> Option<u8> {
    Some(match operator {
        "||" | "^" | "|" => 30,
        "&&" | "&" => 60,
        "==" | "!=" => 90,
        "in" | "!in" => 110,
        "<" | "<=" | ">" | ">=" => 130,
        "??" => 135,
        ".." | "..=" => 140,
        "+" | "-" => 150,
        "*" | "/" | "%" => 180,
        "**" => POWER,
        "<<" | ">>" => 210,
        _ => return None,
    })
}

fn is_assignment(operator: &str) -> bool {
    operator.ends_with('=') && !matches!(operator, "==" | "!=" | "<=" | ">=" | "..=")
}

/// Whether an operator may stand before its only operand. A range may begin with nothing.
fn is_prefix(operator: &str) -> bool {
    matches!(operator, "-" | "+" | "!" | ".." | "..=")
}
