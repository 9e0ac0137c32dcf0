//! Draws a line chart on a canvas with plotters.
//!
//! Texts are drawn, never measured, by plotters: it measures through an element with a style
//! attribute, which the page's content security policy forbids.

use super::{
    appearance::colour,
    axis,
    canvas::{Place, Surface},
    colour::Rgb,
    lines::{LineData, decimate, nearest},
};
use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsValue;

/// Where a chart's plane lies and which values its edges stand for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Plane {
    /// In device pixels.
    pub place: Place,
    /// The values at the left and right edge.
    pub x: (f64, f64),
    /// The values at the lower and upper edge.
    pub y: (f64, f64),
}

impl Plane {
    fn at(&self, x: f64, y: f64) -> (i32, i32) {
        let across = (x - self.x.0) / (self.x.1 - self.x.0);
        let up = (y - self.y.0) / (self.y.1 - self.y.0);
        let left = self.place.left + across * self.place.width;
        let top = self.place.top + (1.0 - up) * self.place.height;
        (left.round() as i32, top.round() as i32)
    }

    /// The value under a place so many device pixels from the left.
    pub fn x_at(&self, left: f64) -> f64 {
        let across = ((left - self.place.left) / self.place.width.max(1.0)).clamp(0.0, 1.0);
        self.x.0 + across * (self.x.1 - self.x.0)
    }
}

/// The colours of the lines, in order; they repeat after the last.
const SERIES: [&str; 5] = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5"];
/// Dash patterns in CSS pixels, so that lines differ without colour too.
const DASHES: [&[f64]; 5] = [&[], &[7.0, 4.0], &[2.0, 3.0], &[9.0, 3.0, 2.0, 3.0], &[14.0, 5.0]];

type Area = DrawingArea<CanvasBackend, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

/// Draws everything; answers where the plane lies, for the pointer.
pub fn paint(surface: &Surface, data: &LineData, cursor: Option<f64>) -> Plane {
    let names: Vec<&str> = data.series.iter().map(|s| s.name.as_str()).collect();
    let entries = legend_places(surface, &names);
    let legend = entries.last().map_or(0.0, |(_, top)| *top) + surface.px(22.0);
    let place = Place {
        left: surface.px(52.0),
        top: legend,
        width: (surface.width - surface.px(64.0)).max(1.0),
        height: (surface.height - legend - surface.px(40.0)).max(1.0),
    };
    let (x_low, x_high, y_low, y_high) = data.extent().unwrap_or((0.0, 1.0, 0.0, 1.0));
    let x = if x_high > x_low { (x_low, x_high) } else { (x_low, x_low + 1.0) };
    let plane = Plane { place, x, y: axis::padded(y_low, y_high) };
    if let Some(backend) = CanvasBackend::with_canvas_object(surface.canvas.clone()) {
        let area = backend.into_drawing_area();
        let mut painter = Painter { surface, data, plane, area: &area };
        // A canvas that refuses one line refuses all; there is nobody to tell but the empty picture.
        let _ = painter.all(&entries, cursor);
    }
    plane
}

struct Painter<'a> {
    surface: &'a Surface,
    data: &'a LineData,
    plane: Plane,
    area: &'a Area,
}

