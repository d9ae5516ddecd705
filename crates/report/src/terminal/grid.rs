//! Tables of text in columns, measured as a terminal shows them: an ideograph takes two places.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What never begins a line.
const CLOSING: &str = "，。、；：！？）》”’,.;:!?)]%";

/// What never ends a line.
const OPENING: &str = "（《“‘([";

/// The least places that a column of running text is squeezed to.
const LEAST: usize = 10;

/// The places a text takes on a screen.
pub(super) fn width(text: &str) -> usize {
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

    /// The lines of every row, the headings first, none wider than `space`.
    pub(super) fn lines(&self, space: usize) -> Vec<Vec<String>> {
        let widths = self.widths(space);
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

    /// What each column gets. Where not everything fits, the widest takes what the others leave,
    /// and these are held to a fifth of the space; failing that, the widest give way.
    fn widths(&self, space: usize) -> Vec<usize> {
        let rows = || std::iter::once(&self.head).chain(&self.rows);
        let natural = |at: usize| {
            let lines = rows().filter_map(move |it| it.get(at)).flat_map(|it| it.split('\n'));
            lines.map(width).max()
        };
        let mut widths: Vec<_> =
            (0..self.head.len()).map(|at| natural(at).unwrap_or_default().min(space)).collect();
        let between = 2 * self.head.len().saturating_sub(1);
        if widths.iter().sum::<usize>() + between <= space {
            return widths;
        }
        let most = widths.iter().copied().max().unwrap_or_default();
        let widest = widths.iter().position(|it| *it == most);
        let mut left = space.saturating_sub(between);
        for (_, it) in widths.iter_mut().enumerate().filter(|it| Some(it.0) != widest) {
            *it = (*it).min((space / 5).max(LEAST));
            left = left.saturating_sub(*it);
        }
        if let Some(it) = widest.and_then(|it| widths.get_mut(it)) {
            *it = left.max(LEAST).min(*it);
        }
        while widths.iter().sum::<usize>() + between > space {
            let Some(widest) = widths.iter_mut().max() else { break };
            if *widest <= LEAST {
                break;
            }
            *widest -= 1;
        }
        widths
    }
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
