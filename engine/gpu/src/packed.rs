//! One product of whole numbers on the GPU, four of them to a word: what quantized layers compute.

use crate::{
    device::{Gpu, Memory, floats},
    kernels,
    plan::{Plan, Recorder},
};
use std::sync::Arc;

/// Sizes of a product `x · wᵀ` and how its weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedShape {
    /// Rows of `x`.
    pub rows: usize,
    /// Inputs: terms in each sum.
    pub inputs: usize,
    /// Outputs: rows of `w`.
    pub outputs: usize,
    /// So many weights of a row share a scale: a multiple of eight that divides `inputs`, or all `inputs`.
    pub group: usize,
    /// Whether a weight has four bits; eight otherwise.
    pub four: bool,
}

impl PackedShape {
    /// Words of a row of `x`: an even number, so that four-bit weights fill whole words too.
    fn words(&self) -> usize {
        self.inputs.div_ceil(8) * 2
    }

    fn groups(&self) -> usize {
        self.inputs / self.group
    }

    fn validate(&self) -> Result<(), String> {
        let Self { rows, inputs, outputs, group, .. } = *self;
        if [rows, inputs, outputs, group].contains(&0) {
            return Err(format!(
                "A product of {rows} x {inputs} x {outputs} in groups of {group} has nothing to multiply."
            ));
        }
        if group != inputs && !(group.is_multiple_of(8) && inputs.is_multiple_of(group)) {
            return Err(format!(
                "Groups of {group} cannot cut {inputs} inputs: a multiple of eight that divides them can."
            ));
        }
        Ok(())
    }
}

/// Quantized inputs and weights on the GPU, and room for their product.
pub struct PackedMatmul {
    gpu: Arc<Gpu>,
    plan: Plan,
    x: Memory,
    w: Memory,
    x_scales: Memory,
    w_scales: Memory,
    out: Memory,
    shape: PackedShape,
    built_in: bool,
}

impl PackedMatmul {
    /// Records the product; all numbers are zero at first.
    ///
    /// # Errors
    /// A sentence if a size is impossible or the device cannot hold the numbers.
    pub async fn new(gpu: &Arc<Gpu>, shape: PackedShape) -> Result<Self, String> {
        // A browser that does not know the instruction refuses the program.
        match Self::with(gpu, shape, true).await {
            Ok(made) => Ok(made),
            Err(_) => Self::with(gpu, shape, false).await,
        }
    }

    /// As [`Self::new`], with the instruction for four bytes or without it.
    ///
    /// # Errors
    /// As [`Self::new`], or if the device does not have it.
    pub async fn with(gpu: &Arc<Gpu>, shape: PackedShape, built_in: bool) -> Result<Self, String> {
        shape.validate()?;
        let PackedShape { rows, outputs, four, .. } = shape;
        let words = shape.words();
        gpu.checked(|| {
            let x = gpu.buffer("the inputs", rows * words)?;
            let w = gpu.buffer("the weights", outputs * words / if four { 2 } else { 1 })?;
            let x_scales = gpu.buffer("the scales of the inputs", rows)?;
            let w_scales = gpu.buffer("the scales of the weights", outputs * shape.groups())?;
            let out = gpu.buffer("the product", rows * outputs)?;
            let mut plan = Plan::default();
            let call = kernels::packed([rows, words, outputs], shape.groups(), four, built_in);
            let parts = [x.all(), w.all(), x_scales.all(), w_scales.all(), out.all()];
            Recorder::new(gpu.clone()).add(&mut plan, &call, &parts)?;
            Ok(Self { gpu: gpu.clone(), plan, x, w, x_scales, w_scales, out, shape, built_in })
        })
        .await
    }

    /// Whether the device multiplies four bytes in one instruction.
    pub fn built_in(&self) -> bool {
        self.built_in
    }

    /// Bytes of the weights and their scales.
    pub fn weight_bytes(&self) -> usize {
        let PackedShape { outputs, four, .. } = self.shape;
        outputs * (self.shape.words() * if four { 2 } else { 4 } + self.shape.groups() * 4)
    }

    /// Packs and copies inputs and weights to the GPU.
    ///
    /// # Shapes
    /// - `x`: `[rows, inputs]`, `x_scales`: `[rows]`
    /// - `w`: `[outputs, inputs]`, of four bits from -8 to 7; `w_scales`: `[outputs, inputs / group]`
    ///
    /// # Errors
    /// A sentence if one has another size.
    pub fn set(&self, x: &[i8], x_scales: &[f32], w: &[i8], w_scales: &[f32]) -> Result<(), String> {
        let PackedShape { rows, inputs, outputs, four, .. } = self.shape;
        let wanted = [rows * inputs, rows, outputs * inputs, outputs * self.shape.groups()];
        let came = [x.len(), x_scales.len(), w.len(), w_scales.len()];
        if wanted != came {
            return Err(format!("{wanted:?} numbers are needed; {came:?} came."));
        }
        let bytes = self.shape.words() * 4;
        let pack = |numbers: &[i8]| numbers.chunks_exact(inputs).flat_map(|row| packed(row, bytes)).collect::<Vec<_>>();
        self.gpu.write(&self.x, 0, &pack(x));
        let halves = |row| packed_halves(row, bytes);
        let codes = if four { w.chunks_exact(inputs).flat_map(halves).collect() } else { pack(w) };
        self.gpu.write(&self.w, 0, &codes);
        self.gpu.write_floats(&self.x_scales, 0, x_scales);
        self.gpu.write_floats(&self.w_scales, 0, w_scales);
        Ok(())
    }

    /// Multiplies `times` times in one submission, and does not wait.
    pub fn run(&self, times: usize) {
        let plans = vec![&self.plan; times];
        self.gpu.submit(|encoder| Plan::replay(&plans, encoder));
        self.gpu.mark();
    }

    /// Waits until everything that was started is done.
    pub async fn finish(&self) {
        self.gpu.finish().await;
    }

    /// The product, `[rows, outputs]`, read back.
    ///
    /// # Errors
    /// A sentence if the device was lost.
    pub async fn result(&self) -> Result<Vec<f32>, String> {
        Ok(floats(&self.gpu.read(&[(&self.out, 0, self.shape.rows * self.shape.outputs)]).await?.concat()))
    }
}

/// A row as words of four bytes each, filled up with zeros to `bytes`.
fn packed(row: &[i8], bytes: usize) -> Vec<u32> {
    let mut row: Vec<u8> = row.iter().map(|x| x.cast_unsigned()).collect();
    row.resize(bytes, 0);
    row.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// A row of four-bit numbers, eight to a word, each stored eight above its value.
fn packed_halves(row: &[i8], bytes: usize) -> Vec<u32> {
    let above: Vec<i8> = row.iter().map(|x| x + 8).collect();
    packed(&above, bytes).chunks_exact(2).map(|pair| pair[0] | pair[1] << 4).collect()
}
