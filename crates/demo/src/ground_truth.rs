//! The planted effects, and a comparison with what discovery found.

use domain::discovery::{Card, PlantedEffect, Tier};

/// A planted effect.
#[derive(Debug, Clone, Copy)]
pub struct Effect {
    /// Label of the input, as on the cards.
    pub input: &'static str,
    /// Label of the outcome, as on the cards.
    pub outcome: &'static str,
    /// Description.
    pub words: &'static str,
    /// Lag in days.
    pub lag_days: u32,
    /// Effect per unit of the input, in the outcome's column unit.
    pub size: f64,
}

/// All planted effects.
pub const PLANTED_EFFECTS: [Effect; 6] = [
    Effect { input: "Sleep", outcome: "Efficiency", words: "+1.2 % per hour", lag_days: 0, size: 0.012 },
    Effect { input: "Alcohol", outcome: "Efficiency", words: "−1.1 % per drink", lag_days: 0, size: -0.011 },
    Effect { input: "Work", outcome: "Efficiency", words: "−1.0 % per 2 hours", lag_days: 1, size: -0.005 },
    Effect { input: "Alcohol", outcome: "Resting heart rate", words: "+1.6 bpm per drink", lag_days: 0, size: 1.6 },
    Effect { input: "Sleep", outcome: "HRV", words: "+2.5 ms per hour", lag_days: 0, size: 2.5 },
    Effect { input: "Stress", outcome: "Effort at fixed pace", words: "+0.7 points per step", lag_days: 1, size: 0.7 },
];

/// Inputs without any effect on efficiency.
const NULL_INPUTS: [&str; 6] = ["Sleep quality", "Caffeine", "Mood", "Stress", "Soreness", "Load"];

/// Each planted effect, and each null input on efficiency, next to what discovery found.
#[must_use]
pub fn compare(cards: &[Card]) -> Vec<PlantedEffect> {
    let card = |input: &str, outcome: &str| cards.iter().find(|c| c.input == input && c.outcome == outcome);
    let planted = PLANTED_EFFECTS.iter().map(|e| {
        let found = card(e.input, e.outcome);
        let agrees = found.is_some_and(|c| {
            matches!(c.tier, Tier::Confirmed | Tier::Supported) && c.lag_days == Some(e.lag_days) && c.effect.is_some_and(|v| v * e.size > 0.0)
        });
        PlantedEffect {
            input: e.input.into(),
            outcome: e.outcome.into(),
            effect: Some(e.words.into()),
            lag_days: Some(e.lag_days),
            found: found.map_or_else(|| "not tested".into(), verdict),
            agrees,
        }
    });
    let null = NULL_INPUTS.iter().map(|input| {
        let found = card(input, "Efficiency");
        PlantedEffect {
            input: (*input).into(),
            outcome: "Efficiency".into(),
            effect: None,
            lag_days: None,
            found: found.map_or_else(|| "not tested".into(), verdict),
            agrees: !found.is_some_and(|c| matches!(c.tier, Tier::Confirmed | Tier::Supported)),
        }
    });
    planted.chain(null).collect()
}

fn verdict(card: &Card) -> String {
    match (card.tier, card.effect, card.ci_low, card.ci_high) {
        (Tier::Confirmed | Tier::Supported, Some(e), Some(low), Some(high)) => {
            let decimals = domain::units::decimals_of_interval(low, high);
            let signed = |v| domain::units::signed(v, decimals);
            format!("{}: {} ({} to {}) {}", card.tier.word(), signed(e), signed(low), signed(high), card.unit)
        }
        _ => card.tier.word().into(),
    }
}
