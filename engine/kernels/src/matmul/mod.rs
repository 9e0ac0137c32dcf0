//! Matrix product, where a GPT spends nine tenths of its time.
//!
//! [`naive`] is the definition. [`blocked`] visits the same numbers in an order that suits the
//! caches. [`packed`](self) also copies them into the order in which [`micro`] will read them, and
//! computes a tile of 4 × 8 results in registers: 12 numbers read, 32 multiply-adds done (Goto and
//! van de Geijn 2008). [`vector`] is for one to three rows, where every weight is used once and
//! copying it would cost more than using it. [`kept`] packs a factor once for many products.

pub mod blocked;
pub mod kept;
mod micro;
pub mod naive;
mod pack;
mod packed;
mod vector;

pub(crate) use packed::by_strips;
pub(crate) use vector::dot;

/// Which of the factors is stored transposed. No transposed copy is ever made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `a: [m, k]`, `b: [k, n]`: a forward pass.
    Nn,
    /// `a: [m, k]`, `b: [n, k]`: the gradient of an input; queries against keys; a tied head.
    Nt,
    /// `a: [k, m]`, `b: [k, n]`: the gradient of a weight.
    Tn,
}

/// The sizes of one product `[m, k] · [k, n] = [m, n]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows of the result.
    pub m: usize,
    /// Terms in each sum.
    pub k: usize,
    /// Columns of the result.
    pub n: usize,
    /// How the factors are stored.
    pub layout: Layout,
}

impl Shape {
    /// Both factors row by row.
    pub fn nn(m: usize, k: usize, n: usize) -> Self {
        Self { m, k, n, layout: Layout::Nn }
    }

    /// The second factor transposed.
    pub fn nt(m: usize, k: usize, n: usize) -> Self {
        Self { m, k, n, layout: Layout::Nt }
    }

    /// The first factor transposed.
    pub fn tn(m: usize, k: usize, n: usize) -> Self {
        Self { m, k, n, layout: Layout::Tn }
    }

    /// Multiplications and additions: `2·m·k·n`.
    pub fn flops(&self) -> f64 {
        2.0 * self.m as f64 * self.k as f64 * self.n as f64
    }

    fn left<'a>(&self, a: &'a [f32]) -> View<'a> {
        match self.layout {
            Layout::Tn => View { data: a, row: 1, column: self.m },
            _ => View { data: a, row: self.k, column: 1 },
        }
    }

    fn right<'a>(&self, b: &'a [f32]) -> View<'a> {
        match self.layout {
            Layout::Nt => View { data: b, row: 1, column: self.k },
            _ => View { data: b, row: self.n, column: 1 },
        }
    }

    fn check(&self, a: &[f32], b: &[f32], out: &[f32]) {
        assert_eq!(a.len(), self.m * self.k, "the first factor has the wrong length for {self:?}");
        assert_eq!(b.len(), self.k * self.n, "the second factor has the wrong length for {self:?}");
        assert_eq!(out.len(), self.m * self.n, "the result has the wrong length for {self:?}");
    }
}

/// A matrix inside a slice: element `(i, j)` is at `i · row + j · column`.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) data: &'a [f32],
    pub(crate) row: usize,
    pub(crate) column: usize,
}

/// A result inside a slice, row by row, `row` apart.
pub(crate) struct Out<'a> {
    pub(crate) data: &'a mut [f32],
    pub(crate) row: usize,
    /// Add to what is there instead of replacing it.
    pub(crate) add: bool,
}

/// `out = a · b`, with `a: [m, k]`, `b: [k, n]` stored as `shape.layout` says, `out: [m, n]`.
///
/// # Panics
/// If a slice has the wrong length.
pub fn matmul(shape: Shape, a: &[f32], b: &[f32], out: &mut [f32]) {
    product(shape, a, b, out, false);
}

/// `out += a · b`.
///
/// # Panics
/// If a slice has the wrong length.
pub fn matmul_add(shape: Shape, a: &[f32], b: &[f32], out: &mut [f32]) {
    product(shape, a, b, out, true);
}

fn product(shape: Shape, a: &[f32], b: &[f32], out: &mut [f32], add: bool) {
    shape.check(a, b, out);
    let Shape { m, k, n, layout } = shape;
    let out = Out { data: out, row: n, add };
    match layout {
        Layout::Nn if m < micro::ROWS => vector::times_rows(a, b, k, n, out),
        Layout::Nt if m < micro::ROWS => vector::times_columns(a, b, k, out),
        _ => packed::product([m, k, n], shape.left(a), shape.right(b), out),
    }
}

/// The same for parts of larger matrices: `out = a · b`, sizes `[m, k, n]`.
pub(crate) fn product_of_views(sizes: [usize; 3], a: View, b: View, out: Out) {
    packed::product(sizes, a, b, out);
}
