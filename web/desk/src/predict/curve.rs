//! Drawing a curve before it is measured: with a pointer, or with a field for each of its points.

use super::State;
use kit::{t, text::fill};
use learn::practice::{Curve, Value};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// The drawing's size in its own unit; the page scales it.
const SIZE: (f64, f64) = (600.0, 280.0);
/// What is left around the frame, for labels.
const EDGE: (f64, f64) = (44.0, 28.0);

/// From numbers to places in the drawing and back.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    x: [f64; 2],
    y: [f64; 2],
}

impl Frame {
    fn of(curve: &Curve) -> Self {
        let ends = [curve.at.first(), curve.at.last()].map(|end| end.copied().unwrap_or_default());
        Self { x: ends, y: curve.range }
    }

    fn place(self, x: f64, y: f64) -> (f64, f64) {
        let across = (x - self.x[0]) / (self.x[1] - self.x[0]);
        let up = ((y - self.y[0]) / (self.y[1] - self.y[0])).clamp(0.0, 1.0);
        (EDGE.0 + across * (SIZE.0 - EDGE.0 - 12.0), 12.0 + (1.0 - up) * (SIZE.1 - EDGE.1 - 12.0))
    }

    /// The numbers at a place given as shares of the drawing's width and height.
    fn numbers(self, across: f64, down: f64) -> (f64, f64) {
        let x = (across * SIZE.0 - EDGE.0) / (SIZE.0 - EDGE.0 - 12.0);
        let y = 1.0 - (down * SIZE.1 - 12.0) / (SIZE.1 - EDGE.1 - 12.0);
        (self.x[0] + x * (self.x[1] - self.x[0]), self.y[0] + y.clamp(0.0, 1.0) * (self.y[1] - self.y[0]))
    }

    fn line(self, points: &[(f64, f64)]) -> String {
        let inside = points.iter().filter(|(x, y)| (self.x[0]..=self.x[1]).contains(x) && y.is_finite());
        let places = inside.map(|(x, y)| {
            let (left, top) = self.place(*x, *y);
            format!("{left:.1},{top:.1}")
        });
        places.collect::<Vec<_>>().join(" ")
    }
}

