//! Why a live scenario could not be run.

use std::io;

/// What went wrong, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No network namespace can be made.
    #[error(
        "network namespaces need the rights of root; run it as root, or in a container that may make them: {said}"
    )]
    Privilege {
        /// What the system said.
        said: String,
    },
    /// A program that is needed is not there.
    #[error("`{program}` is missing; install the Debian package `{package}`")]
    Missing {
        /// The program.
        program: &'static str,
        /// The package that has it.
        package: &'static str,
    },
    /// Nothing of the scenario could be run.
    #[error("nothing of the scenario can be run here; install the packages that the notices name")]
    Nothing,
    /// A program ended when it should have gone on.
    #[error("`{program}` ended: {said}")]
    Ended {
        /// The program.
        program: &'static str,
        /// Its last line.
        said: String,
    },
    /// A program did not get ready.
    #[error("`{program}` was not ready after {seconds} s: {said}")]
    Late {
        /// The program.
        program: &'static str,
        /// How long was waited.
        seconds: u64,
        /// Its last line.
        said: String,
    },
    /// A conversation did not go on to its end.
    #[error("the conversation through `{software}` broke off: {said}")]
    Broken {
        /// What it went through.
        software: &'static str,
        /// What the system said.
        said: String,
    },
    /// Somebody stopped the run.
    #[error("stopped; everything was taken down and nothing was written")]
    Stopped,
    /// The system refused something.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Something that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What the group goes through.
    pub software: &'static str,
    /// The program that is missing.
    pub program: &'static str,
    /// The Debian package that has it.
    pub package: &'static str,
}
