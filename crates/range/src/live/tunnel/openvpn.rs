//! `OpenVPN` from one machine to another: with certificates and tls-crypt, or with a static key.

use std::net::Ipv4Addr;
use std::process::Command;

use super::certificate::Certificate;
use super::{Entry, Site, Standing, own, relayed, relayed_datagrams};
use crate::live::Lab;
use crate::live::process::{Program, output};
use crate::live::relay::Guests;
use crate::live::trouble::Trouble;
use crate::rng::Rng;
use crate::scenario_file::Software;

/// From version 2.7 on a static key needs this beside it; those before refuse the word.
const LEAVE: &str = "--allow-deprecated-insecure-static-crypto";

fn wants_leave() -> Result<bool, Trouble> {
    let said = output("openvpn", &["--version"], "")?;
    let version = said.split_whitespace().nth(1).unwrap_or_default();
    let mut numbers = version.split('.').map(|it| it.parse::<u32>().unwrap_or(0));
    Ok((numbers.next(), numbers.next()) >= (Some(2), Some(7)))
}

pub(super) fn stand(lab: &Lab, site: &Site, rng: &mut Rng) -> Result<Standing, Trouble> {
    let software = site.through.software;
    let key = site.file(lab, "openvpn.key");
    let kind = if software == Software::OpenVpnStatic { "secret" } else { "tls-crypt" };
    output("openvpn", &["--genkey", kind, &key.to_string_lossy()], "")?;
    let certificates = match software {
        Software::OpenVpnStatic => None,
        _ => Some([Certificate::make(lab, site, "far")?, Certificate::make(lab, site, "near")?]),
    };
    let tcp = software == Software::OpenVpnTcp;
    let port = site.server_port();
    let mut far = lab.outside.command("openvpn")?;
    far.args(["--local", "127.0.0.1", "--port", &port.to_string()]);
    far.args(["--proto", if tcp { "tcp4-server" } else { "udp4" }]);
    settings(&mut far, lab, site, certificates.as_ref(), true)?;
    let mut far = Program::start("openvpn", &mut far, lab.log("openvpn"))?;
    far.ready(&lab.clock, |_| lab.outside.listens(port, tcp))?;
    let guests = if tcp {
        relayed(lab, site, own(port), rng)?
    } else {
        relayed_datagrams(lab, site, own(port), rng)?;
        Guests::default()
    };
    let mut near = lab.inside.command("openvpn")?;
    let (address, port) = (site.outer().ip().to_string(), site.through.port.to_string());
    near.args(["--nobind", "--remote", &address, &port]);
    near.args(["--proto", if tcp { "tcp4-client" } else { "udp4" }]);
    settings(&mut near, lab, site, certificates.as_ref(), false)?;
    let mut near = Program::start("openvpn", &mut near, lab.log("openvpn"))?;
    near.ready(&lab.clock, |it| it.said("Initialization Sequence Completed"))?;
    let address = site.inner(1).into();
    let standing = Standing::new(Entry::Direct, vec![near, far], guests);
    Ok(Standing { goal: address, asked: address, ..standing })
}

/// What both ends are told, each with the other's fingerprint.
fn settings(
    command: &mut Command,
    lab: &Lab,
    site: &Site,
    certificates: Option<&[Certificate; 2]>,
    is_far: bool,
) -> Result<(), Trouble> {
    let (own, other): (Ipv4Addr, Ipv4Addr) =
        if is_far { (site.inner(1), site.inner(2)) } else { (site.inner(2), site.inner(1)) };
    command.args(["--dev", &format!("tun{}", site.number), "--dev-type", "tun", "--verb", "3"]);
    command.args(["--ifconfig", &own.to_string(), &other.to_string()]);
    if site.through.keepalive.is_finite() {
        let every = site.through.keepalive;
        command.args(["--ping", &format!("{every:.0}")]);
        command.args(["--ping-restart", &format!("{:.0}", every * 6.0)]);
    }
    let key = site.file(lab, "openvpn.key");
    let Some([far, near]) = certificates else {
        command.arg("--secret").arg(key).args(["--cipher", "AES-256-CBC", "--auth", "SHA256"]);
        if wants_leave()? {
            command.arg(LEAVE);
        }
        return Ok(());
    };
    let (mine, theirs) = if is_far { (far, near) } else { (near, far) };
    command.arg("--tls-crypt").arg(key);
    command.arg("--cert").arg(&mine.file).arg("--key").arg(&mine.key);
    command.args(["--peer-fingerprint", &theirs.fingerprint()?]);
    command.args(["--data-ciphers", "AES-256-GCM"]);
    if is_far {
        command.args(["--tls-server", "--dh", "none"]);
    } else {
        command.arg("--tls-client");
    }
    Ok(())
}
