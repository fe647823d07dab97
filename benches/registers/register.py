"""The invented register of people: its columns, in file order, and what each may hold."""

YEARS = range(2021, 2025)
COMMUNES = [f"900{number:02}" for number in range(1, 16)]
OLDEST_MONTHS = 1200
HIGHEST_INCOME = 50_000

ENUMS = {
    "gioi_tinh": ["nam", "nu"],
    "dan_toc": ["Thái", "Mường", "Kinh", "Mông", "Dao", "Khơ Mú"],
    "trinh_do": ["chua", "th", "thcs", "thpt", "nghe", "dh"],
    "viec_lam": ["nong", "lam", "cn", "xd", "dv", "cc", "hoc", "khong"],
}

# Name, type in the contract, title, further constraints of the contract.
COLUMNS = [
    ("nam", "year", "Năm", ""),
    ("ma_xa", "string", "Mã xã", ""),
    ("ma_ho", "integer", "Số thứ tự của hộ trong xã", "minimum = 1"),
    ("ma_nguoi", "integer", "Mã người, mỗi dòng một mã", "minimum = 1"),
    ("ngay_sinh", "date", "Ngày sinh", ""),
    ("gioi_tinh", "string", "Giới tính", f"enum = {ENUMS['gioi_tinh']}"),
    ("dan_toc", "string", "Dân tộc", f"enum = {ENUMS['dan_toc']}"),
    ("trinh_do", "string", "Trình độ", f"enum = {ENUMS['trinh_do']}"),
    ("viec_lam", "string", "Việc làm", f"enum = {ENUMS['viec_lam']}"),
    ("thu_nhap", "integer", "Thu nhập (nghìn đồng)", f"minimum = 0, maximum = {HIGHEST_INCOME}"),
    ("bhyt", "boolean", "Có thẻ bảo hiểm y tế", ""),
    ("thang_tuoi", "integer", "Tháng tuổi cuối năm", f"minimum = 0, maximum = {OLDEST_MONTHS}"),
]
