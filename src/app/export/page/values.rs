//! Payloads on a page: texts, trees, tables, pictures, links, bytes; each as far as a page has room, and said where it is cut.

use super::html::Html;
use crate::export::fields::without_credentials;
use crate::model::{count, counted, head, size};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use natsbridge_wire::{
    AudioInfo, Cell, DecodedPayload, JsonKind, JsonNode, Kind, PayloadState, TableSource, Value, VideoInfo,
};
use std::fmt::Write as _;

/// What a page shows of one payload at the most.
const ROWS: usize = 1000;
const COLUMNS: usize = 60;
const TEXT: usize = 64 << 10;
const PARTS: usize = 4000;
const PICTURE: u64 = 6 << 20;
const BYTES: u64 = 256;
/// Parts of a tree that are unfolded at first.
const UNFOLDED: usize = 60;

/// A payload: its name, a line of facts, its value.
pub fn payload(html: &mut Html, payload: &DecodedPayload<'_>) {
    html.markup("<section>");
    let name = &*payload.dataname;
    if !name.is_empty() {
        html.element("h3", "", name);
    }
    html.element("p", "facts", &facts(payload));
    if let Some(error) = &payload.error {
        html.element("p", "error", error);
    }
    if payload.state == PayloadState::NotFetched {
        let url = payload.url.as_deref().unwrap_or_default();
        let url = without_credentials(url);
        html.element("pre", "", &format!("⇗ {url}\nnot fetched"));
    } else {
        value(html, payload);
    }
    html.markup("</section>\n");
}

fn facts(payload: &DecodedPayload<'_>) -> String {
    let mut facts = vec![payload.kind.name().to_owned()];
    match &payload.value {
        Value::Table(table) => facts.push(format!(
            "{} × {}",
            counted(table.num_rows(), "row"),
            counted(table.columns().len(), "column")
        )),
        Value::Image(image) => {
            facts.push(image.format.to_owned());
            let sides = image.width.zip(image.height);
            facts.extend(sides.map(|(width, height)| format!("{width} × {height}")));
        }
        Value::Audio(AudioInfo {
            format, duration_s, ..
        })
        | Value::Video(VideoInfo {
            format, duration_s, ..
        }) => {
            facts.push((*format).to_owned());
            facts.extend(duration_s.map(|seconds| format!("{seconds:.2} s")));
        }
        Value::Binary if !payload.media_type.is_empty() => facts.push(payload.media_type.to_owned()),
        _ => {}
    }
    if payload.state != PayloadState::NotFetched {
        facts.push(size(payload.body.len()));
    }
    if payload.url.is_some() {
        facts.push("by link".to_owned());
    }
    facts.join(" · ")
}

fn value(html: &mut Html, payload: &DecodedPayload<'_>) {
    match &payload.value {
        Value::Text(text) => {
            let start = head(text, TEXT);
            html.element("pre", "", start);
            cut(html, start.len() < text.len(), || {
                format!(
                    "The first {} of {} are shown.",
                    size(start.len()),
                    size(text.len())
                )
            });
        }
        Value::Json(json) if payload.kind == Kind::JsonTable => {
            if !rows(html, json.root()) {
                tree(html, json.root());
            }
        }
        Value::Json(json) => tree(html, json.root()),
        Value::Table(shown) => table(html, &**shown),
        Value::Image(image) if shown_by_browsers(image.format) && payload.body.len() <= PICTURE => {
            if let Ok(body) = payload.body.slice(0..payload.body.len()) {
                html.markup("<img").attribute("alt", &payload.dataname);
                html.attribute(
                    "src",
                    format!("data:image/{};base64,{}", image.format, STANDARD.encode(&body)),
                );
                html.markup(">");
            }
        }
        Value::Image(_) => {
            html.element(
                "p",
                "facts",
                "The picture is not shown here: too large, or of a format that not every browser draws.",
            );
        }
        Value::Audio(_) | Value::Video(_) | Value::Binary => hex(html, payload),
    }
}

fn shown_by_browsers(format: &str) -> bool {
    matches!(format, "png" | "jpeg" | "gif" | "webp")
}

fn cut(html: &mut Html, is_cut: bool, told: impl FnOnce() -> String) {
    if is_cut {
        html.element("p", "facts", &told());
    }
}

fn hex(html: &mut Html, payload: &DecodedPayload<'_>) {
    let whole = payload.body.len();
    let shown = whole.min(BYTES);
    let Ok(bytes) = payload.body.slice(0..shown) else {
        return;
    };
    let mut lines = String::new();
    for (number, row) in bytes.chunks(16).enumerate() {
        let digits: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        let signs: String = row
            .iter()
            .map(|byte| {
                if byte.is_ascii_graphic() || *byte == b' ' {
                    char::from(*byte)
                } else {
                    '·'
                }
            })
            .collect();
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "{:08x}  {:47}  {signs}", number * 16, digits.join(" "));
    }
    html.element("pre", "", lines.trim_end_matches('\n'));
    cut(html, shown < whole, || {
        format!("The first {shown} of {} bytes are shown.", count(whole))
    });
}

