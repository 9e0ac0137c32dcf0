//! A heatmap as the text of an SVG file: sharp at every size, and its words stay words.

use super::{
    appearance::colour,
    cells::Cells,
    colour::{Rgb, contrast},
    heat_paint,
};
use std::fmt::Write;

/// The side of a cell.
const CELL: usize = 36;
/// Room for the names of the rows, and above for those of the columns.
const NAMES: usize = 120;
/// Above so many columns numbers would not fit.
const NUMBERED: usize = 48;

/// The colours of a picture, from the theme that is shown.
pub struct Ink {
    /// From the lowest to the highest value.
    pub scale: Vec<Rgb>,
    /// Behind everything, and what the mask hides.
    pub ground: Rgb,
    /// Words.
    pub words: Rgb,
}

impl Ink {
    /// For a map whose colour is a custom property such as `--attn`.
    pub fn of(hue: &'static str) -> Self {
        Self { scale: heat_paint::scale(hue), ground: colour("--bg"), words: colour("--fg") }
    }
}

/// The file.
pub fn written(cells: &Cells, title: &str, ink: Ink) -> String {
    let (rows, columns) = (cells.rows.len(), cells.columns.len());
    let (width, height) = (NAMES + columns * CELL + 8, NAMES + rows * CELL + 8);
    let (low, high) = cells.scale();
    let Ink { scale, ground, words } = ink;
    let title = escaped(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{title}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        hex(ground)
    );
    // Writing to a string cannot fail.
    let mut line = |text: std::fmt::Arguments| {
        let _ = writeln!(svg, "{text}");
    };
    let ink = hex(words);
    for (row, name) in cells.rows.iter().enumerate() {
        let middle = NAMES + row * CELL + CELL / 2;
        line(format_args!(
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\" dominant-baseline=\"central\" fill=\"{ink}\">{}</text>",
            NAMES - 6,
            escaped(name)
        ));
    }
    for (column, name) in cells.columns.iter().enumerate() {
        let middle = NAMES + column * CELL + CELL / 2;
        line(format_args!(
            "<text transform=\"translate({middle} {}) rotate(-90)\" dominant-baseline=\"central\" fill=\"{ink}\">{}</text>",
            NAMES - 6,
            escaped(name)
        ));
    }
    for (row, column, value) in cells.visible() {
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        let place = (share * (scale.len().max(1) - 1) as f32) as usize;
        let behind = scale.get(place).copied().unwrap_or(ground);
        let (left, top) = (NAMES + column * CELL, NAMES + row * CELL);
        let fill = hex(behind);
        line(format_args!("<rect x=\"{left}\" y=\"{top}\" width=\"{CELL}\" height=\"{CELL}\" fill=\"{fill}\"/>"));
        if columns <= NUMBERED {
            let ink = hex(if contrast(words, behind) >= contrast(ground, behind) { words } else { ground });
            let (x, y) = (left + CELL / 2, top + CELL / 2);
            line(format_args!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"11\" text-anchor=\"middle\" dominant-baseline=\"central\" fill=\"{ink}\">{value:.2}</text>"
            ));
        }
    }
    svg + "</svg>\n"
}

fn hex(Rgb(red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A learner's text may hold anything; in an SVG file it is only text. Control characters cannot stand in one.
fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_visible_cell_is_a_square_and_names_are_only_text() {
        let names = vec!["<b>&".to_owned(), "b".to_owned()];
        let cells = Cells {
            rows: names.clone(),
            columns: names,
            values: vec![1.0, 0.5, 0.25, 0.75],
            causal: true,
            shares: true,
            ..Cells::default()
        };
        let ink =
            Ink { scale: vec![Rgb(255, 255, 255), Rgb(0, 0, 0)], ground: Rgb(255, 255, 255), words: Rgb(0, 0, 0) };
        let svg = written(&cells, "A map", ink);
        assert_eq!(svg.matches("<rect ").count(), 1 + 3, "the ground, and the cells that the mask leaves");
        assert!(svg.contains("<title>A map</title>") && svg.contains(">&lt;b&gt;&amp;</text>") && !svg.contains("<b>"));
        assert!(svg.contains("fill=\"#000000\"/>") && svg.contains(">0.25</text>") && svg.ends_with("</svg>\n"));
    }
}
