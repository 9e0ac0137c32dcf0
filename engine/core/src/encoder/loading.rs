//! Taking a file's numbers, piece by piece, into the model's own.

use super::{
    Arithmetic, MOST_PIECE, MOST_VOCABULARY, Piece, VOCABULARY,
    config::{EncoderConfig, Role},
    header::Header,
    weights::{Matrix, Weights},
};
use safetensors::Dtype;
use std::collections::{BTreeMap, BTreeSet};

/// A model on its way into memory.
pub struct Loading {
    config: EncoderConfig,
    kept: Arithmetic,
    parts: Vec<Part>,
    numbers: BTreeMap<String, Vec<f32>>,
    codes: BTreeMap<String, Vec<i8>>,
    vocabulary: Option<Vec<u8>>,
    fed: usize,
}

/// A piece, and where its numbers go.
struct Part {
    name: String,
    kind: Kind,
    /// How many numbers the whole tensor has.
    all: usize,
    piece: Piece,
}

/// What a tensor's bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Numbers,
    Codes,
    Text,
}

impl Kind {
    fn dtype(self) -> Dtype {
        match self {
            Self::Numbers => Dtype::F32,
            Self::Codes => Dtype::I8,
            Self::Text => Dtype::U8,
        }
    }

    fn width(self) -> usize {
        if self == Self::Numbers { 4 } else { 1 }
    }
}

/// A tensor that the file must have: its sizes, and what its bytes are.
type Wanted = BTreeMap<String, (Vec<usize>, Kind)>;

/// Every tensor that a file of this kind must have.
fn wanted(config: &EncoderConfig, kept: Arithmetic) -> Wanted {
    let mut all = Wanted::new();
    for tensor in config.tensors() {
        let (rows, columns) = (tensor.shape.first().copied(), tensor.shape.last().copied());
        if kept == Arithmetic::Float || tensor.role == Role::Vector {
            all.insert(tensor.name, (tensor.shape, Kind::Numbers));
            continue;
        }
        all.insert(format!("{}.scales", tensor.name), (rows.into_iter().collect(), Kind::Numbers));
        if let Role::Layer(factors) = tensor.role {
            all.insert(factors, (columns.into_iter().collect(), Kind::Numbers));
        }
        all.insert(tensor.name, (tensor.shape, Kind::Codes));
    }
    all
}

