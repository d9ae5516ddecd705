//! Worked examples of the detector of mining processes.

use super::{
    AT_POOL, AT_POOL_PORT, COMMAND, COMMAND_LIKE, NAME, NAME_LIKE, NOT_MINING, ON_POOL_FLOW,
    WITH_POOL,
};
use crate::{Example, Expect};

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        title: "a program with a miner's command line and a connection to the pool it names",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/svc"
            exe_state = "on_disk"
            sockets = [{ local = "10.0.0.5:40000", remote = "192.0.2.7:4444" }]
            command = { pool = "pool.example:4444", user = "alice", shapes = ["pool-url", "donate-level"], conclusive = true }
        "#,
        expect: Expect::Found(&[WITH_POOL.0, AT_POOL.0]),
    },
    Example {
        title: "a program that holds the connection on which a capture saw accepted shares",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/svc"
            sockets = [{ local = "10.0.0.5:40000", remote = "192.0.2.7:443" }]
            [[pool_session]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            dialect = "cryptonote"
            carrier = "tcp"
            grade = "shares_submitted"
            shares = { submitted = 3, accepted = 3 }
        "#,
        expect: Expect::Found(&[WITH_POOL.0, AT_POOL.0]),
    },
    Example {
        title: "a busy program with a configuration whose pool it is connected to",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/svc"
            cpu_percent = 390.0
            sockets = [{ local = "10.0.0.5:40000", remote = "192.0.2.7:4444" }]
            [[miner_config]]
            path = "/opt/svc/config.json"
            shape = "xmrig"
            pools = ["192.0.2.7:4444"]
            pid = 700
        "#,
        expect: Expect::Found(&[WITH_POOL.0, AT_POOL.0]),
    },
    Example {
        title: "a conclusive command line without a connection, and shapes that conclude nothing",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/svc"
            command = { pool = "pool.example:4444", user = "alice", algorithm = "rx/0", shapes = ["option-set", "donate-level"], conclusive = true }
            [[program]]
            pid = 701
            name = "svc"
            exe = "/opt/svc"
            command = { pool = "pool.example:4444", shapes = ["stratum-url", "keepalive"] }
        "#,
        expect: Expect::Found(&[COMMAND.0, COMMAND_LIKE.0]),
    },
    Example {
        title: "a miner's name, a name that is nearly one, and volunteer computing",
        given: r#"
            [[program]]
            pid = 700
            name = "xmrig"
            exe = "/opt/xmrig"
            [[program]]
            pid = 701
            name = "ethmimer"
            exe = "/opt/ethmimer"
            [[program]]
            pid = 702
            name = "boinc"
            cpu_percent = 100.0
        "#,
        expect: Expect::Found(&[NAME.0, NAME_LIKE.0, NOT_MINING.0]),
    },
    Example {
        title: "programs on flows to pools that a capture saw, or at a pool's port",
        given: r#"
            [[program]]
            pid = 700
            name = "svc"
            exe = "/opt/svc"
            sockets = [{ local = "10.0.0.5:40000", remote = "192.0.2.7:443" }]
            [[program]]
            pid = 701
            name = "svc"
            exe = "/opt/svc"
            cpu_percent = 390.0
            sockets = [{ local = "10.0.0.5:40001", remote = "192.0.2.8:14444" }]
            [[pool_contact]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            name = { name = "stratum.pool.example", by = "sni" }
            carrier = "tls"
            answered = true
        "#,
        expect: Expect::Found(&[ON_POOL_FLOW.0, AT_POOL_PORT.0]),
    },
    Example {
        title: "an editor that has a configuration open, a busy build, a browser from memory",
        given: r#"
            [[program]]
            pid = 700
            name = "vim"
            exe = "/usr/bin/vim"
            args = ["vim", "config.json"]
            [[program]]
            pid = 701
            name = "rustc"
            exe = "/home/alice/.rustup/bin/rustc"
            cpu_percent = 100.0
            [[program]]
            pid = 702
            name = "chrome"
            exe = "/memfd:chrome (deleted)"
            exe_state = "in_memory"
            cpu_percent = 180.0
            sockets = [{ local = "10.0.0.5:40000", remote = "192.0.2.7:443" }]
            [[miner_config]]
            path = "/home/alice/config.json"
            shape = "xmrig"
            pools = ["pool.example:443"]
            pid = 700
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a machine whose programs were read",
        given: "program = []",
        expect: Expect::Silent,
    },
    Example { title: "no machine was read", given: "", expect: Expect::NotExamined },
];
