//! What is wrong, on a page: findings with cure and lines of code, who can read a message, tables of problems.

use super::html::Html;
use super::page::{page_end, page_start};
use crate::model::{count, counted};
use jiff::Timestamp;
use natsbridge_engine::{Checked, ProblemEntry};
use natsbridge_wire::{Answer, Dialect, Finding, Readability, Severity, check_of};
use std::collections::HashSet;

/// A message that was checked, with everything that was found; empty if there is nothing to say about it.
pub fn checked_section(checked: &Checked) -> String {
    let mut html = Html::default();
    if checked.findings.is_empty() && checked.readers.is_empty() {
        return html.finish();
    }
    html.markup("<article>");
    html.element("h2", "", &format!("{} #{}", checked.source, checked.index));
    let dialect = checked.dialect.map_or("not an envelope", Dialect::name);
    let subject = Some(&*checked.subject).filter(|subject| !subject.is_empty() && *subject != checked.source);
    let subject = subject.map(|subject| format!("{subject} · ")).unwrap_or_default();
    html.element("p", "facts", &format!("{subject}{dialect}"));
    findings(&mut html, &checked.findings);
    readers(&mut html, &checked.readers);
    html.markup("</article>\n");
    html.finish()
}

/// Findings, the worst first; lines of code only with the first of a sort.
pub fn findings(html: &mut Html, findings: &[Finding]) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
    let mut told = HashSet::new();
    for finding in sorted {
        let (class, mark) = look(finding.severity());
        html.markup("<div class=\"finding ").markup(class).markup("\">");
        html.text(&format!("{mark} "))
            .element("code", "", finding.code.name());
        let place = match (&*finding.path, finding.offset) {
            ("", None) => String::new(),
            (path, None) => format!(" at {path}"),
            ("", Some(offset)) => format!(" at byte {}", count(offset)),
            (path, Some(offset)) => format!(" at {path}, byte {}", count(offset)),
        };
        html.element("span", "about", &place);
        html.element("p", "", &finding.message);
        let check = check_of(finding.code);
        html.element("p", "about", &format!("→ {}", check.advice));
        if told.insert(finding.code) {
            for (language, line) in check.lines.given() {
                html.element("div", "about", language).element("pre", "", line);
            }
        }
        html.markup("</div>");
    }
}

fn look(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("error", "✖"),
        Severity::Warning => ("warning", "▲"),
        Severity::Note => ("note", "·"),
    }
}

/// Who can read a message, and why not.
pub fn readers(html: &mut Html, answers: &[Answer]) {
    if answers.is_empty() {
        return;
    }
    let able = answers.iter().filter(|answer| answer.reads == Readability::Yes);
    let told = format!(
        "Who can read it: {} of {}",
        count(able.count()),
        counted(answers.len(), "peer")
    );
    html.markup("<details><summary>").text(&told);
    html.markup("</summary><table class=\"readers\">");
    for answer in answers {
        let class = match answer.reads {
            Readability::Yes => "good",
            Readability::Partly => "warning",
            Readability::No => "error",
        };
        html.markup("<tr>").element("td", "", answer.title);
        html.element("td", class, answer.reads.name());
        let reasons = answer.reasons.iter().map(|reason| match &*reason.path {
            "" => reason.message.clone(),
            path => format!("{path}: {}", reason.message),
        });
        html.element("td", "", &reasons.collect::<Vec<_>>().join("\n"));
        html.markup("</tr>");
    }
    html.markup("</table></details>");
}

/// All problems of what was received, with how to cure each.
pub fn problems_page(problems: &[ProblemEntry], made_us: i64) -> String {
    let mut page = page_start(
        "Problems",
        "What is wrong with the messages that were received.",
        made_us,
    );
    let mut html = Html::default();
    html.markup("<div class=\"scroll\"><table class=\"grid\"><thead><tr>");
    for head in [
        "severity", "code", "count", "sender", "subject", "dialect", "first", "last", "example", "cure",
    ] {
        html.markup("<th>").element("button", "", head).markup("</th>");
    }
    html.markup("</tr></thead><tbody>");
    let time = |at_us| {
        let at = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
        format!("{at:.3}")
    };
    for problem in problems {
        html.markup("<tr>");
        html.element("td", look(problem.severity).0, problem.severity.name());
        html.element("td", "", problem.code.name());
        html.element("td", "n", &count(problem.count));
        html.element("td", "", &problem.sender)
            .element("td", "", &problem.subject);
        html.element("td", "", problem.dialect.map_or("no envelope", Dialect::name));
        html.element("td", "", &time(problem.first_us))
            .element("td", "", &time(problem.last_us));
        html.element("td", "", &format!("#{}: {}", problem.example, problem.message));
        html.element("td", "", check_of(problem.code).advice);
        html.markup("</tr>");
    }
    html.markup("</tbody></table></div>\n");
    page.push_str(&html.finish());
    page + &page_end(&counted(problems.len(), "problem"))
}
