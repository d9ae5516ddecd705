//! shadowsocks-libev with an AEAD cipher.

use super::{Entry, Goal, Site, Standing, own, relayed};
use crate::live::Lab;
use crate::live::process::{Program, secret};
use crate::live::trouble::Trouble;
use crate::rng::Rng;

pub(super) fn stand(lab: &Lab, site: &Site, rng: &mut Rng) -> Result<Standing, Trouble> {
    let password = rng.token(24);
    let settings = |server: &str, port: u16| {
        format!(
            "{{\"server\":\"{server}\",\"server_port\":{port},\"local_address\":\"127.0.0.1\",\
             \"local_port\":{},\"password\":\"{password}\",\"method\":\"chacha20-ietf-poly1305\",\
             \"timeout\":86400}}\n",
            site.local_port(Goal::Pool),
        )
    };
    let port = site.server_port();
    let file = site.file(lab, "ss-server.json");
    secret(&file, &settings("127.0.0.1", port))?;
    let mut command = lab.outside.command("ss-server")?;
    command.arg("-c").arg(file);
    let mut far = Program::start("ss-server", &mut command, lab.log("ss-server"))?;
    far.ready(&lab.clock, |_| lab.outside.listens(port, true))?;
    let guests = relayed(lab, site, own(port), rng)?;

    let file = site.file(lab, "ss-local.json");
    secret(&file, &settings(&site.outer().ip().to_string(), site.through.port))?;
    let mut command = lab.inside.command("ss-local")?;
    command.arg("-c").arg(file);
    let mut near = Program::start("ss-local", &mut command, lab.log("ss-local"))?;
    near.ready(&lab.clock, |_| lab.inside.listens(site.local_port(Goal::Pool), true))?;
    Ok(Standing::new(Entry::Socks, vec![near, far], guests))
}
