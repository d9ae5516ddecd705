//! Objects of JSON: flat paths such as `dns.query[0].rrname`, found in one pass without a tree.

use memchr::memchr2;

use super::Found;
use crate::Refusal;
use crate::fill::{Filling, Raw};
use crate::grammar::{Form, Keys};
use crate::unescape::Escape;

/// Deeper nesting is no log line.
const MAX_DEPTH: u32 = 32;

/// The paths that mean something, as a tree.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// The first node is the root.
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    /// Names of members to nodes.
    members: Keys,
    /// The node of elements: of the first, or of all.
    first: Option<u16>,
    each: Option<u16>,
    field: Option<u16>,
}

impl Paths {
    /// Compiles paths, each with the number of its field. A dot within a name is written `\.`,
    /// any element of an array `[*]`.
    ///
    /// # Errors
    ///
    /// What is wrong with a path.
    pub(crate) fn new(paths: &[(String, u16)]) -> Result<Self, String> {
        let mut growing: Vec<(Vec<(String, u16)>, Node)> = vec![Default::default()];
        for (path, field) in paths {
            let mut at = 0_u16;
            for step in steps(path)? {
                let next = u16::try_from(growing.len()).map_err(|_| "too many paths".to_owned())?;
                let Some((members, node)) = growing.get_mut(usize::from(at)) else { break };
                let known = match step.as_str() {
                    "[0]" => *node.first.get_or_insert(next),
                    "[*]" => *node.each.get_or_insert(next),
                    name => {
                        let known = members.iter().find(|(known, _)| known == name);
                        let known = known.map(|(_, number)| *number);
                        if known.is_none() {
                            members.push((name.to_owned(), next));
                        }
                        known.unwrap_or(next)
                    }
                };
                if known == next {
                    growing.push(Default::default());
                }
                at = known;
            }
            if let Some((_, node)) = growing.get_mut(usize::from(at)) {
                node.field = Some(*field);
            }
        }
        let nodes = growing.into_iter().map(|(members, node)| Node {
            members: Keys::new(
                members.into_iter().map(|(name, number)| (name.into_bytes(), number)),
            ),
            ..node
        });
        Ok(Self { nodes: nodes.collect() })
    }

    pub(crate) fn read<'l>(&self, line: &'l [u8], form: &Form, filling: &mut Filling<'l>) -> Found {
        let mut scan = Scan { paths: self, form, rest: line.trim_ascii_start() };
        if scan.rest.first() != Some(&b'{') {
            return Err(Refusal::Shape);
        }
        scan.value(self.nodes.first(), 0, filling)
    }
}

