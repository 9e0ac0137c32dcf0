//! What our engine writes is opened by the libraries of others, where this machine has them: Python with numpy,
//! safetensors, gguf, onnx, onnxruntime and cbor2, and xllamacpp, which is llama.cpp itself. `GLASSBOX_PYTHON` names
//! another Python than `python3`.

use engine_core::{
    export::{Format, Numbers, project, read, write},
    model_file::ModelFile,
    reference::gpt::forward,
    sampling::{Sampling, distribution},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the fixtures and the scripts lie.
fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export")
}

fn model(name: &str) -> ModelFile {
    ModelFile::read(&fs::read(here().join(format!("{name}.safetensors"))).unwrap()).unwrap()
}

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Python, if it has these packages.
fn python(packages: &str) -> Option<Command> {
    let python = std::env::var("GLASSBOX_PYTHON").unwrap_or_else(|_| "python3".into());
    let found = Command::new(&python).args(["-c", &format!("import {packages}")]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: {python} has not all of {packages}, so no foreign reader was run");
        return None;
    }
    Some(Command::new(python))
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    out.into_owned()
}

/// How far a model's logits are from those that NumPy computes with the fixture's own weights.
fn off_by(model: &ModelFile, name: &str) -> f64 {
    let golden: serde_json::Value = serde_json::from_slice(&fs::read(here().join("golden.json")).unwrap()).unwrap();
    let case = golden.as_array().unwrap().iter().find(|case| case["name"] == name).unwrap();
    let ids: Vec<u32> = serde_json::from_value(case["ids"].clone()).unwrap();
    let meant: Vec<Vec<f64>> = serde_json::from_value(case["logits"].clone()).unwrap();
    let found = forward(&model.config, &model.weights, &ids).concat();
    found.iter().zip(meant.concat()).fold(0.0, |most, (found, meant)| most.max((found - meant).abs()))
}

#[test]
fn python_reads_every_file_and_finds_the_same_logits() {
    let Some(mut python) = python("numpy, safetensors, gguf, onnx, onnxruntime, cbor2") else { return };
    let folder = folder("exports");
    for name in ["chars", "bytes"] {
        let model = model(name);
        for format in Format::ALL {
            for numbers in Numbers::ALL {
                if let Ok(written) = write(&model, format, numbers) {
                    let file = format!("{name}.{}.{}", numbers.key(), format.ending());
                    fs::write(folder.join(file), written.bytes).unwrap();
                }
            }
        }
    }
    let said = said(python.arg(here().join("check.py")).arg(&folder));
    let found: Vec<(&str, f64)> = said
        .lines()
        .filter_map(|line| line.strip_prefix("= ")?.split_once(' '))
        .map(|(file, off)| (file, off.parse().unwrap()))
        .collect();
    println!("{said}");
    assert_eq!(found.len(), 24);
    for (file, off) in found {
        // Whoever rounds the weights moves the logits, by as much as our own reader finds; nobody else moves them.
        let own = off_by(&read(&fs::read(folder.join(file)).unwrap()).unwrap(), file.split('.').next().unwrap());
        println!("{file}: {off} there, {own} here");
        // Logits of these models reach about ten.
        let most = [(".f32.", 1e-4), (".f16.", 0.05), (".q8.", 0.5)].into_iter().find(|(kind, _)| file.contains(kind));
        assert!(off < most.map_or(2.0, |(_, most)| most), "{file} is off by {off}");
        assert!((off - own).abs() < 1e-4, "{file} is off by {off}, and by {own} here");
        assert_eq!(file.contains(".f32."), off < 1e-4, "{file}: were the weights rounded, and only where they should?");
    }
}

#[test]
fn llama_cpp_runs_the_gguf_files() {
    let Some(mut python) = python("numpy, xllamacpp") else { return };
    let folder = folder("llama");
    for name in ["chars", "bytes"] {
        let written = write(&model(name), Format::Gguf, Numbers::F32).unwrap();
        fs::write(folder.join(format!("{name}.f32.gguf")), written.bytes).unwrap();
    }
    let said = said(python.arg(here().join("llama.py")).arg(&folder));
    println!("{said}");
    let found: Vec<f64> = said
        .lines()
        .filter_map(|line| line.strip_prefix("= ")?.split(' ').nth(1))
        .map(|off| off.parse().unwrap())
        .collect();
    // It has another GELU, and keeps keys and values in 16 bits.
    assert!(found.len() == 2 && found.iter().all(|off| *off < 0.01), "{said}");
}

/// Texts with everything that a tokenizer cuts at.
const TEXTS: [&str; 4] =
    ["abc the cafe\u{301}", "the  other, an é\n\n  the 42nd €!", "gé€ hab  ", "an\u{a0}the\t\tten²Ⅷ"];

/// The project of one of the fixtures as a zip file.
fn project_of(name: &str) -> (ModelFile, Vec<project::Case>, Vec<u8>) {
    let model = model(name);
    let mut prompts = project::prompts(&model, TEXTS[0]);
    prompts.extend(TEXTS[1..].iter().map(|text| (*text).to_owned()));
    let cases = project::cases(&model, &prompts);
    assert!(cases.len() >= 5 && cases.iter().any(|case| case.ids.len() > model.config.context));
    let zip = project::write_zip(&model, &cases).unwrap();
    (model, cases, zip)
}

