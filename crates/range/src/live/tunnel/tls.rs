//! TLS by OpenSSL: stunnel before the pool; stunnel, `openssl s_client` or a browser at the other end.

use super::certificate::Certificate;
use super::{Entry, Goal, Site, Standing, own, relayed};
use crate::carrier::TlsVersion;
use crate::live::Lab;
use crate::live::endpoint::Pipe;
use crate::live::process::{Program, secret};
use crate::live::trouble::Trouble;
use crate::rng::Rng;

/// What opens connections.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    /// One `openssl s_client` for each.
    SClient,
    /// stunnel for all.
    Stunnel,
    /// A browser, which is no matter of this.
    Browser,
}

pub(super) fn stand(
    lab: &Lab,
    site: &Site,
    near: Near,
    rng: &mut Rng,
) -> Result<Standing, Trouble> {
    let certificate = Certificate::make(lab, site, "server")?;
    let (port, goal) = (site.server_port(), site.goal_port(Goal::Pool));
    let settings = format!(
        "cert = {}\nkey = {}\n{}[far]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{goal}\n",
        certificate.file.display(),
        certificate.key.display(),
        if near == Near::Browser { String::new() } else { only(site.through.tls) },
    );
    let mut programs = vec![stunnel(lab, site, "far", &settings, port)?];
    let guests = relayed(lab, site, own(port), rng)?;
    if near == Near::Stunnel {
        let port = site.local_port(Goal::Pool);
        let name = site.server_name().map(|it| format!("sni = {it}\n")).unwrap_or_default();
        let settings = format!(
            "client = yes\n{}[near]\n{name}accept = 127.0.0.1:{port}\nconnect = {}\n",
            only(site.through.tls),
            site.outer(),
        );
        programs.push(stunnel(lab, site, "near", &settings, port)?);
    }
    let entry = if near == Near::Stunnel { Entry::Ports } else { Entry::SClient };
    Ok(Standing::new(entry, programs, guests))
}

fn only(version: TlsVersion) -> String {
    format!("sslVersion = TLSv{}\n", version.name())
}

fn stunnel(
    lab: &Lab,
    site: &Site,
    end: &str,
    settings: &str,
    port: u16,
) -> Result<Program, Trouble> {
    let file = site.file(lab, &format!("{end}.stunnel"));
    secret(&file, &format!("foreground = yes\nsyslog = no\npid =\ndebug = err\n{settings}"))?;
    let namespace = if end == "far" { &lab.outside } else { &lab.inside };
    let mut command = namespace.command("stunnel")?;
    command.arg(&file);
    let mut program = Program::start("stunnel", &mut command, lab.log("stunnel"))?;
    program.ready(&lab.clock, |_| namespace.listens(port, true))?;
    Ok(program)
}

/// One connection through `openssl s_client`.
pub(super) fn client(lab: &Lab, site: &Site) -> Result<Pipe, Trouble> {
    let mut command = lab.inside.command("openssl")?;
    let version = match site.through.tls {
        TlsVersion::V12 => "-tls1_2",
        TlsVersion::V13 => "-tls1_3",
    };
    command.args(["s_client", "-quiet", version, "-connect", &site.outer().to_string()]);
    match site.server_name() {
        Some(name) => command.args(["-servername", name]),
        None => command.arg("-noservername"),
    };
    let (program, read, write) = Program::talk("openssl", &mut command, lab.log("s_client"))?;
    Ok(Pipe::program(program, read, write))
}
