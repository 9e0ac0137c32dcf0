//! Matrices in whole numbers: codes and scales are two initializers, from which `DequantizeLinear` makes floats again.

use super::{FLOAT, INT4, INT8, tensor_head};
use crate::{
    export::{Numbers, Part, Written, is_vocabulary, protobuf as pb},
    quantize::{Matrix, Quantized, Scheme, codes, quantize},
};

/// How a tensor is kept, if in whole numbers at all: a scale for each output, or with four bits for each group of its
/// inputs. Gains, biases and positions are few, and stay as they are.
pub fn scheme(numbers: Numbers, name: &str) -> Option<Scheme> {
    match numbers {
        Numbers::Q8 | Numbers::Q4 if is_vocabulary(name) => Some(Scheme::INT8),
        Numbers::Q8 if is_turned(name) => Some(Scheme::INT8),
        Numbers::Q4 if is_turned(name) => Some(Scheme::INT4),
        _ => None,
    }
}

/// Whether a matrix is `[inputs, outputs]` and lies the other way round in the file, a row for each output.
pub fn is_turned(name: &str) -> bool {
    name.ends_with(".weight")
}

/// What the initializers of a matrix are called.
pub fn parts(name: &str) -> [String; 2] {
    [format!("{name}.codes"), format!("{name}.scales")]
}

/// Writes both initializers of a matrix with rows of `columns` numbers.
///
/// # Errors
/// A sentence, if a number is not finite.
pub fn write(name: &str, columns: usize, values: &[f32], scheme: Scheme, inner: &mut Written) -> Result<(), String> {
    let matrix = Matrix { columns, data: values };
    let (turned, rows) = (matrix.transposed(), matrix.rows());
    let matrix = if is_turned(name) { Matrix { columns: rows, data: &turned } } else { matrix };
    let Quantized { codes, scales, .. } = quantize(matrix, scheme)?;
    let (rows, columns) = (matrix.rows(), matrix.columns);
    let whole: Vec<i8> = (0..rows).flat_map(|row| codes.row(row)).collect();
    let four = scheme == Scheme::INT4;
    // Two to a byte, and none left empty where a row ends.
    let bytes: Vec<u8> = if four {
        whole.chunks(2).map(|pair| codes::pack(pair[0], pair.get(1).copied().unwrap_or(0))).collect()
    } else {
        whole.iter().map(|code| code.cast_unsigned()).collect()
    };
    let [codes_name, scales_name] = parts(name);
    let (kind, word) = if four { (INT4, "INT4") } else { (INT8, "INT8") };
    initializer(&codes_name, &[rows, columns], kind, word, &bytes, inner);
    let sizes = if four { vec![rows, scales.len() / rows] } else { vec![rows] };
    let bytes: Vec<u8> = scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
    initializer(&scales_name, &sizes, FLOAT, "F32", &bytes, inner);
    Ok(())
}

/// Writes one initializer: what stands before its numbers, then the numbers.
pub fn initializer(name: &str, sizes: &[usize], data_type: i64, kind: &str, data: &[u8], inner: &mut Written) {
    let head = [tensor_head(sizes, data_type, name), pb::before(9, data.len())].concat();
    let head = [pb::before(5, head.len() + data.len()), head].concat();
    let says = format!("{kind}, {sizes:?}");
    inner.field(Part::Table, format!("initializer {name}"), says.clone(), &head);
    inner.field(Part::Weights, name.to_owned(), says, data);
}
