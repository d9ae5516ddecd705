//! `WireGuard` by wireguard-go, since a kernel may lack it.

use std::path::PathBuf;
use std::process;

use super::{Entry, Site, Standing, own, relayed_datagrams};
use crate::live::Lab;
use crate::live::namespace::Namespace;
use crate::live::process::{Program, output, secret};
use crate::live::relay::Guests;
use crate::live::trouble::Trouble;
use crate::rng::Rng;

/// Where wireguard-go is spoken to: the same place for all namespaces.
const SOCKETS: &str = "/var/run/wireguard";

pub(super) fn stand(lab: &Lab, site: &Site, rng: &mut Rng) -> Result<Standing, Trouble> {
    let keys = [output("wg", &["genkey"], "")?, output("wg", &["genkey"], "")?];
    let [far_key, near_key] = &keys;
    let public = |key: &str| output("wg", &["pubkey"], key);
    let port = site.server_port();
    let far = format!(
        "[Interface]\nPrivateKey = {far_key}\nListenPort = {port}\n[Peer]\nPublicKey = {}\n\
         AllowedIPs = {}/32\n",
        public(near_key)?,
        site.inner(2),
    );
    let alive = if site.through.keepalive.is_finite() { site.through.keepalive } else { 0.0 };
    let near = format!(
        "[Interface]\nPrivateKey = {near_key}\n[Peer]\nPublicKey = {}\nAllowedIPs = {}/32\n\
         Endpoint = {}\nPersistentKeepalive = {alive:.0}\n",
        public(far_key)?,
        site.inner(1),
        site.outer(),
    );
    let far = end(lab, site, &lab.outside, 1, &far)?;
    relayed_datagrams(lab, site, own(port), rng)?;
    let near = end(lab, site, &lab.inside, 2, &near)?;
    let standing = Standing::new(Entry::Direct, vec![near, far], Guests::default());
    let address = site.inner(1).into();
    Ok(Standing { goal: address, asked: address, ..standing })
}

/// One end with its device.
fn end(
    lab: &Lab,
    site: &Site,
    namespace: &Namespace,
    number: u8,
    settings: &str,
) -> Result<Program, Trouble> {
    // its socket lies where those of all processes lie
    let device = format!("wg{}x{}{number}", process::id(), site.number);
    let file = site.file(lab, &format!("wg{number}"));
    secret(&file, settings)?;
    let mut command = namespace.command("wireguard-go")?;
    command.args(["--foreground", &device]);
    let mut program = Program::start("wireguard-go", &mut command, lab.log("wireguard-go"))?;
    let socket = PathBuf::from(SOCKETS).join(format!("{device}.sock"));
    program.ready(&lab.clock, |_| socket.exists())?;
    output("wg", &["setconf", &device, &file.to_string_lossy()], "")?;
    let own = format!("{}/24", site.inner(number));
    namespace.ip(&["address", "add", &own, "dev", &device])?;
    namespace.ip(&["link", "set", "dev", &device, "mtu", "1420", "up"])?;
    Ok(program)
}
