//! What begins with a word: names and calls, choices and loops.

use super::super::tree::{Arm, Node, What};
use super::{Reader, precedence};
use crate::script::tokens::Bracket;

impl Reader<'_> {
    /// What begins with a word.
    pub(super) fn word(&mut self) -> Option<Node> {
        let start = self.at;
        let what = match self.written(start) {
            "true" | "false" => {
                self.at += 1;
                What::Truth
            }
            "this" => {
                self.at += 1;
                What::Name(start)
            }
            "if" => self.choice(),
            "switch" => self.switch(),
            "for" | "while" | "loop" | "do" => self.repeated(),
            _ => {
                let name = self.name()?;
                if self.opens(Bracket::Round) {
                    What::Call(name, self.inside(Reader::items))
                } else {
                    What::Name(name)
                }
            }
        };
        Some(self.node(start, what))
    }

    fn choice(&mut self) -> What {
        let mut parts = Vec::new();
        while self.eat("if") {
            parts.extend(self.condition());
            parts.extend(self.block().map(|block| *block));
            if !self.eat("else") {
                break;
            }
            parts.extend(self.block().map(|block| *block));
        }
        What::If(parts)
    }

    /// What stands before a block.
    fn condition(&mut self) -> Option<Node> {
        if self.opens_block() { None } else { self.expression(0) }
    }

    fn switch(&mut self) -> What {
        self.at += 1;
        let subject = self.condition().map(Box::new);
        let arms = if self.opens_block() { self.inside(Reader::arms) } else { Vec::new() };
        What::Switch(subject, arms)
    }

    fn arms(&mut self) -> Vec<Arm> {
        let mut arms = Vec::new();
        while self.at < self.end {
            let before = self.at;
            let mut tests = Vec::new();
            while let Some(test) = self.expression(precedence("|").unwrap_or(0) + 1) {
                tests.push(test);
                if !self.eat("|") {
                    break;
                }
            }
            if self.eat("if") {
                tests.extend(self.expression(0));
            }
            let value = if self.eat("=>") { self.statement() } else { None };
            if self.at > before {
                arms.push(Arm { tests, value });
            }
            self.eat(",");
            self.go_on(before);
        }
        arms
    }

    fn repeated(&mut self) -> What {
        let word = self.written(self.at);
        self.at += 1;
        let mut variables = Vec::new();
        let mut parts = Vec::new();
        if word == "for" {
            variables = if self.opens(Bracket::Round) { self.parameters() } else { self.names() };
            self.eat("in");
        }
        if matches!(word, "for" | "while") {
            parts.extend(self.condition());
        }
        parts.extend(self.block().map(|block| *block));
        if word == "do" && (self.eat("while") || self.eat("until")) {
            parts.extend(self.expression(0));
        }
        What::Loop(variables, parts)
    }
}
