//! Named points on a plane. Names are written where there is room, the most important first; pointer, finger and
//! keyboard choose a point.

use super::{
    appearance::colour,
    canvas::{Place, Surface, use_canvas},
    chart_frame::{ChartFrame, ChartIds},
    lines::number,
    table::Table,
};
use kit::t;
use leptos::{ev, html, prelude::*};
use std::{f64::consts::TAU, sync::Arc};

/// What a map of points shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// Names, the most important first.
    pub names: Arc<Vec<String>>,
    /// Where each lies, between -1 and 1 both ways; may be shorter than `names`.
    pub places: Vec<[f32; 2]>,
    /// Points that stand out, such as the neighbours of the chosen one.
    pub lit: Vec<usize>,
}

impl Points {
    /// The point next to `from` in the direction of an arrow: the nearest in the quarter it points into.
    fn towards(&self, from: usize, (across, up): (f32, f32)) -> Option<usize> {
        let [x, y] = *self.places.get(from)?;
        let ahead = self.places.iter().enumerate().filter_map(|(at, [px, py])| {
            let (dx, dy) = (px - x, py - y);
            let (along, aside) = (dx * across + dy * up, (dx * up - dy * across).abs());
            (at != from && along > 0.0 && along >= aside).then_some((at, dx.hypot(dy)))
        });
        ahead.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
    }

    /// The point nearest to a place.
    fn nearest(&self, x: f32, y: f32) -> Option<usize> {
        let far = |[px, py]: [f32; 2]| (px - x).hypot(py - y);
        let all = self.places.iter().enumerate();
        all.min_by(|a, b| far(*a.1).total_cmp(&far(*b.1))).map(|(at, _)| at)
    }

    fn table(&self) -> Table {
        let cell = |x: f32| number(f64::from((x * 1e3).round() / 1e3));
        let rows = self.names.iter().zip(&self.places).map(|(name, [x, y])| vec![name.clone(), cell(*x), cell(*y)]);
        Table {
            columns: vec![t!("scatter.name").into(), "x".into(), "y".into()],
            rows: rows.collect(),
            ..Table::default()
        }
    }
}

/// Room left free at the edges, in CSS pixels.
const EDGE: f64 = 26.0;

/// Draws a map of named points.
#[component]
pub fn Scatter(
    /// What the map is called.
    #[prop(into)]
    title: Signal<String>,
    /// The points.
    #[prop(into)]
    points: Signal<Arc<Points>>,
    /// One sentence about them.
    #[prop(into)]
    summary: Signal<String>,
    /// The chosen point.
    #[prop(into)]
    chosen: Signal<Option<usize>>,
    /// Called when another one is chosen.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let ids = ChartIds::new();
    let canvas = NodeRef::<html::Canvas>::new();
    use_canvas(
        canvas,
        move || (points.get(), chosen.get()),
        |surface, (points, chosen)| paint(surface, points, *chosen),
    );
    let tap = move |event: ev::PointerEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
        let value = |at: f64, size: f64| ((at - EDGE) / (size - 2.0 * EDGE).max(1.0) * 2.0 - 1.0) as f32;
        let (x, y) = (value(f64::from(event.offset_x()), width), -value(f64::from(event.offset_y()), height));
        if let Some(at) = points.with_untracked(|points| points.nearest(x, y)) {
            on_choose.run(at);
        }
    };
    let press = move |event: ev::KeyboardEvent| {
        let arrow = match event.key().as_str() {
            "ArrowRight" => (1.0, 0.0),
            "ArrowLeft" => (-1.0, 0.0),
            "ArrowUp" => (0.0, 1.0),
            "ArrowDown" => (0.0, -1.0),
            _ => return,
        };
        event.prevent_default();
        let next =
            points.with_untracked(|points| match chosen.get_untracked().filter(|at| *at < points.places.len()) {
                Some(from) => points.towards(from, arrow),
                None => (!points.places.is_empty()).then_some(0),
            });
        if let Some(next) = next {
            on_choose.run(next);
        }
    };
    let readout = Signal::derive(move || {
        chosen.get().map_or(String::new(), |at| {
            points.with(|points| match (points.names.get(at), points.places.get(at)) {
                (Some(name), Some([x, y])) => {
                    t!("scatter.lies_at", name = name, x = format!("{x:.2}"), y = format!("{y:.2}"))
                }
                (Some(name), None) => t!("scatter.not_on_map", name = name),
                _ => String::new(),
            })
        })
    });
    // Read aloud when another point is chosen, not each time the map moves.
    let spoken = Signal::derive(move || {
        let at = chosen.get();
        points.with_untracked(|points| at.and_then(|at| points.names.get(at).cloned()).unwrap_or_default())
    });
    let described_by = ids.described_by();
    view! {
        <ChartFrame
            ids
            title
            summary
            readout
            spoken
            keys=t!("scatter.point_tap_arrows")
            table=Arc::new(move || points.with(|points| points.table()))
            csv=Arc::new(move || points.with_untracked(|points| points.table().csv()))
        >
            <canvas
                node_ref=canvas
                class="chart-canvas scatter-canvas"
                tabindex="0"
                role="application"
                aria-roledescription=t!("scatter.map_of_points")
                aria-label=move || title.get()
                aria-describedby=described_by
                on:pointerdown=tap
                on:keydown=press
            ></canvas>
        </ChartFrame>
    }
}

