//! Draws a heatmap on a canvas: cells as one picture, names and marks around and over them.

use super::{
    appearance::colour,
    canvas::{Place, Surface},
    cells::Cells,
    colour::{Rgb, between, contrast, ramp},
};

/// Where the cells lie, for the pointer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Grid {
    /// All cells together, in device pixels.
    pub place: Place,
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
}

impl Grid {
    /// The cell under a place in device pixels.
    pub fn cell_at(&self, left: f64, top: f64) -> Option<(usize, usize)> {
        let row = (top - self.place.top) / self.place.height * self.rows as f64;
        let column = (left - self.place.left) / self.place.width * self.columns as f64;
        let inside = row >= 0.0 && column >= 0.0 && row < self.rows as f64 && column < self.columns as f64;
        inside.then_some((row as usize, column as usize))
    }

    fn cell(&self, row: usize, column: usize) -> Place {
        let (width, height) = (self.place.width / self.columns as f64, self.place.height / self.rows as f64);
        Place {
            left: self.place.left + column as f64 * width,
            top: self.place.top + row as f64 * height,
            width,
            height,
        }
    }
}

/// How high the canvas must be for so many rows, in CSS pixels.
pub fn css_height(rows: usize) -> f64 {
    let cell = (420.0 / rows.max(1) as f64).clamp(3.5, 26.0);
    rows as f64 * cell + NAMES_ABOVE + BELOW
}

/// Room above the cells for the names of the columns, in CSS pixels.
const NAMES_ABOVE: f64 = 74.0;
/// Room below them for the scale.
const BELOW: f64 = 34.0;
/// Room left of them for the names of the rows.
const NAMES_LEFT: f64 = 92.0;

/// Draws everything; answers where the cells lie.
pub fn paint(surface: &Surface, cells: &Cells, hue: &'static str, cursor: Option<(usize, usize)>) -> Grid {
    let (rows, columns) = (cells.rows.len(), cells.columns.len());
    let height = (surface.height - surface.px(NAMES_ABOVE + BELOW)).max(1.0);
    let room = (surface.width - surface.px(NAMES_LEFT + 4.0)).max(1.0);
    // Cells may be wide, but not so wide that a small map turns into stripes.
    let widest = surface.px(64.0).min(height / rows.max(1) as f64 * 2.6) * columns as f64;
    let place =
        Place { left: surface.px(NAMES_LEFT), top: surface.px(NAMES_ABOVE), width: room.min(widest.max(1.0)), height };
    let grid = Grid { place, rows, columns };
    if rows == 0 || columns == 0 || cells.values.len() != rows * columns {
        return grid;
    }
    let scale = scale(hue);
    surface.picture(&colours(cells, &scale), columns, place);
    hatch(surface, cells, grid);
    surface.stroke(colour("--muted"), 1.0);
    surface.context.stroke_rect(place.left, place.top, place.width, place.height);
    numbers(surface, cells, grid, &scale);
    names(surface, cells, grid, cursor);
    legend(surface, cells, grid, &scale);
    if let Some((row, column)) = cursor.filter(|(row, column)| *row < rows && *column < columns) {
        mark(surface, grid.cell(row, column));
    }
    grid
}

/// In place of a colour's name: the colours below and above zero, as for differences.
pub const TWO_SIDED: &str = "two-sided";

/// The colours from the lowest to the highest value, for a custom property such as `--attn`.
pub fn scale(hue: &'static str) -> Vec<Rgb> {
    if hue == TWO_SIDED {
        return between(colour("--series-2"), colour("--surface"), colour("--series-1"));
    }
    ramp(colour("--surface"), colour(hue), colour("--fg"))
}

/// The colour of every cell.
pub fn colours(cells: &Cells, scale: &[Rgb]) -> Vec<Rgb> {
    let (low, high) = cells.scale();
    let columns = cells.columns.len();
    let (surface, top) = (colour("--surface"), scale.len() as f32 - 1.0);
    cells
        .values
        .iter()
        .enumerate()
        .map(|(i, value)| {
            let share = (value - low) / (high - low);
            if cells.is_masked(i / columns, i % columns) || !share.is_finite() {
                surface
            } else {
                scale[(share.clamp(0.0, 1.0) * top) as usize]
            }
        })
        .collect()
}

/// Slanted lines over what the mask hides: not a colour, so that it is no value.
fn hatch(surface: &Surface, cells: &Cells, grid: Grid) {
    if !cells.causal {
        return;
    }
    let context = &surface.context;
    context.save();
    context.begin_path();
    for row in 0..grid.rows.min(grid.columns.saturating_sub(1)) {
        let first = grid.cell(row, row + 1);
        let end = grid.place.left + grid.place.width;
        context.rect(first.left, first.top, end - first.left, first.height);
    }
    context.clip();
    context.begin_path();
    let Place { left, top, width, height } = grid.place;
    let gap = surface.px(6.0);
    for n in 0..((width + height) / gap) as usize {
        let start = left - height + n as f64 * gap;
        context.move_to(start, top + height);
        context.line_to(start + height, top);
    }
    surface.stroke(colour("--border"), 1.0);
    context.stroke();
    context.restore();
}

