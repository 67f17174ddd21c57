//! The lines of code that the doctor offers are code: real Python and node parse each of them.

use crate::support::real::{node, python};
use natsbridge_wire::{Code, check_of};
use std::process::Command;

const PYTHON: &str = "
import ast, json, sys
for line in json.loads(sys.argv[1]):
    try:
        ast.parse(f'async def example():\\n    {line}\\n')
    except SyntaxError as error:
        print(line, error)
";

const NODE: &str = "
for (const line of JSON.parse(process.argv[1])) {
    const shapes = [`${line}\\n`, `({ ${line}\\n})`, `f(${line}\\n)`];
    const parses = shapes.some(shape => {
        try { new Function(`async () => { ${shape} }`); return true; } catch { return false; }
    });
    if (!parses) console.log(line);
}
";

fn lines(language: &str) -> Vec<&'static str> {
    let all = Code::ALL.iter().flat_map(|code| check_of(*code).lines.given());
    all.filter(|(name, _)| *name == language)
        .map(|(_, line)| line)
        .collect()
}

fn unparsed(mut program: Command, flag: &str, script: &str, language: &str) -> String {
    let lines = lines(language);
    assert!(lines.len() > 30, "{} lines of {language}", lines.len());
    let output = program
        .args([flag, script, &serde_json::json!(lines).to_string()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn lines_of_python_parse() {
    let Some(python) = python() else { return };
    assert_eq!(unparsed(python, "-c", PYTHON, "Python"), "");
}

#[test]
fn lines_of_javascript_parse() {
    let Some(node) = node() else { return };
    assert_eq!(unparsed(node, "-e", NODE, "JavaScript"), "");
}
