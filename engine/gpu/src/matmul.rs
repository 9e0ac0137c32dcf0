//! One matrix product on the GPU, for the lesson on matrix multiplication and the bench.

use crate::{
    device::{Gpu, Memory, floats},
    kernels::{Layout, Product},
    plan::{Plan, Recorder},
};
use std::sync::Arc;

/// Two matrices on the GPU and room for their product.
pub struct GpuMatmul {
    gpu: Arc<Gpu>,
    plan: Plan,
    a: Memory,
    b: Memory,
    out: Memory,
    sizes: [usize; 3],
}

impl GpuMatmul {
    /// Records `[m, k] · [k, n]`, stored as `layout` says; all numbers are zero at first.
    ///
    /// # Errors
    /// A sentence if a size is zero or the device cannot hold the matrices.
    pub async fn new(gpu: &Arc<Gpu>, layout: Layout, [m, k, n]: [usize; 3]) -> Result<Self, String> {
        if [m, k, n].contains(&0) {
            return Err(format!("A matrix product of {m} x {k} x {n} has nothing to multiply."));
        }
        gpu.checked(|| {
            let (a, b) = (gpu.buffer("matrix A", m * k)?, gpu.buffer("matrix B", k * n)?);
            let out = gpu.buffer("the product", m * n)?;
            let mut plan = Plan::default();
            let call = Product::new(layout, [m, k, n]).call(&[]);
            Recorder::new(gpu.clone()).add(&mut plan, &call, &[a.all(), b.all(), out.all()])?;
            Ok(Self { gpu: gpu.clone(), plan, a, b, out, sizes: [m, k, n] })
        })
        .await
    }

    /// Copies both matrices to the GPU, row by row.
    ///
    /// # Errors
    /// A sentence if one has another size.
    pub fn set(&self, a: &[f32], b: &[f32]) -> Result<(), String> {
        let [m, k, n] = self.sizes;
        if a.len() != m * k || b.len() != k * n {
            return Err(format!("{m} x {k} and {k} x {n} numbers are needed; {} and {} came.", a.len(), b.len()));
        }
        self.gpu.write_floats(&self.a, 0, a);
        self.gpu.write_floats(&self.b, 0, b);
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

    /// The product, `[m, n]`, read back.
    ///
    /// # Errors
    /// A sentence if the device was lost.
    pub async fn result(&self) -> Result<Vec<f32>, String> {
        let [m, _, n] = self.sizes;
        Ok(floats(&self.gpu.read(&[(&self.out, 0, m * n)]).await?.concat()))
    }
}
