//! Logs: lines into ties.

mod spans;
mod ties;
