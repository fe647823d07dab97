"""A peer for the benchmark: every rule's counts by year and commune, computed by DuckDB.

    peer_duckdb.py FOLDER OUT [--one-query-a-rule]

Reads the register of a folder that generate.py wrote, and writes OUT, a CSV table with a row for
each year and commune and the columns ID_whole and, of shares, ID_part. All rules in one query, in
the fastest form of those tried: texts as ENUM, and count_if over wholes that an inner query has
named (count(*) FILTER takes a third longer, with a hundred rules three times as long). With
--one-query-a-rule each rule reads the file itself.
"""

import csv
import json
import sys
from pathlib import Path

import duckdb

from conditions import Rule, rules
from register import COLUMNS, COMMUNES, ENUMS

TYPES = {"year": "SMALLINT", "integer": "INTEGER", "date": "DATE", "boolean": "BOOLEAN"}
TEXTS = {"ma_xa": COMMUNES, **ENUMS}


def query(people: str, asked: list[Rule]) -> str:
    wholes = [f"({rule.whole.sql()}) AS {rule.id}" for rule in asked]
    counts = [f"count_if({rule.id}) AS {rule.id}_whole" for rule in asked]
    counts += [
        f"count_if({rule.id} AND {rule.part.sql()}) AS {rule.id}_part"
        for rule in asked
        if rule.part
    ]
    flagged = f"SELECT *, {', '.join(wholes)} FROM {people}"
    return f"SELECT nam, ma_xa, {', '.join(counts)} FROM ({flagged}) GROUP BY nam, ma_xa"


def main(folder: Path, out: Path, one_query_a_rule: bool) -> None:
    asked = rules(json.loads((folder / "benchmark.json").read_text())["rules"])
    database = duckdb.connect()
    database.execute("SET preserve_insertion_order = false")
    for name, values in TEXTS.items():
        database.execute(
            f"CREATE TYPE {name} AS ENUM ({', '.join(f'{value!r}' for value in values)})"
        )
    columns = {name: name if kind == "string" else TYPES[kind] for name, kind, *_ in COLUMNS}
    register = folder / "datasets" / "nhan_khau.parquet"
    if register.exists():
        typed = ", ".join(f"{name}::{name} AS {name}" for name in TEXTS)
        people = f"(SELECT * REPLACE ({typed}) FROM read_parquet('{register}'))"
    else:
        register = register.with_suffix(".csv")
        people = f"read_csv('{register}', header = true, auto_detect = false, columns = {columns})"

    counts: dict[tuple, dict[str, int]] = {}
    for together in [[rule] for rule in asked] if one_query_a_rule else [asked]:
        answer = database.execute(query(people, together))
        names = [column[0] for column in answer.description]
        for row in answer.fetchall():
            counts.setdefault(row[:2], {}).update(zip(names, row, strict=True))
    with out.open("w", newline="") as file:
        table = csv.DictWriter(file, next(iter(counts.values())))
        table.writeheader()
        table.writerows(counts.values())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--one-query-a-rule" in sys.argv[3:])