/// A table that can be sorted by its columns.
fn table(html: &mut Html, table: &dyn TableSource) {
    let columns = table.columns().iter().take(COLUMNS);
    let heads = columns.map(|column| (&*column.name, &*column.type_name, column.numeric));
    grid_head(html, heads);
    let (rows, columns) = (table.num_rows().min(ROWS), table.columns().len().min(COLUMNS));
    for row in 0..rows {
        html.markup("<tr>");
        for column in 0..columns {
            let numeric = table.columns()[column].numeric;
            match table.cell(row, column) {
                Cell::Null => html.element("td", if numeric { "none" } else { "null" }, "∅"),
                Cell::Text(text) => html.element("td", if numeric { "n" } else { "" }, &text),
            };
        }
        html.markup("</tr>");
    }
    grid_end(html, (rows, table.num_rows()), (columns, table.columns().len()));
}

fn grid_head<'h>(html: &mut Html, heads: impl Iterator<Item = (&'h str, &'h str, bool)>) {
    html.markup("<div class=\"scroll\"><table class=\"grid\"><thead><tr>");
    for (name, type_name, numeric) in heads {
        html.open("th", if numeric { "n" } else { "" });
        html.element("button", "", name)
            .element("small", "", type_name)
            .markup("</th>");
    }
    html.markup("</tr></thead><tbody>");
}

fn grid_end(html: &mut Html, rows: (usize, usize), columns: (usize, usize)) {
    html.markup("</tbody>");
    if rows.0 < rows.1 || columns.0 < columns.1 {
        let told = format!(
            "The first {} of {} and {} of {} are shown.",
            count(rows.0),
            counted(rows.1, "row"),
            count(columns.0),
            counted(columns.1, "column")
        );
        html.element("caption", "", &told);
    }
    html.markup("</table></div>");
}

/// Rows of a jsontable as a table; `false` where they are no objects.
fn rows(html: &mut Html, root: JsonNode<'_>) -> bool {
    let mut names: Vec<String> = Vec::new();
    let mut number = 0;
    for row in root.items() {
        if row.kind() != JsonKind::Object {
            return false;
        }
        number += 1;
        if number > ROWS {
            continue;
        }
        for (name, _) in row.members() {
            let name = name.text().unwrap_or_default();
            if names.len() <= COLUMNS && !names.iter().any(|known| *known == name) {
                names.push(name.into_owned());
            }
        }
    }
    if names.is_empty() {
        return false;
    }
    let shown = names.len().min(COLUMNS);
    grid_head(html, names[..shown].iter().map(|name| (&**name, "", false)));
    for row in root.items().take(ROWS) {
        html.markup("<tr>");
        for name in &names[..shown] {
            match row.get(name) {
                None => html.element("td", "null", ""),
                Some(value) if value.kind() == JsonKind::Null => html.element("td", "null", "∅"),
                Some(value) => {
                    let class = if value.kind() == JsonKind::Number { "n" } else { "" };
                    html.element("td", class, &value.text().unwrap_or_else(|| value.raw().into()))
                }
            };
        }
        html.markup("</tr>");
    }
    grid_end(html, (number.min(ROWS), number), (shown, names.len()));
    true
}

/// A value as a tree that folds.
fn tree(html: &mut Html, root: JsonNode<'_>) {
    html.markup("<div class=\"tree\">");
    let mut left = PARTS;
    node(html, None, root, &mut left);
    html.markup("</div>");
    cut(html, left == 0, || {
        format!("The first {} parts are shown.", count(PARTS))
    });
}

/// One value and what it holds, as far as there is room.
fn node(html: &mut Html, key: Option<&str>, value: JsonNode<'_>, left: &mut usize) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    let label = |html: &mut Html| {
        if let Some(key) = key {
            html.element("span", "key", if key.is_empty() { "\"\"" } else { key })
                .markup(": ");
        }
    };
    let object = value.kind() == JsonKind::Object;
    if !object && value.kind() != JsonKind::Array || value.size() == 0 {
        html.markup("<div class=\"leaf\">");
        label(html);
        html.text(head(value.raw(), TEXT)).markup("</div>");
        return;
    }
    let many = value.size();
    html.markup(if many <= UNFOLDED && *left > PARTS / 2 {
        "<details open><summary>"
    } else {
        "<details><summary>"
    });
    label(html);
    let (noun, marks) = if object { ("key", "{}") } else { ("item", "[]") };
    html.text(&format!("{marks} {}", counted(many, noun)))
        .markup("</summary>");
    if object {
        for (key, value) in value.members() {
            node(html, Some(&key.text().unwrap_or_default()), value, left);
        }
    } else {
        for (index, value) in value.items().enumerate() {
            node(html, Some(&index.to_string()), value, left);
        }
    }
    html.markup("</details>");
}