/// Writes the value into each cell where there is room for it.
fn numbers(surface: &Surface, cells: &Cells, grid: Grid, scale: &[Rgb]) {
    let cell = grid.cell(0, 0);
    if cell.width < surface.px(40.0) || cell.height < surface.px(16.0) {
        return;
    }
    surface.font(11.0);
    surface.context.set_text_align("center");
    surface.context.set_text_baseline("middle");
    let (low, high) = cells.scale();
    let inks = [colour("--fg"), colour("--bg")];
    for (row, column, value) in cells.visible() {
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        let behind = scale[(share * (scale.len() as f32 - 1.0)) as usize];
        let ink = if contrast(inks[0], behind) >= contrast(inks[1], behind) { inks[0] } else { inks[1] };
        surface.fill(ink);
        let Place { left, top, width, height } = grid.cell(row, column);
        let text = if cells.shares { format!("{value:.2}") } else { cells.show(value) };
        let _ = surface.context.fill_text(&text, left + width / 2.0, top + height / 2.0);
    }
}

/// The names of rows and columns, as many as fit, the cursor's always.
fn names(surface: &Surface, cells: &Cells, grid: Grid, cursor: Option<(usize, usize)>) {
    let (ink, quiet) = (colour("--fg"), colour("--muted"));
    let context = &surface.context;
    let (gap, line) = (surface.px(5.0), surface.px(13.0));
    let cell = grid.cell(0, 0);
    let every = |size: f64| (line / size).ceil().max(1.0) as usize;

    surface.font(11.0);
    surface.fill(quiet);
    context.set_text_baseline("top");
    context.set_text_align("left");
    let _ = context.fill_text(&format!("{} →", cells.column_axis), grid.place.left, 0.0);
    context.set_text_align("right");
    context.set_text_baseline("bottom");
    let _ = context.fill_text(&format!("{} ↓", cells.row_axis), grid.place.left - gap, grid.place.top - gap);

    surface.font(12.0);
    context.set_text_baseline("middle");
    let shown = |i: usize, every: usize, at: Option<usize>| match at {
        Some(at) if i == at => true,
        // The cursor's name pushes its neighbours aside.
        Some(at) if i.abs_diff(at) < every => false,
        _ => i.is_multiple_of(every),
    };
    let (row_step, column_step) = (every(cell.height), every(cell.width));
    for (row, name) in cells.rows.iter().enumerate() {
        let here = cursor.map(|c| c.0);
        if shown(row, row_step, here) {
            let middle = grid.cell(row, 0).top + cell.height / 2.0;
            let text = surface.fitted(name, surface.px(NAMES_LEFT - 16.0));
            surface.fill(ink);
            context.set_text_align("right");
            let _ = context.fill_text(&text, grid.place.left - gap, middle);
            if here == Some(row) {
                underline(surface, grid.place.left - gap, middle + line / 2.0, -surface.text_width(&text));
            }
        }
    }
    for (column, name) in cells.columns.iter().enumerate() {
        let here = cursor.map(|c| c.1);
        if shown(column, column_step, here) {
            let middle = grid.cell(0, column).left + cell.width / 2.0;
            let text = surface.fitted(name, surface.px(NAMES_ABOVE - 24.0));
            context.save();
            let _ = context.translate(middle, grid.place.top - gap);
            let _ = context.rotate(-std::f64::consts::FRAC_PI_2);
            surface.fill(ink);
            context.set_text_align("left");
            let _ = context.fill_text(&text, 0.0, 0.0);
            if here == Some(column) {
                underline(surface, 0.0, line / 2.0, surface.text_width(&text));
            }
            context.restore();
        }
    }
}

fn underline(surface: &Surface, left: f64, top: f64, width: f64) {
    surface.stroke(colour("--accent"), 2.0);
    surface.context.begin_path();
    surface.context.move_to(left, top);
    surface.context.line_to(left + width, top);
    surface.context.stroke();
}

/// Which colour stands for which value.
fn legend(surface: &Surface, cells: &Cells, grid: Grid, scale: &[Rgb]) {
    let (low, high) = cells.scale();
    let top = grid.place.top + grid.place.height + surface.px(14.0);
    let width = surface.px(120.0).min(grid.place.width.max(surface.px(60.0)));
    let strip = Place { left: grid.place.left + surface.px(52.0), top, width, height: surface.px(10.0) };
    surface.picture(scale, scale.len(), strip);
    surface.stroke(colour("--muted"), 1.0);
    surface.context.stroke_rect(strip.left, strip.top, strip.width, strip.height);
    surface.font(11.0);
    surface.fill(colour("--fg"));
    surface.context.set_text_baseline("middle");
    let middle = top + strip.height / 2.0;
    surface.context.set_text_align("right");
    let _ = surface.context.fill_text(&cells.show(low), strip.left - surface.px(5.0), middle);
    surface.context.set_text_align("left");
    let _ = surface.context.fill_text(&cells.show(high), strip.left + strip.width + surface.px(5.0), middle);
}

/// A frame in two colours, so that it stands out from light and dark cells.
fn mark(surface: &Surface, Place { left, top, width, height }: Place) {
    for (colour, css_width) in [(colour("--bg"), 4.0), (colour("--fg"), 2.0)] {
        surface.stroke(colour, css_width);
        surface.context.stroke_rect(left, top, width, height);
    }
}
