//! What the reader makes of a script: nodes over its tokens, none of which needs the others to be
//! in order.

use std::ops::Range;

/// A statement or an expression.
#[derive(Debug)]
pub struct Node {
    /// Its tokens, all that it encloses among them.
    pub tokens: Range<usize>,
    /// What it is.
    pub what: What,
}

/// What a node is. Words, names and operators are told by the numbers of their tokens.
#[derive(Debug)]
pub enum What {
    /// A word that is a name.
    Name(usize),
    /// A number.
    Number,
    /// `true` or `false`.
    Truth,
    /// A string, or a template with nothing in it.
    Text(usize),
    /// A template, with the statements in each of its braces.
    Template(Vec<Vec<Node>>),
    /// `[a, b]`
    List(Vec<Node>),
    /// `#{ key: value }`, and what stands in it that is no entry.
    Map(Vec<Entry>, Vec<Node>),
    /// `(a)`; nothing in it is `()`.
    Group(Vec<Node>),
    /// `{ a; b }`
    Block(Vec<Node>),
    /// `|a, b| c`
    Closure(Vec<usize>, Option<Box<Node>>),
    /// `f(a, b)`
    Call(usize, Vec<Node>),
    /// `a.b.c(d)[e]`
    Chain(Box<Node>, Vec<Link>),
    /// `a + b - c`: operands, and the operators between them, all of one precedence.
    Operation(Vec<Node>, Vec<usize>),
    /// `-a`, `!a`
    Prefix(usize, Option<Box<Node>>),
    /// `if`: conditions and blocks as they follow one another.
    If(Vec<Node>),
    /// `switch a { b => c }`
    Switch(Option<Box<Node>>, Vec<Arm>),
    /// `for`, `while`, `loop`, `do`: the variables, what is gone through or tested, the block.
    Loop(Vec<usize>, Vec<Node>),
    /// `let a = b`, `const a = b`
    Let {
        /// Whether it is a `const`.
        constant: bool,
        /// The name.
        name: usize,
        /// The value.
        value: Option<Box<Node>>,
    },
    /// `fn a(b) { c }`
    Function {
        /// The name.
        name: usize,
        /// The parameters.
        parameters: Vec<usize>,
        /// The block.
        body: Option<Box<Node>>,
    },
    /// `try { a } catch (b) { c }`
    Try(Option<Box<Node>>, Option<usize>, Option<Box<Node>>),
    /// `return a`, `break a`, `throw a`, `continue`
    Leave(Option<Box<Node>>),
    /// `a = b`, `a += b`
    Assign(Box<Node>, Option<Box<Node>>),
}

/// `key: value`
#[derive(Debug)]
pub struct Entry {
    /// The key, a word or a string.
    pub key: usize,
    /// The value, where one is read.
    pub value: Option<Node>,
}

/// What follows a value in a chain.
#[derive(Debug)]
pub enum Link {
    /// `.name`
    Property(usize),
    /// `.name(arguments)`, with the number of the token after it.
    Method(usize, Vec<Node>, usize),
    /// `[index]`, with the number of the token after it.
    Index(Vec<Node>, usize),
}

impl Link {
    /// The number of the token after it.
    pub fn end(&self) -> usize {
        match self {
            Link::Property(name) => name + 1,
            Link::Method(.., end) | Link::Index(_, end) => *end,
        }
    }
}

/// `a | b if c => d`
#[derive(Debug)]
pub struct Arm {
    /// The patterns, and the condition.
    pub tests: Vec<Node>,
    /// The value.
    pub value: Option<Node>,
}
