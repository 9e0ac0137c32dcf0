//! Colours as numbers: reading what the style sheet says, mixing evenly to the eye, and contrast.

use crate::decimal;

/// A colour in sRGB, eight bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads `#rgb`, `#rrggbb`, `rgb(…)`, `rgba(…)` and `color(srgb …)`; an alpha is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(hex) = text.strip_prefix('#') {
            let wide: String = match hex.len() {
                3 => hex.chars().flat_map(|c| [c, c]).collect(),
                6 => hex.to_owned(),
                _ => return None,
            };
            let channel = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok();
            return Some(Self(channel(0)?, channel(2)?, channel(4)?));
        }
        let (name, rest) = text.split_once('(')?;
        let (rest, unit) = match name {
            "rgb" | "rgba" => (rest, 1.0),
            "color" => (rest.trim_start().strip_prefix("srgb ")?, 255.0),
            _ => return None,
        };
        let mut numbers = rest
            .split([',', ' ', '/', ')'])
            .filter(|part| !part.is_empty())
            .map(|part| decimal::parse(part).map(|x| (x * unit).round().clamp(0.0, 255.0) as u8));
        Some(Self(numbers.next()??, numbers.next()??, numbers.next()??))
    }

    /// As a style value: `rgb(1 2 3)`.
    pub fn css(self) -> String {
        format!("rgb({} {} {})", self.0, self.1, self.2)
    }

    /// Relative luminance as WCAG 2 defines it, between 0 and 1.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn from_linear(rgb: [f64; 3]) -> Self {
        let [r, g, b] = rgb.map(|c| {
            let c = c.clamp(0.0, 1.0);
            let c = if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
            (c * 255.0).round() as u8
        });
        Self(r, g, b)
    }

    /// In Oklab, where equal distances look equal (Ottosson 2020).
    fn oklab(self) -> [f64; 3] {
        let [r, g, b] = self.linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
        ]
    }

    fn from_oklab([lightness, a, b]: [f64; 3]) -> Self {
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        Self::from_linear([
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ])
    }
}

/// A colour `share` of the way from `from` to `to`, evenly to the eye.
pub fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    let (a, b) = (from.oklab(), to.oklab());
    Rgb::from_oklab([0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * share))
}

/// How well two colours tell apart, from 1 to 21 (WCAG 2).
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A scale of one hue: from almost the background, over `hue`, towards the text colour.
///
/// Its lightness only rises or only falls, so that it reads without colour vision too.
pub fn ramp(background: Rgb, hue: Rgb, text: Rgb) -> Vec<Rgb> {
    let (low, high) = (mix(background, hue, 0.06), mix(hue, text, 0.45));
    (0..256)
        .map(|i| {
            let share = f64::from(i) / 255.0;
            if share < 0.65 { mix(low, hue, share / 0.65) } else { mix(hue, high, (share - 0.65) / 0.35) }
        })
        .collect()
}

/// 256 colours from one hue through `middle` to another.
pub fn between(below: Rgb, middle: Rgb, above: Rgb) -> Vec<Rgb> {
    let share = |i: i32| (f64::from(i) - 127.5) / 127.5;
    (0..256).map(share).map(|at| mix(middle, if at < 0.0 { below } else { above }, at.abs())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_values_are_read() {
        assert_eq!(Rgb::parse("#fa0"), Some(Rgb(255, 170, 0)));
        assert_eq!(Rgb::parse(" #0072b2 "), Some(Rgb(0, 114, 178)));
        assert_eq!(Rgb::parse("rgb(1, 2, 3)"), Some(Rgb(1, 2, 3)));
        assert_eq!(Rgb::parse("rgba(1 2 3 / 0.5)"), Some(Rgb(1, 2, 3)));
        assert_eq!(Rgb::parse("color(srgb 1 0.5 0)"), Some(Rgb(255, 128, 0)));
        assert_eq!(Rgb::parse("light-dark(red, blue)"), None);
    }

    #[test]
    fn mixing_ends_where_it_should() {
        let (a, b) = (Rgb(10, 20, 30), Rgb(200, 100, 50));
        assert_eq!((mix(a, b, 0.0), mix(a, b, 1.0)), (a, b));
        assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn a_scale_changes_lightness_in_one_direction_in_both_themes() {
        let themes = [
            (Rgb(255, 255, 255), Rgb(124, 58, 237), Rgb(20, 24, 28)),
            (Rgb(16, 20, 24), Rgb(150, 110, 255), Rgb(235, 238, 242)),
        ];
        for (background, hue, text) in themes {
            let scale: Vec<f64> = ramp(background, hue, text).iter().map(|c| c.oklab()[0]).collect();
            let steps: Vec<f64> = scale.windows(2).map(|w| w[1] - w[0]).collect();
            assert!(steps.iter().all(|d| *d > -0.004) || steps.iter().all(|d| *d < 0.004), "{steps:?}");
        }
    }

    #[test]
    fn lines_and_maps_stand_out_from_the_surfaces_of_both_themes() {
        let css = concat!(include_str!("../../../styles/charts.css"), include_str!("../../../styles/tokens.css"));
        let pair = |name: &str| {
            let line = css.lines().find(|line| line.trim_start().starts_with(&format!("--{name}:"))).unwrap();
            let (light, dark) =
                line.split_once("light-dark(").unwrap().1.split_once(')').unwrap().0.split_once(", ").unwrap();
            [light, dark].map(|text| Rgb::parse(text).unwrap())
        };
        for name in ["series-1", "series-2", "series-3", "series-4", "q", "k", "v", "attn", "muted", "accent"] {
            for background in ["bg", "surface"] {
                for (colour, background) in pair(name).into_iter().zip(pair(background)) {
                    let ratio = contrast(colour, background);
                    assert!(ratio >= 3.0, "--{name}: {ratio:.2}");
                }
            }
        }
    }
}
