//! Small workspaces, and how they are written as files.

use std::fmt::Write;

use chrono::NaiveDate;

use super::number::{Number, plain};

/// A known value.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Value {
    Number(Number),
    Text(String),
    Date(NaiveDate),
    Truth(bool),
}

/// What stands in a cell. Only a blank is missing; a broken one is unknown as well.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Blank,
    Broken,
    Is(Value),
}

impl Cell {
    /// The value, where it is known.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Cell::Is(value) => Some(value),
            Cell::Blank | Cell::Broken => None,
        }
    }

    /// The number, where there is a known one.
    pub fn number(&self) -> Option<&Number> {
        match self {
            Cell::Is(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Broken => "??".to_owned(),
            Cell::Is(Value::Number(number)) => plain(number),
            Cell::Is(Value::Text(text)) => text.clone(),
            Cell::Is(Value::Date(date)) => date.to_string(),
            Cell::Is(Value::Truth(truth)) => truth.to_string(),
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Decimal,
    Text,
    Date,
    Truth,
}

/// The columns of every table. Each has a column `id` besides, and `nam` and `xa` where it says
/// when and where its rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Whole numbers: a count, one that may be below 0, and a whole whose part is `J`.
    I,
    J,
    W,
    /// Decimals: of few places, and of up to 18.
    X,
    Y,
    S,
    D,
    F,
    /// The key of groups, text.
    K,
}

impl Column {
    pub const ALL: [Column; 9] = [
        Column::I,
        Column::J,
        Column::W,
        Column::X,
        Column::Y,
        Column::S,
        Column::D,
        Column::F,
        Column::K,
    ];

    pub fn name(self) -> &'static str {
        ["i", "j", "w", "x", "y", "s", "d", "f", "k"][self as usize]
    }

    pub fn kind(self) -> Kind {
        match self {
            Column::I | Column::J | Column::W => Kind::Integer,
            Column::X | Column::Y => Kind::Decimal,
            Column::S | Column::K => Kind::Text,
            Column::D => Kind::Date,
            Column::F => Kind::Truth,
        }
    }
}

/// A row: when and where it is, and its cells by column.
#[derive(Clone, Debug)]
pub struct Row {
    pub year: Cell,
    pub area: Cell,
    pub cells: [Cell; 9],
}

impl Row {
    /// A row of blanks.
    pub fn blank() -> Row {
        Row { year: Cell::Blank, area: Cell::Blank, cells: std::array::from_fn(|_| Cell::Blank) }
    }

    pub fn cell(&self, column: Column) -> &Cell {
        &self.cells[column as usize]
    }

    pub fn set(&mut self, column: Column, cell: Cell) {
        self.cells[column as usize] = cell;
    }
}

/// A dataset with its contract.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub name: String,
    /// Whether it has a year column.
    pub dated: bool,
    /// Whether it has an area column.
    pub placed: bool,
    /// Whether year and area are its key, so that each area must have its row.
    pub complete: bool,
    /// Whether a year without rows means that nothing happened.
    pub empty_is_zero: bool,
    /// Whether `J` is declared part of `W`.
    pub parts: bool,
    /// The least and the most a column may hold.
    pub limits: Vec<(Column, Option<Number>, Option<Number>)>,
    pub rows: Vec<Row>,
}

impl Table {
    pub fn limits(&self, column: Column) -> (Option<Number>, Option<Number>) {
        let found = self.limits.iter().find(|(of, ..)| *of == column);
        found.map_or((None, None), |(_, low, high)| (low.clone(), high.clone()))
    }

    /// The years it has rows of.
    pub fn years(&self) -> Vec<i32> {
        let mut years: Vec<i32> =
            self.rows.iter().filter_map(|row| year_of(row.year.number()?)).collect();
        if !self.dated {
            return Vec::new();
        }
        years.sort_unstable();
        years.dedup();
        years
    }

