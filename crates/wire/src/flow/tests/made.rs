//! Packets and connections made by hand.

use crate::packet::TcpHeader;

pub(super) const SYN: u8 = TcpHeader::SYN;
pub(super) const ACK: u8 = TcpHeader::ACK;
pub(super) const FIN: u8 = TcpHeader::FIN;

pub(super) const SUBSCRIBE: &str =
    "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"cgminer/4.10.0\"]}\n";
pub(super) const SUBSCRIBED: &str =
    "{\"id\":1,\"result\":[[[\"mining.notify\",\"ae68\"]],\"f8002c90\",4],\"error\":null}\n";
pub(super) const AUTHORIZE: &str =
    "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"account.worker\",\"x\"]}\n";
pub(super) const AUTHORIZED: &str = "{\"id\":2,\"result\":true,\"error\":null}\n";
pub(super) const SUBMIT: &str = "{\"id\":4,\"method\":\"mining.submit\",\"params\":[\"account.worker\",\"b3\",\"00000001\",\"504e86ed\",\"b2957c02\"]}\n";
pub(super) const ACCEPTED: &str = "{\"id\":4,\"result\":true,\"error\":null}\n";

pub(super) fn notify() -> String {
    let zeros = "0".repeat(64);
    format!(
        "{{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[512]}}\n{{\"id\":null,\
         \"method\":\"mining.notify\",\"params\":[\"b3\",\"{zeros}\",\"0100000001\",\"ffffffff\",\
         [],\"20000000\",\"1a0ffff0\",\"504e86b9\",true]}}\n"
    )
}

/// A raw IPv4 packet between 10.0.0.1:`ports.0` and 10.0.0.2:`ports.1`, or the other way.
pub(super) fn ip(up: bool, ports: (u16, u16), protocol: u8, rest: &[u8]) -> Vec<u8> {
    let (source, target) =
        if up { ([10, 0, 0, 1], [10, 0, 0, 2]) } else { ([10, 0, 0, 2], [10, 0, 0, 1]) };
    let (from, to) = if up { ports } else { (ports.1, ports.0) };
    let [l0, l1] = u16::try_from(24 + rest.len()).unwrap().to_be_bytes();
    let mut bytes = vec![0x45, 0, l0, l1, 0, 0, 0, 0, 64, protocol, 0, 0];
    bytes.extend(source.iter().chain(&target));
    bytes.extend(from.to_be_bytes().iter().chain(&to.to_be_bytes()));
    bytes.extend(rest);
    bytes
}

pub(super) fn tcp(up: bool, port: u16, numbers: (u32, u32), flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut rest = Vec::new();
    rest.extend(numbers.0.to_be_bytes().iter().chain(&numbers.1.to_be_bytes()));
    rest.extend([0x50, flags, 1, 0, 0, 0, 0, 0].iter().chain(payload));
    ip(up, (port, 3333), 6, &rest)
}

pub(super) fn udp(up: bool, ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    let [l0, l1] = u16::try_from(8 + payload.len()).unwrap().to_be_bytes();
    ip(up, ports, 17, &[&[l0, l1, 0, 0], payload].concat())
}

/// A connection of which each side's sequence numbers are kept.
pub(super) struct Talk {
    pub(super) port: u16,
    pub(super) next: [u32; 2],
    pub(super) frames: Vec<Vec<u8>>,
}

impl Talk {
    pub(super) fn midway(port: u16, isn: u32) -> Self {
        Self {
            port,
            next: [isn.wrapping_add(1), isn.wrapping_mul(3).wrapping_add(1)],
            frames: Vec::new(),
        }
    }

    pub(super) fn opened(port: u16, isn: u32) -> Self {
        let mut talk = Self::midway(port, isn);
        let [up, down] = talk.next;
        talk.frames.push(tcp(true, port, (up.wrapping_sub(1), 0), SYN, b""));
        talk.frames.push(tcp(false, port, (down.wrapping_sub(1), up), SYN | ACK, b""));
        talk
    }

    pub(super) fn say(mut self, up: bool, text: impl AsRef<[u8]>) -> Self {
        let text = text.as_ref();
        let (this, other) = if up { (0, 1) } else { (1, 0) };
        let numbers = (self.next[this], self.next[other]);
        self.frames.push(tcp(up, self.port, numbers, ACK, text));
        self.next[this] = numbers.0.wrapping_add(u32::try_from(text.len()).unwrap());
        self
    }

    pub(super) fn close(mut self) -> Self {
        for up in [true, false] {
            let numbers =
                if up { (self.next[0], self.next[1]) } else { (self.next[1], self.next[0] + 1) };
            self.frames.push(tcp(up, self.port, numbers, FIN | ACK, b""));
        }
        self
    }

    /// A whole mining session.
    pub(super) fn mining(self) -> Self {
        self.say(true, SUBSCRIBE)
            .say(false, SUBSCRIBED)
            .say(true, AUTHORIZE)
            .say(false, AUTHORIZED)
            .say(false, notify())
            .say(true, SUBMIT)
            .say(false, ACCEPTED)
    }
}

/// A TLS hello that names `pool.example`.
pub(super) fn hello() -> Vec<u8> {
    let name = b"pool.example";
    let mut body = vec![3, 3];
    body.extend([0; 32]);
    body.extend([0, 0, 2, 0x13, 1, 1, 0, 0, 21, 0, 0, 0, 17, 0, 15, 0, 0, 12]);
    body.extend(name);
    let length = u8::try_from(body.len()).unwrap();
    [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length], body.as_slice()].concat()
}
