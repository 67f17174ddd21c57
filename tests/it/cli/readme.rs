//! The README's tables are those of the code. `NATSBRIDGE_UPDATE=1 cargo test readme` writes them anew.

use crate::support::marked_sections::{replace, section};
use natsbridge::cli::{EXITS, definition, rules_page};
use natsbridge_app::{key_table_markdown, read_settings};
use natsbridge_engine::filter_table_markdown;
use natsbridge_wire::DIALECTS;
use std::fmt::Write as _;
use std::path::PathBuf;

#[test]
fn the_tables_of_the_readme_are_those_of_the_code() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let mut wanted = replace(&readme, "verbs", &verbs());
    wanted = replace(&wanted, "keys", &key_table_markdown());
    wanted = replace(&wanted, "fields", &filter_table_markdown());
    if std::env::var("NATSBRIDGE_UPDATE").is_ok() {
        std::fs::write(&path, &wanted).unwrap();
    } else {
        assert!(
            readme == wanted,
            "README.md is behind the code: NATSBRIDGE_UPDATE=1 cargo test readme"
        );
    }
}

#[test]
fn the_page_of_rules_is_that_of_the_code() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/rules.md");
    if std::env::var("NATSBRIDGE_UPDATE").is_ok() {
        std::fs::write(&path, rules_page()).unwrap();
    } else {
        assert!(
            std::fs::read_to_string(&path).unwrap() == rules_page(),
            "assets/rules.md is behind the code: NATSBRIDGE_UPDATE=1 cargo test readme"
        );
    }
}

#[test]
fn the_settings_of_the_readme_are_without_mistakes() {
    let readme = include_str!("../../../README.md");
    let (_, mistakes) = read_settings(
        section(readme, "settings")
            .trim()
            .trim_matches('`')
            .trim_start_matches("toml"),
    );
    assert_eq!(mistakes, Vec::<String>::new());
}

#[test]
fn the_readme_names_every_exit_code_and_dialect() {
    let readme = include_str!("../../../README.md");
    for (code, _) in EXITS {
        assert!(readme.contains(&code.to_string()), "exit code {code}");
    }
    for row in DIALECTS {
        assert!(
            readme.contains(&format!("| `{}` |", row.name)),
            "dialect {}",
            row.name
        );
    }
}

fn verbs() -> String {
    let mut table = String::from("| verb | does |\n|---|---|\n");
    for verb in definition()
        .get_subcommands()
        .filter(|verb| verb.get_name() != "help")
    {
        let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(table, "| `natsbridge {}` | {about} |", verb.get_name()).unwrap();
    }
    table
}
