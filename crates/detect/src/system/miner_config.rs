//! # Miner configuration
//!
//! A file with the structure of a mining program's configuration: pools with their logins, beside
//! keys that only such programs read. The name of the file does not matter. A file that still
//! holds the placeholders it is shipped with is a circumstance: source folders and packages carry
//! such files.
//!
//! Source: the structure of the file (xmrig/xmrig@6.26.0:src/config.json and the manuals of other
//! programs), its digest, the wallets in it with their checksums.
//!
//! ## False positives
//!
//! A collection of samples on an analyst's machine; a backup of another machine. A file shows that
//! somebody meant to mine, not that anybody did.
//!
//! ## Response
//!
//! Preserve the file with its times and owner. Take its pools and wallets to the captures, and look
//! for the program that reads it.

use minehound_model::{
    Arg, DetectorId, Dimension, Dossier, Element, FactKind, MinerConfig, Nature, Sign,
};

use crate::detector::with_names;
use crate::{Detector, Example, Expect, Judgement, Knowledge, Meta};

pub(super) struct MinerConfigs;

const CONFIG: (Sign, Nature) = (Sign("miner-config"), Nature::Direct);
const SAMPLE: (Sign, Nature) = (Sign("miner-config-sample"), Nature::Circumstance);

/// What stands in place of a login in the files that programs are shipped with.
const PLACEHOLDERS: [&str; 9] = [
    "your_",
    "your-",
    "yourwallet",
    "wallet_address",
    "walletaddress",
    "wallet-address",
    "<",
    "example",
    "username",
];

static META: Meta = Meta {
    id: DetectorId("MH-SYS-002"),
    name: "miner-config",
    dimension: Dimension::System,
    items: &["SYS-3"],
    techniques: &["T1496.001"],
    since: "0.1.0",
    needs: &[FactKind::MinerConfig],
    needs_any: &[],
    signs: &[CONFIG, SAMPLE],
    source: include_str!("miner_config.rs"),
    chinese: include_str!("miner_config.zh.md"),
};

impl Detector for MinerConfigs {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn examples(&self) -> &'static [Example] {
        EXAMPLES
    }

    fn inspect(&self, dossier: &Dossier, _: &Knowledge) -> Judgement {
        let findings = dossier.facts::<MinerConfig>().map(|(seen, it)| {
            let kind = if is_filled_in(it) { CONFIG } else { SAMPLE };
            let finding = META
                .finding(kind, seen)
                .showing(Element::Software)
                .with("path", Arg::Text(it.path.clone()))
                .with("sha256", Arg::Text(it.sha256.clone()))
                .with("shape", Arg::Text(it.shape.clone()));
            let finding = with_names(finding, "pools", it.pools.iter().cloned());
            with_names(finding, "users", it.users.iter().cloned())
        });
        findings.collect::<Vec<_>>().into()
    }
}

/// Whether somebody wrote a login of theirs into it.
fn is_filled_in(config: &MinerConfig) -> bool {
    let own = |user: &String| {
        let user = user.trim().to_ascii_lowercase();
        user.len() > 1 && !PLACEHOLDERS.iter().any(|it| user.contains(it))
    };
    !config.pools.is_empty() && (!config.wallets.is_empty() || config.users.iter().any(own))
}

const EXAMPLES: &[Example] = &[
    Example {
        title: "a configuration with an account",
        given: r#"
            [[miner_config]]
            path = "/opt/svc/settings.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
        "#,
        expect: Expect::Found(&[CONFIG.0]),
    },
    Example {
        title: "the file a program is shipped with",
        given: r#"
            [[miner_config]]
            path = "/home/alice/src/xmrig/config.json"
            shape = "xmrig"
            pools = ["pool.example:3333"]
            users = ["YOUR_WALLET_ADDRESS"]
        "#,
        expect: Expect::Found(&[SAMPLE.0]),
    },
    Example {
        title: "a running program without a configuration",
        given: r#"
            miner_config = []
            [[program]]
            pid = 700
            name = "svc"
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a disk without such files",
        given: "miner_config = []",
        expect: Expect::Silent,
    },
    Example { title: "no disk was read", given: "", expect: Expect::NotExamined },
];
