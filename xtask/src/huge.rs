//! Files that are far too large, or unpack to it: how long they take, in how much memory.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bench::Machine;
use crate::program;
use crate::watch::watched;

const ROWS: u64 = 10_000_000;
const ZEROS: u64 = 2 << 30;
const BLANK: u64 = 3 << 30;
/// What makes a log of it: without that it is refused by its first bytes.
const LINE: &str =
    "Nov 25 09:00:00 gw dhcpd[1]: DHCPACK on 10.1.1.5 to 00:00:5e:00:53:05 (pc-5) via eth0\n";
/// What is packed once and repeated, since packing gigabytes takes minutes.
const PIECE: u64 = 64 << 20;
/// The program says that there is nothing in it (1), or what it read: it is not killed, and does not give up.
const ENDS: [i32; 3] = [0, 1, 5];

/// Makes the files, hands each over and writes the page.
pub(crate) fn run() -> anyhow::Result<()> {
    let program = program::build()?;
    let scratch = tempfile::Builder::new().prefix("huge").tempdir()?;
    let at = |name: &str| scratch.path().join(name);
    let (list, zeros, blank, case) =
        (at("list.csv"), at("zeros.log.gz"), at("blank.log.gz"), at("case"));
    rows(&list)?;
    packed(&zeros, 0, ZEROS)?;
    packed(&blank, b'\n', BLANK)?;
    let zone = ["--log-tz", "+8", "--latest", "2026-11-26"];
    let import = |what, path: &Path| {
        let mut command = Command::new(&program);
        command.arg("import").args(zone).arg("--case").arg(&case).arg(path);
        watched(what, &mut command, &ENDS)
    };
    let mut took = vec![
        import("a log of one line and 2 GiB of zeros, gzip", &zeros)?,
        import("a log of one line and 3 GiB of empty ones, gzip", &blank)?,
    ];
    let mut command = Command::new(&program);
    command.args(["clue", "import", "--tz", "+8", "--sender", "s", "--case"]).arg(&case).arg(&list);
    took.push(watched("a list of 10,000,000 rows", &mut command, &ENDS)?);
    let path = crate::root().join("docs/huge-files.md");
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let machine = Machine::this();
    let mut page = format!(
        "# Files that are far too large\n\nWritten by `cargo xtask huge` on {date}, on {} cores of {}, {} GiB of memory. \
         Made on the spot, handed to `minehound import` and `minehound clue import`. Of a list the first 200,000 clues \
         are taken, and it is said from which row to split it.\n\n| file | size, MB | seconds | peak memory, MiB |\n|---|---|---|---|\n",
        machine.cores,
        machine.processor,
        machine.memory_bytes >> 30
    );
    for (it, path) in took.iter().zip([&zeros, &blank, &list]) {
        let megabytes = fs::metadata(path)?.len() / 1_000_000;
        writeln!(page, "| {} | {megabytes} | {:.1} | {} |", it.what, it.seconds, it.peak_mib)?;
    }
    fs::write(&path, page)?;
    println!("wrote {}", path.display());
    Ok(())
}

/// A list as one is sent, of rows that are all different.
fn rows(path: &Path) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "IP地址,端口,时间")?;
    for it in 0..ROWS {
        let (a, b, port) = (it / 250 % 250, it % 250, 1_024 + it % 60_000);
        writeln!(
            out,
            "198.18.{a}.{b},{port},2026-11-25 {:02}:{:02}:{:02}",
            it % 24,
            it % 60,
            it / 7 % 60
        )?;
    }
    Ok(out.flush()?)
}

/// A gzip of a line and so many bytes: many members, as a file has that was packed piece by piece.
fn packed(path: &Path, byte: u8, bytes: u64) -> anyhow::Result<()> {
    let member = |mut of: &mut dyn io::Read| -> io::Result<Vec<u8>> {
        let mut member = GzEncoder::new(Vec::new(), Compression::fast());
        io::copy(&mut of, &mut member)?;
        member.finish()
    };
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(&member(&mut LINE.as_bytes())?)?;
    let piece = member(&mut io::repeat(byte).take(PIECE))?;
    for _ in 0..bytes / PIECE {
        out.write_all(&piece)?;
    }
    Ok(out.flush()?)
}
