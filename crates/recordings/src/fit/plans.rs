//! A cache of decoding plans per message layout.

/// Cached layouts: sixteen are in use at a time.
const MOST: usize = 64;

/// Plans by the serial numbers of their definitions, modulo the size: a file with endless definitions evicts the older ones.
pub(super) struct Plans<T>(Vec<Option<(usize, T)>>);

impl<T> Default for Plans<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Plans<T> {
    /// Takes a plan out while it is in use.
    pub(super) fn take(&mut self, serial: usize) -> Option<T> {
        let place = self.0.get_mut(serial % MOST)?;
        place.take_if(|(known, _)| *known == serial).map(|(_, plan)| plan)
    }

    /// Caches it, replacing what was there.
    pub(super) fn put_back(&mut self, serial: usize, plan: T) {
        let place = serial % MOST;
        if self.0.len() <= place {
            self.0.resize_with(place + 1, || None);
        }
        self.0[place] = Some((serial, plan));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_plans_are_cached_and_there_are_never_more() {
        let mut plans = Plans::default();
        for serial in 0..10 * MOST {
            plans.put_back(serial, serial);
        }
        assert_eq!(plans.0.len(), MOST);
        assert_eq!(plans.take(10 * MOST - 1), Some(10 * MOST - 1));
        assert_eq!(plans.take(10 * MOST - 1), None, "it was taken out");
        assert_eq!(plans.take(0), None);
    }
}
