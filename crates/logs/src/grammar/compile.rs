//! From a grammar's file to what reads lines.

use std::collections::BTreeMap;

use memchr::memmem::Finder;

use super::schema::{ColumnsFile, FormFile, GrammarFile, JoinFile, PairsFile, SetFile};
use super::{Field, Form, Grammar, Keys, Numbers, Quiet, Set, Shape, Target, Value};
use crate::engine::columns::{Columns, plain_name};
use crate::engine::json::Paths;
use crate::engine::pairs::Pairs;
use crate::engine::stanza::Joining;
use crate::engine::template::Template;
use crate::{Action, Kind, Phase};

type Fallible<T> = Result<T, String>;

const KINDS: [(&str, Kind); 10] = [
    ("session", Kind::Session),
    ("translation", Kind::Translation),
    ("port_block", Kind::PortBlock),
    ("query", Kind::Query),
    ("request", Kind::Request),
    ("lease", Kind::Lease),
    ("login", Kind::Login),
    ("neighbour", Kind::Neighbour),
    ("attachment", Kind::Attachment),
    ("alert", Kind::Alert),
];
const PHASES: [(&str, Phase); 5] = [
    ("whole", Phase::Whole),
    ("start", Phase::Start),
    ("interim", Phase::Interim),
    ("stop", Phase::Stop),
    ("seen", Phase::Seen),
];
const ACTIONS: [(&str, Action); 2] = [("allowed", Action::Allowed), ("denied", Action::Denied)];

/// Compiles a grammar.
///
/// # Errors
///
/// What is wrong, in a sentence that begins with the key and says what is allowed.
pub(crate) fn compile(file: &GrammarFile) -> Fallible<Grammar> {
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    if file.id.is_empty() || !file.id.chars().all(plain) {
        return Err(format!("id: `{}` may hold lower-case letters, digits and hyphens", file.id));
    }
    if file.forms.is_empty() {
        return Err("form: a grammar has at least one [[form]]".to_owned());
    }
    let within = |place: usize, problem: String| format!("form {}: {problem}", place + 1);
    let forms = file.forms.iter().enumerate();
    let forms = forms.map(|(place, it)| form(it).map_err(|problem| within(place, problem)));
    let mut carried =
        Names::new(&BTreeMap::new(), &BTreeMap::new()).map_err(|it| format!("carry: {it}"))?;
    let carry = file.carry.iter().map(|it| Template::compile(it, |name| carried.number(name)));
    let carry = carry.collect::<Fallible<_>>().map_err(|it| format!("carry: {it}"))?;
    Ok(Grammar {
        id: file.id.clone(),
        title: file.title.clone(),
        source: file.source.clone(),
        verified: file.verified,
        zone_s: file.zone.as_deref().map(zone).transpose()?,
        syslog: file.syslog,
        programs: file.programs.iter().map(|it| it.clone().into_bytes()).collect(),
        quiet: file.quiet.iter().map(|it| quiet(it)).collect(),
        joining: file.join.as_ref().map(joining),
        carry,
        carried: Form {
            shape: Shape::Templates(Vec::new()),
            marks: Vec::new(),
            first: Set::default(),
            fields: carried.fields,
            need: Vec::new(),
            need_phase: false,
            gone: Vec::new(),
        },
        forms: forms.collect::<Fallible<_>>()?,
        by_header: file
            .forms
            .iter()
            .any(|it| it.columns.as_ref().is_some_and(|it| it.names.is_empty())),
    })
}

fn zone(text: &str) -> Fallible<i32> {
    let mut rest = text.as_bytes();
    let parsed = crate::time::zone(&mut rest).filter(|_| rest.is_empty());
    parsed
        .ok_or_else(|| format!("zone: `{text}` is none; write `UTC` or an offset such as `+08:00`"))
}

fn quiet(text: &str) -> Quiet {
    match text.strip_prefix('*') {
        Some(text) => Quiet::Holds(Box::new(Finder::new(text.as_bytes()).into_owned())),
        None => Quiet::Begins(text.as_bytes().to_vec()),
    }
}

