//! Which column of a table means what: from headers, from what cells hold, and from what somebody set.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::tz::TimeZone;
use minehound_sheets::{Cell, column_name};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::role::{Holds, Role};
use crate::value::{fits, narrow};

/// How sure a header must make a meaning.
const SURE: f64 = 0.25;
/// How sure cells alone make it, where there is no header.
const BY_CELLS: f64 = 0.3;

static WORDS: LazyLock<BTreeMap<Role, Vec<String>>> = LazyLock::new(|| {
    let told: BTreeMap<String, Vec<String>> =
        toml::from_str(include_str!("../../../knowledge/clues/columns.toml")).unwrap_or_default();
    let role = |(id, words): (String, Vec<String>)| {
        let words = words.iter().map(|it| bare(it)).collect();
        Some((id.parse().ok()?, words))
    };
    told.into_iter().filter_map(role).collect()
});

/// A column with what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The column, counted from zero.
    pub column: u32,
    /// Its header, of several rows with blanks between.
    pub header: String,
    /// What it means; none where that is not known.
    pub role: Option<Role>,
}

/// The columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns(pub Vec<Column>);

/// What somebody said that columns mean: `address=C,port=D,result=H`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given(pub BTreeMap<Role, u32>);

/// The part of a setting of columns that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` does not say what a column means")]
pub struct ColumnsError(pub String);

impl Given {
    /// Reads a setting.
    ///
    /// # Errors
    ///
    /// Returns [`ColumnsError`] at the first part that says nothing.
    pub fn parse(text: &str) -> Result<Self, ColumnsError> {
        let mut given = Self::default();
        let mut columns = BTreeSet::new();
        for part in text.split([',', '，']).map(str::trim).filter(|it| !it.is_empty()) {
            let told = part.split_once('=').and_then(|(role, column)| {
                Some((role.trim().parse().ok()?, column_number(column.trim())?))
            });
            let (role, column) = told.ok_or_else(|| ColumnsError(part.to_owned()))?;
            // A meaning or a column that is set twice.
            if given.0.insert(role, column).is_some() || !columns.insert(column) {
                return Err(ColumnsError(part.to_owned()));
            }
        }
        Ok(given)
    }
}

fn column_number(name: &str) -> Option<u32> {
    if name.is_empty() || name.len() > 3 {
        return None;
    }
    let digits = name.bytes().map(|it| it.to_ascii_uppercase());
    let number = digits.into_iter().try_fold(0_u32, |sum, it| {
        it.is_ascii_uppercase().then(|| sum * 26 + u32::from(it - b'A') + 1)
    })?;
    number.checked_sub(1)
}

impl Columns {
    /// The column that has a meaning.
    #[must_use]
    pub fn of(&self, role: Role) -> Option<u32> {
        self.0.iter().find(|it| it.role == Some(role)).map(|it| it.column)
    }

    /// The meaning of a column.
    #[must_use]
    pub fn role(&self, column: u32) -> Option<Role> {
        self.0.iter().find(|it| it.column == column)?.role
    }

    /// What tells a layout from others: the headers in their order.
    #[must_use]
    pub fn layout(&self) -> String {
        let headers: Vec<_> = self.0.iter().map(|it| bare(&it.header)).collect();
        headers.join("|")
    }

    /// The same with other meanings, as set; whoever had those loses them.
    #[must_use]
    pub fn with(mut self, given: &Given) -> Self {
        for it in &mut self.0 {
            if it.role.is_some_and(|role| given.0.contains_key(&role)) {
                it.role = None;
            }
        }
        for (role, column) in &given.0 {
            if let Some(it) = self.0.iter_mut().find(|it| it.column == *column) {
                it.role = Some(*role);
            } else {
                let header = column_name(*column);
                self.0.push(Column { column: *column, header, role: Some(*role) });
            }
        }
        self.0.sort_by_key(|it| it.column);
        self
    }

    /// Finds what columns mean: `headers` from the top down per column, `cells` some of those below.
    pub(crate) fn find(
        headers: &BTreeMap<u32, Vec<String>>,
        cells: &BTreeMap<u32, Vec<Cell>>,
        tz: &TimeZone,
    ) -> Self {
        let all: BTreeSet<u32> = headers.keys().chain(cells.keys()).copied().collect();
        let none = Vec::new();
        let mut votes = Vec::new();
        for column in &all {
            let path = headers.get(column).unwrap_or(&none);
            let below = cells.get(column).map_or(&[][..], Vec::as_slice);
            for role in Role::all() {
                let vote = likely(path, below, role, tz);
                if vote >= SURE {
                    votes.push((vote, *column, role));
                }
            }
        }
        // The surest first; of equals the one further left.
        votes.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut taken = BTreeMap::new();
        for (_, column, role) in votes {
            if !taken.contains_key(&column) && !taken.values().any(|it| *it == role) {
                taken.insert(column, role);
            }
        }
        let column = |column: u32| Column {
            column,
            header: headers.get(&column).map(|it| it.join(" ")).unwrap_or_default(),
            role: taken.get(&column).copied(),
        };
        Self(all.into_iter().map(column).collect())
    }
}

