//! Kernels recorded once, pipelines and bindings and all, and replayed for every step.

use crate::{
    device::{Gpu, Memory},
    kernels::Call,
};
use std::{collections::BTreeMap, sync::Arc};

/// The most workgroups along one axis that every WebGPU device accepts.
pub(crate) const MOST_GROUPS: usize = 65_535;

/// A kernel's text, and what makes this use of it special.
///
/// The text is WGSL with three additions: every constant and number becomes a `const` line before it; lines between
/// `//#if NAME` and `//#end` stay only if `NAME` is among the features (`//#if !NAME`: only if not); and
/// what remains of `@binding(#)` is numbered in order.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    pub(crate) name: &'static str,
    pub(crate) sources: Vec<&'static str>,
    pub(crate) constants: Vec<(&'static str, usize)>,
    pub(crate) numbers: Vec<(&'static str, f32)>,
    pub(crate) features: Vec<&'static str>,
}

impl Kernel {
    /// The WGSL that the device compiles.
    ///
    /// # Panics
    /// If the text opens a condition and does not close it.
    pub(crate) fn wgsl(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.constants {
            text += &format!("const {name}: u32 = {value}u;\n");
        }
        for (name, value) in &self.numbers {
            text += &format!("const {name}: f32 = {value:?};\n");
        }
        let mut kept = Vec::new();
        let mut bindings = 0;
        for line in self.sources.iter().flat_map(|source| source.lines()) {
            if let Some(condition) = line.trim_start().strip_prefix("//#if ") {
                let (wanted, name) = match condition.strip_prefix('!') {
                    Some(name) => (false, name),
                    None => (true, condition),
                };
                kept.push(self.features.contains(&name) == wanted);
            } else if line.trim_start() == "//#end" {
                kept.pop().expect("every //#end closes an //#if");
            } else if kept.iter().all(|keep| *keep) {
                if line.contains("@binding(#)") {
                    text += &line.replace('#', &bindings.to_string());
                    bindings += 1;
                } else {
                    text += line;
                }
                text += "\n";
            }
        }
        assert!(kept.is_empty(), "{}: an //#if is not closed", self.name);
        text
    }
}

/// A part of a buffer, in numbers of four bytes.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) memory: &'a Memory,
    pub(crate) at: usize,
    pub(crate) words: usize,
}

impl Memory {
    /// The whole buffer.
    pub(crate) fn all(&self) -> Part<'_> {
        Part { memory: self, at: 0, words: (self.buffer.size() / 4) as usize }
    }

    /// `words` numbers from `at` on; `at` is a multiple of [`crate::arena::ALIGN`].
    pub(crate) fn part(&self, at: usize, words: usize) -> Part<'_> {
        Part { memory: self, at, words }
    }
}

/// Compiles each kernel once, and binds buffers to it.
pub(crate) struct Recorder {
    gpu: Arc<Gpu>,
    pipelines: BTreeMap<String, wgpu::ComputePipeline>,
}

struct Dispatch {
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    groups: [u32; 3],
}

/// A list of dispatches, ready to be replayed.
#[derive(Default)]
pub(crate) struct Plan {
    dispatches: Vec<Dispatch>,
    /// Buffer, first byte and bytes to be zeroed before the first dispatch.
    clears: Vec<(wgpu::Buffer, u64, u64)>,
}

impl Recorder {
    pub(crate) fn new(gpu: Arc<Gpu>) -> Self {
        Self { gpu, pipelines: BTreeMap::new() }
    }

    /// Adds one dispatch to `plan`; `parts` are its bindings in order.
    ///
    /// # Errors
    /// A sentence if the grid is larger than WebGPU allows.
    pub(crate) fn add(
        &mut self,
        plan: &mut Plan,
        Call { kernel, groups }: &Call,
        parts: &[Part<'_>],
    ) -> Result<(), String> {
        if groups.iter().any(|count| *count > MOST_GROUPS) {
            return Err(format!(
                "The kernel {} would need {groups:?} workgroups, and WebGPU allows {MOST_GROUPS}. Choose a smaller batch or model.",
                kernel.name
            ));
        }
        let device = self.gpu.device();
        let pipeline = self.pipelines.entry(kernel.wgsl()).or_insert_with_key(|wgsl| {
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(kernel.name),
                source: wgpu::ShaderSource::Wgsl(wgsl.as_str().into()),
            });
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(kernel.name),
                layout: None,
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    zero_initialize_workgroup_memory: false,
                    ..Default::default()
                },
                cache: None,
            })
        });
        let entries: Vec<_> = parts.iter().zip(0..).map(|(part, binding)| entry(*part, binding)).collect();
        let bindings = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(kernel.name),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let groups = groups.map(|count| count.max(1) as u32);
        plan.dispatches.push(Dispatch { pipeline: pipeline.clone(), bindings, groups });
        Ok(())
    }
}

fn entry(part: Part<'_>, binding: u32) -> wgpu::BindGroupEntry<'_> {
    let resource = wgpu::BindingResource::Buffer(wgpu::BufferBinding {
        buffer: &part.memory.buffer,
        offset: part.at as u64 * 4,
        size: wgpu::BufferSize::new(part.words as u64 * 4),
    });
    wgpu::BindGroupEntry { binding, resource }
}

impl Plan {
    /// How many kernels one replay starts.
    pub(crate) fn len(&self) -> usize {
        self.dispatches.len()
    }

    /// Adds a part that is zeroed before all plans of a replay start.
    pub(crate) fn clear(&mut self, part: Part<'_>) {
        self.clears.push((part.memory.buffer.clone(), part.at as u64 * 4, part.words as u64 * 4));
    }

    /// Records all plans in one compute pass; returns the number of dispatches.
    pub(crate) fn replay(plans: &[&Plan], encoder: &mut wgpu::CommandEncoder) -> u64 {
        for (buffer, at, bytes) in plans.iter().flat_map(|plan| &plan.clears) {
            encoder.clear_buffer(buffer, *at, Some(*bytes));
        }
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        let mut count = 0;
        for dispatch in plans.iter().flat_map(|plan| &plan.dispatches) {
            pass.set_pipeline(&dispatch.pipeline);
            pass.set_bind_group(0, &dispatch.bindings, &[]);
            let [x, y, z] = dispatch.groups;
            pass.dispatch_workgroups(x, y, z);
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn conditions_choose_lines_and_bindings_are_numbered_in_order() {
        let source = "@binding(#) a\n//#if X\n@binding(#) b\n//#if !Y\nc\n//#end\n//#end\n@binding(#) d\n";
        const CONSTANTS: &str = "const N: u32 = 7u;\nconst EPS: f32 = 1e-8;\nconst TWO: f32 = 2.0;\n";
        let wgsl = |features: &[&'static str]| {
            let (constants, numbers) = (vec![("N", 7)], vec![("EPS", 1e-8), ("TWO", 2.0)]);
            Kernel { name: "test", sources: vec![source], constants, numbers, features: features.to_vec() }.wgsl()
        };
        assert_eq!(wgsl(&[]), CONSTANTS.to_owned() + "@binding(0) a\n@binding(1) d\n");
        assert_eq!(wgsl(&["X"]), CONSTANTS.to_owned() + "@binding(0) a\n@binding(1) b\nc\n@binding(2) d\n");
        assert_eq!(wgsl(&["X", "Y"]), CONSTANTS.to_owned() + "@binding(0) a\n@binding(1) b\n@binding(2) d\n");
    }
}
