//! Scenarios: a mining session described in a few fields becomes frames and their truth.

mod office;
mod probe;
mod proxied;
mod requests;
mod session;

pub use office::sample_office;
pub use probe::pool_probe;
pub use proxied::{PoolProxy, Script};
pub(crate) use session::{Connection, Connections, MONDAY_NS, TUNNEL_LEAD_NS};
pub use session::{Naming, Pool, Session};

use crate::capture::{self, PcapStyle};
use crate::coin::Coin;
use crate::dialogue::Dialogue;
use crate::packets::{self, Frame, Link, Shape};
use crate::rng::Rng;
use crate::truth::{Flow, Truth};

/// The dialects that the range speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is named by `name`")]
pub enum Dialect {
    StratumV1,
    CryptoNote,
    EthProxy,
    EthereumStratum1,
    EthereumStratum2,
    EthGetWork,
    GetWork,
    GetBlockTemplate,
    Equihash,
    KawPow,
    Kaspa,
    Alephium,
    Ergo,
    Grin,
    Beam,
    Conflux,
    StratumV2,
    Coinhive,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::StratumV1,
        Self::CryptoNote,
        Self::EthProxy,
        Self::EthereumStratum1,
        Self::EthereumStratum2,
        Self::EthGetWork,
        Self::GetWork,
        Self::GetBlockTemplate,
        Self::Equihash,
        Self::KawPow,
        Self::Kaspa,
        Self::Alephium,
        Self::Ergo,
        Self::Grin,
        Self::Beam,
        Self::Conflux,
        Self::StratumV2,
        Self::Coinhive,
    ];

    /// The name used in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::StratumV1 => "stratum-v1",
            Self::CryptoNote => "cryptonote",
            Self::EthProxy => "ethproxy",
            Self::EthereumStratum1 => "ethereum-stratum-1",
            Self::EthereumStratum2 => "ethereum-stratum-2",
            Self::EthGetWork => "eth-getwork",
            Self::GetWork => "getwork",
            Self::GetBlockTemplate => "getblocktemplate",
            Self::Equihash => "equihash",
            Self::KawPow => "kawpow",
            Self::Kaspa => "kaspa",
            Self::Alephium => "alephium",
            Self::Ergo => "ergo",
            Self::Grin => "grin",
            Self::Beam => "beam",
            Self::Conflux => "conflux",
            Self::StratumV2 => "stratum-v2",
            Self::Coinhive => "coinhive",
        }
    }

    /// The dialect with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// The coin usually mined with it.
    #[must_use]
    pub fn usual_coin(self) -> Coin {
        match self {
            Self::StratumV1 | Self::GetWork | Self::GetBlockTemplate | Self::StratumV2 => Coin::Btc,
            Self::CryptoNote | Self::Coinhive => Coin::Xmr,
            Self::EthProxy | Self::EthereumStratum1 | Self::EthereumStratum2 | Self::EthGetWork => {
                Coin::Etc
            }
            Self::Equihash => Coin::Zec,
            Self::KawPow => Coin::Rvn,
            Self::Kaspa => Coin::Kas,
            Self::Alephium => Coin::Alph,
            Self::Ergo => Coin::Erg,
            Self::Grin => Coin::Grin,
            Self::Beam => Coin::Beam,
            Self::Conflux => Coin::Cfx,
        }
    }

    /// Whether the dialect fetches its work by HTTP, which is then its carrier.
    #[must_use]
    pub fn over_http(self) -> bool {
        matches!(self, Self::EthGetWork | Self::GetWork | Self::GetBlockTemplate)
    }

    /// A port that pools of this dialect listen on.
    #[must_use]
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StratumV1 | Self::Coinhive | Self::Grin => 3333,
            Self::CryptoNote | Self::KawPow => 4444,
            Self::EthProxy | Self::EthereumStratum1 | Self::EthereumStratum2 => 9999,
            Self::EthGetWork => 8888,
            Self::GetWork | Self::GetBlockTemplate => 8332,
            Self::Equihash => 6666,
            Self::Kaspa => 5555,
            Self::Alephium => 20_032,
            Self::Ergo => 3100,
            Self::Beam => 5252,
            Self::Conflux => 32_525,
            Self::StratumV2 => 34_254,
        }
    }

    /// What a usual program for it calls itself.
    #[must_use]
    pub fn usual_agent(self) -> &'static str {
        match self {
            Self::StratumV1 => "cgminer/4.11.1",
            Self::CryptoNote => "XMRig/6.21.3 (Linux x86_64) libuv/1.44.2 gcc/11.2.1",
            Self::EthProxy | Self::EthereumStratum1 | Self::EthereumStratum2 | Self::EthGetWork => {
                "ethminer/0.19.0"
            }
            Self::GetWork | Self::GetBlockTemplate => "bfgminer/5.5.0",
            Self::Equihash => "EWBF/0.6",
            Self::KawPow => "kawpowminer/1.2.4",
            Self::Kaspa | Self::Ergo => "lolMiner/1.88",
            Self::Alephium => "gpu-miner/0.5.4",
            Self::Grin => "grin-miner/3.1.1",
            Self::Beam | Self::Conflux | Self::Coinhive => "",
            Self::StratumV2 => "bosminer/22.08",
        }
    }
}