/// How likely a column has a meaning, from 0 to 1.
fn likely(path: &[String], below: &[Cell], role: Role, tz: &TimeZone) -> f64 {
    let filled: Vec<_> = below.iter().filter(|it| !it.is_blank()).collect();
    let fitting =
        share(filled.iter().filter(|it| fits(it, role.holds(), tz)).count(), filled.len());
    let named = by_header(path, role);
    match role.holds() {
        Holds::Text => named,
        // What somebody is to fill is mostly blank: a name that fits is enough, a little less where
        // everything is filled.
        Holds::Answer => named * (1.0 - 0.2 * share(filled.len(), below.len())),
        _ if filled.is_empty() => named * 0.6,
        // An address tells itself. Which of two it is the header says, or the order.
        Holds::Address if fitting > 0.7 && role == Role::Address => {
            (named * fitting).max(BY_CELLS * fitting)
        }
        Holds::Address if fitting > 0.7 => (named * fitting).max((BY_CELLS - 0.02) * fitting),
        Holds::Moment if fitting > 0.7 && role == Role::Seen => {
            (named * fitting).max((BY_CELLS - 0.01) * fitting)
        }
        _ if fitting > 0.3 => named * (0.3 + 0.7 * fitting),
        _ => 0.0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "hundreds of cells")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// How well a header names a meaning.
fn by_header(path: &[String], role: Role) -> f64 {
    let Some(words) = WORDS.get(&role) else { return 0.0 };
    let parts: Vec<String> = path.iter().map(|it| bare(it)).collect();
    let Some(last) = parts.last() else { return 0.0 };
    // 矿池信息 over IP is the same as 矿池 over IP.
    let filler = ["信息", "情况", "详情", "数据", "info", "information", "details"];
    let upper = parts
        .iter()
        .rev()
        .skip(1)
        .rev()
        .map(|it| filler.iter().find_map(|filler| it.strip_suffix(filler)).unwrap_or(it));
    let whole = upper.chain([last.as_str()]).collect::<String>();
    let mut best = said(last, words) * if parts.len() > 1 { 0.9 } else { 1.0 };
    if parts.len() > 1 {
        best = best.max(said(&whole, words));
    }
    best
}

fn said(header: &str, words: &[String]) -> f64 {
    if header.is_empty() {
        return 0.0;
    }
    let long = |it: &str| it.chars().count();
    let fit = |word: &String| {
        let covered = share(long(word), long(header));
        if word == header {
            1.0
        } else if long(word) < 2 {
            0.0
        } else if header.ends_with(word.as_str()) {
            0.45 + 0.4 * covered
        } else if header.starts_with(word.as_str()) {
            0.35 + 0.4 * covered
        } else if header.contains(word.as_str()) && long(word) > 2 {
            0.25 + 0.4 * covered
        } else {
            0.0
        }
    };
    words.iter().map(fit).fold(0.0, f64::max)
}

/// A header without what does not matter: letters and digits in small narrow form.
pub(crate) fn bare(header: &str) -> String {
    // What stands in brackets explains: 时间（精确到秒）.
    let text = narrow(header).to_lowercase();
    let outside = text.split_once('(').map_or(&*text, |it| it.0);
    let outside = if outside.trim().is_empty() { &text } else { outside };
    let chosen = outside.trim_start_matches('*');
    chosen.chars().filter(|it| it.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_has_words_and_no_word_two_meanings() {
        let mut seen = BTreeMap::new();
        for role in Role::all() {
            let words = WORDS.get(&role).unwrap_or_else(|| panic!("{role}"));
            for word in words {
                let other = seen.insert(word.clone(), role).filter(|it| *it != role);
                assert_eq!(other, None, "{word}");
            }
        }
        assert_eq!(WORDS.len(), Role::all().count());
    }

    #[track_caller]
    fn check(headers: &[&str], expected: &[&str]) {
        let path = |(place, it): (usize, &&str)| {
            let path = it.split('>').map(str::to_owned).collect();
            (u32::try_from(place).unwrap(), path)
        };
        let headers: BTreeMap<u32, Vec<String>> = headers.iter().enumerate().map(path).collect();
        let columns = Columns::find(&headers, &BTreeMap::new(), &TimeZone::UTC);
        let found: Vec<_> = columns.0.iter().map(|it| it.role.map_or("-", Role::id)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn headers_are_understood_in_many_wordings() {
        check(
            &[
                "序号",
                "单位名称",
                "公网IP",
                "端口",
                "发现时间（精确到秒）",
                "矿池域名",
                "矿池IP",
                "矿池端口",
                "币种",
                "核查结果",
                "备注",
            ],
            &[
                "number",
                "unit",
                "address",
                "port",
                "seen",
                "pool-host",
                "pool-address",
                "pool-port",
                "coin",
                "result",
                "remark",
            ],
        );
        check(
            &[
                "Source IP",
                "Source Port",
                "Destination IP",
                "Destination Port",
                "First Seen",
                "Last Seen",
                "Comments",
            ],
            &["address", "port", "pool-address", "pool-port", "first", "last", "remark"],
        );
        check(
            &[
                "挖矿主机>IP",
                "挖矿主机>端口",
                "矿池信息>名称",
                "矿池信息>IP",
                "矿池>端口",
                "反馈情况>内网IP",
                "反馈情况>MAC地址",
                "反馈情况>是否属实",
            ],
            &[
                "address",
                "port",
                "pool-name",
                "pool-address",
                "pool-port",
                "inner",
                "mac",
                "verified",
            ],
        );
    }

    #[test]
    fn settings_are_read_and_refused() {
        let given = Given::parse("address=C, result = AA").unwrap();
        assert_eq!(given.0, BTreeMap::from([(Role::Address, 2), (Role::Result, 26)]));
        for bad in ["address", "adress=C", "address=3", "address=A,address=B", "address=A,port=A"] {
            assert!(Given::parse(bad).is_err(), "{bad}");
        }
    }
}