impl Painter<'_> {
    fn all(&mut self, entries: &[(f64, f64)], cursor: Option<f64>) -> Drawn {
        self.grid()?;
        self.references()?;
        for index in 0..self.data.series.len() {
            self.line(index)?;
        }
        self.reference_names();
        self.legend(entries)?;
        if let Some(x) = cursor {
            self.crosshair(x)?;
        }
        Ok(())
    }

    fn dash(&self, pattern: &[f64]) {
        let lengths: js_sys::Array = pattern.iter().map(|css| JsValue::from_f64(self.surface.px(*css))).collect();
        // Lengths are positive, which is all the browser checks.
        let _ = self.surface.context.set_line_dash(&lengths);
    }

    fn path(&self, points: Vec<(i32, i32)>, colour: Rgb, css_width: f64) -> Drawn {
        let width = self.surface.px(css_width).round().max(1.0) as u32;
        self.area.draw(&PathElement::new(points, shade(colour).stroke_width(width)))
    }

    fn text(&self, text: &str, at: (i32, i32), anchor: Pos, colour: Rgb) -> Drawn {
        let font = FontDesc::new(FontFamily::Name("system-ui, sans-serif"), self.surface.px(12.0), FontStyle::Normal);
        self.area.draw(&Text::new(text.to_owned(), at, TextStyle::from(font).color(&shade(colour)).pos(anchor)))
    }

    fn grid(&self) -> Drawn {
        let Plane { x, y, place } = self.plane;
        let (border, text) = (colour("--border"), colour("--fg"));
        let gap = self.surface.px(6.0) as i32;
        let columns = (place.width / self.surface.px(70.0)) as usize;
        let rows = (place.height / self.surface.px(38.0)) as usize;
        for value in axis::ticks(y.0, y.1, rows.max(2)) {
            let (left, top) = self.plane.at(x.0, value);
            self.path(vec![(left, top), (self.plane.at(x.1, value).0, top)], border, 1.0)?;
            let label = axis::label(value, axis::step(y.0, y.1, rows.max(2)));
            self.text(&label, (left - gap, top), Pos::new(HPos::Right, VPos::Center), text)?;
        }
        for value in axis::ticks(x.0, x.1, columns.max(2)) {
            let (left, bottom) = self.plane.at(value, y.0);
            self.path(vec![(left, bottom), (left, bottom + gap / 2)], text, 1.0)?;
            let label = axis::label(value, axis::step(x.0, x.1, columns.max(2)));
            self.text(&label, (left, bottom + gap), Pos::new(HPos::Center, VPos::Top), text)?;
        }
        let (start, end) = (self.plane.at(x.0, y.0), self.plane.at(x.1, y.0));
        self.path(vec![self.plane.at(x.0, y.1), start, end], text, 1.0)?;
        let below = (end.0, self.surface.height as i32 - gap / 2);
        self.text(&self.data.x_name, below, Pos::new(HPos::Right, VPos::Bottom), text)?;
        self.text(&self.data.y_name, (gap / 2, below.1), Pos::new(HPos::Left, VPos::Bottom), text)
    }

    fn references(&self) -> Drawn {
        let Plane { x, place, .. } = self.plane;
        self.dash(&[1.0, 4.0]);
        for reference in self.data.references.iter().filter(|r| r.y.is_finite()) {
            let (left, top) = self.plane.at(x.0, reference.y);
            self.path(vec![(left, top), (left + place.width as i32, top)], colour("--muted"), 1.5)?;
        }
        self.dash(&[]);
        Ok(())
    }

    /// Over the lines of the data, with a rim of the ground around the letters: a curve that ends at a reference would
    /// hide its name.
    fn reference_names(&self) {
        let Plane { x, place, .. } = self.plane;
        let (context, gap) = (&self.surface.context, self.surface.px(4.0));
        context.save();
        self.surface.font(12.0);
        context.set_text_align("right");
        context.set_line_join("round");
        for reference in self.data.references.iter().filter(|r| r.y.is_finite()) {
            let top = f64::from(self.plane.at(x.0, reference.y).1);
            // Below its line where there is no room between it and the legend.
            let crowded = top < place.top + self.surface.px(16.0);
            let (at, baseline) = if crowded { (top + gap / 2.0, "top") } else { (top - gap / 2.0, "bottom") };
            let right = place.left + place.width - gap;
            context.set_text_baseline(baseline);
            self.surface.stroke(colour("--bg"), 4.0);
            // Words that cannot be drawn stand in the summary and the table.
            let _ = context.stroke_text(&reference.label, right, at);
            self.surface.fill(colour("--fg"));
            let _ = context.fill_text(&reference.label, right, at);
        }
        context.restore();
    }

    fn line(&self, index: usize) -> Drawn {
        let hue = colour(SERIES[index % SERIES.len()]);
        let Plane { x, place, .. } = self.plane;
        let points = &self.data.series[index].points;
        let columns = (place.width / self.surface.density) as usize;
        let parts = decimate(points, x.0, x.1, columns);
        let kept: usize = parts.iter().map(Vec::len).sum();
        for part in parts {
            let pixels: Vec<(i32, i32)> = part.iter().map(|p| self.plane.at(p.0, p.1)).collect();
            // A crowded line shows its shape by the stroke; marks would hide it.
            let marked: Vec<(i32, i32)> = if kept <= 60 { pixels.clone() } else { Vec::new() };
            self.dash(DASHES[index % DASHES.len()]);
            self.path(pixels, hue, 2.0)?;
            self.dash(&[]);
            for at in marked {
                self.mark(index, at, 3.0)?;
            }
        }
        Ok(())
    }

    /// Each line has its own shape: disc, square, triangle, diamond, bar.
    fn mark(&self, index: usize, (left, top): (i32, i32), css_radius: f64) -> Drawn {
        let style = shade(colour(SERIES[index % SERIES.len()])).filled();
        let r = self.surface.px(css_radius).round() as i32;
        match index % SERIES.len() {
            0 => self.area.draw(&Circle::new((left, top), r, style)),
            1 => self.area.draw(&Rectangle::new([(left - r, top - r), (left + r, top + r)], style)),
            2 => self.area.draw(&Polygon::new(vec![(left, top - r), (left + r, top + r), (left - r, top + r)], style)),
            4 => self.area.draw(&Rectangle::new([(left - r / 2, top - r - 1), (left + r / 2, top + r + 1)], style)),
            _ => {
                let corners = vec![(left, top - r), (left + r, top), (left, top + r), (left - r, top)];
                self.area.draw(&Polygon::new(corners, style))
            }
        }
    }

    fn legend(&self, entries: &[(f64, f64)]) -> Drawn {
        let half = self.surface.px(8.0) as i32;
        for (index, (left, top)) in entries.iter().enumerate() {
            let (left, middle) = (*left as i32, *top as i32 + half);
            let sample = self.surface.px(26.0) as i32;
            self.dash(DASHES[index % DASHES.len()]);
            self.path(vec![(left, middle), (left + sample, middle)], colour(SERIES[index % SERIES.len()]), 2.0)?;
            self.dash(&[]);
            self.mark(index, (left + sample / 2, middle), 3.0)?;
            let at = (left + sample + half / 2, middle);
            self.text(&self.data.series[index].name, at, Pos::new(HPos::Left, VPos::Center), colour("--fg"))?;
        }
        Ok(())
    }

    fn crosshair(&self, x: f64) -> Drawn {
        let Plane { y, .. } = self.plane;
        self.path(vec![self.plane.at(x, y.0), self.plane.at(x, y.1)], colour("--fg"), 1.0)?;
        for (index, series) in self.data.series.iter().enumerate() {
            if let Some(point) = nearest(&series.points, x) {
                self.mark(index, self.plane.at(point.0, point.1), 5.0)?;
            }
        }
        Ok(())
    }
}

/// Where each legend entry begins; entries that do not fit go to the next row.
fn legend_places(surface: &Surface, names: &[&str]) -> Vec<(f64, f64)> {
    surface.font(12.0);
    let (mut left, mut top) = (surface.px(8.0), 0.0);
    names
        .iter()
        .map(|name| {
            let width = surface.text_width(name) + surface.px(48.0);
            if left + width > surface.width && left > surface.px(8.0) {
                (left, top) = (surface.px(8.0), top + surface.px(18.0));
            }
            let place = (left, top);
            left += width;
            place
        })
        .collect()
}

fn shade(colour: Rgb) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}