    fn contract(&self) -> String {
        let mut text = String::new();
        if self.complete {
            text.push_str("primaryKey = [\"nam\", \"xa\"]\n");
        }
        text.push_str("decimalChar = \".\"\nfields = [\n");
        let mut field = |name: &str, kind: &str, constraints: &str| {
            let _ = write!(text, "  {{ name = \"{name}\", type = \"{kind}\"");
            if !constraints.is_empty() {
                let _ = write!(text, ", constraints = {{ {constraints} }}");
            }
            text.push_str(" },\n");
        };
        field("id", "string", "required = true");
        if self.dated {
            field("nam", "year", "");
        }
        if self.placed {
            field("xa", "string", "");
        }
        for column in Column::ALL {
            let (low, high) = self.limits(column);
            let bounds = [("minimum", low), ("maximum", high)];
            let bounds = bounds.iter().filter_map(|(name, bound)| Some((name, bound.as_ref()?)));
            let bounds: Vec<String> =
                bounds.map(|(name, bound)| format!("{name} = {}", plain(bound))).collect();
            let kind = match column.kind() {
                Kind::Integer => "integer",
                Kind::Decimal => "number",
                Kind::Text => "string",
                Kind::Date => "date",
                Kind::Truth => "boolean",
            };
            field(column.name(), kind, &bounds.join(", "));
        }
        text.push_str("]\n");
        if self.parts {
            text.push_str("parts = [{ part = \"j\", whole = \"w\" }]\n");
        }
        if self.dated || self.placed {
            text.push_str("\n[dimensions]\n");
        }
        for (has, line) in [
            (self.dated, "year = \"nam\"\n"),
            (self.placed, "area = \"xa\"\n"),
            (self.dated && self.empty_is_zero, "empty = \"zero\"\n"),
        ] {
            text.push_str(if has { line } else { "" });
        }
        text
    }

    fn csv(&self) -> String {
        let mut text = String::from("id");
        text.push_str(if self.dated { ",nam" } else { "" });
        text.push_str(if self.placed { ",xa" } else { "" });
        for column in Column::ALL {
            let _ = write!(text, ",{}", column.name());
        }
        text.push('\n');
        for (at, row) in self.rows.iter().enumerate() {
            let _ = write!(text, "r{at}");
            let places = [(self.dated, &row.year), (self.placed, &row.area)];
            let places = places.into_iter().filter(|(has, _)| *has).map(|(_, cell)| cell);
            for cell in places.chain(&row.cells) {
                let _ = write!(text, ",{}", cell.text());
            }
            text.push('\n');
        }
        text
    }
}

/// A year held as a number.
pub fn year_of(number: &Number) -> Option<i32> {
    number.to_integer().try_into().ok()
}

/// A workspace without its rules.
#[derive(Clone, Debug)]
pub struct World {
    /// The reporting year.
    pub year: i32,
    pub as_of: NaiveDate,
    /// The areas of the list that the settings name, if they name one; it may be empty.
    pub areas: Option<Vec<String>>,
    pub tables: Vec<Table>,
    /// Whether its datasets are read in pieces rather than held.
    pub streamed: bool,
}

impl World {
    pub fn table(&self, name: &str) -> &Table {
        self.tables.iter().find(|table| table.name == name).expect("a table of this name")
    }

    /// Whether there is something to report on: a row of the reporting year, where any has years.
    pub fn has_its_year(&self) -> bool {
        let mut dated = self.tables.iter().filter(|table| !table.years().is_empty()).peekable();
        dated.peek().is_none() || dated.any(|table| table.years().contains(&self.year))
    }

    /// All files but the rules: paths and texts.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut settings = format!("year = {}\nas_of = {}\n", self.year, self.as_of);
        let mut files = Vec::new();
        if let Some(areas) = &self.areas {
            settings.push_str("\n[areas]\ndataset = \"dia_ban\"\ncode = \"ma\"\nname = \"ten\"\n");
            let contract = "primaryKey = \"ma\"\n\n[[fields]]\nname = \"ma\"\ntype = \"string\"\n\n[[fields]]\nname = \"ten\"\ntype = \"string\"\n";
            files.push(("datasets/dia_ban.toml".to_owned(), contract.to_owned()));
            let list: String = areas.iter().map(|code| format!("{code},Nơi {code}\n")).collect();
            files.push(("datasets/dia_ban.csv".to_owned(), format!("ma,ten\n{list}")));
        }
        for table in &self.tables {
            files.push((format!("datasets/{}.toml", table.name), table.contract()));
            files.push((format!("datasets/{}.csv", table.name), table.csv()));
        }
        files.push(("rasoat.toml".to_owned(), settings));
        files
    }
}
