//! A grid over ten million rows of ten columns: how long it takes to open, to scroll, to sort, and what memory it takes
//! beyond its data. `csvlens` shows the same rows as CSV in the same run, where it is on the path: to its first screen and
//! to the end of the file.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark ends by panicking and tells on its output"
)]

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::ipc::writer::StreamWriter;
use bytes::Bytes;
use natsbridge_app::{Action, Progress};
use natsbridge_ui::preview::{Motion, Preview, PreviewContext, Wish, grid_over};
use natsbridge_ui::{Colours, ImageMethod, Theme};
use natsbridge_wire::{Limits, Table, TableSource};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

const BATCH: usize = 1_000_000;

fn main() {
    let rows: usize = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000_000);
    let bytes = arrow_bytes(rows);
    println!(
        "{rows} rows x 10 columns, {} MB of Arrow",
        bytes.len() / 1_000_000
    );
    let limits = Limits {
        table_bytes: usize::MAX / 4,
        ..Limits::default()
    };

    let started = Instant::now();
    let table = Arc::new(Table::open(&bytes, &limits, &mut vec![]).unwrap());
    let mut view = grid_over(Arc::clone(&table) as Arc<dyn TableSource>, &limits);
    draw(&mut *view);
    let open = started.elapsed();
    println!("open and first frame      {:8.1} ms", ms(open));

    forget_peak();
    let before = resident();
    let mut frames = Vec::new();
    let mut seed = 1_u64;
    for step in 0..2_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let motion = match (step % 4, seed >> 62) {
            (0, _) => Motion::PageDown,
            (1, 0) => Motion::Bottom,
            (1, _) => Motion::Right,
            (2, 0) => Motion::Top,
            (2, _) => Motion::HalfDown,
            _ => Motion::Down,
        };
        view.act(motion);
        let started = Instant::now();
        draw(&mut *view);
        frames.push(started.elapsed());
    }
    frames.sort();
    println!(
        "frame while scrolling     {:8.3} ms p50  {:.3} ms p99  (2,000 frames of 120x40)",
        ms(frames[1_000]),
        ms(frames[1_980])
    );

    view.act(Motion::LineStart);
    view.act(Motion::Top);
    view.act(Motion::Right);
    for (what, presses) in [("numeric sort", 1), ("the same, descending", 1)] {
        for _ in 0..presses {
            let started = Instant::now();
            let ticks = granted(&mut *view, Action::SortRows);
            println!(
                "{what:26}{:8.1} ms  (progress told {ticks} times)",
                ms(started.elapsed())
            );
        }
    }
    draw(&mut *view);
    println!(
        "memory beyond the data    {:8.1} MB when sorted, {:.1} MB at the peak since opening",
        resident().saturating_sub(before) as f64 / 1e6,
        peak().saturating_sub(before) as f64 / 1e6
    );
    granted(&mut *view, Action::SortRows);
    let started = Instant::now();
    let wishes = view.answer(natsbridge_ui::preview::ROW_FILTER, "score>50 and id<5000000");
    grant(&mut *view, wishes.unwrap());
    println!(
        "filter of two terms       {:8.1} ms  {}",
        ms(started.elapsed()),
        view.position()
    );
    beside(&table, open, rows);
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn draw(view: &mut dyn Preview) {
    let area = Rect::new(0, 0, 120, 40);
    let mut buffer = Buffer::empty(area);
    let context = PreviewContext {
        theme: &Theme::plain(),
        focused: true,
        colours: Colours::True,
        pictures: ImageMethod::HalfBlocks,
        on_page: false,
    };
    view.fit(area, context);
    view.draw(area, &mut buffer, context);
}

/// Runs an action with all the work it wishes for; how often it told how far it is.
fn granted(view: &mut dyn Preview, action: Action) -> usize {
    let wishes = view.run(action).unwrap();
    grant(view, wishes)
}

fn grant(view: &mut dyn Preview, wishes: Vec<Wish>) -> usize {
    let mut told = 0;
    for wish in wishes {
        if let Wish::Work(work) = wish {
            let progress = Arc::new(Progress::default());
            let watched = Arc::clone(&progress);
            let working = std::thread::spawn(move || (work.run)(&watched));
            let mut last = None;
            while !working.is_finished() {
                let now = progress.percent();
                told += usize::from(now != last);
                last = now;
                std::thread::park_timeout(Duration::from_millis(5));
            }
            view.worked(work.slot, working.join().unwrap());
        }
    }
    told
}

