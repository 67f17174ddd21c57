//! The fields of a subject as people read them: a line each, with what differs between senders. Drawing them is done elsewhere.

use super::compare::spelled;
use super::node::{Looks, Node};
use super::subject_shape::SubjectShape;
use super::tree::Tree;
use natsbridge_wire::size_text;

/// Fields that are listed.
const MOST: usize = 2000;
/// Senders that are told of where they differ.
const SENDERS: usize = 4;

/// A field in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    /// Where it is: `readings.score`.
    pub path: String,
    /// Its types, the most frequent first.
    pub types: String,
    /// How often it is there: `always`, or a share.
    pub presence: String,
    /// Range, few texts, sizes, or an example.
    pub about: String,
    /// What each sender sends, where they differ; empty otherwise.
    pub differs: String,
}

/// The fields of all senders' messages, each before what it holds.
pub fn field_lines(shape: &SubjectShape) -> Vec<FieldLine> {
    let whole = shape.whole();
    let mut lines = Vec::new();
    let mut path = Vec::new();
    add(shape, &whole, whole.root(), &mut path, &mut lines);
    lines
}

fn add<'t>(
    shape: &SubjectShape,
    whole: &'t Tree,
    parent: &'t Node,
    path: &mut Vec<&'t str>,
    lines: &mut Vec<FieldLine>,
) {
    for node in whole.children(parent) {
        if lines.len() >= MOST {
            return;
        }
        path.push(&node.key);
        let spelled = spelled(path);
        lines.push(FieldLine {
            path: if spelled.is_empty() {
                "the message".to_owned()
            } else {
                spelled
            },
            types: node.type_names(),
            presence: presence(parent, node),
            about: about(node),
            differs: differs(shape, path),
        });
        add(shape, whole, node, path, lines);
        path.pop();
    }
}

fn presence(parent: &Node, node: &Node) -> String {
    if &*node.key == "[]" || &*node.key == "*" {
        return String::new();
    }
    if !node.optional {
        return "always".to_owned();
    }
    let share = node.seen as f64 / parent.opened.max(1) as f64 * 100.0;
    match share {
        share if share < 1.0 => "under 1 %".to_owned(),
        share => format!("{:.0} %", share.min(99.0)),
    }
}

fn about(node: &Node) -> String {
    if let Some(travel) = &node.travel {
        let link = match (travel.direct, travel.link) {
            (_, 0) => "direct",
            (0, _) => "by link",
            _ => "direct or by link",
        };
        let size = size_text(travel.size_at(0.9));
        return format!("{link}, mostly up to {size}");
    }
    if let Some(range) = node.range {
        return if range.min.to_bits() == range.max.to_bits() {
            range.min.to_string()
        } else {
            format!("{} to {}", range.min, range.max)
        };
    }
    if let Some(texts) = node.enumeration() {
        return texts.join(", ");
    }
    let looks = match node.looks {
        Some(Looks::Plain) | None => String::new(),
        Some(looks) => format!("looks like {}, ", looks.name()),
    };
    match &*node.example {
        "" => String::new(),
        example => format!("{looks}such as {example}"),
    }
}

/// What each sender has there, unless all have the same.
fn differs(shape: &SubjectShape, path: &[&str]) -> String {
    let told = shape.senders.iter().map(|sender| {
        let tree = &sender.tree;
        let mut node = Some(tree.root());
        for key in path {
            node = node.and_then(|node| tree.children(node).find(|child| &*child.key == *key));
        }
        let mut names: Vec<&str> = match node {
            Some(node) => node.types.iter().map(|(name, _)| &**name).collect(),
            None => vec!["none"],
        };
        names.sort_unstable();
        (&*sender.sender, names.join(" or "))
    });
    let told: Vec<(&str, String)> = told.collect();
    if told.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        return String::new();
    }
    let each = told.iter().take(SENDERS).map(|(sender, types)| {
        let sender = if sender.is_empty() { "unnamed" } else { sender };
        format!("{sender}: {types}")
    });
    each.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::super::learner::Shapes;
    use super::*;
    use natsbridge_wire::{Limits, decode_message, encode_base64};

    #[test]
    fn fields_are_told_with_what_differs_between_senders() {
        let mut shapes = Shapes::new(&Limits::DEFAULT);
        for (at, (sender, score)) in [("py", "1.5"), ("jl", "2"), ("py", "3.5")]
            .into_iter()
            .enumerate()
        {
            let more = if at == 2 { r#","note":"x""# } else { "" };
            let data = encode_base64(format!(r#"{{"score":{score}{more}}}"#).as_bytes());
            let text = format!(
                r#"{{"msg_id":"m","send_to":"a","sender_name":"{sender}","payloads":[{{"dataname":"d","payload_type":"dictionary","data":"{data}"}}]}}"#
            );
            let message = decode_message(&bytes::Bytes::from(text.into_bytes()), "a", &Limits::DEFAULT);
            shapes.learn(&message, "a", 1, at as u64);
        }
        let lines = field_lines(shapes.of("a").unwrap());
        let told: Vec<String> = lines
            .iter()
            .map(|it| {
                format!(
                    "{} | {} | {} | {} | {}",
                    it.path, it.types, it.presence, it.about, it.differs
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "d | dictionary | always | direct, mostly up to 31 B | ",
                "d.score | number or integer | always | 1.5 to 3.5 | py: number · jl: integer",
                "d.note | string | 33 % | such as x | py: string · jl: none",
            ]
        );
    }
}
