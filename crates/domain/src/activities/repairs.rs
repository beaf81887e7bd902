//! What was repaired in a recording, in words: each rule does something else.

use crate::units::pluralize;

/// What a rule did to so many samples.
#[must_use]
pub fn describe_repair(rule: &str, n: u32) -> String {
    let of = |one: &str, many: &str| pluralize(n as usize, one, many);
    let gap = if n == 1 { "became a gap" } else { "became gaps" };
    let left = if n == 1 { "was left out" } else { "were left out" };
    match rule {
        "heart_rate_zero" => format!("{} of zero {gap}.", of("heart rate", "heart rates")),
        "heart_rate_impossible" => format!("{} that no heart has {gap}.", of("heart rate", "heart rates")),
        "heart_rate_spike" => format!("{} far from the minute around {gap}.", of("heart rate", "heart rates")),
        "gps_spike" => format!("{} that nobody gets to so fast {gap}.", of("position", "positions")),
        "altitude_jump" => format!("{} that the neighbours contradict {gap}.", of("altitude", "altitudes")),
        "distance_impossible" => format!("{} farther than anybody goes {gap}.", of("distance", "distances")),
        "distance_backwards" => format!("{} that went backwards {gap}.", of("distance", "distances")),
        "negative_time" => format!("{} from before the start {left}.", of("sample", "samples")),
        "time_backwards" => format!("{} whose time went backwards {left}.", of("sample", "samples")),
        "time_jump" => format!("{} whose time jumped ahead {left}.", of("sample", "samples")),
        "time_impossible" => format!("{} more than a year from the start {left}.", of("sample", "samples")),
        "same_second" => format!("{} of a second that had one already joined it.", of("sample", "samples")),
        "distance_restarted" => format!("Distance began at zero again {}, and was counted on.", of("time", "times")),
        "altitude_drift" => format!("A steady drift with the weather was taken out of {}.", of("altitude", "altitudes")),
        "cadence_doubled" => format!("{}, counted for both legs, halved.", of("cadence", "cadences")),
        "clock_set" => format!("{} after the clock was set got the right time.", of("sample", "samples")),
        other => format!("{}: {n}.", other.replace('_', " ")),
    }
}

/// What was corrected throughout, by one number for all samples: that is no error of a sample, and is counted apart. `None` for rules that repair single
/// samples.
#[must_use]
pub fn corrected_throughout(rule: &str) -> Option<&'static str> {
    match rule {
        "altitude_drift" => Some("altitude drift taken out"),
        "cadence_doubled" => Some("cadence halved"),
        "clock_set" => Some("clock put right"),
        _ => None,
    }
}

/// All repairs of a recording in a few words: `29 samples repaired, altitude drift taken out`. `None` without any.
#[must_use]
pub fn summarise_repairs(repairs: &[(String, u32)]) -> Option<String> {
    let single: u32 = repairs.iter().filter(|(rule, _)| corrected_throughout(rule).is_none()).map(|(_, n)| n).sum();
    let single = (single > 0).then(|| format!("{} repaired", pluralize(single as usize, "sample", "samples")));
    let throughout = repairs.iter().filter(|(_, n)| *n > 0).filter_map(|(rule, _)| corrected_throughout(rule)).map(ToOwned::to_owned);
    let words = single.into_iter().chain(throughout).collect::<Vec<_>>().join(", ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(repairs: &[(&str, u32)]) -> Option<String> {
        let repairs: Vec<(String, u32)> = repairs.iter().map(|(rule, n)| ((*rule).to_owned(), *n)).collect();
        summarise_repairs(&repairs).map(|words| words.replace('\u{a0}', " "))
    }

    #[test]
    fn drift_is_no_repair_of_each_sample() {
        let drifted = [("altitude_drift", 14_400), ("heart_rate_zero", 26), ("gps_spike", 3)];
        assert_eq!(summary(&drifted).as_deref(), Some("29 samples repaired, altitude drift taken out"));
        assert_eq!(summary(&drifted[..1]).as_deref(), Some("Altitude drift taken out"));
        assert_eq!(summary(&[("gps_spike", 1)]).as_deref(), Some("1 sample repaired"));
        assert_eq!((summary(&[]), summary(&[("gps_spike", 0)])), (None, None));
    }

    #[test]
    fn each_rule_has_its_verb() {
        let said = |rule, n| describe_repair(rule, n).replace('\u{a0}', " ");
        assert_eq!(said("altitude_drift", 14_400), "A steady drift with the weather was taken out of 14400 altitudes.");
        assert_eq!(said("heart_rate_zero", 1), "1 heart rate of zero became a gap.");
        assert_eq!(said("time_backwards", 2), "2 samples whose time went backwards were left out.");
        assert_eq!(said("cadence_doubled", 900), "900 cadences, counted for both legs, halved.");
        assert_eq!(said("of_a_later_version", 2), "of a later version: 2.");
    }
}
