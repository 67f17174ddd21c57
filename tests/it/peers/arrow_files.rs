//! Row 17: Arrow files of three writers show what is in them, whatever their footers claim.

use crate::support::disk_stand::Disk;
use crate::support::real;
use natsbridge_wire::{Cell, Code, Limits, Table};
use std::path::Path;

type Shown = (usize, Vec<Cell>, Vec<Code>);

/// What is shown of a table, and what is told but for how it ends.
fn shown(bytes: &[u8]) -> Result<Shown, Code> {
    let mut findings = vec![];
    let table =
        Table::open(&bytes.to_vec().into(), &Limits::DEFAULT, &mut findings).map_err(|error| error.code)?;
    let cells =
        (0..table.num_rows()).flat_map(|row| (0..table.columns().len()).map(move |column| (row, column)));
    let cells = cells.map(|(row, column)| table.cell(row, column)).collect();
    let mut codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
    let ends = [
        Code::ArrowTruncated,
        Code::ArrowNoEndMark,
        Code::ArrowTrailingBytes,
        Code::ArrowFileFraming,
    ];
    codes.retain(|code| !ends.contains(code));
    Ok((table.num_rows(), cells, codes))
}

/// A table of arrow-js in this framing.
fn written_by_node(framing: &str) -> Option<Vec<u8>> {
    let output = real::node()?
        .arg(real::peer("write_arrow.js"))
        .arg(framing)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(output.stdout)
}

/// A way to forge a footer: its bytes, its length, and the magic word at the end.
type Forgery = fn(&[u8]) -> Vec<u8>;

/// These bytes in place of the footer's length.
fn length(file: &[u8], length: i32) -> Vec<u8> {
    let at = file.len() - 10;
    [&file[..at], &length.to_le_bytes(), &file[at + 4..]].concat()
}

/// These bytes in place of the footer.
fn footer(file: &[u8], forge: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut forged = file.to_vec();
    let end = file.len() - 10;
    let length = i32::from_le_bytes(file[end..end + 4].try_into().unwrap()) as usize;
    forge(&mut forged[end - length..end]);
    forged
}

const FORGERIES: [(&str, Forgery); 7] = [
    ("no bytes", |file| length(file, 0)),
    ("a negative length", |file| length(file, i32::MIN)),
    ("a length beyond the start", |file| length(file, i32::MAX)),
    ("nothing but zeros", |file| footer(file, |bytes| bytes.fill(0))),
    ("nothing but ones", |file| footer(file, |bytes| bytes.fill(0xff))),
    // Its second half holds the places of blocks: negative ones, and descriptions without length.
    ("blocks elsewhere", |file| {
        footer(file, |bytes| {
            let half = bytes.len() / 2;
            bytes[half..].fill(0x80);
        })
    }),
    ("no end", |file| file[..file.len() - 6].to_vec()),
];

#[test]
fn a_forged_footer_changes_nothing_in_files_of_three_writers() {
    let fixture = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        std::fs::read(folder.join(name)).unwrap()
    };
    let mut files = vec![
        ("pyarrow", fixture("arrow/file.arrow")),
        ("pyarrow, compressed", fixture("arrow/file-zstd.arrow")),
        ("Arrow.jl", fixture("julia/parts-dict-nested.file.arrow")),
    ];
    if let (Some(file), Some(stream)) = (written_by_node("file"), written_by_node("stream")) {
        assert_eq!(shown(&file), shown(&stream), "arrow-js");
        // Of a large file only what is looked at is read.
        let lazy = Limits {
            table_loaded: 0,
            ..Limits::DEFAULT
        };
        let stored = Table::open_blob(&Disk::blob(&file), &lazy, &mut vec![]).unwrap();
        assert_eq!(
            (stored.num_rows(), stored.cell(8, 2)),
            (9, Cell::Text(String::new()))
        );
        files.push(("arrow-js", file));
    }
    let mut cases = 0;
    for (writer, file) in &files {
        let whole = shown(file).unwrap();
        assert!(whole.0 > 0, "{writer}");
        for (name, forge) in FORGERIES {
            let shown = shown(&forge(file));
            // Where the footer alone has the schema, nothing can be shown without it.
            let schema_lost =
                *writer == "arrow-js" && shown.as_ref().is_err_and(|code| *code == Code::ArrowInvalid);
            assert!(
                schema_lost || shown == Ok(whole.clone()),
                "{writer}, {name}: {shown:?}"
            );
            cases += 1;
        }
    }
    assert!(cases >= 20, "{cases} cases");
}
