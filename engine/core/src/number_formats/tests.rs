//! Every pattern of the narrow formats, random numbers in the wide one, and the crate `half` as a second opinion.

use super::*;
use half::{bf16, f16};
use proptest::prelude::*;

const NARROW: [Format; 4] = [Format::Float16, Format::BFloat16, Format::Int8, Format::Int4];

fn patterns(format: Format) -> std::ops::Range<u32> {
    0..1 << format.bits()
}

/// Numbers of every size, each sign, halves and neighbours of halves among them.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        any::<f32>().prop_map(f64::from),
        (-200i32..200, 1.0f64..2.0, any::<bool>())
            .prop_map(|(power, digits, minus)| digits * 2f64.powi(power) * if minus { -1.0 } else { 1.0 }),
        (-300i32..300).prop_map(|halves| f64::from(halves) / 2.0),
        Just(0.0),
        Just(-0.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
    ]
}

#[test]
fn every_pattern_of_sixteen_bits_is_that_of_the_crate_half() {
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
    for bits in 0..=u16::MAX {
        let wide = u32::from(bits);
        assert!(same(Format::Float16.decode(wide), f16::from_bits(bits).to_f64()), "float16 {bits:#06x}");
        assert!(same(Format::BFloat16.decode(wide), bf16::from_bits(bits).to_f64()), "bfloat16 {bits:#06x}");
    }
}

#[test]
fn every_pattern_comes_back() {
    for format in NARROW {
        for bits in patterns(format) {
            let value = format.decode(bits);
            let back = format.encode(value);
            if format.kind(bits) == Kind::NotANumber {
                assert!(value.is_nan() && format.kind(back) == Kind::NotANumber, "{} {bits:#x}", format.name());
            } else {
                assert_eq!(back, bits, "{} {bits:#x} is {value}", format.name());
            }
        }
    }
}

#[test]
fn neighbours_are_the_next_in_order() {
    for format in NARROW {
        let ordered = |bits: &u32| format.kind(*bits) != Kind::NotANumber;
        let mut all: Vec<u32> = patterns(format).filter(ordered).collect();
        all.sort_by(|a, b| format.decode(*a).total_cmp(&format.decode(*b)));
        // -0 and 0 are one place; each is passed over on the way to or from the other.
        let minus_zero = format.layout().map(float::Layout::sign);
        all.retain(|bits| Some(*bits) != minus_zero);
        for pair in all.windows(2) {
            let above = format.above(pair[0]).map(|bits| if Some(bits) == minus_zero { 0 } else { bits });
            let below = format.below(pair[1]).map(|bits| if Some(bits) == minus_zero { 0 } else { bits });
            assert_eq!((above, below), (Some(pair[1]), Some(pair[0])), "{} {:#x}", format.name(), pair[0]);
        }
        assert_eq!(format.below(all[0]), None);
        assert_eq!(format.above(all[all.len() - 1]), None);
        if let Some(zero) = minus_zero {
            assert_eq!((format.above(zero), format.below(zero)), (format.above(0), format.below(0)));
            assert_eq!((format.above(format.encode(f64::NAN)), format.below(format.encode(f64::NAN))), (None, None));
        }
    }
}

