//! Row 11: what payloads claim of themselves costs nothing: memory is taken for what is there.

use crate::support::binary::own_name;
use crate::support::own_process::growth_of;
use natsbridge_wire::{Code, Limits, decode_message};

fn message(payloads: &str) -> bytes::Bytes {
    format!(r#"{{"correlationId":"c","msgId":"m","senderName":"s","payloads":[{payloads}]}}"#).into()
}

#[test]
fn twenty_five_sizes_that_lie_take_memory_for_what_is_there() {
    let test = own_name(
        module_path!(),
        "twenty_five_sizes_that_lie_take_memory_for_what_is_there",
    );
    let grew = growth_of(&test, || {
        for kind in ["text", "table", "image", "audio", "binary"] {
            for size in ["1000000000000", "18446744073709551615", "-1", "1e300", "\"1 TB\""] {
                let raw = message(&format!(
                    r#"{{"id":"1","dataname":"n","type":"{kind}","transport":"direct","encoding":"base64","size":{size},"data":"QUFB"}}"#
                ));
                let decoded = decode_message(&raw, "a", &Limits::DEFAULT);
                assert_eq!(
                    &decoded.payloads[0].body.memory().unwrap()[..],
                    b"AAA",
                    "{kind} {size}"
                );
                let told = |code| decoded.findings.iter().any(|finding| finding.code == code);
                assert!(
                    told(Code::SizeMismatch) || told(Code::BadSize),
                    "{kind} {size}: {:?}",
                    decoded.findings
                );
            }
        }
    });
    // The pages of the program that are run for the first time count, too.
    assert!(grew <= Some(16), "{grew:?} MiB");
}

#[test]
fn of_a_hundred_thousand_payloads_a_thousand_cost_memory() {
    let test = own_name(
        module_path!(),
        "of_a_hundred_thousand_payloads_a_thousand_cost_memory",
    );
    let one = r#"{"id":"1","dataname":"n","type":"text","transport":"direct","encoding":"base64","size":3,"data":"QUFB"}"#;
    let grew = growth_of(&test, || {
        let raw = message(&vec![one; 100_000].join(","));
        assert!(raw.len() > 9 << 20);
        let decoded = decode_message(&raw, "a", &Limits::DEFAULT);
        assert_eq!(decoded.payloads.len(), Limits::DEFAULT.payloads_per_envelope);
        let told = decoded
            .findings
            .iter()
            .find(|finding| finding.code == Code::TooManyPayloads);
        assert!(told.unwrap().message.contains("100000"), "{told:?}");
        assert!(decoded.findings.len() <= Limits::DEFAULT.findings + Code::ALL.len());
    });
    // Twice the message while it is written here, and little more.
    assert!(grew <= Some(40), "{grew:?} MiB");
}
