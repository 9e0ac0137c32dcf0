//! ONNX: the numbers and the whole computation, as a list of steps that any runtime can carry out.
//!
//! The messages and their field numbers are those of `onnx/onnx.proto`; the steps are operators of opset 17, each as
//! `docs/Operators.md` of ONNX describes it; only groups of four bits need opset 21. [`graph`] lists the steps of a GPT.

mod graph;
mod read;
mod whole;

use super::{Numbers, Part, Written, protobuf as pb};
use crate::{
    gguf::Kind,
    model_file::{MODEL_KEY, ModelFile},
};
use graph::{Attribute, Constant, Graph};
pub use read::read;

/// The versions of the file's layout and of the operators: the first with `LayerNormalization`, and the first with four
/// bits and blocks that share a scale.
const VERSIONS: [(i64, i64); 2] = [(8, 17), (10, 21)];

/// Types of numbers, as `TensorProto.DataType` numbers them.
const FLOAT: i64 = 1;
const INT8: i64 = 3;
const INT64: i64 = 7;
const FLOAT16: i64 = 10;
const INT4: i64 = 22;
/// Numbers that share a scale, with four bits.
const GROUP: i64 = 32;

/// # Errors
/// A sentence, if a weight is not finite and should become a whole number.
pub fn write(model: &ModelFile, numbers: Numbers) -> Result<Written, String> {
    let config = &model.config;
    let (kind, data_type) = if numbers == Numbers::F16 { (Kind::F16, FLOAT16) } else { (Kind::F32, FLOAT) };
    let Graph { steps, constants } = graph::of(config, numbers);

    let mut inner = Written::default();
    for step in &steps {
        let mut node: Vec<u8> = step.inputs.iter().flat_map(|input| pb::bytes(1, input.as_bytes())).collect();
        node.extend(step.outputs.iter().flat_map(|output| pb::bytes(2, output.as_bytes())));
        node.extend(pb::bytes(3, step.outputs[0].as_bytes()));
        node.extend(pb::bytes(4, step.operator.as_bytes()));
        node.extend(step.attributes.iter().flat_map(|(name, value)| pb::bytes(5, &attribute(name, value))));
        let says = format!("{}({}) → {}", step.operator, step.inputs.join(", "), step.outputs.join(", "));
        inner.field(Part::Graph, format!("node {}", step.outputs[0]), says, &pb::bytes(1, &node));
    }
    inner.field(Part::Graph, "name", "glassbox", &pb::bytes(2, b"glassbox"));
    for (name, constant) in &constants {
        let (dims, data_type, says, data) = match constant {
            Constant::Whole(list) => (
                vec![list.len()],
                INT64,
                format!("{list:?}"),
                list.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>(),
            ),
            // A number without a list around it has no sizes.
            Constant::One(one) => (Vec::new(), INT64, one.to_string(), one.to_le_bytes().to_vec()),
            Constant::Float(number) => (Vec::new(), FLOAT, number.to_string(), number.to_le_bytes().to_vec()),
        };
        let head = tensor_head(&dims, data_type, name);
        let tensor = pb::bytes(5, &[head, pb::bytes(9, &data)].concat());
        inner.field(Part::Graph, format!("constant {name}"), says, &tensor);
    }
    for (name, [rows, columns]) in config.tensors() {
        if let Some(scheme) = whole::scheme(numbers, &name) {
            whole::write(&name, columns, &model.weights[&name], scheme, &mut inner)?;
            continue;
        }
        // A bias or a gain has one size.
        let dims = if graph::is_vector(&name) { vec![columns] } else { vec![rows, columns] };
        let data = kind.encode(&model.weights[&name]).expect("single numbers fill their blocks");
        whole::initializer(&name, &dims, data_type, kind.name(), &data, &mut inner);
    }
    let vocab = config.vocab_size.to_string();
    for (field, name, data_type, sizes) in
        [(11, "input_ids", INT64, &["batch", "seq"][..]), (12, "logits", FLOAT, &["batch", "seq", &vocab])]
    {
        let what = if field == 11 { "input" } else { "output" };
        let says = format!("{name}: [{}]", sizes.join(", "));
        inner.field(Part::Graph, what, says, &pb::bytes(field, &value_info(name, data_type, sizes)));
    }

    let mut book = Written::default();
    let (layout, operators) = VERSIONS[usize::from(numbers == Numbers::Q4)];
    book.field(Part::Start, "ir_version", layout.to_string(), &pb::whole(1, layout));
    book.field(Part::Start, "producer_name", "glassbox", &pb::bytes(2, b"glassbox"));
    book.append(pb::message(7, "graph", inner));
    book.field(Part::Start, "opset_import", operators.to_string(), &pb::bytes(8, &pb::whole(2, operators)));
    let file = model.clone().without_training().tensors();
    for (key, value) in &file.metadata {
        let pair = [pb::bytes(1, key.as_bytes()), pb::bytes(2, value.as_bytes())].concat();
        let part = if key == MODEL_KEY { Part::Settings } else { Part::Start };
        book.field(part, format!("metadata_props {key}"), value, &pb::bytes(14, &pair));
    }
    Ok(book)
}

fn tensor_head(dims: &[usize], data_type: i64, name: &str) -> Vec<u8> {
    let mut head: Vec<u8> = dims.iter().flat_map(|size| pb::whole(1, *size as i64)).collect();
    head.extend(pb::whole(2, data_type));
    head.extend(pb::bytes(8, name.as_bytes()));
    head
}

/// `AttributeProto`: a name, a value, and in field 20 which kind of value it is.
fn attribute(name: &str, value: &Attribute) -> Vec<u8> {
    let (value, kind) = match value {
        Attribute::Float(number) => (pb::float(2, *number), 1),
        Attribute::Whole(number) => (pb::whole(3, *number), 2),
        Attribute::Wholes(list) => (list.iter().flat_map(|number| pb::whole(8, *number)).collect(), 7),
    };
    [pb::bytes(1, name.as_bytes()), value, pb::whole(20, kind)].concat()
}

/// `ValueInfoProto`: what goes in or comes out; a size is a number or a name.
fn value_info(name: &str, data_type: i64, sizes: &[&str]) -> Vec<u8> {
    let size = |size: &&str| size.parse().map_or_else(|_| pb::bytes(2, size.as_bytes()), |number| pb::whole(1, number));
    let shape: Vec<u8> = sizes.iter().flat_map(|it| pb::bytes(1, &size(it))).collect();
    let tensor = [pb::whole(1, data_type), pb::bytes(2, &shape)].concat();
    [pb::bytes(1, name.as_bytes()), pb::bytes(2, &pb::bytes(1, &tensor))].concat()
}