fn paint(surface: &Surface, points: &Points, chosen: Option<usize>) {
    let edge = surface.px(EDGE);
    let (width, height) = (surface.width - 2.0 * edge, surface.height - 2.0 * edge);
    let middle = |at: usize| {
        let [x, y] = points.places.get(at).copied().unwrap_or_default();
        (edge + (f64::from(x) + 1.0) / 2.0 * width, edge + (1.0 - f64::from(y)) / 2.0 * height)
    };
    surface.stroke(colour("--border"), 1.0);
    surface.context.begin_path();
    surface.context.move_to(surface.width / 2.0, 0.0);
    surface.context.line_to(surface.width / 2.0, surface.height);
    surface.context.move_to(0.0, surface.height / 2.0);
    surface.context.line_to(surface.width, surface.height / 2.0);
    surface.context.stroke();

    // The chosen point and those that stand out get their names before the others.
    let here = |at: &usize| *at < points.places.len();
    let special: Vec<usize> = chosen.into_iter().chain(points.lit.iter().copied()).filter(here).collect();
    let others = (0..points.places.len()).filter(|at| !special.contains(at));
    let order: Vec<usize> = special.iter().copied().chain(others).collect();
    let look = |at: usize| {
        if chosen == Some(at) {
            ("--accent", 5.5, 15.0)
        } else if points.lit.contains(&at) {
            ("--attn", 4.5, 13.0)
        } else {
            ("--muted", 2.5, 12.0)
        }
    };
    for at in order.iter().rev() {
        let ((x, y), (hue, radius, _)) = (middle(*at), look(*at));
        surface.fill(colour(hue));
        surface.context.begin_path();
        // A circle of a positive radius can always be drawn.
        let _ = surface.context.arc(x, y, surface.px(radius), 0.0, TAU);
        surface.context.fill();
    }
    surface.context.set_text_baseline("middle");
    surface.context.set_text_align("left");
    let mut taken: Vec<Place> = Vec::new();
    for at in order {
        let ((x, y), (hue, radius, size)) = (middle(at), look(at));
        surface.font(size);
        let name = surface.fitted(&points.names[at], surface.px(120.0));
        let (wide, high, gap) = (surface.text_width(&name), surface.px(size + 2.0), surface.px(radius + 3.0));
        // Beside its point, or a little above or below: wherever there is room first.
        let (right, left) = (x + gap, x - gap - wide);
        let spots = [(right, 0.0), (left, 0.0), (right, high), (left, high), (right, -high), (left, -high)];
        let free =
            spots.into_iter().map(|(left, down)| Place { left, top: y + down - high / 2.0, width: wide, height: high });
        let inside = |place: &Place| place.left >= 0.0 && place.left + wide <= surface.width;
        let Some(place) = free.filter(inside).find(|place| !taken.iter().any(|other| overlap(*other, *place))) else {
            continue;
        };
        surface.fill(colour(if hue == "--muted" { "--fg" } else { hue }));
        // A text that cannot be drawn is in the table all the same.
        let _ = surface.context.fill_text(&name, place.left, place.top + high / 2.0);
        taken.push(place);
    }
}

fn overlap(a: Place, b: Place) -> bool {
    let apart = a.left + a.width < b.left || b.left + b.width < a.left;
    !(apart || a.top + a.height < b.top || b.top + b.height < a.top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_to_the_nearest_point_ahead() {
        let places = vec![[0.0, 0.0], [0.5, 0.1], [0.9, 0.0], [0.1, 0.6], [-0.4, -0.3]];
        let names = Arc::new(["a", "b", "c", "d", "e"].map(String::from).to_vec());
        let points = Points { names, places, lit: vec![] };
        assert_eq!(points.towards(0, (1.0, 0.0)), Some(1));
        assert_eq!(points.towards(0, (0.0, 1.0)), Some(3));
        assert_eq!(points.towards(0, (-1.0, 0.0)), Some(4));
        assert_eq!(points.towards(2, (1.0, 0.0)), None, "nothing lies further right");
        assert_eq!(points.nearest(0.8, -0.1), Some(2));
        assert_eq!(points.table().rows[1], ["b", "0.5000", "0.1000"]);
    }

    #[test]
    fn names_that_share_ground_overlap() {
        let place = |left, top| Place { left, top, width: 10.0, height: 4.0 };
        assert!(overlap(place(0.0, 0.0), place(9.0, 3.0)));
        assert!(!overlap(place(0.0, 0.0), place(11.0, 0.0)) && !overlap(place(0.0, 0.0), place(0.0, 5.0)));
    }
}
