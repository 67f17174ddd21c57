//! The messages that benchmarks of reading and keeping are fed with.

/// Bytes of each.
pub const SIZE: usize = 638;

/// An envelope of that size, which differs a little from the others.
pub fn envelope(number: u64) -> String {
    let head = format!(
        concat!(
            r#"{{"correlationId":"0d67f451-d4e0-4727-9b5b-5d6def3f{:04x}","msgId":"6a1f3f1e-9d1b-4f5c-8e2c-0c6b8a7d5e4f","#,
            r#""timestamp":"2026-11-22T10:00:00.123Z","sendTo":"/load","msgPurpose":"chat","senderName":"load","#,
            r#""senderId":"3e2d1c0b-1a2b-4c3d-8e4f-5a6b7c8d9e0f","receiverName":"","receiverId":"","replyTo":"","#,
            r#""replyToMsgId":"","brokerURL":"nats://localhost:4222","metadata":{{}},"payloads":[{{"id":"b7c6d5e4-f3a2-4b1c","#,
            r#""dataname":"message","type":"text","transport":"direct","encoding":"base64","size":0,"data":""#
        ),
        number % 0x1_0000,
    );
    let tail = r#"","metadata":{}}]}"#;
    let body = format!(
        "{head}{}{tail}",
        "QUFB".repeat((SIZE - head.len() - tail.len()) / 4)
    );
    format!("{body:<SIZE$}")
}
