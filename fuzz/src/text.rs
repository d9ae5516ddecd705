//! Texts people write: logins, miners' settings and command lines.

use minehound_wire::miner_config::{self, MAX_POOLS, MAX_TEXT};
use minehound_wire::wallet::{self as wallets, MAX_WALLETS};

/// An address that is found is one.
pub(crate) fn wallet(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(wallet) = wallets::parse(&text) {
        assert_eq!(wallet.address, text);
    }
    let found = wallets::find_in_login(&text);
    assert!(found.len() <= MAX_WALLETS);
    for (index, wallet) in found.iter().enumerate() {
        assert_eq!(wallets::parse(&wallet.address).as_ref(), Some(wallet));
        assert!(text.contains(&wallet.address), "an address that nobody wrote");
        assert!(!found.iter().skip(index + 1).any(|it| it == wallet), "told twice");
    }
}

/// Settings are read within bounds.
pub(crate) fn miner_config(bytes: &[u8]) {
    let read = miner_config::json(bytes);
    if let Some(config) = &read {
        assert!(config.pools.len() <= MAX_POOLS);
        for pool in &config.pools {
            assert!(format!("{pool:?}").len() <= 16 * MAX_TEXT, "{pool:?}");
        }
    }
    assert_eq!(format!("{read:?}"), format!("{:?}", miner_config::json(bytes)));
}

/// A command line is read within bounds. Arguments end with NUL, as in `/proc`.
pub(crate) fn command_line(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let arguments: Vec<&str> = text.split('\0').collect();
    if let Some(command) = miner_config::command_line(&arguments) {
        assert!(format!("{command:?}").len() <= 64 * MAX_TEXT, "{command:?}");
    }
}
