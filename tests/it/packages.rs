//! What a package needs and what it holds: every dependency is used, the library comes without the workbench.

use crate::support::binary::finish_bytes;
use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: [&str; 5] = ["wire", "engine", "host", "app", "ui"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(dir: &Path, text: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_dependency_of_a_layer_is_used_there() {
    for layer in LAYERS {
        let folder = root().join("src").join(layer);
        let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml"))
            .unwrap()
            .parse()
            .unwrap();
        let mut text = String::new();
        sources(&folder, &mut text);
        for name in manifest["dependencies"].as_table().unwrap().keys() {
            let ident = match name.as_str() {
                "md-5" => "md5".to_owned(),
                name => name.replace('-', "_"),
            };
            let used = text.contains(&format!("{ident}::")) || text.contains(&format!("use {ident};"));
            assert!(used, "{layer} names {name} and does not use it");
        }
    }
}

fn cargo(args: &[&str]) -> String {
    let root = root().join("Cargo.toml").display().to_string();
    let mut line = args.to_vec();
    line.extend(["--manifest-path", &root, "--offline"]);
    String::from_utf8(finish_bytes(env!("CARGO"), &line)).unwrap()
}

#[test]
fn the_library_alone_brings_no_workbench() {
    let tree = cargo(&[
        "tree",
        "-e",
        "normal",
        "--no-default-features",
        "--prefix",
        "none",
    ]);
    assert!(
        tree.lines().any(|line| line.starts_with("natsbridge-engine ")),
        "{tree}"
    );
    for name in ["ratatui", "crossterm", "clap", "symphonia", "image", "parquet"] {
        let named = tree
            .lines()
            .find(|line| line.split([' ', '-']).next() == Some(name));
        assert_eq!(named, None);
    }
}

#[test]
fn the_package_holds_themes_and_the_files_of_the_demo() {
    let listed = cargo(&["package", "--list", "--allow-dirty", "-p", "natsbridge"]);
    for (folder, ending) in [
        ("themes", "toml"),
        ("assets/demo", "arrow"),
        ("assets/demo", "png"),
    ] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == ending) {
                let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
                assert!(
                    listed.lines().any(|line| line == name),
                    "{name} is not in the package"
                );
            }
        }
    }
}