impl Loading {
    /// Checks every tensor of a model of these sizes.
    pub(super) fn new(header: &Header, config: &EncoderConfig, kept: Arithmetic) -> Result<Self, String> {
        let mut wanted = wanted(config, kept);
        if let Some(info) = header.tensor(VOCABULARY) {
            if info.length > MOST_VOCABULARY {
                return Err(format!(
                    "The file's vocabulary has {} bytes; at most {MOST_VOCABULARY} are read here. Choose a smaller \
                     encoder.",
                    info.length
                ));
            }
            wanted.insert(VOCABULARY.to_owned(), (vec![info.length], Kind::Text));
        }
        let mut parts = Vec::new();
        for (name, (shape, kind)) in &wanted {
            let info = header.tensor(name).ok_or_else(|| header.lacks(name))?;
            if info.dtype != kind.dtype() {
                return Err(format!(
                    "Tensor {name} holds numbers of the type {:?}; it must be {:?} in this file. Fetch the file anew.",
                    info.dtype,
                    kind.dtype()
                ));
            }
            if info.shape != *shape {
                return Err(format!(
                    "Tensor {name} has the shape {:?}; with the other sizes of this file it must be {shape:?}. Fetch the \
                     file anew.",
                    info.shape
                ));
            }
            let all = info.length.checked_div(kind.width()).unwrap_or(0);
            let end = info.offset.saturating_add(info.length as u64);
            let mut offset = info.offset;
            while offset < end {
                let rest = usize::try_from(end.saturating_sub(offset)).unwrap_or(MOST_PIECE);
                let piece = Piece { offset, length: rest.min(MOST_PIECE) };
                parts.push(Part { name: name.clone(), kind: *kind, all, piece });
                offset = offset.saturating_add(piece.length as u64);
            }
        }
        let known: BTreeSet<&String> = wanted.keys().collect();
        // The pooler is for BERT's own training task, and positions are counted anyway.
        let passed = |name: &str| name.starts_with("pooler.") || name == "embeddings.position_ids";
        if let Some(name) = header.names().find(|name| !known.contains(name) && !passed(name)) {
            return Err(format!(
                "The file holds the tensor {name}, which BERT does not have. Without it the model would compute \
                 something else, so it is not run. Choose a BERT such as all-MiniLM-L6-v2."
            ));
        }
        // In the order of the file, so that it is read from front to back.
        parts.sort_by_key(|part| part.piece.offset);
        let (numbers, codes) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { config: *config, kept, parts, numbers, codes, vocabulary: None, fed: 0 })
    }

    pub(super) fn pieces(&self) -> Vec<Piece> {
        self.parts.iter().map(|part| part.piece).collect()
    }

    /// Takes the bytes of one piece; true once it was the last.
    ///
    /// # Errors
    /// A sentence: a piece out of order or of the wrong length, a number that is none, or too little memory.
    pub fn feed(&mut self, piece: usize, bytes: &[u8]) -> Result<bool, String> {
        let part = self.parts.get(self.fed).filter(|_| piece == self.fed);
        let Some(Part { name, kind, all, piece }) = part else {
            return Err(format!("Piece {piece} came when piece {} was waited for. Open the file again.", self.fed));
        };
        if bytes.len() != piece.length {
            return Err(format!(
                "The file ended within the tensor {name}: {} bytes were wanted and {} came. Was it changed meanwhile?",
                piece.length,
                bytes.len()
            ));
        }
        match kind {
            Kind::Numbers => {
                let held = self.numbers.entry(name.clone()).or_default();
                reserve(held, *all, name)?;
                let (fours, _) = bytes.as_chunks::<4>();
                let before = held.len();
                held.extend(fours.iter().map(|four| f32::from_le_bytes(*four)));
                if let Some((at, number)) = held.iter().enumerate().skip(before).find(|(_, x)| !x.is_finite()) {
                    return Err(format!(
                        "Tensor {name} holds {number} at position {at}; a model of such numbers cannot run. The file is \
                         damaged. Fetch it anew."
                    ));
                }
            }
            Kind::Codes => {
                let held = self.codes.entry(name.clone()).or_default();
                reserve(held, *all, name)?;
                held.extend(bytes.iter().map(|byte| byte.cast_signed()));
            }
            Kind::Text => {
                let held = self.vocabulary.get_or_insert_default();
                reserve(held, *all, name)?;
                held.extend_from_slice(bytes);
            }
        }
        self.fed = self.fed.saturating_add(1);
        Ok(self.fed == self.parts.len())
    }

    /// The finished numbers.
    ///
    /// # Errors
    /// A sentence, while pieces are missing or if the vocabulary is no text.
    pub fn finish(mut self) -> Result<Weights, String> {
        if self.fed < self.parts.len() {
            return Err(format!("Only {} of {} pieces have been read.", self.fed, self.parts.len()));
        }
        let mut matrices = BTreeMap::new();
        for tensor in self.config.tensors().into_iter().filter(|tensor| tensor.role != Role::Vector) {
            let taken = match self.kept {
                Arithmetic::Float => self.numbers.remove(&tensor.name).map(Matrix::Float),
                Arithmetic::Whole => {
                    let codes = self.codes.remove(&tensor.name);
                    let scales = self.numbers.remove(&format!("{}.scales", tensor.name));
                    codes.zip(scales).map(|(codes, scales)| Matrix::Whole { codes, scales })
                }
            };
            let matrix = taken.ok_or_else(|| format!("Tensor {} has not come. Open the file again.", tensor.name))?;
            matrices.insert(tensor.name, matrix);
        }
        let vocabulary = self.vocabulary.map(String::from_utf8).transpose().map_err(|why| {
            let wrong = why.utf8_error().valid_up_to();
            format!("The file's vocabulary is no text: its byte {wrong} is not UTF-8. Fetch the file anew.")
        })?;
        Ok(Weights { config: self.config, vectors: self.numbers, matrices, vocabulary })
    }
}

/// Makes room for a whole tensor, once.
fn reserve<T>(held: &mut Vec<T>, all: usize, name: &str) -> Result<(), String> {
    if held.capacity() >= all {
        return Ok(());
    }
    held.try_reserve_exact(all.saturating_sub(held.len())).map_err(|_| {
        format!("There is not enough memory for the tensor {name}: close other tabs, or choose a smaller model.")
    })
}
