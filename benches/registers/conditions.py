"""The benchmark's rules: one table of conditions, each spelt in Rhai, SQL and Polars.

A rule is a share of people, `part` among `whole`, or (without `part`) a number of people. Its
constants are drawn at random, seeded with its number: conditions differ from rule to rule, and the
first ten of a hundred rules are the ten of a run with ten.
"""

from __future__ import annotations

import json
import operator
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from register import COMMUNES, ENUMS

COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Condition:
    """Something that is true or false of a person.

    `polars` is given `polars.col` and returns an expression, so that this file needs no package.
    """

    def __and__(self, other: Condition) -> Condition:
        return Both(self, other)

    def __or__(self, other: Condition) -> Condition:
        return Either(self, other)

    def rhai(self) -> str:
        raise NotImplementedError

    def sql(self) -> str:
        raise NotImplementedError

    def polars(self, col: Callable[[str], Any]) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Both(Condition):
    left: Condition
    right: Condition

    def rhai(self) -> str:
        return f"{self.left.rhai()} && {self.right.rhai()}"

    def sql(self) -> str:
        return f"{self.left.sql()} AND {self.right.sql()}"

    def polars(self, col: Callable[[str], Any]) -> Any:
        return self.left.polars(col) & self.right.polars(col)


@dataclass(frozen=True)
class Either(Condition):
    left: Condition
    right: Condition

    def rhai(self) -> str:
        return f"({self.left.rhai()} || {self.right.rhai()})"

    def sql(self) -> str:
        return f"({self.left.sql()} OR {self.right.sql()})"

    def polars(self, col: Callable[[str], Any]) -> Any:
        return self.left.polars(col) | self.right.polars(col)


@dataclass(frozen=True)
class Flag(Condition):
    """A column of true and false that must be `value`."""

    column: str
    value: bool

    def rhai(self) -> str:
        return f"r.{self.column}" if self.value else f"!r.{self.column}"

    def sql(self) -> str:
        return self.column if self.value else f"NOT {self.column}"

    def polars(self, col: Callable[[str], Any]) -> Any:
        return col(self.column) if self.value else ~col(self.column)


@dataclass(frozen=True)
class Compare(Condition):
    """A column beside a constant."""

    column: str
    comparison: str
    value: int | str | date

    def rhai(self) -> str:
        value = (
            f'date("{self.value}")'
            if isinstance(self.value, date)
            else json.dumps(self.value, ensure_ascii=False)
        )
        return f"r.{self.column} {self.comparison} {value}"

    def sql(self) -> str:
        value = str(self.value) if isinstance(self.value, int) else f"'{self.value}'"
        return f"{self.column} {self.comparison} {value}"

    def polars(self, col: Callable[[str], Any]) -> Any:
        return COMPARISONS[self.comparison](col(self.column), self.value)


@dataclass(frozen=True)
class OneOf(Condition):
    """A column of text that is one of several values."""

    column: str
    values: tuple[str, ...]

    def rhai(self) -> str:
        return f"r.{self.column} in {json.dumps(self.values, ensure_ascii=False)}"

    def sql(self) -> str:
        values = ", ".join(f"'{value}'" for value in self.values)
        return f"{self.column} IN ({values})"

    def polars(self, col: Callable[[str], Any]) -> Any:
        return reduce(operator.or_, (col(self.column) == value for value in self.values))


@dataclass(frozen=True)
class Rule:
    """The share of `part` among `whole`, or the number of `whole` where there is no `part`."""

    id: str
    whole: Condition
    part: Condition | None
    goal: int


def some(pick: random.Random, column: str, values: list[str], most: int) -> Condition:
    return OneOf(column, tuple(pick.sample(values, pick.randint(2, most))))


def aged(pick: random.Random, youngest: int, oldest: int, span: int) -> Condition:
    first = pick.randint(youngest, oldest)
    after = first + pick.randint(span, 2 * span)
    return Compare("thang_tuoi", ">=", first) & Compare("thang_tuoi", "<", after)


def born(pick: random.Random, comparison: str, first: int, last: int) -> Condition:
    day = date(pick.randint(first, last), pick.randint(1, 12), pick.randint(1, 28))
    return Compare("ngay_sinh", comparison, day)


def earns(pick: random.Random, comparison: str) -> Condition:
    return Compare("thu_nhap", comparison, pick.randrange(800, 9000, 25))


def differs(pick: random.Random, column: str) -> Condition:
    return Compare(column, "!=", pick.choice(ENUMS[column]))


WHOLES = [
    lambda pick: Compare("thang_tuoi", "<", pick.randint(24, 192)),
    lambda pick: Compare("gioi_tinh", "==", "nu") & aged(pick, 180, 300, 150),
    lambda pick: aged(pick, 180, 400, 200) & some(pick, "viec_lam", ENUMS["viec_lam"], 5),
    lambda pick: born(pick, "<", 1955, 1975),
    lambda pick: some(pick, "dan_toc", ENUMS["dan_toc"], 4) & aged(pick, 36, 200, 300),
    lambda pick: earns(pick, "<") & Compare("thang_tuoi", ">=", pick.randint(180, 260)),
    lambda pick: some(pick, "trinh_do", ENUMS["trinh_do"], 4) & Compare("gioi_tinh", "==", "nam"),
    lambda pick: born(pick, ">=", 1976, 2012) & differs(pick, "dan_toc"),
    lambda pick: some(pick, "ma_xa", COMMUNES, 9) & earns(pick, "<="),
    lambda pick: differs(pick, "viec_lam") & aged(pick, 190, 420, 120),
]

PARTS = [
    lambda pick: Flag("bhyt", True),
    lambda pick: earns(pick, ">="),
    lambda pick: some(pick, "trinh_do", ENUMS["trinh_do"], 4),
    lambda pick: Flag("bhyt", False) | earns(pick, "<"),
    lambda pick: some(pick, "viec_lam", ENUMS["viec_lam"], 6),
    lambda pick: Compare("gioi_tinh", "==", "nu") & earns(pick, ">"),
    lambda pick: some(pick, "dan_toc", ENUMS["dan_toc"], 4) | Flag("bhyt", True),
    lambda pick: born(pick, ">", 1940, 2015) & Flag("bhyt", True),
    lambda pick: differs(pick, "trinh_do"),
]


def rules(how_many: int) -> list[Rule]:
    """The first so many rules; every sixth is a number of people, the others are shares."""
    found = []
    for index in range(how_many):
        pick = random.Random(index)
        whole = WHOLES[index % len(WHOLES)](pick)
        part = None if index % 6 == 5 else PARTS[index % len(PARTS)](pick)
        found.append(Rule(f"R{index + 1:03}", whole, part, pick.randint(20, 95)))
    return found
