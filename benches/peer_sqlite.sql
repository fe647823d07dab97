-- A peer for the benchmark of the whole process: the values of 2024, and nothing else.
--
-- Imports the needed CSV files into an in-memory database and prints `id,numerator/denominator`
-- (not reduced) for the same 35 targets as peer_python.py. It does less than `rasoat check`: no
-- contracts, no other years, no goals, statuses, assignments, places or messages, and a blank cell
-- counts as 0. The decimal columns are counted in tenths, which is exact because every cell
-- of them has one decimal. In the repository's root:
--
--     sqlite3 -batch -init benches/peer_sqlite.sql :memory: .exit
--     sqlite3 -batch -init benches/peer_sqlite.sql :memory: .exit |
--         python3 benches/peer_python.py --verify -

.import --csv datasets/bhyt.csv bhyt
.import --csv datasets/dan_so.csv dan_so
.import --csv datasets/diem_dan_cu.csv diem_dan_cu
.import --csv datasets/giao_duc.csv giao_duc
.import --csv datasets/ho_gia_dinh.csv ho_gia_dinh
.import --csv datasets/lao_dong.csv lao_dong
.import --csv datasets/nghi_huu.csv nghi_huu
.import --csv datasets/nguoi_co_cong.csv nguoi_co_cong
.import --csv datasets/nha_o.csv nha_o
.import --csv datasets/sinh.csv sinh
.import --csv datasets/tiem_chung.csv tiem_chung
.import --csv datasets/tram_y_te.csv tram_y_te
.import --csv datasets/tre_em.csv tre_em
.import --csv datasets/tro_cap.csv tro_cap
.import --csv datasets/truong_hoc.csv truong_hoc
.import --csv datasets/van_hoa.csv van_hoa
.import --csv datasets/vien_thong.csv vien_thong
.import --csv datasets/y_te.csv y_te
.mode csv
.separator ";"
.import datasets/nuoc_thai.csv nuoc_thai
.mode list
.separator ","

SELECT 'II.2.1.a.1-1', printf('%d/%d', 100 * sum(nguoi_cham_lo), sum(nguoi))
    FROM nguoi_co_cong WHERE nam = 2024;
SELECT 'II.2.1.a.1-2', printf('%d/%d', 100 * sum(gia_dinh_cham_lo), sum(gia_dinh))
    FROM nguoi_co_cong WHERE nam = 2024;
SELECT 'II.2.1.a.1-3', printf('%d/%d', 100 * sum(nguoi_muc_song), sum(nguoi))
    FROM nguoi_co_cong WHERE nam = 2024;
SELECT 'II.2.1.a.1-4', printf('%d/%d', 100 * sum(gia_dinh_muc_song), sum(gia_dinh))
    FROM nguoi_co_cong WHERE nam = 2024;
SELECT 'II.2.1.a.2-1', printf('%d/%d', 100 * sum(qua_dao_tao), sum(luc_luong))
    FROM lao_dong WHERE nam = 2024;
SELECT 'II.2.1.a.2-2', printf('%d/%d', 100 * sum(co_chung_chi), sum(luc_luong))
    FROM lao_dong WHERE nam = 2024;
SELECT 'II.2.1.a.3-1', printf('%d/%d', 100 * sum(bhxh), sum(luc_luong))
    FROM lao_dong WHERE nam = 2024;
SELECT 'II.2.1.a.3-2', printf('%d/%d', 100 * sum(bhtn), sum(luc_luong))
    FROM lao_dong WHERE nam = 2024;
SELECT 'II.2.1.a.3-3', printf('%d/%d', 100 * sum(duoc_huong), sum(sau_tuoi))
    FROM nghi_huu WHERE nam = 2024;
SELECT 'II.2.1.a.4-1', printf('%d/%d', 100 * sum(tre_36t_huong), sum(tre_36t))
    FROM tro_cap WHERE nam = 2024;
SELECT 'II.2.1.a.4-2', printf('%d/%d', 100 * sum(mang_thai_huong), sum(mang_thai))
    FROM tro_cap WHERE nam = 2024;
SELECT 'II.2.1.a.4-3', printf('%d/%d', 100 * sum(cao_tuoi_huong), sum(cao_tuoi))
    FROM tro_cap WHERE nam = 2024;
SELECT 'II.2.1.b.1-2', printf('%d/%d', 100 * sum(tieu_hoc_dung_tuoi),
    (SELECT sum(tre_6_10) FROM dan_so WHERE nam = 2024)) FROM giao_duc WHERE nam = 2024;
SELECT 'II.2.1.b.1-3', printf('%d/%d', 100 * sum(thcs_dung_tuoi),
    (SELECT sum(tre_11_14) FROM dan_so WHERE nam = 2024)) FROM giao_duc WHERE nam = 2024;
