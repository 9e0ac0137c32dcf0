//! Programs that run models on devices: what each opens, where it runs, and where that is written.

use kit::t;
use leptos::prelude::*;

/// A runtime: its name, what it opens, where it runs, what a model needs on the way, and the source of all that.
type Runtime = (&'static str, &'static str, &'static str, &'static str, &'static str);

fn runtimes() -> [Runtime; 7] {
    [
        ("ONNX Runtime", ".onnx, .ort", t!("export.run_onnx_where"), t!("export.run_onnx_needs"), "https://onnxruntime.ai/docs/"),
        ("LiteRT (TFLite)", ".tflite", t!("export.run_litert_where"), t!("export.run_litert_needs"), "https://ai.google.dev/edge/litert"),
        ("Core ML", ".mlpackage", t!("export.run_coreml_where"), t!("export.run_coreml_needs"), "https://apple.github.io/coremltools/docs-guides/"),
        ("OpenVINO", ".xml + .bin, .onnx", t!("export.run_openvino_where"), t!("export.run_openvino_needs"), "https://docs.openvino.ai/"),
        ("ExecuTorch", ".pte", t!("export.run_executorch_where"), t!("export.run_executorch_needs"), "https://docs.pytorch.org/executorch/"),
        ("llama.cpp", ".gguf", t!("export.run_llama_where"), t!("export.run_llama_needs"), "https://github.com/ggml-org/llama.cpp"),
        ("Burn", ".bpk, .safetensors", t!("export.run_burn_where"), t!("export.run_burn_needs"), "https://burn.dev/books/burn/"),
    ]
}

/// Draws the table.
#[component]
pub fn Runtimes() -> impl IntoView {
    let heads = [t!("export.runtime"), t!("export.opens"), t!("export.where"), t!("export.needs")];
    let row = |(name, opens, place, needs, source): Runtime| {
        view! {
            <tr>
                <th scope="row"><a href=source rel="external noopener">{name}</a></th>
                <td>{opens}</td>
                <td>{place}</td>
                <td>{needs}</td>
            </tr>
        }
    };
    view! {
        <p class="export-caption">{t!("export.runtimes")}</p>
        <div class="table-scroll" tabindex="0" role="group" aria-label=t!("export.runtimes")>
            <table class="export-runtimes" data-output="runtimes">
                <thead><tr>{heads.map(|head| view! { <th scope="col">{head}</th> })}</tr></thead>
                <tbody>{runtimes().map(row).into_iter().collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
}
