//! A comparison of two messages: a block for each difference, with the changed words emphasised.

use crate::look::Role;
use crate::paint::format;
use crate::preview::contract::Sheet;
use crate::preview::text::{Block, BlockView, Paragraph, Piece};
use natsbridge_engine::StoredMessage;
use natsbridge_wire::{
    DiffSide, Difference, Differences, Limits, Rewritten, Severity, decode_message, encoding_differences,
    message_differences,
};
use similar::{ChangeTag, TextDiff};

/// The sheet with what differs between two messages.
pub fn difference_sheet(
    title: String,
    left: &StoredMessage,
    right: &StoredMessage,
    limits: &Limits,
) -> Sheet {
    let decoded = [left, right].map(|message| decode_message(&message.payload, &message.subject, limits));
    let found = message_differences(
        DiffSide {
            subject: &left.subject,
            headers: &left.headers,
            decoded: &decoded[0],
        },
        DiffSide {
            subject: &right.subject,
            headers: &right.headers,
            decoded: &decoded[1],
        },
    );
    Sheet {
        title,
        view: Box::new(view(Vec::new(), &found)),
    }
}

/// The sheet with what was changed in a message for a reader, and what it still cannot read.
pub fn mended_sheet(title: String, reader: &str, before: &[u8], mended: &Rewritten) -> Sheet {
    let mut blocks = Vec::new();
    let mut say = |role, text: &str| blocks.push(Block::line(2, vec![Piece::new(role, text)], text));
    let warning = Severity::Warning.into();
    if mended.left.is_empty() {
        say(Role::Good, &format!("✔ {reader} reads all of this."));
    } else {
        say(warning, &format!("▲ {reader} still cannot read all of it:"));
        for reason in &mended.left {
            let place = if reason.path.is_empty() { "" } else { ": " };
            say(Role::Text, &format!("  {}{place}{}", reason.path, reason.message));
        }
    }
    if !mended.lost.is_empty() {
        say(warning, "▲ Some parts could not be recovered and are left out:");
    }
    for finding in &mended.lost {
        say(Role::Text, &format!("  {}: {}", finding.path, finding.message));
    }
    say(Role::Dim, "");
    let found = encoding_differences(before, &mended.raw);
    Sheet {
        title,
        view: Box::new(view(blocks, &found)),
    }
}

/// The differences below what is said of them.
fn view(mut blocks: Vec<Block>, found: &Differences) -> BlockView {
    let same = format::counted(found.same, "part");
    if found.found.is_empty() && blocks.is_empty() {
        return BlockView::sentence(&format!("No differences: {same} identical."));
    }
    blocks.extend(found.found.iter().map(block));
    let rest = match found.more {
        0 => String::new(),
        more => format!(" {} more differences not listed.", format::count(more)),
    };
    let foot = format!("{same} identical.{rest}");
    blocks.push(Block::line(2, vec![Piece::new(Role::Dim, &foot)], &*foot));
    BlockView::new("difference", blocks)
}

fn block(difference: &Difference) -> Block {
    let mut lines = vec![Paragraph::new(
        2,
        vec![Piece::new(Role::Heading, &difference.place)],
    )];
    let mut copy = difference.place.clone();
    let pair = difference.left.as_deref().zip(difference.right.as_deref());
    let sides = [
        ("- ", &difference.left, Role::Bad, ChangeTag::Delete),
        ("+ ", &difference.right, Role::Good, ChangeTag::Insert),
    ];
    for (sign, side, role, tag) in sides {
        let Some(text) = side else { continue };
        copy.extend(["\n", sign, text]);
        let mut pieces = vec![Piece::new(role, sign)];
        match pair {
            None => pieces.push(Piece::new(role, text)),
            Some((left, right)) => pieces.extend(words(left, right, role, tag)),
        }
        lines.push(Paragraph::new(2, pieces));
    }
    lines.push(Paragraph::new(2, vec![]));
    Block { lines, copy }
}

/// The words of one side; those missing on the other side are emphasised.
fn words(left: &str, right: &str, role: Role, side: ChangeTag) -> Vec<Piece> {
    let diff = TextDiff::from_words(left, right);
    let piece = |tag, text| match tag {
        ChangeTag::Equal => Some(Piece::new(Role::Text, text)),
        tag => (tag == side).then(|| Piece::new(role, text)),
    };
    let changes = diff.iter_all_changes();
    changes
        .filter_map(|change| piece(change.tag(), change.value()))
        .collect()
}
