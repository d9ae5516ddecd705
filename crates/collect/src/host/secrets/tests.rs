//! What is left out of commands, and what stays.

use super::*;

#[track_caller]
fn check(command: &str, miner: bool, text: &str, logins: &[&str]) {
    let shown = hidden(command, miner);
    assert_eq!(
        (shown.text.as_str(), shown.logins.as_slice()),
        (text, &*logins.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    );
}

#[test]
fn a_miners_password_is_left_out_and_its_logins_are_told() {
    check(
        "/opt/x -o pool.example:3333 -u zhangsan.rig1 -p Secret123 --rig-id lab-7 -k",
        true,
        "/opt/x -o pool.example:3333 -u zhangsan.rig1 -p *** --rig-id lab-7 -k",
        &["zhangsan.rig1", "lab-7"],
    );
    check(
        "x -P stratum+tcp://alice.w1:pw@rvn.example:6060/a",
        true,
        "x -P stratum+tcp://alice.w1:***@rvn.example:6060/a",
        &["alice.w1"],
    );
    check(
        "sh -c 'x -O bob:pw --pass=\"p q\" ; y -p \"a b\"' &",
        true,
        "sh -c 'x -O bob:*** --pass=***\" ; y -p \"***\"' &",
        &["bob"],
    );
}

#[test]
fn an_address_with_its_prefix_is_no_password_and_a_pool_after_p_stays() {
    let wallet = format!("kaspa:{}", "q".repeat(61));
    let command = format!("bz -w {wallet} -p stratum+tcp://kas.example:1 --user={wallet}.rig");
    check(&command, true, &command, &[&wallet, &format!("{wallet}.rig")]);
}

#[test]
fn ports_and_paths_of_other_programs_stay() {
    for command in ["ssh -p 2222 host", "mkdir -p /a/b", "ps -p 1 -u root", "a & b | c"] {
        check(command, false, command, &[]);
    }
    check("curl -u me:pw http://a:b@h/", false, "curl -u me:*** http://a:***@h/", &[]);
}

#[test]
fn no_text_is_a_panic() {
    let parts = ["-p", "'", "\"", " ", "é", "=", "--pass", "://", "@", ":", ";", "x"];
    for a in parts {
        for b in parts {
            for c in parts {
                hidden(&format!("{a}{b} {c}{a}"), true);
            }
        }
    }
}

#[test]
fn arguments_are_taken_as_they_are() {
    let mut args = ["x", "-p", "two words", "-u", "me", "--token", "-t"].map(str::to_owned);
    of_arguments(&mut args, true);
    assert_eq!(args, ["x", "-p", "***", "-u", "me", "--token", "***"]);
}

#[test]
fn a_password_is_left_out_however_it_is_written() {
    for (command, miner, text) in [
        (r#"x -p"Pw9" --api-key Pw9 -k"#, true, r#"x -p"***" --api-key *** -k"#),
        (r#"x -p"two Pw9" -k"#, true, r#"x -p"***" -k"#),
        ("x -pPw9 -pool a:1 -platform 1", true, "x -p*** -pool a:1 -platform 1"),
        (r#"x "--pass=two Pw9" -k"#, true, r#"x "--pass=***" -k"#),
        (r"x --pass=two\ Pw9 -k", true, "x --pass=*** -k"),
        (r#"sh -c "x -p \"two Pw9\" -k""#, true, r#"sh -c "x -p ***" -k""#),
        ("x --http-access-token=Pw9 --pass Pw9", false, "x --http-access-token=*** --pass ***"),
        ("x -pool a:1 -pass Pw9 -cdmpass Pw9", true, "x -pool a:1 -pass *** -cdmpass ***"),
        ("XMRIG_PASS=Pw9 /opt/x &", false, "XMRIG_PASS=*** /opt/x &"),
        ("export PASS='two Pw9'; x", false, "export PASS=***'; x"),
        ("PASSWORD=Pw9 TOKEN=Pw9 API_KEY=Pw9 x", false, "PASSWORD=*** TOKEN=*** API_KEY=*** x"),
        ("sshpass -p Pw9 ssh -p 22 a@b", false, "sshpass -p *** ssh -p 22 a@b"),
        ("sshpass -pPw9 ssh a@b", false, "sshpass -p*** ssh a@b"),
        ("curl -ume:Pw9 http://h/", false, "curl -ume:*** http://h/"),
        (r#"curl -H "X-Api-Key: Pw9" h"#, false, r#"curl -H "X-Api-Key: ***" h"#),
        ("curl -H 'Authorization: Basic Pw9' h", false, "curl -H 'Authorization: Basic ***' h"),
        ("curl http://h/a?b=1&token=Pw9#c", false, "curl http://h/a?b=1&token=***#c"),
    ] {
        assert_eq!(hidden(command, miner).text, text, "{command}");
    }
}

#[test]
fn what_is_no_password_stays() {
    for command in [
        "PWD=/a OLDPWD=/b PATH=/bin x",
        "x --password-file /etc/x --ask-pass y --no-token z",
        "tar -pxf a -uall --key /etc/k",
        "monkey=1 bypass=2 x --bypass y",
    ] {
        check(command, false, command, &[]);
    }
}

#[test]
fn a_password_with_blanks_in_one_argument_is_left_out_as_a_whole() {
    let mut args = ["x", "--pass=two words", "-pa b", "-c", "TOKEN=t /x -y"].map(str::to_owned);
    of_arguments(&mut args, true);
    assert_eq!(args, ["x", "--pass=***", "-p***", "-c", "TOKEN=*** /x -y"]);
}
