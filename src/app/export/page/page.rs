//! The frame of a page: its head with policy and style, its title, its end with the script.

use super::html::Html;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::path::Path;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("sort.js");

/// The start of a page, up to its sections. `about` stands below the title.
pub fn page_start(title: &str, about: &str, made_us: i64) -> String {
    let mut html = Html::default();
    html.markup("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    html.markup("<meta name=\"viewport\" content=\"width=device-width\">\n");
    // Nothing runs and nothing is loaded but what stands in this file, by its digest.
    let policy = format!(
        "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        source(STYLE),
        source(SCRIPT)
    );
    html.markup("<meta http-equiv=\"Content-Security-Policy\"");
    // The quotes of a policy are part of it, and escaped ones mean the same.
    html.attribute("content", policy).markup(">\n");
    html.markup("<meta name=\"referrer\" content=\"no-referrer\">\n");
    html.element("title", "", title);
    html.markup("\n<style>")
        .markup(STYLE)
        .markup("</style>\n<body>\n<header>");
    html.element("h1", "", title);
    let made = Timestamp::from_microsecond(made_us).unwrap_or(Timestamp::UNIX_EPOCH);
    let made = format!("{about} Written by NATSBridge Workbench at {made:.0}.");
    html.element("p", "about", made.trim_start());
    html.markup("</header>\n");
    html.finish()
}

/// The end of a page. The summary stands at its top.
pub fn page_end(summary: &str) -> String {
    let mut html = Html::default();
    if !summary.is_empty() {
        html.element("p", "summary", summary).markup("\n");
    }
    html.markup("<script>").markup(SCRIPT).markup("</script>\n");
    html.finish()
}

/// Whether a file of that name is to be a page.
pub(crate) fn is_page(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("html"))
}

/// A text of ours as a policy names it.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}
