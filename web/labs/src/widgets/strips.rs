//! Vectors as rows of coloured cells: above zero in one colour, below in another, the paler the nearer to zero.

use super::{
    appearance::colour,
    canvas::{Place, Surface, use_canvas},
    colour::{Rgb, mix},
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// Draws one vector per row, all on one scale. What it shows is said in `label`: it is a picture to those who see it.
#[component]
pub fn Strips(
    /// The picture in words.
    #[prop(into)]
    label: Signal<String>,
    /// The vectors.
    #[prop(into)]
    rows: Signal<Arc<Vec<Vec<f32>>>>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    use_canvas(canvas, move || rows.get(), |surface, rows| paint(surface, rows));
    view! { <canvas node_ref=canvas class="strips-canvas" role="img" aria-label=move || label.get()></canvas> }
}

fn paint(surface: &Surface, rows: &[Vec<f32>]) {
    let scale = rows.iter().flatten().fold(0.0f32, |most, x| most.max(x.abs())).max(f32::MIN_POSITIVE);
    let (blank, above, below) = (colour("--surface-2"), colour("--series-1"), colour("--series-2"));
    let gap = surface.px(6.0);
    let height = (surface.height - gap * rows.len().saturating_sub(1) as f64) / rows.len().max(1) as f64;
    for (at, row) in rows.iter().enumerate() {
        let share = |x: f32| f64::from((x.abs() / scale).min(1.0));
        let shade = |x: &f32| -> Rgb { mix(blank, if *x < 0.0 { below } else { above }, share(*x)) };
        let place = Place { left: 0.0, top: at as f64 * (height + gap), width: surface.width, height };
        let columns = surface.width as usize;
        if row.len() <= columns {
            let cells: Vec<Rgb> = row.iter().map(shade).collect();
            surface.picture(&cells, cells.len(), place);
        } else {
            // More numbers than pixels: each pixel shows the largest of its numbers, so that a single one is not lost.
            let cells: Vec<Rgb> = row.chunks(row.len().div_ceil(columns)).map(|few| shade(&largest(few))).collect();
            surface.picture(&cells, cells.len(), place);
        }
        for (number, x) in row.iter().enumerate().filter(|(_, x)| row.len() > 64 && **x == scale) {
            // In a long row a single cell is thinner than a hair: it is drawn wider.
            let left = number as f64 / row.len() as f64 * surface.width;
            surface.fill(shade(x));
            surface.context.fill_rect(left.min(surface.width - surface.px(4.0)), place.top, surface.px(4.0), height);
        }
        surface.stroke(colour("--edge"), 1.0);
        surface.context.stroke_rect(0.5, place.top + 0.5, surface.width - 1.0, height - 1.0);
    }
}

fn largest(numbers: &[f32]) -> f32 {
    numbers.iter().copied().fold(0.0, |most: f32, x| if x.abs() > most.abs() { x } else { most })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_counts_by_its_size_and_keeps_its_sign() {
        assert_eq!((largest(&[0.1, -0.9, 0.5]), largest(&[])), (-0.9, 0.0));
    }
}
