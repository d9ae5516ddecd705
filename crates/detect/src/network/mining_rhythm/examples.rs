//! Flows that show each pattern, and flows that do not.

use super::{
    ALIKE, BARE_TLS, BLOCKS, CERTIFICATE, DOUBTED, JOBS, PADDED, REGULAR, SELF_ISSUED, SHARES,
    STRATUM_V2, TLS, UNHEARD,
};
use crate::{Example, Expect};

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        title: "shares by chance, answers at once, jobs unasked, all in TLS",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            transport = "tcp"
            wrap = "tls"
            pattern = "shares_and_jobs"
            stretches = 1
            patterned = 1
            quiet_s = 900.0
            shares = 40
            jobs = 30
            irregular = 12
            [quiet_flow.stretch]
            share = { low = 255, high = 257, count = 40 }
            answer = { low = 85, high = 85, count = 40 }
            job = { low = 406, high = 408, count = 30 }
        "#,
        expect: Expect::Found(&[SHARES.0]),
    },
    Example {
        title: "the same, every message padded by up to 256 bytes",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            transport = "tcp"
            wrap = "tls"
            pattern = "padded"
            stretches = 2
            patterned = 2
            quiet_s = 1800.0
            shares = 90
            jobs = 60
            irregular = 60
            [quiet_flow.stretch]
            share = { low = 296, high = 527, count = 90 }
            answer = { low = 72, high = 303, count = 90 }
            job = { low = 410, high = 640, count = 60 }
            padding = 257
        "#,
        expect: Expect::Found(&[PADDED.0]),
    },
    Example {
        title: "one client in TLS neither names the server nor offers a protocol, another does both; one server vouches for itself",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:3334"
            transport = "tcp"
            wrap = "tls"
            pattern = "shares_and_jobs"
            stretches = 1
            patterned = 1
            quiet_s = 900.0
            shares = 40
            jobs = 30
            irregular = 12
            tls = { ja3 = "473cd7cb9faa642487833865d516e578", ja4 = "t13i311000_e8f1e7e78f70_1f22a2ca17c4" }
            certificate = { subject = "localhost", issuer = "localhost", self_issued = true, from = "2026-01-01", until = "2035-12-30", names = ["pool.example"] }
            [[quiet_flow]]
            client = "10.0.0.5:40001"
            server = "192.0.2.8:443"
            transport = "tcp"
            wrap = "tls"
            pattern = "jobs_alone"
            stretches = 1
            patterned = 1
            quiet_s = 900.0
            jobs = 30
            heard = 2
            tls = { named = true, alpn = ["h2"], ja3 = "473cd7cb9faa642487833865d516e578", ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1" }
            certificate = { subject = "pool.example", issuer = "Example CA", from = "2026-01-01", until = "2026-03-31", names = ["pool.example"] }
        "#,
        expect: Expect::Found(&[SHARES.0, BARE_TLS.0, SELF_ISSUED.0, JOBS.0, TLS.0, CERTIFICATE.0]),
    },
    Example {
        title: "slow miners are pushed jobs, by a timer and without, and the opening of Stratum V2",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            transport = "tcp"
            wrap = "tls"
            pattern = "jobs_alone"
            stretches = 1
            patterned = 1
            quiet_s = 600.0
            jobs = 29
            heard = 1
            [[quiet_flow]]
            client = "10.0.0.5:40002"
            server = "192.0.2.9:443"
            transport = "tcp"
            wrap = "tls"
            pattern = "blocks_alone"
            stretches = 1
            patterned = 1
            quiet_s = 3600.0
            jobs = 30
            [[quiet_flow]]
            client = "10.0.0.5:40001"
            server = "192.0.2.8:34254"
            transport = "tcp"
            from_start = true
            pattern = "stratum_v2"
            stretches = 1
            patterned = 1
            quiet_s = 60.0
        "#,
        expect: Expect::Found(&[JOBS.0, BLOCKS.0, STRATUM_V2.0]),
    },
    Example {
        title: "telemetry on events, with a setting pushed by the clock, and states that nobody answers",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:8883"
            transport = "tcp"
            wrap = "tls"
            pattern = "shares_and_jobs"
            stretches = 1
            patterned = 1
            quiet_s = 1800.0
            shares = 150
            jobs = 60
            irregular = 1
            [[quiet_flow]]
            client = "10.0.0.5:40001"
            server = "192.0.2.9:443"
            transport = "tcp"
            wrap = "tls"
            pattern = "jobs_alone"
            stretches = 1
            patterned = 1
            quiet_s = 3600.0
            jobs = 90
        "#,
        expect: Expect::Found(&[REGULAR.0, UNHEARD.0]),
    },
    Example {
        title: "a model's opinion beside each of them",
        given: include_str!("beside_a_model.toml"),
        expect: Expect::Found(&[
            SHARES.0,
            JOBS.0,
            BLOCKS.0,
            STRATUM_V2.0,
            PADDED.0,
            REGULAR.0,
            UNHEARD.0,
            DOUBTED.0,
            ALIKE.0,
        ]),
    },
    Example {
        title: "everything has its place in mining, and no model was asked",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:443"
            transport = "tcp"
            wrap = "tls"
            stretches = 4
            alike = 4
            heard = 30
            quiet_s = 3600.0
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "keepalives, a short look, and a pattern that most of the time is not there",
        given: r#"
            [[quiet_flow]]
            client = "10.0.0.5:40000"
            server = "192.0.2.7:8883"
            transport = "tcp"
            wrap = "tls"
            stretches = 4
            quiet_s = 3600.0
            [[quiet_flow]]
            client = "10.0.0.5:40001"
            server = "192.0.2.7:443"
            transport = "tcp"
            pattern = "jobs_alone"
            stretches = 1
            patterned = 1
            quiet_s = 200.0
            [[quiet_flow]]
            client = "10.0.0.5:40002"
            server = "192.0.2.7:443"
            transport = "tcp"
            pattern = "shares_and_jobs"
            stretches = 9
            patterned = 2
            quiet_s = 9000.0
        "#,
        expect: Expect::LookAlike,
    },
    Example {
        title: "a day of traffic without a quiet flow",
        given: "quiet_flow = []",
        expect: Expect::Silent,
    },
    Example { title: "no traffic was captured", given: "", expect: Expect::NotExamined },
];
