//! Seeds written by hand: what the range has no speech for.

use minehound_collect::Collected;
use minehound_collect::host::{HostOptions, collect, write_bundle};
use minehound_model::ArtefactId;
use minehound_range::coin::Coin;
use minehound_range::rng::Rng;

use super::seeds::Seed;

/// HTTP after the first lines of a request and of its answer (marks as in `minehound_fuzz::script`).
const HTTP: [(&str, &[u8]); 4] = [
    ("length", b"Content-Length: 2\r\n\r\n{}\xf5\x01Content-Length: 15\r\n\r\n{\"result\":true}\xf5\x00POST"),
    ("chunks", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n\xf5\x01Transfer-Encoding: \
      chunked\r\n\r\n5;x=1\r\n{\"id\"\r\n3\r\n:1}\r\n0\r\nX: y\r\n\r\n"),
    ("basic", b"Authorization: Basic dXNlcjp4\r\nUser-Agent: cpuminer/2.5\r\nX-Mining-Extensions: midstate\
      \r\nContent-Length: 40\r\n\r\n{\"method\":\"getwork\",\"params\":[],\"id\":1}\r\n\xf5\x01X-Stratum: \
      stratum+tcp://pool.example:3333\r\n\r\n{\"result\":{\"data\":\"00\",\"target\":\"ff\"},\"id\":1}"),
    ("gzip", b"Content-Length: 0\r\n\r\n\xf5\x01Content-Encoding: gzip\r\nContent-Length: 22\r\n\r\n\
      \x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0"),
];

/// First bytes of nodes, and of what could be a conversation.
const OPENINGS: [(&str, &str, &[u8]); 9] = [
    (
        "p2p",
        "bitcoin",
        b"\xf9\xbe\xb4\xd9version\0\0\0\0\0\x56\0\0\0\x11\x22\x33\x44\x7f\x11\x01\0\
      \x09\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ),
    (
        "p2p",
        "levin",
        b"\x01\x21\x01\x01\x01\x01\x01\x01\x10\0\0\0\0\0\0\0\x01\xe9\x03\0\0\0\0\0\0\
      \x01\0\0\0\x01\0\0\0\x01\x11\x01\x01\x01\x01\x02\x01\x01\x04",
    ),
    ("p2p", "nano", b"RC\x14\x14\x12\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    ("p2p", "discovery", &[0x5a; 130]),
    ("sniff", "json", b"{\"id\":1,"),
    ("sniff", "http", b"CONNECT "),
    ("sniff", "socks", b"\x05\x01\0\x05\0\0\x01"),
    ("sniff", "frame", b"\x81\x85\x01\x02\x03\x04\x7a\x20"),
    ("sniff", "v2", b"\0\0\0\x28\0\0\0\x02"),
];

/// Settings, command lines and statements.
const TEXTS: [(&str, &str, &str); 12] = [
    (
        "miner_config",
        "xmrig",
        r#"{"autosave":true,"cpu":{"enabled":true,"huge-pages":true},"randomx":
{"mode":"auto"},"donate-level":1,"pools":[{"algo":"rx/0","url":"pool.example:3333","user":"me","pass":"x",
"rig-id":null,"nicehash":false,"tls":true,"keepalive":true}]}"#,
    ),
    (
        "miner_config",
        "comments",
        "/* a */ \"pool_list\" : [ {\"pool_address\":\"pool.example:3333\",\n\
     \"wallet_address\":\"me\",\"pool_password\":\"x\",\"use_nicehash\":false,},], // b\n",
    ),
    (
        "miner_config",
        "cgminer",
        r#"{"pools":[{"url":"stratum+tcp://pool.example:3333","user":"me.1",
"pass":"x"}],"api-listen":true,"bitmain-freq":"650","expiry":"120"}"#,
    ),
    (
        "command_line",
        "xmrig",
        "/tmp/xmrig\0-o\0pool.example:3333\0-u\0me\0-p\0x\0--donate-level=1\0-k\0--coin\0xmr",
    ),
    (
        "command_line",
        "shell",
        "sh\0-c\0cd /tmp && nohup ./t-rex -a kawpow -o stratum+ssl://pool.example:1 -u me.rig -p x &",
    ),
    (
        "command_line",
        "ethminer",
        "ethminer\0-G\0-P\0stratum1+tcp://0x0000000000000000000000000000000000000000.rig@pool.example:4444",
    ),
    (
        "declarations",
        "one",
        "[[declaration]]\nproject = \"rendering\"\ndevices = [\"192.0.2.7\", \"gpu-1\"]\n\
     from = \"2026-01-01\"\nexpiry = \"2026-06-30\"\nkw = 4.5\napprover = \"IT\"\n",
    ),
    (
        "site",
        "campus",
        "name = \"campus\"\narea_m2 = 120.5\nracks = 3\nnat = [\"203.0.113.5\"]\n\
     proxies = [\"192.0.2.3\"]\nresolvers = [\"192.0.2.53\"]\nvpn = [{ address = \"192.0.2.90\", note = \"n\" }]\n\
     research = [{ address = \"192.0.2.99\", note = \"honeypot\" }]\n\
     host = [{ name = \"lab-1\", address = \"192.0.2.8\", from = \"2026-01-01\", to = \"2026-02-01\" }]\n",
    ),
    ("geo", "numbers", "# v4\n3221225984,3221226239,CN\n3221226240,3221226300,??\n"),
    (
        "geo",
        "addresses",
        "192.0.2.0,192.0.2.255,US\n2001:db8::,2001:db8:ffff::,JP\n\"198.51.100.0\",\"198.51.100.9\",\"de\"\n",
    ),
    (
        "wallet",
        "prefixes",
        "solo:kaspa:qqkrl0er5ka5snd55gr9rcf6rlpx8nln8gf3jxf83w4dc0khfqmauy6qs83zm.rig1/me@example.org",
    ),
    ("wallet", "zero", "0x0000000000000000000000000000000000000000.rig"),
];

