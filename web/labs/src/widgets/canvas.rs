//! A canvas that redraws itself: when its data, its size, the theme or the pixel density changes, and
//! at most once per frame.

use super::{appearance, colour::Rgb};
use leptos::{html, prelude::*};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{Clamped, prelude::*};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData, ResizeObserver};

/// A canvas ready to be drawn on. All measures are in device pixels; [`Surface::px`] makes them.
pub struct Surface {
    /// The element.
    pub canvas: HtmlCanvasElement,
    /// Where to draw.
    pub context: CanvasRenderingContext2d,
    /// Device pixels across.
    pub width: f64,
    /// Device pixels down.
    pub height: f64,
    /// Device pixels per CSS pixel.
    pub density: f64,
}

impl Surface {
    /// Sizes the canvas to its place on the page and clears it; none while it has no size.
    fn open(canvas: &HtmlCanvasElement) -> Option<Self> {
        let density = window().device_pixel_ratio().clamp(1.0, 4.0);
        let width = (f64::from(canvas.client_width()) * density).round();
        let height = (f64::from(canvas.client_height()) * density).round();
        if width < 1.0 || height < 1.0 {
            return None;
        }
        // Setting a size clears the canvas, so both are set each time.
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { canvas: canvas.clone(), context, width, height, density })
    }

    /// So many CSS pixels in device pixels.
    pub fn px(&self, css: f64) -> f64 {
        css * self.density
    }

    /// Chooses the fill colour.
    pub fn fill(&self, colour: Rgb) {
        self.context.set_fill_style_str(&colour.css());
    }

    /// Chooses the line colour and width.
    pub fn stroke(&self, colour: Rgb, css_width: f64) {
        self.context.set_stroke_style_str(&colour.css());
        self.context.set_line_width(self.px(css_width));
    }

    /// Chooses a font of so many CSS pixels.
    pub fn font(&self, css_size: f64) {
        self.context.set_font(&format!("{}px system-ui, sans-serif", self.px(css_size)));
    }

    /// How wide a text is in the chosen font.
    pub fn text_width(&self, text: &str) -> f64 {
        self.context.measure_text(text).map_or(0.0, |measure| measure.width())
    }

    /// The longest beginning of `text` that fits `room`, with an ellipsis where something is left off.
    pub fn fitted(&self, text: &str, room: f64) -> String {
        if self.text_width(text) <= room {
            return text.to_owned();
        }
        let letters: Vec<char> = text.chars().collect();
        (0..letters.len())
            .rev()
            .map(|n| letters[..n].iter().chain(&['…']).collect::<String>())
            .find(|short| self.text_width(short) <= room)
            .unwrap_or_default()
    }

    /// Paints one colour per cell, `[rows, columns]`, over a rectangle.
    ///
    /// One image stretched over the place costs the same for 4 cells and for 16,000; a rectangle per
    /// cell does not.
    pub fn picture(&self, colours: &[Rgb], columns: usize, place: Place) {
        let rows = colours.len() / columns.max(1);
        if rows == 0 {
            return;
        }
        let bytes: Vec<u8> = colours.iter().flat_map(|c| [c.0, c.1, c.2, 255]).collect();
        let small = || -> Option<HtmlCanvasElement> {
            let image = ImageData::new_with_u8_clamped_array(Clamped(&bytes), columns as u32).ok()?;
            let small: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
            small.set_width(columns as u32);
            small.set_height(rows as u32);
            let context: CanvasRenderingContext2d = small.get_context("2d").ok()??.dyn_into().ok()?;
            context.put_image_data(&image, 0.0, 0.0).ok()?;
            Some(small)
        };
        let Some(small) = small() else { return };
        self.context.set_image_smoothing_enabled(false);
        // Drawing can only fail on a canvas without size, which `rows` and `columns` rule out.
        let _ = self.context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &small,
            place.left,
            place.top,
            place.width,
            place.height,
        );
    }
}

/// A rectangle in device pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Place {
    /// From the left.
    pub left: f64,
    /// From the top.
    pub top: f64,
    /// Across.
    pub width: f64,
    /// Down.
    pub height: f64,
}

/// Keeps the canvas of `node` painted with what `model` answers; signals that `model` reads are watched.
pub fn use_canvas<M: 'static>(
    node: NodeRef<html::Canvas>,
    model: impl Fn() -> M + 'static,
    paint: impl Fn(&Surface, &M) + 'static,
) {
    let size = watch_size(node);
    let latest = Rc::new(RefCell::new(None));
    let queued = Rc::new(Cell::new(false));
    let paint = Rc::new(paint);
    Effect::new(move |_| {
        let Some(canvas) = node.get() else { return };
        size.track();
        appearance::changes().track();
        *latest.borrow_mut() = Some(model());
        if queued.replace(true) {
            return;
        }
        let (latest, queued, paint) = (latest.clone(), queued.clone(), paint.clone());
        request_animation_frame(move || {
            queued.set(false);
            if let (Some(surface), Some(model)) = (Surface::open(&canvas), &*latest.borrow()) {
                paint(&surface, model);
            }
        });
    });
}

struct Observed {
    observer: ResizeObserver,
    // The observer calls it for as long as it is connected.
    _listener: Closure<dyn FnMut()>,
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Counts changes of the canvas's size on the page.
fn watch_size(node: NodeRef<html::Canvas>) -> ReadSignal<u32> {
    let (size, set_size) = signal(0);
    let kept = StoredValue::new_local(None::<Observed>);
    Effect::new(move |_| {
        let Some(canvas) = node.get() else { return };
        let listener = Closure::<dyn FnMut()>::new(move || {
            set_size.try_update(|n| *n += 1);
        });
        if let Ok(observer) = ResizeObserver::new(listener.as_ref().unchecked_ref()) {
            observer.observe(&canvas);
            kept.set_value(Some(Observed { observer, _listener: listener }));
        }
    });
    size
}
