//! Seeds of logs, of grammars and of lists: the samples of every grammar, and lists as superiors send
//! them.

use std::fs;
use std::io::{Cursor, Write as _};

use minehound_logs::Grammars;
use toml::Table;
use zip::write::SimpleFileOptions;

use super::seeds::{MAX_SEED, Seed};

/// A title, headers in two languages, a date in two forms, a formula, a sum.
const LIST: &str = "\
Suspected mining,,,,\r
No.,公网IP,端口,发现时间,矿池域名\r
1,198.51.100.1,50000,2026-11-25 10:00:00,xmr.pool.example\r
2,198.51.100.1:50001,,2026/11/25 10:01,\"=HYPERLINK(\"\"http://pool.example\"\")\"\r
3,2001:db8::7,,2026年11月25日 10时02分,\r
合计,3,,,\r
";
/// A clock that goes back by a session, by an hour and to its first day, and a day to come.
const CLOCKS: &str = "\
Nov  3 09:00:00 gw dhcpd[812]: DHCPACK on 10.2.0.7 to 00:00:5e:00:53:07 (lab-7) via eth1\n\
Nov  3 08:00:00 gw dhcpd[812]: DHCPRELEASE of 10.2.0.7 from 00:00:5e:00:53:07 via eth1\n\
Jan  1 00:00:05 gw dhcpd[812]: DHCPACK on 10.2.0.7 to 00:00:5e:00:53:08 via eth1\n\
Dec 31 23:59:59 gw dhcpd[812]: DHCPACK on 10.2.0.7 to 00:00:5e:00:53:07 via eth1\n\
Jan  1 00:00:01 gw dhcpd[812]: DHCPACK on 10.2.0.8 to 00:00:5e:00:53:07 via eth1\n";
/// What a workbook of one sheet needs, and a sheet with a merged title and numbers for dates.
const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
    (
        "xl/worksheets/sheet1.xml",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>List</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>IP</t></is></c><c r="B2" t="inlineStr"><is><t>port</t></is></c><c r="C2" t="inlineStr"><is><t>time</t></is></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>198.51.100.1</t></is></c><c r="B3"><v>50000</v></c><c r="C3"><f>NOW()</f><v>46351.4167</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells></worksheet>"#,
    ),
];

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = vec![
        Seed::new("list", "csv", [&b"\0"[..], LIST.as_bytes()].concat()),
        Seed::new("list", "xlsx", [&b"\x01"[..], &workbook().unwrap_or_default()].concat()),
        Seed::new("sheet", "csv", [&b"\0"[..], LIST.as_bytes()].concat()),
        Seed::new("sheet", "xlsx", [&b"\x01"[..], &workbook().unwrap_or_default()].concat()),
    ];
    // All formats in one file, whose opening picks the grammars.
    let mut all = vec![0xff];
    for (place, grammar) in (0_u8..).zip(Grammars::shipped().iter()) {
        let path = crate::root().join(format!("knowledge/logs/{}.toml", grammar.id()));
        let text = fs::read_to_string(path).unwrap_or_default();
        let Ok(table) = text.parse::<Table>() else { continue };
        let samples = table.get("sample").and_then(|it| it.as_array()).cloned().unwrap_or_default();
        let texts = samples.iter().filter_map(|it| it.get("text")?.as_str());
        let mut sample = vec![place];
        texts.for_each(|it| sample.extend(it.bytes()));
        sample.truncate(MAX_SEED);
        if place % 4 == 0 {
            seeds.push(Seed::new("log_file", grammar.id(), sample.clone()));
        }
        all.extend(sample.iter().skip(1).take(MAX_SEED / 16));
        seeds.push(Seed::new("log", grammar.id(), sample));
        let map = text.split("\n[[sample]]").next().unwrap_or_default();
        if map.len() <= MAX_SEED {
            seeds.push(Seed::new("log_map", grammar.id(), map));
        }
    }
    all.truncate(MAX_SEED);
    seeds.push(Seed::new("log_file", "mixed", all));
    seeds.push(Seed::new("log_file", "clocks", [&b"\xff"[..], CLOCKS.as_bytes()].concat()));
    seeds.push(Seed::new("dnstap", "response", [&b"\x07"[..], &frames()].concat()));
    seeds.extend(encodings());
    seeds
}

/// A line in each encoding, and in all of them one after another.
fn encodings() -> Vec<Seed> {
    let text = "时间,源IP,用户\r\n2026-11-25 10:00:00,192.0.2.1,张\n\nlast";
    // The first line in GBK.
    let gbk = b"\xca\xb1\xbc\xe4,\xd4\xb4IP,\xd3\xc3\xbb\xa7\r\n2026,192.0.2.1,\xd5\xc5\n".to_vec();
    let wide = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<_>>();
    let kinds = [
        ("utf-8", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("gbk", gbk),
        ("utf-16le", [b"\xff\xfe", wide(u16::to_le_bytes).as_slice()].concat()),
        ("utf-16be", wide(u16::to_be_bytes)),
    ];
    let all: Vec<u8> = kinds.iter().flat_map(|it| it.1.iter().copied()).collect();
    let all = std::iter::once(("all", all)).chain(kinds);
    let seeds = all.map(|(name, bytes)| {
        let bytes = [&b"\x02"[..], &bytes].concat();
        [Seed::new("log_lines", name, bytes.clone()), Seed::new("sheet", name, bytes)]
    });
    seeds.flatten().collect()
}

/// A stream with one message: what 10.1.2.3 asked and was answered.
fn frames() -> Vec<u8> {
    let control = |kind: u8, body: &[u8]| {
        let length = u8::try_from(4 + body.len()).unwrap_or_default();
        [&[0; 7][..], &[length, 0, 0, 0, kind], body].concat()
    };
    let content = [&[0, 0, 0, 1, 0, 0, 0, 22][..], b"protobuf:dnstap.Dnstap"].concat();
    let field = |number: u8, bytes: &[u8]| {
        let length = u8::try_from(bytes.len()).unwrap_or_default();
        [&[number << 3 | 2, length][..], bytes].concat()
    };
    let mut dns = vec![0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
    dns.extend(b"\x04pool\x07example\x00\x00\x01\x00\x01");
    dns.extend(b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xcb\x00\x71\x09");
    let mut message = vec![1 << 3, 6, 2 << 3, 1, 3 << 3, 1];
    message.extend(field(4, &[10, 1, 2, 3]));
    message.extend([8 << 3, 0xc0, 0xfb, 0x98, 0xd8, 6]);
    message.extend(field(14, &dns));
    let frame = [field(14, &message), vec![15 << 3, 1]].concat();
    let length = u8::try_from(frame.len()).unwrap_or_default();
    [control(2, &content), vec![0, 0, 0, length], frame, control(3, b"")].concat()
}

fn workbook() -> anyhow::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in PARTS {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}
