//! The files that the demo's peers send, embedded in the program, and the one that is generated because of its size.

use bytes::Bytes;
use std::fmt::Write as _;
use std::sync::OnceLock;

use natsbridge_wire::table_from_csv;

/// A sunset over hills, 96 × 64.
pub const SUNSET: &[u8] = include_bytes!("../../../assets/demo/peer-sunset.png");
/// A face, 40 × 40.
pub const AVATAR: &[u8] = include_bytes!("../../../assets/demo/peer-avatar.png");
/// Half a second of a chime.
pub const CHIME: &[u8] = include_bytes!("../../../assets/demo/peer-chime.wav");
/// Two seconds of the sun going down.
pub const CLIP: &[u8] = include_bytes!("../../../assets/demo/peer-sunset.mp4");
/// A day's weather, 24 × 5, as an Arrow stream.
pub const WEATHER: &[u8] = include_bytes!("../../../assets/demo/peer-weather.arrow");
/// Wines, 24 × 5 with a dictionary column, as an Arrow stream.
pub const WINE: &[u8] = include_bytes!("../../../assets/demo/peer-wine.arrow");
/// Prices, 24 × 5, as an Arrow file.
pub const PRICES: &[u8] = include_bytes!("../../../assets/demo/peer-prices.arrow");
/// What Julia's own writer makes: a device table.
pub const JULIA_DEVICES: &[u8] = include_bytes!("../../../assets/demo/peer-julia-chat.arrow");
/// What Julia's own writer makes of dates, missing values, unions, compression and growing dictionaries.
pub const JULIA_TABLES: &[(&str, &[u8])] = &[
    (
        "dates",
        include_bytes!("../../../assets/demo/peer-julia-dates.arrow"),
    ),
    (
        "missing",
        include_bytes!("../../../assets/demo/peer-julia-missing.arrow"),
    ),
    (
        "unions",
        include_bytes!("../../../assets/demo/peer-julia-unions.arrow"),
    ),
    (
        "compressed",
        include_bytes!("../../../assets/demo/peer-julia-lz4.arrow"),
    ),
    (
        "partitions",
        include_bytes!("../../../assets/demo/peer-julia-parts-dict-delta3.arrow"),
    ),
];

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
