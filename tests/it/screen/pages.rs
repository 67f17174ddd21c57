//! Pages for any browser: what a person saves opens in a real one, shows what came, and nothing that a stranger wrote acts in it.

use crate::support::binary::{Folder, natsbridge};
use crate::support::real::chromium;
use crate::support::screen_stand::{Bench, envelope};
use natsbridge_app::{Effect, WorkEffect};
use natsbridge_engine::save_new;
use std::path::Path;
use std::process::Command;

/// What runs in a page that takes a text for markup.
const ATTACKS: [&str; 4] = [
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "</pre></style><svg onload=\"document.title='owned'\">",
    "javascript:document.title='owned'",
];

/// The document as Chromium has it once everything has run, without its style and script.
fn opened(page: &Path) -> Option<String> {
    let folder = Folder::new();
    let run = Command::new(chromium()?)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .args(["--virtual-time-budget=2000", "--dump-dom"])
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let whole = String::from_utf8(run.stdout).unwrap();
    let (head, rest) = whole.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let (body, end) = body.rsplit_once("<script>").unwrap();
    assert!(!body.contains("<script"), "another script:\n{body}");
    assert!(end.trim_end().ends_with("</html>"));
    Some(format!("{head}{body}"))
}

/// A workbench that received attacks in every place where a text may stand, a table, a picture and a tree.
fn bench() -> Bench {
    let mut bench = Bench::new(120, 40);
    bench.chat(3);
    for attack in ATTACKS {
        let quoted = serde_json::to_string(attack).unwrap();
        let rows = format!("[{{\"id\":10,{quoted}:{quoted}}},{{\"id\":9,{quoted}:null}},{{\"id\":-1}}]");
        let tree = format!("{{{quoted}:[{quoted},{{\"deep\":{quoted}}}]}}");
        let name = attack.replace(['"', '\\'], "'");
        let text = envelope(
            &name,
            &[
                (&name, "text", attack.as_bytes()),
                ("rows", "jsontable", rows.as_bytes()),
                ("tree", "dictionary", tree.as_bytes()),
                ("svg", "image", attack.as_bytes()),
            ],
        );
        bench.arrive("lab.attack", text.as_bytes());
    }
    let picture = include_bytes!("../../../assets/demo/rings.png");
    let table = include_bytes!("../../fixtures/arrow/decimals.arrow");
    let text = envelope("py", &[("shot", "image", picture), ("measured", "table", table)]);
    bench.arrive("lab.table", text.as_bytes());
    bench.screen();
    bench
}

fn saved(bench: &mut Bench, file: &Path) -> String {
    bench.keys("C-u").type_text(&file.display().to_string());
    bench.keys("Enter").assert_shows("Saved a page for any browser");
    std::fs::read_to_string(file).unwrap()
}

/// That nothing of a stranger became markup: every angle bracket of an attack is escaped.
fn harmless(page: &str, opened: Option<&str>) {
    for page in std::iter::once(page).chain(opened) {
        assert!(!page.contains("<img src=x") && !page.contains("<svg onload") && !page.contains("href="));
        assert!(!page.contains("<title>owned"), "something ran");
    }
    assert!(page.contains("default-src &#39;none&#39;; img-src data:"));
}

#[test]
fn messages_saved_as_a_page_show_what_came_and_nothing_of_it_runs() {
    let (folder, mut bench) = (Folder::new(), bench());
    let file = folder.path().join("messages.html");
    bench.keys("B").assert_shows("Save messages");
    bench.keys("Enter");
    let page = saved(&mut bench, &file);
    assert!(page.contains("data:image/png;base64,iVBOR"));
    assert!(page.contains("<h2>lab.attack</h2>") && page.contains("&lt;script&gt;"));
    let opened = opened(&file);
    harmless(&page, opened.as_deref());
    let Some(opened) = opened else { return };
    // Our own script is allowed to run, by its digest.
    assert!(opened.contains("<button title=\"Sort by this column\">id</button>"));
}

#[test]
fn a_column_of_a_page_is_sorted_by_its_head() {
    let (folder, mut bench) = (Folder::new(), bench());
    let file = folder.path().join("messages.html");
    bench.keys("B Enter");
    let page = saved(&mut bench, &file);
    // Somebody clicks, twice: which the page itself would not let a script do.
    let start = page.find("<meta http-equiv").unwrap();
    let end = start + page[start..].find('>').unwrap() + 1;
    let click = "<script id=\"click\">const id = [...document.querySelectorAll('th button')].find((head) => head.textContent === 'id');\
        id.click(); id.click(); document.title = [...id.closest('table').tBodies[0].rows].map((row) => row.cells[0].textContent).join();\
        document.getElementById('click').remove();</script>";
    std::fs::write(&file, format!("{}{}{click}", &page[..start], &page[end..])).unwrap();
    let Some(opened) = opened(&file) else { return };
    assert!(opened.contains("<title>10,9,-1</title>"), "{opened}");
    assert!(opened.contains("aria-sort=\"descending\""));
}

#[test]
fn a_conversation_saved_as_a_page_has_its_diagram_and_its_messages() {
    let (folder, mut bench) = (Folder::new(), bench());
    let file = folder.path().join("conversation.html");
    bench.keys("4 w").assert_shows("Export conversations to");
    let page = saved(&mut bench, &file);
    assert!(page.contains("<svg role=\"img\"") && page.contains("marker-end=\"url(#arrow)\""));
    let opened = opened(&file);
    harmless(&page, opened.as_deref());
}

#[test]
fn problems_and_a_report_of_check_are_pages_with_cures() {
    let (folder, mut bench) = (Folder::new(), bench());
    while bench.store.examine_pending() > 0 {}
    bench.keys("D w");
    let file = folder.path().join("problems.html");
    bench.keys("C-u").type_text(&file.display().to_string());
    bench.keys("Enter");
    // What a worker would write.
    let saved = bench.left.iter().find_map(|effect| match effect {
        Effect::Work(WorkEffect::Save(path, body)) if *path == file => Some(body.clone()),
        _ => None,
    });
    save_new(&file, &saved.unwrap()).unwrap();
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.contains("<th><button>cure</button></th>"));
    harmless(&page, opened(&file).as_deref());
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/checks");
    let hostile = ATTACKS.map(|attack| {
        let name = serde_json::to_string(attack).unwrap();
        let payload = format!("{{\"dataname\":{name},\"type\":{name}}}");
        format!("{{\"msg_id\":{name},\"send_to\":{name},\"payloads\":[{payload}]}}\n")
    });
    let lines = folder.path().join("hostile.jsonl");
    std::fs::write(&lines, hostile.concat()).unwrap();
    let report = natsbridge(&[
        "check",
        "--format",
        "html",
        "--for",
        "all",
        &lines.display().to_string(),
        &fixtures.join("bad-base64/hit.json").display().to_string(),
    ]);
    assert_eq!(report.code, Some(1), "{}", report.err);
    assert!(report.out.contains("bad-base64") && report.out.contains("Who can read it: 0 of 8 peers"));
    assert!(report.out.contains("<p class=\"summary\">5 messages: "));
    let file = folder.path().join("report.html");
    std::fs::write(&file, &report.out).unwrap();
    harmless(&report.out, opened(&file).as_deref());
}
