//! One frame: a pure read of the state and of the views, which were fitted to the screen before.

use super::views::Views;
use crate::frame::{LEAST, Layout, draw_footer, draw_header};
use crate::look::{Look, Role};
use crate::overlays::{
    Drawn, draw_connection, draw_notices, draw_overlay, draw_pending, draw_tour, draw_welcome,
};
use crate::paint::{
    Pen, border_note_right, cells, field, fit_end, fit_middle, indented, measure, open_box, split,
};
use crate::panes::{Panes, Scene};
use crate::preview::PreviewContext;
use natsbridge_app::{Action, Overlay, Pane, State, count, per_second};
use natsbridge_wire::SafeText;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

/// Draws a frame; gives where the overlay is, for the mouse.
pub fn draw(frame: &mut Frame<'_>, state: &State, look: &Look, views: &Views) -> Option<Drawn> {
    let screen = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(screen, look.style(Role::Background));
    let Some(layout) = &views.layout else {
        draw_too_small(screen, buffer, look);
        return None;
    };
    draw_header(layout.header, buffer, state, look);
    let mut typed = None;
    // What keeps one from a broker is said first, without a welcome over it.
    let connects = draw_connection(layout.body, buffer, state, look);
    if !connects {
        if let Some(crumb) = layout.crumb {
            draw_crumb(crumb, buffer, state, look);
        }
        let covered = is_covered(state);
        for (pane, area) in &layout.panes {
            let scene = Scene {
                state,
                look,
                focused: *pane == state.focus.pane,
                covered: covered || !views.sheets.is_empty(),
            };
            let cursor = draw_pane(*pane, (*area, layout), buffer, views, scene);
            typed = typed.or(cursor.filter(|_| scene.focused));
        }
        let context = PreviewContext::new(look, true, covered);
        draw_sheet(layout.body, buffer, views, (look, context));
    }
    draw_footer(layout.footer, buffer, state, look);
    let overlay = draw_overlay(layout.body, buffer, state, look);
    if overlay.is_none() {
        if state.overlay.welcome && !connects {
            draw_welcome(layout.body, buffer, look);
        }
        draw_pending(layout.body, buffer, (state, &views.pending), look);
    }
    // The tour keeps out of the prompt's own lines.
    let asked = overlay.filter(|_| state.overlay.open.purpose().is_some());
    let body = layout.body;
    let above = asked.map_or(body.height.saturating_sub(1), |prompt| prompt.area.y - body.y);
    let (over, _) = split(body, above.into());
    draw_tour(over, buffer, state, look);
    // On the lower border of whatever is there, so that it covers nothing that is being read or typed.
    let (_, last) = split(layout.body, usize::from(layout.body.height) - 1);
    draw_notices(last, buffer, state, look);
    draw_pressed(last, buffer, views, look);
    let cursor = overlay.map_or(typed, |drawn| drawn.cursor);
    if let Some(cursor) = cursor.filter(|at| screen.contains(*at)) {
        frame.set_cursor_position(cursor);
    }
    overlay
}

/// Draws the keys pressed last at the right of a line, the newest the brightest.
fn draw_pressed(line: Rect, buffer: &mut Buffer, views: &Views, look: &Look) {
    let keys: Vec<String> = views
        .pressed
        .iter()
        .map(|key| format!(" {} ", field(key)))
        .collect();
    let width: usize = keys.iter().map(cells).sum();
    let ground = look.style(Role::Selection);
    let at = line.right().saturating_sub(width as u16 + 2).max(line.x);
    let area = Rect {
        x: at,
        width: (width as u16).min(line.right() - at),
        ..line
    };
    let mut pen = Pen::on(ground, buffer, area, look);
    for (place, key) in keys.iter().enumerate() {
        let newest = place + 1 == keys.len();
        pen.mark(key, if newest { Role::Key } else { Role::Dim });
    }
}

/// Whether something lies over the panes and sheets.
pub fn is_covered(state: &State) -> bool {
    state.overlay.welcome || state.overlay.tour.is_some() || state.overlay.open != Overlay::None
}

