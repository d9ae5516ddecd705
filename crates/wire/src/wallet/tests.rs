//! Addresses of the specifications, and ones made up here of made-up keys.

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use sha3::Keccak256;

use super::{Chain, Checksum, Coin, Kind, MAX_WALLETS, find_in_login, parse};

const XMR: &str = "4ADT1BtbxqEWeMKp9GgPr2NeyJXXtNxvoDawpyA4WpzFcGcoHUvXeijE66DNfohE9r1bQYaBiQjEtKE7CtkTdLwiDznFzra";
const BTC: &str = "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4";
const KAS: &str = "kaspa:qp0l70zd5x85ttwd6jv7g3s3a8llzj96d8dncn4zmhv4tlzx5k2jyqh70xmfj";
const ETH: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

fn check(text: &str, kind: Kind, coin: Option<Coin>, chain: Chain, checksum: Checksum) {
    let wallet = parse(text).unwrap_or_else(|| panic!("{text} is an address"));
    assert_eq!(
        (wallet.kind, wallet.coins.first().copied(), wallet.chain, wallet.checksum),
        (kind, coin, chain, checksum),
        "{text}"
    );
}

fn valid(text: &str, kind: Kind, coin: Coin, chain: Chain) {
    check(text, kind, Some(coin), chain, Checksum::Valid);
}

fn encode(bytes: &[u8]) -> String {
    let mut digits: Vec<usize> = Vec::new();
    for byte in bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    digits.extend(vec![0; zeros]);
    digits.iter().rev().map(|digit| char::from(DIGITS[*digit])).collect()
}

fn base58check(version: &[u8], hash: &[u8]) -> String {
    let content = [version, hash].concat();
    let sum = Sha256::digest(Sha256::digest(&content));
    encode(&[&content, &sum[..4]].concat())
}

fn cryptonote(prefix: &[u8], keys: &[u8]) -> String {
    let content = [prefix, keys].concat();
    let whole = [content.as_slice(), &Keccak256::digest(&content)[..4]].concat();
    let lengths = [0, 2, 3, 5, 6, 7, 9, 10, 11];
    let mut text = String::new();
    for block in whole.chunks(8) {
        let digits = encode(block);
        let digits = digits.trim_start_matches('1');
        text.extend(std::iter::repeat_n('1', lengths[block.len()] - digits.len()));
        text.push_str(digits);
    }
    text
}

/// BIP 173 and BIP 350, test vectors.
#[test]
fn witness_programs_of_the_proposals_are_valid() {
    valid(BTC, Kind::SegwitV0, Coin::Btc, Chain::Mainnet);
    for (text, kind, chain) in [
        (
            "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
            Kind::SegwitV0,
            Chain::Testnet,
        ),
        (
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            Kind::SegwitLater,
            Chain::Mainnet,
        ),
        (
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            Kind::SegwitLater,
            Chain::Mainnet,
        ),
    ] {
        valid(text, kind, Coin::Btc, chain);
    }
}

