//! Why a connection counts as mining.

use serde::{Deserialize, Serialize};
use strum::Display;

/// Why a session was graded as it was, or what limits the grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Because {
    /// The beginning was not captured.
    MidSession,
    /// Only what the miner sent was captured.
    OnlyMinerSeen,
    /// Only what the pool sent was captured.
    OnlyPoolSeen,
    /// What was not captured was not said either: the end heard acknowledged nothing of the other.
    OtherEndSilent,
    /// Shares alone, in words that other services use too.
    SharesAlone,
    /// Methods by their names, or questions that monitors put too; no job, difficulty or share of
    /// a real shape.
    WordsAlone,
    /// The miner introduced itself and went no further.
    SubscribedOnly,
    /// A login was sent; no answer was seen.
    LoginUnanswered,
    /// The pool refused the login.
    LoginRefused,
    /// The pool accepted the login.
    LoginAccepted,
    /// Jobs flowed, which only a connection that is logged in gets.
    JobsSeen,
    /// Work was asked for and none was given.
    WorkRequested,
    /// Work was asked for and given.
    WorkServed,
    /// One of many connections of one client with one server, on each of which work was fetched
    /// or handed in: together they are one act.
    Polled,
    /// No share was seen while the connection was watched.
    NoShareSeen,
    /// Shares were handed in; no answer was seen.
    SharesUnanswered,
    /// Every share was rejected.
    SharesRejected,
    /// The pool accepted shares.
    SharesAccepted,
    /// Nothing could be read; the rhythm is that of shares, answers and jobs.
    RhythmOfSharesAndJobs,
    /// It cannot be read; its rhythm passed a test of mining, and the learned model doubts it.
    RhythmDoubted,
    /// It cannot be read; its rhythm is like that of mining, and the learned model is sure of it.
    RhythmAlike,
    /// It cannot be read; its rhythm is that of jobs, and nothing was heard that looks like a share.
    RhythmOfJobsUnheard,
    /// It cannot be read; its rhythm is that of shares, with pushes by the clock alone.
    RhythmWithoutBlocks,
    /// It cannot be read; its rhythm is that of shares and jobs, each padded at random.
    RhythmUnderPadding,
    /// Nothing could be read; the rhythm is that of jobs pushed to a slow miner.
    RhythmOfJobs,
    /// Nothing could be read; the rhythm is that of jobs of new blocks and nothing else.
    RhythmOfBlocks,
    /// Nothing could be read; it opened with the lengths of encrypted Stratum V2.
    OpensAsStratumV2,
    /// Nothing could be read; something comes just after blocks of a coin, more often than by chance.
    FollowsBlocks,
    /// A model that learned from examples takes it for mining too.
    ModelAgrees,
    /// A model that learned from examples does not take it for mining.
    ModelDisagrees,
    /// A learned model cannot tell: it speaks neither for nor against it.
    ModelUndecided,
    /// Only a model that learned from examples takes it for mining.
    ModelAlone,
}
