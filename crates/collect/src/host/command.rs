//! Command lines and configuration files with the shape of a miner's, as the model says them.

use minehound_model::{Checksum, MinerCommand, MinerConfig, WalletSeen};
use minehound_wire::miner_config::{self, Strength};
use minehound_wire::wallet::{self, Wallet};

use super::shapes;

/// A command line as a miner's, if its words have that shape.
pub(super) fn of(words: &[&str]) -> Option<MinerCommand> {
    let found = miner_config::command_line(words)?;
    let conclusive = match found.strength {
        Strength::OptionSet => true,
        // Whoever tries a pool out names it too; a miner says whom to pay or what to compute.
        Strength::StratumUrl => found.user.is_some() || found.algorithm.is_some(),
    };
    let strength = [found.strength.to_string()];
    let options = found.options.iter().map(|it| (*it).to_owned());
    Some(MinerCommand {
        pool: found.pool_url,
        user: found.user,
        algorithm: found.algorithm,
        shapes: strength.into_iter().chain(options).collect(),
        conclusive,
    })
}

/// The first program in a shell command whose words have the shape of a miner's.
pub(super) fn in_text(command: &str) -> Option<MinerCommand> {
    let programs = shapes::programs(command);
    programs.iter().find_map(|words| of(&words.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// What a configuration file says, if it has the shape of a miner's; its path, digest and process
/// are left open.
pub(super) fn config(bytes: &[u8]) -> Option<MinerConfig> {
    let Some(found) = miner_config::json(bytes) else { return options(bytes) };
    let users: Vec<String> = found.pools.iter().filter_map(|it| it.user.clone()).collect();
    Some(MinerConfig {
        shape: found.family.to_string(),
        pools: found.pools.into_iter().map(|it| it.url).collect(),
        wallets: wallets(&users),
        users,
        settings: found.settings.iter().map(|it| (*it).to_owned()).collect(),
        ..MinerConfig::default()
    })
}

fn wallets(users: &[String]) -> Vec<WalletSeen> {
    let found = users.iter().flat_map(|it| wallet::find_in_login(it));
    let mut wallets: Vec<WalletSeen> = found.map(|it| seen(&it)).collect();
    wallets.sort_unstable();
    wallets.dedup();
    wallets
}

/// What `PhoenixMiner` and Claymore's miners keep beside them: `config.txt` with their options on
/// lines, `epools.txt` with a pool a line (`POOL: …, WALLET: …, PSW: …`). Only one that pays a
/// wallet is taken: options of others look alike.
fn options(bytes: &[u8]) -> Option<MinerConfig> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (mut pools, mut users) = (Vec::new(), Vec::new());
    let lines = text.lines().filter(|it| !it.trim_start().starts_with('#'));
    let words: Vec<&str> = lines.flat_map(str::split_ascii_whitespace).collect();
    for pair in words.windows(2) {
        let [name, value] = pair else { continue };
        let value = value.trim_end_matches(',').to_owned();
        match *name {
            "-pool" | "-pool2" | "-epool" | "-zpool" | "POOL:" => pools.push(value),
            "-wal" | "-wal2" | "-ewal" | "-zwal" | "WALLET:" => users.push(value),
            _ => {}
        }
    }
    // A password may stand behind a login.
    for user in &mut users {
        user.truncate(user.find(':').unwrap_or(user.len()));
    }
    users.dedup();
    let wallets = wallets(&users);
    let known = !pools.is_empty() && !wallets.is_empty();
    let shape = "claymore-options".to_owned();
    known.then(|| MinerConfig { shape, pools, users, wallets, ..MinerConfig::default() })
}

fn seen(wallet: &Wallet) -> WalletSeen {
    WalletSeen {
        address: wallet.address.clone(),
        coins: wallet.coins.iter().map(ToString::to_string).collect(),
        network: wallet.chain.to_string(),
        checksum: match wallet.checksum {
            wallet::Checksum::Valid => Checksum::Valid,
            wallet::Checksum::Invalid => Checksum::Invalid,
            wallet::Checksum::Absent => Checksum::None,
        },
    }
}
