//! One sheet: headings, rows of cells, widths, protection and print setup.

use minehound_model::Verdict;
use rust_xlsxwriter::{
    Color, Format, FormatAlign, FormatBorder, ProtectionOptions, RowNum, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use crate::visible::cell;

/// The most characters of one cell; Excel itself holds 32,767.
const MAX_TEXT: usize = 8000;
/// ISO 216 A4, as spreadsheets number paper.
const A4: u8 = 9;
/// In percent of the size on the screen: ten points become seven, which can still be read.
const PRINT_SCALE: u16 = 70;
/// The characters that fit on the width of a page at that scale, in the widest of usual fonts.
const PAGE_WIDTH: f64 = 150.0;
/// The height of a line of ten points, and the space around the text of a cell, in points.
const LINE: f64 = 13.5;
const SPACE: f64 = 3.0;
/// The greatest height of a row, in points.
const MAX_HEIGHT: f64 = 409.0;
/// The lines of the highest row.
const MOST_LINES: u32 = 30;
/// Lines that are looked at.
const MANY_LINES: usize = 30;
/// Lines that a row that people fill has at least: they may write on paper.
const LINES_FOR_PEOPLE: u32 = 2;

/// How cells look, and which of them people may change.
pub(super) struct Styles {
    head: Format,
    head_people: Format,
    text: Format,
    count: Format,
    real: Format,
    percent: Format,
    people: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let line = Color::RGB(0x00c9_d1db);
        let base = || {
            let plain = Format::new().set_align(FormatAlign::Top).set_font_size(10);
            plain.set_border(FormatBorder::Thin).set_border_color(line)
        };
        let head = || base().set_bold().set_text_wrap().set_align(FormatAlign::VerticalCenter);
        Self {
            head: head().set_background_color(Color::RGB(0x0021_3a5c)).set_font_color(Color::White),
            head_people: head().set_background_color(Color::RGB(0x00f3_d98b)),
            text: base().set_text_wrap(),
            count: base().set_num_format("#,##0"),
            real: base().set_num_format("General"),
            percent: base().set_num_format("0.0%"),
            people: base()
                .set_text_wrap()
                .set_unlocked()
                .set_background_color(Color::RGB(0x00ff_fbe8)),
        }
    }

    fn verdict(&self, verdict: Verdict) -> Format {
        let (ink, ground) = match verdict {
            Verdict::Confirmed => (0x008c_1d18, 0x00fb_e9e7),
            Verdict::Suspected => (0x008f_4a00, 0x00fd_f0e0),
            Verdict::Clue => (0x006b_5600, 0x00fa_f6dc),
            Verdict::Inconclusive => (0x004a_3f73, 0x00ef_ecf8),
            Verdict::NotAssessed => (0x0045_5160, 0x00ed_f0f4),
            Verdict::Clear => (0x001d_5b35, 0x00e6_f4ea),
            Verdict::Excluded => (0x002b_4a6b, 0x00e8_eff7),
        };
        let ground = Color::RGB(ground);
        self.text.clone().set_font_color(Color::RGB(ink)).set_background_color(ground).set_bold()
    }
}

/// What a cell holds.
pub(super) enum Cell {
    Text(String),
    Count(u64),
    Real(Option<f64>),
    Share(f64),
    Verdict(Verdict, String),
    /// What a person wrote, or may write.
    People(String),
    /// What only the program reads, whole.
    Key(String),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The lines it takes in a column so many characters wide; ideographs are two wide.
    fn lines(&self, width: f64) -> u32 {
        let (Self::Text(text) | Self::Verdict(_, text) | Self::People(text) | Self::Key(text)) =
            self
        else {
            return 1;
        };
        let room = (width - 1.0).max(1.0);
        let lines = |it: &str| {
            let letters = u32::try_from(it.width()).unwrap_or(u32::MAX);
            (f64::from(letters) / room).ceil().max(1.0)
        };
        let lines: f64 = text.split('\n').take(MANY_LINES).map(lines).sum();
        // A row is never higher than a few dozen lines.
        (1..=MOST_LINES).find(|it| f64::from(*it) >= lines).unwrap_or(MOST_LINES)
    }
}

/// Whom a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The program fills it, for people to read.
    Machine,
    /// People fill it.
    People,
    /// The program's own; not shown.
    Hidden,
}

/// A column: its heading, its width in characters, and whom it is for.
pub(super) struct Column {
    pub(super) head: String,
    pub(super) width: f64,
    pub(super) of: Use,
}

/// What stands beyond the last column.
const NO_COLUMN: (f64, Use) = (1.0, Use::Hidden);

/// A sheet under construction.
pub(super) struct Sheet<'b> {
    cells: &'b mut Worksheet,
    styles: &'b Styles,
    row: RowNum,
    width: u16,
    columns: Vec<(f64, Use)>,
}

