//! The rules of ARCHITECTURE.md that a machine can check.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Which workspace crates each crate may depend on. A new edge needs a reason in ARCHITECTURE.md.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("engine/core", &["kernels"]),
    ("engine/kernels", &[]),
    ("engine/gpu", &["engine-core"]),
    ("engine/hostile", &["engine-core"]),
    ("engine/words", &["engine-core"]),
    ("engine/run", &["engine-core"]),
    ("engine/plain", &["engine-core", "engine-run", "kernels"]),
    ("engine/plain/bench", &["engine-core", "engine-plain", "kernels"]),
    ("engine", &["engine-core", "engine-gpu", "engine-run", "kernels"]),
    ("engine/bench", &["engine", "engine-core", "engine-gpu", "kernels"]),
    ("content", &["learn"]),
    ("xtask", &[]),
    ("learn", &[]),
    ("web", &["kit"]),
    ("web/labs", &["engine-core", "kit"]),
    ("web/desk", &["kit", "learn"]),
    ("web/kit", &[]),
    ("web/worker", &["engine", "engine-core", "worker-port"]),
    ("web/worker-plain", &["engine-plain", "worker-port"]),
    ("web/worker-plain-relaxed", &["worker-plain"]),
    ("web/worker-port", &["engine-core", "engine-run"]),
    ("web/worker-gpu", &["worker"]),
    ("web/worker-relaxed", &["worker"]),
    ("web/worker-words", &["engine-core", "engine-run", "engine-words", "worker-port"]),
    ("tests", &["engine", "engine-core", "engine-plain", "engine-run"]),
];

const LONGEST_FILE: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file below `folder` with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !name.starts_with('.') && !["target", "dist", "node_modules"].contains(&name) {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    assert!(!found.is_empty(), "no source below {folder}");
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// Lines that are code, not comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"))
}

#[test]
fn crates_depend_only_where_allowed() {
    let ours = [
        "engine-core",
        "engine-gpu",
        "engine-hostile",
        "engine-plain",
        "engine-run",
        "engine-words",
        "kernels",
        "kit",
        "learn",
        "desk",
        "labs",
        "engine",
        "content",
        "xtask",
        "web",
        "worker",
        "worker-gpu",
        "worker-plain",
        "worker-plain-relaxed",
        "worker-port",
        "worker-relaxed",
        "worker-words",
        "tests",
        "engine-bench",
        "engine-plain-bench",
    ];
    for (folder, allowed) in MAY_DEPEND_ON {
        let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let manifest: BTreeMap<String, toml::Value> = toml::from_str(&text).unwrap();
        let mut tables = vec![manifest.get("dependencies")];
        if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
            tables.extend(targets.values().map(|target| target.get("dependencies")));
        }
        let named = tables.into_iter().flatten().filter_map(toml::Value::as_table).flatten();
        let real = named.map(|(name, value)| value.get("package").and_then(toml::Value::as_str).unwrap_or(name));
        for name in real.filter(|name| ours.contains(name)) {
            assert!(allowed.contains(&name), "{folder} must not depend on {name}");
        }
    }
}

#[test]
fn the_page_never_names_burn() {
    for folder in [
        "web",
        "web/labs",
        "engine/core",
        "engine/kernels",
        "engine/gpu",
        "engine/hostile",
        "engine/run",
        "engine/plain",
        "engine/words",
    ] {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        assert!(!manifest.contains("burn"), "{folder} must compile without Burn");
    }
}

#[test]
fn the_engine_knows_no_browser() {
    let manifest = fs::read_to_string(root().join("engine/Cargo.toml")).unwrap();
    let dependencies = manifest.split("dev-dependencies").next().unwrap();
    for name in ["web-sys", "js-sys", "wasm-bindgen", "leptos"] {
        assert!(!dependencies.contains(&format!("\n{name}")), "engine must not depend on {name}");
    }
}

#[test]
fn no_file_is_too_long() {
    for (name, text) in sources("") {
        assert!(text.lines().count() <= LONGEST_FILE, "{name} has {} lines; split it", text.lines().count());
    }
}

#[test]
fn no_test_is_left_out() {
    for (name, text) in sources("") {
        let ignored = text.lines().find(|line| line.trim_start().starts_with("#[ignore"));
        assert!(ignored.is_none(), "{name} has a test that never runs; make it an example");
    }
}

#[test]
fn only_the_engine_client_mentions_a_worker() {
    // The desk posts messages too: to other tabs.
    let client = ["web/labs/src/engine/", "web/worker", "web/desk/src/progress/tabs.rs"];
    for (name, text) in sources("web").into_iter().filter(|(name, _)| !client.iter().any(|own| name.starts_with(own))) {
        for line in code(&text) {
            assert!(!line.contains("Worker::new") && !line.contains("post_message"), "{name}: {line}");
        }
    }
}

#[test]
fn only_one_file_of_the_engine_names_a_gpu() {
    // Beside it, training chooses between a model on the GPU and a type without values.
    let may_ask = ["engine/src/device.rs", "engine/src/train/mod.rs"];
    for (name, text) in sources("engine/src") {
        for line in code(&text) {
            assert!(!line.contains("wgpu") || name == "engine/src/device.rs", "{name}: {line}");
            assert!(!line.contains("feature = \"gpu\"") || may_ask.contains(&name.as_str()), "{name}: {line}");
        }
    }
}

#[test]
fn the_messages_are_a_closed_set() {
    let wire = fs::read_to_string(root().join("engine/core/src/wire.rs")).unwrap();
    let variants = wire.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     ")).filter(|line| {
        let word = line.trim_start();
        word.starts_with(char::is_uppercase) && (word.ends_with('{') || word.ends_with(','))
    });
    assert_eq!(variants.count(), 10, "adding a job or a lab adds no message");
}

#[test]
fn tensors_are_read_back_only_asynchronously() {
    for (name, text) in sources("engine/src") {
        for line in code(&text) {
            for sync in [".into_data()", ".to_data()", ".into_scalar()"] {
                assert!(!line.contains(sync), "{name} would panic in a browser: {line}");
            }
        }
    }
}

#[test]
fn randomness_comes_from_a_seed() {
    for folder in ["engine/src", "engine/core/src", "web/src", "web/labs/src", "web/worker"] {
        for (name, text) in sources(folder) {
            for line in code(&text) {
                for wild in ["Math::random", "thread_rng", "rand::rng", "getrandom::", "Distribution::", "from_os_rng"]
                {
                    assert!(!line.contains(wild), "{name}: {line}");
                }
            }
        }
    }
}

#[test]
fn no_lab_uses_another_lab_and_no_widget_uses_a_lab() {
    for (name, text) in sources("web/labs/src/labs").into_iter().chain(sources("web/labs/src/widgets")) {
        let own = name.split('/').nth(4).unwrap_or_default();
        for line in code(&text) {
            if let Some((_, rest)) = line.split_once("labs::") {
                assert!(
                    name.ends_with("labs/mod.rs") || rest.starts_with(own) || rest.starts_with("knobs"),
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn architecture_md_names_this_test_and_every_crate() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    assert!(text.contains("tidy.rs") && text.lines().count() <= 150);
    for (folder, _) in MAY_DEPEND_ON {
        assert!(text.contains(&format!("`{folder}`")), "{folder} is not on the map");
    }
}