#[test]
fn the_python_program_of_the_project_finds_what_the_engine_computed() {
    let Some(_) = python("numpy, onnxruntime") else { return };
    for name in ["chars", "bytes"] {
        let (_, cases, zip) = project_of(name);
        let folder = folder(&format!("project-{name}"));
        fs::write(folder.join("project.zip"), zip).unwrap();
        let unpack = "import zipfile, sys; zip = zipfile.ZipFile(sys.argv[1]); assert zip.testzip() is None; zip.extractall(sys.argv[2])";
        said(python("zipfile").unwrap().args(["-c", unpack]).arg(folder.join("project.zip")).arg(&folder));
        let program = folder.join("glassbox-chat/chat.py");
        let said = said(python("zipfile").unwrap().arg(&program).arg("--check"));
        println!("{said}");
        assert_eq!(said.lines().filter(|line| line.starts_with("same: ")).count(), cases.len(), "{said}");
        // What has been changed is found out.
        let parity = folder.join("glassbox-chat/parity.json");
        let text =
            fs::read_to_string(&parity).unwrap().replacen("\"greedy\": [\n        ", "\"greedy\": [\n        1", 1);
        fs::write(&parity, text).unwrap();
        let output = python("zipfile").unwrap().arg(&program).arg("--check").output().unwrap();
        assert!(!output.status.success() && String::from_utf8_lossy(&output.stdout).contains("DIFFERENT"));
    }
}

#[test]
fn the_csharp_tokenizer_and_sampler_agree_with_the_engine() {
    let exists = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success());
    if !exists("mcs") || !exists("mono") {
        eprintln!("SKIPPED: no mono here, so Text.cs was not run");
        return;
    }
    let folder = folder("csharp");
    let logits = [0.5f32, -1.0, 2.0, 2.0, -30.0, 1.5];
    let (mut lines, mut expected) = (String::new(), Vec::new());
    for name in ["chars", "bytes"] {
        let model = model(name);
        let json = serde_json::to_value(&model.tokenizer).unwrap();
        let made = match json["chars"].as_str() {
            Some(chars) => format!("new Tokenizer({chars:?})"),
            None => {
                let merges = json["merges"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|pair| format!("new[] {{ {}, {} }}", pair[0], pair[1]));
                format!("new Tokenizer(new[] {{ {} }})", merges.collect::<Vec<_>>().join(", "))
            }
        };
        lines += &format!("{{ var tokenizer = {made};\n");
        for text in TEXTS {
            let literal: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            lines += &format!("Say(tokenizer.Encode(\"{literal}\"));\n");
            lines += &format!("Say(tokenizer.Decode(tokenizer.Encode(\"{literal}\")).Select(c => (int)c));\n");
            let ids = model.tokenizer.encode(text).ids;
            expected.push(ids.iter().map(u32::to_string).collect::<Vec<_>>().join(" "));
            expected.push(
                model.tokenizer.decode(&ids).encode_utf16().map(|unit| unit.to_string()).collect::<Vec<_>>().join(" "),
            );
        }
        lines += "}\n";
    }
    lines += "var scores = new[] { 0.5f, -1f, 2f, 2f, -30f, 1.5f };\nSay(new[] { Sampler.Best(scores) });\n";
    expected.push("2".into());
    for (temperature, top_k) in [(1.0, 0), (0.5, 3), (2.0, 1)] {
        lines +=
            &format!("Say(Sampler.Chances(scores, {temperature:?}, {top_k}).Select(x => (int)Math.Round(x * 1e6)));\n");
        lines += &format!("Say(new[] {{ Sampler.Draw(Sampler.Chances(scores, {temperature:?}, {top_k}), 0.6) }});\n");
        let chances = distribution(&logits, &Sampling { temperature, top_k, ..Sampling::PLAIN });
        expected.push(
            chances.iter().map(|x| ((f64::from(*x) * 1e6).round() as i64).to_string()).collect::<Vec<_>>().join(" "),
        );
        expected.push(engine_core::sampling::draw(&chances, 0.6).to_string());
    }
    let main = format!(
        "using System; using System.Linq; using System.Collections.Generic; using Glassbox;\npublic static class Test {{\n\
         static void Say(IEnumerable<int> all) {{ Console.WriteLine(\"= \" + string.Join(\" \", all)); }}\n\
         public static void Main() {{\n{lines}}}\n}}\n"
    );
    fs::write(folder.join("Main.cs"), main).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/export/project/Text.cs"), folder.join("Text.cs")).unwrap();
    said(Command::new("mcs").args(["-out:test.exe", "-r:System.Core.dll", "Main.cs", "Text.cs"]).current_dir(&folder));
    let said = said(Command::new("mono").arg("test.exe").current_dir(&folder));
    // Mono has lines of its own, such as on a thread's priority.
    let found: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("= ")).collect();
    assert_eq!(found.len(), expected.len(), "{said}");
    for (found, expected) in found.iter().zip(&expected) {
        let near = |(a, b): (&str, &str)| a == b || a.parse::<i64>().unwrap().abs_diff(b.parse().unwrap()) <= 1;
        let (a, b): (Vec<&str>, Vec<&str>) = (found.split(' ').collect(), expected.split(' ').collect());
        assert!(a.len() == b.len() && a.into_iter().zip(b).all(near), "{found} against {expected}");
    }
}
