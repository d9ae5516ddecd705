//! # Miner configuration
//!
//! A file with the structure of a mining program's configuration: pools with their logins, beside
//! keys that only such programs read. The name of the file does not matter. It suspects where it is
//! in use or ready for it: a program that mines or looks like it has it, it lies beside a mining
//! program or a script that starts one, or something that starts by itself points at it. A file at
//! rest is a circumstance, as is one in use that still holds the placeholders it is shipped with. One
//! at rest with placeholders is context (source folders and packages carry such files), and so is one
//! that calls itself an example, or lies among documents and tests.
//!
//! Source: the structure of the file (xmrig/xmrig@6.26.0:src/config.json and the manuals of other
//! programs), its digest, the wallets in it with their checksums, the programs beside it.
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

mod in_use;

pub(super) use in_use::is_example;

pub(super) struct MinerConfigs;

const CONFIG: (Sign, Nature) = (Sign("miner-config"), Nature::Direct);
const AT_REST: (Sign, Nature) = (Sign("miner-config-at-rest"), Nature::Circumstance);
const EXAMPLE: (Sign, Nature) = (Sign("miner-config-example"), Nature::Context);
const SHIPPED: (Sign, Nature) = (Sign("miner-config-shipped"), Nature::Context);
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
    signs: &[CONFIG, AT_REST, SAMPLE, SHIPPED, EXAMPLE],
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

    fn inspect(&self, dossier: &Dossier, knowledge: &Knowledge) -> Judgement {
        let findings = dossier.facts::<MinerConfig>().map(|(seen, it)| {
            let kind = match (is_filled_in(it), in_use::is_in_use(it, dossier, knowledge)) {
                (true, true) => CONFIG,
                (_, false) if in_use::is_example(&it.path) => EXAMPLE,
                (true, false) => AT_REST,
                (false, true) => SAMPLE,
                // As it is shipped, and nobody's: sources of miners hold one.
                (false, false) => SHIPPED,
            };
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
        title: "configurations with an account: beside a miner, beside a script that starts one, of a program that computes, and named by a unit",
        given: r#"
            [[miner_config]]
            path = "/opt/svc/settings.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
            beside = ["xmrig"]
            [[miner_config]]
            path = "/opt/b/config.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
            [[file_trace]]
            path = "/opt/b/start.sh"
            shape = "launch-script"
            [[miner_config]]
            path = "/opt/c/config.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
            pid = 700
            [[program]]
            pid = 700
            name = "svc"
            cpu_percent = 380.0
            [[miner_config]]
            path = "/opt/d/other.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
            [[autostart]]
            place = "systemd_unit"
            path = "/etc/systemd/system/svc.service"
            command = "/opt/d/svc -c /opt/d/other.json"
        "#,
        expect: Expect::Found(&[CONFIG.0; 4]),
    },
    Example {
        title: "a configuration at rest, and one that an editor happens to lie beside",
        given: r#"
            [[miner_config]]
            path = "/home/alice/old/settings.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
            beside = ["backup.sh"]
            [[miner_config]]
            path = "/home/alice/settings.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
            pid = 701
            [[program]]
            pid = 701
            name = "editor"
            exe = "/home/alice/editor"
            [[autostart]]
            place = "cron"
            path = "/var/spool/cron/alice"
            command = "/home/alice/backup.sh"
        "#,
        expect: Expect::Found(&[AT_REST.0, AT_REST.0]),
    },
    Example {
        title: "an example among documents",
        given: r#"
            [[miner_config]]
            path = "/home/dev/docs/xmrig-config-example.json"
            shape = "xmrig"
            pools = ["pool.example:4444"]
            users = ["alice.rig1"]
        "#,
        expect: Expect::Found(&[EXAMPLE.0]),
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
        expect: Expect::Found(&[SHIPPED.0]),
    },
    Example {
        title: "the file a program is shipped with, beside the program",
        given: r#"
            [[miner_config]]
            path = "/home/alice/xmrig/config.json"
            shape = "xmrig"
            pools = ["pool.example:3333"]
            users = ["YOUR_WALLET_ADDRESS"]
            beside = ["xmrig"]
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
