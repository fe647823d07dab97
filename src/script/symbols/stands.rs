//! What a value stands for, as far as the text says so: the rows of which dataset, or one of them.

use std::rc::Rc;

use crate::measure::Aggregate;
use crate::source::Span;

/// What a value stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stands {
    /// Not known.
    #[default]
    Unknown,
    /// Something that is neither a table nor a row.
    Value,
    /// Rows of a dataset, or groups of them.
    Table {
        /// The dataset.
        dataset: String,
        /// Whether they are grouped.
        grouped: bool,
    },
    /// A row, or what a foreign key of it leads to.
    Row {
        /// The dataset, where it is known.
        dataset: Option<String>,
        /// The foreign keys.
        through: Vec<String>,
    },
    /// A group of rows.
    Group {
        /// The dataset.
        dataset: String,
    },
    /// The inputs of a `rule`, each with the place of its name.
    Inputs(Rc<[(String, Span)]>),
}

/// Which arguments of a method name columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// None.
    None,
    /// The first.
    First,
    /// All.
    All,
}

impl Stands {
    /// A row of which nothing is known.
    pub fn row() -> Stands {
        Stands::Row { dataset: None, through: Vec::new() }
    }

    /// The dataset whose rows it holds or is one of.
    pub fn dataset(&self) -> Option<&String> {
        match self {
            Stands::Table { dataset, .. } | Stands::Group { dataset } => Some(dataset),
            Stands::Row { dataset, through } if through.is_empty() => dataset.as_ref(),
            _ => None,
        }
    }

    /// What a closure over its rows, groups or members is given.
    pub fn each(&self) -> Stands {
        match self {
            Stands::Table { dataset, grouped: true } => Stands::Group { dataset: dataset.clone() },
            Stands::Value | Stands::Inputs(_) => Stands::Unknown,
            other => Stands::Row { dataset: other.dataset().cloned(), through: Vec::new() },
        }
    }

    /// Which arguments of a method on it name columns, and what the method gives.
    pub fn method(&self, name: &str) -> (Columns, Stands) {
        let is_table = match self {
            Stands::Value | Stands::Inputs(_) => false,
            Stands::Row { through, .. } => through.is_empty(),
            Stands::Unknown | Stands::Table { .. } | Stands::Group { .. } => true,
        };
        let is_aggregate = || {
            let mut plain = Aggregate::PLAIN.into_iter();
            name == "quantile" || plain.any(|known| known.name() == name)
        };
        match name {
            _ if !is_table => (Columns::None, Stands::Value),
            "filter" | "year" => (Columns::None, self.clone()),
            "as_of" => (Columns::First, self.clone()),
            "group" => {
                let dataset = self.dataset().cloned();
                let grouped = |dataset| Stands::Table { dataset, grouped: true };
                (Columns::All, dataset.map_or_else(Stands::default, grouped))
            }
            _ if is_aggregate() => (Columns::First, Stands::Value),
            _ => (Columns::None, Stands::Unknown),
        }
    }

    /// What may be this or the other.
    pub fn or(self, other: &Stands) -> Stands {
        if self == *other { self } else { Stands::Unknown }
    }
}