fn joining(file: &JoinFile) -> Joining {
    Joining {
        begin: file.begin.clone().into_bytes(),
        end: file.end.clone().map(String::into_bytes),
        outside: file.outside,
    }
}

fn form(file: &FormFile) -> Fallible<Form> {
    let mut names = Names::new(&file.fields, &file.values)?;
    let (phase, need): (Vec<_>, Vec<_>) = file.need.iter().partition(|it| *it == "phase");
    let need = need.into_iter().map(|it| Target::compile(it)).collect::<Fallible<Vec<_>>>();
    let need = need.map_err(|it| format!("need: {it}"))?;
    let shape = shape(file, &mut names, &need)?;
    Ok(Form {
        shape,
        marks: file.marks.iter().map(|it| Finder::new(it.as_bytes()).into_owned()).collect(),
        first: set(&SetFile {
            kind: file.kind.clone(),
            phase: file.phase.clone(),
            action: file.action.clone(),
            proto: file.proto,
            ..SetFile::default()
        })?,
        fields: names.fields,
        need,
        need_phase: !phase.is_empty(),
        gone: file.gone.iter().map(|it| it.clone().into_bytes()).collect(),
    })
}

fn shape(file: &FormFile, names: &mut Names, need: &[Target]) -> Fallible<Shape> {
    match (&file.pairs, &file.columns, file.templates.as_slice(), file.json) {
        (Some(it), None, [], false) => pairs(it, names).map(Shape::Pairs),
        (None, Some(it), [], false) => columns(it, names, need).map(Shape::Columns),
        (None, None, [_, ..], false) => {
            let templates = file.templates.iter();
            let templates = templates.map(|it| Template::compile(it, |name| names.number(name)));
            let templates: Fallible<_> = templates.collect();
            templates.map(Shape::Templates).map_err(|it| format!("templates: {it}"))
        }
        (None, None, [], true) => {
            let paths: Vec<(String, u16)> = names.numbers.clone().into_iter().collect();
            Paths::new(&paths).map(Shape::Json).map_err(|it| format!("fields: {it}"))
        }
        _ => {
            Err("write exactly one of `pairs`, `columns`, `templates` and `json = true`".to_owned())
        }
    }
}

fn pairs(file: &PairsFile, names: &Names) -> Fallible<Pairs> {
    if file.assign.is_empty() {
        return Err("pairs.assign: may not be empty".to_owned());
    }
    let keys = names.numbers.iter().filter(|(name, _)| !name.is_empty());
    Ok(Pairs {
        separator: separator("pairs.separator", &file.separator)?,
        assign: file.assign.clone().into_bytes(),
        numbered: file.numbered,
        after: finder(&file.after),
        keys: Keys::new(keys.map(|(name, number)| (name.clone().into_bytes(), *number))),
        head: names.numbers.get("").copied(),
    })
}

fn columns(file: &ColumnsFile, names: &mut Names, need: &[Target]) -> Fallible<Columns> {
    let by_header = file.names.is_empty();
    let fixed = file.names.iter().map(|it| match it.as_str() {
        "_" => Ok(None),
        name => names.number(name),
    });
    let fixed = fixed.collect::<Fallible<_>>().map_err(|it| format!("columns.names: {it}"))?;
    let plain = |name: &str| if by_header { plain_name(name.as_bytes()) } else { name.into() };
    let mut keys: BTreeMap<Vec<u8>, u16> = BTreeMap::new();
    for (name, number) in &names.numbers {
        keys.entry(plain(name)).or_insert(*number);
    }
    let holds = |number: u16, target: &Target| {
        names
            .fields
            .get(usize::from(number))
            .is_some_and(|it| it.targets.iter().any(|it| gives(it, target)))
    };
    let needed = need
        .iter()
        .map(|target| keys.values().copied().filter(|number| holds(*number, target)).collect());
    let required = file.requires.iter().map(|it| {
        let known = keys.get(&plain(it)).map(|it| vec![*it]);
        known.ok_or_else(|| format!("columns.requires: `{it}` is not among `fields` and `values`"))
    });
    let required = required.collect::<Fallible<Vec<_>>>()?;
    Ok(Columns {
        separator: separator("columns.separator", &file.separator)?,
        fixed: (!by_header).then_some(fixed),
        header: file.header.clone().map(String::into_bytes),
        least: file.least,
        tail: file.tail,
        after: finder(&file.after),
        needed: needed.chain(required).collect(),
        keys: Keys::new(keys),
    })
}

