//! The files that the demo's peers send: those that are handed in, and the one that is made because it is too large to
//! be carried in the program.

use bytes::Bytes;
use std::fmt::Write as _;
use std::sync::OnceLock;

use natsbridge_wire::table_from_csv;

/// The files that the demo's peers send, by the names that its scenes have for them. The program carries them.
#[derive(Debug, Clone, Copy)]
pub struct DemoAssets(pub &'static [(&'static str, &'static [u8])]);

impl DemoAssets {
    /// The file of that name; nothing if it was not handed in.
    pub(super) fn file(&self, name: &str) -> Bytes {
        if name == "yesterday" {
            return yesterday();
        }
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or_else(Bytes::new, |(_, bytes)| Bytes::from_static(bytes))
    }
}

/// Yesterday's weather second by second, 86,400 × 5, about 3 MB: made once, when somebody first sends it.
fn yesterday() -> Bytes {
    static TABLE: OnceLock<Bytes> = OnceLock::new();
    TABLE.get_or_init(|| make_yesterday().into()).clone()
}

fn make_yesterday() -> Vec<u8> {
    let mut csv = String::from("second,temperature,humidity,wind,station\n");
    for second in 0..86_400_u32 {
        let hour = f64::from(second) / 3600.0;
        let temperature = 14.0 - 6.0 * (hour / 24.0 * std::f64::consts::TAU).cos();
        let wind = 2.0 + (hour * 3.0).sin().abs() * 4.0;
        let humidity = 90 - (temperature * 2.0) as u32;
        let station = ["roof", "quay", "hill"][second as usize % 3];
        // Writing into a String cannot fail.
        let _ = writeln!(csv, "{second},{temperature:.2},{humidity},{wind:.2},{station}");
    }
    // We have just written this table; should it be invalid, it is sent as text and seen as such.
    let table = table_from_csv(csv.as_bytes()).and_then(|table| table.to_stream());
    table.unwrap_or_else(|_| csv.into_bytes())
}
