//! Live scenarios from outside. Without root or without the programs they are not run, which is told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use minehound_range::live::{self, Trouble};
use minehound_range::scenario_file::{Live, Software};
use minehound_range::score::Sheet;
use minehound_range::truth::Mining;

/// A miner through each software for five seconds.
fn scenario() -> String {
    let miner = |name: &str| {
        format!(
            "[[miner]]\ndialect = \"cryptonote\"\nhashrate = 9000\nshares_per_minute = 120\n\
             refresh = {{ steady = 2 }}\nthrough = {{ kind = \"{name}\", keepalive = 1 }}\n"
        )
    };
    let head = ["kind = \"live\"\nduration = \"5s\"\n".to_owned()];
    head.into_iter().chain(Software::WORDS.map(|(name, _)| miner(name))).collect()
}

#[derive(Clone, Default)]
struct Files(Rc<RefCell<BTreeMap<String, Vec<u8>>>>);

struct File(Files, String);

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.borrow_mut().entry(self.1.clone()).or_default().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether this machine cannot run it, which is told.
fn cannot(trouble: &Trouble) -> bool {
    let cannot =
        matches!(trouble, Trouble::Privilege { .. } | Trouble::Missing { .. } | Trouble::Nothing);
    if cannot {
        eprintln!("notice: not run: {trouble}");
    }
    cannot
}

/// Namespaces and folders of this process.
fn left() -> Vec<String> {
    let own = format!("minehound-range-{}-", std::process::id());
    let folders = [Path::new("/run/netns").to_owned(), std::env::temp_dir()];
    let entries = folders.iter().flat_map(fs::read_dir).flatten().flatten();
    let names = entries.map(|it| it.file_name().to_string_lossy().into_owned());
    names.filter(|it| it.starts_with(&own)).collect()
}

// one test, since both look at what the process leaves
#[test]
fn a_run_is_labelled_as_seen_on_the_outer_link_and_leaves_nothing_even_when_stopped() {
    let live = Live::parse("live.toml", &scenario()).unwrap();
    let files = Files::default();
    let mut open = |name: &str| -> io::Result<Box<dyn Write>> {
        Ok(Box::new(File(files.clone(), name.to_owned())))
    };
    let mut skipped = Vec::new();
    let never = Arc::new(AtomicBool::new(false));
    let summary = match live::run(&live, 1, &never, &mut open, &mut |it| skipped.push(it)) {
        Err(trouble) if cannot(&trouble) => return,
        other => other.unwrap(),
    };
    assert_eq!(left(), [""; 0]);
    let files = files.0.borrow();
    assert!(files["capture.pcapng"].starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]));
    let sheet = Sheet::read(&files["truth.json"]).unwrap();
    let mining: Vec<_> = sheet.flows.iter().filter_map(|it| it.flow.mining.as_ref()).collect();
    assert_eq!(mining.len() + skipped.len(), Software::WORDS.len(), "{sheet:?}");
    // packets of no flow ask for addresses
    assert!(summary.packets >= sheet.flows.iter().map(|it| it.packets).sum());
    for it in &sheet.flows {
        assert!(it.flow.end_ns - it.flow.start_ns > 2_000_000_000, "{it:?}");
    }
    for (name, software) in Software::WORDS {
        let left_out = skipped.iter().any(|it: &live::Skipped| it.software == name);
        let carrier = if software.is_tls() { "tls" } else { "tcp" };
        let fits = |it: &Mining| it.carrier == carrier && it.tunnel.as_deref() == software.tunnel();
        assert!(left_out || mining.iter().any(|it| fits(it)), "{name}");
    }

    let stop = Arc::new(AtomicBool::new(false));
    let mut open = |name: &str| -> io::Result<Box<dyn Write>> {
        // somebody stops it while the capture begins
        stop.fetch_or(name == "capture.pcapng", Ordering::Relaxed);
        Ok(Box::new(io::sink()))
    };
    let stopped = live::run(&live, 1, &stop, &mut open, &mut |_| ());
    assert!(matches!(stopped, Err(Trouble::Stopped)), "{stopped:?}");
    assert_eq!(left(), [""; 0]);
}
