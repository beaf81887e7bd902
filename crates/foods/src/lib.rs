//! Common foods with what is in them, found by name, and quick text such as `two bananas, 60 g oats at 8` read into entries.
//!
//! Pure: text in, numbers out. The numbers are those of the U.S. Department of Agriculture, Agricultural Research Service, USDA National Nutrient
//! Database for Standard Reference, release 24, which is in the public domain; `data/README.md` says how the list was made.
//!
//! ```
//! let entry = foods::read("two bananas, 60 g oats at 8");
//! let carbohydrate = |i: usize| entry.items[i].nutrients.carbohydrate_g.map(f64::round);
//! assert_eq!((carbohydrate(0), carbohydrate(1)), (Some(54.0), Some(41.0)));
//! assert_eq!(entry.time.map(|t| t.to_string()).as_deref(), Some("08:00:00"));
//! ```

mod fold;
mod list;
mod nutrients;
mod read;
mod search;

pub use list::{Food, Portion, foods};
pub use nutrients::Nutrients;
pub use read::{Basis, Item, MOST_CHARACTERS, MOST_ITEMS, QuickEntry, read};
pub use search::search;
