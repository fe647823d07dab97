"""A peer for the benchmark of the whole process: the values of 2024, and nothing else.

It computes what an analyst's throwaway script would, for the 35 targets that have a value in
tests/expected-2024.csv: reads the CSV files the formulas need, keeps the rows of 2024, prints
`id,value` with exact fractions. The formulas are those of rules/targets, written here a second
time. It does less than `rasoat check`: no contracts (types, keys, parts, missing rows), no other
years, no goals, statuses, assignments, places or messages; a blank cell simply stops it.

    python3 benches/peer_python.py             print the values
    python3 benches/peer_python.py --verify    compare them with the table; 1 if any differs

Only the standard library. `--verify -` compares lines of the same form read from standard input,
so that another peer's output can be checked too.
"""

import csv
import sys
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
YEAR = "2024"


class Table:
    """The rows of one dataset in the reporting year."""

    def __init__(self, name, delimiter=","):
        with open(ROOT / "datasets" / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter=delimiter)
            self.rows = [row for row in rows if row["nam"] == YEAR]

    def sum(self, column, number=int):
        return sum(number(row[column]) for row in self.rows)

    def share(self, part, whole, number=int):
        return percent(self.sum(part, number), self.sum(whole, number))

    def share_true(self, column):
        return percent(sum(row[column] == "true" for row in self.rows), len(self.rows))


def percent(part, whole):
    return 100 * Fraction(part, whole)


def per_10000(part, whole):
    return 10000 * Fraction(part, whole)


def comma_number(cell):
    return Fraction(cell.replace(".", "").replace(",", "."))


def values():
    merit, labour, pension = Table("nguoi_co_cong"), Table("lao_dong"), Table("nghi_huu")
    benefit, school, people = Table("tro_cap"), Table("giao_duc"), Table("dan_so")
    births, health, insurance = Table("sinh"), Table("y_te"), Table("bhyt")
    vaccines, housing, household = Table("tiem_chung"), Table("nha_o"), Table("ho_gia_dinh")
    sewage, survey, telecom = Table("nuoc_thai", ";"), Table("van_hoa"), Table("vien_thong")
    children = Table("tre_em")
    children.rows = [row for row in children.rows if int(row["thang_tuoi"]) < 60]
    beds = sum(int(row["giuong"]) for row in health.rows if row["loai"] != "tram_y_te")
    population = people.sum("dan_so")
    return {
        "II.2.1.a.1-1": merit.share("nguoi_cham_lo", "nguoi"),
        "II.2.1.a.1-2": merit.share("gia_dinh_cham_lo", "gia_dinh"),
        "II.2.1.a.1-3": merit.share("nguoi_muc_song", "nguoi"),
        "II.2.1.a.1-4": merit.share("gia_dinh_muc_song", "gia_dinh"),
        "II.2.1.a.2-1": labour.share("qua_dao_tao", "luc_luong"),
        "II.2.1.a.2-2": labour.share("co_chung_chi", "luc_luong"),
        "II.2.1.a.3-1": labour.share("bhxh", "luc_luong"),
        "II.2.1.a.3-2": labour.share("bhtn", "luc_luong"),
        "II.2.1.a.3-3": pension.share("duoc_huong", "sau_tuoi"),
        "II.2.1.a.4-1": benefit.share("tre_36t_huong", "tre_36t"),
        "II.2.1.a.4-2": benefit.share("mang_thai_huong", "mang_thai"),
        "II.2.1.a.4-3": benefit.share("cao_tuoi_huong", "cao_tuoi"),
        "II.2.1.b.1-2": percent(school.sum("tieu_hoc_dung_tuoi"), people.sum("tre_6_10")),
        "II.2.1.b.1-3": percent(school.sum("thcs_dung_tuoi"), people.sum("tre_11_14")),
        "II.2.1.b.2-2": births.share("be_trai", "be_gai"),
        "II.2.1.b.2-5": per_10000(beds, population),
        "II.2.1.b.2-6": per_10000(health.sum("bac_si"), population),
        "II.2.1.b.2-7": per_10000(health.sum("duoc_si"), population),
        "II.2.1.b.2-8": per_10000(health.sum("dieu_duong"), population),
        "II.2.1.b.3-1": percent(insurance.sum("tham_gia"), population),
        "II.2.1.b.3-2": insurance.share("duoc_chi_tra", "su_dung"),
        "II.2.1.b.3-4": vaccines.share("du_mui", "dien_tiem"),
        "II.2.1.b.3-5": children.share_true("nhe_can"),
        "II.2.1.b.3-6": children.share_true("thap_coi"),
        "II.2.1.c.1-4": Fraction(housing.sum("dien_tich_san", Fraction), population),
        "II.2.1.c.2-1": household.share("nuoc_hop_ve_sinh", "ho"),
        "II.2.1.c.2-2": household.share("nha_ve_sinh", "ho"),
        "II.2.1.c.2-3": Table("truong_hoc").share_true("nha_ve_sinh"),
        "II.2.1.c.2-4": Table("tram_y_te").share_true("nha_ve_sinh"),
        "II.2.1.c.2-5": Table("diem_dan_cu").share_true("thu_gom_nuoc_thai"),
        "II.2.1.c.2-6": sewage.share("dat_quy_chuan", "phat_sinh", comma_number),
        "II.2.1.d.1-2": survey.share("nghe_xem", "khao_sat"),
        "II.2.1.d.1-3": telecom.share_true("di_dong"),
        "II.2.1.d.1-4": telecom.share_true("co_dinh"),
        "II.2.1.d.1-5": household.share("cap_quang", "ho"),
    }


def differences(lines):
    """What printed lines say otherwise than the table of expectations, in words."""
    with open(ROOT / "tests" / "expected-2024.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["value"]]
    expected = {row["id"]: Fraction(row["value"]) for row in rows}
    printed = {}
    for line in lines:
        name, value = line.strip().split(",")
        if name in printed:
            yield f"{name}: printed twice"
        printed[name] = Fraction(value)
    for name in sorted(expected.keys() | printed.keys()):
        if expected.get(name) != printed.get(name):
            yield f"{name}: {printed.get(name)} instead of {expected.get(name)}"


def main(arguments):
    if arguments == ["--verify", "-"]:
        lines = sys.stdin.read().splitlines()
    elif arguments in ([], ["--verify"]):
        lines = [f"{name},{value}" for name, value in values().items()]
    else:
        print(__doc__, file=sys.stderr)
        return 2
    if not arguments:
        print("\n".join(lines))
        return 0
    wrong = list(differences(lines))
    print("\n".join(wrong) if wrong else f"{len(lines)} values as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
