//! Bitcoin's message header: <https://en.bitcoin.it/wiki/Protocol_documentation#Message_structure>.

use sha2::{Digest, Sha256};

use super::Network;

/// Magic, command, length and checksum.
const HEADER: usize = 24;
/// Bitcoin's own bound for any message is 4 MB; networks with larger blocks have 32 MB.
const LARGEST: u32 = 32 * 1024 * 1024;

/// The four bytes of each network as they stand on the wire.
///
/// bitcoin/bitcoin:src/kernel/chainparams.cpp, BIP 325 (default signet), and the file of that name
/// in litecoin-project/litecoin, dogecoin/dogecoin, dashpay/dash, zcash/zcash, bitcoin-abc,
/// `RavenProject/Ravencoin` and digibyte, compared with cryptocoinjs/coininfo:lib/coins.
const NETWORKS: [([u8; 4], Network); 14] = [
    ([0xf9, 0xbe, 0xb4, 0xd9], Network::Bitcoin),
    ([0x0b, 0x11, 0x09, 0x07], Network::BitcoinTestnet),
    ([0x1c, 0x16, 0x3f, 0x28], Network::BitcoinTestnet),
    ([0x0a, 0x03, 0xcf, 0x40], Network::BitcoinTestnet),
    ([0xfa, 0xbf, 0xb5, 0xda], Network::BitcoinTestnet),
    ([0xe3, 0xe1, 0xf3, 0xe8], Network::BitcoinCash),
    ([0xfb, 0xc0, 0xb6, 0xdb], Network::Litecoin),
    ([0xc0, 0xc0, 0xc0, 0xc0], Network::Dogecoin),
    ([0xbf, 0x0c, 0x6b, 0xbd], Network::Dash),
    ([0x24, 0xe9, 0x27, 0x64], Network::Zcash),
    ([0xfa, 0x1a, 0xf9, 0xbf], Network::Zcash),
    ([0x52, 0x41, 0x56, 0x4e], Network::Ravencoin),
    ([0x52, 0x56, 0x4e, 0x54], Network::Ravencoin),
    ([0xfa, 0xc3, 0xb6, 0xda], Network::Digibyte),
];

/// Commands of Bitcoin Core's protocol.h with the lengths that their content allows.
const COMMANDS: [(&str, u32, u32); 27] = [
    ("version", 85, 1_024),
    ("verack", 0, 0),
    ("wtxidrelay", 0, 0),
    ("sendaddrv2", 0, 0),
    ("sendheaders", 0, 0),
    ("sendtxrcncl", 12, 12),
    ("getaddr", 0, 0),
    ("mempool", 0, 0),
    ("sendcmpct", 9, 9),
    ("feefilter", 8, 8),
    ("ping", 0, 8),
    ("pong", 8, 8),
    ("addr", 1, 31_000),
    ("addrv2", 1, 600_000),
    ("inv", 37, 1_800_003),
    ("getdata", 37, 1_800_003),
    ("notfound", 37, 1_800_003),
    ("getheaders", 37, 8_192),
    ("getblocks", 37, 8_192),
    ("headers", 1, 2_000_000),
    ("block", 81, LARGEST),
    ("tx", 60, LARGEST),
    ("cmpctblock", 90, LARGEST),
    ("getblocktxn", 34, LARGEST),
    ("blocktxn", 33, LARGEST),
    ("reject", 3, 1_024),
    ("alert", 1, 65_536),
];

pub(super) fn recognise(bytes: &[u8]) -> Option<Network> {
    let (header, body) = bytes.split_first_chunk::<HEADER>()?;
    let (magic, rest) = header.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_first_chunk::<12>()?;
    let (length, checksum) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length);
    let name = command(name)?;
    if !COMMANDS
        .iter()
        .any(|(known, least, most)| *known == name && (*least..=*most).contains(&length))
    {
        return None;
    }
    let known = NETWORKS.iter().find(|(bytes, _)| bytes == magic).map(|(_, network)| *network);
    // Version 1 clients of before 2012 left the checksum out of `version` and `verack`, so that a
    // known network does without; an unknown one has to prove itself by it.
    known.or_else(|| {
        let whole = body.get(..usize::try_from(length).ok()?)?;
        let digest = Sha256::digest(Sha256::digest(whole));
        (name == "version" && digest.starts_with(checksum)).then_some(Network::BitcoinLike)
    })
}

/// The command's name: lower-case letters and digits, then only zeros.
fn command(field: &[u8; 12]) -> Option<&str> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let (name, padding) = field.split_at_checked(end)?;
    let clean = padding.iter().all(|byte| *byte == 0);
    std::str::from_utf8(name).ok().filter(|name| clean && !name.is_empty())
}