impl<'b> Sheet<'b> {
    /// A sheet with these columns, the headings in the first row.
    pub(super) fn new(
        sheet: &'b mut Worksheet,
        styles: &'b Styles,
        name: &str,
        columns: &[Column],
    ) -> Result<Self, XlsxError> {
        sheet.set_name(name)?;
        for (place, column) in (0_u16..).zip(columns) {
            let people = column.of == Use::People;
            let style = if people { &styles.head_people } else { &styles.head };
            sheet.write_string_with_format(0, place, &column.head, style)?;
            sheet.set_column_width(place, column.width)?;
            if column.of == Use::Hidden {
                sheet.set_column_hidden(place)?;
            }
        }
        sheet.set_row_height(0, 30)?;
        sheet.set_landscape().set_paper_size(A4).set_print_scale(PRINT_SCALE);
        // Pages beside each other tell of the same rows.
        sheet.set_page_order(true);
        sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        sheet.set_footer("&L&A&R&P / &N");
        sheet.set_repeat_rows(0, 0)?;
        let width = u16::try_from(columns.len()).unwrap_or(u16::MAX);
        let columns = columns.iter().map(|it| (it.width, it.of)).collect();
        Ok(Self { cells: sheet, styles, row: 0, width, columns })
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        self.row += 1;
        let people = self.columns.iter().any(|it| it.1 == Use::People);
        let mut lines = if people { LINES_FOR_PEOPLE } else { 1 };
        for (place, cell) in (0_u16..).zip(cells) {
            let (width, of) = self.columns.get(usize::from(place)).copied().unwrap_or(NO_COLUMN);
            if of != Use::Hidden {
                lines = lines.max(cell.lines(width));
            }
            self.cell(place, cell)?;
        }
        // Some office programs never find the height of wrapped text by themselves.
        if lines > 1 {
            let height = f64::from(lines).mul_add(LINE, SPACE).min(MAX_HEIGHT);
            self.cells.set_row_height(self.row, height)?;
        }
        Ok(())
    }

    fn cell(&mut self, place: u16, it: Cell) -> Result<(), XlsxError> {
        let (row, sheet, styles) = (self.row, &mut *self.cells, self.styles);
        match it {
            Cell::Text(text) => {
                sheet.write_string_with_format(row, place, cut(&cell(&text)), &styles.text)?
            }
            // Beyond 2^53 a spreadsheet loses digits whatever is written.
            #[expect(clippy::cast_precision_loss, reason = "spreadsheets count in doubles")]
            Cell::Count(count) => {
                sheet.write_number_with_format(row, place, count as f64, &styles.count)?
            }
            Cell::Real(Some(number)) if number.is_finite() => {
                sheet.write_number_with_format(row, place, number, &styles.real)?
            }
            Cell::Real(_) => sheet.write_blank(row, place, &styles.real)?,
            Cell::Share(share) => {
                sheet.write_number_with_format(row, place, share, &styles.percent)?
            }
            Cell::Verdict(verdict, text) => {
                sheet.write_string_with_format(row, place, text, &styles.verdict(verdict))?
            }
            Cell::People(text) if text.is_empty() => {
                sheet.write_blank(row, place, &styles.people)?
            }
            Cell::People(text) => {
                sheet.write_string_with_format(row, place, cell(&text), &styles.people)?
            }
            Cell::Key(text) => sheet.write_string_with_format(row, place, text, &styles.text)?,
        };
        Ok(())
    }

    /// Freezes the headings and so many columns, sets the filter, lays out the print, and locks
    /// what the program wrote. No password: this prevents slips, nothing else.
    pub(super) fn finish(&mut self, frozen: u16) -> Result<(), XlsxError> {
        self.cells.set_freeze_panes(1, frozen)?;
        if self.row > 0 {
            self.cells.autofilter(0, 0, self.row, self.width.saturating_sub(1))?;
        }
        self.pages(frozen)?;
        self.cells.protect_with_options(&ProtectionOptions {
            format_cells: true,
            format_columns: true,
            format_rows: true,
            sort: true,
            use_autofilter: true,
            ..ProtectionOptions::default()
        });
        Ok(())
    }

    /// Breaks wide sheets into pages: what people fill begins a page, and the frozen columns stand
    /// on each.
    fn pages(&mut self, frozen: u16) -> Result<(), XlsxError> {
        let shown = self.columns.iter().filter(|it| it.1 != Use::Hidden);
        if shown.map(|it| it.0).sum::<f64>() <= PAGE_WIDTH {
            return Ok(());
        }
        let kept: f64 = self.columns.iter().take(frozen.into()).map(|it| it.0).sum();
        let (mut breaks, mut used) = (Vec::new(), 0.0);
        let mut before = Use::Machine;
        for (place, (width, of)) in (0_u32..).zip(&self.columns) {
            let first_of_people = *of == Use::People && before == Use::Machine;
            if *of != Use::Hidden && place > 0 && (first_of_people || used + width > PAGE_WIDTH) {
                breaks.push(place);
                used = kept;
            }
            used += if *of == Use::Hidden { 0.0 } else { *width };
            before = *of;
        }
        self.cells.set_vertical_page_breaks(&breaks)?;
        if frozen > 0 {
            self.cells.set_repeat_columns(0, frozen - 1)?;
        }
        Ok(())
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
