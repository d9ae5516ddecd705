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
    let found = miner_config::json(bytes)?;
    let users: Vec<String> = found.pools.iter().filter_map(|it| it.user.clone()).collect();
    let mut wallets: Vec<WalletSeen> =
        users.iter().flat_map(|it| wallet::find_in_login(it)).map(|it| seen(&it)).collect();
    wallets.sort_unstable();
    wallets.dedup();
    Some(MinerConfig {
        shape: found.family.to_string(),
        pools: found.pools.into_iter().map(|it| it.url).collect(),
        users,
        wallets,
        settings: found.settings.iter().map(|it| (*it).to_owned()).collect(),
        ..MinerConfig::default()
    })
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
