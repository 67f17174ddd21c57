//! The files that the demo's peers send, carried in the program. The demo itself is the host's.

use natsbridge_host::DemoAssets;

/// The files as the demo is started with them, by the names that its scenes have for them.
pub const DEMO_ASSETS: DemoAssets = DemoAssets(&[
    ("sunset", include_bytes!("../../assets/demo/peer-sunset.png")),
    ("avatar", include_bytes!("../../assets/demo/peer-avatar.png")),
    ("chime", include_bytes!("../../assets/demo/peer-chime.wav")),
    ("clip", include_bytes!("../../assets/demo/peer-sunset.mp4")),
    ("weather", include_bytes!("../../assets/demo/peer-weather.arrow")),
    ("wine", include_bytes!("../../assets/demo/peer-wine.arrow")),
    ("prices", include_bytes!("../../assets/demo/peer-prices.arrow")),
    (
        "prices_whole",
        include_bytes!("../../assets/demo/peer-prices-whole.arrow"),
    ),
    (
        "julia_devices",
        include_bytes!("../../assets/demo/peer-julia-chat.arrow"),
    ),
    (
        "dates",
        include_bytes!("../../assets/demo/peer-julia-dates.arrow"),
    ),
    (
        "missing",
        include_bytes!("../../assets/demo/peer-julia-missing.arrow"),
    ),
    (
        "unions",
        include_bytes!("../../assets/demo/peer-julia-unions.arrow"),
    ),
    (
        "compressed",
        include_bytes!("../../assets/demo/peer-julia-lz4.arrow"),
    ),
    (
        "partitions",
        include_bytes!("../../assets/demo/peer-julia-parts-dict-delta3.arrow"),
    ),
]);
