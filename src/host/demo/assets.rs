//! The files that the demo's peers send: those that are handed in, and the one that is made because it is too large to
//! be carried in the program.

use bytes::Bytes;
use std::fmt::Write as _;
use std::sync::OnceLock;

use natsbridge_wire::table_from_csv;

/// The files that the demo's peers send. The program carries them; this layer only knows what they are for.
#[derive(Debug, Clone, Copy)]
pub struct DemoAssets {
    /// A picture of a sunset, as PNG.
    pub sunset: &'static [u8],
    /// A small portrait, as PNG.
    pub avatar: &'static [u8],
    /// A short sound, as WAV.
    pub chime: &'static [u8],
    /// A short film of the sunset, as MP4.
    pub clip: &'static [u8],
    /// A day's weather, as an Arrow stream.
    pub weather: &'static [u8],
    /// Wines with a dictionary column, as an Arrow stream.
    pub wine: &'static [u8],
    /// Prices, as an Arrow file.
    pub prices: &'static [u8],
    /// A table of devices as Julia's own writer makes it.
    pub julia_devices: &'static [u8],
    /// What Julia's own writer makes of dates, missing values, unions, compression and growing dictionaries, by name.
    pub julia_tables: &'static [(&'static str, &'static [u8])],
}

/// Yesterday's weather second by second, 86,400 × 5, about 3 MB: made once, when somebody first sends it.
pub fn yesterday() -> Bytes {
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