/// Pieces of datagrams: identification, offset, length, flags, seconds.
const PIECES: [[u8; 6]; 6] = [
    [1, 2, 0, 16, 1, 0],
    [1, 0, 0, 16, 3, 0],
    [2, 0, 0, 80, 2, 1],
    [2, 40, 0, 90, 2, 0],
    [2, 120, 0, 9, 4, 0],
    [3, 0, 0, 64, 27, 70],
];

/// Segments: action, distance, length, bytes cut off, hundredths of a second.
const SEGMENTS: [[u8; 6]; 8] = [
    [1, 0, 0, 0, 0, 0],
    [19, 0, 0, 50, 0, 1],
    [3, 60, 0, 40, 0, 1],
    [19, 0, 0, 60, 0, 2],
    [147, 0, 0, 90, 20, 3],
    [75, 0, 1, 200, 0, 4],
    [0, 100, 0, 0, 0, 90],
    [2, 0, 0, 0, 0, 0],
];

/// First payloads after two ports and a length: those of tunnels.
const WRAPPED: [(&str, &[u8]); 4] = [
    ("ssh", b"\x9c\x40\0\x16\0\x20SSH-2.0-x\r\n"),
    ("wireguard", b"\x9c\x40\xca\x6c\0\x94\x01\0\0\0\x07\x07\x07\x07\x09\x09"),
    ("openvpn", b"\x9c\x40\x04\xaa\0\x0e\x38\x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\0\0"),
    ("tls", b"\x9c\x40\x01\xbb\0\x40\x16\x03\x01\x02\0\x01"),
];

