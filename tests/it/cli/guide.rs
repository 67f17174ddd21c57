//! The README and the guide tell what the code does: their tables are written by it (`NATSBRIDGE_UPDATE=1 cargo test guide`), their
//! commands are understood, their links lead somewhere.

use crate::support::marked_sections::{replace, section};
use natsbridge::cli::{EXITS, definition, rules_page};
use natsbridge_app::{key_table_markdown, read_settings};
use natsbridge_engine::filter_table_markdown;
use natsbridge_wire::DIALECTS;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Where a page is, by its path in the project.
fn place(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(page)
}

/// A page of the guide.
fn guide(name: &str) -> String {
    std::fs::read_to_string(place(&format!("assets/guide/{name}.md"))).unwrap()
}

/// The pages for users, by path.
fn pages() -> Vec<(PathBuf, String)> {
    let guide = std::fs::read_dir(place("assets/guide")).unwrap();
    let mut pages: Vec<PathBuf> = guide.map(|page| page.unwrap().path()).collect();
    pages.extend(
        [
            "README.md",
            "CHANGELOG.md",
            "assets/drafts.md",
            "assets/tape-format.md",
        ]
        .map(place),
    );
    let read = |page: PathBuf| {
        let text = std::fs::read_to_string(&page).unwrap();
        (page, text)
    };
    pages.into_iter().map(read).collect()
}

#[test]
fn the_tables_of_the_guide_are_those_of_the_code() {
    let tables = [
        ("scripting", "verbs", verbs()),
        ("keys", "keys", key_table_markdown()),
        ("filters", "fields", filter_table_markdown()),
    ];
    for (name, table, wanted) in tables {
        let page = guide(name);
        let wanted = replace(&page, table, &wanted);
        if std::env::var("NATSBRIDGE_UPDATE").is_ok() {
            std::fs::write(place(&format!("assets/guide/{name}.md")), &wanted).unwrap();
        } else {
            assert!(
                page == wanted,
                "assets/guide/{name}.md is behind the code: NATSBRIDGE_UPDATE=1 cargo test guide"
            );
        }
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
            "assets/rules.md is behind the code: NATSBRIDGE_UPDATE=1 cargo test guide"
        );
    }
}

#[test]
fn the_settings_of_the_guide_are_without_mistakes() {
    let page = guide("settings");
    let settings = section(&page, "settings").trim().trim_matches('`');
    let (_, mistakes) = read_settings(settings.trim_start_matches("toml"));
    assert_eq!(mistakes, Vec::<String>::new());
}

#[test]
fn the_guide_names_every_exit_code_and_dialect() {
    let (scripting, peers) = (guide("scripting"), guide("peers"));
    let (_, codes) = scripting.split_once("## Exit codes").unwrap();
    for (code, _) in EXITS {
        assert!(codes.contains(&code.to_string()), "exit code {code}");
    }
    for row in DIALECTS {
        assert!(
            peers.contains(&format!("| `{}` |", row.name)),
            "dialect {}",
            row.name
        );
    }
}

#[test]
fn every_command_of_the_pages_is_understood() {
    let mut commands = 0;
    for (page, text) in pages() {
        for (line, words) in commands_of(&text) {
            commands += 1;
            let parsed = definition().try_get_matches_from(words);
            if let Err(error) = parsed {
                panic!("{}: {line}\n{error}", page.display());
            }
        }
    }
    assert!(commands > 40, "{commands} commands are no guide");
}

/// The commands of ours in the shell blocks of a page: each line, and its words without comment, redirection and what is piped to.
fn commands_of(page: &str) -> Vec<(String, Vec<String>)> {
    let blocks = page.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let ours = lines.filter(|line| line.starts_with("natsbridge"));
    let words = ours.map(|line| {
        // Unquoted, these end the command.
        let ends = [" #", " | ", " > ", " &"].map(|end| line.find(end).unwrap_or(line.len()));
        let command = &line[..ends.into_iter().min().unwrap()];
        (line.to_owned(), shell_words::split(command).unwrap())
    });
    words.collect()
}

#[test]
fn every_link_of_the_pages_leads_somewhere() {
    for (page, text) in pages() {
        let folder = page.parent().unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = folder.join(path);
            assert!(file.exists(), "{}: {target}", page.display());
            if !anchor.is_empty() {
                let heading = format!("# {}", anchor.replace('-', " "));
                let text = std::fs::read_to_string(&file).unwrap().to_lowercase();
                assert!(text.contains(&heading), "{}: {target}", page.display());
            }
        }
    }
}

#[test]
fn the_readme_is_short_and_links_the_whole_guide() {
    let readme = std::fs::read_to_string(place("README.md")).unwrap();
    assert!(readme.lines().count() <= 150 && readme.len() <= 9000);
    for page in std::fs::read_dir(place("assets/guide")).unwrap() {
        let name = page.unwrap().file_name();
        let link = format!("(assets/guide/{})", name.to_string_lossy());
        assert!(readme.contains(&link), "{link}");
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
