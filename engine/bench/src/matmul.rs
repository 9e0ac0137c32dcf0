//! One matrix product whose factors stay where they are between runs.

use crate::Backend;
use burn::tensor::{Device, Tensor, TensorData};
use kernels::matmul::{Layout, Shape, matmul};
use wasm_bindgen::prelude::*;

/// `out = a · b`, one of them possibly stored transposed.
#[wasm_bindgen]
pub struct Matmul(Kind);

enum Kind {
    Ours { shape: Shape, a: Vec<f32>, b: Vec<f32>, out: Vec<f32> },
    Flex(Box<OnFlex>),
}

/// The factors as Burn's tensors; a transposed one is a view of what is stored.
struct OnFlex {
    a: Tensor<2>,
    b: Tensor<2>,
    out: Option<Tensor<2>>,
}

#[wasm_bindgen]
impl Matmul {
    /// Keeps the factors. `layout` is `"nn"` (a: `[m, k]`, b: `[k, n]`), `"nt"` (b: `[n, k]`) or `"tn"` (a: `[k, m]`).
    ///
    /// # Errors
    /// A sentence, if backend or layout are unknown or a factor has the wrong length.
    #[wasm_bindgen(constructor)]
    pub fn new(
        backend: &str,
        layout: &str,
        m: usize,
        k: usize,
        n: usize,
        a: Vec<f32>,
        b: Vec<f32>,
    ) -> Result<Matmul, JsError> {
        let (layout, rows_of_a, rows_of_b) = match layout {
            "nn" => (Layout::Nn, m, k),
            "nt" => (Layout::Nt, m, n),
            "tn" => (Layout::Tn, k, k),
            _ => return Err(JsError::new(&format!("there is no layout `{layout}`; the layouts are nn, nt and tn"))),
        };
        if a.len() != m * k || b.len() != k * n {
            let lengths = (a.len(), b.len());
            return Err(JsError::new(&format!("factors of {lengths:?} numbers do not make [{m}, {k}] · [{k}, {n}]")));
        }
        let tensor = |data: Vec<f32>, rows: usize| {
            let columns = data.len() / rows;
            Tensor::from_data(TensorData::new(data, [rows, columns]), &Device::flex())
        };
        Ok(Self(match Backend::named(backend)? {
            Backend::Ours => Kind::Ours { shape: Shape { m, k, n, layout }, a, b, out: vec![0.0; m * n] },
            Backend::Flex => {
                let (a, b) = (tensor(a, rows_of_a), tensor(b, rows_of_b));
                let (a, b) = match layout {
                    Layout::Nn => (a, b),
                    Layout::Nt => (a, b.transpose()),
                    Layout::Tn => (a.transpose(), b),
                };
                Kind::Flex(Box::new(OnFlex { a, b, out: None }))
            }
        }))
    }

    /// Computes the product.
    pub fn run(&mut self) {
        match &mut self.0 {
            Kind::Ours { shape, a, b, out } => matmul(*shape, a, b, out),
            Kind::Flex(flex) => flex.out = Some(flex.a.clone().matmul(flex.b.clone())),
        }
    }

    /// The last product, `[m, n]` row by row.
    ///
    /// # Errors
    /// If nothing was run yet.
    pub async fn result(&self) -> Result<Vec<f32>, JsError> {
        match &self.0 {
            Kind::Ours { out, .. } => Ok(out.clone()),
            Kind::Flex(flex) => {
                let out = flex.out.clone().ok_or_else(|| JsError::new("run the product before asking for it"))?;
                let data = out.into_data_async().await.map_err(|e| crate::js(format!("{e:?}")))?;
                Ok(data.iter::<f32>().collect())
            }
        }
    }
}
