"""Time whole processes on a folder that generate.py wrote, and compare what they computed.

    run.py RASOAT FOLDER [--rounds N] [--only NAME,…] [--json OUT]

In each round rasoat and its peers run one after another, so that a machine that slows down slows
all of them. A time is that of the whole process, the interpreter's start included; memory is the
highest ru_maxrss (Linux: KiB), which cannot show less than this script's own, some 20 MB. The
register is read once beforehand, so that it is in the page cache.

Then rasoat runs untimed once for each year, and its report is compared with the peers' counts: for
every rule and year the exact value, for every rule, year and commune the value to the last digit
printed. Any difference, or anything wrong found in the data, makes the exit status 1.
"""

import argparse
import csv
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import NamedTuple

from conditions import Rule, rules
from register import COMMUNES, YEARS

HERE = Path(__file__).parent
RASOAT = "rasoat"
ONCE = "duckdb-query-a-rule"
# Name, script and its options.
PEERS = {
    "polars": ["peer_polars.py"],
    "duckdb": ["peer_duckdb.py"],
    ONCE: ["peer_duckdb.py", "--one-query-a-rule"],
}

# By year and commune: how many people each column of a peer's table counts.
Counts = dict[tuple[str, str], dict[str, int]]


class Run(NamedTuple):
    seconds: float
    peak_kib: int


def check(rasoat: str, folder: Path, out: Path, *options: str) -> list[str]:
    return [rasoat, "check", str(folder), "--format", f"json:{out}", *options]


def run(command: list[str], scratch: Path) -> Run:
    """Run a process; what it prints is shown only if it fails."""
    log = scratch / "log"
    to_log = [
        (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    start = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=to_log)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    exited = os.waitstatus_to_exitcode(status)
    # With 1 rasoat tells of a target that is not met, and Python of an exception.
    if exited not in ([0] if command[0] == sys.executable else [0, 1]):
        sys.exit(f"{' '.join(command)}: exit status {exited}\n{log.read_text()}")
    return Run(seconds, usage.ru_maxrss)


def counts(path: Path) -> Counts:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        (row.pop("nam"), row.pop("ma_xa")): {name: int(count) for name, count in row.items()}
        for row in rows
    }


def value(rule: Rule, found: list[dict[str, int]]) -> Fraction | None:
    """The rule's value over some groups, or None where there is nobody to take a share of."""
    whole = sum(group[f"{rule.id}_whole"] for group in found)
    if rule.part is None:
        return Fraction(whole)
    part = sum(group[f"{rule.id}_part"] for group in found)
    return Fraction(100 * part, whole) if whole else None


def agrees(printed: str | None, exact: Fraction | None) -> bool:
    """Whether a printed number is the exact one, or it rounded half up to at least six decimals."""
    if printed is None or exact is None:
        return printed is None and exact is None
    if Fraction(printed) == exact:
        return True
    places = len(printed.partition(".")[2])
    rounded = Fraction(floor(exact * 10**places + Fraction(1, 2)), 10**places)
    return places >= 6 and Fraction(printed) == rounded


def differences(report: dict, year: int, found: Counts, asked: list[Rule]) -> Iterator[str]:
    """What a report of one year says otherwise than the counts."""
    for finding in report["diagnostics"]:
        yield f"{year}: {finding['message']}"
    results = {result["id"]: result for result in report["results"]}
    groups = {commune: found[str(year), commune] for commune in COMMUNES}
    for rule in asked:
        printed = results[rule.id]["value_exact"]
        exact = value(rule, list(groups.values()))
        if (printed and Fraction(printed)) != exact:
            yield f"{year} {rule.id}: {printed}, not {exact}"
        areas = {area["code"]: area["value"] for area in results[rule.id]["areas"]}
        for commune, group in groups.items():
            exact = value(rule, [group])
            if not agrees(areas[commune], exact):
                yield f"{year} {rule.id} {commune}: {areas[commune]}, not {exact}"


def disagreements(
    rasoat: str, folder: Path, scratch: Path, asked: list[Rule], found: dict[str, Counts]
) -> list[str]:
    """Where peers disagree with each other, or rasoat, run once for each year, with any of them."""
    first, *others = found
    different = [other for other in others if found[other] != found[first]]
    wrong = [f"{other}: not the counts of {first}" for other in different]
    for year in YEARS if rasoat else []:
        report = scratch / f"{year}.json"
        run(check(rasoat, folder, report, "--year", str(year)), scratch)
        told = json.loads(report.read_text())
        for peer, counted in found.items():
            wrong += [f"{peer}: {line}" for line in differences(told, year, counted, asked)]
    return wrong


def print_table(runs: dict[str, list[Run]]) -> None:
    print(f"{'':20} {'min s':>8} {'median s':>9} {'peak MB':>8} {'rasoat / it':>12}")
    for name, measured in runs.items():
        seconds = [one.seconds for one in measured]
        ratios = [mine.seconds / its.seconds for mine, its in zip(runs.get(RASOAT, []), measured)]
        ratio = f"{statistics.median(ratios):12.2f}" if ratios else ""
        peak = max(one.peak_kib for one in measured) * 1024 / 1e6
        median = statistics.median(seconds)
        print(f"{name:20} {min(seconds):8.2f} {median:9.2f} {peak:8.0f} {ratio}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rasoat", help="the program to time")
    parser.add_argument("folder", type=Path, help="as written by generate.py")
    parser.add_argument(
        "--quiet", action="store_true", help="time rasoat with a text report of tables alone"
    )
    parser.add_argument("--rounds", type=int, default=5, help="(default: 5)")
    parser.add_argument("--only", help=f"some of {','.join([RASOAT, *PEERS])}")
    parser.add_argument(
        "--json", type=Path, metavar="OUT", help="write every time and peak to a file"
    )
    arguments = parser.parse_args()
    chosen = arguments.only.split(",") if arguments.only else [RASOAT, *PEERS]
    if unknown := set(chosen) - {RASOAT, *PEERS}:
        parser.error(f"no such name: {', '.join(sorted(unknown))}")

    folder: Path = arguments.folder
    made = json.loads((folder / "benchmark.json").read_text())
    (register,) = (folder / "datasets").glob("nhan_khau.[cp]*")
    with register.open("rb") as file:
        while file.read(1 << 24):
            pass

    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        quiet = [arguments.rasoat, "check", str(folder), "--quiet"]
        report = check(arguments.rasoat, folder, scratch / RASOAT)
        commands = {RASOAT: quiet if arguments.quiet else report}
        for name, (script, *options) in PEERS.items():
            files = [str(HERE / script), str(folder), str(scratch / name)]
            commands[name] = [sys.executable, *files, *options]
        runs: dict[str, list[Run]] = {name: [] for name in chosen}
        for number in range(arguments.rounds):
            for name in chosen:
                if name != ONCE or number == 0:
                    runs[name].append(run(commands[name], scratch))

        made["bytes"] = register.stat().st_size
        print("{rows:,} rows, {bytes:,} bytes, {rules} rules".format(**made))
        print_table(runs)
        if arguments.json:
            made["runs"] = {name: [one._asdict() for one in runs[name]] for name in chosen}
            arguments.json.write_text(json.dumps(made, indent=1))

        found = {name: counts(scratch / name) for name in chosen if name in PEERS}
        if len(chosen) > 1:
            rasoat = arguments.rasoat if RASOAT in chosen else ""
            wrong = disagreements(rasoat, folder, scratch, rules(made["rules"]), found)
            if wrong:
                sys.exit("\n".join(wrong))
            print(f"equal in {len(YEARS)} years and {len(COMMUNES)} communes")


if __name__ == "__main__":
    main()
