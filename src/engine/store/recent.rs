//! The last few things that were used, so that they need not be read again. Bounded by their number.

/// Things, the one used last at the end.
#[derive(Debug)]
pub(super) struct Recent<T> {
    all: Vec<T>,
    most: usize,
}

impl<T: Clone> Recent<T> {
    /// Nothing yet; keeps `most`.
    pub(super) fn new(most: usize) -> Self {
        Self {
            all: Vec::with_capacity(most),
            most,
        }
    }

    /// The one that is asked for, if it is among them.
    pub(super) fn find(&mut self, is: impl Fn(&T) -> bool) -> Option<T> {
        let at = self.all.iter().rposition(is)?;
        self.all[at..].rotate_left(1);
        self.all.last().cloned()
    }

    /// Keeps another one; the one not used for longest makes room.
    pub(super) fn keep(&mut self, thing: T) {
        if self.all.len() >= self.most {
            self.all.remove(0);
        }
        self.all.push(thing);
    }

    /// Lets go of some.
    pub(super) fn forget(&mut self, which: impl Fn(&T) -> bool) {
        self.all.retain(|thing| !which(thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_makes_room() {
        let mut recent = Recent::new(3);
        (1..=3).for_each(|number| recent.keep(number));
        assert_eq!(recent.find(|number| *number == 1), Some(1));
        recent.keep(4);
        recent.forget(|number| *number == 3);
        let kept = [1, 2, 3, 4].map(|wanted| recent.find(|number| *number == wanted).is_some());
        assert_eq!(kept, [true, false, false, true]);
    }
}
