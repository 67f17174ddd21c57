//! `check`: the doctor on files, folders, tapes, standard input and live subjects, and its four reports.

use crate::support::binary::{Folder, Lines, Run, command, finish, natsbridge};
use crate::support::broker_stand::{broker, client};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

/// What every peer of 0.5 reads, on one line.
const GOOD: &str = r#"{"correlation_id":"256e050c-c0ea-4f6f-b042-359317418527","msg_id":"0d67f451-d4e0-4727-9b5b-5d6def3ff8c6","timestamp":"2026-02-22T14:16:57.123Z","send_to":"/chat/room1","msg_purpose":"chat","sender_name":"ada","sender_id":"cbd326ab-e213-4fef-9a7c-1991b289f9c2","receiver_name":"","receiver_id":"","reply_to":"","reply_to_msg_id":"","broker_url":"nats://localhost:4222","metadata":{},"payloads":[{"id":"9f5d77a1-5512-491b-935b-220e610531ce","dataname":"message","payload_type":"text","transport":"direct","encoding":"base64","size":5,"data":"SGVsbG8=","metadata":{}}]}"#;

fn bad() -> String {
    GOOD.replace("SGVsbG8=", "SGV!bG8=")
}

fn odd() -> String {
    GOOD.replace("SGVsbG8=", "SGVsbG8")
}

fn path(folder: &Folder, name: &str, text: &str) -> String {
    folder.file(name, text.as_bytes())[1..].to_owned()
}

