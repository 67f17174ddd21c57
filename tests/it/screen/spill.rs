//! Row 50: messages on disk are listed, filtered, found and opened like those in memory, and the footer says how much lies
//! there.

use crate::support::binary::Folder;
use crate::support::screen_stand::Bench;
#[cfg(target_os = "linux")]
use crate::support::spill_stand::cut_short;
use crate::support::spill_stand::{MEMORY, settled};
use natsbridge_wire::Limits;

/// A workbench with 302 messages, most of them on disk.
fn spilled(folder: &Folder) -> Bench {
    let limits = Limits {
        store_bytes: MEMORY,
        store_page: 8,
        store_spill: 1 << 30,
        store_folder: Some(folder.path().to_owned()),
        ..Limits::default()
    };
    let mut bench = Bench::with(140, 40, limits);
    bench.chat(1);
    bench.arrive("wine.cellar", b"a Pinot noir from Lima");
    for _ in 0..30 {
        bench.chat(10);
        settled(&bench.store);
    }
    bench
}

/// Row 50.
#[test]
fn messages_on_disk_are_there_like_all_others() {
    let folder = Folder::new();
    let mut bench = spilled(&folder);
    bench.wait(20_000);
    bench.assert_shows("received 302  shown 302  filtered 0  evicted 0");
    bench.assert_shows(" kB on disk");
    bench.keys("g").assert_shows("no. 1");
    bench.keys("/ P i n o t Enter").assert_shows("wine.cellar");
    assert_eq!(bench.workbench.state.messages.selected, Some(2));
    bench.assert_shows("a Pinot noir from Lima");
    bench
        .keys("f w i n e Enter")
        .assert_shows("shown 1  filtered 301");
}

/// Row 50.
#[cfg(target_os = "linux")]
#[test]
fn messages_on_a_disk_that_failed_say_so_in_their_place() {
    let folder = Folder::new();
    let mut bench = spilled(&folder);
    cut_short(folder.path(), 100);
    bench
        .keys("g")
        .assert_shows("no. 1 cannot be read from disk any more");
    bench
        .keys("j")
        .assert_shows("no. 2 cannot be read from disk any more");
    assert_eq!(bench.workbench.state.messages.selected, Some(2));
    assert!(bench.store.counters().evicted > 0);
    bench
        .keys("f w i n e Enter")
        .assert_shows("None of the 302 messages");
}
