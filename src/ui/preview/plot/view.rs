//! A plot of a series in braille dots with axes. It keeps no more points than a wide screen can show; the extremes of
//! each part are preserved.

use crate::look::Role;
use crate::preview::contract::{Motion, Preview, PreviewContext, Wish};
use natsbridge_app::{Action, ViewKind};
use natsbridge_wire::SafeText;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::symbols::Marker;
use ratatui::text::Span;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Widget};

/// Points kept; beyond that, pairs of parts are merged.
const KEPT: usize = 4096;
/// Bars of a histogram.
const BARS: usize = 60;

/// The extremes of some points beside each other.
#[derive(Debug, Clone, Copy)]
struct Part {
    x: (f64, f64),
    low: f64,
    high: f64,
}

/// Points as they arrive, thinned to a number of parts.
#[derive(Debug, Clone)]
pub struct Series {
    name: String,
    against: String,
    parts: Vec<Part>,
    /// Points in each part but the last.
    each: usize,
    in_last: usize,
    count: usize,
    sum: f64,
    ends: (f64, f64),
    last: f64,
}

impl Series {
    /// No points yet.
    pub fn new(name: impl Into<String>, against: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            against: against.into(),
            parts: vec![],
            each: 1,
            in_last: 0,
            count: 0,
            sum: 0.0,
            ends: (f64::INFINITY, f64::NEG_INFINITY),
            last: f64::NAN,
        }
    }

    /// What is drawn.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is drawn against.
    pub fn against(&self) -> &str {
        &self.against
    }

    /// How many points there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds a point; `x` never decreases. Non-finite values are skipped.
    pub fn push(&mut self, x: f64, y: f64) {
        if !x.is_finite() || !y.is_finite() {
            return;
        }
        self.count += 1;
        self.sum += y;
        self.last = y;
        self.ends = (self.ends.0.min(y), self.ends.1.max(y));
        match self.parts.last_mut() {
            Some(part) if self.in_last < self.each => {
                part.x.1 = x;
                part.low = part.low.min(y);
                part.high = part.high.max(y);
                self.in_last += 1;
            }
            _ => {
                if self.parts.len() == KEPT {
                    self.join();
                }
                let (low, high) = (y, y);
                self.parts.push(Part { x: (x, x), low, high });
                self.in_last = 1;
            }
        }
    }

    /// Joins pairs of parts.
    fn join(&mut self) {
        let joined = self.parts.chunks(2).map(|pair| {
            let (first, last) = (pair[0], pair[pair.len() - 1]);
            Part {
                x: (first.x.0, last.x.1),
                low: first.low.min(last.low),
                high: first.high.max(last.high),
            }
        });
        self.parts = joined.collect();
        self.each *= 2;
    }

    fn points(&self) -> Vec<(f64, f64)> {
        let both = |part: &Part| {
            let middle = f64::midpoint(part.x.0, part.x.1);
            let high = (part.low < part.high).then_some((middle, part.high));
            std::iter::once((middle, part.low)).chain(high)
        };
        self.parts.iter().flat_map(both).collect()
    }

    /// How many values fall into each bin; for thinned points the extremes count.
    fn histogram(&self) -> Vec<(f64, f64)> {
        let (low, high) = self.ends;
        let step = (high - low) / BARS as f64;
        let mut bars = vec![0.0; BARS];
        for (_, y) in self.points() {
            // Equal values are all in the first bar: what is divided by zero there becomes 0 too.
            let bar = ((y - low) / step) as usize;
            bars[bar.min(BARS - 1)] += 1.0;
        }
        let middle = |bar: usize| low + step * (bar as f64 + 0.5);
        let bars = bars.into_iter().enumerate();
        bars.map(|(bar, count)| (middle(bar), count)).collect()
    }
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Points,
    Histogram,
}

/// A plot of one series.
pub struct PlotView {
    series: Series,
    shape: Shape,
}

impl PlotView {
    /// Draws the series as a line.
    pub fn new(series: Series) -> Self {
        Self {
            series,
            shape: Shape::Line,
        }
    }

    fn next_shape(&mut self) {
        self.shape = match self.shape {
            Shape::Line => Shape::Points,
            Shape::Points => Shape::Histogram,
            Shape::Histogram => Shape::Line,
        };
    }
}

