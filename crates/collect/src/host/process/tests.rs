//! Reading `/proc` as text, without a process behind it.

use std::path::Path;

use minehound_model::ExeState;
use proptest::prelude::*;

use super::*;

#[test]
fn a_name_with_brackets_does_not_shift_the_fields() {
    let tail = "S 7 1 1 0 -1 4194560 0 0 0 0 30 12 0 0 20 0 3 0 900 0 0";
    let stat = Stat::parse(&format!("42 (a) b (c)) {tail}")).unwrap();
    assert_eq!((stat.name.as_str(), stat.parent, stat.threads), ("a) b (c)", 7, 3));
    assert_eq!((stat.ticks, stat.start), (42, 900));
    assert!(!stat.is_kernel_thread());
}

#[test]
fn only_names_of_kernel_threads_are_taken_for_a_disguise() {
    let poses = |name: &str, first: &str| role::poses(name, &[first.to_owned()], true);
    for (name, first) in [
        ("sleep", "[kworker/0:1]"),
        ("kworker/u8:2", "/usr/share/x"),
        ("x", "[kthreadd]"),
        ("ksoftirqd/0", "ksoftirqd/0"),
        ("x", "[loop3]"),
        ("kthreadd", ""),
    ] {
        assert!(poses(name, first), "{name} {first}");
    }
    for (name, first) in [
        ("kactivitymanage", "/usr/lib/kactivitymanagerd"),
        ("kded5", "kded5"),
        ("kwin_x11", "kwin_x11"),
        ("celery", "[celeryd: celery@web:MainProcess]"),
        ("lxc-start", "[lxc monitor] /var/lib/lxc web"),
        ("crypto", "crypto"),
        ("loop0", "./loop0"),
        ("sd-pam", "(sd-pam)"),
    ] {
        assert!(!poses(name, first), "{name} {first}");
    }
    assert!(!role::poses("kworker/u8:2", &[], false), "a helper that the kernel just forked");
}

#[test]
fn the_file_of_a_program_may_be_gone_or_never_have_been() {
    for (link, path, state) in [
        ("/usr/bin/x", "/usr/bin/x", ExeState::OnDisk),
        ("/tmp/x (deleted)", "/tmp/x", ExeState::Deleted),
        ("/memfd:x (deleted)", "/memfd:x", ExeState::InMemory),
    ] {
        assert_eq!(identity::exe_of(Path::new(link)), (path.into(), state));
    }
}

#[test]
fn a_container_is_read_from_its_control_group() {
    let digits = "0123456789abcdef".repeat(4);
    for line in [
        format!("0::/system.slice/docker-{digits}.scope"),
        format!("12:cpu:/docker/{digits}"),
        format!("0::/kubepods.slice/pod1/cri-containerd-{digits}.scope"),
    ] {
        assert_eq!(identity::container(&line).as_deref(), Some("0123456789ab"), "{line}");
    }
    assert_eq!(identity::container("0::/user.slice/user-1000.slice"), None);
}

#[test]
fn a_randomx_map_has_its_shape_and_a_large_heap_has_not() {
    let maps = "\
7f0000000000-7f0082000000 rw-p 00000000 00:0e 99 /anon_hugepage (deleted)
7f0100000000-7f0110000000 rw-p 00000000 00:00 0
7f0200000000-7f0200200000 rw-p 00000000 00:00 0
7f0300000000-7f0300010000 rwxp 00000000 00:00 0
7f0400000000-7f0400010000 r-xp 00000000 fe:00 12 /usr/lib/libOpenCL.so.1";
    let (shape, libraries) = memory::shape(maps);
    assert_eq!(shape.dataset_mib, [2080, 256]);
    assert_eq!((shape.scratchpads, shape.jit_kib), (1, 64));
    assert_eq!(libraries, ["opencl"]);
    let (shape, _) = memory::shape("7f0000000000-7f1000000000 ---p 00000000 00:00 0 ");
    assert_eq!(shape, minehound_model::MemoryShape::default());
}

#[test]
fn connections_are_read_in_both_families() {
    let line = "1: 0100007F:1F90 0200000A:0D05 01 00000000:00000000 00:00000000 00000000 0 0 77 1";
    let (inode, socket) = sockets::connection(line).unwrap();
    assert_eq!(inode, 77);
    assert_eq!(socket.local, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(socket.remote, "10.0.0.2:3333".parse().unwrap());
    let mapped = "0000000000000000FFFF00000200000A:0D05";
    let line = format!("1: {mapped} {mapped} 01 0:0 00:0 0 0 0 78 1");
    let (_, socket) = sockets::connection(&line).unwrap();
    assert_eq!(socket.remote, "10.0.0.2:3333".parse().unwrap());
    assert_eq!(sockets::connection(&line.replace(" 01 ", " 0A ")), None);
}

#[test]
fn only_busy_threads_that_used_the_same_are_equal() {
    assert_eq!(sample::equal_threads(vec![99, 100, 97, 95, 3, 2], 1.0), 4);
    assert_eq!(sample::equal_threads(vec![100, 80, 60, 40], 1.0), 1);
    assert_eq!(sample::equal_threads(vec![1, 1, 1, 1], 1.0), 0);
}

proptest! {
    #[test]
    fn no_text_of_the_kernel_is_a_panic(text in "\\PC{0,300}", bytes: Vec<u8>) {
        let _ = Stat::parse(&text);
        let _ = memory::shape(&text);
        let _ = sockets::connection(&text);
        let _ = identity::container(&text);
        let _ = identity::arguments(&bytes);
    }
}

#[test]
fn a_process_that_rests_and_is_small_does_not_mine_unseen() {
    let stat = |ticks: u64, size: u64| {
        let text = format!("7 (x) S 1 7 7 0 -1 0 0 0 0 0 {ticks} 0 0 0 20 0 3 0 100 {size} 9");
        Stat::parse(&text).unwrap()
    };
    let hour_ms = 3_600_000;
    assert!(!stat(500, 40 << 20).may_mine(hour_ms));
    assert!(stat(500, 300 << 20).may_mine(hour_ms), "memory for RandomX");
    assert!(stat(360_000, 40 << 20).may_mine(hour_ms), "a processor kept busy");
    assert!(stat(0, 0).may_mine(0), "nobody knows yet");
}
