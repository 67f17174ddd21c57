//! The log of the workbench, as a text that can be searched and copied.

use crate::look::Look;
use crate::paint::{counted, format};
use crate::preview::contract::{Motion, Preview, Sheet};
use crate::preview::text::TextView;
use natsbridge_app::State;
use natsbridge_wire::SafeText;

/// The sheet with the log, at its newest line.
pub fn log_sheet(state: &State, look: &Look) -> Sheet {
    let (lines, forgotten) = state.notices.logged();
    let count = lines.len();
    let mut text = String::new();
    if forgotten > 0 {
        text += &counted(forgotten, "older line");
        text += " no longer kept.\n";
    }
    for line in lines {
        let (at, word) = (look.time_of_day(line.at_us), line.severity.name());
        let times = match line.times {
            1 => String::new(),
            times => format!("  (×{}, last at this time)", format::count(times)),
        };
        text.extend([at, format!("  {word:7}  {}{times}\n", SafeText::new(&line.text))]);
    }
    if count == 0 {
        text += "Nothing logged so far.\n";
    }
    let mut view = TextView::new(text.into());
    view.act(Motion::Bottom);
    Sheet {
        title: format!("Log · {}", counted(count, "line")),
        view: Box::new(view),
    }
}
