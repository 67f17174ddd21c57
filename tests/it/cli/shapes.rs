//! `shape`: learned from tapes and live subjects, held against messages, compared; and what is said when the file is wrong.

use crate::support::binary::{Folder, Peer, Run, command, natsbridge};
use crate::support::broker_stand::{broker, client};
use natsbridge_wire::{Dialect, Envelope, EnvelopePayload, Kind, table_from_csv, write_envelope};
use serde_json::{Value, json};

/// An envelope with one payload, on one line.
fn envelope(sender: &str, subject: &str, kind: Kind, body: &[u8]) -> String {
    let envelope = Envelope {
        msg_id: "256e050c-c0ea-4f6f-b042-359317418527".into(),
        timestamp: "2026-02-22T14:16:57.123Z".into(),
        send_to: subject.to_owned().into(),
        sender_name: sender.to_owned().into(),
        payloads: vec![EnvelopePayload::direct("1", "readings", kind, body.to_vec())],
        ..Envelope::default()
    };
    String::from_utf8(write_envelope(&envelope, Dialect::V0_5)).unwrap()
}

fn table(csv: &str) -> Vec<u8> {
    table_from_csv(csv.as_bytes()).unwrap().to_stream().unwrap()
}

fn dictionary(body: &str) -> String {
    envelope("ada", "lab.config", Kind::Dictionary, body.as_bytes())
}

fn rows(csv: &str) -> String {
    envelope("ada", "lab.rows", Kind::Table, &table(csv))
}

fn path(folder: &Folder, name: &str, text: &str) -> String {
    folder.file(name, text.as_bytes())[1..].to_owned()
}

/// The file of shapes that is learned from these messages.
fn learned(folder: &Folder, name: &str, messages: &[String]) -> String {
    let from = path(folder, &format!("{name}.jsonl"), &messages.join("\n"));
    let run = natsbridge(&["shape", "learn", "--from", &from]);
    assert_eq!(run.code, Some(0), "{run:?}");
    path(folder, &format!("{name}.shapes.json"), &run.out)
}

