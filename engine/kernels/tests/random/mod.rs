//! Numbers by chance, the same on every run, and how near they must be.

/// The same numbers on every run (a linear congruential generator, Knuth's constants).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    /// A size: often one, often around the widths of tiles and lanes, sometimes larger.
    pub fn size(&mut self, most: usize) -> usize {
        let kind = self.below(6);
        let size = match kind {
            0 => 1,
            1 => 2 + self.below(3),
            2 => 7 + self.below(3),
            3 => 31 + self.below(3),
            _ => 1 + self.below(most),
        };
        size.min(most)
    }

    pub fn numbers(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.below(2001) as f32 / 500.0 - 2.0).collect()
    }
}

/// That no number is off by more than `tolerance`, relative to the largest.
pub fn assert_close(what: &str, ours: &[f32], twin: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), twin.len(), "{what}: lengths");
    let scale = twin.iter().fold(1e-3f32, |m, x| m.max(x.abs()));
    for (i, (a, b)) in ours.iter().zip(twin).enumerate() {
        assert!((a - b).abs() <= tolerance * scale, "{what}, number {i}: {a} against {b} (scale {scale})");
    }
}
