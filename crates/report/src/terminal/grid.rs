//! Tables of text in columns, measured as a terminal shows them: an ideograph takes two places.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What never begins a line.
const CLOSING: &str = "，。、；：！？）》”’,.;:!?)]%";

/// What never ends a line.
const OPENING: &str = "（《“‘([";

/// The least places that a column of running text is squeezed to.
const LEAST: usize = 10;

/// The places a text takes on a screen.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// A table: columns of equal standing, broken into lines to fit.
pub(super) struct Grid {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
}

impl Grid {
    /// A table with these headings; a heading that begins with `>` sets its column to the right.
    pub(super) fn new(head: impl IntoIterator<Item = String>) -> Self {
        let head: Vec<_> = head.into_iter().collect();
        let right = head.iter().map(|it| it.starts_with('>')).collect();
        let head = head.iter().map(|it| it.trim_start_matches('>').to_owned()).collect();
        Self { head, rows: Vec::new(), right }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines of every row, the headings first, none wider than `space`. Where the columns do
    /// not stand beside each other, every row is a list of its own and there are no headings.
    pub(super) fn lines(&self, space: usize) -> Vec<Vec<String>> {
        let widths = self.widths(space);
        let between = 2 * self.head.len().saturating_sub(1);
        if widths.iter().sum::<usize>() + between > space {
            let rows = self.rows.iter().map(|it| self.listed(it, space));
            return std::iter::once(Vec::new()).chain(rows).collect();
        }
        std::iter::once(&self.head).chain(&self.rows).map(|it| self.laid(it, &widths)).collect()
    }

    fn laid(&self, cells: &[String], widths: &[usize]) -> Vec<String> {
        let cells: Vec<_> = cells.iter().zip(widths).map(|(it, width)| wrap(it, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let line = |at: usize| {
            let parts = cells.iter().zip(widths).zip(&self.right).map(|((lines, width), right)| {
                padded(lines.get(at).map_or("", String::as_str), *width, *right)
            });
            parts.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        (0..height).map(line).collect()
    }

    /// A row with every cell under the one before it, each after its heading.
    fn listed(&self, cells: &[String], space: usize) -> Vec<String> {
        let filled = self.head.iter().zip(cells).filter(|it| !it.1.is_empty());
        let mut lines = Vec::new();
        for (place, (head, cell)) in filled.enumerate() {
            let indent = if place == 0 { "" } else { "  " };
            let text = format!("{head} {}", cell.replace('\n', " · "));
            let inside = space.saturating_sub(width(indent));
            lines.extend(wrap(&text, inside).into_iter().map(|it| format!("{indent}{it}")));
        }
        lines
    }

    /// What each column gets. Where not everything fits, each gets its longest word, and what is
    /// left goes round: first to those that need little to stand on one line.
    fn widths(&self, space: usize) -> Vec<usize> {
        let between = 2 * self.head.len().saturating_sub(1);
        let inside = space.saturating_sub(between);
        let natural: Vec<_> = (0..self.head.len()).map(|at| self.widest(at, width)).collect();
        if natural.iter().sum::<usize>() <= inside {
            return natural;
        }
        // A heading stands whole: letter by letter nobody reads it.
        let heading =
            |at: usize| self.head.get(at).map_or(0, |it| word(it).max(width(it).min(LEAST)));
        let longest =
            |at: usize| self.widest(at, word).min((space / 4).max(LEAST)).max(heading(at));
        let mut widths: Vec<_> = (0..self.head.len()).map(longest).collect();
        let mut left = inside.saturating_sub(widths.iter().sum());
        let mut wants: Vec<_> = natural
            .iter()
            .zip(&mut widths)
            .map(|(all, has)| (all.saturating_sub(*has), has))
            .collect();
        wants.sort_by_key(|it| it.0);
        let columns = wants.len();
        for (place, (want, has)) in wants.into_iter().enumerate() {
            let share = want.min(left / (columns - place).max(1));
            *has += share;
            left -= share;
        }
        while widths.iter().sum::<usize>() > inside {
            let Some(widest) = widths.iter_mut().max().filter(|it| **it > LEAST) else { break };
            *widest -= 1;
        }
        widths
    }

    /// The most that any cell of a column measures.
    fn widest(&self, at: usize, measure: fn(&str) -> usize) -> usize {
        let cells = std::iter::once(&self.head).chain(&self.rows).filter_map(|it| it.get(at));
        cells.flat_map(|it| it.split('\n')).map(measure).max().unwrap_or_default()
    }
}

/// The places of the longest part that stays together.
fn word(text: &str) -> usize {
    pieces(text).iter().map(|it| width(it.trim_end())).max().unwrap_or_default()
}

fn padded(text: &str, space: usize, right: bool) -> String {
    let gap = " ".repeat(space.saturating_sub(width(text)));
    if right { format!("{gap}{text}") } else { format!("{text}{gap}") }
}

/// The text in lines of at most `space` places: broken where it says so, at spaces and between
/// ideographs, within a word only where it is too long for a line of its own.
fn wrap(text: &str, space: usize) -> Vec<String> {
    cut(text, space, usize::MAX)
}

/// The same with every paragraph cut to so many lines; three dots say where.
pub(super) fn cut(text: &str, space: usize, most: usize) -> Vec<String> {
    let paragraph = |text: &str| {
        let mut lines = wrapped(text, space);
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                while width(last) >= space.max(1) {
                    last.pop();
                }
                last.push('…');
            }
        }
        lines
    };
    text.split('\n').flat_map(paragraph).collect()
}

fn wrapped(text: &str, space: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let bare = piece.trim_end();
        if !line.is_empty() && width(&line) + width(bare) > space {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        if width(bare) <= space {
            line.push_str(&piece);
            continue;
        }
        for letter in piece.chars() {
            if width(&line) + letter.width().unwrap_or(0) > space {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The parts of a text that stay together: words with the space after them, single ideographs with
/// the closing marks after them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut open = false;
    let mut opening = false;
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0) > 1;
        let joins = CLOSING.contains(letter) || letter == ' ' || (open && !wide) || opening;
        match pieces.last_mut().filter(|_| joins) {
            Some(last) => last.push(letter),
            None => pieces.push(letter.to_string()),
        }
        open = !wide && letter != ' ';
        opening = OPENING.contains(letter);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, space: usize, lines: &[&str]) {
        assert_eq!(wrap(text, space), lines);
    }

    #[test]
    fn lines_break_at_spaces_and_between_ideographs() {
        check("one two three", 8, &["one two", "three"]);
        check("没有相应的材料。", 8, &["没有相应", "的材料。"]);
        check("abcdefghij", 4, &["abcd", "efgh", "ij"]);
        check("", 8, &[""]);
    }

    #[test]
    fn columns_stand_in_line_whatever_the_script() {
        let mut grid = Grid::new(["a".to_owned(), ">b".to_owned()]);
        grid.row(["矿池".to_owned(), "7".to_owned()]);
        grid.row(["pool".to_owned(), "42".to_owned()]);
        let lines: Vec<_> = grid.lines(40).concat();
        assert_eq!(lines, ["a      b", "矿池   7", "pool  42"]);
    }

    #[test]
    fn an_address_is_not_broken_while_running_text_can_give_way() {
        let mut grid = Grid::new(["a".to_owned(), "b".to_owned()]);
        grid.row(["192.0.2.10:5".to_owned(), "some words of running text that go on".to_owned()]);
        let lines = grid.lines(48).concat();
        assert!(lines.iter().any(|it| it.starts_with("192.0.2.10:5  some")), "{lines:?}");
        assert!(lines.iter().all(|it| width(it) <= 48), "{lines:?}");
    }

    #[test]
    fn columns_that_do_not_stand_beside_each_other_are_listed_under_their_headings() {
        let heads = ["矿工端", "矿池端", "协议", "证据等级", "份额"];
        let mut grid = Grid::new(heads.map(str::to_owned));
        let address = "192.168.123.123:42066";
        grid.row([address, address, "cryptonote", "已提交份额", "61/61/0"].map(str::to_owned));
        for space in [30, 46, 60] {
            let lines = grid.lines(space).concat();
            assert!(lines.iter().all(|it| width(it) <= space), "{space}: {lines:?}");
            let whole = |head: &&str| lines.iter().any(|it| it.contains(head));
            assert!(heads.iter().all(whole), "{space}: {lines:?}");
        }
    }

    #[test]
    fn a_text_cut_to_a_few_lines_says_so() {
        let lines = cut("one two three four five\nsix", 5, 3);
        assert_eq!(lines, ["one", "two", "thre…", "six"]);
        assert_eq!(cut("没有相应的材料。", 8, 1), ["没有相…"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_space(text in "[a-z 矿池，。]{0,60}", space in 4usize..30) {
            for line in wrap(&text, space) {
                prop_assert!(width(&line) <= space, "{line:?}");
            }
        }
    }
}
