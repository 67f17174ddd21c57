//! The page of rules: every code with its severity, who stumbles over it and how to mend it, as Markdown.

use natsbridge_wire::{Code, Effect, Family, READERS, check_of};
use std::fmt::Write as _;

/// The page, as it stands in `assets/rules.md`.
pub fn rules_page() -> String {
    let mut page = String::from(
        "# What `natsbridge check` knows\n\n\
         Made from the code by `natsbridge check --rules`. The codes are stable: scripts may rely on them.\n",
    );
    for code in Code::ALL {
        let check = check_of(*code);
        // Writing into a String cannot fail.
        let _ = write!(
            page,
            "\n## {}\n\n*{}.* {}. {}\n",
            code.name(),
            code.severity().name(),
            check.title,
            check.advice
        );
        for (at, (language, line)) in check.lines.given().enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            let _ = writeln!(page, "{gap}- {language}: `{line}`");
        }
        for (at, (who, reads, why)) in effects(*code).enumerate() {
            if at == 0 {
                page.push_str("\n| reader | reads it | because |\n|---|---|---|\n");
            }
            let _ = writeln!(page, "| {who} | {reads} | {why} |");
        }
    }
    page
}

/// A code explained, as `check --explain` prints it.
pub fn explanation(code: Code) -> String {
    let check = check_of(code);
    let (name, severity) = (code.name(), code.severity().name());
    let mut text = format!(
        "{name} ({severity}): {}.\n\nMend: {}\n",
        check.title, check.advice
    );
    for (language, line) in check.lines.given() {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  {language:10}  {line}");
    }
    for (at, (who, reads, why)) in effects(code).enumerate() {
        if at == 0 {
            text.push_str("\nWho stumbles over it:\n");
        }
        let _ = writeln!(text, "  {who}: {reads} ({why})");
    }
    text
}

/// What a code means to readers: who, how much they still read, and why.
fn effects(code: Code) -> impl Iterator<Item = (String, &'static str, &'static str)> {
    check_of(code).effects.iter().map(|effect| {
        let why = if effect.why.is_empty() {
            "as the finding says"
        } else {
            effect.why
        };
        (names(effect), effect.reads.name(), why)
    })
}

/// Whom an effect hits, as a list of words.
fn names(effect: &Effect) -> String {
    let others = READERS.iter().filter(|reader| reader.family != Family::Ours);
    if others
        .clone()
        .all(|reader| effect.families.contains(&reader.family))
    {
        return if effect.families.contains(&Family::Ours) {
            "everyone".to_owned()
        } else {
            "every other peer".to_owned()
        };
    }
    let mut names: Vec<&str> = effect.families.iter().map(|family| word(*family)).collect();
    names.dedup();
    names.join(", ")
}

fn word(family: Family) -> &'static str {
    match family {
        Family::Julia => "Julia",
        Family::Node => "JavaScript (node)",
        Family::Browser => "JavaScript (browser)",
        Family::Python => "Python",
        Family::MicroPython => "MicroPython",
        Family::Ours => "this workbench",
    }
}
