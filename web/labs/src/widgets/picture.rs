//! A chart's picture as a file.

use super::{appearance::colour, download};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement};

/// Saves what a canvas shows as a PNG file, on the ground that it has on the page: a canvas itself is see-through.
pub fn save_png(canvas: &HtmlCanvasElement, title: &str) {
    let Some(copy) = on_ground(canvas) else { return };
    let Ok(address) = copy.to_data_url_with_type("image/png") else { return };
    let Ok(link) = document().create_element("a") else { return };
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&address);
    link.set_download(&download::file_name(title, "png"));
    link.click();
}

fn on_ground(canvas: &HtmlCanvasElement) -> Option<HtmlCanvasElement> {
    let copy: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
    copy.set_width(canvas.width());
    copy.set_height(canvas.height());
    let context: CanvasRenderingContext2d = copy.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_fill_style_str(&colour("--bg").css());
    context.fill_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
    context.draw_image_with_html_canvas_element(canvas, 0.0, 0.0).ok()?;
    Some(copy)
}
