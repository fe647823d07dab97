"""A peer for the benchmark: every rule's counts by year and commune, in one streaming Polars query.

    peer_polars.py FOLDER OUT

Reads the register of a folder that generate.py wrote, and writes OUT, a CSV table with a row for
each year and commune and the columns ID_whole and, of shares, ID_part. This form was the fastest
of those tried: texts as Enum, the wholes and then the parts as columns, and plain sums of them.
From Parquet only the columns that rules name are read.
"""

import json
import sys
from pathlib import Path

import polars as pl

from conditions import rules
from register import COLUMNS, COMMUNES, ENUMS

TYPES = {"year": pl.Int16, "integer": pl.Int32, "date": pl.Date, "boolean": pl.Boolean}
TEXTS = {"ma_xa": COMMUNES, **ENUMS}


def main(folder: Path, out: Path) -> None:
    asked = rules(json.loads((folder / "benchmark.json").read_text())["rules"])
    wholes = {f"{rule.id}_whole": rule.whole.polars(pl.col) for rule in asked}
    parts = {
        f"{rule.id}_part": pl.col(f"{rule.id}_whole") & rule.part.polars(pl.col)
        for rule in asked
        if rule.part
    }
    schema = {
        name: pl.Enum(TEXTS[name]) if kind == "string" else TYPES[kind]
        for name, kind, *_ in COLUMNS
    }
    register = folder / "datasets" / "nhan_khau.parquet"
    if register.exists():
        people = pl.scan_parquet(register).cast(schema)
    else:
        people = pl.scan_csv(register.with_suffix(".csv"), schema=schema)
    flagged = people.with_columns(**wholes).select("nam", "ma_xa", *wholes, **parts)
    counted = flagged.group_by("nam", "ma_xa").agg(pl.exclude("nam", "ma_xa").sum())
    counted.collect(engine="streaming").write_csv(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
