//! Which captures hold mining, and which flows of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Labelled captures.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    /// Files with mining in plaintext.
    pub(crate) mining: Vec<PathBuf>,
    /// Files without mining.
    pub(crate) negative: Vec<PathBuf>,
    /// Files with nodes, which are no pool mining.
    pub(crate) nodes: Vec<PathBuf>,
    /// The mining flows: file name, both ends, family of dialects.
    pub(crate) flows: BTreeMap<Flow, String>,
    /// Files to report apart: probes of pools, near-duplicates.
    pub(crate) kinds: BTreeMap<String, String>,
}

/// A flow of a file: its ends in text order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Flow {
    /// The name of the file.
    pub(crate) file: String,
    /// Its ends, `address:port`, in text order.
    pub(crate) ends: [String; 2],
}

impl Flow {
    pub(crate) fn new(file: &str, one: &str, other: &str) -> Self {
        let mut ends = [one.to_owned(), other.to_owned()];
        ends.sort();
        Self { file: file.to_owned(), ends }
    }
}

/// The dialects that a family of labels allows.
pub(crate) fn allows(family: &str, dialect: &str) -> bool {
    let dialects: &[&str] = match family {
        "stratum-v1-family" => &["stratum-v1", "equihash", "kawpow", "ethereum-stratum-1"],
        "ethash-family" => &["ethproxy", "eth-getwork"],
        "getblocktemplate-http" => &["getblocktemplate"],
        "getwork-http" => &["getwork"],
        same => return same == dialect,
    };
    dialects.contains(&dialect)
}

/// Reads `MANIFEST.csv` and `flows.csv` of a folder of captures.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Labels> {
    let mut labels = Labels::default();
    let mut manifest = csv::Reader::from_path(folder.join("MANIFEST.csv"))?;
    let headers = manifest.headers()?.clone();
    let column = |name: &str| headers.iter().position(|it| it == name).context("MANIFEST column");
    let (file, mining, kind) = (column("file")?, column("mining")?, column("kind")?);
    for row in manifest.records() {
        let row = row?;
        let name = row.get(file).unwrap_or_default();
        let path = folder.join(name);
        if !path.is_file() {
            continue;
        }
        let kind = row.get(kind).unwrap_or_default();
        labels.kinds.insert(base(name), kind.to_owned());
        match (row.get(mining), kind) {
            (Some("yes"), _) => labels.mining.push(path),
            (_, "p2p-node") => labels.nodes.push(path),
            _ => labels.negative.push(path),
        }
    }
    let mut flows = csv::Reader::from_path(folder.join("flows.csv"))?;
    for row in flows.records() {
        let row = row?;
        let cell = |at| row.get(at).unwrap_or_default();
        let flow = Flow::new(&base(cell(0)), cell(2), cell(3));
        labels.flows.insert(flow, cell(6).to_owned());
    }
    Ok(labels)
}

/// The name of a file without its folder.
pub(crate) fn base(name: &str) -> String {
    Path::new(name).file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}
