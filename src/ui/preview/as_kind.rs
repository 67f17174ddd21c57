//! A payload shown as another kind, or the output of a program for it, on a sheet of its own.

use super::contract::Sheet;
use super::plot::{Series, series_sheet};
use super::registry::payload_view;
use super::text::BlockView;
use bytes::Bytes;
use natsbridge_wire::{Blob, DecodedPayload, Kind, Limits, PayloadState, Value, decode_blob, decode_plain};

/// The bytes as a payload of that kind; if they are not one, the reason is shown above the bytes.
pub fn as_kind_sheet(name: &str, body: Blob, kind: Kind, limits: &Limits) -> Sheet {
    let decoded = decode_blob(kind, &body, limits, &mut vec![]);
    let (value, error, state) = match decoded {
        Ok(value) => (value, None, PayloadState::Decoded),
        Err(error) => (Value::Binary, Some(error.message), error.state),
    };
    let payload = DecodedPayload {
        dataname: name.into(),
        kind,
        state,
        media_type: "",
        value,
        body,
        url: None,
        error,
    };
    Sheet {
        title: format!("{name} as {}", kind.name()),
        view: payload_view(&payload, limits),
    }
}

/// What a command printed, shown as what it is.
pub fn output_sheet(title: String, printed: &Bytes, limits: &Limits) -> Sheet {
    let view = if printed.is_empty() {
        Box::new(BlockView::sentence("The command printed nothing."))
    } else {
        let payload = decode_plain(printed, limits, &mut vec![]);
        payload_view(&payload, limits)
    };
    Sheet { title, view }
}

/// A value across messages, plotted; `None` if there was no number.
pub fn value_sheet(series: Series, subject: &str) -> Option<Sheet> {
    series_sheet(series).map(|sheet| Sheet {
        title: format!("{} on {subject}", sheet.title),
        ..sheet
    })
}
