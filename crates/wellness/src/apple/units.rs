//! The units of Apple's Health, which are those that the athlete has chosen on the phone.

use crate::measures::Measure;

/// A value in the unit of its measure, or `None` if the unit is not known.
pub(super) fn in_unit(measure: Measure, value: f64, unit: &str) -> Option<f64> {
    let factor = match measure {
        Measure::Weight => grams(unit)? / 1000.0,
        Measure::Carbohydrate | Measure::Protein | Measure::Fat | Measure::Fibre => grams(unit)?,
        Measure::Sodium | Measure::Caffeine => grams(unit)? * 1000.0,
        Measure::Height => centimetres(unit)?,
        Measure::Energy | Measure::ActiveEnergy => kilocalories(unit)?,
        Measure::Fluid => millilitres(unit)?,
        Measure::HrvSdnn if unit == "s" => 1000.0,
        // The unit is "%", and the number a fraction.
        Measure::BodyFat | Measure::Spo2 if value <= 1.0 => 100.0,
        _ => 1.0,
    };
    Some(value * factor)
}

fn grams(unit: &str) -> Option<f64> {
    Some(match unit {
        "g" => 1.0,
        "kg" => 1000.0,
        "mg" => 1e-3,
        "mcg" => 1e-6,
        "lb" => 453.592_37,
        "oz" => 28.349_523_125,
        "st" => 6_350.293_18,
        _ => return None,
    })
}

fn centimetres(unit: &str) -> Option<f64> {
    Some(match unit {
        "cm" => 1.0,
        "m" => 100.0,
        "mm" => 0.1,
        "ft" => 30.48,
        "in" => 2.54,
        _ => return None,
    })
}

/// `Cal` is a kilocalorie, and `cal` is not.
fn kilocalories(unit: &str) -> Option<f64> {
    Some(match unit {
        "kcal" | "Cal" => 1.0,
        "cal" => 1e-3,
        "kJ" => 1.0 / 4.184,
        "J" => 1.0 / 4184.0,
        _ => return None,
    })
}

fn millilitres(unit: &str) -> Option<f64> {
    Some(match unit {
        "mL" => 1.0,
        "L" => 1000.0,
        "dL" => 100.0,
        "cL" => 10.0,
        "fl_oz_us" => 29.573_529_562_5,
        "fl_oz_imp" => 28.413_062_5,
        "cup_us" => 236.588_236_5,
        "cup_imp" => 284.130_625,
        "pt_us" => 473.176_473,
        "pt_imp" => 568.261_25,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_every_country_are_known() {
        let close = |got: Option<f64>, expected: f64| assert!(got.is_some_and(|got| (got - expected).abs() < 0.01), "{got:?}");
        close(in_unit(Measure::Weight, 154.0, "lb"), 69.85);
        close(in_unit(Measure::Weight, 11.0, "st"), 69.85);
        close(in_unit(Measure::Height, 5.9, "ft"), 179.83);
        close(in_unit(Measure::Spo2, 0.97, "%"), 97.0);
        close(in_unit(Measure::Energy, 2000.0, "kJ"), 478.01);
        close(in_unit(Measure::Fluid, 16.0, "fl_oz_us"), 473.18);
        close(in_unit(Measure::Sodium, 1.2, "g"), 1200.0);
        assert_eq!(in_unit(Measure::Weight, 70.0, "cubits"), None);
    }
}
