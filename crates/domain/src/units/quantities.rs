//! Distances, paces, heights, weights and temperatures in the units that an athlete chose.

use super::{Length, NBSP, Rate, Temperature, Units, Weight, decimal, format_significant, pace, signed};

/// Metres of an international mile, foot and yard, and kilograms of a pound (all exact by definition, 1959).
const MILE_M: f64 = 1609.344;
const FOOT_M: f64 = 0.3048;
const YARD_M: f64 = 0.9144;
const INCH_CM: f64 = 2.54;
const POUND_KG: f64 = 0.453_592_37;

/// The kind of an amount that is converted, as opposed to a count of drinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Body weight, stored in kilograms.
    Weight,
    /// Body height, stored in centimetres.
    Stature,
    /// A difference of temperatures, stored in kelvins.
    Warmth,
}

impl Quantity {
    /// Of a unit that measures are stored in.
    #[must_use]
    pub fn of_unit(unit: &str) -> Option<Self> {
        match unit {
            "kg" => Some(Self::Weight),
            "cm" => Some(Self::Stature),
            "°C from usual" => Some(Self::Warmth),
            _ => None,
        }
    }
}

/// A number with its unit.
fn with(number: &str, unit: &str) -> String {
    format!("{number}{NBSP}{unit}")
}

impl Units {
    /// The unit in which an amount is shown, and by what the stored one is multiplied. `None` if that is the stored one.
    #[must_use]
    pub fn conversion(self, quantity: Quantity) -> Option<(&'static str, f64)> {
        match (quantity, self) {
            (Quantity::Weight, Self { weight: Weight::Pounds, .. }) => Some(("lb", 1.0 / POUND_KG)),
            (Quantity::Stature, Self { length: Length::Imperial, .. }) => Some(("in", 1.0 / INCH_CM)),
            (Quantity::Warmth, Self { temperature: Temperature::Fahrenheit, .. }) => Some(("°F from usual", 1.8)),
            _ => None,
        }
    }

    /// Metres of the unit of distance: a kilometre or a mile.
    #[must_use]
    pub const fn unit_m(self) -> f64 {
        match self.length {
            Length::Metric => 1000.0,
            Length::Imperial => MILE_M,
        }
    }

