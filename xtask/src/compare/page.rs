//! The page of the comparison.

use std::fmt::Write as _;

use super::live::IMITATIONS;
use super::sample::{Role, Sample, distance};
use super::{Pair, TWINS};
use minehound_range::scenario::Dialect;

/// What the second half begins with.
const SECOND: &str = "\n# Real tunnels beside their imitation\n";

/// Both halves of the page as it is.
pub(super) fn halves(page: &str) -> (String, String) {
    let at = page.find(SECOND).unwrap_or(page.len());
    let (first, second) = page.split_at(at);
    (first.to_owned(), second.to_owned())
}

/// The half about live runs.
pub(super) fn imitated(pairs: &[Pair]) -> anyhow::Result<String> {
    let mut text = format!(
        "{SECOND}\nWritten by `cargo xtask compare-range --live DIR` from runs of `minehound range run`: each flow \
         through real software (OpenSSH, wireguard-go, OpenVPN, shadowsocks-libev, OpenSSL) beside {IMITATIONS} sessions with \
         the same settings and jobs in the imitation of `minehound range gen`, the first of them with the same words at the \
         same moments. Both are seen on the outer link, where nothing can be read: what comes down within a second of \
         something that went up counts as an answer. Where there is other traffic, it is not the same in both: real runs ask and answer in \
         turn, the imitation has a mix of its own.\n"
    );
    text += &tables(pairs)?;
    Ok(text)
}

/// The half about real sessions.
pub(super) fn real(pairs: &[Pair]) -> anyhow::Result<String> {
    let mut text = format!(
        "# The range beside reality\n\nWritten by `cargo xtask compare-range`. Each real mining \
         session that could be had is set beside {TWINS} generated sessions of the same dialect, \
         carrier and length, with as many shares a minute and the same way to the pool; both are read by the same reader. Real \
         sessions are labelled captures of others; of the trojans only sizes and times are known. \
         Sizes are bytes of a message, under TLS of its records: least, median, most. Gaps are \
         seconds to the last message of the same role, for answers to the share. The distance is \
         that of Kolmogorov and Smirnov: 0 for the same distribution, 1 for nothing in common; \
         between a handful of real messages and any others it is rarely small, and one pool's \
         constant size stands apart from many pools' sizes. So each row also says how many of the real \
         values lie between the least and the most of the range. Of dialects that are not here no \
         capture of half a minute with a job in it could be had ({}); tunnels have no real session \
         of others at all, and stand below beside runs of the real programs.\n",
        without(pairs)
    );
    text += &tables(pairs)?;
    Ok(text)
}

fn tables(pairs: &[Pair]) -> anyhow::Result<String> {
    let mut text = String::new();
    for pair in pairs {
        write!(text, "\n## {}\n\nGenerated: {}.\n\n", pair.name, pair.twin)?;
        text += "| role | real: n, in 10 min | range: in 10 min | real sizes | range sizes | distance | within | real gaps | range gaps | distance | within |\n";
        text += "|---|---|---|---|---|---|---|---|---|---|---|\n";
        for role in Role::ALL {
            if pair.real.count(role) > 0 || pair.range.count(role) > 0 {
                text += &row(role, &pair.real, &pair.range);
            }
        }
    }
    Ok(text)
}

fn row(role: Role, real: &Sample, range: &Sample) -> String {
    let of = |sample: &Sample, gaps: bool| {
        let all = if gaps { &sample.gaps } else { &sample.sizes };
        all.get(&role).cloned().unwrap_or_default()
    };
    let (sizes, range_sizes) = (of(real, false), of(range, false));
    let (gaps, range_gaps) = (of(real, true), of(range, true));
    let apart = |one: &[f64], other: &[f64]| {
        distance(one, other).map_or_else(|| "-".to_owned(), |it| format!("{it:.2}"))
    };
    let name = match role {
        Role::Share => "from the miner",
        Role::Answer => "answer",
        Role::Job => "job",
    };
    format!(
        "| {name} | {}, {:.1} | {:.1} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        real.count(role),
        real.in_ten_minutes(role),
        range.in_ten_minutes(role),
        spread(sizes.clone(), 0),
        spread(range_sizes.clone(), 0),
        apart(&sizes, &range_sizes),
        within(&sizes, &range_sizes),
        spread(gaps.clone(), 2),
        spread(range_gaps.clone(), 2),
        apart(&gaps, &range_gaps),
        within(&gaps, &range_gaps),
    )
}

/// How many of the real values the range has room for, its least and most a little stretched: a
/// hundredth, for clocks and for rounding.
fn within(real: &[f64], range: &[f64]) -> String {
    if real.is_empty() || range.is_empty() {
        return "-".to_owned();
    }
    let low = range.iter().copied().fold(f64::INFINITY, f64::min) * 0.99;
    let high = range.iter().copied().fold(0.0, f64::max) * 1.01;
    let count = real.iter().filter(|it| (low..=high).contains(*it)).count();
    format!("{count} of {}", real.len())
}

/// The dialects that no real session is of.
fn without(pairs: &[Pair]) -> String {
    let all = Dialect::ALL.iter().map(|it| it.name());
    let missing =
        all.filter(|name| !pairs.iter().any(|it| it.name.starts_with(&format!("{name},"))));
    missing.map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Least, median and most.
fn spread(mut all: Vec<f64>, digits: usize) -> String {
    all.sort_by(f64::total_cmp);
    let at = |place: usize| all.get(place).copied().unwrap_or(0.0);
    match all.len() {
        0 => "-".to_owned(),
        count => {
            let (least, middle, most) = (at(0), at(count / 2), at(count - 1));
            format!("{least:.digits$} / {middle:.digits$} / {most:.digits$}")
        }
    }
}