SELECT 'II.2.1.b.2-2', printf('%d/%d', 100 * sum(be_trai), sum(be_gai)) FROM sinh WHERE nam = 2024;
SELECT 'II.2.1.b.2-5', printf('%d/%d', 10000 * sum(giuong),
    (SELECT sum(dan_so) FROM dan_so WHERE nam = 2024))
    FROM y_te WHERE nam = 2024 AND loai <> 'tram_y_te';
SELECT 'II.2.1.b.2-6', printf('%d/%d', 10000 * sum(bac_si),
    (SELECT sum(dan_so) FROM dan_so WHERE nam = 2024)) FROM y_te WHERE nam = 2024;
SELECT 'II.2.1.b.2-7', printf('%d/%d', 10000 * sum(duoc_si),
    (SELECT sum(dan_so) FROM dan_so WHERE nam = 2024)) FROM y_te WHERE nam = 2024;
SELECT 'II.2.1.b.2-8', printf('%d/%d', 10000 * sum(dieu_duong),
    (SELECT sum(dan_so) FROM dan_so WHERE nam = 2024)) FROM y_te WHERE nam = 2024;
SELECT 'II.2.1.b.3-1', printf('%d/%d', 100 * sum(tham_gia),
    (SELECT sum(dan_so) FROM dan_so WHERE nam = 2024)) FROM bhyt WHERE nam = 2024;
SELECT 'II.2.1.b.3-2', printf('%d/%d', 100 * sum(duoc_chi_tra), sum(su_dung))
    FROM bhyt WHERE nam = 2024;
SELECT 'II.2.1.b.3-4', printf('%d/%d', 100 * sum(du_mui), sum(dien_tiem))
    FROM tiem_chung WHERE nam = 2024;
SELECT 'II.2.1.b.3-5', printf('%d/%d', 100 * sum(nhe_can = 'true'), count(*))
    FROM tre_em WHERE nam = 2024 AND CAST(thang_tuoi AS INTEGER) < 60;
SELECT 'II.2.1.b.3-6', printf('%d/%d', 100 * sum(thap_coi = 'true'), count(*))
    FROM tre_em WHERE nam = 2024 AND CAST(thang_tuoi AS INTEGER) < 60;
SELECT 'II.2.1.c.1-4', printf('%d/%d', CAST(round(sum(10 * dien_tich_san)) AS INTEGER),
    10 * (SELECT sum(dan_so) FROM dan_so WHERE nam = 2024)) FROM nha_o WHERE nam = 2024;
SELECT 'II.2.1.c.2-1', printf('%d/%d', 100 * sum(nuoc_hop_ve_sinh), sum(ho))
    FROM ho_gia_dinh WHERE nam = 2024;
SELECT 'II.2.1.c.2-2', printf('%d/%d', 100 * sum(nha_ve_sinh), sum(ho))
    FROM ho_gia_dinh WHERE nam = 2024;
SELECT 'II.2.1.c.2-3', printf('%d/%d', 100 * sum(nha_ve_sinh = 'true'), count(*))
    FROM truong_hoc WHERE nam = 2024;
SELECT 'II.2.1.c.2-4', printf('%d/%d', 100 * sum(nha_ve_sinh = 'true'), count(*))
    FROM tram_y_te WHERE nam = 2024;
SELECT 'II.2.1.c.2-5', printf('%d/%d', 100 * sum(thu_gom_nuoc_thai = 'true'), count(*))
    FROM diem_dan_cu WHERE nam = 2024;
SELECT 'II.2.1.c.2-6', printf('%d/%d',
    100 * sum(CAST(replace(replace(dat_quy_chuan, '.', ''), ',', '') AS INTEGER)),
    sum(CAST(replace(replace(phat_sinh, '.', ''), ',', '') AS INTEGER)))
    FROM nuoc_thai WHERE nam = 2024;
SELECT 'II.2.1.d.1-2', printf('%d/%d', 100 * sum(nghe_xem), sum(khao_sat))
    FROM van_hoa WHERE nam = 2024;
SELECT 'II.2.1.d.1-3', printf('%d/%d', 100 * sum(di_dong = 'true'), count(*))
    FROM vien_thong WHERE nam = 2024;
SELECT 'II.2.1.d.1-4', printf('%d/%d', 100 * sum(co_dinh = 'true'), count(*))
    FROM vien_thong WHERE nam = 2024;
SELECT 'II.2.1.d.1-5', printf('%d/%d', 100 * sum(cap_quang), sum(ho))
    FROM ho_gia_dinh WHERE nam = 2024;