    /// The unit of distance: `km`, `mi`.
    #[must_use]
    pub const fn distance_unit(self) -> &'static str {
        match self.length {
            Length::Metric => "km",
            Length::Imperial => "mi",
        }
    }

    /// A distance in metres as a number of that unit, with so many decimals: `10.04`.
    #[must_use]
    pub fn distance_number(self, metres: f64, decimals: usize) -> String {
        decimal(metres / self.unit_m(), decimals)
    }

    /// A distance in metres: `10.04 km`.
    #[must_use]
    pub fn distance(self, metres: f64) -> String {
        with(&self.distance_number(metres, 2), self.distance_unit())
    }

    /// The distance in metres that a number in the unit of distance stands for.
    #[must_use]
    pub fn metres(self, distance: f64) -> f64 {
        distance * self.unit_m()
    }

    /// Short distances as of laps and tracks, in metres or yards: `412 m`, `450 yd`.
    #[must_use]
    pub fn short_distance(self, metres: f64) -> String {
        match self.length {
            Length::Metric => with(&decimal(metres, 0), "m"),
            Length::Imperial => with(&decimal(metres / YARD_M, 0), "yd"),
        }
    }

    /// The same, number and unit.
    #[must_use]
    pub fn short_distance_number(self, metres: f64) -> (String, &'static str) {
        match self.length {
            Length::Metric => (decimal(metres, 0), "m"),
            Length::Imperial => (decimal(metres / YARD_M, 0), "yd"),
        }
    }

    /// Seconds per unit of distance, of seconds per kilometre.
    #[must_use]
    pub fn per_unit(self, s_per_km: f64) -> f64 {
        s_per_km * self.unit_m() / 1000.0
    }

    /// Seconds per kilometre, of seconds per unit of distance.
    #[must_use]
    pub fn per_km(self, s_per_unit: f64) -> f64 {
        s_per_unit * 1000.0 / self.unit_m()
    }

    /// The unit of a running pace: `/km`, `/mi`.
    #[must_use]
    pub const fn pace_unit(self) -> &'static str {
        match self.length {
            Length::Metric => "/km",
            Length::Imperial => "/mi",
        }
    }

    /// Minutes and seconds of a running pace in seconds per kilometre: `5:08`.
    #[must_use]
    pub fn pace_number(self, s_per_km: f64) -> String {
        pace(self.per_unit(s_per_km))
    }

    /// A running pace in seconds per kilometre: `5:08 /km`.
    #[must_use]
    pub fn pace(self, s_per_km: f64) -> String {
        with(&self.pace_number(s_per_km), self.pace_unit())
    }

    /// The unit of short distances: `m`, `yd`.
    #[must_use]
    pub const fn short_unit(self) -> &'static str {
        match self.length {
            Length::Metric => "m",
            Length::Imperial => "yd",
        }
    }

    /// Metres of that unit.
    #[must_use]
    pub const fn short_unit_m(self) -> f64 {
        match self.length {
            Length::Metric => 1.0,
            Length::Imperial => YARD_M,
        }
    }

    /// How fast something of a sport was, of seconds per kilometre, as the athlete reads it of that sport: number and unit, `5:08` and `/km`, `28.4` and
    /// `km/h`, `1:52` and `/100 m`.
    #[must_use]
    pub fn rate_of(self, sport: &str, s_per_km: f64) -> (String, &'static str) {
        (self.rate_number(sport, self.rate_value(sport, s_per_km)), self.rate_unit(sport))
    }

    /// The same as a number to draw: seconds per kilometre, mile, hundred metres or yards, or a speed.
    #[must_use]
    pub fn rate_value(self, sport: &str, s_per_km: f64) -> f64 {
        match (self.rate(sport), sport) {
            (Rate::Speed, _) => 3600.0 / self.per_unit(s_per_km),
            (Rate::Pace, "swimming") => s_per_km * self.short_unit_m() / 10.0,
            (Rate::Pace, _) => self.per_unit(s_per_km),
        }
    }

    /// Such a number as it is written: `5:08`, `28.4`.
    #[must_use]
    pub fn rate_number(self, sport: &str, value: f64) -> String {
        match self.rate(sport) {
            Rate::Pace => pace(value),
            Rate::Speed if !value.is_finite() => "–".to_owned(),
            Rate::Speed => decimal(value, 1),
        }
    }

    /// The unit of such a number: `/km`, `/mi`, `/100 m`, `/100 yd`, `km/h`, `mph`.
    #[must_use]
    pub fn rate_unit(self, sport: &str) -> &'static str {
        match (self.rate(sport), sport, self.length) {
            (Rate::Speed, _, Length::Metric) => "km/h",
            (Rate::Speed, _, Length::Imperial) => "mph",
            (Rate::Pace, "swimming", Length::Metric) => "/100\u{a0}m",
            (Rate::Pace, "swimming", Length::Imperial) => "/100\u{a0}yd",
            (Rate::Pace, ..) => self.pace_unit(),
        }
    }

    /// What is said of how fast a sport is: `Pace` or `Speed`.
    #[must_use]
    pub fn rate_name(self, sport: &str) -> &'static str {
        match self.rate(sport) {
            Rate::Pace => "Pace",
            Rate::Speed => "Speed",
        }
    }

    /// A difference of pace in seconds per kilometre, without its sign: `4 s/km`.
    #[must_use]
    pub fn pace_difference(self, s_per_km: f64) -> String {
        let seconds = (self.per_unit(s_per_km).abs() * 10.0).round() / 10.0;
        with(&format_significant(seconds), &format!("s{}", self.pace_unit()))
    }

    /// The unit of heights and climbs: `m`, `ft`.
    #[must_use]
    pub const fn height_unit(self) -> &'static str {
        match self.length {
            Length::Metric => "m",
            Length::Imperial => "ft",
        }
    }

    /// Metres as a number of that unit.
    #[must_use]
    pub const fn height_value(self, metres: f64) -> f64 {
        match self.length {
            Length::Metric => metres,
            Length::Imperial => metres / FOOT_M,
        }
    }

    /// The metres that such a number stands for.
    #[must_use]
    pub const fn height_m(self, value: f64) -> f64 {
        match self.length {
            Length::Metric => value,
            Length::Imperial => value * FOOT_M,
        }
    }

    /// A climb or a height in metres, as a whole number of that unit: `312`.
    #[must_use]
    pub fn height_number(self, metres: f64) -> String {
        decimal(self.height_value(metres), 0)
    }

    /// A climb or a height in metres: `312 m`.
    #[must_use]
    pub fn height(self, metres: f64) -> String {
        with(&self.height_number(metres), self.height_unit())
    }

    /// A climb in metres with its sign: `+12 m`.
    #[must_use]
    pub fn signed_height(self, metres: f64) -> String {
        with(&signed(self.height_value(metres), 0), self.height_unit())
    }

    /// The unit of temperatures: `°C`, `°F`.
    #[must_use]
    pub const fn temperature_unit(self) -> &'static str {
        match self.temperature {
            Temperature::Celsius => "°C",
            Temperature::Fahrenheit => "°F",
        }
    }

    /// Degrees Celsius as a number of that unit.
    #[must_use]
    pub const fn degrees(self, celsius: f64) -> f64 {
        match self.temperature {
            Temperature::Celsius => celsius,
            Temperature::Fahrenheit => celsius * 1.8 + 32.0,
        }
    }

    /// A temperature in degrees Celsius: `17 °C`.
    #[must_use]
    pub fn temperature(self, celsius: f64) -> String {
        with(&decimal(self.degrees(celsius), 0), self.temperature_unit())
    }

    /// The unit of body weight: `kg`, `lb`.
    #[must_use]
    pub const fn weight_unit(self) -> &'static str {
        match self.weight {
            Weight::Kilograms => "kg",
            Weight::Pounds => "lb",
        }
    }

    /// Kilograms as a number of that unit.
    #[must_use]
    pub const fn weight_value(self, kg: f64) -> f64 {
        match self.weight {
            Weight::Kilograms => kg,
            Weight::Pounds => kg / POUND_KG,
        }
    }

    /// A split's length in words: `kilometre`, `mile`.
    #[must_use]
    pub const fn distance_word(self) -> &'static str {
        match self.length {
            Length::Metric => "kilometre",
            Length::Imperial => "mile",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRIC: fn() -> Units = Units::default;

    #[test]
    fn a_marathon_is_as_long_in_miles() {
        assert_eq!(METRIC().distance(42_195.0), "42.20\u{a0}km");
        assert_eq!(Units::AMERICAN.distance(42_195.0), "26.22\u{a0}mi");
        assert_eq!(METRIC().pace(300.0), "5:00\u{a0}/km");
        assert_eq!(Units::AMERICAN.pace(300.0), "8:03\u{a0}/mi");
        assert_eq!(Units::AMERICAN.pace_difference(-4.0), "6.4\u{a0}s/mi");
        assert_eq!((METRIC().height(312.4), Units::AMERICAN.height(312.4)), ("312\u{a0}m".to_owned(), "1025\u{a0}ft".to_owned()));
        assert!((METRIC().weight_value(71.5) - 71.5).abs() < 1e-9 && (Units::AMERICAN.weight_value(71.5) - 157.63).abs() < 0.005);
        assert_eq!((METRIC().temperature(-3.0), Units::AMERICAN.temperature(-3.0)), ("−3\u{a0}°C".to_owned(), "27\u{a0}°F".to_owned()));
    }

    #[test]
    fn each_sport_has_its_own_rate() {
        assert_eq!(METRIC().rate_of("running", 300.0), ("5:00".to_owned(), "/km"));
        assert_eq!(METRIC().rate_of("cycling", 120.0), ("30.0".to_owned(), "km/h"));
        assert_eq!(Units::AMERICAN.rate_of("cycling", 120.0), ("18.6".to_owned(), "mph"));
        assert_eq!((METRIC().rate_of("cycling", 0.0).0.as_str(), METRIC().rate_of("running", 0.0).0.as_str()), ("–", "–"));
        assert_eq!(METRIC().rate_of("swimming", 1120.0), ("1:52".to_owned(), "/100\u{a0}m"));
        assert_eq!(Units::AMERICAN.rate_of("swimming", 1120.0), ("1:42".to_owned(), "/100\u{a0}yd"));
    }

    #[test]
    fn what_is_typed_comes_back() {
        for units in [METRIC(), Units::AMERICAN] {
            for value in [0.0, 1.0, 26.2, 400.0] {
                assert!((units.metres(value) / units.unit_m() - value).abs() < 1e-9);
                assert!((units.height_value(units.height_m(value)) - value).abs() < 1e-9);
                assert!((units.per_unit(units.per_km(value)) - value).abs() < 1e-9);
            }
        }
    }
}
