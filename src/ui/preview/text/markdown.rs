//! Rendered Markdown: headings, lists, quotes, code. Links show their target; nothing is fetched, and images are only
//! named.

use super::blocks::{Block, BlockView, Paragraph};
use super::piece::Piece;
use crate::look::Role;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Bytes of a text that is read as Markdown.
const MOST: usize = 1 << 20;
/// Lines that are looked at to tell whether a text is Markdown.
const LOOKED: usize = 200;

/// Whether a text looks like Markdown: at least two markers that are rare in plain text.
pub fn looks_like_markdown(text: &str) -> bool {
    if text.len() > MOST {
        return false;
    }
    let marks = text.lines().take(LOOKED).filter(|line| {
        let line = line.trim_start();
        let heading = line.trim_start_matches('#');
        let is_heading =
            heading.len() < line.len() && line.len() - heading.len() <= 6 && heading.starts_with(' ');
        is_heading
            || line.starts_with("```")
            || ["- ", "* ", "> "].iter().any(|mark| line.starts_with(mark))
            || (line.contains("](") && line.contains('['))
            || line.matches("**").count() >= 2
    });
    marks.take(2).count() == 2
}

/// Renders the text.
pub fn markdown_view(text: &str) -> BlockView {
    let mut writer = Writer::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        writer.take(event);
    }
    writer.end_block();
    if writer.blocks.is_empty() {
        return BlockView::sentence("No text.");
    }
    BlockView::new("paragraph", writer.blocks)
}

/// What was written so far.
#[derive(Default)]
struct Writer {
    blocks: Vec<Block>,
    lines: Vec<Paragraph>,
    pieces: Vec<Piece>,
    copy: String,
    /// Numbers of the lists that are open; `None` counts nothing.
    lists: Vec<Option<u64>>,
    quotes: usize,
    role: Vec<Role>,
    /// Whether a fenced block of code is open.
    code: bool,
    link: Option<String>,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code => {
                for line in text.lines() {
                    self.write("  ", Role::Dim);
                    self.write(line, Role::Accent);
                    self.end_line();
                }
            }
            Event::Text(text) => self.write(&text, self.role.last().copied().unwrap_or(Role::Text)),
            Event::Code(text) => self.write(&text, Role::Accent),
            Event::InlineHtml(text) | Event::Html(text) => self.write(&text, Role::Dim),
            Event::SoftBreak => self.write(" ", Role::Text),
            Event::HardBreak => self.end_line(),
            Event::Rule => {
                self.end_block();
                self.write("────────", Role::Border);
                self.end_block();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_block();
                self.role.push(match level {
                    HeadingLevel::H1 => Role::Title,
                    _ => Role::Heading,
                });
            }
            Tag::Strong => self.role.push(Role::Strong),
            Tag::Emphasis => self.role.push(Role::Key),
            Tag::Strikethrough => self.role.push(Role::Dim),
            Tag::List(start) => {
                self.end_line();
                self.lists.push(start);
            }
            Tag::Item => {
                self.end_line();
                let depth = self.lists.len().saturating_sub(1);
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_owned(),
                };
                self.write(&format!("{}{mark}", "  ".repeat(depth)), Role::Dim);
            }
            Tag::BlockQuote(_) => {
                self.end_block();
                self.quotes += 1;
            }
            Tag::CodeBlock(kind) => {
                self.end_block();
                self.code = true;
                if let CodeBlockKind::Fenced(word) = kind
                    && !word.is_empty()
                {
                    self.write(&word, Role::Dim);
                    self.end_line();
                }
            }
            Tag::Link { dest_url, .. } => {
                self.link = Some(dest_url.to_string());
                self.role.push(Role::Link);
            }
            Tag::Image { dest_url, .. } => self.write(&format!("[image {dest_url}] "), Role::Dim),
            Tag::TableCell if !self.pieces.is_empty() => self.write(" │ ", Role::Border),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.role.pop();
                self.end_block();
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough => drop(self.role.pop()),
            TagEnd::Link => {
                self.role.pop();
                if let Some(link) = self.link.take() {
                    self.write(&format!(" ({link})"), Role::Dim);
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.end_block();
                }
            }
            TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead => self.end_line(),
            TagEnd::Paragraph if self.lists.is_empty() => self.end_block(),
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => {
                self.code = false;
                self.end_block();
            }
            TagEnd::Table => self.end_block(),
            _ => {}
        }
    }

    fn write(&mut self, text: &str, role: Role) {
        if self.pieces.is_empty() && self.quotes > 0 {
            let mark = Piece::new(Role::Border, &"▌ ".repeat(self.quotes));
            self.pieces.push(mark);
        }
        self.copy.push_str(text);
        self.pieces.push(Piece::new(role, text));
    }

    fn end_line(&mut self) {
        if self.pieces.is_empty() {
            return;
        }
        self.copy.push('\n');
        let (indent, pieces) = (
            2 * self.lists.len().max(self.quotes),
            std::mem::take(&mut self.pieces),
        );
        self.lines.push(Paragraph::new(indent, pieces));
    }

    /// Ends a block; an empty line follows.
    fn end_block(&mut self) {
        self.end_line();
        if self.lines.is_empty() {
            return;
        }
        self.lines.push(Paragraph::new(0, vec![]));
        self.blocks.push(Block {
            lines: std::mem::take(&mut self.lines),
            copy: std::mem::take(&mut self.copy),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::{drawn, exercise};

    const TEXT: &str = "# Wine\n\nA *list* of **three**:\n\n- Tokaji\n- Koshu, see [here](http://x/y)\n  1. one\n\n> said\n> so\n\n```sh\nls -l\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";

    #[test]
    fn markdown_reads_as_it_is_meant() {
        let mut view = markdown_view(TEXT);
        let rows = drawn(&mut view, 40, 22);
        // The first cell is the cursor's.
        let shown: Vec<String> = rows
            .iter()
            .map(|row| row.chars().skip(1).collect())
            .filter(|row: &String| !row.is_empty())
            .collect();
        assert_eq!(
            shown,
            [
                "Wine",
                "A list of three:",
                "• Tokaji",
                "• Koshu, see here (http://x/y)",
                "  1. one",
                "▌ said so",
                "sh",
                "  ls -l",
                "a │ b",
                "1 │ 2",
            ]
        );
        exercise(&mut view);
    }

    #[test]
    fn only_what_looks_like_it_is_offered() {
        assert!(looks_like_markdown(TEXT));
        for plain in [
            "",
            "Hello World",
            "# one mark only",
            "a - b\nc * d",
            "1.5 # comment",
        ] {
            assert!(!looks_like_markdown(plain), "{plain}");
        }
    }

    #[test]
    fn hostile_markdown_stays_text() {
        let hostile = "# a\x1b]0;p\x07\n\n<script>x</script>\n\n".to_owned()
            + &"> ".repeat(2000)
            + "deep\n"
            + &"- ".repeat(500);
        let mut view = markdown_view(&hostile);
        let rows = drawn(&mut view, 60, 10).concat();
        assert!(!rows.chars().any(char::is_control), "{rows:?}");
    }
}
