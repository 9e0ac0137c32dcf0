//! Runs the Python and C# versions of a listing on numbers, where this machine can.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A listing's file, by its path below `content/lessons`.
pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons").join(path)
}

/// What the lines after a listing hand to `show`, a number each time. None without `python3`.
pub fn python(listing: &str, lines: &str) -> Option<Vec<f64>> {
    if !exists("python3", "--version") {
        eprintln!("SKIPPED: no python3 here, so {listing} was not run");
        return None;
    }
    let source = fs::read_to_string(file(listing)).unwrap();
    Some(printed(
        Command::new("python3")
            .arg("-c")
            .arg(format!("{source}\n\ndef show(number):\n    print('=', float(number))\n\n{lines}")),
    ))
}

/// The same for a listing that needs NumPy. None without it.
pub fn numpy(listing: &str, lines: &str) -> Option<Vec<f64>> {
    let found = Command::new("python3").args(["-c", "import numpy"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no NumPy here, so {listing} was not run");
        return None;
    }
    python(listing, lines)
}

/// The same in C#: `lines` stand in `Main`, where `Print` prints numbers. None without a compiler.
pub fn csharp(listing: &str, lines: &str) -> Option<Vec<f64>> {
    let name = listing.replace(['/', '.'], "-");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::copy(file(listing), folder.join("Listing.cs")).unwrap();
    let program = format!(
        "using System;\nusing System.Globalization;\npublic static class Program\n{{\n\
         static void Print(params double[] numbers) {{ foreach (double number in numbers) \
         Console.WriteLine(\"= \" + number.ToString(\"R\", CultureInfo.InvariantCulture)); }}\n\
         public static void Main()\n{{\n{lines}\n}}\n}}\n"
    );
    fs::write(folder.join("Program.cs"), program).unwrap();
    if exists("dotnet", "--version") {
        let project = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType>\
            <TargetFramework>net$(BundledNETCoreAppTargetFrameworkVersion)</TargetFramework></PropertyGroup></Project>";
        fs::write(folder.join("Listing.csproj"), project).unwrap();
        return Some(printed(Command::new("dotnet").arg("run").current_dir(&folder)));
    }
    if exists("mcs", "--version") && exists("mono", "--version") {
        let built =
            Command::new("mcs").args(["-out:listing.exe", "Program.cs", "Listing.cs"]).current_dir(&folder).output();
        let built = built.unwrap();
        assert!(built.status.success(), "{listing}: {}", String::from_utf8_lossy(&built.stderr));
        return Some(printed(Command::new("mono").arg("listing.exe").current_dir(&folder)));
    }
    eprintln!("SKIPPED: neither dotnet nor mono here, so {listing} was not run");
    None
}

/// Fails unless each number is within 1e-5 of what the engine computes.
pub fn agree(listing: &str, found: Option<Vec<f64>>, expected: &[f64]) {
    let Some(found) = found else { return };
    assert_eq!(found.len(), expected.len(), "{listing} printed {found:?}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() < 1e-5, "{listing}, number {place}: {found}, but the engine says {expected}");
    }
}

fn exists(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

/// The numbers on the lines that begin with `= `; compilers and runtimes print lines of their own.
fn printed(command: &mut Command) -> Vec<f64> {
    let output = command.env("DOTNET_NOLOGO", "1").output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers = text.lines().filter_map(|line| line.strip_prefix("= "));
    numbers.map(|number| number.trim().parse().unwrap()).collect()
}
