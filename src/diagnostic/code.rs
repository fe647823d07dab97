//! The closed list of kinds of finding.
//!
//! A code owns its name, its usual severity, whether it breaks the run, and the page that
//! `rasoat explain CODE` prints, in both languages.

use super::Severity;
use crate::message::Lang;

/// What a finding means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Something the check found: exit status 1 at or above the chosen severity.
    Finding,
    /// Something that kept a rule or a dataset from being evaluated: exit status 2.
    Broken,
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $class:ident { $vi:literal $en:literal })*) => {
        /// The kind of a finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)] // each is documented by its handbook page below
        pub enum Code { $($variant),* }

        impl Code {
            /// Every code, in the order of the handbook.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// The name shown in brackets and accepted by `rasoat explain`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name),* }
            }

            /// The severity findings of this kind usually have.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity),* }
            }

            /// Whether findings of this kind break the run.
            pub fn class(self) -> Class {
                match self { $(Code::$variant => Class::$class),* }
            }

            /// The handbook page.
            pub fn explanation(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Code::$variant, Lang::Vi) => $vi, (Code::$variant, Lang::En) => $en),*
                }
            }
        }
    };
}

codes! {
    Unmet "unmet" Error Finding {
        "Đã đến hạn mà yêu cầu chưa đạt: chỉ tiêu phải giữ hằng năm bị hụt trong năm báo cáo, chỉ tiêu đến năm đích chưa đạt, hoặc nhiệm vụ quá hạn, nộp muộn. Báo cáo nêu giá trị tìm thấy, mức đòi hỏi, khoảng cách và nơi tạo ra khoảng cách."
        "The demand is due and not met: an every-year target missed in the reporting year, a dated target not reached in its year, or an assignment overdue or handed in late. The report gives the value found, the value demanded, the gap and where it arises."
    }
    Behind "behind" Warning Finding {
        "Chưa đến hạn; có tiến bộ so với năm gốc nhưng kém lộ trình: đường thẳng từ năm gốc đến đích, qua các mốc nếu quy tắc có (với nhiệm vụ: tiến độ thấp hơn phần thời gian đã qua)."
        "Not yet due; better than the baseline but worse than the path: the straight line from the baseline to the goal, through the rule's milestones if it has any (for an assignment: progress below the share of the period that has passed)."
    }
    OffTrack "off-track" Warning Finding {
        "Chưa đến hạn và không tiến bộ so với năm gốc (với nhiệm vụ: chưa bắt đầu)."
        "Not yet due and no better than the baseline (for an assignment: not started)."
    }
    NotYet "not-yet" Advice Finding {
        "Chưa đến hạn, chưa đạt, và không có gì để đánh giá tốc độ: quy tắc không có năm gốc hoặc mốc đã qua, hoặc năm gốc không có số liệu, hoặc chưa qua. Thêm `baseline:` (hoặc `path: milestones(…)`) vào quy tắc."
        "Not yet due, not met, and nothing to judge the pace by: the rule has no baseline and no milestone that has passed, or its baseline has no figure or is not in the past. Add `baseline:` (or `path: milestones(…)`) to the rule."
    }
    OnTrack "on-track" Advice Finding {
        "Chưa đến hạn; bằng hoặc tốt hơn lộ trình: đường thẳng từ năm gốc đến đích, qua các mốc nếu quy tắc có."
        "Not yet due; at or better than the path: the straight line from the baseline to the goal, through the rule's milestones if it has any."
    }
    NoData "no-data" Warning Finding {
        "Không kết luận được từ số liệu đã nộp, vì kết quả còn tuỳ ô trống, ô sai bị coi là chưa biết, thiếu dòng, thiếu năm, hoặc mẫu số bằng 0. Ô trống không bao giờ được tính là 0; chỉ khi mọi cách điền đều cho cùng kết quả thì mới kết luận."
        "Cannot be decided from what was supplied, since it depends on blank cells, broken cells (which count as unknown), missing rows or years, or a denominator of 0. A blank never counts as 0; only where every way to fill it gives the same verdict is one given."
    }
    MissingIgnored "missing-ignored" Advice Finding {
        "Quy tắc dùng ignore_missing(): ô chưa biết bị bỏ qua và giá trị chỉ tính trên phần có số liệu."
        "The rule uses ignore_missing(): unknown cells are left out and the value is computed from the rest."
    }
    EmptyFilter "empty-filter" Warning Finding {
        "Một bộ lọc so cột chữ với giá trị mà không dòng nào có, ở bất cứ năm nào, nên số đếm và tổng của nó luôn bằng 0: thường là gõ nhầm trong quy tắc, hoặc số liệu viết khác đi. Không cảnh báo với cột có `enum`, với số, ngày và đúng/sai, với mã của kế hoạch, với mã hay tên mà bộ dữ liệu được tham chiếu có, và với bộ dữ liệu trên 4 MiB."
        "A filter compares a column of text with a value that no row has in any year, so that its counts and sums are always 0: usually a slip in the rule, or the data spells it otherwise. Not told of columns with an `enum`, of numbers, dates and flags, of the plan's own ids, of codes or names that the dataset referred to has, and of datasets above 4 MiB."
    }
    NoPlan "no-plan" Warning Finding {
        "Không có rules/plan.toml nên không biết kế hoạch gồm những điều khoản nào và điều khoản nào chưa có quy tắc."
        "There is no rules/plan.toml, so it is not known which clauses the plan has and which of them no rule judges."
    }
    YearAbsent "year-absent" Error Broken {
        "Không bộ dữ liệu nào có số liệu của năm báo cáo. Kiểm tra `year` trong rasoat.toml hoặc --year."
        "No dataset has figures for the reporting year. Check `year` in rasoat.toml or --year."
    }
    Waived "waived" Advice Finding {
        "Đã đánh giá, không đạt, nhưng có miễn trừ còn hiệu lực trong rules/waivers.toml. Kết quả thật vẫn được nêu."
        "Evaluated, not met, and covered by an unexpired waiver in rules/waivers.toml. The real result is still shown."
    }
    NotEvaluated "not-evaluated" Error Broken {
        "Quy tắc không tính được vì chính nó hoặc bộ dữ liệu nó cần bị hỏng; lỗi gốc được nêu riêng."
        "The rule could not be evaluated because it, or a dataset it needs, is broken; the cause is reported on its own."
    }
    ShareAboveWhole "share-above-whole" Error Finding {
        "Tỷ lệ vượt 100 %: tử số lớn hơn mẫu số. Đây là lỗi số liệu, không phải thành tích; quy tắc nhận trạng thái `error`."
        "A share above 100 %: the part is larger than its whole. That is an error in the data, not a triumph; the rule's status is `error`."
    }
    Overflow "overflow" Error Broken {
        "Phép tính vượt quá độ chính xác tuyệt đối mà chương trình giữ (128 bit). Không có giá trị nào bị làm tròn thầm lặng."
        "The calculation does not fit the exact arithmetic (128 bits). Nothing is rounded silently."
    }
    RowViolation "row-violation" Error Finding {
        "Có dòng dữ liệu không thoả điều kiện của `expect`."
        "Rows of a dataset break the condition of an `expect`."
    }
    CheckFailed "check-failed" Error Finding {
        "Hàm kiểm tra của một `rule` báo không đạt."
        "The check of a `rule` reported a failure."
    }
    NoWorkspace "no-workspace" Error Broken {
        "Thư mục không có rasoat.toml. Chạy trong thư mục làm việc, hoặc ghi đường dẫn: `rasoat check THƯ-MỤC`."
        "The folder has no rasoat.toml. Run inside a workspace or name it: `rasoat check FOLDER`."
    }
    NoRules "no-rules" Error Broken {
        "Không có tệp .rhai nào trong thư mục quy tắc, hoặc không tệp nào khai báo gì."
        "There is no .rhai file in the rules folder, or none that declares anything."
    }
    ScriptNotRead "script-not-read" Warning Broken {
        "Tên tệp giống tên tệp quy tắc nhưng không kết thúc bằng `.rhai`, nên tệp không được đọc. Trình soạn thảo hay lưu thành `.rhai.txt`."
        "A file is named like a rule file and its name does not end in `.rhai`, so it is not read. Editors may save as `.rhai.txt`."
    }
    Unreadable "unreadable" Error Broken {
        "Hệ điều hành không cho đọc tệp."
        "The operating system did not let the file be read."
    }
    JsonSyntax "json-syntax" Error Broken {
        "Tệp JSON (datapackage.json hoặc TÊN.schema.json) sai cú pháp; những bộ dữ liệu nó mô tả không được đọc."
        "A JSON file (datapackage.json or NAME.schema.json) is malformed; the datasets it describes are not read."
    }
    TomlSyntax "toml-syntax" Error Broken {
        "Tệp TOML sai cú pháp. Phần còn lại của tệp vẫn được đọc nếu có thể."
        "The TOML file has a syntax error. The rest of the file is still read where possible."
    }
    UnknownKey "unknown-key" Error Broken {
        "Khoá không có trong danh sách khoá được hiểu; thường là gõ nhầm."
        "A key that is not understood; usually a slip of the fingers."
    }
    MissingKey "missing-key" Error Broken {
        "Thiếu một khoá bắt buộc."
        "A required key is missing."
    }
    InvalidValue "invalid-value" Error Broken {
        "Giá trị sai kiểu hoặc ngoài phạm vi cho phép."
        "A value of the wrong type or outside what is allowed."
    }
    DuplicateId "duplicate-id" Error Broken {
        "Một mã được khai báo hai lần. Lần khai báo đầu được dùng."
        "An id is declared twice. The first declaration is used."
    }
    UnknownName "unknown-name" Error Broken {
        "Tên nhắc đến không tồn tại: đơn vị, mục, điều khoản, bộ dữ liệu, hàm hay biến."
        "A name that does not exist: a unit, section, clause, dataset, function or variable."
    }
    UnknownColumn "unknown-column" Error Broken {
        "Bộ dữ liệu không có cột này trong hợp đồng. Được kiểm tra trước khi đọc dòng dữ liệu nào."
        "The dataset's contract has no such column. Checked before any row is read."
    }
    TypeMismatch "type-mismatch" Error Broken {
        "Hai vế khác kiểu: ví dụ so chữ với số, hoặc lấy tổng một cột chữ."
        "Types do not fit: text compared with a number, or the sum of a text column."
    }
    GoalUnit "goal-unit" Error Broken {
        "Mục tiêu không có nghĩa với đơn vị của chỉ số: `all()` chỉ dùng cho `percent(…)`, `none()` cho số đếm, tổng hay tỷ lệ; mục tiêu của `percent(…)` phải có số nào đó từ 0 đến 100 đạt được."
        "The goal makes no sense for the measure's unit: `all()` is for `percent(…)`, `none()` for counts, sums and shares; some number from 0 to 100 must meet the goal of a `percent(…)`."
    }
    ClauseWithoutRule "clause-without-rule" Error Broken {
        "Một điều khoản trong plan.toml không được quy tắc nào đánh giá."
        "A clause of plan.toml is judged by no rule."
    }
    ScriptSyntax "script-syntax" Error Broken {
        "Tệp quy tắc sai cú pháp Rhai. Các khai báo khác trong tệp vẫn được đánh giá."
        "A rule file has a Rhai syntax error. Its other declarations are still judged."
    }
    ScriptError "script-error" Error Broken {
        "Khai báo bị lỗi khi chạy. Các khai báo khác vẫn được đánh giá."
        "A declaration failed while running. The others are still judged."
    }
    ScriptLimit "script-limit" Error Broken {
        "Tập lệnh dùng quá giới hạn thời gian, số phép tính, độ sâu hay kích thước dữ liệu."
        "A script went over its limit of time, operations, depth or data size."
    }
    UnsupportedInRow "unsupported-in-row" Error Broken {
        "Điều kiện theo dòng được biên dịch thành phép tính trên cột nên chỉ nhận một phần ngôn ngữ: so sánh, + - *, && || !, in, khoảng, if/switch, let, hàm trong rules/lib và các hàm chữ, ngày có sẵn."
        "Row conditions are compiled to column expressions and take a part of the language: comparison, + - *, && || !, in, ranges, if/switch, let, functions of rules/lib, and the text and date functions."
    }
    WaiverExpired "waiver-expired" Warning Finding {
        "Miễn trừ đã hết hạn nên không còn tác dụng. Gia hạn bằng văn bản mới hoặc xoá khỏi rules/waivers.toml."
        "The waiver has expired and no longer counts. Extend it by a new document or remove it from rules/waivers.toml."
    }
    WaiverUnused "waiver-unused" Advice Finding {
        "Miễn trừ còn hạn nhưng quy tắc không cần đến: yêu cầu đã đạt, đang đúng hướng, hoặc không kết luận được."
        "The waiver is valid but not needed: the demand is met, on track, or cannot be decided."
    }
    DatasetWithoutContract "dataset-without-contract" Error Broken {
        "Tệp số liệu không có hợp đồng TOML cùng tên, cũng không thuộc `path` của hợp đồng nào, nên không được đọc."
        "The data file has no TOML contract of the same name and belongs to no contract's `path`; it is not read."
    }
    ContractElsewhere "contract-elsewhere" Advice Finding {
        "Một bộ dữ liệu được mô tả hai lần. TÊN.toml được dùng trước, rồi TÊN.schema.json, rồi datapackage.json; mô tả còn lại không có tác dụng."
        "A dataset is described twice. NAME.toml is used first, then NAME.schema.json, then datapackage.json; the other description has no effect."
    }
    DescriptorPartly "descriptor-partly" Warning Finding {
        "Một tệp mô tả Frictionless đòi hỏi điều mà ở đây không kiểm tra (như minLength, khoá ngoại nhiều cột, hay kiểu datetime: đọc như chữ). Số liệu vẫn được đọc theo phần còn lại."
        "A Frictionless descriptor demands what is not checked here (such as minLength, foreign keys of several columns, or the type datetime, which is read as text). The data is read by the rest."
    }
    ContractWithoutDataset "contract-without-dataset" Error Broken {
        "Có hợp đồng mà không có tệp số liệu, hoặc có nhiều tệp cùng tên mà hợp đồng không ghi `path`."
        "There is a contract but no data file, or several files of its name and no `path` in the contract."
    }
    DatasetEmpty "dataset-empty" Error Broken {
        "Tệp dữ liệu trống, không có cả dòng tiêu đề."
        "The data file is empty, without even a header."
    }
    DatasetNoRows "dataset-no-rows" Warning Finding {
        "Tệp dữ liệu chỉ có dòng tiêu đề."
        "The data file has a header only."
    }
    MissingColumn "missing-column" Error Broken {
        "Tệp thiếu một cột mà hợp đồng khai báo. Các quy tắc cần cột đó nhận trạng thái `error`, các quy tắc khác vẫn được đánh giá."
        "The file lacks a column of the contract. Rules that need it have the status `error`; all others are judged."
    }
    ExtraColumn "extra-column" Warning Finding {
        "Tệp có cột mà hợp đồng không khai báo; cột đó bị bỏ qua."
        "The file has a column the contract does not declare; it is ignored."
    }
    DuplicateColumn "duplicate-column" Error Broken {
        "Hai cột cùng tên trong dòng tiêu đề; cột đầu được dùng."
        "Two columns of the header have the same name; the first is used."
    }
    RaggedRow "ragged-row" Error Finding {
        "Dòng có số ô khác dòng tiêu đề. Vì không biết ô nào lệch, mọi ô ngoài năm và khu vực của dòng coi như chưa biết."
        "A row has more or fewer cells than the header. Since any of them may have slipped, all its cells but year and area count as unknown."
    }
    UnclosedQuote "unclosed-quote" Error Finding {
        "Một dấu nháy kép mở ô mà không có dấu đóng, nên mọi thứ sau đó, kể cả xuống dòng, bị coi là một ô. Phần còn lại của tệp không được đọc, nên các quy tắc cần bộ dữ liệu này không đánh giá được."
        "A double quote opens a cell and none closes it, so that everything after it, line breaks too, is taken for one cell. The rest of the file is not read, and rules that need the dataset cannot be evaluated."
    }
    InvalidText "invalid-text" Error Finding {
        "Ô có byte không phải chữ của bộ mã của tệp. Ô đó coi như chưa biết. Xem lại `encoding` của hợp đồng."
        "A cell has bytes that are no letters of the file's encoding. It counts as unknown. See the contract's `encoding`."
    }
    BadCell "bad-cell" Error Finding {
        "Ô không đọc được theo kiểu của cột. Ô đó coi như chưa biết, và số tính từ nó cũng vậy."
        "The cell cannot be read as its column's type. It counts as unknown, and so does what is computed from it."
    }
    AmbiguousNumber "ambiguous-number" Error Finding {
        "Số như 1.234 có thể là một nghìn hai trăm ba mươi tư hay 1,234. Khai báo decimalChar (và groupChar) trong hợp đồng."
        "A number like 1.234 may be one thousand two hundred and thirty-four or 1.234. Declare decimalChar (and groupChar) in the contract."
    }
    Required "required" Error Finding {
        "Ô bắt buộc bị trống."
        "A required cell is blank."
    }
    OutOfRange "out-of-range" Error Finding {
        "Giá trị ngoài khoảng minimum–maximum của hợp đồng."
        "The value is outside the contract's minimum and maximum."
    }
    NotInEnum "not-in-enum" Error Finding {
        "Giá trị không có trong danh mục enum của hợp đồng."
        "The value is not in the contract's enum."
    }
    PatternMismatch "pattern-mismatch" Error Finding {
        "Giá trị không khớp mẫu pattern của hợp đồng."
        "The value does not match the contract's pattern."
    }
    DuplicateKey "duplicate-key" Error Finding {
        "Hai dòng cùng khoá chính, hoặc hai ô trùng trong cột unique. Dòng nào đúng thì không biết, nên các ô ngoài khoá của mọi dòng trùng, trừ năm và khu vực, coi như chưa biết."
        "Two rows share a primary key, or two cells a unique column. Which is right cannot be told: of all such rows the cells outside the key, but for year and area, count as unknown."
    }
    UnknownForeignKey "unknown-foreign-key" Error Finding {
        "Mã không có trong bộ dữ liệu được tham chiếu."
        "The code is not in the referenced dataset."
    }
    PartAboveWhole "part-above-whole" Error Finding {
        "Một phần lớn hơn toàn bộ trong cùng dòng."
        "A part is larger than its whole in the same row."
    }
    EncodingGuessed "encoding-guessed" Warning Finding {
        "Tệp không phải UTF-8 và hợp đồng không khai `encoding`: bộ mã được đoán từ các chữ trong tệp. Độ chắc là tỷ lệ từ có dấu đọc ra thành âm tiết tiếng Việt. Ghi `encoding = \"…\"` vào hợp đồng để không phải đoán."
        "The file is not UTF-8 and the contract declares no `encoding`: it was told from the letters in the file. The confidence is the share of words with marks that become Vietnamese syllables. Write `encoding = \"…\"` in the contract so that nothing is guessed."
    }
    UnknownArea "unknown-area" Error Finding {
        "Mã khu vực không có nghĩa trong năm của dòng: danh mục không có mã này, hoặc khi ấy nó chưa có hay đã hết hiệu lực. Một khu vực thuộc về năm nếu có hiệu lực ngày 31/12 của năm đó. Khu vực của dòng được coi là chưa biết."
        "The area code means nothing in the row's year: the list does not have it, or it was not valid then. An area belongs to a year if it is valid on 31 December of it. The row's area counts as unknown."
    }
    AreaNameMismatch "area-name-mismatch" Error Finding {
        "Tên khu vực ghi cạnh mã không phải tên của mã ấy trong năm của dòng: nhiều khả năng dùng mã cũ cho xã mới, hoặc ngược lại. Khu vực của dòng được coi là chưa biết."
        "The area's name beside its code is not what the code is called in the row's year: most likely an old code for a new commune, or the reverse. The row's area counts as unknown."
    }
    AreaCodeAlone "area-code-alone" Warning Finding {
        "Quy tắc nối hoặc lọc theo mã khu vực mà không kể năm, trong khi mã ấy đã được dùng cho hơn một khu vực: số liệu hai năm lấy theo một mã có thể là của hai nơi khác nhau."
        "A rule joins or filters by the code of an area regardless of the year, though the code has been given to more than one: figures of two years under one code may be those of two places."
    }
    SheetGuessed "sheet-guessed" Warning Finding {
        "Tệp bảng tính có nhiều trang và hợp đồng không khai trang nào: trang có nhiều cột của hợp đồng nhất được đọc. Ghi `[layout]` với `sheet` vào hợp đồng."
        "The spreadsheet has several sheets and the contract names none: the one with most of its columns is read. Write `[layout]` with `sheet` in the contract."
    }
    SheetAbsent "sheet-absent" Error Broken {
        "Tệp bảng tính không có trang mà hợp đồng khai."
        "The spreadsheet does not have the sheet the contract names."
    }
    HeaderGuessed "header-guessed" Warning Finding {
        "Hợp đồng không khai dòng tiêu đề của bảng tính và dòng đầu không phải tiêu đề: dòng có nhiều cột của hợp đồng nhất được lấy. Ghi `[layout]` với `header` vào hợp đồng."
        "The contract does not say which row of the spreadsheet is the header, and the first is not: the row with most of its columns is taken. Write `[layout]` with `header` in the contract."
    }
    UnlistedValue "unlisted-value" Error Broken {
        "Quy tắc so một cột với giá trị không có trong danh sách `enum` của cột: so sánh ấy không bao giờ đúng, hẳn là gõ nhầm. Cách viết khác của cùng một từ (Hoá, Hóa) thì không sao."
        "A rule compares a column with a value its `enum` does not list: that is never true, so it must be a slip. Another spelling of the same word (Hoá, Hóa) is no matter."
    }
    RowsLeftOut "rows-left-out" Advice Finding {
        "Những dòng của trang tính không được đọc: dòng tổng, dòng nhóm, ghi chú theo `[layout]` của hợp đồng; hoặc (cảnh báo) một dòng ngay dưới tiêu đề chỉ đánh số cột."
        "Rows of a sheet that are not read: totals, groups and notes by the contract's `[layout]`; or (a warning) a row right below the header that only numbers the columns."
    }
    SameFileTwice "same-file-twice" Error Finding {
        "Hai tệp của một bộ dữ liệu có nội dung như nhau, chẳng hạn một bản sao còn để trong thư mục; các dòng của nó được tính hai lần."
        "Two files of one dataset have the same content, such as a copy left in the folder; its rows count twice."
    }
    EncodingDoubtful "encoding-doubtful" Warning Finding {
        "Bộ mã mà hợp đồng khai không hợp với nội dung tệp: có dấu của bộ mã khác ở đầu tệp, hoặc các từ có dấu chỉ thành tiếng Việt theo bộ mã khác."
        "The encoding the contract declares does not fit the file: it begins with another one's mark, or its words with marks are Vietnamese by another one only."
    }
    AreaOverlap "area-overlap" Error Finding {
        "Danh mục cho một mã chỉ hai khu vực trong cùng một thời gian; số liệu theo mã ấy không biết là của khu vực nào."
        "By the list a code means two areas at the same time; whose the figures by that code are cannot be told."
    }
    AreaEnds "area-ends" Warning Finding {
        "Một khu vực hoặc đơn vị hết hiệu lực mà bảng kế thừa không nói sau đó thành gì; số liệu các năm trước của những khu vực bắt đầu từ hôm sau để trống."
        "An area or unit ends and the successors do not say what became of it; figures of earlier years are unknown for the areas that begin the day after."
    }
    TotalRow "total-row" Warning Finding {
        "Một dòng của bảng tính bắt đầu như dòng tổng (\"Tổng cộng\", \"Cộng\", \"Toàn huyện\") mà hợp đồng không khai `totals`: nó được đọc như số liệu và có thể làm tổng bị tính hai lần."
        "A row of a spreadsheet begins like a total (\"Tổng cộng\", \"Cộng\", \"Toàn huyện\") and the contract declares no `totals`: it is read as data, so that sums may count twice."
    }
    OriginAbsent "origin-absent" Error Broken {
        "Giá trị chung của cả tệp (`from`) không lấy được: tên tệp không khớp mẫu, hoặc ô không có gì."
        "The value all rows of a file share (`from`) cannot be had: the file's name does not match the pattern, or the cell has nothing."
    }
    DoubtfulScale "doubtful-scale" Warning Finding {
        "Cột khai `scale = \"percent\"` có ô nằm giữa 0 và 1 không kèm dấu %: 0,68 có thể là 0,68 % hoặc 68 %; ô được đọc là phần trăm. Hoặc cột khai `scale = \"fraction\"` mà không khai `maximum` có ô lớn hơn 1: ô không được đọc, và là lỗi."
        "A column with `scale = \"percent\"` has cells between 0 and 1 without a percent sign: 0.68 may be 0.68 % or 68 %; they are read as percents. Or a column with `scale = \"fraction\"` and no `maximum` has cells above 1: they are not read, and that is an error."
    }
    DelimiterGuessed "delimiter-guessed" Warning Finding {
        "Hợp đồng không khai dấu ngăn ô và dòng tiêu đề của tệp không dùng dấu phẩy: dấu ngăn được lấy từ tiêu đề. Ghi `[dialect]` với `delimiter` vào hợp đồng."
        "The contract declares no delimiter and the file's header does not use a comma: it was told from the header. Write `[dialect]` with `delimiter` in the contract."
    }
    MissingRow "missing-row" Error Finding {
        "Thiếu dòng của một khu vực trong một năm có số liệu. Tổng của năm đó chưa đầy đủ nên coi như chưa biết."
        "An area has no row in a year that has data. The year's totals are incomplete and therefore unknown."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_kebab_case_and_explained() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
            assert!(code.explanation(Lang::Vi).ends_with('.'), "{code:?}");
            assert!(code.explanation(Lang::En).ends_with('.'), "{code:?}");
        }
    }
}
