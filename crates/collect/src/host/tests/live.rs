//! This machine, with harmless stand-ins: programs that only sleep, under other names.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use minehound_model::{
    ExeState, FactKind, HiddenProcess, HostProfile, MinerConfig, Program, ProgramRole,
};
use tempfile::TempDir;

use super::*;

/// A process that the test started; it ends with the test.
struct StandIn(Child);

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program that sleeps, from its own copy, with these arguments shown after `name`.
fn start(folder: &TempDir, file: &str, name: &str, shown: &[&str]) -> StandIn {
    let exe = folder.path().join(file);
    std::fs::copy("/bin/sh", &exe).unwrap();
    let mut command = Command::new(&exe);
    // A shell that waits for its input reads no arguments after its script.
    command.arg0(name).args(["-c", "read line", "x"]).args(shown);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.current_dir(folder.path());
    StandIn(command.spawn().unwrap())
}

fn inspect(sample: Duration) -> Collected {
    let limits = HostLimits { search_time: Duration::from_millis(50), ..HostLimits::default() };
    inspect_with(&HostOptions { sample, limits, ..HostOptions::default() })
}

fn program_of(collected: &Collected, pid: u32) -> Program {
    let programs = collected.observations.iter().filter_map(|it| match &it.fact {
        Fact::Program(program) => Some(program),
        _ => None,
    });
    programs.into_iter().find(|it| it.pid == pid).unwrap().as_ref().clone()
}

fn program(collected: &Collected, stand_in: &StandIn) -> Program {
    program_of(collected, stand_in.0.id())
}

#[test]
fn a_look_alike_of_a_kernel_thread_is_told_and_its_file_is_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let disguised = start(&folder, "x", "[kworker/0:1]", &[]);
    let plain = start(&folder, "kwork", "kwork", &[]);
    let collected = inspect(Duration::ZERO);
    let disguised = program(&collected, &disguised);
    assert_eq!(disguised.role, ProgramRole::PosesAsKernelThread);
    assert_eq!(disguised.exe_sha256.map(|it| it.len()), Some(64));
    assert_eq!(program(&collected, &plain).role, ProgramRole::User);
}

#[test]
fn a_deleted_program_is_seen_with_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let config = r#"{"donate-level": 1, "randomx": {"init": -1}, "cpu": {"huge-pages": true},
        "pools": [{"url": "pool.example:3333", "user": "worker-one", "algo": "rx/0"}]}"#;
    std::fs::write(folder.path().join("settings.conf"), config).unwrap();
    let running = start(&folder, "x", "x", &["-o", "stratum+tcp://pool.example:3333", "-u", "w"]);
    std::fs::remove_file(folder.path().join("x")).unwrap();
    let collected = inspect(Duration::ZERO);
    let seen = program(&collected, &running);
    assert_eq!(seen.exe_state, ExeState::Deleted);
    assert_eq!(seen.exe.as_deref(), folder.path().join("x").to_str());
    let configs: Vec<(&str, &MinerConfig)> = facts(&collected);
    let (_, config) = configs.iter().find(|(_, it)| it.pid == Some(running.0.id())).unwrap();
    assert_eq!(config.pools, ["pool.example:3333"]);
}

#[test]
fn busy_threads_are_sampled_and_sleepers_are_idle() {
    let folder = tempfile::tempdir().unwrap();
    let sleeper = start(&folder, "x", "x", &[]);
    let collected = inspect(Duration::from_millis(300));
    assert_eq!(program(&collected, &sleeper).cpu_percent, Some(0.0));
    assert!(collected.examined.iter().any(|it| it.kind == FactKind::CpuLoad));
    assert!(collected.observations.iter().any(|it| matches!(it.fact, Fact::CpuLoad(_))));
}

#[test]
fn a_connection_is_joined_to_its_process() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let collected = inspect(Duration::ZERO);
    let own = program_of(&collected, std::process::id());
    let expected = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
    assert!(own.sockets.iter().any(|it| (it.local, it.remote) == expected));
}

#[test]
fn this_machine_hides_nothing_and_is_read_in_time() {
    let began = Instant::now();
    let collected = inspect(Duration::ZERO);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(facts::<HiddenProcess>(&collected).is_empty());
    assert!(!facts::<HostProfile>(&collected).is_empty());
    assert!(!collected.examined.iter().any(|it| it.kind == FactKind::CpuLoad), "no sample");
    let own = format!("/proc/{}/cmdline", std::process::id());
    let places = collected.observations.iter().filter_map(|it| it.provenance.place.as_deref());
    assert!(places.map(Path::new).any(|it| it == Path::new(&own)));
}
