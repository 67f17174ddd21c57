//! The files that the demo's peers send, carried in the program.

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
