//! How a miner logs in.

use super::{Naming, Session};
use crate::rng::Rng;
use crate::scenario::Dialect;
use crate::truth::LoginTruth;

impl Session {
    pub(super) fn logins(&self, rng: &mut Rng) -> Vec<LoginTruth> {
        if self.dialect == Dialect::Coinhive {
            // a site key, which is no wallet
            let account = rng.token(32);
            return vec![LoginTruth {
                account,
                worker: None,
                wallet: None,
                wallet_checksum: false,
            }];
        }
        let (wallet, checksum) = self.coin.wallet(rng);
        let name = format!("user{}", rng.below(10_000));
        let many = matches!(
            self.dialect,
            Dialect::StratumV1
                | Dialect::EthereumStratum1
                | Dialect::EthereumStratum2
                | Dialect::Equihash
                | Dialect::KawPow
                | Dialect::Kaspa
                | Dialect::Ergo
        );
        let count = if many { self.workers.len().max(1) } else { 1 };
        (0..count)
            .map(|place| {
                let worker = self.workers.get(place).cloned();
                let join = |first: &str| match &worker {
                    Some(worker) => format!("{first}.{worker}"),
                    None => first.to_owned(),
                };
                let (account, wallet) = match self.naming {
                    // the path of its requests holds the two apart
                    Naming::WalletAndWorker if self.dialect == Dialect::EthGetWork => {
                        (wallet.clone(), Some(wallet.clone()))
                    }
                    Naming::WalletAndWorker => (join(&wallet), Some(wallet.clone())),
                    Naming::Wallet => (wallet.clone(), Some(wallet.clone())),
                    Naming::Account => (join(&name), None),
                };
                let wallet_checksum = checksum && wallet.is_some();
                LoginTruth { account, worker, wallet, wallet_checksum }
            })
            .collect()
    }
}