/// Draws a pane with its border; gives the text cursor, if it has one.
fn draw_pane(
    pane: Pane,
    (area, layout): (Rect, &Layout),
    buffer: &mut Buffer,
    views: &Views,
    scene: Scene<'_>,
) -> Option<Position> {
    let (look, view) = (scene.look, views.panes.get(pane));
    let (name, border) = if scene.focused {
        (Role::Accent, Role::BorderFocused)
    } else {
        (Role::Title, Role::Border)
    };
    let mut title = Line::from(vec![look.span(format!(" {} ", pane.title()), name)]);
    let more = view.title(scene);
    if more.spans.iter().any(|span| !span.content.is_empty()) {
        title.spans.push(look.span("─ ", border));
        let room = usize::from(area.width).saturating_sub(title.width() + 3);
        title.spans.extend(fitting(more.spans, room));
        title.spans.push(look.span(" ", border));
    }
    let (inner, below) = Panes::parts(pane, Block::bordered().inner(area), scene.state, layout);
    let cursor = view.draw(inner, buffer, scene);
    if let Some(below) = below {
        let (_, rule) = split(Block::bordered().inner(area), usize::from(inner.height));
        let line = "─".repeat(usize::from(rule.width));
        Pen::new(buffer, rule, look).write(line, Role::Border);
        views
            .panes
            .inspector
            .draw_below(indented(below, 1), buffer, scene);
    }
    let mut block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(look.style(border))
        .title(title);
    let position = view.position(scene);
    if !position.is_empty() {
        let position = fit_middle(&position, usize::from(area.width.saturating_sub(6)));
        block = block.title_bottom(Line::from(look.span(format!(" {position} "), Role::Dim)).right_aligned());
    }
    block.render(area, buffer);
    cursor
}

/// Draws the top sheet over the panes, if there is one.
fn draw_sheet(area: Rect, buffer: &mut Buffer, views: &Views, (look, context): (&Look, PreviewContext<'_>)) {
    let Some(sheet) = views.sheets.last().map(|laid| &laid.sheet) else {
        return;
    };
    let room = usize::from(area.width.saturating_sub(6));
    let title = fit_middle(field(&sheet.title), room);
    let inner = open_box(&title, area, buffer, look).inner(Margin::new(1, 0));
    sheet.view.draw(inner, buffer, context);
    let position = SafeText::new(&sheet.view.position());
    if position.width() > 0 {
        let text = format!(" {} ", fit_middle(position, room));
        border_note_right(&text, 1, area, buffer, look);
    }
}

/// The title pieces that fit completely; only the first is truncated if there is no room for it.
fn fitting(mut spans: Vec<Span<'static>>, room: usize) -> Vec<Span<'static>> {
    if measure(&spans) <= room {
        return spans;
    }
    let bare = |span: &Span<'_>| span.content.trim_matches([' ', '·']).is_empty();
    while spans.len() > 1 && (measure(&spans) > room || spans.last().is_some_and(bare)) {
        spans.pop();
    }
    if let [only] = &mut spans[..] {
        only.content = fit_end(&only.content, room).into();
    }
    spans
}

/// The text of a screen too small for anything else, in short lines for narrow terminals.
fn draw_too_small(screen: Rect, buffer: &mut Buffer, look: &Look) {
    let lines = [
        format!("{}×{} is too small:", screen.width, screen.height),
        format!("needs at least {}×{}.", LEAST.0, LEAST.1),
        format!("{} quits.", look.key(Action::Quit)),
    ];
    for (row, line) in screen.rows().zip(lines) {
        Pen::new(buffer, row, look).write(line, Role::Text);
    }
}

/// Subjects in one line, where there is no room for the pane.
fn draw_crumb(area: Rect, buffer: &mut Buffer, state: &State, look: &Look) {
    let mut pen = Pen::new(buffer, area, look);
    pen.write(" Subjects ", Role::Title);
    for view in state.subjects.subscriptions.iter().take(3) {
        let (mark, role) = if view.paused {
            ("○ ", Role::Dim)
        } else {
            ("● ", Role::Lane1)
        };
        let name = fit_middle(field(&view.pattern), 24);
        pen.write(mark, role).write(format!("{name} "), Role::Strong);
    }
    let tree = &state.subjects.tree;
    let nodes = tree.visible().iter().map(|id| tree.node(*id));
    let mut busiest: Vec<_> = nodes.filter(|node| node.depth == 0).collect();
    busiest.sort_by_key(|node| std::cmp::Reverse(node.count));
    for node in busiest {
        let name = fit_middle(field(&node.name), 16);
        let activity = if node.meter.moves() {
            per_second(node.meter.rate())
        } else {
            count(node.count)
        };
        if cells(&name) + cells(&activity) + 4 > pen.room() {
            pen.write(" …", Role::Dim);
            break;
        }
        pen.write(format!(" {name} "), Role::Text)
            .write(format!("{activity} "), Role::Dim);
    }
}
