//! Row 50: ten million messages take no more memory than the store may have, and what else grows with them is bounded.

use crate::support::binary::own_name;
use crate::support::own_process::{growth_of, kib};
use natsbridge_engine::{Headers, Incoming, Store};
use natsbridge_wire::Limits;

const MESSAGES: u64 = 10_000_000;
/// As many as a receiver finds in its buffer.
const BATCH: u64 = 500;

#[test]
fn ten_million_messages_stay_within_512_mib_and_do_not_grow() {
    let test = own_name(
        module_path!(),
        "ten_million_messages_stay_within_512_mib_and_do_not_grow",
    );
    let grew = growth_of(&test, || {
        let store = Store::new(Limits::default().into());
        let payload = format!(
            r#"{{"msg_id":"m","sender_name":"s","metadata":"{}"}}"#,
            "x".repeat(590)
        );
        let payload = &payload.as_bytes()[..638.min(payload.len())];
        let subjects: Vec<String> = (0..1000)
            .map(|number| format!("device.{}.{number}", number % 10))
            .collect();
        let mut before = 0;
        for start in (0..MESSAGES).step_by(BATCH as usize) {
            if start == MESSAGES / 4 * 3 {
                before = kib("VmRSS:");
            }
            store.append((start..start + BATCH).map(|number| Incoming {
                at_us: 1_800_000_000_000_000 + number as i64,
                subject: &subjects[(number % 1000) as usize],
                reply: None,
                headers: Headers::default(),
                payload,
            }));
        }
        let counters = store.counters();
        assert_eq!(counters.stored, MESSAGES);
        let there = store.range();
        assert_eq!(there.end - there.start + counters.evicted, MESSAGES);
        let after = kib("VmRSS:");
        assert!(
            after <= before + before / 100,
            "from {before} to {after} KiB in the last quarter"
        );
    });
    assert!(grew <= Some(512), "{grew:?} MiB");
}
