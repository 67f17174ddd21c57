//! The audio view: the waveform above facts and tags. It is decoded elsewhere, on first display.

use super::contract::{Preview, PreviewContext, Wish, Work, WorkResult};
use super::facts::FactsView;
use super::text::{Paint, Piece};
use crate::look::Role;
use crate::paint::split;
use natsbridge_wire::{Blob, MediaError, SafeText, Sound, sound};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The slot of the work that decodes.
const DECODING: &str = "sound";
/// Rows of the waveform at most, and on a page.
const ROWS: u16 = 9;
const ROWS_ON_PAGE: u16 = 4;

/// A view of a sound.
pub struct SoundView {
    rows: Vec<(String, String)>,
    facts: FactsView,
    /// The bytes, until they are asked to be decoded.
    body: Option<Blob>,
    wave: Option<Result<Sound, SafeText>>,
}

impl SoundView {
    /// Shows these facts of the sound.
    pub fn new(rows: Vec<(String, String)>, body: Blob) -> Self {
        Self {
            facts: FactsView::new(rows.clone()),
            rows,
            body: Some(body),
            wave: None,
        }
    }

    /// Where the waveform goes, and where the facts: a page tells them itself.
    fn parts(&self, area: Rect, on_page: bool) -> (Rect, Rect) {
        let height = match &self.wave {
            Some(Ok(_)) if on_page => area.height,
            Some(Ok(_)) if area.height >= 6 => (area.height / 2).min(ROWS),
            _ => 1.min(area.height),
        };
        let (_, below) = split(area, usize::from(height) + 1);
        (Rect { height, ..area }, below)
    }

    fn take(&mut self, decoded: Result<Option<Sound>, MediaError>) {
        let sound = match decoded {
            Ok(None) => return,
            Ok(Some(sound)) => sound,
            Err(error) => return self.wave = Some(Err(SafeText::new(&error.message))),
        };
        let mut rows = self.rows.clone();
        rows.extend(sound.tags.iter().cloned());
        if sound.damaged > 0 {
            let told = format!("{} packets could not be decoded", sound.damaged);
            rows.push(("damaged".to_owned(), told));
        }
        self.facts = FactsView::new(rows);
        self.wave = Some(Ok(sound));
    }
}

impl Preview for SoundView {
    fn inner(&self) -> Option<&dyn Preview> {
        Some(&self.facts)
    }

    fn inner_mut(&mut self) -> Option<&mut dyn Preview> {
        Some(&mut self.facts)
    }

    fn fit(&mut self, area: Rect, context: PreviewContext<'_>) {
        let (_, below) = self.parts(area, context.on_page);
        self.facts.fit(below, context);
    }

    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        let (top, below) = self.parts(area, context.on_page);
        let paint = Paint::new(context.theme, None);
        match &self.wave {
            Some(Ok(sound)) => draw_wave(sound, top, buffer, context),
            Some(Err(why)) => paint.line(top, buffer, &[Piece::new(Role::Caution, why.as_str())]),
            None => paint.line(top, buffer, &[Piece::new(Role::Dim, "Drawing the waveform …")]),
        }
        self.facts.draw(below, buffer, context);
    }

    fn wanted_rows(&self, _width: u16, most: u16, _context: PreviewContext<'_>) -> u16 {
        let rows = if matches!(self.wave, Some(Err(_))) {
            1
        } else {
            ROWS_ON_PAGE
        };
        rows.min(most)
    }

    fn wishes(&mut self) -> Vec<Wish> {
        let Some(body) = self.body.take() else {
            return vec![];
        };
        let decode = move |progress: &natsbridge_app::Progress| sound(&body, progress);
        vec![Wish::Work(Work::new(DECODING, "drawing the waveform", decode))]
    }

    fn worked(&mut self, _slot: &'static str, result: WorkResult) -> Vec<Wish> {
        if let Ok(decoded) = result.downcast::<Result<Option<Sound>, MediaError>>() {
            self.take(*decoded);
        }
        vec![]
    }
}

/// Draws the peaks around a middle line, two steps in each row.
fn draw_wave(sound: &Sound, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
    if area.is_empty() {
        return;
    }
    let steps = f32::from(area.height) * 2.0;
    let style = context.theme.style(Role::Gauge);
    let columns = usize::from(area.width);
    for column in 0..columns {
        let (from, to) = (
            column * sound.peaks.len() / columns,
            ((column + 1) * sound.peaks.len()).div_ceil(columns),
        );
        let Some(part) = sound.peaks.get(from..to.max(from + 1).min(sound.peaks.len())) else {
            continue;
        };
        let (low, high) = part.iter().fold((0.0_f32, 0.0_f32), |(low, high), peak| {
            (low.min(peak.0), high.max(peak.1))
        });
        // From above: 1 is the first step, -1 the last.
        let step = |sample: f32| ((1.0 - sample.clamp(-1.0, 1.0)) / 2.0 * steps) as u16;
        let (first, last) = (step(high), step(low).min(area.height * 2 - 1));
        for row in 0..area.height {
            let (upper, lower) = (row * 2, row * 2 + 1);
            let within = |step: u16| (first..=last).contains(&step);
            let symbol = match (within(upper), within(lower)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => continue,
            };
            if let Some(cell) = buffer.cell_mut((area.x + column as u16, area.y + row)) {
                cell.set_char(symbol).set_style(style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::{drawn, exercise};

    const CHIME: &[u8] = include_bytes!("../../../assets/demo/chime.wav");

    fn view(bytes: &'static [u8]) -> SoundView {
        let facts = vec![("format".to_owned(), "wav".to_owned())];
        SoundView::new(facts, bytes::Bytes::from_static(bytes).into())
    }

    fn settled(mut view: SoundView) -> SoundView {
        for wish in view.wishes() {
            let Wish::Work(work) = wish else { continue };
            let result = (work.run)(&natsbridge_app::Progress::default());
            view.worked(work.slot, result);
        }
        assert!(view.wishes().is_empty());
        view
    }

    #[test]
    fn the_waveform_stands_above_the_facts() {
        let mut view = view(CHIME);
        assert!(drawn(&mut view, 60, 12)[0].starts_with("Drawing the waveform"));
        let mut view = settled(view);
        let rows = drawn(&mut view, 60, 12);
        assert!(rows[2].contains('█') || rows[3].contains('█'), "{rows:?}");
        assert_eq!(rows[7], "format  wav");
        exercise(&mut view);
    }

    #[test]
    fn what_cannot_be_decoded_says_why_and_keeps_its_facts() {
        let mut view = settled(view(&CHIME[..20]));
        let rows = drawn(&mut view, 70, 12);
        assert!(rows[0].starts_with("The audio cannot be decoded"), "{rows:?}");
        assert_eq!(rows[2], "format  wav");
    }
}
