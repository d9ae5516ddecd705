//! Which part of a package is which sheet.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use super::package::{MAX_HELD, Package};
use super::scanner::{Scanner, Tag, Token};
use super::strings::Strings;
use super::styles::{self, Shown};
use super::text;
use crate::error::Unsuitable;
use crate::{Sheet, SheetsError};

/// The most sheets.
const MAX_SHEETS: usize = 1_000;

/// What of a workbook is held: everything but its sheets.
#[derive(Debug)]
pub(crate) struct Workbook {
    sheets: Vec<(Sheet, String)>,
    pub(super) strings: Strings,
    pub(super) styles: Vec<Shown>,
    /// Days are counted from 1904.
    pub(super) from_1904: bool,
}

/// A relationship: the last word of its type, and the part.
type Relations = BTreeMap<String, (String, String)>;

impl Workbook {
    pub(crate) fn open(path: &Path) -> Result<Self, SheetsError> {
        let mut package = Package::open(path)?;
        let main = main_part(&mut package)?;
        let relations = relations_of(&mut package, &main)?;
        let mut book = Self {
            sheets: Vec::new(),
            strings: Strings::default(),
            styles: Vec::new(),
            from_1904: false,
        };
        book.list(&main, package.needed(&main, MAX_HELD)?, &relations)?;
        let of_type = |wanted: &str| relations.values().find(|it| it.0 == wanted).map(|it| &it.1);
        if let Some(name) = of_type("sharedStrings")
            && let Some(part) = package.part(name, MAX_HELD)?
        {
            book.strings = Strings::read(part)?;
        }
        if let Some(name) = of_type("styles")
            && let Some(part) = package.part(name, MAX_HELD)?
        {
            book.styles = styles::read(part)?;
        }
        Ok(book)
    }

    fn list(
        &mut self,
        main: &str,
        part: impl Read,
        relations: &Relations,
    ) -> Result<(), SheetsError> {
        each_tag(main, part, |tag| {
            if tag.begins(b"workbookPr") {
                let from = tag.attribute(b"date1904");
                self.from_1904 = from.is_some_and(|it| matches!(it, b"1" | b"true"));
            }
            let id = tag.attribute(b"r:id").or_else(|| relation_id(tag));
            let Some(id) = id.filter(|_| tag.begins(b"sheet")) else { return };
            let target = relations.get(&text::attribute(id));
            if let Some((kind, part)) = target
                && kind == "worksheet"
                && self.sheets.len() < MAX_SHEETS
            {
                let name = tag.attribute(b"name").map(text::attribute).unwrap_or_default();
                let hidden = tag.attribute(b"state").is_some_and(|it| it != b"visible");
                self.sheets.push((Sheet { name, hidden }, part.clone()));
            }
        })?;
        if self.sheets.is_empty() {
            return Err(SheetsError::damaged(main, "names no sheet"));
        }
        Ok(())
    }

    pub(crate) fn sheets(&self) -> Vec<Sheet> {
        self.sheets.iter().map(|it| it.0.clone()).collect()
    }

    /// The name of the part that a sheet is.
    pub(super) fn part(&self, sheet: usize) -> Result<&str, SheetsError> {
        let found = self.sheets.get(sheet).map(|it| it.1.as_str());
        found.ok_or(SheetsError::NoSheet(sheet))
    }
}

/// The attribute `id` under whatever prefix relationships have in this file.
fn relation_id<'t>(tag: &Tag<'t>) -> Option<&'t [u8]> {
    let at = memchr::memmem::find(tag.raw, b":id=")?;
    let quote = *tag.raw.get(at + 4)?;
    let value = tag.raw.get(at + 5..)?;
    value.get(..memchr::memchr(quote, value)?)
}

fn each_tag(
    name: &str,
    part: impl Read,
    mut each: impl FnMut(&Tag<'_>),
) -> Result<(), SheetsError> {
    let mut scanner = Scanner::new(part);
    loop {
        match scanner.next() {
            Ok(Some(Token::Tag(tag))) => each(&tag),
            Ok(Some(_)) => {}
            Ok(None) => return Ok(()),
            Err(it) => return Err(SheetsError::damaged(name, it.to_string())),
        }
    }
}

/// The part that lists the sheets; tells what the package is where it is no workbook.
fn main_part(package: &mut Package) -> Result<String, SheetsError> {
    let unsuitable = |it| Err(SheetsError::Unsuitable(it));
    if package.place("mimetype").is_some() {
        return unsuitable(Unsuitable::OpenDocument);
    }
    if package.place("_rels/.rels").is_none() && package.place("[Content_Types].xml").is_none() {
        return unsuitable(Unsuitable::Archive);
    }
    let relations = relations(package, "_rels/.rels", "")?;
    let main = relations.into_values().find(|it| it.0 == "officeDocument");
    let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |it| it.1);
    if Path::new(&main).extension().is_some_and(|it| it == "bin") {
        return unsuitable(Unsuitable::BinaryWorkbook);
    }
    if main.starts_with("word/") || main.starts_with("ppt/") {
        return unsuitable(Unsuitable::TextDocument);
    }
    Ok(main)
}

fn relations_of(package: &mut Package, part: &str) -> Result<Relations, SheetsError> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    relations(package, &format!("{folder}/_rels/{name}.rels"), folder)
}

fn relations(package: &mut Package, name: &str, folder: &str) -> Result<Relations, SheetsError> {
    let mut relations = Relations::new();
    let Some(part) = package.part(name, MAX_HELD)? else { return Ok(relations) };
    each_tag(name, part, |tag| {
        if !tag.begins(b"Relationship") || relations.len() > 10 * MAX_SHEETS {
            return;
        }
        let told = |name: &[u8]| tag.attribute(name).map(text::attribute);
        let (Some(id), Some(kind), Some(target)) = (told(b"Id"), told(b"Type"), told(b"Target"))
        else {
            return;
        };
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        relations.insert(id, (kind, resolved(folder, &target)));
    })?;
    Ok(relations)
}

/// A target as the name of a part.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut steps: Vec<_> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            it => steps.push(it),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_within_the_package() {
        for (target, name) in [
            ("worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("../a/./b.xml", "a/b.xml"),
            ("../../../x", "x"),
        ] {
            assert_eq!(resolved("xl", target), name);
        }
    }
}
