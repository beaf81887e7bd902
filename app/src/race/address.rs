//! Addresses of the planner: what is asked is in them, so that a plan can be kept as a bookmark.

use domain::race::Typed;
use leptos_router::params::ParamsMap;

/// The page.
pub(super) const PAGE: &str = "/performance/race";

/// What an address says.
pub(super) fn typed(query: &ParamsMap) -> Typed {
    let of = |name: &str| query.get(name).unwrap_or_default();
    Typed {
        on: of("on"),
        far: of("far"),
        units: query.get("units"),
        target: of("target"),
        pacing: of("pacing"),
        by: of("by"),
        activity: of("activity"),
    }
}

/// The address of a distance in metres.
pub(super) fn of_distance(metres: f64) -> String {
    format!("{PAGE}?on={metres}")
}

/// The same plan with another target.
pub(super) fn with_target(on: &str, target: &str, typed: &Typed) -> String {
    let plain = |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || "-.:".contains(*c)).collect::<String>();
    let mut address = format!("{PAGE}?on={}&target={}", plain(on), plain(target));
    for (name, value) in [("&pacing=", &typed.pacing), ("&by=", &typed.by)] {
        if !value.is_empty() {
            address.push_str(name);
            address.push_str(&plain(value));
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_leaves_its_place_in_an_address() {
        let typed = Typed { pacing: "pace&x=1".into(), ..Typed::default() };
        assert_eq!(with_target("5000", "20:30", &typed), "/performance/race?on=5000&target=20:30&pacing=pacex1");
        assert_eq!(of_distance(21_097.5), "/performance/race?on=21097.5");
    }
}
