//! The project's only command line: it installs what is missing, builds the site, serves it and tests it.

mod browser;
mod embeds;
mod files;
mod first_view;
mod html;
mod imports;
mod lint;
mod models;
mod pack;
mod packs;
mod peer_files;
mod peers;
mod precache;
mod publish;
mod shards;
mod site;
mod skeleton;
mod stages;
mod steps;
mod tools;
mod words;
#[cfg(test)]
mod words_check;

use anyhow::{Context, Result, bail};
use publish::Place;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use steps::Steps;

const HELP: &str = "\
cargo xtask <command>

  serve [--port N] [--base /x/] [--cpu-only]   build the site and serve it on this machine
  test [stage…] [--skip stage]… [--full]       run every test, or the named stages; --full adds the slow ones
  dist [--base /x/] [--origin https://…] [--cpu-only] [--models]
                                               build the site into dist/; the origin is for whole addresses: sitemap,
                                               social cards, oEmbed (without it: http://127.0.0.1:8080)
  bench [--json PATH] [--no-build]             time training in Chromium, list the size of every file
  bench --peers [--cases A,B] [--threads] [--webgpu] [--json PATH] [--no-build] …
                                               measure the engine beside other libraries (playwright/bench/peers.mjs)
  bench --models [--rounds N] [--tokens N] [--json PATH] [--no-build] …
                                               measure pretrained models beside other libraries (playwright/bench/models.mjs)
  bench --encoders [--rounds N] [--shapes RE] [--only RE] [--json PATH] [--no-build] …
                                               measure sentence encoders beside other libraries (playwright/bench/encoders.mjs)
  bench --soak [--steps N] [--gpu-steps N]     train for long and see that memory does not grow (playwright/bench/soak.mjs)
  models                                       fetch the pretrained models that tests and packs need, and check them
  pretrain …                                   train the shipped tiny GPT again
  new-lesson <slug>                            write a lesson's skeleton and, if it is new, its line in the tree
  new-lab <name>                               write a lab's skeleton and its line in web/labs/src/labs/mod.rs
  tools                                        only install what is missing
  pages                                        write the pages of the last build again, from Markdown
  pack --out DIR [--base /x/] [--salt TEXT]    package the last build again, for another base path

`--cpu-only` leaves the WebGPU engine out, which takes longest to compile. `--models` puts the pretrained models into the
site, as packs that a learner fetches on purpose (also after serve, bench and pack).";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that may follow a command.
struct Options {
    base: String,
    origin: Option<String>,
    port: Option<u16>,
    json: Option<PathBuf>,
    out: Option<PathBuf>,
    salt: String,
    skip: Vec<String>,
    names: Vec<String>,
    cpu_only: bool,
    models: bool,
    build: bool,
    full: bool,
}

impl Options {
    /// Where the site will be, as far as somebody has said.
    fn place(&self) -> Place {
        let origin = self.origin.clone().unwrap_or_else(|| publish::DEFAULT_ORIGIN.into());
        Place { origin, base: self.base.clone(), named: self.origin.is_some(), models: self.models }
    }
}

fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the project's root folder")?;
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_else(|| "help".into());
    if command == "pretrain" {
        let mut arguments =
            ["run", "--release", "--locked", "-p", "engine", "--example", "pretrain", "--"].map(String::from).to_vec();
        arguments.extend(words);
        return steps::run(Command::new("cargo").args(arguments).current_dir(root));
    }
    let words: Vec<String> = words.collect();
    if command == "bench" && words.iter().any(|word| word == "--soak") {
        return peers::soak(root, words);
    }
    if command == "bench" && words.iter().any(|word| word == "--peers") {
        return peers::bench(root, words);
    }
    if command == "bench" && words.iter().any(|word| word == "--models") {
        return peers::models(root, words);
    }
    if command == "bench" && words.iter().any(|word| word == "--encoders") {
        return peers::encoders(root, words);
    }
    let options = options(words)?;
    let names = |count: usize, usage: &str| match options.names.len() == count {
        true => Ok(()),
        false => bail!("usage: cargo xtask {usage}"),
    };
    match command.as_str() {
        "serve" => serve(root, &options),
        "test" => stages::test(root, &options.names, &options.skip, options.full),
        "dist" => names(0, "dist [--base /x/]").and_then(|()| dist(root, &options)),
        "bench" => bench(root, &options),
        "tools" => {
            let mut steps = Steps::new(tools::BUILD_STEPS + tools::BROWSER_STEPS);
            tools::for_building(root, &mut steps)?;
            tools::for_browsers(&mut steps)
        }
        "models" => names(0, "models").and_then(|()| models::fetch(root)),
        "pages" => site::pages_again(root, &options.base),
        "pack" => {
            let out = options.out.as_ref().context("usage: cargo xtask pack --out DIR [--base /x/] [--salt TEXT]")?;
            site::pack_again(root, out, &options.place(), &options.salt)
        }
        "new-lesson" => {
            names(1, "new-lesson <slug>")?;
            skeleton::new_lesson(root, &options.names[0])
        }
        "new-lab" => {
            names(1, "new-lab <name>")?;
            skeleton::new_lab(root, &options.names[0])
        }
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("there is no command `{other}`\n\n{HELP}"),
    }
}

fn options(words: Vec<String>) -> Result<Options> {
    use lexopt::prelude::*;
    let mut options = Options {
        base: "/".into(),
        origin: None,
        port: None,
        json: None,
        out: None,
        salt: String::new(),
        skip: Vec::new(),
        names: Vec::new(),
        cpu_only: false,
        models: false,
        build: true,
        full: false,
    };
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("base") => options.base = site::checked_base(&parser.value()?.string()?)?,
            Long("origin") => options.origin = Some(publish::checked_origin(&parser.value()?.string()?)?),
            Long("port") => options.port = Some(parser.value()?.parse()?),
            Long("json") => options.json = Some(parser.value()?.into()),
            Long("out") => options.out = Some(parser.value()?.into()),
            Long("salt") => options.salt = parser.value()?.string()?,
            Long("skip") => options.skip.push(parser.value()?.string()?),
            Long("cpu-only") => options.cpu_only = true,
            Long("models") => options.models = true,
            Long("full") => options.full = true,
            Long("no-build") => options.build = false,
            Value(name) => options.names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn dist(root: &Path, options: &Options) -> Result<()> {
    let mut steps = Steps::new(tools::BUILD_STEPS + site::STEPS);
    tools::for_building(root, &mut steps)?;
    site::build(root, &mut steps, &options.place(), options.cpu_only)
}

fn serve(root: &Path, options: &Options) -> Result<()> {
    dist(root, options)?;
    let mut server = Command::new("node");
    server.current_dir(root).args(["playwright/server.mjs", "--root", "dist", "--base", &options.base]);
    if let Some(port) = options.port {
        server.args(["--port", &port.to_string()]);
    }
    steps::run(&mut server)
}

fn bench(root: &Path, options: &Options) -> Result<()> {
    let mut steps =
        Steps::new(tools::BUILD_STEPS + tools::BROWSER_STEPS + 1 + if options.build { site::STEPS } else { 0 });
    tools::for_building(root, &mut steps)?;
    tools::for_browsers(&mut steps)?;
    if options.build {
        site::build(root, &mut steps, &options.place(), false)?;
    }
    steps.step("training and sizes in headless Chromium", || {
        let mut bench = Command::new("node");
        bench.current_dir(root).arg("playwright/bench.mjs");
        if let Some(path) = &options.json {
            bench.arg("--json").arg(std::path::absolute(path)?);
        }
        steps::run(&mut bench)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_in_any_order() {
        let words = ["unit", "--base", "/x", "--skip", "wasm", "--port", "99"].map(String::from).to_vec();
        let options = options(words).expect("these are known options");
        assert_eq!((options.base.as_str(), options.port), ("/x/", Some(99)));
        assert_eq!((options.names, options.skip), (vec!["unit".to_string()], vec!["wasm".to_string()]));
    }

    #[test]
    fn an_unknown_option_is_named() {
        let named = options(["--origin", "https://a.example/"].map(String::from).to_vec()).expect("an origin");
        assert_eq!(named.place().site(), "https://a.example/");
        let error = options(vec!["--colour".into()]).err().expect("there is no such option");
        assert!(error.to_string().contains("--colour"), "{error}");
    }
}
