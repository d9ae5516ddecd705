//! Names in other dress: within addresses of the web, and label by label as Windows counts them.

use crate::number;

/// The longest name of the domain name system, written out.
const MAX_NAME: usize = 255;

/// The host of `https://user@host:port/path`, `host:port/path`, `[address]:port`, and its port.
pub(crate) fn host_of(url: &[u8]) -> (&[u8], Option<u16>) {
    let scheme = memchr::memmem::find(url.get(..url.len().min(16)).unwrap_or(url), b"://");
    let rest = scheme.and_then(|at| url.get(at + 3..)).unwrap_or(url);
    let end = rest.iter().position(|it| matches!(it, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or(rest);
    let host = authority.rsplit(|it| *it == b'@').next().unwrap_or(authority);
    if let Some(inner) = host.strip_prefix(b"[")
        && let Some(close) = inner.iter().position(|it| *it == b']')
    {
        let after = inner.get(close + 1..).and_then(|it| it.strip_prefix(b":"));
        return (inner.get(..close).unwrap_or(inner), after.and_then(number::port));
    }
    let mut parts = host.splitn(2, |it| *it == b':');
    let name = parts.next().unwrap_or(host);
    match parts.next() {
        // More colons: an address of version 6 without brackets.
        Some(port) if port.contains(&b':') => (host, None),
        Some(port) => (name, number::port(port)),
        None => (host, None),
    }
}

/// The name of `(3)www(7)example(3)com(0)`.
pub(crate) fn counted(bytes: &[u8]) -> Option<String> {
    let mut name = String::new();
    let mut rest = bytes;
    while let Some(inner) = rest.strip_prefix(b"(") {
        let close = inner.iter().position(|it| *it == b')')?;
        let count = usize::try_from(number::whole(inner.get(..close)?)?).ok()?;
        let (label, after) = inner.get(close + 1..)?.split_at_checked(count)?;
        if count == 0 {
            return Some(name);
        }
        if name.len() + count > MAX_NAME {
            return None;
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(std::str::from_utf8(label).ok()?);
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses_of_the_web() {
        let host = |url: &str| {
            let (host, port) = host_of(url.as_bytes());
            (String::from_utf8(host.to_vec()).unwrap(), port)
        };
        assert_eq!(host("http://www.example.com/a?b=c"), ("www.example.com".to_owned(), None));
        assert_eq!(host("pool.example.com:3333"), ("pool.example.com".to_owned(), Some(3333)));
        assert_eq!(host("https://u@[2001:db8::1]:8443/"), ("2001:db8::1".to_owned(), Some(8443)));
        assert_eq!(host("2001:db8::1"), ("2001:db8::1".to_owned(), None));
        assert_eq!(host(""), (String::new(), None));
    }

    #[test]
    fn counted_names_are_joined() {
        assert_eq!(counted(b"(4)pool(7)example(3)com(0)").as_deref(), Some("pool.example.com"));
        assert_eq!(counted(b"(0)").as_deref(), Some(""));
        for bad in ["(9)pool(0)", "(4)pool", "pool", "(x)pool(0)", ""] {
            assert_eq!(counted(bad.as_bytes()), None, "{bad}");
        }
    }
}
