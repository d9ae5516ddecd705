//! What is true about a session.

use super::Session;
use crate::carrier::{Carrier, Padding, Sni};
use crate::miner::{self, Plan, Played};
use crate::rhythm::Hours;
use crate::scenario::Dialect;
use crate::truth::{LoginTruth, Mining, TlsTruth};

impl Session {
    pub(super) fn truth(
        &self,
        plan: &Plan,
        played: &Played,
        logins: &[LoginTruth],
        tls: Option<TlsTruth>,
    ) -> Mining {
        Mining {
            dialect: self.dialect.name().to_owned(),
            carrier: match self.carrier {
                Carrier::Tcp if self.dialect.over_http() => "http".to_owned(),
                carrier if self.dialect.over_http() => carrier.name().replace("tls", "https"),
                carrier => carrier.name().to_owned(),
            },
            coin: self.coin.ticker().to_owned(),
            algorithm: self.coin.algorithm().to_owned(),
            hashrate: miner::mean_rate(&plan.rates, played.logged_in_ns, plan.end_ns),
            unit: self.coin.unit().to_owned(),
            agent: self.agent_told(),
            logins: logins.to_vec(),
            shares: played.shares,
            expected_shares: played.expected_shares,
            accepted_work: played.accepted_work,
            jobs: played.jobs,
            logged_in_ns: played.logged_in_ns,
            ended_ns: plan.end_ns,
            rates: if plan.rates.len() > 1 { plan.rates.clone() } else { Vec::new() },
            tls,
            tunnel: None,
            role: self.script.role.to_owned(),
            evasion: self.evasions(),
            refresh: if self.dialect.over_http() { "" } else { self.refresh.name() }.to_owned(),
            refresh_seconds: self.refresh.seconds().filter(|_| !self.dialect.over_http()),
            block_times: if self.coin.block_seconds() > 10.0 {
                played.blocks_ns.clone()
            } else {
                Vec::new()
            },
        }
    }

    /// The agent, for dialects that have a place for it.
    fn agent_told(&self) -> Option<String> {
        let silent = matches!(
            self.dialect,
            Dialect::EthProxy | Dialect::Beam | Dialect::Conflux | Dialect::Coinhive
        );
        (!silent && !self.agent.is_empty()).then(|| self.agent.clone())
    }

    /// What is done to escape notice, in words of the truth.
    fn evasions(&self) -> Vec<String> {
        let mut out = Vec::new();
        if let Carrier::Tls(tls) = self.carrier {
            match tls.sni {
                Sni::Host => {}
                Sni::Fake => out.push("fake-sni"),
                Sni::None => out.push("no-sni"),
            }
        }
        if self.padding != Padding::None {
            out.push("padding");
        }
        if self.jitter_seconds > 0.0 {
            out.push("jitter");
        }
        out.extend(self.hours.iter().map(Hours::evasion));
        out.into_iter().map(str::to_owned).chain(self.evasion.iter().cloned()).collect()
    }
}
