//! One value of each message, in order of arrival: at a path in dictionaries, or in a column of tables.

use crate::store::Store;
use natsbridge_wire::{
    DecodedMessage, JsonNode, Limits, Steps, TableSource, Value, ValuePath, decode_message,
};

/// Passes on the number at `path` in each of these messages on `subject`, with its arrival time (microseconds since
/// the Unix epoch); a column of a table yields one per row. `None` if cancelled.
pub fn value_series(
    store: &Store,
    (subject, seqs): (&str, impl ExactSizeIterator<Item = u64>),
    path: &ValuePath,
    limits: &Limits,
    steps: &dyn Steps,
    take: &mut dyn FnMut(i64, f64),
) -> Option<()> {
    let total = seqs.len() as u64;
    for (done, seq) in seqs.enumerate() {
        if done % 256 == 0 && !steps.step(done as u64, total) {
            return None;
        }
        // Evicted in the meantime, or of another subject.
        let Some(message) = store.message(seq).filter(|message| *message.subject == *subject) else {
            continue;
        };
        let decoded = decode_message(&message.payload, &message.subject, limits);
        numbers(&decoded, path, &mut |number| {
            take(message.at_us, number);
        });
    }
    Some(())
}

fn numbers(decoded: &DecodedMessage<'_>, path: &ValuePath, take: &mut dyn FnMut(f64)) {
    for payload in &decoded.payloads {
        match &payload.value {
            Value::Json(value) => {
                let at_path = |value| path.of_named(&payload.dataname, value);
                let rows = value.root().items().filter_map(at_path);
                at_path(value.root())
                    .into_iter()
                    .chain(rows)
                    .filter_map(JsonNode::double)
                    .for_each(&mut *take);
            }
            Value::Table(table) => {
                let names = table.columns().iter().map(|column| column.name.as_str());
                let named = path.column(names, &payload.dataname);
                let Some(column) = named else { continue };
                (0..table.num_rows())
                    .filter_map(|row| table.scalar(row, column).number())
                    .for_each(&mut *take);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Headers, Incoming};
    use natsbridge_wire::Unwatched;

    #[test]
    fn each_message_of_the_subject_gives_its_value() {
        let store = Store::new(Limits::default().into());
        for (i, (subject, payload)) in [
            ("a", r#"{"t": {"v": 1.5}}"#),
            ("b", r#"{"t": {"v": 9}}"#),
            ("a", r#"{"t": {"v": "text"}}"#),
            ("a", r#"{"t": {"v": 4}}"#),
            ("a", r#"[{"v": 7}, {"v": 8}]"#),
        ]
        .into_iter()
        .enumerate()
        {
            store.append([Incoming {
                at_us: i as i64,
                subject,
                reply: None,
                headers: Headers::default(),
                payload: payload.as_bytes(),
            }]);
        }
        let seqs: Vec<u64> = store.range().collect();
        let series = |path: &str| {
            let mut found = vec![];
            let done = value_series(
                &store,
                ("a", seqs.iter().copied()),
                &path.parse().unwrap(),
                &Limits::DEFAULT,
                &Unwatched,
                &mut |at, value| {
                    found.push((at, value));
                },
            );
            (done, found)
        };
        assert_eq!(series("t.v"), (Some(()), vec![(0, 1.5), (3, 4.0)]));
        assert_eq!(series("v"), (Some(()), vec![(4, 7.0), (4, 8.0)]));
    }
}