fn steps(path: &str) -> Result<Vec<String>, String> {
    let mut steps = vec![String::new()];
    let mut chars = path.chars();
    while let Some(it) = chars.next() {
        match it {
            '\\' => {
                if let Some(last) = steps.last_mut() {
                    last.extend(chars.next());
                }
            }
            '.' => steps.push(String::new()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|it| *it != ']').collect();
                if inner != "0" && inner != "*" {
                    return Err(format!("the path `{path}` may index with [0] or [*] only"));
                }
                steps.push(format!("[{inner}]"));
            }
            other => {
                if let Some(last) = steps.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    if steps.iter().any(String::is_empty) {
        return Err(format!("the path `{path}` has an empty step"));
    }
    Ok(steps)
}

struct Scan<'s, 'l> {
    paths: &'s Paths,
    form: &'s Form,
    rest: &'l [u8],
}

impl<'s, 'l> Scan<'s, 'l> {
    fn value(&mut self, node: Option<&'s Node>, depth: u32, filling: &mut Filling<'l>) -> Found {
        if depth > MAX_DEPTH {
            return Err(Refusal::Shape);
        }
        match self.peek()? {
            b'{' => self.object(node, depth, filling),
            b'[' => self.array(node, depth, filling),
            b'"' => {
                let raw = self.string()?;
                self.leaf(node, raw, filling);
                Ok(())
            }
            _ => {
                let end = self
                    .rest
                    .iter()
                    .position(|it| matches!(it, b',' | b'}' | b']') || it.is_ascii_whitespace());
                let (word, after) =
                    self.rest.split_at_checked(end.ok_or(Refusal::CutOff)?).unwrap_or_default();
                self.rest = after;
                match word {
                    b"null" => {}
                    b"true" | b"false" | [b'-' | b'0'..=b'9', ..] => {
                        self.leaf(node, Raw::plain(word), filling);
                    }
                    _ => return Err(Refusal::Shape),
                }
                Ok(())
            }
        }
    }

    fn leaf(&self, node: Option<&Node>, raw: Raw<'l>, filling: &mut Filling<'l>) {
        if let Some(field) = node.and_then(|it| it.field) {
            filling.take(self.form, field, raw);
        }
    }

    fn object(&mut self, node: Option<&'s Node>, depth: u32, filling: &mut Filling<'l>) -> Found {
        let Some(node) = node.filter(|it| !it.members.is_empty()) else {
            return self.skip();
        };
        self.step();
        if self.peek()? == b'}' {
            self.step();
            return Ok(());
        }
        loop {
            if self.peek()? != b'"' {
                return Err(Refusal::Shape);
            }
            let key = self.string()?;
            if self.peek()? != b':' {
                return Err(Refusal::Shape);
            }
            self.step();
            let child = node.members.get(key.bytes);
            let child = child.and_then(|it| self.paths.nodes.get(usize::from(it)));
            self.value(child, depth + 1, filling)?;
            match self.peek()? {
                b',' => self.step(),
                b'}' => break,
                _ => return Err(Refusal::Shape),
            }
        }
        self.step();
        Ok(())
    }

    fn array(&mut self, node: Option<&'s Node>, depth: u32, filling: &mut Filling<'l>) -> Found {
        let Some(node) = node.filter(|it| it.first.is_some() || it.each.is_some()) else {
            return self.skip();
        };
        self.step();
        if self.peek()? == b']' {
            self.step();
            return Ok(());
        }
        let mut first = node.first.or(node.each);
        loop {
            let child = first.or(node.each).and_then(|it| self.paths.nodes.get(usize::from(it)));
            first = None;
            self.value(child, depth + 1, filling)?;
            match self.peek()? {
                b',' => self.step(),
                b']' => break,
                _ => return Err(Refusal::Shape),
            }
        }
        self.step();
        Ok(())
    }

    fn step(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn peek(&mut self) -> Result<u8, Refusal> {
        if self.rest.first().is_some_and(u8::is_ascii_whitespace) {
            self.rest = self.rest.trim_ascii_start();
        }
        self.rest.first().copied().ok_or(Refusal::CutOff)
    }

    /// Takes a string, its quote being the next byte.
    fn string(&mut self) -> Result<Raw<'l>, Refusal> {
        let inner = self.rest.get(1..).unwrap_or_default();
        let mut escape = Escape::None;
        let mut at = 0;
        loop {
            let tail = inner.get(at..).unwrap_or_default();
            at += memchr2(b'"', b'\\', tail).ok_or(Refusal::CutOff)?;
            if inner.get(at) == Some(&b'"') {
                break;
            }
            escape = Escape::Json;
            at += 2;
        }
        let (bytes, after) = inner.split_at_checked(at).unwrap_or_default();
        self.rest = after.get(1..).unwrap_or_default();
        Ok(Raw { bytes, escape })
    }

    /// Skips an object or array that means nothing.
    fn skip(&mut self) -> Found {
        let mut open = 0_u32;
        loop {
            let at = self.rest.iter().position(|it| matches!(it, b'"' | b'{' | b'}' | b'[' | b']'));
            self.rest = self.rest.get(at.ok_or(Refusal::CutOff)?..).unwrap_or_default();
            match self.rest.first() {
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b'{' | b'[') => open += 1,
                _ => open = open.saturating_sub(1),
            }
            self.step();
            if open == 0 {
                return Ok(());
            }
        }
    }
}
