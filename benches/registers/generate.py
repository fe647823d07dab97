"""Write a workspace with a large invented register of people: generate.py ROWS FOLDER.

The same arguments give the same bytes. Rows are made and written a million at a time. With
--parquet the register is a Parquet file, written by Polars from the same text.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import polars as pl

from conditions import Rule, rules
from register import COLUMNS, COMMUNES, ENUMS, HIGHEST_INCOME, OLDEST_MONTHS, YEARS

SEED = 42
PART = 1_000_000
# Persons' codes jump about: row times MULTIPLIER modulo a prime, so no two rows share one.
MULTIPLIER = 48_271
PRIME = 89_999_999
FIRST_CODE = 10_000_000

SETTINGS = """\
name = "Thước đo tốc độ: số liệu giả định"
name_en = "Benchmark: invented data"
year = 2024
as_of = 2024-12-10
lang = "en"

[areas]
dataset = "xa"
code = "ma"
name = "ten"
"""

PLAN = """\
[plan]
name = "Kế hoạch giả định, chỉ để đo tốc độ"
name_en = "Invented plan, for timing only"
"""

PROVENANCE = """\
[provenance]
kind = "synthetic"
source = "Số liệu sinh ngẫu nhiên để đo tốc độ, không phải số liệu thật"
source_en = "Random figures for timing, not real data"
"""

COMMUNE_CONTRACT = f"""\
title = "Xã giả định"
primaryKey = "ma"

{PROVENANCE}
[[fields]]
name = "ma"
type = "string"
constraints = {{ required = true, pattern = "^[0-9]{{5}}$" }}

[[fields]]
name = "ten"
type = "string"
constraints = {{ required = true }}
"""


def register_contract(with_key: bool) -> str:
    lines = ['title = "Sổ nhân khẩu giả định"', 'subject = "người"', 'subject_en = "people"']
    if with_key:
        lines.append('primaryKey = ["ma_nguoi"]')
    lines += ["", PROVENANCE, "[dimensions]", 'year = "nam"', 'area = "ma_xa"', ""]
    for name, kind, title, more in COLUMNS:
        constraints = ", ".join(filter(None, ["required = true", more]))
        lines += ["[[fields]]", f'name = "{name}"', f'type = "{kind}"', f'title = "{title}"']
        lines += [f"constraints = {{ {constraints} }}", ""]
    lines += [
        "[[foreignKeys]]",
        'fields = "ma_xa"',
        'reference = { resource = "xa", fields = "ma" }',
    ]
    return "\n".join(lines) + "\n"


def declaration(rule: Rule) -> str:
    if rule.part is None:
        measure = "nguoi.count()"
        goal = f"at_most({1000 * rule.goal})"
    else:
        measure = f"percent(nguoi.filter(|r| {rule.part.rhai()}).count(), nguoi.count())"
        goal = f"at_least({rule.goal})"
    return f"""\
let nguoi = nhan_khau.filter(|r| {rule.whole.rhai()});
target("{rule.id}", #{{
    measure:  {measure},
    goal:     {goal},
    by:       2030,
    baseline: 2021,
}});
"""


def people(random: np.random.Generator, first: int, last: int) -> pl.DataFrame:
    """Rows `first` to `last`, the latter left out."""
    size = last - first
    year = random.integers(YEARS.start, YEARS.stop, size, dtype=np.int16)
    months = np.minimum(random.gamma(2.2, 170.0, size), OLDEST_MONTHS).astype(np.int16)
    ended = (year.astype("int64") - 1969).astype("datetime64[Y]").astype("datetime64[M]")
    month_born = ended - months.astype("timedelta64[M]") - 1
    born = month_born.astype("datetime64[D]") + random.integers(0, 28, size)
    earned = np.minimum(random.lognormal(8.1, 0.6, size), HIGHEST_INCOME).astype(np.int32)

    def text(values: list[str], weights: list[int]) -> pl.Series:
        """Values in proportion to their weights."""
        drawn = random.integers(0, sum(weights), size)
        codes = np.searchsorted(np.cumsum(weights), drawn, side="right")
        return pl.Series(codes.astype(np.uint8)).cat.to(pl.Enum(values))

    return pl.DataFrame(
        {
            "nam": year,
            "ma_xa": text(COMMUNES, [1] * len(COMMUNES)),
            "ma_ho": random.integers(1, 40_000, size, dtype=np.int32),
            "ma_nguoi": np.arange(first, last) * MULTIPLIER % PRIME + FIRST_CODE,
            "ngay_sinh": born,
            "gioi_tinh": text(ENUMS["gioi_tinh"], [51, 49]),
            "dan_toc": text(ENUMS["dan_toc"], [50, 25, 12, 8, 3, 2]),
            "trinh_do": text(ENUMS["trinh_do"], [12, 24, 30, 20, 9, 5]),
            "viec_lam": text(ENUMS["viec_lam"], [38, 8, 10, 8, 11, 4, 12, 9]),
            "thu_nhap": np.where(months >= 180, earned, 0),
            "bhyt": random.random(size) < 0.92,
            "thang_tuoi": months,
        }
    )


def write_register(path: Path, rows: int) -> None:
    random = np.random.default_rng(SEED)
    with path.open("wb") as file:
        for first in range(0, rows, PART):
            part = people(random, first, min(first + PART, rows))
            part.write_csv(file, include_header=first == 0)


def convert(text: Path, path: Path) -> None:
    """Write the register as Parquet, with the settings Polars has by default."""
    types = {"year": pl.Int16, "integer": pl.Int32, "date": pl.Date, "boolean": pl.Boolean}
    schema = {name: types.get(kind, pl.String) for name, kind, *_ in COLUMNS}
    pl.scan_csv(text, schema=schema).sink_parquet(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", type=int, default=30, help="how many targets (default 30)")
    parser.add_argument("--key", action="store_true", help="declare ma_nguoi as primary key")
    parser.add_argument(
        "--link", type=Path, metavar="OTHER", help="hard link the register of OTHER, made before"
    )
    parser.add_argument(
        "--parquet", action="store_true", help="as Parquet; with --link, from the text of OTHER"
    )
    arguments = parser.parse_args()
    if arguments.rows > PRIME:
        parser.error(f"at most {PRIME} rows: persons' codes would repeat")

    folder: Path = arguments.folder
    datasets, targets = folder / "datasets", folder / "rules" / "targets"
    datasets.mkdir(parents=True)
    targets.mkdir(parents=True)
    (folder / "rasoat.toml").write_text(SETTINGS)
    made = {"rows": arguments.rows, "rules": arguments.rules}
    (folder / "benchmark.json").write_text(json.dumps(made))
    (folder / "rules" / "plan.toml").write_text(PLAN)
    (targets / "targets.rhai").write_text("\n".join(map(declaration, rules(arguments.rules))))
    (datasets / "xa.toml").write_text(COMMUNE_CONTRACT)
    names = [f"{code},Xã Giả Định {number}" for number, code in enumerate(COMMUNES, 1)]
    (datasets / "xa.csv").write_text("\n".join(["ma,ten", *names]) + "\n")
    (datasets / "nhan_khau.toml").write_text(register_contract(arguments.key))
    text = datasets / "nhan_khau.csv"
    if arguments.link:
        os.link(arguments.link / "datasets" / text.name, text)
    else:
        write_register(text, arguments.rows)
    if arguments.parquet:
        convert(text, text.with_suffix(".parquet"))
        text.unlink()


if __name__ == "__main__":
    main()