fn json(run: &Run) -> Vec<Value> {
    run.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn codes(line: &Value) -> Vec<&str> {
    let findings = line["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn every_shape_of_file_is_taken_apart() {
    let folder = Folder::new();
    let one = path(&folder, "one.json", GOOD);
    let array = path(&folder, "array.json", &format!("[{GOOD},\n{}]", bad()));
    let lines = path(
        &folder,
        "lines.jsonl",
        &format!("{GOOD}\n\n{}\n{{\"payloads\":[\n", odd()),
    );
    let run = natsbridge(&["check", "--json", &one, &array, &lines]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let told = json(&run);
    let place = |line: &Value| {
        (
            line["source"].as_str().unwrap().to_owned(),
            line["index"].as_u64().unwrap(),
        )
    };
    let places: Vec<_> = told.iter().map(place).collect();
    let at = |path: &String, index| (path.clone(), index);
    assert_eq!(
        places,
        [
            at(&one, 0),
            at(&array, 0),
            at(&array, 1),
            at(&lines, 0),
            at(&lines, 1),
            at(&lines, 2)
        ]
    );
    let found: Vec<_> = told.iter().map(codes).collect();
    assert_eq!(
        found,
        [
            vec![],
            vec![],
            vec!["bad-base64"],
            vec![],
            vec!["base64-unpadded"],
            vec!["malformed-json"]
        ]
    );
    assert_eq!(
        (&told[0]["dialect"], &told[5]["dialect"]),
        (&"v0.5".into(), &Value::Null)
    );
    assert_eq!(told[2]["findings"][0]["path"], "payloads[0].data");
    assert_eq!(told[2]["findings"][0]["offset"], 3);
    assert!(
        run.err
            .contains("6 messages checked: 2 errors, 1 warning, 0 notes."),
        "{run:?}"
    );
}

#[test]
fn a_folder_is_looked_through_and_hidden_files_are_left_alone() {
    let folder = Folder::new();
    path(&folder, "b.json", &bad());
    path(&folder, ".hidden.json", &bad());
    std::fs::create_dir(folder.path().join("a")).unwrap();
    std::fs::write(folder.path().join("a/c.json"), GOOD).unwrap();
    let name = folder.path().display().to_string();
    let told = json(&natsbridge(&["check", "--json", &name]));
    let sources: Vec<_> = told.iter().map(|line| line["source"].as_str().unwrap()).collect();
    assert_eq!(sources, [format!("{name}/a/c.json"), format!("{name}/b.json")]);
}

#[test]
fn standard_input_may_be_envelopes_or_a_tape() {
    let tape = "{\"n\":1,\"at\":\"2026-11-22T10:00:00Z\",\"subject\":\"/chat/*\",\"text\":\"hello\"}\n";
    for (input, source_codes) in [
        (bad(), vec!["bad-base64"]),
        (
            tape.to_owned(),
            vec!["wildcard-in-slash-subject", "not-an-envelope"],
        ),
    ] {
        let mut child = command(&["check", "-", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((told["source"].as_str(), codes(&told)), (Some("-"), source_codes));
    }
}

#[test]
fn the_severity_that_fails_is_chosen() {
    let folder = Folder::new();
    let (good, odd, bad) = (
        path(&folder, "good.json", GOOD),
        path(&folder, "odd.json", &odd()),
        path(&folder, "bad.json", &bad()),
    );
    for (file, fail_on, code) in [
        (&good, "note", 0),
        (&odd, "error", 0),
        (&odd, "warning", 1),
        (&bad, "error", 1),
    ] {
        let run = natsbridge(&["check", file, "--fail-on", fail_on]);
        assert_eq!(run.code, Some(code), "{file} {fail_on} {run:?}");
    }
    let run = natsbridge(&["check", &good]);
    assert_eq!(run.out, "", "nothing is said of a good message");
    let run = natsbridge(&["check", &bad]);
    for part in [
        "✖ bad-base64 at payloads[0].data, byte 3",
        "which is '!'",
        "Fix: Encode",
    ] {
        assert!(run.out.contains(part), "{part}: {run:?}");
    }
}

#[test]
fn who_can_read_it_is_answered_for_readers_and_groups() {
    let folder = Folder::new();
    let odd = path(&folder, "odd.json", &odd());
    let run = natsbridge(&[
        "check",
        &odd,
        "--json",
        "--for",
        "v0.4,v0.5,python,javascript,julia,micropython,browser",
    ]);
    assert_eq!(run.code, Some(1), "a reader that fails is a no: {run:?}");
    let readers = &json(&run)[0]["readers"];
    for (name, reads, code) in [
        ("v0.4", "no", Some("base64-unpadded")),
        ("v0.5", "no", Some("base64-unpadded")),
        ("python", "no", Some("base64-unpadded")),
        ("javascript", "yes", None),
        ("julia", "no", Some("base64-unpadded")),
        ("micropython", "no", Some("base64-unpadded")),
        ("browser", "yes", None),
    ] {
        let reader = &readers[name];
        assert_eq!(reader["reads"], reads, "{name}: {reader}");
        assert_eq!(reader["reasons"][0]["code"].as_str(), code, "{name}: {reader}");
    }
    let run = natsbridge(&["check", &odd, "--for", "javascript"]);
    assert_eq!(run.code, Some(0), "a warning that hits somebody else: {run:?}");
    let run = natsbridge(&["check", &odd, "--for", "cobol"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.err
            .contains("unknown reader cobol; the readers are v0.4, v0.5, julia-0.4"),
        "{run:?}"
    );
}

#[test]
fn sarif_and_junit_hold_what_the_text_holds() {
    let folder = Folder::new();
    let bad = path(&folder, "bad one.json", &format!("{GOOD}\n{}\n", bad()));
    let run = natsbridge(&["check", &bad, "--format", "sarif"]);
    assert_eq!(run.code, Some(1));
    let sarif: Value = serde_json::from_str(&run.out).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(
        (&sarif["version"], &result["ruleId"], &result["level"]),
        (&"2.1.0".into(), &"bad-base64".into(), &"error".into())
    );
    let location = &result["locations"][0];
    assert_eq!(
        location["logicalLocations"][0]["fullyQualifiedName"],
        "[1].payloads[0].data"
    );
    let uri = location["physicalLocation"]["artifactLocation"]["uri"]
        .as_str()
        .unwrap();
    assert!(uri.ends_with("/bad%20one.json"), "{uri}");
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"], "bad-base64");

    let run = natsbridge(&["check", &bad, "--format", "junit"]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains(r#"tests="2" failures="1""#), "{run:?}");
    assert!(
        run.out
            .contains(r#"<failure type="bad-base64" message="data is not valid base64"#),
        "{run:?}"
    );
    assert_eq!(run.out.matches("<testcase ").count(), 2);
    // What is foreign cannot break out of the document.
    let hostile = path(&folder, "hostile.json", &GOOD.replace("0d67f451", "<&\\u001b"));
    let run = natsbridge(&["check", &hostile, "--format", "junit", "--fail-on", "note"]);
    assert!(
        run.out.contains("&lt;&amp;") && !run.out.contains('\u{1b}'),
        "{run:?}"
    );
}

#[test]
fn a_code_is_explained_and_what_is_wrong_is_said() {
    let run = natsbridge(&["check", "--explain", "base64-url-safe"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.out.contains("Julia: no (base64decode silently turns"),
        "{run:?}"
    );
    for (args, what) in [
        (vec!["check"], "FILE"),
        (vec!["check", "--explain", "fly"], "unknown code fly"),
        (vec!["check", "/does/not/exist"], "cannot read /does/not/exist"),
        (vec!["check", "a", "--fail-on", "fatal"], "error, warning or note"),
        (vec!["check", "a", "--count", "3"], "--subject"),
        (vec!["check", "a", "--format", "yaml"], "yaml"),
    ] {
        let run = natsbridge(&args);
        assert_eq!(run.code, Some(2), "{args:?} {run:?}");
        assert!(
            run.err.to_lowercase().contains(&what.to_lowercase()),
            "{args:?} {run:?}"
        );
        assert_eq!(run.out, "", "{args:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_messages_are_checked_until_the_count_or_the_time() {
    let broker = broker().await;
    let url = broker.url();
    let mut child = command(&[
        "check",
        "--subject",
        "/chat/>",
        "--subject",
        "a.b",
        "--count",
        "2",
        "--json",
        "-s",
        &url,
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    Lines::of(child.stderr.take().unwrap()).wait_for("Checking");
    let client = client(&broker).await;
    client.publish("a.b", bad().into()).await.unwrap();
    client.publish("c.d", bad().into()).await.unwrap();
    client.publish("a.b", GOOD.into()).await.unwrap();
    client.flush().await.unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap())
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0]["source"].as_str(), codes(&told[0])),
        (Some("a.b"), vec!["bad-base64", "send-to-disagrees"])
    );

    let run = finish(&mut command(&[
        "check",
        "--subject",
        "quiet",
        "--count",
        "1",
        "--timeout",
        "200ms",
        "-s",
        &url,
    ]));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.err.contains("Time is up after 0 messages of 1"), "{run:?}");
    let run = natsbridge(&["check", "--subject", "a", "-s", "nats://127.0.0.1:1"]);
    assert_eq!(run.code, Some(3), "{run:?}");
}

#[test]
fn messages_are_rewritten_for_a_peer() {
    let folder = Folder::new();
    let camel = GOOD
        .replace("\"correlation_id\"", "\"correlationId\"")
        .replace("\"msg_id\"", "\"msgId\"")
        .replace("SGVsbG8=", "SGVsbG8\\n");
    let file = path(&folder, "mixed.jsonl", &format!("{camel}\n{GOOD}\n{}\n", bad()));
    let run = natsbridge(&["check", "--mend", "python", &file]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines, [GOOD, GOOD]);
    assert!(
        run.err
            .contains("#2: payloads[0] (\"message\") cannot be rewritten"),
        "{}",
        run.err
    );
    assert!(
        run.err
            .contains("2 messages rewritten for Python, later, 1 of them incomplete or skipped."),
        "{}",
        run.err
    );
    let good = path(&folder, "good.json", GOOD);
    let run = natsbridge(&["check", "--mend", "natsbridge", &good]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.starts_with("{\"correlationId\":"), "{}", run.out);
    // Metadata that is laid out over several lines stands on one.
    let laid_out = GOOD.replacen(r#""metadata":{}"#, "\"metadata\":{\n  \"a\": [1,\r\n\t2]\n}", 1);
    let run = natsbridge(&[
        "check",
        "--mend",
        "python",
        &path(&folder, "laid-out.json", &laid_out),
    ]);
    let line: Value = serde_json::from_str(run.out.trim_end()).unwrap();
    assert_eq!(
        (run.out.lines().count(), &line["metadata"]["a"][1]),
        (1, &Value::from(2))
    );
    let run = natsbridge(&["check", "--mend", "cobol", &good]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.err
            .contains("unknown reader cobol; the readers are julia-0.4"),
        "{}",
        run.err
    );
}
