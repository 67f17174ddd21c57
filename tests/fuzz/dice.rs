//! Numbers that look random, the same for the same seed.

/// Throws them: xorshift64*, Vigna 2016.
pub struct Dice(u64);

impl Dice {
    /// Those of a mutant.
    pub fn new(seed: u64, number: u64) -> Self {
        // splitmix64: neighbours are as far from each other as any.
        let mut mixed = (seed << 40) ^ number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((mixed ^ (mixed >> 31)) | 1)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() >> 16) as usize % end.max(1)
    }

    /// True once in so many throws.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// A range within `end` that has at most `most`.
    pub fn range(&mut self, end: usize, most: usize) -> std::ops::Range<usize> {
        let start = self.below(end);
        start..(start + self.below(most) + 1).min(end)
    }
}