#[test]
fn halfway_goes_to_the_even_one() {
    for format in NARROW {
        for bits in patterns(format) {
            let Some(above) = format.above(bits).filter(|above| format.decode(*above).is_finite()) else { continue };
            let (low, high) = (format.decode(bits), format.decode(above));
            if !low.is_finite() {
                continue;
            }
            let middle = (low + high) / 2.0;
            let even = if bits.is_multiple_of(2) { low } else { high };
            assert_eq!(format.decode(format.encode(middle)), even, "{} between {low} and {high}", format.name());
            for (meant, nearest) in [(middle.next_down(), low), (middle.next_up(), high)] {
                assert_eq!(format.decode(format.encode(meant)), nearest, "{} beside {middle}", format.name());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn float32_is_the_one_of_the_machine(x in number(), bits in any::<u32>()) {
        let float = x as f32;
        let ours = Format::Float32.encode(x);
        prop_assert!(ours == float.to_bits() || float.is_nan() && Format::Float32.kind(ours) == Kind::NotANumber);
        let float = f32::from_bits(bits);
        let ours = Format::Float32.decode(bits);
        prop_assert!(ours.to_bits() == f64::from(float).to_bits() || float.is_nan() && ours.is_nan());
        if !float.is_nan() {
            prop_assert_eq!(Format::Float32.encode(ours), bits);
            let up = Format::Float32.above(bits).map(|bits| Format::Float32.decode(bits) as f32);
            prop_assert_eq!(up, (float != f32::INFINITY).then(|| float.next_up()));
            let down = Format::Float32.below(bits).map(|bits| Format::Float32.decode(bits) as f32);
            prop_assert_eq!(down, (float != f32::NEG_INFINITY).then(|| float.next_down()));
        }
    }

    #[test]
    fn sixteen_bits_are_those_of_the_crate_half(x in number()) {
        let half = f16::from_f64(x);
        let ours = Format::Float16.encode(x) as u16;
        prop_assert!(ours == half.to_bits() || x.is_nan() && f16::from_bits(ours).is_nan(), "{x:e}: {ours:#x} {half}");
        let half = bf16::from_f64(x);
        let ours = Format::BFloat16.encode(x) as u16;
        prop_assert!(ours == half.to_bits() || x.is_nan() && bf16::from_bits(ours).is_nan(), "{x:e}: {ours:#x} {half}");
    }

    #[test]
    fn nothing_of_the_format_is_nearer(x in number()) {
        for format in Format::ALL {
            let bits = format.encode(x);
            let value = format.decode(bits);
            if !x.is_finite() || value.is_infinite() {
                continue;
            }
            let off = (value - x).abs();
            for other in [format.above(bits), format.below(bits)].into_iter().flatten() {
                prop_assert!(off <= (format.decode(other) - x).abs(), "{} {x:e}", format.name());
            }
        }
    }

    #[test]
    fn a_scale_moves_the_whole_grid(x in -1e6f64..1e6, scale in 1e-6f64..1e3) {
        for format in [Format::Int8, Format::Int4] {
            let held = Held::nearest(format, scale, x);
            let inside = (format.lowest() * scale..=format.largest() * scale).contains(&x);
            // Half a step, and a little for what the division and the product round.
            prop_assert!(!inside || held.error(x).abs() <= scale / 2.0 * (1.0 + 1e-9), "{} {x} {scale}", format.name());
            prop_assert!(inside || [format.lowest() * scale, format.largest() * scale].contains(&held.value()));
            prop_assert!((held.step().unwrap() - scale).abs() <= scale * 1e-9 * 128.0);
        }
    }

    #[test]
    fn turning_a_bit_twice_changes_nothing(x in number(), place in 0u32..32) {
        for format in Format::ALL.into_iter().filter(|format| place < format.bits()) {
            let held = Held::nearest(format, 1.0, x);
            let turned = held.flipped(place);
            prop_assert_ne!(turned.bit(place), held.bit(place));
            prop_assert_eq!(turned.flipped(place), held);
        }
    }
}

#[test]
fn the_fields_are_those_of_the_standard() {
    let widths = |format: Format| {
        let count = |field| (0..format.bits()).filter(|place| format.field(*place) == field).count();
        [count(Field::Sign), count(Field::Exponent), count(Field::Fraction), count(Field::Whole)]
    };
    assert_eq!(Format::ALL.map(Format::bits), [32, 16, 16, 8, 4]);
    assert_eq!(Format::ALL.map(widths), [[1, 8, 23, 0], [1, 5, 10, 0], [1, 8, 7, 0], [1, 0, 0, 7], [1, 0, 0, 3]]);
    let layout = Format::Float16.layout().unwrap();
    let bits = Format::Float16.encode(-6.5);
    assert_eq!((layout.written_exponent(bits), layout.exponent_of(bits), layout.fraction_of(bits)), (17, 2, 640));
}

#[test]
fn the_ranges_are_the_published_ones() {
    assert_eq!(Format::Float32.largest(), f64::from(f32::MAX));
    assert_eq!(Format::Float32.smallest_normal(), f64::from(f32::MIN_POSITIVE));
    assert_eq!(Format::Float32.smallest(), f64::from(f32::from_bits(1)));
    assert_eq!((Format::Float16.largest(), Format::Float16.lowest()), (65504.0, -65504.0));
    assert_eq!((Format::Float16.smallest_normal(), Format::Float16.smallest()), (2f64.powi(-14), 2f64.powi(-24)));
    assert_eq!(Format::BFloat16.largest(), f64::from(bf16::MAX.to_f32()));
    assert_eq!((Format::Int8.lowest(), Format::Int8.largest(), Format::Int8.smallest()), (-128.0, 127.0, 1.0));
    assert_eq!((Format::Int4.lowest(), Format::Int4.largest(), Format::Int4.smallest_normal()), (-8.0, 7.0, 1.0));
}

#[test]
fn too_large_is_infinite_or_the_largest() {
    // 65,520 is halfway between the largest float16 and what would come after it; the even one is out of reach.
    assert_eq!(Format::Float16.decode(Format::Float16.encode(65519.999)), 65504.0);
    assert_eq!(Format::Float16.decode(Format::Float16.encode(65520.0)), f64::INFINITY);
    assert_eq!(Format::BFloat16.decode(Format::BFloat16.encode(-1e39)), f64::NEG_INFINITY);
    for (x, eight, four) in [(1e300, 127.0, 7.0), (f64::NEG_INFINITY, -128.0, -8.0), (f64::NAN, 0.0, 0.0)] {
        assert_eq!(Format::Int8.decode(Format::Int8.encode(x)), eight);
        assert_eq!(Format::Int4.decode(Format::Int4.encode(x)), four);
    }
    // In whole numbers, too, halfway goes to the even one.
    assert_eq!([0.5, 1.5, 2.5, -0.5, -1.5].map(|x| Format::Int8.decode(Format::Int8.encode(x))), [0., 2., 2., 0., -2.]);
}

#[test]
fn what_is_held_says_what_was_lost() {
    let tenth = Held::nearest(Format::Float32, 1.0, 0.1);
    assert_eq!(tenth.bits, 0x3dcc_cccd);
    assert_eq!(tenth.error(0.1), f64::from(0.1f32) - 0.1);
    assert!((tenth.relative_error(0.1).unwrap() - 1.4901161e-8).abs() < 1e-14);
    assert_eq!(tenth.step(), Some(2f64.powi(-27)));
    assert_eq!((tenth.below().unwrap().bits, tenth.above().unwrap().bits), (0x3dcc_cccc, 0x3dcc_ccce));
    let infinite = Held::nearest(Format::Float16, 1.0, f64::INFINITY);
    assert_eq!((infinite.error(f64::INFINITY), infinite.relative_error(f64::INFINITY)), (0.0, None));
    assert_eq!((infinite.step(), infinite.kind()), (None, Kind::Infinite));
    assert_eq!(Held::nearest(Format::Float16, 1.0, 0.0).relative_error(0.0), None);
    // Away from zero lies no finite number: the step is the one that led here.
    for (x, step) in [(65504.0, 32.0), (-65504.0, 32.0)] {
        assert_eq!(Held::nearest(Format::Float16, 1.0, x).step(), Some(step));
    }
    assert_eq!(Held::nearest(Format::Float16, 1.0, -1.0).step(), Some(2f64.powi(-10)));
}
