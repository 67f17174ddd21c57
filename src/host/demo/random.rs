//! The demo's own randomness: small, fast, and the same for the same seed.

/// A xorshift generator.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator whose sequence the seed decides.
    pub fn new(seed: u64) -> Self {
        Self((seed ^ 0x9E37_79B9_7F4A_7C15).max(1))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number from `low` up to but not including `high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + (self.bits() >> 11) % high.saturating_sub(low).max(1)
    }

    /// A number from `low` to `high` with one decimal.
    pub fn tenths(&mut self, low: u64, high: u64) -> f64 {
        self.between(low * 10, high * 10 + 1) as f64 / 10.0
    }

    /// One of them; the list must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.between(0, items.len() as u64) as usize]
    }

    /// A UUID version 4.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.bits().to_be_bytes());
        bytes[8..].copy_from_slice(&self.bits().to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// 32 random hex digits grouped like a UUID, which is what MicroPython peers take for one.
    pub fn hex_id(&mut self) -> String {
        let (high, low) = (self.bits(), self.bits());
        uuid::Uuid::from_u64_pair(high, low).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (random.uuid(), random.between(3, 9), random.tenths(1, 2))
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let (id, number, decimal) = draw(0);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!((3..9).contains(&number) && (1.0..=2.0).contains(&decimal));
    }
}
