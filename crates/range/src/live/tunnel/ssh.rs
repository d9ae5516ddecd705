//! `OpenSSH` with forwarded ports (`-L`) or as a SOCKS proxy (`-D`).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{Entry, Goal, Site, Standing, own, relayed};
use crate::live::Lab;
use crate::live::process::{Program, output, secret};
use crate::live::trouble::Trouble;
use crate::rng::Rng;
use crate::scenario_file::Software;

/// `sshd` wants this folder; the service makes it, and here none may run.
const PRIVILEGES: &str = "/run/sshd";

pub(super) fn stand(lab: &Lab, site: &Site, rng: &mut Rng) -> Result<Standing, Trouble> {
    for name in ["host", "user"] {
        let file = site.file(lab, name);
        let file = file.to_string_lossy();
        output("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", "range", "-f", &file], "")?;
    }
    let public = |name: &str| fs::read_to_string(site.file(lab, name).with_extension("pub"));
    secret(&site.file(lab, "authorized"), &public("user")?)?;
    secret(&site.file(lab, "known"), &format!("range {}", public("host")?))?;
    let server = server(lab, site)?;
    let guests = relayed(lab, site, own(site.server_port()), rng)?;
    let client = client(lab, site)?;
    let socks = site.through.software == Software::SshSocks;
    let entry = if socks { Entry::Socks } else { Entry::Ports };
    Ok(Standing::new(entry, vec![client, server], guests))
}

fn server(lab: &Lab, site: &Site) -> Result<Program, Trouble> {
    let port = site.server_port();
    let file = |name: &str| site.file(lab, name).display().to_string();
    let settings = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
         UsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PermitRootLogin prohibit-password\nAllowTcpForwarding local\nAllowAgentForwarding no\n\
         X11Forwarding no\nPermitTunnel no\nForceCommand /bin/false\n",
        file("host"),
        file("authorized"),
    );
    let settings_file = site.file(lab, "sshd_config");
    secret(&settings_file, &settings)?;
    match fs::create_dir(Path::new(PRIVILEGES)) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(io_error(error)),
        _ => {}
    }
    let mut command = lab.outside.command("sshd")?;
    command.args(["-D", "-e", "-f"]).arg(settings_file);
    let mut program = Program::start("sshd", &mut command, lab.log("sshd"))?;
    program.ready(&lab.clock, |_| lab.outside.listens(port, true))?;
    Ok(program)
}

fn io_error(error: io::Error) -> Trouble {
    Trouble::Io(error)
}

fn client(lab: &Lab, site: &Site) -> Result<Program, Trouble> {
    let mut command = lab.inside.command("ssh")?;
    command.args(["-F", "none", "-N", "-T", "-l", "root", "-i"]).arg(site.file(lab, "user"));
    let known = format!("UserKnownHostsFile={}", site.file(lab, "known").display());
    let alive = match site.through.keepalive {
        seconds if seconds.is_finite() => format!("ServerAliveInterval={seconds:.0}"),
        _ => "ServerAliveInterval=0".to_owned(),
    };
    let options = ["IdentitiesOnly=yes", "HostKeyAlias=range", "StrictHostKeyChecking=yes"];
    for option in options.iter().chain(&["ExitOnForwardFailure=yes", &known, &alive]) {
        command.args(["-o", option]);
    }
    let local = |goal: Goal| format!("127.0.0.1:{}", site.local_port(goal));
    if site.through.software == Software::SshSocks {
        command.args(["-D", &local(Goal::Pool)]);
    } else {
        for goal in [Goal::Pool, Goal::Chat] {
            let forward = format!("{}:127.0.0.1:{}", local(goal), site.goal_port(goal));
            command.args(["-L", &forward]);
        }
    }
    command.args(["-p", &site.through.port.to_string(), &site.outer().ip().to_string()]);
    let mut program = Program::start("ssh", &mut command, lab.log("ssh"))?;
    let port = site.local_port(Goal::Pool);
    program.ready(&lab.clock, |_| lab.inside.listens(port, true))?;
    Ok(program)
}