/// What `shape check` tells of these messages: code and place each.
fn deviations(shapes: &str, folder: &Folder, messages: &[String]) -> (Option<i32>, Vec<String>) {
    let file = path(folder, "checked.jsonl", &messages.join("\n"));
    let run = natsbridge(&["shape", "check", shapes, &file, "--json", "--as", "lines"]);
    let told = run.out.lines().flat_map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let findings = line["findings"].as_array().unwrap().clone();
        findings
            .into_iter()
            .map(|it| {
                format!(
                    "{} {}",
                    it["code"].as_str().unwrap(),
                    it["path"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    });
    (run.code, told.collect())
}

fn usual() -> Vec<String> {
    let config = |at: usize| {
        let mode = ["fast", "slow"][at % 2];
        dictionary(&format!(
            r#"{{"rate": {at}.5, "mode": "{mode}", "limits": [{{"max": 20.5}}]}}"#
        ))
    };
    let mut all: Vec<String> = (0..60).map(config).collect();
    all.extend((0..20).map(|at| rows(&format!("name,score\nAda,{at}.5\n"))));
    all
}

#[test]
fn what_is_learned_is_a_file_that_its_own_messages_fit() {
    let folder = Folder::new();
    let shapes = learned(&folder, "usual", &usual());
    let file: Value = serde_json::from_str(&std::fs::read_to_string(&shapes).unwrap()).unwrap();
    let config = &file["subjects"]["lab.config"];
    assert_eq!(
        (config["messages"].as_u64(), &config["senders"]),
        (Some(60), &json!(["ada"]))
    );
    let schema = &config["payloads"][0]["schema"];
    assert_eq!(schema["required"], json!(["rate", "mode", "limits"]));
    assert_eq!(schema["properties"]["mode"]["enum"], json!(["fast", "slow"]));
    let columns = &file["subjects"]["lab.rows"]["payloads"][0]["columns"];
    assert_eq!(
        (&columns[1]["name"], &columns[1]["type"]),
        (&json!("score"), &json!("f64"))
    );
    assert_eq!(deviations(&shapes, &folder, &usual()), (Some(0), vec![]));
}

#[test]
fn each_deviation_is_told_once_with_its_code_and_place() {
    let folder = Folder::new();
    let shapes = learned(&folder, "usual", &usual());
    let base = r#"{"rate": 1.5, "mode": "fast", "limits": []}"#;
    for (message, told, code) in [
        (
            dictionary(&base.replace("1.5", "\"1.5\"")),
            "shape-type-changed payloads[0].data.rate",
            1,
        ),
        (
            dictionary(&base.replace("1.5", "null")),
            "shape-nullable payloads[0].data.rate",
            1,
        ),
        (
            dictionary(r#"{"mode": "fast", "limits": []}"#),
            "shape-field-gone payloads[0].data.rate",
            1,
        ),
        (
            dictionary(&base.replace("[]", "[{\"max\": 20500.5}]")),
            "shape-unit-suspected payloads[0].data.limits[].max",
            1,
        ),
        // Whoever is not strict is not kept from going on by what is only new.
        (
            dictionary(&base.replace("fast", "turbo")),
            "shape-value-new payloads[0].data.mode",
            0,
        ),
        (
            dictionary(&base.replace("{\"rate", "{\"note\": 1, \"rate")),
            "shape-field-new payloads[0].data.note",
            0,
        ),
        (
            rows("name,score\nAda,7\n"),
            "shape-integer-for-float payloads[0].data.score",
            1,
        ),
        (
            rows("score,name\n7.5,Ada\n"),
            "shape-order-changed payloads[0].data",
            0,
        ),
        (rows("name\nAda\n"), "shape-field-gone payloads[0].data.score", 1),
    ] {
        let again = vec![message.clone(), message];
        assert_eq!(
            deviations(&shapes, &folder, &again),
            (Some(code), vec![told.to_owned()]),
            "{told}"
        );
    }
    let unknown = envelope("ada", "other", Kind::Dictionary, b"{}");
    assert_eq!(deviations(&shapes, &folder, &[unknown]), (Some(0), vec![]));
}

#[test]
fn a_schema_of_ones_own_is_held_against_messages() {
    let folder = Folder::new();
    let own = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["rate"],
        "properties": {"rate": {"type": "number", "minimum": 3, "maximum": 9}, "code": {"pattern": "^[A-Z]+$"}}}"#;
    path(&folder, "team.json", own);
    for schema in [own, "\"team.json\""] {
        let text = format!(
            r#"{{"natsbridge_shapes": 1, "subjects": {{"lab.*": {{"payloads": [
                {{"dataname": "readings", "kind": "dictionary", "schema": {schema}}}]}}}}}}"#
        );
        let shapes = path(&folder, "own.json", &text);
        for (body, code, told) in [
            (r#"{"rate": 4, "more": true}"#, 0, vec![]),
            (
                r#"{"rate": 10}"#,
                1,
                vec!["shape-schema-broken payloads[0].data.rate"],
            ),
            (
                r#"{"rate": 4, "code": "x1"}"#,
                1,
                vec!["shape-schema-broken payloads[0].data.code"],
            ),
            (
                r#"{"rate": "4"}"#,
                1,
                vec!["shape-type-changed payloads[0].data.rate"],
            ),
        ] {
            let (found, list) = deviations(&shapes, &folder, &[dictionary(body)]);
            assert_eq!(
                (found, list),
                (Some(code), told.into_iter().map(str::to_owned).collect()),
                "{body}"
            );
        }
    }
}

fn refused(folder: &Folder, text: &str) -> Run {
    let shapes = path(folder, "wrong.json", text);
    let message = path(folder, "message.json", &dictionary("{}"));
    let run = natsbridge(&["shape", "check", &shapes, &message]);
    assert_eq!((run.code, &*run.out), (Some(2), ""), "{run:?}");
    run
}

#[test]
fn a_file_with_errors_is_refused_with_its_line() {
    let folder = Folder::new();
    for (text, told) in [
        ("{\n\"natsbridge_shapes\": 1,\n\"subjects\": {}\n", "line 4: EOF"),
        (
            "{\"natsbridge_shapes\": 1,\n\"subjects\": {\"a\": {\"payloads\": [\n{\"kind\": 7}]}}}",
            "line 3: ",
        ),
        ("{\"natsbridge_shapes\": 2, \"subjects\": {}}", "reads version 1"),
        ("{\"openapi\": \"3.1.0\"}", "this is no file of shapes"),
        (
            "{\"natsbridge_shapes\": 1, \"subjects\": {\"a\": {\"payloads\": [{\"dataname\": \"d\", \"kind\": \"dictionary\",\n\"schema\":\n{\"type\": 7}}]}}}",
            "line 3: d on a: the schema is no JSON Schema",
        ),
        (
            "{\"natsbridge_shapes\": 1, \"subjects\": {\"a\": {\"payloads\": [{\"dataname\": \"d\", \"kind\": \"sheet\"}]}}}",
            "there is no kind \"sheet\"",
        ),
    ] {
        let run = refused(&folder, text);
        assert!(
            run.err.contains(told) && run.err.contains("wrong.json"),
            "{told}: {}",
            run.err
        );
    }
    let missing = natsbridge(&["shape", "check", "/nowhere/shapes.json", "x.json"]);
    assert!(
        missing.code == Some(2) && missing.err.contains("/nowhere/shapes.json"),
        "{missing:?}"
    );
    let nothing = natsbridge(&["shape", "check", &path(&folder, "s.json", "{}")]);
    assert!(nothing.code == Some(2), "{nothing:?}");
}

