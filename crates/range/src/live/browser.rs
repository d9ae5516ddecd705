//! Chromium at local pages over TLS: a small web server and a browser without a screen.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use super::Lab;
use super::clock::{Clock, GLANCE};
use super::process::Program;
use super::relay::{accept, is_pause};
use super::trouble::Trouble;
use super::tunnel::Site;
use crate::rng::Rng;

/// No request line or header is longer.
const LONGEST_LINE: usize = 8_192;

/// What pages do: they ask for pictures, ask again and again for news, and go on to other pages.
const PAGE: &str = r#"<!doctype html><title>page</title><h1>local page</h1><script>
for (let i = 0; i < 6; i++) { const p = new Image(); p.src = "/picture/" + Math.random(); }
setInterval(() => fetch("/news/" + Math.random()), 4000 + Math.random() * 4000);
setTimeout(() => { location = "/page/" + Math.random(); }, 8000 + Math.random() * 20000);
</script>
"#;

/// Starts a browser that stays until it is dropped.
pub(super) fn browse(lab: &Lab, site: &Site) -> Result<Program, Trouble> {
    let mut command = lab.inside.command("chromium")?;
    let profile = lab.folder().join(format!("{}-profile", site.number));
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"]);
    command.args(["--no-first-run", "--disable-dev-shm-usage", "--remote-debugging-port=0"]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.env("HOME", lab.folder()).arg(format!("https://{}/page/0", site.outer()));
    Program::start("chromium", &mut command, lab.log("chromium"))
}

/// Serves pages until the run is over; each connection has a thread.
pub(super) fn serve(listener: &TcpListener, clock: &Arc<Clock>, rng: &mut Rng) {
    while let Some((stream, _)) = accept(listener, clock) {
        let (clock, mut rng) = (clock.clone(), rng.fork("connection"));
        // whoever asks may leave at any time
        thread::spawn(move || answer(stream, &clock, &mut rng));
    }
}

fn answer(stream: TcpStream, clock: &Clock, rng: &mut Rng) -> io::Result<()> {
    stream.set_read_timeout(Some(GLANCE))?;
    let (mut out, mut lines) = (stream.try_clone()?, BufReader::new(stream));
    while let Some(request) = line(&mut lines, clock)? {
        while line(&mut lines, clock)?.is_some_and(|it| !it.is_empty()) {}
        let path = request.split(' ').nth(1).unwrap_or_default();
        let (kind, body) = match path.split('/').nth(1) {
            Some("page") => ("text/html", PAGE.as_bytes().to_vec()),
            Some("picture") => ("image/png", picture(rng, 60_000)),
            Some("news") => ("application/json", picture(rng, 900)),
            _ => ("text/plain", Vec::new()),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        out.write_all(head.as_bytes())?;
        out.write_all(&body)?;
    }
    Ok(())
}

/// Bytes that stand for a picture.
fn picture(rng: &mut Rng, most: u64) -> Vec<u8> {
    let length = most / 10 + rng.below(most);
    rng.bytes(usize::try_from(length).unwrap_or(0))
}

/// A line without its end; `None` when there is none any more.
fn line(from: &mut BufReader<TcpStream>, clock: &Clock) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    while !clock.over() && bytes.len() < LONGEST_LINE {
        match from.read_until(b'\n', &mut bytes) {
            Ok(_) if bytes.ends_with(b"\n") => {
                return Ok(Some(String::from_utf8_lossy(&bytes).trim_end().to_owned()));
            }
            Ok(_) => return Ok(None),
            Err(error) if is_pause(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn one_connection_asks_for_several_things() {
        let clock = Arc::new(Clock::new(Arc::default()));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (shared, mut rng) = (clock.clone(), Rng::new(1));
        let server = thread::spawn(move || serve(&listener, &shared, &mut rng));
        near.write_all(b"GET /page/1 HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\n\r\n")
            .unwrap();
        near.shutdown(std::net::Shutdown::Write).unwrap();
        let mut said = String::new();
        near.read_to_string(&mut said).unwrap();
        assert_eq!(said.matches("HTTP/1.1 200 OK").count(), 2, "{said}");
        assert!(said.contains("local page"));
        clock.end();
        server.join().unwrap();
    }
}
