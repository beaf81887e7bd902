//! How numbers, days and times are written, and in which units. Everything is stored in SI units; an athlete's [`Units`] decide what is read and typed.

mod chosen;
mod numbers;
mod quantities;
mod times;

pub use chosen::{Clock, DateOrder, Length, Pacing, Rate, Temperature, UNITS, Units, WeekStart, Weight};
pub use numbers::{
    NBSP, decimal, decimals_of_error, decimals_of_estimate, decimals_of_interval, distance_name, duration, format_significant, hours_and_minutes,
    lowercase_label, pace, pluralize, probability, signed, spell_number,
};
pub use quantities::Quantity;
