//! What the verbs `send` and `listen` make of files that travel by link: tables in each framing, kinds told from the
//! content of large files, the same payloads sent several times.

use crate::support::binary::{Folder, Peer, Run, command, finish};
use crate::support::file_server_stand::{noise, start};
use crate::support::servers::{RealServer, nats_server};
use natsbridge_host::{FileHost, FileHostOptions};
use natsbridge_wire::table_from_csv;
use serde_json::Value;
use tokio::runtime::Runtime;

/// A broker, our file server, and files to send.
struct Stand {
    broker: RealServer,
    files: FileHost,
    folder: Folder,
    _runtime: Runtime,
}

impl Stand {
    fn new() -> Option<Self> {
        let broker = nats_server()?;
        let runtime = Runtime::new().unwrap();
        let files = runtime.block_on(start(FileHostOptions::default()));
        Some(Self {
            broker,
            files,
            folder: Folder::new(),
            _runtime: runtime,
        })
    }

    fn listen(&self, count: &str) -> Peer {
        let url = self.broker.url();
        let listener = Peer::start(&mut command(&[
            "listen", "-s", &url, "in", "--json", "--count", count, "--fetch", "always",
        ]));
        listener.err.wait_for("Listening");
        listener
    }

    fn send(&self, args: &[&str]) -> Run {
        let url = self.broker.url();
        let mut line = vec!["send", "-s", &url, "in", "--fileserver-url", self.files.url()];
        line.extend(args);
        finish(&mut command(&line))
    }
}

fn line(listener: &Peer) -> Value {
    serde_json::from_str(&listener.out.next("a message").unwrap()).unwrap()
}

#[test]
fn a_table_by_link_comes_as_rows_whatever_the_file_was() {
    let Some(stand) = Stand::new() else { return };
    let rows: Vec<_> = (0..60_000).map(|row| format!("{row},name {row}")).collect();
    let csv = format!("id,name\n{}\n", rows.join("\n"));
    let stream = table_from_csv(csv.as_bytes()).unwrap().to_stream().unwrap();
    let arrow_file = as_file(&stream);
    assert!(arrow_file.len() > 1_000_000 && stream.len() > 1_000_000);
    let given = |name: &str, bytes: &[u8]| format!("{name}={}", stand.folder.file(name, bytes));
    let listener = stand.listen("1");
    let sent = stand.send(&[
        "--table",
        &given("rows.csv", csv.as_bytes()),
        "--table",
        &given("rows.arrow", &arrow_file),
        "--table",
        &given("rows.arrows", &stream),
        "--payload",
        &given("any", &arrow_file),
    ]);
    assert_eq!((sent.code, &*sent.err), (Some(0), ""), "{sent:?}");
    let message = line(&listener);
    let payloads = message["envelope"]["payloads"].as_array().unwrap();
    assert_eq!(payloads.len(), 4);
    for payload in payloads {
        let name = &payload["dataname"];
        assert_eq!(
            (&payload["transport"], &payload["kind"]),
            (&"link".into(), &"table".into()),
            "{name}"
        );
        assert_eq!(payload["state"], "decoded", "{name}: {payload}");
        assert_eq!(payload["value"]["num_rows"], 60_000, "{name}");
        assert_eq!(payload["value"]["rows"][1]["name"], "name 1", "{name}");
    }
}

/// The same batches in the framing of a file.
fn as_file(stream: &[u8]) -> Vec<u8> {
    let reader = arrow::ipc::reader::StreamReader::try_new(stream, None).unwrap();
    let mut writer = arrow::ipc::writer::FileWriter::try_new(Vec::new(), &reader.schema()).unwrap();
    for batch in reader {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn large_files_are_told_by_their_first_bytes_and_their_size() {
    let Some(stand) = Stand::new() else { return };
    let padded = |head: &[u8]| [head, &noise(1_100_000)].concat();
    let cases = [
        (
            "picture",
            padded(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"),
            "image",
        ),
        ("words", "Grüße, 世界. ".repeat(70_000).into_bytes(), "text"),
        (
            "rows",
            format!("[{}{{}}]", "{\"a\":1},".repeat(150_000)).into_bytes(),
            "jsontable",
        ),
        (
            "config",
            format!("{{\"a\":\"{}\"}}", "x".repeat(1_100_000)).into_bytes(),
            "dictionary",
        ),
        ("noise", padded(b"\0"), "binary"),
        ("document", padded(b"%PDF-1.7\n"), "binary"),
    ];
    let given: Vec<_> = (cases.iter())
        .flat_map(|(name, bytes, _)| {
            [
                "--payload".into(),
                format!("{name}={}", stand.folder.file(name, bytes)),
            ]
        })
        .collect();
    let listener = stand.listen("1");
    let sent = stand.send(&given.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((sent.code, &*sent.err), (Some(0), ""), "{sent:?}");
    let message = line(&listener);
    for (payload, (name, bytes, kind)) in message["envelope"]["payloads"]
        .as_array()
        .unwrap()
        .iter()
        .zip(&cases)
    {
        assert_eq!(payload["kind"], *kind, "{name}");
        assert_eq!(
            (&payload["transport"], &payload["bytes"]),
            (&"link".into(), &bytes.len().into()),
            "{name}"
        );
    }
}

#[test]
fn each_of_several_messages_has_an_upload_of_its_own() {
    let Some(stand) = Stand::new() else { return };
    let body = format!("data={}", stand.folder.file("data", &noise(20_000)));
    for more in [&[][..], &["--lasting"]] {
        let listener = stand.listen("3");
        let args = [
            "--binary",
            &body,
            "--transport",
            "link",
            "--count",
            "3",
            "--rate",
            "50/s",
        ];
        let sent = stand.send(&[&args[..], more].concat());
        assert_eq!((sent.code, sent.out.lines().count()), (Some(0), 3), "{sent:?}");
        let messages: Vec<_> = (0..3).map(|_| line(&listener)).collect();
        let urls: std::collections::HashSet<_> = messages
            .iter()
            .map(|message| {
                let payload = &message["envelope"]["payloads"][0];
                // One-shot: had two messages shared a file, the second would have failed.
                assert_eq!(payload["state"], "decoded", "{payload}");
                payload["url"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(urls.len(), 3);
    }
}
