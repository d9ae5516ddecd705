//! Lists of clues: taken in, answered in the sender's own cells, disputed, followed up.

use std::fs;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::Value;

use crate::program::{run, text};

const HEADERS: [&str; 14] = [
    "序号",
    "单位名称",
    "公网IP",
    "端口",
    "发现时间",
    "矿池域名",
    "矿池IP",
    "矿池端口",
    "核查结果",
    "内网IP",
    "MAC地址",
    "使用人",
    "是否属实",
    "备注",
];

const FIREWALL: &str = "\
<189>date=2026-11-25 time=10:00:00 devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.3 srcport=51234 dstip=203.0.113.9 dstport=3333 sessionid=4711 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport=51234 duration=120 sentbyte=1500 rcvdbyte=90000 sentpkt=12 rcvdpkt=80
<189>date=2026-11-25 time=10:02:00 devname=\"FGT-1\" devid=\"FGT60F0000000000\" tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.1.2.4 srcport=40000 dstip=203.0.113.9 dstport=443 sessionid=4712 proto=6 action=\"close\" policyid=1 trandisp=\"snat\" transip=198.51.100.1 transport=40000 duration=120 sentbyte=1500 rcvdbyte=90000 sentpkt=12 rcvdpkt=80
";
const LEASES: &str = "\
Nov 25 09:00:00 dhcp1 dhcpd[811]: DHCPACK on 10.1.2.3 to 00:00:5e:00:53:07 (pc-7) via 10.1.2.1
Nov 25 09:10:00 dhcp1 dhcpd[811]: DHCPACK on 10.1.2.4 to 00:00:5e:00:53:08 (pc-8) via 10.1.2.1
Nov 25 10:30:00 dhcp1 dhcpd[811]: DHCPACK on 10.1.2.3 to 00:00:5e:00:53:07 (pc-7) via 10.1.2.1
Nov 25 10:40:00 dhcp1 dhcpd[811]: DHCPACK on 10.1.2.4 to 00:00:5e:00:53:08 (pc-8) via 10.1.2.1
";
const QUERIES: &str = "\
25-Nov-2026 09:58:00.123 queries: info: client @0x7f1 10.1.2.4#40000 (pool.supportxmr.com): query: pool.supportxmr.com IN A +E(0)K (10.1.0.53)
";
const ZONE: [&str; 2] = ["--tz", "+8"];

/// A workbook as a sender makes it: a title over all columns, headers, rows.
fn workbook(path: &Path, rows: &[(&str, u16, &str, &str, &str, u16)]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 13, "疑似挖矿线索下发清单", &Format::new()).unwrap();
    for (column, header) in HEADERS.iter().enumerate() {
        sheet.write(1, u16::try_from(column).unwrap(), *header).unwrap();
    }
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for (place, (address, port, at, host, pool, pool_port)) in rows.iter().enumerate() {
        let row = u32::try_from(place).unwrap() + 2;
        sheet.write(row, 0, row - 1).unwrap();
        sheet.write(row, 1, "某学院").unwrap();
        sheet.write(row, 2, *address).unwrap();
        sheet.write(row, 3, *port).unwrap();
        let at = ExcelDateTime::parse_from_str(at).unwrap();
        sheet.write_with_format(row, 4, at, &moment).unwrap();
        sheet.write(row, 5, *host).unwrap();
        sheet.write(row, 6, *pool).unwrap();
        sheet.write(row, 7, *pool_port).unwrap();
    }
    book.save(path).unwrap();
}