/// Whether a column with meaning `a` gives what is needed by `b`.
fn gives(a: &Target, b: &Target) -> bool {
    match (a, b) {
        (Target::Time(a, _), Target::Time(b, _)) => a == b,
        (Target::Name(_), Target::Name(_)) => true,
        (Target::Peer(a), Target::Ip(b) | Target::Port(b)) => a == b,
        _ => a == b,
    }
}

fn separator(key: &str, text: &str) -> Fallible<u8> {
    match text.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(format!("{key}: `{text}` must be one character of ASCII, such as `,` or `\\t`")),
    }
}

fn finder(text: &str) -> Option<Finder<'static>> {
    (!text.is_empty()).then(|| Finder::new(text.as_bytes()).into_owned())
}

fn set(file: &SetFile) -> Fallible<Set> {
    Ok(Set {
        kind: file.kind.as_deref().map(|it| named("kind", it, &KINDS)).transpose()?,
        phase: file.phase.as_deref().map(|it| named("phase", it, &PHASES)).transpose()?,
        action: file.action.as_deref().map(|it| named("action", it, &ACTIONS)).transpose()?,
        proto: file.proto,
        turn: file.turn,
        nothing: file.nothing,
        unfit: file.unfit,
    })
}

fn named<T: Copy>(key: &str, text: &str, known: &[(&str, T)]) -> Fallible<T> {
    known.iter().find(|(name, _)| *name == text).map(|(_, it)| *it).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        format!("{key}: `{text}` is none; there are: {}", names.join(", "))
    })
}

/// The fields of a form and their names.
struct Names {
    numbers: Numbers,
    fields: Vec<Field>,
}

impl Names {
    fn new(
        fields: &BTreeMap<String, super::schema::OneOrMore>,
        values: &BTreeMap<String, BTreeMap<String, SetFile>>,
    ) -> Fallible<Self> {
        let mut new = Self { numbers: Numbers::new(), fields: Vec::new() };
        for (name, targets) in fields {
            let targets = targets.0.iter().map(|it| Target::compile(it)).collect::<Fallible<_>>();
            let targets = targets.map_err(|it| format!("fields: `{name}`: {it}"))?;
            new.push(name, Field { targets, values: Vec::new() })?;
        }
        for (name, values) in values {
            let mut known = Vec::new();
            for (value, file) in values {
                let set = set(file).map_err(|it| format!("values.{name}.{value}: {it}"))?;
                known.push((kind_of(value), set));
            }
            // What is written out comes before what begins so, and that before anything.
            known.sort_by_key(|(value, _)| match value {
                Value::Is(_) => 0,
                Value::Begins(text) => usize::MAX - 1 - text.len(),
                Value::Any => usize::MAX,
            });
            let number = match new.numbers.get(name) {
                Some(number) => *number,
                None => new.push(name, Field::default())?,
            };
            let Some(field) = new.fields.get_mut(usize::from(number)) else { continue };
            if !fields.contains_key(name) {
                field.targets = Target::plain(name).into_iter().collect();
            }
            field.values = known;
        }
        Ok(new)
    }

    fn push(&mut self, name: &str, field: Field) -> Fallible<u16> {
        let number = u16::try_from(self.fields.len()).map_err(|_| "too many fields".to_owned())?;
        self.fields.push(field);
        self.numbers.insert(name.to_owned(), number);
        Ok(number)
    }

    /// The number of a name; one that is not among `fields` and `values` must be a target.
    fn number(&mut self, name: &str) -> Fallible<Option<u16>> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(Some(*number));
        }
        let targets = vec![Target::compile(name)?];
        self.push(name, Field { targets, values: Vec::new() }).map(Some)
    }
}

fn kind_of(value: &str) -> Value {
    match value.strip_suffix('*') {
        Some("") => Value::Any,
        Some(begin) => Value::Begins(begin.as_bytes().to_vec()),
        None => Value::Is(value.as_bytes().to_vec()),
    }
}