fn arrow_bytes(rows: usize) -> Bytes {
    let mut seed = 7_u64;
    let mut random = move || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    let mut writer: Option<StreamWriter<Vec<u8>>> = None;
    for start in (0..rows).step_by(BATCH) {
        let here = BATCH.min(rows - start);
        let mut columns: Vec<(String, ArrayRef)> = vec![(
            "id".into(),
            Arc::new(Int64Array::from_iter_values(
                (start..start + here).map(|row| row as i64),
            )),
        )];
        for column in 1..8 {
            let values = (0..here).map(|_| (random() % 1_000_000) as f64 / 10_000.0);
            let name = if column == 1 {
                "score".into()
            } else {
                format!("f{column}")
            };
            columns.push((name, Arc::new(Float64Array::from_iter_values(values))));
        }
        for column in 8..10 {
            let values = (0..here).map(|_| format!("name {}", random() % 100_000));
            columns.push((
                format!("t{column}"),
                Arc::new(StringArray::from_iter_values(values)),
            ));
        }
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let writer = writer.get_or_insert_with(|| StreamWriter::try_new(vec![], &batch.schema()).unwrap());
        writer.write(&batch).unwrap();
    }
    writer.unwrap().into_inner().unwrap().into()
}

/// A figure of the process in bytes, as the system tells it.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or("");
    let kilobytes: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    kilobytes * 1024
}

/// Has the system measure the peak from now on; where it cannot, the peak is that of the whole run.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn resident() -> u64 {
    status("VmRSS:")
}

fn peak() -> u64 {
    status("VmHWM:")
}

/// The same rows in csvlens.
fn beside(table: &Table, open: Duration, rows: usize) {
    let Some(program) = std::env::var_os("CSVLENS").or_else(|| which("csvlens")) else {
        println!("csvlens is not on the path: nothing is measured beside the grid");
        return;
    };
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let mut out = std::io::BufWriter::new(file.reopen().unwrap());
    let columns: Vec<usize> = (0..table.columns().len()).collect();
    let export = natsbridge_wire::Export {
        table,
        rows: &mut (0..rows),
        count: rows,
        columns: &columns,
    };
    export
        .write(
            natsbridge_wire::ExportFormat::Csv,
            &mut out,
            &natsbridge_wire::Unwatched,
        )
        .unwrap();
    out.flush().unwrap();
    let size = portable_pty::PtySize {
        rows: 40,
        cols: 120,
        ..portable_pty::PtySize::default()
    };
    let pty = portable_pty::native_pty_system().openpty(size).unwrap();
    let mut command = portable_pty::CommandBuilder::new(program);
    command.arg(file.path());
    command.env("TERM", "xterm-256color");
    let started = Instant::now();
    let mut child = pty.slave.spawn_command(command).unwrap();
    let mut reader = pty.master.try_clone_reader().unwrap();
    let mut writer = pty.master.take_writer().unwrap();
    let (sender, screen) = std::sync::mpsc::channel::<Vec<u8>>();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..read].to_vec()).is_err() {
                return;
            }
        }
    });
    let mut terminal = vt100::Parser::new(40, 120, 0);
    let mut until = |wanted: &dyn Fn(&str) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(120);
        while Instant::now() < deadline {
            if let Ok(bytes) = screen.recv_timeout(Duration::from_millis(50)) {
                terminal.process(&bytes);
            }
            if wanted(&terminal.screen().contents()) {
                return true;
            }
        }
        false
    };
    let first = until(&|screen| screen.contains("score") && screen.contains("f3")).then(|| started.elapsed());
    // It counts the rows meanwhile; its last row is the last that it knows of.
    let counted = until(&|screen| screen.contains(&format!("/{rows}"))).then(|| started.elapsed());
    let started = Instant::now();
    writer.write_all(b"G").unwrap();
    // Its last screen may begin some rows too early.
    let last = format!("│  {} ", rows - 30);
    let end = until(&|screen| screen.contains(&last)).then(|| started.elapsed());
    let _ = child.kill();
    let (Some(first), Some(counted), Some(end)) = (first, counted, end) else {
        let shown = terminal.screen().contents();
        println!(
            "csvlens did not get to its first screen or to the last row in two minutes each; it shows:\n{shown}"
        );
        return;
    };
    println!(
        "csvlens, first screen     {:8.1} ms  ({:.2} of ours), all rows known after {:.1} ms, then to the last screen {:.1} ms",
        ms(first),
        first.as_secs_f64() / open.as_secs_f64(),
        ms(counted),
        ms(end)
    );
}

fn which(name: &str) -> Option<std::ffi::OsString> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .map(Into::into)
}