fn cell(path: &Path, row: usize, column: usize) -> String {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    match range.get((row - 1, column)) {
        Some(Data::String(text)) => text.clone(),
        Some(Data::Empty) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A case with the logs of a firewall, of leases and of a resolver.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.path("logs")).unwrap();
        for (name, log) in [("fw.log", FIREWALL), ("dhcpd.log", LEASES), ("named.log", QUERIES)] {
            fs::write(desk.path("logs").join(name), log).unwrap();
        }
        let (case, logs) = (desk.shown("case"), desk.shown("logs"));
        let zone = ["--log-tz", "+8", "--latest", "2026-11-26"];
        assert!(run(&[&["import", "--case", &case, &logs][..], &zone].concat()).status.success());
        desk
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn clue(&self, command: &str, more: &[&str]) -> std::process::Output {
        let case = self.shown("case");
        run(&[&["clue", command, "--case", &case][..], more, &ZONE].concat())
    }

    fn take(&self, name: &str) -> Value {
        let output = self.clue("import", &[&self.shown(name), "--sender", "上级", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

const ROWS: [(&str, u16, &str, &str, &str, u16); 4] = [
    ("198.51.100.1", 51_234, "2026-11-25 09:59:30", "", "203.0.113.9", 3333),
    ("198.51.100.1", 40_000, "2026-11-25 10:01:00", "pool.supportxmr.com", "", 3333),
    ("198.51.100.1", 40_000, "2026-11-25 10:01:00", "", "104.16.5.5", 443),
    ("198.51.100.1", 51_234, "2026-11-25 09:59:30", "", "203.0.113.9", 3333),
];

#[test]
fn a_list_is_answered_in_the_senders_cells_and_what_people_wrote_stays() {
    let desk = Desk::new();
    workbook(&desk.path("list.xlsx"), &ROWS);
    let told = desk.take("list.xlsx");
    let count = |name: &str| told["funnel"][name].as_u64().unwrap();
    assert_eq!(
        ["clues", "duplicates", "one", "behind", "connected", "queried"].map(count),
        [4, 1, 2, 1, 1, 1]
    );

    let out = desk.path("answer.xlsx");
    assert!(desk.clue("feedback", &["--out", &desk.shown("answer.xlsx")]).status.success());
    assert_eq!(cell(&out, 3, 9), "10.1.2.3");
    assert_eq!(cell(&out, 3, 10), "00:00:5e:00:53:07");
    assert!(cell(&out, 3, 8).contains("见到与矿池的连接"), "{}", cell(&out, 3, 8));
    assert!(cell(&out, 4, 8).contains("仅见查询矿池域名"), "{}", cell(&out, 4, 8));
    assert!(cell(&out, 5, 8).contains("203.0.113.9:443，不是所列矿池"), "{}", cell(&out, 5, 8));
    assert!(cell(&out, 5, 10).is_empty(), "nobody is named where the list is wrong");
    assert!(cell(&out, 6, 8).starts_with("与第 3 行相同"));
    assert_eq!(
        (cell(&out, 1, 0), cell(&out, 2, 12)),
        ("疑似挖矿线索下发清单".into(), "是否属实".into())
    );
    assert!(cell(&out, 3, 12).is_empty(), "only a person says whether it is true");

    // Somebody writes into the answer; new logs change what is said; theirs stays, ours follows.
    let edited = desk.path("edited.xlsx");
    let book = minehound_sheets::Book::open(&out).unwrap();
    let place = |row, column| minehound_sheets::Place { sheet: 0, row, column };
    let answer = |row, column, text: &str, over: &str| minehound_sheets::Answer {
        place: place(row, column),
        text: text.to_owned(),
        over: Some(over.to_owned()),
    };
    let own =
        [answer(3, 8, "已到现场核实，是科研计算", &cell(&out, 3, 8)), answer(3, 12, "否", "")];
    minehound_sheets::write(&book, &own, &edited).unwrap();
    let alert = r#"{"timestamp":"2026-11-25T10:00:02.000000+0800","flow_id":1,"event_type":"alert","src_ip":"10.1.2.4","src_port":40000,"dest_ip":"203.0.113.9","dest_port":3333,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":1,"rev":1,"signature":"Cryptocurrency Miner Checkin","category":"policy","severity":1}}"#;
    fs::write(desk.path("eve.json"), format!("{alert}\n")).unwrap();
    assert!(
        run(&["import", "--case", &desk.shown("case"), &desk.shown("eve.json")]).status.success()
    );
    assert_eq!(desk.take("list.xlsx")["judged_again"], true);
    let again = desk.path("again.xlsx");
    let onto = ["--onto", &desk.shown("edited.xlsx"), "--out", &desk.shown("again.xlsx")];
    assert!(desk.clue("feedback", &onto).status.success());
    assert_eq!(cell(&again, 3, 8), "已到现场核实，是科研计算");
    assert_eq!(cell(&again, 3, 12), "否");
    assert!(cell(&again, 4, 8).contains("看到登录矿池"), "{}", cell(&again, 4, 8));
}

#[test]
fn who_is_named_again_is_counted_and_what_is_wrong_is_disputed() {
    let desk = Desk::new();
    workbook(&desk.path("first.xlsx"), &ROWS);
    workbook(&desk.path("second.xlsx"), &ROWS[..1]);
    desk.take("first.xlsx");
    let second = desk.take("second.xlsx");
    assert_eq!(second["known_before"], 1);
    let status = text(&desk.clue("status", &["--today", "2026-11-26", "--format", "json"]));
    let status: Value = serde_json::from_str(&status).unwrap();
    let repeats = status["repeats"].as_array().unwrap();
    let device = repeats.iter().find(|it| it["kind"] == "device").unwrap();
    assert_eq!(
        (&device["who"], &device["lists"]),
        (&Value::from("00:00:5e:00:53:07"), &Value::from(2))
    );
    let out = desk.path("answer.xlsx");
    assert!(desk.clue("feedback", &["--out", &desk.shown("answer.xlsx")]).status.success());
    assert!(cell(&out, 3, 8).contains("此前已在 1 份清单中被通报"), "{}", cell(&out, 3, 8));

    let dispute = text(&desk.clue("dispute", &["--list", "1", "--lang", "en"]));
    assert!(dispute.contains("a name was looked up and no more"), "{dispute}");
    assert!(dispute.contains("spoke to 203.0.113.9:443 then"), "{dispute}");
    assert!(!dispute.contains("51234"), "a connection that was seen is not disputed: {dispute}");
    let page = text(&desk.clue("dispute", &["--format", "html", "--lang", "zh"]));
    assert!(page.contains("<table>") && page.contains("线索异议表"));
    let next = text(&desk.clue("next", &["--lang", "en"]));
    assert!(next.contains("Machines to look at"), "{next}");
    assert_eq!(next.matches("00:00:5e:00:53:07").count(), 1, "each machine stands once: {next}");
}

#[test]
fn a_list_whose_columns_are_full_is_not_said_to_be_answered() {
    let desk = Desk::new();
    let rows = "IP,端口,时间,备注\n198.51.100.1,51234,2026-11-25 09:59:30,高危\n";
    fs::write(desk.path("full.csv"), rows).unwrap();
    desk.take("full.csv");
    let out = desk.shown("answer.csv");
    let said = desk.clue("feedback", &["--lang", "en", "--out", &out]);
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(said.contains("no cell was filled"), "{said}");
    assert_eq!(fs::read_to_string(out).unwrap(), rows);
}

/// A capture, the leases of a case and a superior's list about one machine are one dossier; across a change
/// of the lease nothing is joined.
#[test]
fn a_case_joins_what_was_captured_and_what_was_reported_to_one_machine() {
    let desk = Desk { folder: tempfile::tempdir().unwrap() };
    let scenario = "start = 2026-11-25T01:30:00Z\nduration = \"20m\"\n[[network]]\nname = \"lan\"\n\
        range = \"10.1.2.0/24\"\n[[miner]]\ncount = 2\ndialect = \"cryptonote\"\n\
        pool = { host = \"xmr.pool.example\", port = 3333 }\n";
    fs::write(desk.path("world.toml"), scenario).unwrap();
    let gen_ =
        ["range", "gen", &desk.shown("world.toml"), "--quiet", "--out", &desk.shown("world")];
    assert!(run(&gen_).status.success());
    // The first miner's address is one machine's all morning, the second's changes hands.
    let lease = |time: &str, last: u8, mac: u8| {
        format!(
            "Nov 25 {time} dhcp1 dhcpd[811]: DHCPACK on 10.1.2.{last} to 00:00:5e:00:53:{mac:02x} (pc) via 10.1.2.1\n"
        )
    };
    let leases =
        [("08:00:00", 20, 7), ("08:00:00", 21, 8), ("09:40:00", 21, 9), ("11:30:00", 20, 7)];
    let leases: String = leases.map(|(time, last, mac)| lease(time, last, mac)).concat();
    fs::create_dir(desk.path("logs")).unwrap();
    fs::write(desk.path("logs/dhcpd.log"), leases).unwrap();
    fs::write(desk.path("logs/fw.log"), FIREWALL.replace("10.1.2.3", "10.1.2.20")).unwrap();
    let (case, logs) = (desk.shown("case"), desk.shown("logs"));
    let zone = ["--log-tz", "+8", "--latest", "2026-11-26"];
    assert!(run(&[&["import", "--case", &case, &logs][..], &zone].concat()).status.success());
    workbook(&desk.path("list.xlsx"), &ROWS[..1]);
    desk.take("list.xlsx");

    let capture = desk.shown("world/capture.pcapng");
    let output = run(&["inspect", "--quiet", "--format", "json", &capture, "--case", &case]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let entities = told["entities"].as_array().unwrap();
    let named = |id: &str| entities.iter().find(|it| it["id"] == id);
    let machine = named("host:00:00:5e:00:53:07").unwrap_or_else(|| panic!("{}", text(&output)));
    assert_eq!(machine["verdict"], "confirmed");
    let findings = machine["findings"].as_array().unwrap();
    let by = |id: &str| findings.iter().any(|it| it["detector"] == id);
    assert!(by("MH-NET-019") && by("MH-NET-001"), "{findings:#?}");
    assert!(named("endpoint:10.1.2.20").is_none(), "it is the machine's now");
    assert!(named("endpoint:10.1.2.21").is_some(), "two machines had it: it stays an address");
}

#[test]
fn a_setting_of_columns_is_remembered_for_its_sender() {
    let desk = Desk::new();
    let list = |name: &str, row: &str| {
        fs::write(desk.path(name), format!("甲,乙,丙,丁\n{row},\n")).unwrap();
    };
    list("a.csv", "203.0.113.9,198.51.100.1:51234,2026-11-25 09:59:30");
    list("b.csv", "203.0.113.9,198.51.100.1:40000,2026-11-25 10:01:00");
    let columns = ["--columns", "pool-address=A,address=B,seen=C,result=D", "--sender", "上级"];
    let first = desk.clue("import", &[&[&*desk.shown("a.csv")][..], &columns].concat());
    assert!(first.status.success());
    desk.take("b.csv");
    let out = desk.path("b-answer.csv");
    assert!(desk.clue("feedback", &["--out", &desk.shown("b-answer.csv")]).status.success());
    let answered = fs::read_to_string(&out).unwrap();
    assert!(answered.contains("00:00:5e:00:53:08"), "{answered}");
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do() {
    let desk = Desk::new();
    fs::write(desk.path("none.csv"), "甲,乙\n1,2\n").unwrap();
    let refused = |command: &str, more: &[&str], code: i32, says: &str| {
        let output = desk.clue(command, more);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(says), "{said}");
    };
    refused("import", &[&desk.shown("none.csv")], 1, "--columns");
    refused("import", &[&desk.shown("missing.csv")], 1, "missing.csv");
    refused("import", &[&desk.shown("none.csv"), "--columns", "ip=C"], 2, "pool-address");
    refused("feedback", &["--out", &desk.shown("x.xlsx")], 2, "clue import");
    workbook(&desk.path("list.xlsx"), &ROWS);
    desk.take("list.xlsx");
    let own = desk.shown("list.xlsx");
    refused("feedback", &["--onto", &own, "--out", &own], 2, "--out");
    // What is there already may be the sender's own file, or hold what people wrote.
    let before = fs::read(desk.path("list.xlsx")).unwrap();
    refused("feedback", &["--out", &own], 2, "--onto");
    assert_eq!(fs::read(desk.path("list.xlsx")).unwrap(), before);
    // Rows that somebody sorted are not answered with what is known of others.
    let sorted: Vec<_> = ROWS.iter().rev().copied().collect();
    workbook(&desk.path("sorted.xlsx"), &sorted);
    let onto = ["--onto", &desk.shown("sorted.xlsx"), "--out", &desk.shown("y.xlsx")];
    refused("feedback", &onto, 2, "sorted.xlsx");
    assert!(!desk.path("y.xlsx").exists());
    refused("status", &["--today", "tomorrow"], 2, "2026-11-25");
}

/// A file as `LibreOffice` writes it in another format; none where that is not installed.
fn by_libreoffice(file: &Path, ending: &str, out: &Path) -> Option<std::path::PathBuf> {
    let profile = out.join("profile");
    let program = std::process::Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--convert-to"])
        // Commas, quotation marks, UTF-8.
        .arg(ending.replace("csv", "csv:Text - txt - csv (StarCalc):44,34,76"))
        .arg("--outdir")
        .arg(out)
        .arg(file)
        .output()
        .ok()?;
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
    Some(out.join(file.file_name()?).with_extension(ending))
}

#[test]
fn libreoffice_shows_the_sender_their_own_columns_and_what_is_edited_there_stays() {
    let desk = Desk::new();
    workbook(&desk.path("list.xlsx"), &ROWS);
    desk.take("list.xlsx");
    assert!(desk.clue("feedback", &["--out", &desk.shown("answer.xlsx")]).status.success());
    let [sent, answered, saved] = ["sent", "answered", "saved"].map(|it| desk.path(it));
    let Some(sent) = by_libreoffice(&desk.path("list.xlsx"), "csv", &sent) else {
        eprintln!("skipped: LibreOffice is not installed");
        return;
    };
    let answered = by_libreoffice(&desk.path("answer.xlsx"), "csv", &answered).unwrap();
    let rows = |path: &Path| -> Vec<Vec<String>> {
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(|it| it.split(',').map(str::to_owned).collect()).collect()
    };
    let (before, after) = (rows(&sent), rows(&answered));
    assert_eq!(before.len(), after.len());
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.len(), new.len(), "{new:?}");
        // Of what the sender wrote nothing changed; what asks is filled.
        assert!(old.iter().zip(new).all(|(old, new)| old.is_empty() || old == new), "{new:?}");
    }
    assert_eq!(before[1], after[1], "the headers are the sender's");
    assert!(after[2][8].contains("见到与矿池的连接") && before[2][8].is_empty());
    // LibreOffice saves it in its own way: the answers find their cells all the same.
    let saved = by_libreoffice(&desk.path("answer.xlsx"), "xlsx", &saved).unwrap();
    let shown = saved.display().to_string();
    let again = ["--onto", &*shown, "--out", &desk.shown("again.xlsx")];
    assert!(desk.clue("feedback", &again).status.success());
    assert_eq!(cell(&desk.path("again.xlsx"), 3, 10), "00:00:5e:00:53:07");
    assert_eq!(cell(&desk.path("again.xlsx"), 1, 0), "疑似挖矿线索下发清单");
}
