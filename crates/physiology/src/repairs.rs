//! The count of what each rule repaired.

use std::collections::BTreeMap;

/// How many samples each rule repaired.
pub type Repairs = BTreeMap<&'static str, usize>;

/// Counts repairs by a rule; none leave no entry.
pub(crate) fn count(repairs: &mut Repairs, rule: &'static str, n: usize) {
    if n > 0 {
        *repairs.entry(rule).or_default() += n;
    }
}