#[test]
fn reports_are_those_of_check() {
    let folder = Folder::new();
    let shapes = learned(&folder, "usual", &usual());
    let message = path(&folder, "message.json", &rows("name,score\nAda,7\n"));
    for (format, part) in [
        ("text", "readings.score is i64; usual.shapes.json says f64"),
        ("sarif", "\"ruleId\":\"shape-integer-for-float\""),
        ("junit", "<failure type=\"shape-integer-for-float\""),
        ("html", "shape-integer-for-float"),
    ] {
        let run = natsbridge(&["shape", "check", &shapes, &message, "--format", format]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.out.contains(part), "{format}: {}", run.out);
    }
    let whole = natsbridge(&["check", "--shapes", &shapes, &message, "--fail-on", "warning"]);
    assert!(
        whole.code == Some(1) && whole.out.contains("readings.score is i64"),
        "{whole:?}"
    );
}

#[test]
fn two_files_or_messages_are_compared() {
    let folder = Folder::new();
    let usual = usual();
    let before = learned(&folder, "before", &usual);
    let same = path(&folder, "same.jsonl", &usual.join("\n"));
    let run = natsbridge(&["shape", "diff", &before, &same]);
    assert_eq!((run.code, &*run.out), (Some(0), ""), "{run:?}");
    let changed: Vec<String> = usual
        .iter()
        .map(|line| line.replace("lab.config", "lab.setup"))
        .collect();
    let changed: Vec<String> = changed[..60]
        .iter()
        .cloned()
        .chain([rows("name,score\nAda,7\n")])
        .collect();
    let after = path(&folder, "after.jsonl", &changed.join("\n"));
    let run = natsbridge(&["shape", "diff", &before, &after]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines[0].starts_with("lab.config  only in "), "{lines:?}");
    assert!(
        lines[1..3] == ["lab.rows", lines[2]] && lines[2].contains("readings.score is i64"),
        "{lines:?}"
    );
    assert!(lines[3].starts_with("lab.setup  only in "), "{lines:?}");
    let run = natsbridge(&["shape", "diff", "--json", &before, &after]);
    let first: Value = serde_json::from_str(run.out.lines().nth(1).unwrap()).unwrap();
    assert_eq!((&first["from"], &first["to"]), (&json!("f64"), &json!("i64")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_messages_are_learned_and_checked() {
    let broker = broker().await;
    let url = broker.url();
    let learner = Peer::start(&mut command(&[
        "shape",
        "learn",
        "-s",
        &url,
        "--count",
        "30",
        "--timeout",
        "60s",
        "lab.>",
    ]));
    learner.err.wait_for("Learning from lab.>");
    let client = client(&broker).await;
    for at in 0..30 {
        let subject = format!("lab.device.{at}");
        client
            .publish(subject, format!("{{\"rate\": {at}.5}}").into())
            .await
            .unwrap();
    }
    client.flush().await.unwrap();
    let lines = learner.out.rest("the shapes");
    let text = lines.join("\n");
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["subjects"]["lab.device.*"]["messages"], 30, "{text}");
    let folder = Folder::new();
    let shapes = path(&folder, "shapes.json", &text);
    let checker = Peer::start(&mut command(&[
        "shape",
        "check",
        &shapes,
        "-s",
        &url,
        "--subject",
        "lab.>",
        "--count",
        "2",
        "--timeout",
        "60s",
    ]));
    checker.err.wait_for("Checking lab.>");
    let listener = Peer::start(&mut command(&[
        "listen",
        "--json",
        "-s",
        &url,
        "--shapes",
        &shapes,
        "--count",
        "2",
        "--timeout",
        "60s",
        "lab.>",
    ]));
    listener.err.wait_for("Listening on");
    for body in ["{\"rate\": 7.5}", "{\"rate\": \"seven\"}"] {
        client.publish("lab.device.new", body.into()).await.unwrap();
    }
    client.flush().await.unwrap();
    let told = checker.out.rest("the report").join("\n");
    assert!(told.contains("rate is string; shapes.json says number"), "{told}");
    let listened = listener.out.rest("both messages");
    assert!(
        !listened[0].contains("shape-") && listened[1].contains("shape-type-changed"),
        "{listened:?}"
    );
}