#[test]
fn witness_programs_that_the_proposals_refuse_are_not_valid() {
    for text in [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
    ] {
        let read = parse(text);
        assert!(read.is_some_and(|wallet| wallet.checksum == Checksum::Invalid), "{text}");
    }
    for text in [
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1qr508d6qejxtdg4y5r3zarvaryv98gj9p",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7",
        "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

/// ethereum/EIPs:EIPS/eip-55.md, test cases.
#[test]
fn accounts_follow_their_proposal() {
    let account = |text: &str, checksum| {
        check(text, Kind::Account, Some(Coin::Etc), Chain::Unknown, checksum);
    };
    for text in [
        ETH,
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        &ETH[2..],
    ] {
        account(text, Checksum::Valid);
    }
    account("0x52908400098527886E0F7030069857D2E4169EE7", Checksum::Absent);
    account("0xde709f2102306220921060314715629080e2fb77", Checksum::Absent);
    account("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Checksum::Invalid);
    assert_eq!(parse("de709f2102306220921060314715629080e2fb77"), None, "any hash looks so");
}

/// bitcoincashorg/bitcoincash.org:spec/cashaddr.md, kaspanet/rusty-kaspa:crypto/addresses (tests),
/// Conflux CIP-37.
#[test]
fn addresses_with_the_long_code_follow_their_specifications() {
    let cash = |text: &str, coin, chain| valid(text, Kind::Cashaddr, coin, chain);
    cash("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", Coin::Bch, Chain::Mainnet);
    cash("bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq", Coin::Bch, Chain::Mainnet);
    cash("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", Coin::Bch, Chain::Mainnet);
    cash("bchtest:pr6m7j9njldwwzlg9v7v53unlr4jkmx6eyvwc0uz5t", Coin::Bch, Chain::Testnet);
    cash(KAS, Coin::Kas, Chain::Mainnet);
    cash(&KAS[6..], Coin::Kas, Chain::Mainnet);
    cash(
        "kaspatest:qxaqrlzlf6wes72en3568khahq66wf27tuhfxn5nytkd8tcep2c0vrse6gdmpks",
        Coin::Kas,
        Chain::Testnet,
    );
    cash("cfx:aarc9abycue0hhzgyrr53m6cxedgccrmmyybjgh4xg", Coin::Cfx, Chain::Mainnet);
    cash("cfxtest:aarc9abycue0hhzgyrr53m6cxedgccrmmy8m50bu1p", Coin::Cfx, Chain::Testnet);
    let unknown = "pref:pr6m7j9njldwwzlg9v7v53unlr4jkmx6ey65nvtks5";
    check(unknown, Kind::Cashaddr, None, Chain::Unknown, Checksum::Valid);
    let wrong = KAS.replace("qp0l", "qp0m");
    check(&wrong, Kind::Cashaddr, Some(Coin::Kas), Chain::Mainnet, Checksum::Invalid);
    assert_eq!(parse(&wrong[6..]), None, "nothing vouches for it without its prefix");
}

/// monero-rs/monero-rs, documentation of `Address`; the others are made here of made-up keys.
#[test]
fn cryptonote_addresses_are_told_by_prefix_and_keccak() {
    valid(XMR, Kind::Cryptonote, Coin::Xmr, Chain::Mainnet);
    let (keys, with_payment) = ([7; 64], [9; 72]);
    valid(&cryptonote(&[18], &keys), Kind::Cryptonote, Coin::Xmr, Chain::Mainnet);
    valid(&cryptonote(&[42], &keys), Kind::CryptonoteSubaddress, Coin::Xmr, Chain::Mainnet);
    valid(&cryptonote(&[19], &with_payment), Kind::CryptonoteIntegrated, Coin::Xmr, Chain::Mainnet);
    valid(&cryptonote(&[24], &keys), Kind::Cryptonote, Coin::Xmr, Chain::Testnet);
    let other = cryptonote(&[0xb2, 0x20], &keys);
    assert!(other.starts_with("Wo"), "Wownero's prefix 4146 writes itself so");
    check(&other, Kind::Cryptonote, None, Chain::Unknown, Checksum::Valid);
    let mistyped = XMR.replacen("ADT1", "ADT2", 1);
    check(&mistyped, Kind::Cryptonote, Some(Coin::Xmr), Chain::Mainnet, Checksum::Invalid);
}

#[test]
fn versions_of_base58check_tell_coin_and_network() {
    let hash = [0x5a; 20];
    for (version, letters, kind, coin, chain) in [
        (&[0x00][..], "1", Kind::PubkeyHash, Coin::Btc, Chain::Mainnet),
        (&[0x05], "3", Kind::ScriptHash, Coin::Btc, Chain::Mainnet),
        (&[0x30], "L", Kind::PubkeyHash, Coin::Ltc, Chain::Mainnet),
        (&[0x32], "M", Kind::ScriptHash, Coin::Ltc, Chain::Mainnet),
        (&[0x1e], "D", Kind::PubkeyHash, Coin::Doge, Chain::Mainnet),
        (&[0x4c], "X", Kind::PubkeyHash, Coin::Dash, Chain::Mainnet),
        (&[0x3c], "R", Kind::PubkeyHash, Coin::Rvn, Chain::Mainnet),
        (&[0x1c, 0xb8], "t1", Kind::PubkeyHash, Coin::Zec, Chain::Mainnet),
        (&[0x1c, 0xbd], "t3", Kind::ScriptHash, Coin::Zec, Chain::Mainnet),
        (&[0x6f], "m", Kind::PubkeyHash, Coin::Btc, Chain::Testnet),
        (&[0xc4], "2", Kind::ScriptHash, Coin::Btc, Chain::Testnet),
    ] {
        let address = base58check(version, &hash);
        assert!(address.starts_with(letters), "{address} begins with {letters}");
        valid(&address, kind, coin, chain);
        let other = if address.ends_with('z') { 'y' } else { 'z' };
        let wrong = format!("{}{other}", &address[..address.len() - 1]);
        check(&wrong, kind, Some(coin), chain, Checksum::Invalid);
    }
    // The cashaddr specification's own example in the old way of writing.
    valid("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", Kind::PubkeyHash, Coin::Btc, Chain::Mainnet);
    let unknown = base58check(&[0xee], &hash);
    check(&unknown, Kind::Base58check, None, Chain::Unknown, Checksum::Valid);
}

/// `zcash/zcash:src/test/rpc_wallet_tests.cpp`; ergoplatform/sigma-rust:ergotree-ir, `address`.
#[test]
fn other_ways_of_writing_are_verified_too() {
    valid(
        "zs1z7rejlpsa98s2rrrfkwmaxu53e4ue0ulcrw0h4x5g8jl04tak0d3mm47vdtahatqrlkngh9slya",
        Kind::Bech32,
        Coin::Zec,
        Chain::Mainnet,
    );
    let ergo = "9fRAWhdxEsTcdb8PhGNrZfwqa65zfkuYHAMmkQLcic1gdLSV5vA";
    valid(ergo, Kind::Ergo, Coin::Erg, Chain::Mainnet);
    valid(
        "3WwWK6U2khXfCuoREuafbMBjpXJXMN6Y9M8Sj1wrUNfQBvaF4gBo",
        Kind::Ergo,
        Coin::Erg,
        Chain::Testnet,
    );
    let wrong = ergo.replace("5vA", "5vB");
    check(&wrong, Kind::Ergo, Some(Coin::Erg), Chain::Mainnet, Checksum::Invalid);
    let alephium = encode(&[&[0][..], &[0x77; 32]].concat());
    check(&alephium, Kind::Alephium, Some(Coin::Alph), Chain::Unknown, Checksum::Absent);
}

/// RFC 7693, appendix A has BLAKE2b-512 only; this is what `b2sum -l 256` says of `abc`.
#[test]
fn blake2b_agrees_with_another_implementation() {
    let digest = super::blake2b::hash_256(b"abc").expect("one block");
    let first = u64::from_be_bytes(*digest.first_chunk().expect("32 bytes"));
    let last = u64::from_be_bytes(*digest.last_chunk().expect("32 bytes"));
    assert_eq!((first, last), (0xbddd_813c_6342_3972, 0x7262_c8c0_68d5_2319));
}

#[test]
fn names_are_no_addresses() {
    for text in [
        "",
        "x",
        "worker1",
        "user.rig1",
        "d=5000",
        "someone@example.org",
        "rig-0001.farm-north",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "0x",
        "0x1234",
        "correcthorsebatterystaplecorrecthorse",
        "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "kaspa:worker",
        "solo:worker",
        "矿工一号矿工一号矿工一号矿工一号",
    ] {
        assert_eq!(find_in_login(text), [], "{text}");
    }
}

#[test]
fn addresses_are_found_wherever_a_login_puts_them() {
    for (login, addresses) in [
        (format!("{XMR}.rig7"), vec![XMR]),
        (format!("{XMR}+5000"), vec![XMR]),
        (format!("solo:{XMR}/rig/mail@example.org"), vec![XMR]),
        (format!("{KAS}.rig"), vec![KAS]),
        (format!("KAS:{KAS}"), vec![KAS]),
        (format!("{ETH}.rig%50"), vec![ETH]),
        (format!("DOGE:{ETH}.rig#abcd-1234"), vec![ETH]),
        (format!("stratum1+tcp://{ETH}.rig@pool.example.org:4444"), vec![ETH]),
        (format!("{BTC}.{ETH}.rig"), vec![BTC, ETH]),
        (format!("{BTC}={BTC}"), vec![BTC]),
    ] {
        let found: Vec<String> =
            find_in_login(&login).into_iter().map(|wallet| wallet.address).collect();
        assert_eq!(found, addresses, "{login}");
    }
    let many: Vec<String> = (0..20).map(|key| base58check(&[0], &[key; 20])).collect();
    assert_eq!(find_in_login(&many.join(".")).len(), MAX_WALLETS);
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in ".{0,300}") {
        let _ = parse(&text);
        let _ = find_in_login(&text);
    }

    #[test]
    fn one_wrong_letter_is_never_valid(
        which in 0..4_usize, place in any::<prop::sample::Index>(), letter in "[0-9a-z]",
    ) {
        let right = [XMR, KAS, "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu"][which];
        let place = place.index(right.len());
        let mut wrong = right.to_owned();
        wrong.replace_range(place..=place, &letter);
        prop_assume!(wrong != right);
        let read = parse(&wrong);
        prop_assert!(read.is_none_or(|wallet| wallet.checksum != Checksum::Valid), "{wrong}");
    }

    #[test]
    fn made_up_base58_is_no_address(text in "[1-9A-HJ-NP-Za-km-z]{26,110}") {
        prop_assert!(parse(&text).is_none_or(|wallet| wallet.checksum != Checksum::Valid));
    }

    #[test]
    fn base58_reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..44)) {
        prop_assert_eq!(super::base58::decode(&encode(&bytes)), Some(bytes));
    }
}