/// Packets as wait, its unit, side, length and first bytes: shares, answers and jobs.
fn mined() -> Vec<u8> {
    let share = |wait: u8| [[wait, 2, 0, 0, 255, 23, 3, 3], [40, 0, 1, 0, 85, 23, 3, 3]].concat();
    let job = |wait: u8| vec![wait, 2, 1, 1, 150, 23, 3, 3];
    let rounds = (0..30_u8).flat_map(|it| [share(3 + it * 7 % 11), job(9), share(1 + it % 5)]);
    rounds.flatten().collect()
}

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = vec![
        Seed::new("rhythm", "mined", mined()),
        Seed::new("blocks", "seconds", "time,height\n1603311633,2213492\n1603311580.25;x\n"),
        Seed::new("blocks", "milliseconds", "1603311633000\n# none\n\u{feff}1603311875000\tx\n"),
        Seed::new("fragment", "pieces", PIECES.concat()),
        Seed::new("tcp", "segments", SEGMENTS.concat()),
        Seed::new("tls", "hello", hello()),
        Seed::new("tls", "records", in_records(&hello())),
    ];
    seeds.extend(WRAPPED.map(|(name, bytes)| Seed::new("wrap", name, bytes)));
    seeds.extend(HTTP.map(|(name, bytes)| Seed::new("http", name, bytes)));
    seeds.extend(OPENINGS.map(|(target, name, bytes)| Seed::new(target, name, bytes)));
    seeds.extend(TEXTS.map(|(target, name, text)| Seed::new(target, name, text)));
    seeds.extend(wallets());
    seeds.extend(bundles());
    seeds
}

/// Addresses of every coin that the range knows.
fn wallets() -> Vec<Seed> {
    let mut rng = Rng::new(5);
    let coins = [
        Coin::Btc,
        Coin::Xmr,
        Coin::Etc,
        Coin::Zec,
        Coin::Rvn,
        Coin::Kas,
        Coin::Alph,
        Coin::Erg,
        Coin::Grin,
        Coin::Beam,
        Coin::Cfx,
    ];
    let login = |coin: Coin| {
        let (wallet, _) = coin.wallet(&mut rng);
        Seed::new("wallet", coin.ticker(), format!("{wallet}.rig1"))
    };
    coins.map(login).into()
}

/// What a machine that mines says of itself, a piece at a time, without the header.
fn bundles() -> Vec<Seed> {
    let fixture = crate::root().join("fixtures/host-infected-root");
    let options = HostOptions { root: Some(fixture), ..HostOptions::default() };
    let (mut collected, mut bundle) = (Collected::default(), Vec::new());
    let read = collect(&options, ArtefactId(0), &mut collected);
    if read.is_err() || write_bundle(&collected, &mut bundle).is_err() {
        return Vec::new();
    }
    let lines: Vec<&[u8]> = bundle.split_inclusive(|it| *it == b'\n').skip(1).collect();
    let pieces = lines.chunks(6).enumerate();
    pieces
        .map(|(at, piece)| Seed::new("bundle", &format!("lines-{at:02}"), piece.concat()))
        .collect()
}

/// A hello of TLS 1.3 (RFC 8446 section 4.1.2) with a name and two protocols.
fn hello() -> Vec<u8> {
    let name = b"pool.example";
    let sized = |bytes: &[u8]| {
        let length = u16::try_from(bytes.len()).unwrap_or(0).to_be_bytes();
        [&length, bytes].concat()
    };
    let listed = [&[0_u8][..], &sized(name)].concat();
    let extensions = [
        &[0, 0][..],
        &sized(&sized(&listed)),
        &[0, 16],
        &sized(&sized(b"\x02h2\x08http/1.1")),
        &[0xfe, 0x0d],
        &sized(&[0; 8]),
    ]
    .concat();
    let body =
        [&[3, 3][..], &[7; 32], &[0], &sized(&[0x13, 1]), &[1, 0], &sized(&extensions)].concat();
    let [_, high, middle, low] = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
    let message = [&[1, high, middle, low][..], &body].concat();
    [&[22, 3, 1][..], &sized(&message)].concat()
}

/// The same hello, its message spread over records of ten bytes.
fn in_records(hello: &[u8]) -> Vec<u8> {
    let message = hello.get(5..).unwrap_or_default();
    let records = message.chunks(10).map(|it| {
        let length = u8::try_from(it.len()).unwrap_or(0);
        [&[22, 3, 3, 0, length][..], it].concat()
    });
    records.flatten().collect()
}
