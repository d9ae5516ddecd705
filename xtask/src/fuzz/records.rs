//! Seeds of logs, of grammars and of lists: the samples of every grammar, and lists as superiors send them.

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
    ];
    for (place, grammar) in (0_u8..).zip(Grammars::shipped().iter()) {
        let path = crate::root().join(format!("knowledge/logs/{}.toml", grammar.id()));
        let text = fs::read_to_string(path).unwrap_or_default();
        let Ok(table) = text.parse::<Table>() else { continue };
        let samples = table.get("sample").and_then(|it| it.as_array()).cloned().unwrap_or_default();
        let texts = samples.iter().filter_map(|it| it.get("text")?.as_str());
        let mut sample = vec![place];
        texts.for_each(|it| sample.extend(it.bytes()));
        sample.truncate(MAX_SEED);
        seeds.push(Seed::new("log", grammar.id(), sample));
        let map = text.split("\n[[sample]]").next().unwrap_or_default();
        if map.len() <= MAX_SEED {
            seeds.push(Seed::new("log_map", grammar.id(), map));
        }
    }
    seeds
}

fn workbook() -> anyhow::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in PARTS {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}