/// Draws the frame, the learner's curve, the measured one, and a field for each point.
#[component]
pub fn Drawing(
    /// What is drawn.
    curve: Curve,
    /// What the learner has done so far.
    state: State,
) -> impl IntoView {
    let frame = Frame::of(&curve);
    let at = StoredValue::new(curve.at.clone());
    let points = move || -> Vec<(f64, f64)> {
        let heights = state.heights.get();
        at.with_value(|at| at.iter().zip(heights).filter_map(|(x, y)| Some((*x, y?))).collect())
    };
    let drag = RwSignal::new(false);
    let put = move |event: &PointerEvent| {
        let Some(target) = event.current_target().and_then(|it| it.dyn_into::<Element>().ok()) else { return };
        let bounds = target.get_bounding_client_rect();
        let across = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
        let down = (f64::from(event.client_y()) - bounds.top()) / bounds.height().max(1.0);
        let (x, y) = frame.numbers(across, down);
        let nearest =
            at.with_value(|at| (0..at.len()).min_by(|a, b| (at[*a] - x).abs().total_cmp(&(at[*b] - x).abs())));
        if let Some(nearest) = nearest {
            state.heights.update(|heights| heights[nearest] = Some((y * 100.0).round() / 100.0));
        }
    };
    let down = move |event: PointerEvent| {
        if state.is_locked() {
            return;
        }
        event.prevent_default();
        if let Some(target) = event.current_target().and_then(|it| it.dyn_into::<Element>().ok()) {
            // Without capture the drag ends at the drawing's edge, which does no harm.
            let _ = target.set_pointer_capture(event.pointer_id());
        }
        drag.set(true);
        put(&event);
    };
    let moved = move |event: PointerEvent| {
        if drag.get_untracked() && !state.is_locked() {
            put(&event);
        }
    };
    let ticks: Vec<_> = curve
        .at
        .iter()
        .map(|x| {
            let (left, bottom) = frame.place(*x, frame.y[0]);
            let (_, top) = frame.place(*x, frame.y[1]);
            view! {
                <line class="predict-grid" x1=left x2=left y1=top y2=bottom></line>
                <text class="predict-tick" x=left y=bottom + 18.0 text-anchor="middle">{Value::Number(*x).to_string()}</text>
            }
        })
        .collect();
    let levels: Vec<_> = (0..=4)
        .map(|step| {
            let y = frame.y[0] + (frame.y[1] - frame.y[0]) * f64::from(step) / 4.0;
            let ((left, top), (right, _)) = (frame.place(frame.x[0], y), frame.place(frame.x[1], y));
            view! {
                <line class="predict-grid" x1=left x2=right y1=top y2=top></line>
                <text class="predict-tick" x=left - 6.0 y=top + 4.0 text-anchor="end">{Value::Number(y).to_string()}</text>
            }
        })
        .collect();
    let dots = move || {
        let dot = |(x, y): (f64, f64)| {
            let (left, top) = frame.place(x, y);
            view! { <circle class="predict-dot" cx=left cy=top r="6"></circle> }
        };
        points().into_iter().map(dot).collect::<Vec<_>>()
    };
    let fields: Vec<_> = curve
        .at
        .iter()
        .enumerate()
        .map(|(index, x)| {
            let label = fill(
                t!("predict.point"),
                &[("x", &Value::Number(*x).to_string()), ("x_label", &curve.x_label), ("y_label", &curve.y_label)],
            );
            let value = move || state.heights.with(|heights| heights[index].map(|y| y.to_string()).unwrap_or_default());
            let set = move |event: web_sys::Event| {
                let typed = learn::practice::readings(&event_target_value(&event), "");
                let height = typed.first().map(|y| y.clamp(frame.y[0], frame.y[1]));
                state.heights.update(|heights| heights[index] = height);
            };
            view! {
                <label class="predict-point">
                    <span>{label}</span>
                    <input
                        type="number" step="0.1" min=frame.y[0] max=frame.y[1] data-point=index
                        readonly=move || state.is_locked() prop:value=value on:change=set
                    />
                </label>
            }
        })
        .collect();
    let measured = move || state.live.with(|live| frame.line(live));
    view! {
        <p class="muted">{t!("predict.how")}</p>
        <svg
            class="predict-curve" viewBox=format!("0 0 {} {}", SIZE.0, SIZE.1) aria-hidden="true" data-drawing=""
            class:locked=move || state.is_locked()
            on:pointerdown=down on:pointermove=moved on:pointerup=move |_| drag.set(false) on:pointercancel=move |_| drag.set(false)
        >
            {levels}{ticks}
            <polyline class="predict-live" points=measured></polyline>
            <polyline class="predict-line" points=move || frame.line(&points())></polyline>
            {dots}
        </svg>
        <p class="predict-legend" hidden=move || state.live.with(Vec::is_empty)>
            <span class="yours">{t!("predict.yours")}</span>" "<span class="measured">{t!("predict.measured")}</span>
        </p>
        <div class="predict-points" role="group" aria-label=t!("predict.points")>{fields}</div>
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn places_and_numbers_undo_each_other() {
        let frame = Frame { x: [0.0, 400.0], y: [0.0, 5.0] };
        for (x, y) in [(0.0, 0.0), (100.0, 2.5), (400.0, 5.0)] {
            let (left, top) = frame.place(x, y);
            let (back_x, back_y) = frame.numbers(left / super::SIZE.0, top / super::SIZE.1);
            assert!((back_x - x).abs() < 1e-9 && (back_y - y).abs() < 1e-9, "{x} {y}: {back_x} {back_y}");
        }
        assert_eq!(frame.line(&[(0.0, f64::NAN), (900.0, 1.0)]), "");
    }
}