/// How a program writes its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonStyle {
    /// No spaces, keys as the specification lists them.
    Compact,
    /// A space after each colon and comma, as Python and jansson write.
    Spaced,
    /// Keys in order of the alphabet, as jsoncpp writes.
    Sorted,
}

/// What `connection.set_gzip` does in an Alephium session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gzip {
    /// It is not asked for.
    Off,
    /// One gzip stream per direction, flushed after each message.
    Stream,
    /// A gzip member of its own per message.
    Messages,
}

/// Frames and what is true about them.
#[derive(Clone, Debug)]
pub struct Generated {
    /// In order of time.
    pub frames: Vec<Frame>,
    /// The answer sheet.
    pub truth: Truth,
    /// What a frame begins with.
    pub link: Link,
}

impl Generated {
    /// Cuts dialogues into packets.
    #[must_use]
    pub fn from_dialogues(dialogues: &[Dialogue], shape: &Shape, seed: u64) -> Self {
        let mut rng = Rng::new(seed).fork("packets");
        let mut frames = Vec::new();
        let mut truth = Truth::default();
        for dialogue in dialogues {
            let made = packets::of_dialogue(dialogue, shape, &mut rng);
            let last = made.iter().map(|frame| frame.time_ns).max().unwrap_or(dialogue.end_ns);
            frames.extend(made);
            truth.flows.push(Flow {
                transport: match dialogue.transport {
                    crate::dialogue::Transport::Tcp => "tcp".to_owned(),
                    crate::dialogue::Transport::Udp => "udp".to_owned(),
                },
                client: dialogue.client,
                server: dialogue.server,
                kind: dialogue.kind.clone(),
                start_ns: dialogue.start_ns,
                end_ns: last,
                mining: dialogue.mining.clone(),
            });
        }
        frames.sort_by_key(|frame| frame.time_ns);
        truth.flows.sort_by_key(|flow| flow.start_ns);
        Self { frames, truth, link: shape.link }
    }

    /// The capture as a pcap file.
    #[must_use]
    pub fn to_pcap(&self, style: PcapStyle) -> Vec<u8> {
        capture::pcap(&self.frames, self.link, style)
    }

    /// The capture as a pcapng file with one interface; `resolution` is its `if_tsresol` byte
    /// (6: microseconds, 9: nanoseconds, with the top bit a power of two).
    #[must_use]
    pub fn to_pcapng(&self, resolution: u8) -> Vec<u8> {
        capture::pcapng(&[(self, resolution)], false)
    }

    /// The truth as JSON, one object.
    #[must_use]
    pub fn truth_json(&self) -> String {
        // a tree of strings and numbers always serialises
        serde_json::to_string_pretty(&self.truth).unwrap_or_default()
    }
}

/// Several captures of the same link as one, ordered by time. The link is the first one's.
#[must_use]
pub fn merge(parts: Vec<Generated>) -> Generated {
    let link = parts.first().map_or(Link::Ethernet, |part| part.link);
    let mut whole = Generated { frames: Vec::new(), truth: Truth::default(), link };
    for part in parts {
        whole.frames.extend(part.frames);
        whole.truth.flows.extend(part.truth.flows);
        whole.truth.impairments.extend(part.truth.impairments);
    }
    whole.frames.sort_by_key(|frame| frame.time_ns);
    whole.truth.flows.sort_by_key(|flow| flow.start_ns);
    whole
}
