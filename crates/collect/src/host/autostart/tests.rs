//! Reading the places of autostart as text.

use proptest::prelude::*;

use super::*;
use cron::Table;

#[test]
fn a_cron_line_is_cut_down_to_its_command() {
    for (line, kind, command) in [
        ("*/5 * * * * root /bin/x -y", Table::System, Some("/bin/x -y")),
        ("*/5 * * * * /bin/x -y", Table::Personal, Some("/bin/x -y")),
        ("@reboot\troot\t/bin/x", Table::System, Some("/bin/x")),
        ("@daily /bin/x", Table::Personal, Some("/bin/x")),
        ("1 5 cron.daily run-parts /etc", Table::Anacron, Some("run-parts /etc")),
        ("0 0 1 jan-dec mon /bin/x", Table::Personal, Some("/bin/x")),
        ("PATH=/bin:/usr/bin", Table::System, None),
        ("MAILTO=root a b c d e f", Table::System, None),
        ("* * * *", Table::Personal, None),
    ] {
        assert_eq!(cron::command(line, kind), command, "{line}");
    }
}

#[test]
fn a_unit_starts_what_its_exec_lines_say() {
    assert_eq!(systemd::exec("ExecStart=-/usr/bin/x --y"), Some("/usr/bin/x --y"));
    assert_eq!(systemd::exec("ExecStartPre = +/bin/z"), Some("/bin/z"));
    assert_eq!(systemd::exec("ExecStart="), None);
    assert_eq!(systemd::exec("ExecStop=/bin/x"), None);
}

#[test]
fn a_rule_runs_programs_and_a_key_forces_a_command() {
    let rule =
        r#"ACTION=="add", RUN+="/bin/a b", RUN{program}+="/bin/c", RUN{builtin}+="kmod load""#;
    assert_eq!(login::run_keys(rule), ["/bin/a b", "/bin/c"]);
    let key = r#"no-pty,command="sh -c \"x\"" ssh-ed25519 AAAA someone"#;
    assert_eq!(login::forced_command(key).as_deref(), Some("sh -c \"x\""));
    assert_eq!(login::forced_command("ssh-ed25519 AAAA someone"), None);
}

#[test]
fn supervisors_and_hooks_tell_their_commands() {
    let owned = |it: &[(u64, &str)]| -> Vec<(u64, String)> {
        it.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    };
    let program = "[program:a]\ncommand = /opt/x -o a:1 ; note\nuser=root\n";
    assert_eq!(supervised::commands(program), owned(&[(2, "/opt/x -o a:1")]));
    let job = "start on x\nexec /opt/x\npre-start script\n/opt/y\nend script\npost-stop exec z\n";
    assert_eq!(supervised::jobs(job), owned(&[(2, "/opt/x"), (4, "/opt/y"), (6, "z")]));
    let apt = "A \"no\";\nDPkg::Post-Invoke {\n\"/opt/x\";\n};\nB \"no\";\n";
    assert_eq!(supervised::invoked(apt), owned(&[(3, "/opt/x")]));
    let pod =
        "containers:\n- image: a/b:1\n  command: [\"/x\", \"-o\"]\n  args:\n  - p:1\n  - '-k'\n";
    assert_eq!(container::commands(pod), owned(&[(2, "a/b:1"), (3, "/x -o p:1 -k")]));
    let compose = "services:\n a:\n  command:\n   - x\n   - -y\n  entrypoint: \"z -w\"\n";
    assert_eq!(container::commands(compose), owned(&[(4, "x -y"), (6, "z -w")]));
}

#[test]
fn continued_lines_are_one_and_comments_are_none() {
    let lines = logical_lines("# a\n\nb \\\n  c\nd\\");
    assert_eq!(lines, [(3, "b  c".to_owned()), (5, "d ".to_owned())]);
}

proptest! {
    #[test]
    fn no_line_is_a_panic(line in "(\\PC|[ \t=\"\\\\*@]){0,120}") {
        for kind in [Table::System, Table::Personal, Table::Anacron] {
            let _ = cron::command(&line, kind);
        }
        let _ = (systemd::exec(&line), login::run_keys(&line), login::forced_command(&line));
        let _ = (supervised::commands(&line), supervised::jobs(&line), supervised::invoked(&line));
        let _ = (container::commands(&line), logical_lines(&line));
    }
}
