//! Programs that a run has started: what they last said, and their end.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::clock::Clock;
use super::trouble::Trouble;

/// A program gets ready within so many seconds.
const PATIENCE_S: u64 = 20;
/// A program that was asked to end has so long to do it.
const FAREWELL: Duration = Duration::from_millis(1_500);

/// A running program, ended when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts a program in a process group of its own, so that what a terminal says to this one
    /// does not reach it; what it says goes to the log.
    pub(super) fn start(
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
    ) -> Result<Self, Trouble> {
        let file = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?);
        Self::spawn(name, command, log, file)
    }

    /// The same for one whose output is read.
    pub(super) fn read(
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
    ) -> Result<(Self, ChildStdout), Trouble> {
        let file = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut program = Self::spawn(name, command, log, file)?;
        let output = program.child.stdout.take().ok_or_else(no_pipe)?;
        Ok((program, output))
    }

    /// The same for one that is talked with.
    pub(super) fn talk(
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
    ) -> Result<(Self, ChildStdout, ChildStdin), Trouble> {
        let file = File::create(&log)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = Self::spawn(name, command, log, file)?;
        let output = program.child.stdout.take().ok_or_else(no_pipe)?;
        let input = program.child.stdin.take().ok_or_else(no_pipe)?;
        Ok((program, output, input))
    }

    fn spawn(
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
        file: File,
    ) -> Result<Self, Trouble> {
        let child = command.process_group(0).stderr(file).spawn()?;
        Ok(Self { name, child, log })
    }

    /// Its last line about an error, or else its last.
    pub(super) fn last_word(&self) -> String {
        let said = fs::read(&self.log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let mut lines = said.lines().rev().filter(|it| !it.trim().is_empty());
        let last = lines.clone().next().unwrap_or_default();
        let line = lines.find(|it| it.to_lowercase().contains("error")).unwrap_or(last);
        line.chars().take(300).collect()
    }

    /// Everything that it said so far has these words.
    pub(super) fn said(&self, words: &str) -> bool {
        fs::read(&self.log).is_ok_and(|it| String::from_utf8_lossy(&it).contains(words))
    }

    /// Fails if it has ended.
    pub(super) fn runs(&mut self) -> Result<(), Trouble> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(_) => Err(Trouble::Ended { program: self.name, said: self.last_word() }),
        }
    }

    /// Waits until it is ready.
    pub(super) fn ready(
        &mut self,
        clock: &Clock,
        is_ready: impl Fn(&Self) -> bool,
    ) -> Result<(), Trouble> {
        let begun = Instant::now();
        loop {
            self.runs()?;
            if is_ready(self) {
                return Ok(());
            }
            if begun.elapsed().as_secs() >= PATIENCE_S {
                let (program, said) = (self.name, self.last_word());
                return Err(Trouble::Late { program, seconds: PATIENCE_S, said });
            }
            if !clock.pause(Duration::from_millis(30)) {
                return Err(Trouble::Stopped);
            }
        }
    }

    fn ask_to_end(&mut self, signal: Signal) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
            && matches!(self.child.try_wait(), Ok(None))
        {
            let _ = kill_process(pid, signal);
        }
    }

    /// Asks it to end, and ends it if it does not.
    pub(super) fn end(&mut self, signal: Signal) {
        self.ask_to_end(signal);
        let begun = Instant::now();
        while begun.elapsed() < FAREWELL {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end(Signal::TERM);
    }
}

/// Programs that end together.
#[derive(Debug, Default)]
pub(super) struct Programs(pub(super) Vec<Program>);

impl Drop for Programs {
    fn drop(&mut self) {
        // each is waited for when it is dropped itself, all at the same time
        self.0.iter_mut().for_each(|it| it.ask_to_end(Signal::TERM));
    }
}

fn no_pipe() -> io::Error {
    io::Error::other("a program was started without a pipe")
}

/// Runs a program to its end and returns what it printed.
pub(super) fn output(
    name: &'static str,
    arguments: &[&str],
    input: &str,
) -> Result<String, Trouble> {
    let mut command = Command::new(super::programs::find(name)?);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let done = finished(child)?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let said = said.lines().last().unwrap_or_default().to_owned();
    Err(Trouble::Ended { program: name, said })
}

/// Waits for the end of a program that says little, and ends it if it takes too long.
pub(super) fn finished(mut child: Child) -> io::Result<Output> {
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed().as_secs() >= PATIENCE_S {
            child.kill()?;
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output()
}

/// Writes a file that only its owner reads: keys and settings with keys.
pub(super) fn secret(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_end_of_a_program_is_told_with_its_last_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo first; echo no such port >&2; exit 3"]);
        let log = folder.path().join("log");
        let mut program = Program::start("sh", &mut command, log).unwrap();
        let clock = Clock::new(std::sync::Arc::default());
        let told = program.ready(&clock, |_| false).unwrap_err().to_string();
        assert_eq!(told, "`sh` ended: no such port");
    }

    #[test]
    fn a_program_that_is_dropped_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec sleep 600"]);
        let program = Program::start("sleep", &mut command, folder.path().join("log")).unwrap();
        let process = PathBuf::from(format!("/proc/{}", program.child.id()));
        assert!(process.exists());
        drop(program);
        assert!(!process.exists());
    }

    #[test]
    fn secrets_are_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        secret(&path, "x").unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