impl Preview for PlotView {
    fn paint(&self, area: Rect, buffer: &mut Buffer, context: PreviewContext<'_>) {
        if area.width < 12 || area.height < 4 {
            return;
        }
        let histogram = self.shape == Shape::Histogram;
        let points = if histogram {
            self.series.histogram()
        } else {
            self.series.points()
        };
        let x = ends(points.iter().map(|point| point.0));
        let y = ends(points.iter().map(|point| point.1));
        let y = if histogram { (0.0, y.1) } else { y };
        let (name, against) = (self.series.name.as_str(), self.series.against.as_str());
        let (graph, marker, across, up) = match self.shape {
            Shape::Line => (GraphType::Line, Marker::Braille, against, name),
            Shape::Points => (GraphType::Scatter, Marker::Braille, against, name),
            Shape::Histogram => (GraphType::Bar, Marker::HalfBlock, name, "count"),
        };
        let style = |role| context.theme.style(role);
        let axis = |title: &str, (low, high): (f64, f64), labels: usize| {
            let label = |i: usize| {
                let part = i as f64 / (labels - 1) as f64;
                Span::styled(short(low + (high - low) * part), style(Role::Dim))
            };
            let title = Span::styled(SafeText::new(title).to_string(), style(Role::Heading));
            Axis::default()
                .title(title)
                .style(style(Role::Border))
                .bounds([low, high])
                .labels((0..labels).map(label))
        };
        let data = Dataset::default()
            .marker(marker)
            .graph_type(graph)
            .style(style(Role::Accent))
            .data(&points);
        Chart::new(vec![data])
            .x_axis(axis(across, x, if area.width >= 60 { 5 } else { 2 }))
            .y_axis(axis(up, y, if area.height >= 12 { 5 } else { 2 }))
            .render(area, buffer);
    }

    fn act(&mut self, motion: Motion) -> bool {
        if motion == Motion::Toggle {
            self.next_shape();
        }
        motion == Motion::Toggle
    }

    fn kind(&self) -> Option<ViewKind> {
        Some(ViewKind::Plot)
    }

    fn run(&mut self, action: Action) -> Option<Vec<Wish>> {
        (action == Action::PlotShape).then(|| {
            self.next_shape();
            vec![]
        })
    }

    fn position(&self) -> String {
        let series = &self.series;
        format!(
            "{} · from {} to {} · mean {} · last {}",
            crate::paint::counted(series.count, "point"),
            short(series.ends.0),
            short(series.ends.1),
            short(series.sum / series.count.max(1) as f64),
            short(series.last)
        )
    }
}

/// Minimum and maximum, never equal.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low < high {
        (low, high)
    } else if low.is_finite() {
        (low - 1.0, low + 1.0)
    } else {
        (0.0, 1.0)
    }
}

/// A number in few cells.
fn short(value: f64) -> String {
    let size = value.abs();
    if value != 0.0 && !(1e-3..1e9).contains(&size) {
        return format!("{value:.3e}");
    }
    let digits = if size >= 1000.0 { 0 } else { 3 };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::sample::{drawn, exercise};

    fn waves(count: usize) -> PlotView {
        let mut series = Series::new("height", "row");
        for i in 0..count {
            series.push(i as f64, (i as f64 / 20.0).sin());
        }
        PlotView::new(series)
    }

    #[test]
    fn a_line_has_axes_and_says_its_numbers() {
        let mut view = waves(100);
        let screen = drawn(&mut view, 60, 14).join("\n");
        assert!(screen.contains("height") && screen.contains("row"), "{screen}");
        assert!(
            screen.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)),
            "{screen}"
        );
        assert!(
            view.position().starts_with("100 points · from -1 to 1"),
            "{}",
            view.position()
        );
    }

    #[test]
    fn millions_of_points_keep_their_extremes_and_little_else() {
        let mut series = Series::new("n", "row");
        for i in 0..1_000_000 {
            series.push(f64::from(i), if i == 123_456 { 1e6 } else { 0.0 });
        }
        assert!(series.parts.len() <= KEPT);
        assert!(series.points().iter().any(|(_, y)| (y - 1e6).abs() < 1.0));
        series.push(f64::NAN, 1.0);
        series.push(1.0, f64::INFINITY);
        assert_eq!(series.count(), 1_000_000);
    }

    #[test]
    fn every_shape_draws_at_every_size() {
        let mut view = waves(10);
        for _ in 0..3 {
            exercise(&mut view);
            view.run(Action::PlotShape);
        }
        exercise(&mut waves(0));
        exercise(&mut waves(1));
    }
}
