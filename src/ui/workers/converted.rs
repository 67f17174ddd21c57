//! Tables written as other programs read them: as CSV or Parquet, where the command asks for that.

use natsbridge_app::ShownPayload;
use natsbridge_wire::{Blob, Export, ExportFormat, Kind, Limits, Unwatched, Value, decode_blob};
use std::io;

/// The placeholder of a command that opens a payload, and the payload as it wants it: a table may be converted.
pub fn converted(
    command: &str,
    shown: &ShownPayload,
    limits: &Limits,
) -> io::Result<(&'static str, ShownPayload)> {
    let wanted = [("csv", ExportFormat::Csv), ("parquet", ExportFormat::Parquet)];
    let wanted = wanted
        .into_iter()
        .find(|(word, _)| command.contains(&format!("{{{{{word}}}}}")));
    let Some((word, format)) = wanted else {
        return Ok(("file", shown.clone()));
    };
    if shown.kind != Kind::Table {
        return Ok((word, shown.clone()));
    }
    let decoded = decode_blob(shown.kind, &shown.body, limits, &mut vec![]);
    let Value::Table(table) = decoded.map_err(|error| io::Error::other(error.message))? else {
        return Ok((word, shown.clone()));
    };
    let columns: Vec<usize> = (0..table.columns().len()).collect();
    let mut bytes = Vec::new();
    let export = Export {
        table: &*table,
        rows: &mut (0..table.num_rows()),
        count: table.num_rows(),
        columns: &columns,
    };
    export
        .write(format, &mut bytes, &Unwatched)
        .map_err(io::Error::other)?;
    let stem = shown
        .file_name
        .rsplit_once('.')
        .map_or(&*shown.file_name, |(stem, _)| stem);
    let shown = ShownPayload {
        file_name: format!("{stem}.{word}"),
        body: Blob::from(bytes),
        ..shown.clone()
    };
    Ok((word, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_converted_where_the_command_wants_it() {
        let table = include_bytes!("../../../assets/demo/peer-weather.arrow");
        let shown = ShownPayload {
            subject: "a".into(),
            dataname: "weather".into(),
            kind: Kind::Table,
            file_name: "weather.arrow".into(),
            body: Blob::from(&table[..]),
        };
        let of = |command: &str| converted(command, &shown, &Limits::default()).unwrap();
        assert_eq!(of("x {{file}}"), ("file", shown.clone()));
        let (word, csv) = of("vd {{csv}}");
        assert_eq!((word, &*csv.file_name), ("csv", "weather.csv"));
        let text = String::from_utf8(csv.body.memory().unwrap().to_vec()).unwrap();
        assert!(
            text.lines().count() > 2 && text.lines().next().unwrap().contains(','),
            "{text}"
        );
        let (_, parquet) = of("duckdb '{{parquet}}'");
        assert!(parquet.body.memory().unwrap().starts_with(b"PAR1"));
    }
}
